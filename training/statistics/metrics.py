"""Metrics of scores against labels. Scores: any scale, higher = more likely forged; labels: 0 real, 1 forged."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import rankdata

Scores = NDArray[np.float64]
Labels = NDArray[np.int64]

FARS = (0.1, 0.01, 0.001, 0.0001)
"""Rates of false alarms at which the hit rate is stated: the last two are those of the metric-learning paper."""

_ROUNDING = 1e-12
"""Of rates, which are quotients of sums: a rate that is allowed must not fail by its last bit."""


class Curve(NamedTuple):
    """An ROC curve, or several of the same crops under different weights (leading dimension D)."""

    alarms: Scores
    """False-alarm rates, rising from 0 to 1, shape (..., K)."""
    hits: Scores
    """Hit rates, rising from 0 to 1, shape (..., K)."""
    thresholds: Scores
    """"Forged" where score >= threshold; falls from infinity to the lowest score, shape (K,)."""


def checked(scores: ArrayLike, labels: ArrayLike) -> tuple[Scores, Labels]:
    """Return both as arrays of shape (N,).

    Raises:
        ValueError: They differ in length, a score is not finite, or a label is missing or none of 0 and 1.
    """
    values, classes = np.asarray(scores, dtype=np.float64), np.asarray(labels, dtype=np.int64)
    if values.ndim != 1 or values.shape != classes.shape:
        raise ValueError(f"scores and labels must be of one length, not {values.shape} and {classes.shape}")
    if not np.isfinite(values).all():
        raise ValueError("scores must be finite")
    if set(np.unique(classes)) != {0, 1}:
        raise ValueError("both real (0) and forged (1) crops are needed, and nothing else")
    return values, classes


def auc(scores: ArrayLike, labels: ArrayLike) -> float:
    """Compute the area under the ROC curve: how likely a forgery scores above a real crop, ties counting half.

    Source: Hanley and McNeil 1982; computed from mid-ranks (Mann-Whitney U).
    """
    values, classes = checked(scores, labels)
    n_forged = int(classes.sum())
    n_real = classes.size - n_forged
    ranks = rankdata(values)
    return float((ranks[classes == 1].sum() - n_forged * (n_forged + 1) / 2) / (n_forged * n_real))


def roc(scores: ArrayLike, labels: ArrayLike, weights: ArrayLike | None = None) -> Curve:
    """Compute the rates at every threshold from "above all scores" down to the lowest score.

    Args:
        scores, labels: Shape (N,).
        weights: How often each crop counts, shape (N,) or (D, N) for D curves at once; once each without them.

    Returns:
        One point per distinct score, and the first one at (0, 0).
    """
    values, classes = checked(scores, labels)
    order = np.argsort(-values, kind="stable")
    values = values[order]
    counts = (np.ones(values.shape) if weights is None else np.asarray(weights, dtype=np.float64))[..., order]
    is_forged = classes[order] == 1
    last_of_tie = np.append(np.flatnonzero(np.diff(values)), values.size - 1)
    hits = np.cumsum(counts * is_forged, axis=-1)[..., last_of_tie]
    alarms = np.cumsum(counts * ~is_forged, axis=-1)[..., last_of_tie]
    start = np.zeros((*counts.shape[:-1], 1))
    return Curve(
        np.concatenate([start, alarms / alarms[..., -1:]], axis=-1),
        np.concatenate([start, hits / hits[..., -1:]], axis=-1),
        np.insert(values[last_of_tie], 0, np.inf),
    )


def area(curve: Curve) -> Scores:
    """Compute the area under each curve, shape (...): the AUC of the same crops, ties counting one half."""
    return np.asarray(np.trapezoid(curve.hits, curve.alarms, axis=-1))


def equal_error_rates(curve: Curve) -> Scores:
    """Find where false alarms equal misses, interpolated linearly between neighbouring thresholds, shape (...)."""
    difference = curve.alarms - (1 - curve.hits)  # rises from -1 to 1
    after = np.argmax(difference >= 0, axis=-1)[..., None]
    above, below = (np.take_along_axis(difference, at, axis=-1) for at in (after, after - 1))
    end, start = (np.take_along_axis(curve.alarms, at, axis=-1) for at in (after, after - 1))
    share = below / (below - above)  # 1 where the curve meets the line at a threshold
    crossing: Scores = (start + share * (end - start))[..., 0]
    return crossing


def equal_error_rate(scores: ArrayLike, labels: ArrayLike) -> float:
    """Find the rate at which false alarms and misses are equal, interpolated linearly between thresholds."""
    return float(equal_error_rates(roc(scores, labels)))


def average_precisions(curve: Curve, real_per_forged: ArrayLike) -> Scores:
    """Average the precision at each threshold over the forgeries that it adds; step-wise, not interpolated.

    Args:
        curve: Rates of shape (..., K).
        real_per_forged: Real crops over forged ones, shape (...); precision depends on it, rates do not.

    Source: the step-wise sum of scikit-learn's ``average_precision_score``.
    """
    odds = np.asarray(real_per_forged, dtype=np.float64)[..., None]
    found = curve.hits[..., 1:]
    marked = found + odds * curve.alarms[..., 1:]
    precision = np.divide(found, marked, out=np.zeros_like(marked), where=marked > 0)
    return np.asarray((np.diff(curve.hits, axis=-1) * precision).sum(axis=-1))


def average_precision(scores: ArrayLike, labels: ArrayLike) -> float:
    """Sum the area under the precision-recall curve step-wise; it depends on the share of forgeries."""
    _, classes = checked(scores, labels)
    return float(average_precisions(roc(scores, labels), (classes == 0).sum() / classes.sum()))


def hit_rates(curve: Curve, far: float) -> Scores:
    """Find the highest hit rate with a rate of false alarms of at most ``far``, step-wise, shape (...)."""
    return np.asarray(np.where(curve.alarms <= far + _ROUNDING, curve.hits, 0).max(axis=-1))


def smallest_far(labels: ArrayLike) -> float:
    """Return the smallest rate of false alarms that a sample can show: one of its real crops."""
    return 1 / int((np.asarray(labels) == 0).sum())


def is_supported(far: float, labels: ArrayLike) -> bool:
    """Whether a sample has enough real crops to tell a hit rate at ``far``."""
    return far + _ROUNDING >= smallest_far(labels)


def tar_at_far(scores: ArrayLike, labels: ArrayLike, far: float) -> float | None:
    """Return the share of forgeries found where at most ``far`` of the real crops raise a false alarm.

    Step-wise: it is what a threshold between two scores of this sample reaches, nothing is interpolated or fitted.

    Returns:
        None where the sample has too few real crops to tell.
    """
    curve = roc(scores, labels)
    return float(hit_rates(curve, far)) if is_supported(far, labels) else None


def accuracy(scores: ArrayLike, labels: ArrayLike, threshold: float) -> float:
    """Return the share of crops on the right side of a threshold ("forged" where score >= threshold)."""
    values, classes = checked(scores, labels)
    return float(((values >= threshold) == (classes == 1)).mean())


def mean_by_clip(scores: ArrayLike, labels: ArrayLike, clips: Sequence[str]) -> tuple[Scores, Labels]:
    """Average score and label of every clip, in the order of their first crop.

    Raises:
        ValueError: A clip has crops of both labels.
    """
    values, classes = checked(scores, labels)
    _, first, group = np.unique(np.asarray(clips), return_index=True, return_inverse=True)
    counts = np.bincount(group)
    label = classes[first]
    if (np.bincount(group, weights=classes) != label * counts).any():
        raise ValueError("a clip has crops of both labels")
    order = np.argsort(first)
    return (np.bincount(group, weights=values) / counts)[order], label[order]
