import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forensiclab.analysis.sampling import EvenKeeper
from forensiclab.core.errors import SettingsError
from forensiclab.core.options import SamplingPolicy


@pytest.mark.parametrize("text", ["all", "every:5", "per-track:32"])
def test_policy_round_trip(text):
    assert str(SamplingPolicy.parse(text)) == text


@pytest.mark.parametrize("text", ["", "every", "every:0", "per-track:-1", "per-track:1000000", "some:3", "all:2"])
def test_unusable_policy_is_named(text):
    with pytest.raises(SettingsError, match="sampling policy"):
        SamplingPolicy.parse(text)


def test_every_third():
    policy = SamplingPolicy.parse("every:3")
    assert [seen for seen in range(10) if policy.wants(seen)] == [0, 3, 6, 9]


def keep_all(count: int, capacity: int) -> tuple[int, ...]:
    keeper: EvenKeeper[int] = EvenKeeper(capacity)
    for item in range(count):
        if keeper.wants(item):
            keeper.keep(item)
        assert len(keeper) < 2 * capacity or capacity == 1
    return keeper.chosen()


@given(st.integers(0, 3000), st.integers(1, 40))
def test_keeper_is_bounded_ordered_and_even(count, capacity):
    chosen = keep_all(count, capacity)
    assert len(chosen) == min(count, capacity)
    assert list(chosen) == sorted(set(chosen))
    if len(chosen) > 2:
        gaps = [b - a for a, b in itertools.pairwise(chosen)]
        assert max(gaps) <= 2.01 * min(gaps) + 1  # whole strides only: neighbours differ by one stride at most


def test_keeper_covers_the_stream():
    chosen = keep_all(1000, 8)
    assert chosen[0] == 0
    assert chosen[-1] >= 1000 - 1000 / 8


def test_thinning_halves_and_doubles_the_distance():
    keeper: EvenKeeper[int] = EvenKeeper(8)
    for item in range(10):
        keeper.keep(item)
    keeper.thin()
    assert len(keeper) == 5
    assert [seen for seen in range(6) if keeper.wants(seen)] == [0, 2, 4]


def test_keeper_needs_room():
    with pytest.raises(ValueError, match="room"):
        EvenKeeper(0)
