"""Detectors measured on folders of crops, at several levels of compression."""

import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from forensiclab.analysis.calibrate import ANY_BAND
from forensiclab.core.compression import CompressionLevel
from forensiclab.core.errors import SettingsError
from forensiclab.core.records import Picture
from forensiclab.detectors.base import Detector, MethodCard
from training.data.augment import fit_margin
from training.data.crops import CropEntry, CropFolder
from training.evaluation.metrics import accuracy, auc, auc_interval, equal_error_rate, mean_by_clip

_BATCH = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What was measured of one detector at one level; the fields are those of the result file."""

    frame_auc: float
    """Over crops."""
    frame_auc_ci: tuple[float, float]
    """95 % bootstrap interval over clips."""
    video_auc: float
    """Over clips, each with the mean score of its crops."""
    eer: float
    """Over crops, interpolated."""
    acc: float
    """Over crops, at the score where the card's calibrated probability is one half; at a raw score of 0 (even odds for
    a network that puts out log odds) where the card has no calibration."""
    n_real: int
    n_forged: int
    """Crops."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LevelScores:
    """Raw scores of all crops of a folder at one level."""

    level: CompressionLevel
    entries: tuple[CropEntry, ...]
    scores: tuple[NDArray[np.float32], ...]
    """One per detector, in the order in which they were given, each of shape (N,)."""

    @property
    def labels(self) -> NDArray[np.int64]:
        """0 real, 1 forged, shape (N,)."""
        return np.array([entry.label for entry in self.entries])


def score_levels(
    detectors: Sequence[Detector], folder: CropFolder, split: str | None, levels: Sequence[CompressionLevel]
) -> Iterator[LevelScores]:
    """Score every crop at every level; each crop is compressed once for all detectors.

    Crops are compressed at the size in which they are stored, then cut to the detector's margin and resized as the
    program does it.

    Raises:
        SettingsError: The split is empty or has crops of one label only.
        MediaError: A crop is missing or unreadable. It is not left out: the figures would be of another set.
    """
    entries = folder.select(split)
    if len({entry.label for entry in entries}) < 2:
        raise SettingsError(f"The crops in {folder.folder} have one label only; real and forged ones are needed.")
    progress = _Progress(len(entries) * len(levels))
    for level in levels:
        scores: list[list[NDArray[np.float32]]] = [[] for _ in detectors]
        for start in range(0, len(entries), _BATCH):
            part = entries[start : start + _BATCH]
            pictures = [compress(folder.picture(entry), level) for entry in part]
            for detector, found in zip(detectors, scores, strict=True):
                spec = detector.input_spec
                fitted = [fit_margin(picture, spec.margin, spec.size_px) for picture in pictures]
                found.append(detector.predict(np.stack(fitted)).raw_scores)
            progress.advance(len(part), str(level))
        yield LevelScores(level=level, entries=entries, scores=tuple(np.concatenate(found) for found in scores))


def compress(picture: Picture, level: CompressionLevel) -> Picture:
    """``media.transcode.compress_picture``, which is only needed (and av with it) where something is compressed."""
    if level.value is None:
        return picture
    from forensiclab.media.transcode import compress_picture

    return compress_picture(picture, level)


def measure(card: MethodCard, found: LevelScores, scores: NDArray[np.float32], seed: int = 0) -> Figures:
    """The figures of one detector at one level."""
    labels, clips = found.labels, [entry.clip for entry in found.entries]
    clip_scores, clip_labels = mean_by_clip(scores, labels, clips)
    n_forged = int(labels.sum())
    return Figures(
        frame_auc=auc(scores, labels),
        frame_auc_ci=auc_interval(scores, labels, clips, seed=seed),
        video_auc=auc(clip_scores, clip_labels),
        eer=equal_error_rate(scores, labels),
        acc=accuracy(scores, labels, even_odds_score(card, found.level)),
        n_real=labels.size - n_forged,
        n_forged=n_forged,
    )


def even_odds_score(card: MethodCard, level: CompressionLevel) -> float:
    """The raw score at which the card's probability is one half.

    By the band that was fitted on this level, else by the band over all levels; 0 without a calibration.
    """
    bands = {band.name: band for band in card.calibration}
    fitting = [band for band in card.calibration if band.name != ANY_BAND and str(level) in band.levels]
    band = fitting[0] if fitting else bands.get(ANY_BAND)
    if band is None or band.slope == 0:
        return 0.0
    return -band.intercept / band.slope


def write_figures(results: dict[str, dict[str, Figures]], path: Path | None) -> None:
    """Write detector -> level -> figures as JSON, to a file or (None) to standard output."""
    text = msgspec.json.format(msgspec.json.encode(results), indent=2).decode() + "\n"
    if path is None:
        sys.stdout.write(text)
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise SettingsError(f"The result cannot be written to {path}: {error.strerror}.") from error


class _Progress:
    """One line on standard error: how far, how long."""

    def __init__(self, total: int) -> None:
        self._total, self._done, self._start = total, 0, time.monotonic()
        self._said = 0.0

    def advance(self, crops: int, level: str) -> None:
        self._done += crops
        elapsed = time.monotonic() - self._start
        is_live = sys.stderr.isatty()
        if elapsed - self._said < (0.1 if is_live else 20) and self._done < self._total:
            return
        self._said = elapsed
        left = elapsed / self._done * (self._total - self._done)
        start, end = ("\r\x1b[K", "\n" if self._done == self._total else "") if is_live else ("", "\n")
        sys.stderr.write(f"{start}{level}: {self._done} of {self._total} crops, {int(left)} s left{end}")
        sys.stderr.flush()
