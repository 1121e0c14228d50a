"""From the scores of a detector on a set of crops to its metrics."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from forensiclab.analysis.agreement import DetectorCrops, PairAgreement, agreement
from forensiclab.analysis.calibrate import ANY_BAND
from forensiclab.core.compression import CompressionLevel
from forensiclab.core.scores import BandCalibration
from forensiclab.detectors.base import MethodCard
from forensiclab.detectors.weights import network_class
from training.datasets.crops import CropEntry
from training.evaluation.localisation import CellCounts, Localisation, localisation
from training.statistics.bootstrap import ClipBootstrap, Interval
from training.statistics.delong import AucDifference, delong
from training.statistics.metrics import (
    FARS,
    Scores,
    accuracy,
    area,
    auc,
    average_precision,
    average_precisions,
    equal_error_rate,
    equal_error_rates,
    hit_rates,
    is_supported,
    mean_by_clip,
    roc,
    smallest_far,
    tar_at_far,
)
from training.statistics.reliability import Reliability, reliability


class VideoKey(NamedTuple):
    """What tells one video from another."""

    data_set: str
    """Empty, like all others, where the index does not say."""
    method: str
    compression: str
    clip: str


def video_key(entry: CropEntry) -> VideoKey:
    """Return the video that a crop belongs to."""
    return VideoKey(entry.data_set or "", entry.method or "", entry.compression or "", entry.clip)


@dataclass(frozen=True, slots=True, kw_only=True)
class CropFailure:
    """A crop that could not be scored."""

    entry: CropEntry
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LevelScores:
    """Raw scores of the crops of a set at one level."""

    level: CompressionLevel
    entries: tuple[CropEntry, ...]
    """Those that were scored, N."""
    scores: tuple[NDArray[np.float32], ...]
    """One array per detector, in the order in which they were given, each of shape (N,)."""
    cells: tuple[CellCounts | None, ...] = ()
    """Forged cells found, per detector: None where its attention map is not absolute; empty = none has one."""
    failures: tuple[CropFailure, ...] = ()

    @property
    def labels(self) -> NDArray[np.int64]:
        """0 real, 1 forged, shape (N,)."""
        return np.array([entry.label for entry in self.entries], np.int64)

    @property
    def has_both_labels(self) -> bool:
        """Whether real and forged crops were scored; without both there are no figures."""
        return len({entry.label for entry in self.entries}) == 2

    @property
    def manipulations(self) -> tuple[str, ...]:
        """Manipulations of its forgeries, by name; empty where the index does not say."""
        return tuple(sorted({entry.method for entry in self.entries if entry.label == 1 and entry.method}))

    def against(self, manipulation: str) -> "LevelScores":
        """Return the forgeries of one manipulation, and all real crops."""
        kept = np.array([entry.label == 0 or entry.method == manipulation for entry in self.entries], np.bool_)
        return replace(
            self,
            entries=tuple(entry for entry, is_kept in zip(self.entries, kept, strict=True) if is_kept),
            scores=tuple(scores[kept] for scores in self.scores),
            cells=tuple(
                None if cells is None else CellCounts(*(counts[kept] for counts in cells)) for cells in self.cells
            ),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A measured figure and its 95 % bootstrap interval over videos."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TarAtFar:
    """Hit rate at a limit of false alarms, step-wise."""

    far: float
    tar: Estimate | None
    """None where the sample has too few real crops to tell: ``far`` < ``smallest_far``."""
    smallest_far: float
    """The smallest rate that the sample can show: one real crop of all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Metrics:
    """What was measured of one detector on one set at one level; the fields are those of the result file."""

    frame_auc: Estimate
    """Over crops."""
    video_auc: Estimate
    """Over videos, each with the mean score of its crops."""
    eer: Estimate
    """Over crops, interpolated."""
    acc: Estimate
    """Over crops, at ``threshold``."""
    threshold: float
    """The score where the card's calibrated probability is one half; 0 (even odds for a network that puts out log odds)
    where the card has no calibration; for distances without one, half-way between the radii of the training."""
    ap: Estimate
    """Average precision over crops; it depends on the share of forgeries."""
    tar_at_far: tuple[TarAtFar, ...]
    calibration: Reliability | None
    """Expected calibration error and reliability table over crops; None where the card has no calibration."""
    localisation: Localisation | None
    """None where no masks are there or the attention map is not absolute."""
    pbca: Estimate | None
    """Of ``localisation``, with its interval."""
    n_real: int
    n_forged: int
    """Crops."""
    n_videos: int


def measure(card: MethodCard, found: LevelScores, detector: int = 0, seed: int = 0) -> Metrics:
    """Return the metrics of one detector at one level.

    All intervals are of the same draws of videos, so that what one draw does to two metrics can be compared.

    Args:
        card: Of the detector.
        found: Scores with both labels.
        detector: Which of the scored detectors.
        seed: Of the bootstrap.
    """
    scores, labels = found.scores[detector].astype(np.float64), found.labels
    clips = ["\x1f".join(video_key(entry)) for entry in found.entries]
    clip_scores, clip_labels = mean_by_clip(scores, labels, clips)
    threshold = even_odds_score(card, found.level)
    is_right = (scores >= threshold) == (labels == 1)
    supported = [far for far in FARS if is_supported(far, labels)]
    draws = ClipBootstrap(labels, clips, seed=seed)

    def of_crops(counts: Scores) -> Scores:
        curve = roc(scores, labels, counts)
        odds = counts[:, labels == 0].sum(axis=1) / counts[:, labels == 1].sum(axis=1)
        correct = counts @ is_right / counts.sum(axis=1)
        hits = [hit_rates(curve, far) for far in supported]
        return np.stack([area(curve), equal_error_rates(curve), correct, average_precisions(curve, odds), *hits])

    frame_auc, eer, acc, ap, *hits = draws.over_crops(of_crops)
    (video_auc,) = draws.over_clips(lambda counts: area(roc(clip_scores, clip_labels, counts))[None])
    tar_intervals = dict(zip(supported, hits, strict=True))
    probabilities = calibrated(card, found.level, scores)
    located, pbca = _localised(found, detector, draws)
    return Metrics(
        frame_auc=_estimate(auc(scores, labels), frame_auc),
        video_auc=_estimate(auc(clip_scores, clip_labels), video_auc),
        eer=_estimate(equal_error_rate(scores, labels), eer),
        acc=_estimate(accuracy(scores, labels, threshold), acc),
        threshold=threshold,
        ap=_estimate(average_precision(scores, labels), ap),
        tar_at_far=tuple(
            TarAtFar(
                far=far,
                tar=None if tar is None else _estimate(tar, tar_intervals[far]),
                smallest_far=smallest_far(labels),
            )
            for far, tar in ((far, tar_at_far(scores, labels, far)) for far in FARS)
        ),
        calibration=None if probabilities is None else reliability(probabilities, labels, clips, seed=seed),
        localisation=located,
        pbca=pbca,
        n_real=int((labels == 0).sum()),
        n_forged=int(labels.sum()),
        n_videos=clip_labels.size,
    )


def compare(found: LevelScores) -> tuple[tuple[int, int, AucDifference], ...]:
    """Run DeLong's test on every pair of detectors, on the mean scores of the videos.

    Returns:
        (first detector, second detector, result) for each pair; empty where a label has fewer than two videos.
    """
    labels, clips = found.labels, ["\x1f".join(video_key(entry)) for entry in found.entries]
    means = [mean_by_clip(scores, labels, clips) for scores in found.scores]
    clip_labels = means[0][1]
    if min(np.bincount(clip_labels, minlength=2)) < 2:
        return ()
    return tuple(
        (first, second, delong(means[first][0], means[second][0], clip_labels))
        for first, second in combinations(range(len(means)), 2)
    )


def agree(cards: Sequence[MethodCard], found: LevelScores) -> tuple[PairAgreement, ...]:
    """Measure how far every two detectors say the same about the same crops, in the order of ``compare``.

    A crop's verdict is that of the card's calibration for the level; without one only ranks are compared.
    """
    numbers = np.arange(len(found.entries), dtype=np.float64)
    return agreement(
        [
            DetectorCrops(
                detector=str(number),
                track_id=0,
                pts_s=numbers,
                raw_scores=scores.astype(np.float64),
                band=band_at(card, found.level),
            )
            for number, (card, scores) in enumerate(zip(cards, found.scores, strict=True))
        ]
    )


def band_at(card: MethodCard, level: CompressionLevel) -> BandCalibration | None:
    """Return the band of a card fitted on this level, else the one over all levels; None without a calibration."""
    fitting = [band for band in card.calibration if band.name != ANY_BAND and str(level) in band.levels]
    any_band = [band for band in card.calibration if band.name == ANY_BAND]
    return next(iter(fitting + any_band), None)


def even_odds_score(card: MethodCard, level: CompressionLevel) -> float:
    """Return the raw score at which the card's probability is one half.

    Without a calibration it is 0, where log odds are even, or the network's ``EVEN_DISTANCE``.
    """
    band = band_at(card, level)
    if band is None or band.slope == 0:
        return network_class(card.method).EVEN_DISTANCE or 0.0
    return -band.intercept / band.slope


def calibrated(card: MethodCard, level: CompressionLevel, scores: Scores) -> Scores | None:
    """Return the probabilities of "forged" at even priors, shape (N,); None where the card has no calibration."""
    band = band_at(card, level)
    if band is None:
        return None
    return np.array([band.probability(score) for score in scores.tolist()])


def _localised(found: LevelScores, detector: int, draws: ClipBootstrap) -> tuple[Localisation | None, Estimate | None]:
    counts = found.cells[detector] if found.cells else None
    located = None if counts is None else localisation(counts)
    if counts is None or located is None:
        return None, None
    right, cells = counts.right, counts.cells

    def of_draws(times: Scores) -> Scores:
        known = times @ cells
        shares = np.divide(times @ right, known, out=np.full(known.shape, np.nan), where=known > 0)
        return np.asarray(shares)[None]

    (interval,) = draws.over_crops(of_draws)
    return located, _estimate(located.pbca, interval)


def _estimate(value: float, interval: Interval) -> Estimate:
    return Estimate(value=value, low=interval.low, high=interval.high)
