from itertools import pairwise

import pytest

from forensiclab.media.clock import Clock


def run(times: list[float | None], interval_s: float | None = 0.04) -> tuple[list[float], int]:
    clock = Clock(interval_s)
    return [clock.stamp(time).pts_s for time in times], clock.bad_times


def test_sound_times_stay() -> None:
    assert run([0.5, 0.54, 0.6, 7.0]) == ([0.5, 0.54, 0.6, 7.0], 0)


def test_missing_times_follow_the_interval() -> None:
    assert run([None, None, None]) == ([0.0, 0.04, 0.08], 3)
    times, bad = run([0.0, None, 0.2, None], interval_s=None)
    assert times == pytest.approx([0.0, 0.04, 0.2, 0.24])
    assert bad == 2


def test_negative_start_shifts_everything() -> None:
    times, bad = run([-0.08, -0.04, 0.0, 0.04])
    assert times == pytest.approx([0.0, 0.04, 0.08, 0.12])
    assert bad == 2


def test_a_repeated_time_does_not_move_the_others() -> None:
    times, bad = run([0.0, 0.04, 0.04, 0.03, 0.12])
    assert times == pytest.approx([0.0, 0.04, 0.041, 0.042, 0.12])
    assert bad == 2


def test_a_jump_back_begins_a_new_count() -> None:
    times, bad = run([10.0, 10.04, 0.0, 0.04, 0.08])
    assert times == pytest.approx([10.0, 10.04, 10.08, 10.12, 10.16])
    assert bad == 1


def test_times_always_grow() -> None:
    times, _ = run([5.0, -3.0, None, 5.0, 5.0, 0.0, 100.0, 1.0, None, -1.0])
    assert all(later > earlier for earlier, later in pairwise(times))
    assert min(times) >= 0
