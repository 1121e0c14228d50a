"""DeLong's test against counting pairs, and against what is known of it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from training.statistics.delong import delong
from training.statistics.metrics import auc

pairs = st.lists(st.tuples(st.integers(-3, 3), st.integers(-3, 3), st.integers(0, 1)), min_size=4, max_size=24).filter(
    lambda rows: min(sum(row[2] for row in rows), sum(1 - row[2] for row in rows)) >= 2
)


def by_counting(first: list[int], second: list[int], labels: list[int]) -> tuple[float, float]:
    """Difference of the areas and its variance, from the O(n^2) definition with its kernel."""

    def kernel(forged: float, real: float) -> float:
        return 1.0 if forged > real else 0.5 if forged == real else 0.0

    differences = []
    for forged in (at for at, label in enumerate(labels) if label):
        differences.append(
            [
                kernel(first[forged], first[real]) - kernel(second[forged], second[real])
                for real in (at for at, label in enumerate(labels) if not label)
            ]
        )
    table = np.array(differences)  # (forged, real)
    n_forged, n_real = table.shape
    variance = table.mean(axis=1).var(ddof=1) / n_forged + table.mean(axis=0).var(ddof=1) / n_real
    return float(table.mean()), float(variance)


@settings(deadline=None, max_examples=40)
@given(pairs)
def test_difference_and_variance_are_those_of_counting(rows: list[tuple[int, int, int]]) -> None:
    first, second, labels = ([row[column] for row in rows] for column in range(3))
    found = delong(first, second, labels)
    difference, variance = by_counting(first, second, labels)
    assert found.difference == pytest.approx(difference, abs=1e-12)
    assert (found.high - found.low) / 2 == pytest.approx(norm.ppf(0.975) * np.sqrt(variance), abs=1e-7)
    assert (found.first_auc, found.second_auc) == pytest.approx((auc(first, labels), auc(second, labels)))
    assert (found.n_real, found.n_forged) == (labels.count(0), labels.count(1))
    if variance > 1e-12:
        assert found.p_value == pytest.approx(2 * norm.sf(abs(difference) / np.sqrt(variance)), abs=1e-6)


@settings(deadline=None, max_examples=40)
@given(pairs)
def test_the_other_way_round_only_the_sign_changes(rows: list[tuple[int, int, int]]) -> None:
    first, second, labels = ([row[column] for row in rows] for column in range(3))
    one, other = delong(first, second, labels), delong(second, first, labels)
    assert other.difference == pytest.approx(-one.difference, abs=1e-12)
    assert (other.low, other.high) == pytest.approx((-one.high, -one.low), abs=1e-12)


def test_a_detector_does_not_differ_from_itself_or_from_its_logarithm() -> None:
    scores, labels = np.array([1.0, 3.0, 2.0, 4.0, 5.0]), [0, 0, 1, 1, 1]
    found = delong(scores, np.log(scores), labels)
    assert (found.difference, found.low, found.high, found.p_value) == (0, 0, 0, 1)


def test_a_difference_without_a_variance_has_no_p_value() -> None:
    assert delong([0, 0, 1, 1], [1, 1, 0, 0], [0, 0, 1, 1]).p_value is None


def test_detectors_of_equal_strength_seldom_seem_to_differ() -> None:
    rng = np.random.default_rng(0)
    labels = np.repeat([0, 1], 40)
    values = []
    for _ in range(300):
        common = rng.normal(size=80) + labels
        values.append(delong(common + rng.normal(size=80), common + rng.normal(size=80), labels).p_value or 1.0)
    assert 0.02 < np.mean(np.array(values) < 0.05) < 0.09


def test_one_clip_of_a_label_is_too_few() -> None:
    with pytest.raises(ValueError, match="two real"):
        delong([1, 2, 3], [1, 2, 3], [0, 1, 1])
