"""How far detectors say the same about the same crops: shares of equal verdicts, and rank correlation of raw scores."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from forensiclab.core.scores import BandCalibration, DetectorScore, Verdict

MIN_RANKED = 3
"""Fewer crops get no rank correlation: with two it is always +1 or -1."""

_NONE, _REAL, _BETWEEN, _FORGED = range(4)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DetectorCrops:
    """The raw scores of one detector over crops of one track."""

    detector: str
    track_id: int
    pts_s: NDArray[np.float64]
    """Shape (N,): the times of the crops in seconds, in any order, each once."""
    raw_scores: NDArray[np.float64]
    """Shape (N,), higher = more likely forged."""
    band: BandCalibration | None
    """The calibration that fits the track; None: its crops have raw scores, but no verdict."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PairAgreement:
    """How far two detectors agree."""

    first: str
    second: str
    crops: int
    """Crops that both have scored."""
    judged: int
    """Crops of which both have a verdict."""
    agreeing: int
    """Crops of which both have the same verdict; inconclusive counts as one."""
    contradicting: int
    """Crops that support manipulation for one, and authenticity for the other."""
    rank_correlation: float | None
    """Spearman's, of the raw scores, in [-1, 1]; None for fewer than ``MIN_RANKED`` crops or without any variation."""

    @property
    def share(self) -> float | None:
        """Share of the judged crops of which both have the same verdict; None where there is none."""
        return self.agreeing / self.judged if self.judged else None


def agreement(crops: Sequence[DetectorCrops]) -> tuple[PairAgreement, ...]:
    """Compare every two detectors over the crops that both have scored; crops of different tracks are pooled.

    A crop's verdict is that of its own raw score under the track's calibration, not the verdict of the track.

    Args:
        crops: At most one entry for a detector and a track.

    Returns:
        One entry for every two detectors, in the order in which they first come.
    """
    names = list(dict.fromkeys(own.detector for own in crops))
    scores, verdicts = _aligned(crops, names)
    ranks = _ranks(scores)
    pairs = []
    for a, b in combinations(range(len(names)), 2):
        both = np.isfinite(scores[a]) & np.isfinite(scores[b])
        judged = (verdicts[a] != _NONE) & (verdicts[b] != _NONE)
        contradicting = judged & (np.abs(verdicts[a] - verdicts[b]) == _FORGED - _REAL)
        # Ranks over all crops are those of the pair where no crop is missing.
        is_whole = bool(both.all())
        ranked = (ranks[a], ranks[b]) if is_whole else (rankdata(scores[a][both]), rankdata(scores[b][both]))
        pairs.append(
            PairAgreement(
                first=names[a],
                second=names[b],
                crops=int(both.sum()),
                judged=int(judged.sum()),
                agreeing=int((judged & (verdicts[a] == verdicts[b])).sum()),
                contradicting=int(contradicting.sum()),
                rank_correlation=_correlation(*ranked),
            )
        )
    return tuple(pairs)


def contradiction(scores: Sequence[DetectorScore]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Tell who contradicts whom about a track or a video.

    Returns:
        Names of the detectors that support manipulation, and of those that support authenticity; both are empty where
        no detector contradicts another.
    """
    forged = tuple(score.detector for score in scores if score.verdict is Verdict.SUPPORTS_MANIPULATION)
    real = tuple(score.detector for score in scores if score.verdict is Verdict.SUPPORTS_AUTHENTICITY)
    return (forged, real) if forged and real else ((), ())


def _aligned(crops: Sequence[DetectorCrops], names: list[str]) -> tuple[NDArray[np.float64], NDArray[np.int8]]:
    """Align scores (NaN where there is none) and codes of verdicts, shape (detectors, crops of all tracks)."""
    places: dict[int, tuple[int, NDArray[np.float64]]] = {}
    total = 0
    for track_id in dict.fromkeys(own.track_id for own in crops):
        times = np.unique(np.concatenate([own.pts_s for own in crops if own.track_id == track_id]))
        places[track_id] = total, times
        total += len(times)
    scores = np.full((len(names), total), np.nan)
    verdicts = np.zeros((len(names), total), np.int8)
    for own in crops:
        first, times = places[own.track_id]
        columns = first + np.searchsorted(times, own.pts_s)
        row = names.index(own.detector)
        scores[row, columns] = own.raw_scores
        if own.band is not None:
            verdicts[row, columns] = _verdicts(own.raw_scores, own.band)
    return scores, verdicts


def _verdicts(raw_scores: NDArray[np.float64], band: BandCalibration) -> NDArray[np.int8]:
    with np.errstate(over="ignore"):
        probabilities = 1 / (1 + np.exp(-(band.slope * raw_scores + band.intercept)))
    codes = np.full(len(raw_scores), _BETWEEN, np.int8)
    codes[probabilities <= band.authenticity_threshold] = _REAL
    codes[probabilities >= band.manipulation_threshold] = _FORGED
    return codes


def _ranks(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Rank each detector's scores, equal ones sharing the mean of theirs; meant for rows without NaN."""
    ranks: NDArray[np.float64] = rankdata(scores, axis=1) if scores.size else scores
    return ranks


def _correlation(a: NDArray[np.float64], b: NDArray[np.float64]) -> float | None:
    if len(a) < MIN_RANKED:
        return None
    a, b = a - a.mean(), b - b.mean()
    spread = float(np.sqrt((a * a).sum() * (b * b).sum()))
    return float((a * b).sum()) / spread if spread > 0 else None
