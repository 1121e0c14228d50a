"""Bootstrap intervals: clips are drawn, not crops, since crops of one clip are not independent."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from training.statistics.metrics import Scores, area, checked, roc

DRAWS = 1000
COVERAGE = 0.95
_VALUES_AT_ONCE = 1_000_000
"""Weights held in memory at one time; more draws are computed in parts."""


Metrics = Callable[[Scores], Scores]
"""From the counts of D' draws to M metrics of each, shape (M, D')."""


class Interval(NamedTuple):
    """Lower and upper percentile."""

    low: float
    high: float


class ClipBootstrap:
    """The same draws of clips for every metric of a sample.

    Each draw takes as many clips of each label as there are, with replacement; a crop counts as often as its clip was
    drawn. Metrics are computed from these counts for all draws at once.

    Args:
        labels: 0 real, 1 forged, shape (N,).
        clips: The clip of each crop.
        seed: Of the draws.
        draws: How many, D.

    Source: Efron and Tibshirani, An introduction to the bootstrap, chapter 13 (percentile interval).
    """

    def __init__(self, labels: ArrayLike, clips: Sequence[str], *, seed: int = 0, draws: int = DRAWS) -> None:
        classes = np.asarray(labels, dtype=np.int64)
        _, first, group = np.unique(np.asarray(clips), return_index=True, return_inverse=True)
        order = np.argsort(first)
        self._clip_of_crop = np.argsort(order)[group]
        """Clips are numbered by their first crop, as in ``mean_by_clip``."""
        of_label = [np.flatnonzero(classes[first[order]] == label) for label in (0, 1)]
        rng = np.random.default_rng(seed)
        self._drawn = np.zeros((draws, first.size), np.uint16)  # (D, clips)
        for draw in range(draws):
            for members in of_label:
                if members.size:
                    taken = rng.integers(members.size, size=members.size)
                    self._drawn[draw, members] = np.bincount(taken, minlength=members.size)

    def over_crops(self, metrics: Metrics, coverage: float = COVERAGE) -> tuple[Interval, ...]:
        """Bootstrap intervals of metrics that are computed from crops.

        Args:
            metrics: Counts of the crops, shape (D', N) -> M metrics of each draw, shape (M, D'); nan where a draw has
                none, such as the share of forged cells without a cell.
            coverage: Of the intervals.

        Returns:
            One interval for each metric.
        """
        return self._intervals(metrics, self._clip_of_crop, coverage)

    def over_clips(self, metrics: Metrics, coverage: float = COVERAGE) -> tuple[Interval, ...]:
        """Do as ``over_crops``, but ``metrics`` takes the counts of the clips, in the order of their first crop."""
        return self._intervals(metrics, np.arange(self._drawn.shape[1]), coverage)

    def _intervals(self, metrics: Metrics, columns: NDArray[np.intp], coverage: float) -> tuple[Interval, ...]:
        step = max(1, _VALUES_AT_ONCE // columns.size)
        parts = [
            metrics(self._drawn[start : start + step, columns].astype(np.float64))
            for start in range(0, len(self._drawn), step)
        ]
        bounds = np.nanquantile(np.concatenate(parts, axis=1), [(1 - coverage) / 2, (1 + coverage) / 2], axis=1)
        return tuple(Interval(float(low), float(high)) for low, high in bounds.T)


def auc_interval(
    scores: ArrayLike,
    labels: ArrayLike,
    clips: Sequence[str],
    *,
    seed: int = 0,
    draws: int = DRAWS,
    coverage: float = COVERAGE,
) -> Interval:
    """Bootstrap an interval of the AUC over crops."""
    values, classes = checked(scores, labels)
    bootstrap = ClipBootstrap(classes, clips, seed=seed, draws=draws)
    return bootstrap.over_crops(lambda counts: area(roc(values, classes, counts))[None], coverage)[0]
