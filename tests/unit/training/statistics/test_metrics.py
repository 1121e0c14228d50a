"""Metrics against oracles written as loops, and closed forms."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm
from sklearn.metrics import average_precision_score

from training.statistics.bootstrap import auc_interval
from training.statistics.metrics import (
    FARS,
    accuracy,
    area,
    auc,
    average_precision,
    average_precisions,
    equal_error_rate,
    equal_error_rates,
    hit_rates,
    is_supported,
    mean_by_clip,
    roc,
    smallest_far,
    tar_at_far,
)

scored = st.lists(st.tuples(st.integers(-3, 3), st.integers(0, 1)), min_size=2, max_size=30).filter(
    lambda rows: {label for _, label in rows} == {0, 1}
)


def auc_by_counting(scores: list[int], labels: list[int]) -> float:
    won = total = 0.0
    for forged, is_forged in zip(scores, labels, strict=True):
        for real, is_other_forged in zip(scores, labels, strict=True):
            if is_forged and not is_other_forged:
                total += 1
                won += 1.0 if forged > real else 0.5 if forged == real else 0.0
    return won / total


@given(scored)
def test_auc_counts_pairs_and_halves_ties(rows: list[tuple[int, int]]) -> None:
    scores, labels = [score for score, _ in rows], [label for _, label in rows]
    assert auc(scores, labels) == pytest.approx(auc_by_counting(scores, labels), abs=1e-12)


@given(scored)
def test_area_under_the_returned_curve_is_the_auc(rows: list[tuple[int, int]]) -> None:
    scores, labels = [score for score, _ in rows], [label for _, label in rows]
    alarms, hits, _ = roc(scores, labels)
    assert np.trapezoid(hits, alarms) == pytest.approx(auc(scores, labels), abs=1e-12)
    assert (alarms[0], hits[0], alarms[-1], hits[-1]) == (0, 0, 1, 1)


@given(scored)
def test_roc_rates_are_those_of_its_thresholds(rows: list[tuple[int, int]]) -> None:
    scores, labels = np.array([s for s, _ in rows]), np.array([label for _, label in rows])
    for alarm, hit, threshold in zip(*roc(scores, labels), strict=True):
        assert alarm == pytest.approx((scores[labels == 0] >= threshold).mean())
        assert hit == pytest.approx((scores[labels == 1] >= threshold).mean())


def test_perfect_reversed_and_constant_scores() -> None:
    labels = [0, 0, 1, 1]
    assert (auc([1, 2, 3, 4], labels), auc([4, 3, 2, 1], labels), auc([7, 7, 7, 7], labels)) == (1.0, 0.0, 0.5)
    assert equal_error_rate([1, 2, 3, 4], labels) == 0.0
    assert equal_error_rate([4, 3, 2, 1], labels) == 1.0
    assert equal_error_rate([7, 7, 7, 7], labels) == pytest.approx(0.5)


def test_equal_error_rate_is_interpolated() -> None:
    # Thresholds give (alarms, misses) = (0, 1), (1/3, 1/2), (1/3, 0), ...: they cross on the way down at 1/3.
    assert equal_error_rate([0, 1, 3, 2, 4], [0, 0, 0, 1, 1]) == pytest.approx(1 / 3)
    # (0, 1/2) to (1, 1/2) through one tie: alarms equal misses half-way, at 1/2.
    assert equal_error_rate([1, 1, 2, 0], [0, 0, 1, 1]) == pytest.approx(0.5)


def test_normal_scores_have_the_known_auc_and_error_rate() -> None:
    grid = norm.ppf((np.arange(4000) + 0.5) / 4000)
    distance = 1.5
    scores, labels = np.concatenate([grid, grid + distance]), np.repeat([0, 1], 4000)
    assert auc(scores, labels) == pytest.approx(norm.cdf(distance / np.sqrt(2)), abs=1e-3)
    assert equal_error_rate(scores, labels) == pytest.approx(norm.cdf(-distance / 2), abs=1e-3)
    assert accuracy(scores, labels, distance / 2) == pytest.approx(norm.cdf(distance / 2), abs=1e-3)


def test_accuracy_counts_the_threshold_itself_as_forged() -> None:
    assert accuracy([0.0, 0.0], [0, 1], 0.0) == 0.5
    assert accuracy([-1.0, 0.0], [0, 1], 0.0) == 1.0


@settings(deadline=None, max_examples=30)
@given(scored)
def test_average_precision_is_that_of_sklearn(rows: list[tuple[int, int]]) -> None:
    scores, labels = [score for score, _ in rows], [label for _, label in rows]
    assert average_precision(scores, labels) == pytest.approx(average_precision_score(labels, scores), abs=1e-12)


def test_average_precision_of_a_constant_score_is_the_share_of_forgeries() -> None:
    assert average_precision([3, 3, 3, 3], [0, 0, 0, 1]) == pytest.approx(0.25)


def best_hit_rate(scores: list[int], labels: list[int], far: float) -> float:
    """By trying every threshold."""
    best = 0.0
    for threshold in [*scores, max(scores) + 1]:
        alarms = np.mean([s >= threshold for s, label in zip(scores, labels, strict=True) if label == 0])
        hits = np.mean([s >= threshold for s, label in zip(scores, labels, strict=True) if label == 1])
        if alarms <= far + 1e-12:
            best = max(best, float(hits))
    return best


@given(scored, st.floats(0, 1))
def test_tar_is_the_best_that_a_threshold_reaches(rows: list[tuple[int, int]], far: float) -> None:
    scores, labels = [score for score, _ in rows], [label for _, label in rows]
    n_real = labels.count(0)
    if far < 1 / n_real - 1e-9:
        assert tar_at_far(scores, labels, far) is None
    elif far > 1 / n_real + 1e-9:
        assert tar_at_far(scores, labels, far) == pytest.approx(best_hit_rate(scores, labels, far))


def test_tar_goes_up_in_steps_and_small_rates_are_not_supported() -> None:
    # Four real crops at 0, 1, 2, 3; forgeries between them: one false alarm more lets the threshold fall by one.
    scores, labels = [0, 1, 2, 3, 0.5, 1.5, 2.5, 3.5], [0, 0, 0, 0, 1, 1, 1, 1]
    assert smallest_far(labels) == 0.25
    assert [tar_at_far(scores, labels, far) for far in (0.24, 0.25, 0.49, 0.5, 1.0)] == [None, 0.5, 0.5, 0.75, 1.0]
    assert not is_supported(0.2499, labels)
    assert is_supported(1 / 3, [0, 0, 0, 1]), "a third is a third, whatever its last bit"
    assert tar_at_far([5, 5, 5], [0, 0, 1], 0.5) == 0.0, "ties leave no threshold below both"


def test_the_rates_of_the_papers_are_among_those_measured() -> None:
    assert {0.001, 0.0001} <= set(FARS)


@settings(deadline=None, max_examples=30)
@given(scored, st.lists(st.integers(1, 4), min_size=30, max_size=30))
def test_a_crop_with_a_weight_counts_like_that_many_crops(rows: list[tuple[int, int]], many: list[int]) -> None:
    scores, labels = np.array([score for score, _ in rows]), np.array([label for _, label in rows])
    times = np.array(many[: len(rows)])
    repeated, classes = np.repeat(scores, times), np.repeat(labels, times)
    curve = roc(scores, labels, np.stack([times, times * 2]))
    assert area(curve) == pytest.approx([auc(repeated, classes)] * 2)
    assert equal_error_rates(curve) == pytest.approx([equal_error_rate(repeated, classes)] * 2)
    assert hit_rates(curve, 0.3) == pytest.approx([best_hit_rate(repeated.tolist(), classes.tolist(), 0.3)] * 2)
    odds = (classes == 0).sum() / classes.sum()
    precision = average_precisions(curve, [odds, odds])
    assert precision == pytest.approx([average_precision(repeated, classes)] * 2)


def test_clips_are_averaged_in_the_order_of_their_first_crop() -> None:
    scores, labels = mean_by_clip([1, 10, 3, 20], [1, 0, 1, 0], ["b", "a", "b", "a"])
    assert scores.tolist() == [2, 15]
    assert labels.tolist() == [1, 0]


def test_a_clip_of_both_labels_is_refused() -> None:
    with pytest.raises(ValueError, match="both labels"):
        mean_by_clip([1, 2], [0, 1], ["a", "a"])


@pytest.mark.parametrize(
    ("scores", "labels", "words"),
    [([1, 2], [1, 1], "both real"), ([1, np.nan], [0, 1], "finite"), ([1, 2, 3], [0, 1], "one length")],
)
def test_what_has_no_auc_is_refused(scores: list[float], labels: list[int], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        auc(scores, labels)


def test_interval_is_repeatable_and_has_about_the_known_width() -> None:
    rng = np.random.default_rng(5)
    n = 200
    scores = np.concatenate([rng.normal(size=n), rng.normal(1.0, size=n)])
    labels, clips = np.repeat([0, 1], n), [str(i) for i in range(2 * n)]
    low, high = auc_interval(scores, labels, clips, seed=1, draws=400)
    assert (low, high) == auc_interval(scores, labels, clips, seed=1, draws=400)
    assert (low, high) != auc_interval(scores, labels, clips, seed=2, draws=400)
    area = auc(scores, labels)
    # Hanley and McNeil 1982, Eq. 1-2: the standard error of an area.
    q1, q2 = area / (2 - area), 2 * area**2 / (1 + area)
    error = np.sqrt((area * (1 - area) + (n - 1) * (q1 - area**2) + (n - 1) * (q2 - area**2)) / n**2)
    assert low < area < high
    assert high - low == pytest.approx(2 * 1.96 * error, rel=0.2)


@settings(deadline=None, max_examples=10)
@given(st.integers(2, 5))
def test_repeating_the_crops_of_clips_does_not_narrow_the_interval(times: int) -> None:
    rng = np.random.default_rng(0)
    scores, labels = rng.normal(size=40) + np.repeat([0, 1], 20), np.repeat([0, 1], 20)
    clips = [str(i) for i in range(40)]
    once = auc_interval(scores, labels, clips, draws=50)
    repeated = auc_interval(
        np.repeat(scores, times), np.repeat(labels, times), np.repeat(clips, times).tolist(), draws=50
    )
    assert repeated == pytest.approx(once, abs=1e-12)
