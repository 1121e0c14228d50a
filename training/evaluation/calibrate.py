"""From raw scores on held-out data to probabilities, thresholds and the conditions under which they hold."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from forensiclab.analysis.calibrate import ANY_BAND
from forensiclab.core.compression import CompressionLevel
from forensiclab.core.errors import SettingsError
from forensiclab.core.records import Face, Picture
from forensiclab.core.scores import BandCalibration, ValidatedConditions
from forensiclab.faces.crop import measure_quality
from training.evaluation.measure import LevelScores

MAX_ERROR_RATE = 0.05
"""Largest share of real crops that may support manipulation, and of forged ones that may support authenticity."""

SUPPORT_FROM_ODDS = 2.0
"""A verdict needs at least these odds. On the verbal scale of the ENFSI guideline for evaluative reporting, a
likelihood ratio below two supports neither side; at even prior odds, calibrated odds are the likelihood ratio."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """A range of compression that shares one calibration, and the levels that stand for it."""

    name: str
    qp: tuple[float, float]
    """Measured in-face QP in [low, high)."""
    jpeg_quality: tuple[int, int]
    """Estimated quality in [low, high]."""
    levels: tuple[str, ...]


BANDS = (
    Band(name="light", qp=(0, 29), jpeg_quality=(70, 100), levels=("clean", "jpeg:80", "crf:23")),
    Band(name="medium", qp=(29, 36), jpeg_quality=(40, 69), levels=("jpeg:50", "crf:32")),
    Band(name="strong", qp=(36, 99), jpeg_quality=(1, 39), levels=("jpeg:20", "crf:40")),
)
"""``clean`` crops of a compressed data set belong to the light band: what is called clean was compressed before."""

ALL_LEVELS = Band(
    name=ANY_BAND, qp=(0, 99), jpeg_quality=(1, 100), levels=tuple(level for band in BANDS for level in band.levels)
)
"""For pictures whose compression is not known: fitted on all levels together."""


def calibration_levels() -> tuple[CompressionLevel, ...]:
    """List every level that a calibration needs."""
    return tuple(CompressionLevel.parse(level) for level in ALL_LEVELS.levels)


def fit_platt(scores: ArrayLike, labels: ArrayLike, tolerance: float = 1e-10) -> tuple[float, float]:
    """Fit slope and intercept of the logistic curve through scores and labels, real and forged weighing the same.

    Weighted maximum likelihood by Newton's method with Platt's smoothed targets, which keep the curve finite where the
    scores separate the labels.

    Args:
        scores: Raw scores, shape (N,), higher = more likely forged.
        labels: 0 real, 1 forged.
        tolerance: Of the Newton step, in units of the standardised score.

    Returns:
        ``slope``, ``intercept`` of ``log odds = slope * score + intercept``. The slope is not below 0: scores that run
        against the labels get 0, which says nothing either way.

    Source: Platt, Probabilistic outputs for support vector machines, 1999; Lin, Lin and Weng, A note on Platt's
        probabilistic outputs, 2007, section 2.
    Deviations: the classes are weighted to even prior odds.
    """
    values = np.asarray(scores, dtype=np.float64)
    is_forged = np.asarray(labels) == 1
    n_forged, n_real = int(is_forged.sum()), int((~is_forged).sum())
    if not n_forged or not n_real:
        raise ValueError("a calibration needs real and forged crops")
    target = np.where(is_forged, (n_forged + 1) / (n_forged + 2), 1 / (n_real + 2))
    weight = np.where(is_forged, 0.5 / n_forged, 0.5 / n_real)
    center, spread = float(values.mean()), float(values.std()) or 1.0
    x = np.stack([(values - center) / spread, np.ones_like(values)], axis=1)  # (N, 2)

    def loss(parameters: NDArray[np.float64]) -> float:
        z = x @ parameters
        return float(weight @ (np.logaddexp(0, z) - target * z))

    parameters = np.zeros(2)
    for _ in range(100):
        probability = 1 / (1 + np.exp(-np.clip(x @ parameters, -500, 500)))
        gradient = x.T @ (weight * (probability - target))
        hessian = (x * (weight * probability * (1 - probability))[:, None]).T @ x + 1e-12 * np.eye(2)
        step = np.linalg.solve(hessian, gradient)
        length, before = 1.0, loss(parameters)
        while loss(parameters - length * step) > before and length > 1e-8:
            length /= 2
        parameters = parameters - length * step
        if np.abs(length * step).max() < tolerance:
            break
    slope = max(0.0, float(parameters[0])) / spread
    intercept = float(parameters[1]) - slope * center if slope > 0 else 0.0
    return slope, intercept


def fit_band(band: Band, found: Sequence[tuple[str, NDArray[np.float32], NDArray[np.int64]]]) -> BandCalibration:
    """Calibrate one band.

    The manipulation threshold is the smallest probability that at most 5 % of the real crops reach, the authenticity
    threshold the largest that at most 5 % of the forged crops stay at or below. Where a strong detector makes them
    cross, they are exchanged: both error rates only fall when the thresholds move apart, and what lies between (real
    crops that look forged, forged ones that look real) is inconclusive. Neither threshold is weaker than odds of two to
    one, so a detector that has learnt nothing supports nothing. The rates on the card are those measured with the
    thresholds as they are.

    ``n_real`` and ``n_forged`` count crops, not pictures: each crop stands in the fit once per level.

    Args:
        band: The band.
        found: (level, raw scores, labels) of each of its levels.

    Raises:
        SettingsError: One of its levels is missing.
    """
    missing = set(band.levels) - {level for level, _, _ in found}
    if missing:
        raise SettingsError(f"The band '{band.name}' needs scores at {', '.join(sorted(missing))}.")
    scores = np.concatenate([values for level, values, _ in found if level in band.levels]).astype(np.float64)
    labels = np.concatenate([classes for level, _, classes in found if level in band.levels])
    slope, intercept = fit_platt(scores, labels)
    probability = 1 / (1 + np.exp(-(slope * scores + intercept)))
    real, forged = probability[labels == 0], probability[labels == 1]
    alarm, miss = highest_share_at_least(real, MAX_ERROR_RATE), -highest_share_at_least(-forged, MAX_ERROR_RATE)
    manipulation = max(alarm, miss, SUPPORT_FROM_ODDS / (1 + SUPPORT_FROM_ODDS))
    authenticity = min(alarm, miss, 1 / (1 + SUPPORT_FROM_ODDS))
    return BandCalibration(
        name=band.name,
        qp_min=band.qp[0],
        qp_max=band.qp[1],
        jpeg_quality_min=band.jpeg_quality[0],
        jpeg_quality_max=band.jpeg_quality[1],
        slope=slope,
        intercept=intercept,
        manipulation_threshold=manipulation,
        authenticity_threshold=authenticity,
        false_alarm_rate=float((real >= manipulation).mean()),
        miss_rate=float((forged <= authenticity).mean()),
        n_real=real.size // len(band.levels),
        n_forged=forged.size // len(band.levels),
        levels=band.levels,
    )


def highest_share_at_least(values: NDArray[np.float64], share: float) -> float:
    """Return the smallest threshold that at most ``share`` of the values reach: ``mean(values >= it) <= share``.

    It lies half-way between two neighbouring values, so that rounding cannot carry a value across it.
    """
    descending = np.unique(values)[::-1]
    reached = np.array([(values >= value).mean() for value in descending])
    allowed = np.flatnonzero(reached <= share)
    if not allowed.size:
        return float(np.nextafter(descending[0], np.inf))
    last = int(allowed[-1])
    below = descending[last + 1] if last + 1 < descending.size else descending[last]
    return float((descending[last] + below) / 2)


def calibrate(found: Sequence[LevelScores], detector: int = 0) -> tuple[BandCalibration, ...]:
    """Calibrate every band, the one over all levels last.

    Args:
        found: Scores at all ``calibration_levels``.
        detector: Which of the scored detectors.
    """
    scored = [(str(at.level), at.scores[detector], at.labels) for at in found]
    return tuple(fit_band(band, scored) for band in (*BANDS, ALL_LEVELS))


def measured_conditions(
    widths_px: Sequence[float], pictures: Iterable[Picture], margin: float, share: float = 0.01
) -> ValidatedConditions:
    """Return the smallest face and the lowest sharpness of the data that a detector was measured on.

    Both are quantiles of what the data have, so that a few outliers do not widen the conditions. Pose and QP get no
    bound: crops do not tell the one, and the strongest band covers the other.

    Args:
        widths_px: Source widths of the crops; empty where not known.
        pictures: Crops, uint8 RGB, as they are.
        margin: Side of a crop over the longer side of the face box.
        share: Which quantile.
    """
    sharpness = [_sharpness(picture, margin) for picture in pictures]
    return ValidatedConditions(
        min_face_px=round(float(np.quantile(widths_px, share)) / margin, 1) if widths_px else None,
        min_sharpness=round(float(np.quantile(sharpness, share)), 1) if sharpness else None,
    )


def _sharpness(picture: Picture, margin: float) -> float:
    height, width = picture.shape[:2]
    left, top = (width - width / margin) / 2, (height - height / margin) / 2
    face = Face(box_xyxy_px=(left, top, width - left, height - top), landmarks_xy_px=None, confidence=None)
    return measure_quality(picture, face, None).sharpness
