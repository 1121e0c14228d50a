"""Intervals over clips against a loop that draws them, and their speed."""

import time

import numpy as np
import pytest

from training.statistics.bootstrap import ClipBootstrap, auc_interval
from training.statistics.metrics import Scores, area, auc, mean_by_clip, roc


def sample(n_clips: int, crops: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Clips of both labels by turns, with some crops each."""
    rng = np.random.default_rng(seed)
    clip_of = np.repeat(np.arange(n_clips), crops)
    labels = clip_of % 2
    return rng.normal(size=clip_of.size) + labels, labels, [f"clip {number}" for number in clip_of]


def drawn_by_a_loop(values: np.ndarray, labels: np.ndarray, clips: list[str], seed: int, draws: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    of_label = [list(dict.fromkeys(c for c, y in zip(clips, labels, strict=True) if y == label)) for label in (0, 1)]
    results = []
    for _ in range(draws):
        rows: list[int] = []
        for names in of_label:
            for number in rng.integers(len(names), size=len(names)):
                rows += [row for row, clip in enumerate(clips) if clip == names[number]]
        results.append(auc(values[rows], labels[rows]))
    return np.quantile(results, [0.025, 0.975])


def test_intervals_are_those_of_a_loop_over_draws() -> None:
    values, labels, clips = sample(12, 3)
    assert auc_interval(values, labels, clips, seed=3, draws=60) == pytest.approx(
        drawn_by_a_loop(values, labels, clips, 3, 60), abs=1e-12
    )


def test_clips_are_counted_in_the_order_of_their_first_crop() -> None:
    values, labels, clips = sample(8, 2, seed=4)
    values = values - labels  # no better than chance, so that draws differ
    shuffled = np.random.default_rng(1).permutation(values.size)
    values, labels, clips = values[shuffled], labels[shuffled], [clips[at] for at in shuffled]
    means, classes = mean_by_clip(values, labels, clips)
    draws = ClipBootstrap(labels, clips, draws=40)

    def of_clips(counts: Scores) -> Scores:
        assert (counts @ (classes == 1) == 4).all(), "each draw takes as many forged clips as there are"
        return area(roc(means, classes, counts))[None]

    def of_crops(counts: Scores) -> Scores:
        return area(roc(np.array([means[order[clip]] for clip in clips]), labels, counts))[None]

    order = {clip: number for number, clip in enumerate(dict.fromkeys(clips))}
    # Every clip has two crops, so crops that carry their clip's mean have the area of the clips.
    (found,), (expected,) = draws.over_clips(of_clips), draws.over_crops(of_crops)
    assert found == pytest.approx(expected)
    assert found.low < found.high


def test_draws_without_a_value_are_left_out() -> None:
    _, labels, clips = sample(6, 1)
    draws = ClipBootstrap(labels, clips, draws=20)
    (interval,) = draws.over_crops(lambda counts: np.where(np.arange(len(counts)) % 2, np.nan, 0.25)[None])
    assert interval == (0.25, 0.25)


def test_parts_of_the_draws_make_no_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    values, labels, clips = sample(10, 2)
    whole = auc_interval(values, labels, clips, draws=30)
    monkeypatch.setattr("training.statistics.bootstrap._VALUES_AT_ONCE", 50)
    assert auc_interval(values, labels, clips, draws=30) == whole


def test_a_thousand_draws_of_a_validation_set_take_a_moment() -> None:
    values, labels, clips = sample(1200, 1)
    start = time.process_time()
    auc_interval(values, labels, clips)
    assert time.process_time() - start < 3
