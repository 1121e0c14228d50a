"""Calibration recovers what it was given, and its thresholds keep what they promise."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forensiclab.analysis.calibrate import ANY_BAND
from forensiclab.core.compression import CompressionLevel
from forensiclab.core.errors import SettingsError
from forensiclab.core.scores import Verdict
from forensiclab.detectors.base import MethodCard
from training.datasets.crops import CropEntry
from training.evaluation.calibrate import (
    BANDS,
    MAX_ERROR_RATE,
    Band,
    calibrate,
    calibration_levels,
    fit_band,
    fit_platt,
    highest_share_at_least,
    measured_conditions,
)
from training.evaluation.measure import LevelScores, even_odds_score

BAND = Band(name="one", qp=(0, 99), jpeg_quality=(1, 100), levels=("clean",))


def normal_scores(n_real: int, n_forged: int, distance: float, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Unit normals about +- distance / 2: their log odds at even priors are distance * score."""
    rng = np.random.default_rng(seed)
    scores = np.concatenate([rng.normal(-distance / 2, size=n_real), rng.normal(distance / 2, size=n_forged)])
    return scores.astype(np.float32), np.repeat([0, 1], [n_real, n_forged])


@pytest.mark.parametrize("counts", [(20000, 20000), (30000, 6000)])
@pytest.mark.parametrize(("gain", "offset"), [(1.0, 0.0), (0.02, 5.0), (300.0, -700.0)])
def test_slope_and_intercept_are_recovered_at_any_scale(counts: tuple[int, int], gain: float, offset: float) -> None:
    scores, labels = normal_scores(*counts, distance=1.5)
    slope, intercept = fit_platt(scores * gain + offset, labels)
    assert slope * gain == pytest.approx(1.5, rel=0.03)
    assert intercept + slope * offset == pytest.approx(0, abs=0.04)


def test_the_fit_has_no_gradient_left() -> None:
    scores, labels = normal_scores(300, 70, distance=0.8)
    slope, intercept = fit_platt(scores, labels)

    def loss(a: float, b: float) -> float:
        total = 0.0
        for score, label in zip(scores.astype(np.float64), labels, strict=True):
            target = 71 / 72 if label else 1 / 302
            z = a * score + b
            total += (np.log1p(np.exp(z)) - target * z) * (0.5 / 70 if label else 0.5 / 300)
        return total

    step = 1e-4
    assert (loss(slope + step, intercept) - loss(slope - step, intercept)) / step == pytest.approx(0, abs=1e-6)
    assert (loss(slope, intercept + step) - loss(slope, intercept - step)) / step == pytest.approx(0, abs=1e-6)


def test_separated_scores_stay_finite_and_reversed_ones_say_nothing() -> None:
    slope, intercept = fit_platt([-2, -1, 1, 2], [0, 0, 1, 1])
    assert 0 < slope < 100
    assert intercept == pytest.approx(0, abs=1e-6)
    assert fit_platt([2, 1, -1, -2], [0, 0, 1, 1]) == (0.0, 0.0)
    assert fit_platt([3, 3, 3, 3], [0, 0, 1, 1])[0] == 0.0


@settings(deadline=None)
@given(st.lists(st.integers(0, 20), min_size=1, max_size=60), st.floats(0.01, 0.5))
def test_no_more_than_the_share_reaches_the_threshold(values: list[int], share: float) -> None:
    array = np.array(values, dtype=np.float64)
    threshold = highest_share_at_least(array, share)
    assert (array >= threshold).mean() <= share
    lower = array[array < threshold]
    if lower.size:
        assert (array >= lower.max()).mean() > share


@pytest.mark.parametrize("distance", [0.0, 0.5, 1.5, 4.0, 12.0])
def test_error_rates_hold_and_thresholds_are_ordered(distance: float) -> None:
    scores, labels = normal_scores(600, 500, distance)
    band = fit_band(BAND, [("clean", scores, labels)])
    probability = np.array([band.probability(float(score)) for score in scores])
    verdicts = np.array([band.verdict(float(p)) for p in probability])
    assert band.authenticity_threshold < 0.5 < band.manipulation_threshold
    alarms = (verdicts[labels == 0] == Verdict.SUPPORTS_MANIPULATION).mean()
    misses = (verdicts[labels == 1] == Verdict.SUPPORTS_AUTHENTICITY).mean()
    assert alarms == pytest.approx(band.false_alarm_rate)
    assert misses == pytest.approx(band.miss_rate)
    assert alarms <= MAX_ERROR_RATE
    assert misses <= MAX_ERROR_RATE
    assert (band.n_real, band.n_forged) == (600, 500)


def test_a_detector_that_knows_nothing_supports_nothing() -> None:
    scores, labels = normal_scores(600, 600, distance=0.0)
    band = fit_band(BAND, [("clean", scores, labels)])
    assert {band.verdict(band.probability(float(score))) for score in scores} == {Verdict.INCONCLUSIVE}


def test_a_missing_level_is_named() -> None:
    scores, labels = normal_scores(10, 10, 1.0)
    with pytest.raises(SettingsError, match="crf:40"):
        fit_band(BANDS[2], [("jpeg:20", scores, labels)])


def test_every_band_is_fitted_on_its_own_levels_and_the_last_one_on_all() -> None:
    scores, labels = normal_scores(400, 400, distance=1.0)
    entries = tuple(made_entry(i, int(label)) for i, label in enumerate(labels))
    found = [
        LevelScores(level=level, entries=entries, scores=(scores + 10 * number,))
        for number, level in enumerate(calibration_levels())
    ]
    bands = calibrate(found)
    assert [band.name for band in bands] == ["light", "medium", "strong", ANY_BAND]
    assert [(band.qp_min, band.qp_max) for band in bands[:3]] == [(0, 29), (29, 36), (36, 99)]
    assert [level for band in bands[:3] for level in band.levels] == list(bands[3].levels)
    assert {(band.n_real, band.n_forged) for band in bands} == {(400, 400)}
    # The offset of 10 a level moves the even odds of a band to the mean of its levels.
    assert -bands[2].intercept / bands[2].slope == pytest.approx(55, abs=1.0)


def test_bands_leave_no_gap() -> None:
    for before, after in pairwise(BANDS):
        assert before.qp[1] == after.qp[0]
        assert after.jpeg_quality[1] + 1 == before.jpeg_quality[0]
    for band in BANDS:
        for level in map(CompressionLevel.parse, band.levels):
            if level.codec == "jpeg":
                assert band.jpeg_quality[0] <= (level.value or 0) <= band.jpeg_quality[1]


def test_conditions_are_quantiles_of_what_was_seen() -> None:
    rng = np.random.default_rng(0)
    sharp = rng.integers(0, 256, (128, 128, 3), dtype=np.uint8)
    flat = np.full((128, 128, 3), 90, np.uint8)
    conditions = measured_conditions([130.0] * 199 + [13.0], [flat, *[sharp] * 9], margin=1.3)
    assert conditions.min_face_px == 100.0
    assert conditions.min_sharpness is not None
    assert conditions.min_sharpness > 0
    assert measured_conditions([], [flat], 1.3).min_face_px is None
    assert measured_conditions([], [flat], 1.3).min_sharpness == 0.0
    assert conditions.max_qp is None


def test_even_odds_follow_the_level(make_card: Callable[..., MethodCard]) -> None:
    scores, labels = normal_scores(50, 50, 1.0)
    entries = tuple(made_entry(i, int(label)) for i, label in enumerate(labels))
    found = [LevelScores(level=at, entries=entries, scores=(scores + n,)) for n, at in enumerate(calibration_levels())]
    card = make_card(calibration=calibrate(found))
    light, strong = card.calibration[0], card.calibration[2]
    assert even_odds_score(card, CompressionLevel.parse("crf:40")) == pytest.approx(-strong.intercept / strong.slope)
    assert even_odds_score(card, CompressionLevel.parse("clean")) == pytest.approx(-light.intercept / light.slope)
    assert even_odds_score(make_card(), CompressionLevel.parse("clean")) == 0.0


def made_entry(number: int, label: int) -> CropEntry:
    return CropEntry(
        name=f"{number}",
        label=label,
        clip=f"{number}",
        split=None,
        part=None,
        original=None,
        source_width_px=None,
        border_diff=None,
        shard=None,
    )
