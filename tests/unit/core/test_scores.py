import math

import pytest

from forensiclab.core.scores import BandCalibration, Verdict


def band(slope: float = 2.0, intercept: float = -1.0) -> BandCalibration:
    return BandCalibration(
        name="any",
        qp_min=0,
        qp_max=52,
        jpeg_quality_min=1,
        jpeg_quality_max=100,
        slope=slope,
        intercept=intercept,
        manipulation_threshold=0.8,
        authenticity_threshold=0.2,
        false_alarm_rate=0.01,
        miss_rate=0.02,
        n_real=100,
        n_forged=100,
        levels=("clean",),
    )


def test_probability_is_platts() -> None:
    assert band().probability(0.5) == 0.5
    assert band().probability(1.5) == pytest.approx(1 / (1 + math.exp(-2)))
    assert band().probability(-0.5) == pytest.approx(1 - band().probability(1.5))


def test_probability_grows_and_never_overflows() -> None:
    values = [band().probability(raw) for raw in (-1e6, -10.0, 0.0, 10.0, 1e6)]
    assert values == sorted(values)
    assert (values[0], values[-1]) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("probability", "verdict"),
    [
        (0.8, Verdict.SUPPORTS_MANIPULATION),
        (0.79, Verdict.INCONCLUSIVE),
        (0.21, Verdict.INCONCLUSIVE),
        (0.2, Verdict.SUPPORTS_AUTHENTICITY),
    ],
)
def test_verdict_at_the_thresholds(probability: float, verdict: Verdict) -> None:
    assert band().verdict(probability) is verdict
