"""The list of everything that went in and did not come out as a score."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from forensiclab.core.records import Skipped, SkipStage


@dataclass(frozen=True, slots=True, kw_only=True)
class SkipKind:
    """What one run of skips has in common."""

    stage: SkipStage
    reason: str
    track_id: int | None = None
    detector: str | None = None


@dataclass(slots=True)
class _Run:
    first_frame_index: int
    last_frame_index: int
    start_s: float
    end_s: float
    frames: int


class SkipLog:
    """Collects skipped frames; those that follow each other for the same reason become one ``Skipped``."""

    def __init__(self) -> None:
        self._open: dict[SkipKind, _Run] = {}
        self._closed: list[Skipped] = []

    def add(self, kind: SkipKind, frame_index: int, pts_s: float) -> None:
        """Note that a frame (or a face in it) was skipped. Frames of one kind come in ascending order."""
        run = self._open.get(kind)
        if run is None:
            self._open[kind] = _Run(frame_index, frame_index, pts_s, pts_s, 1)
        else:
            run.last_frame_index, run.end_s = frame_index, pts_s
            run.frames += 1

    def add_whole(self, skipped: Skipped) -> None:
        """A run of frames was skipped, and is known as a whole."""
        self._closed.append(skipped)

    def close(self, stage: SkipStage, track_id: int | None = None, detector: str | None = None) -> tuple[Skipped, ...]:
        """End the runs of a stage (of a track, of a detector): something came through. Returns the ended ones."""
        ended = [
            kind for kind in self._open if (kind.stage, kind.track_id, kind.detector) == (stage, track_id, detector)
        ]
        return tuple(self._end(kind) for kind in ended)

    def close_all(self) -> tuple[Skipped, ...]:
        """End every run: nothing more will come."""
        return tuple(self._end(kind) for kind in list(self._open))

    def all(self) -> tuple[Skipped, ...]:
        """Return every ended run, by time."""
        return tuple(sorted(self._closed, key=lambda run: (run.first_frame_index, run.stage, run.track_id or 0)))

    def reasons(self, stage: SkipStage, track_id: int, detector: str) -> tuple[str, ...]:
        """Return the different reasons of a stage's ended runs for a track: for this detector, or for all of them."""
        found = (
            run.reason
            for run in self._closed
            if run.stage == stage and run.track_id == track_id and run.detector in (detector, None)
        )
        return tuple(dict.fromkeys(found))

    def _end(self, kind: SkipKind) -> Skipped:
        run = self._open.pop(kind)
        skipped = Skipped(
            first_frame_index=run.first_frame_index,
            last_frame_index=run.last_frame_index,
            start_s=run.start_s,
            end_s=run.end_s,
            frames=run.frames,
            stage=kind.stage,
            reason=kind.reason,
            track_id=kind.track_id,
            detector=kind.detector,
        )
        self._closed.append(skipped)
        return skipped


def frames_by_reason(skipped: Iterable[Skipped]) -> Counter[tuple[str, SkipStage]]:
    """Count the frames of tracks that were not scored, by (reason, stage).

    Frames that several detectors did not score for the same reason count once: of every track, those of the detector
    that left out the most.
    """
    by_detector: Counter[tuple[str, SkipStage, int | None, str | None]] = Counter()
    for skip in skipped:
        by_detector[skip.reason, skip.stage, skip.track_id, skip.detector] += skip.frames
    most: dict[tuple[str, SkipStage, int | None], int] = {}
    for (reason, stage, track_id, _), frames in by_detector.items():
        most[reason, stage, track_id] = max(frames, most.get((reason, stage, track_id), 0))
    total: Counter[tuple[str, SkipStage]] = Counter()
    for (reason, stage, _), frames in most.items():
        total[reason, stage] += frames
    return total


def gaps(skipped: Iterable[Skipped], detectors: Collection[str]) -> list[tuple[Skipped, tuple[str, ...]]]:
    """List what was left out, each once for all detectors that left out the same frames for the same reason.

    Args:
        skipped: In the order in which it is told.
        detectors: All of the analysis.

    Returns:
        Entries without their detector, and the detectors; none of them where it concerns all.
    """
    whose: dict[Skipped, list[str]] = {}
    for skip in skipped:
        whose.setdefault(replace(skip, detector=None), []).extend(filter(None, [skip.detector]))
    return [(skip, () if set(names) == set(detectors) else tuple(names)) for skip, names in whose.items()]
