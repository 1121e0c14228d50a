from types import ModuleType

import pytest

from forensiclab.report.evaluation import in_words, likelihood_ratio, wilson_interval


def test_ratio_is_the_odds_at_equal_priors(example: ModuleType) -> None:
    assert likelihood_ratio(0.8, example.BAND) == (pytest.approx(4.0), False)
    assert likelihood_ratio(0.2, example.BAND) == (pytest.approx(0.25), False)


def test_ratio_stays_within_what_the_set_supports(example: ModuleType) -> None:
    assert likelihood_ratio(0.99999, example.BAND) == (601.0, True)
    assert likelihood_ratio(1.0, example.BAND) == (601.0, True)
    assert likelihood_ratio(0.00001, example.BAND) == (pytest.approx(1 / 601), True)


@pytest.mark.parametrize(
    ("ratio", "words"),
    [
        (1.0, "no support for either proposition"),
        (4.0, "weak support for P1 over P2"),
        (0.05, "moderate support for P2 over P1"),
        (500.0, "moderately strong support for P1 over P2"),
        (50_000.0, "very strong support for P1 over P2"),
    ],
)
def test_words(ratio: float, words: str) -> None:
    assert in_words(ratio) == words


def test_wilson_interval() -> None:
    # R: binom::binom.wilson(0, 10) and (81, 263)
    assert wilson_interval(0.0, 10) == (0.0, pytest.approx(0.2775, abs=1e-4))
    assert wilson_interval(81 / 263, 263) == (pytest.approx(0.2553, abs=1e-4), pytest.approx(0.3662, abs=1e-4))
