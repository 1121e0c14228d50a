"""Whether two detectors differ: DeLong's test for the AUC of both on the same clips."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import norm, rankdata

from training.statistics.metrics import Labels, Scores, checked


@dataclass(frozen=True, slots=True, kw_only=True)
class AucDifference:
    """Two areas on the same sample, and what is known of their difference."""

    first_auc: float
    second_auc: float
    difference: float
    """First minus second."""
    low: float
    high: float
    """95 % interval of the difference, normal approximation."""
    p_value: float | None
    """Two-sided, of no difference; None where the areas differ but their variance is zero, as on a tiny sample."""
    n_real: int
    n_forged: int
    """Independent units: clips, where clips were compared."""


def delong(first: ArrayLike, second: ArrayLike, labels: ArrayLike, coverage: float = 0.95) -> AucDifference:
    """Compare the areas under two correlated ROC curves.

    The test takes its samples for independent: give it one score a clip, not one a crop.

    Args:
        first, second: Scores of two detectors on the same clips, shape (N,).
        labels: 0 real, 1 forged, shape (N,); at least two of each.
        coverage: Of the interval.

    Raises:
        ValueError: There are fewer than two clips of a label: a variance needs two.

    Source: DeLong, DeLong and Clarke-Pearson, Comparing the areas under two or more correlated receiver operating
        characteristic curves, 1988; Sun and Xu, Fast implementation of DeLong's algorithm, 2014, Eq. 8-9 (mid-ranks).
    """
    real_parts, forged_parts = zip(*(_placements(*checked(scores, labels)) for scores in (first, second)), strict=True)
    n_real, n_forged = real_parts[0].size, forged_parts[0].size
    if min(n_real, n_forged) < 2:
        raise ValueError("DeLong's test needs at least two real and two forged clips")
    areas = [float(parts.mean()) for parts in forged_parts]
    covariance = np.cov(forged_parts) / n_forged + np.cov(real_parts) / n_real  # (2, 2)
    variance = max(0.0, float(covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1]))
    difference, error = areas[0] - areas[1], math.sqrt(variance)
    reach = float(norm.ppf((1 + coverage) / 2) * error)
    return AucDifference(
        first_auc=areas[0],
        second_auc=areas[1],
        difference=difference,
        low=difference - reach,
        high=difference + reach,
        p_value=_two_sided(difference, error),
        n_real=n_real,
        n_forged=n_forged,
    )


def _two_sided(difference: float, error: float) -> float | None:
    if error > 0:
        return float(2 * norm.sf(abs(difference) / error))
    return 1.0 if difference == 0 else None


def _placements(scores: Scores, labels: Labels) -> tuple[Scores, Scores]:
    """Return the share of forged clips above each real one, and of real clips below each forged one; ties: half.

    A clip's place among the others is its mid-rank among all less its mid-rank among its own.
    """
    real, forged = scores[labels == 0], scores[labels == 1]
    ranks = rankdata(np.concatenate([real, forged]))
    below_forged = (ranks[real.size :] - rankdata(forged)) / real.size
    above_real = 1 - (ranks[: real.size] - rankdata(real)) / forged.size
    return above_real, below_forged
