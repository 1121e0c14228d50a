"""Metrics of scores against labels. Scores: any scale, higher = more likely forged; labels: 0 real, 1 forged."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import rankdata

Scores = NDArray[np.float64]
Labels = NDArray[np.int64]


def _checked(scores: ArrayLike, labels: ArrayLike) -> tuple[Scores, Labels]:
    values, classes = np.asarray(scores, dtype=np.float64), np.asarray(labels, dtype=np.int64)
    if values.ndim != 1 or values.shape != classes.shape:
        raise ValueError(f"scores and labels must be of one length, not {values.shape} and {classes.shape}")
    if not np.isfinite(values).all():
        raise ValueError("scores must be finite")
    if set(np.unique(classes)) != {0, 1}:
        raise ValueError("both real (0) and forged (1) crops are needed, and nothing else")
    return values, classes


def auc(scores: ArrayLike, labels: ArrayLike) -> float:
    """Area under the ROC curve: the probability that a forgery scores above a real crop, ties counting one half.

    Source: Hanley and McNeil 1982; computed from mid-ranks (Mann-Whitney U).
    """
    values, classes = _checked(scores, labels)
    n_forged = int(classes.sum())
    n_real = classes.size - n_forged
    ranks = rankdata(values)
    return float((ranks[classes == 1].sum() - n_forged * (n_forged + 1) / 2) / (n_forged * n_real))


def roc(scores: ArrayLike, labels: ArrayLike) -> tuple[Scores, Scores, Scores]:
    """Rates at every threshold from "above all scores" down to the lowest score.

    Returns:
        False-alarm rate, hit rate and threshold ("forged" where score >= threshold), each of shape (K,); the first
        point is (0, 0) at infinity, the last one (1, 1).
    """
    values, classes = _checked(scores, labels)
    order = np.argsort(-values, kind="stable")
    values, classes = values[order], classes[order]
    last_of_tie = np.append(np.flatnonzero(np.diff(values)), values.size - 1)
    hits = np.cumsum(classes)[last_of_tie]
    alarms = 1 + last_of_tie - hits
    return (
        np.insert(alarms / alarms[-1], 0, 0.0),
        np.insert(hits / hits[-1], 0, 0.0),
        np.insert(values[last_of_tie], 0, np.inf),
    )


def equal_error_rate(scores: ArrayLike, labels: ArrayLike) -> float:
    """The rate at which false alarms and misses are equal, interpolated linearly between neighbouring thresholds."""
    alarms, hits, _ = roc(scores, labels)
    difference = alarms - (1 - hits)  # rises from -1 to 1
    after = int(np.argmax(difference >= 0))
    if difference[after] == 0:
        return float(alarms[after])
    before = after - 1
    share = difference[before] / (difference[before] - difference[after])
    return float(alarms[before] + share * (alarms[after] - alarms[before]))


def accuracy(scores: ArrayLike, labels: ArrayLike, threshold: float) -> float:
    """Share of crops on the right side of a threshold ("forged" where score >= threshold)."""
    values, classes = _checked(scores, labels)
    return float(((values >= threshold) == (classes == 1)).mean())


def mean_by_clip(scores: ArrayLike, labels: ArrayLike, clips: Sequence[str]) -> tuple[Scores, Labels]:
    """Mean score and label of every clip, in the order of their first crop.

    Raises:
        ValueError: A clip has crops of both labels.
    """
    values, classes = _checked(scores, labels)
    _, first, group = np.unique(np.asarray(clips), return_index=True, return_inverse=True)
    counts = np.bincount(group)
    label = classes[first]
    if (np.bincount(group, weights=classes) != label * counts).any():
        raise ValueError("a clip has crops of both labels")
    order = np.argsort(first)
    return (np.bincount(group, weights=values) / counts)[order], label[order]


def auc_interval(
    scores: ArrayLike,
    labels: ArrayLike,
    clips: Sequence[str],
    *,
    seed: int = 0,
    draws: int = 1000,
    coverage: float = 0.95,
) -> tuple[float, float]:
    """Bootstrap interval of the AUC over crops, by drawing whole clips with replacement within each label.

    Crops of one clip are not independent, so clips are drawn, not crops.

    Returns:
        Lower and upper percentile.

    Source: Efron and Tibshirani, An introduction to the bootstrap, chapter 13 (percentile interval).
    """
    values, classes = _checked(scores, labels)
    rng = np.random.default_rng(seed)
    names = np.asarray(clips)
    groups: list[list[NDArray[np.int64]]] = []
    for label in (0, 1):
        members = np.flatnonzero(classes == label)
        _, inverse = np.unique(names[members], return_inverse=True)
        order = np.argsort(inverse, kind="stable")
        groups.append(np.split(members[order], np.cumsum(np.bincount(inverse))[:-1]))
    results = np.empty(draws)
    for draw in range(draws):
        rows = np.concatenate([group[i] for group in groups for i in rng.integers(len(group), size=len(group))])
        results[draw] = auc(values[rows], classes[rows])
    low, high = np.quantile(results, [(1 - coverage) / 2, (1 + coverage) / 2])
    return float(low), float(high)
