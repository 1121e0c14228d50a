"""One row per video: what was scored, what was not, and why; and the share of videos that were scored."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from forensiclab.core.files import write_whole
from training.datasets.manifest import csv_text
from training.evaluation.folders import CropSet
from training.evaluation.measure import LevelScores, VideoKey, video_key

NEEDED_COVERAGE = 0.99
"""Share of the videos of a set that must be scored; figures of fewer are of another set."""
OK, FAILED = "ok", "failed"
SCORE_COLUMN = "score:"
"""Before a detector's name, the column of its scores."""
_COLUMNS = ("data", "split", "level", "data_set", "method", "compression", "clip", "label", "n_ok", "n_failed")


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoRow:
    """One video at one level."""

    data: str
    split: str | None
    level: str
    video: VideoKey
    label: int | None
    """None for a video that never became crops, where the folder does not say."""
    n_ok: int
    """Crops that were scored."""
    n_failed: int
    scores: tuple[float, ...]
    """Mean raw score of its crops, one per detector; empty where no crop was scored."""
    status: str
    """``ok`` where at least one crop was scored, else ``failed``."""
    reason: str
    """Why crops failed, each reason once; empty where none did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """How much of a set was scored at one level."""

    data: str
    split: str | None
    level: str
    n_videos: int
    n_videos_ok: int
    n_crops: int
    n_crops_ok: int

    @property
    def share(self) -> float:
        """Of the videos."""
        return self.n_videos_ok / self.n_videos

    @property
    def is_enough(self) -> bool:
        """Whether figures may stand for the set."""
        return self.share >= NEEDED_COVERAGE

    @property
    def sentence(self) -> str:
        """For the terminal."""
        return (
            f"{self.data} at {self.level}: {self.n_videos_ok} of {self.n_videos} videos ({100 * self.share:.1f} %) and "
            f"{self.n_crops_ok} of {self.n_crops} crops were scored."
        )


def video_rows(crops: CropSet, found: LevelScores) -> tuple[VideoRow, ...]:
    """Make one row for each video of a set, by its key; those that the folder lists as failed come last."""
    scored: dict[VideoKey, list[int]] = {}
    for number, entry in enumerate(found.entries):
        scored.setdefault(video_key(entry), []).append(number)
    failed: dict[VideoKey, list[str]] = {}
    for failure in found.failures:
        failed.setdefault(video_key(failure.entry), []).append(failure.reason)
    labels = {video_key(entry): entry.label for entry in crops.entries}
    rows = [
        VideoRow(
            data=crops.name,
            split=crops.split,
            level=str(found.level),
            video=key,
            label=labels[key],
            n_ok=len(scored.get(key, [])),
            n_failed=len(failed.get(key, [])),
            scores=tuple(float(scores[scored[key]].mean()) for scores in found.scores) if key in scored else (),
            status=OK if key in scored else FAILED,
            reason=" ".join(dict.fromkeys(failed.get(key, []))),
        )
        for key in sorted(labels)
    ]
    without_crops = [
        VideoRow(
            data=crops.name,
            split=crops.split,
            level=str(found.level),
            video=lost.video,
            label=lost.label,
            n_ok=0,
            n_failed=0,
            scores=(),
            status=FAILED,
            reason=lost.reason,
        )
        for lost in crops.lost
    ]
    return (*rows, *without_crops)


def coverage(rows: Sequence[VideoRow]) -> Coverage:
    """Compute the coverage of the rows of one set at one level."""
    first = rows[0]
    return Coverage(
        data=first.data,
        split=first.split,
        level=first.level,
        n_videos=len(rows),
        n_videos_ok=sum(row.status == OK for row in rows),
        n_crops=sum(row.n_ok + row.n_failed for row in rows),
        n_crops_ok=sum(row.n_ok for row in rows),
    )


def write_rows(rows: Sequence[VideoRow], detectors: Sequence[str], path: Path) -> None:
    """Write the rows as CSV, with one column ``score:NAME`` per detector.

    Raises:
        WriteError: The file cannot be written.
    """
    columns = (*_COLUMNS, *(SCORE_COLUMN + name for name in detectors), "status", "reason")
    lines = []
    for row in rows:
        scores = [f"{score:.6g}" for score in row.scores] or [""] * len(detectors)
        known = (row.data, row.split, row.level, *row.video, row.label)
        lines.append((*known, row.n_ok, row.n_failed, *scores, row.status, row.reason))
    write_whole(path, csv_text(columns, lines))
