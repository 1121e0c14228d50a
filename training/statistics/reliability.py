"""Whether probabilities mean what they say: reliability table and expected calibration error."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from training.statistics.bootstrap import ClipBootstrap
from training.statistics.metrics import Scores, checked

BINS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class ReliabilityBin:
    """Crops of similar probability."""

    n: int
    """Crops."""
    weight: float
    """Share of all crops at even priors."""
    probability: float
    """Mean calibrated probability."""
    forged: float
    """Share of forgeries at even priors."""
    low: float
    high: float
    """95 % bootstrap interval of the share over clips."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reliability:
    """A reliability table."""

    bins: tuple[ReliabilityBin, ...]
    """By rising probability."""
    ece: float
    """Mean distance of probability and share of forgeries over the bins, each by its weight."""


def reliability(
    probabilities: ArrayLike, labels: ArrayLike, clips: Sequence[str], *, bins: int = BINS, seed: int = 0
) -> Reliability:
    """Compare calibrated probabilities with how often they come true.

    Calibrated probabilities assume that half of the crops are forged. So that they can be compared with any sample,
    its real crops together weigh as much as its forged ones. Bins hold equal weights, as far as ties allow: crops of
    the same probability are never parted, and two bins that they would span are one.

    Args:
        probabilities: Of "forged", shape (N,), in [0, 1].
        labels: 0 real, 1 forged, shape (N,).
        clips: The clip of each crop, for the intervals.
        bins: The most there may be.
        seed: Of the bootstrap.

    Source: Guo et al., On calibration of modern neural networks, Eq. 3 (expected calibration error).
    Deviations: bins of equal mass instead of equal width, which are often nearly empty; even priors.
    """
    values, classes = checked(probabilities, labels)
    weights = np.where(classes == 1, 0.5 / (classes == 1).sum(), 0.5 / (classes == 0).sum())
    bin_of = _equal_mass(values, weights, bins)
    members = np.arange(bin_of.max() + 1)[:, None] == bin_of  # (bins, N)

    def shares(counts: Scores) -> Scores:
        """Turn counts (D, N) into the share of forgeries per bin, (bins, D); nan for a bin without a drawn crop."""
        forged, real = counts * (classes == 1), counts * (classes == 0)
        forged /= forged.sum(axis=1, keepdims=True)
        real /= real.sum(axis=1, keepdims=True)
        hits, all_of_bin = members @ forged.T, members @ (forged + real).T
        return np.asarray(np.divide(hits, all_of_bin, out=np.full_like(hits, np.nan), where=all_of_bin > 0))

    intervals = ClipBootstrap(classes, clips, seed=seed).over_crops(shares)
    mass = members @ weights
    mean = members @ (weights * values) / mass
    forged = members @ (weights * classes) / mass
    return Reliability(
        bins=tuple(
            ReliabilityBin(
                n=int(member.sum()),
                weight=float(mass[at]),
                probability=float(mean[at]),
                forged=float(forged[at]),
                low=intervals[at].low,
                high=intervals[at].high,
            )
            for at, member in enumerate(members)
        ),
        ece=float(mass @ np.abs(mean - forged)),
    )


def _equal_mass(values: Scores, weights: Scores, bins: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Number the bin of each value from 0 without gaps: by the weight below it and half of its own."""
    distinct, place = np.unique(values, return_inverse=True)
    mass = np.bincount(place, weights=weights, minlength=distinct.size)
    middle = (np.cumsum(mass) - mass / 2) / mass.sum()
    of_distinct = np.minimum((middle * bins).astype(np.int64), bins - 1)
    _, dense = np.unique(of_distinct, return_inverse=True)
    return dense[place]
