"""Reliability tables against closed forms."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.statistics.reliability import reliability


def clips(n: int) -> list[str]:
    return [str(number) for number in range(n)]


def test_one_bin_is_the_distance_of_the_means() -> None:
    found = reliability([0.2, 0.2, 0.6, 0.6], [0, 1, 0, 1], clips(4), bins=1)
    assert len(found.bins) == 1
    assert found.bins[0].forged == 0.5
    assert found.ece == pytest.approx(0.1)


def test_each_bin_weighs_as_much_as_it_holds() -> None:
    # Below: one of four forged at 0.25, above: three of four at 0.95, off by 0.2 in half of the mass.
    probabilities, labels = [0.25] * 4 + [0.95] * 4, [0, 0, 0, 1, 0, 1, 1, 1]
    found = reliability(probabilities, labels, clips(8), bins=2)
    assert [(each.n, each.weight, each.forged) for each in found.bins] == [(4, 0.5, 0.25), (4, 0.5, 0.75)]
    assert [each.probability for each in found.bins] == pytest.approx([0.25, 0.95])
    assert found.ece == pytest.approx(0.1)


def test_the_prior_of_the_sample_does_not_matter() -> None:
    rng = np.random.default_rng(0)
    n = 6000
    probability = rng.uniform(size=n)
    labels = (rng.uniform(size=n) < probability).astype(int)
    even = reliability(probability, labels, clips(n))
    assert even.ece < 0.03
    kept = (labels == 1) | (rng.uniform(size=n) < 0.25)
    fewer = reliability(probability[kept], labels[kept], clips(int(kept.sum())))
    assert fewer.ece < 0.04, "with a fourth of the real crops the probabilities still hold at even priors"
    assert all(each.low <= each.forged <= each.high for each in even.bins)


def test_too_sure_probabilities_are_off_by_what_they_claim_too_much() -> None:
    labels = [0] * 60 + [1] * 40 + [0] * 40 + [1] * 60
    found = reliability([0.1] * 100 + [0.9] * 100, labels, clips(200))
    assert found.ece == pytest.approx(0.3)
    assert [each.forged for each in found.bins] == pytest.approx([0.4, 0.6])


@settings(deadline=None, max_examples=12)
@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 1)), min_size=2, max_size=40), st.integers(1, 12))
def test_bins_hold_every_crop_once_and_part_no_ties(rows: list[tuple[int, int]], bins: int) -> None:
    rows = [*rows, (0, 0), (6, 1)]
    probabilities, labels = [value / 6 for value, _ in rows], [label for _, label in rows]
    found = reliability(probabilities, labels, clips(len(rows)), bins=bins)
    assert sum(each.n for each in found.bins) == len(rows)
    assert sum(each.weight for each in found.bins) == pytest.approx(1)
    assert 1 <= len(found.bins) <= min(bins, len(set(probabilities)))
    assert [each.probability for each in found.bins] == sorted(each.probability for each in found.bins)
    assert 0 <= found.ece <= 1
