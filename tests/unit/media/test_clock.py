from itertools import pairwise

import pytest

from forensiclab.media.clock import BestEffort, Clock


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
    assert bad == 0


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


def test_best_effort_takes_presentation_times_as_long_as_they_grow() -> None:
    times = BestEffort(1)
    assert [times.time(pts, dts) for pts, dts in [(0, 0), (1, 1), (5, 2), (6, 3)]] == [0, 1, 5, 6]


def test_best_effort_falls_back_to_decoding_times() -> None:
    times = BestEffort(1)
    assert [times.time(pts, dts) for pts, dts in [(0, 0), (4, 1), (2, 2), (1, 3), (8, 4), (9, None)]] == [
        0,
        4,
        2,
        3,
        4,
        5,
    ]


def test_best_effort_where_the_container_has_no_presentation_times() -> None:
    times = BestEffort(1, has_presentation_times=False)
    made_up = [(1, 2), (2, 3), (4, 4), (3, 5), (73, None), (75, None)]
    assert [times.time(pts, dts) for pts, dts in made_up] == [2, 3, 4, 5, 6, 7]


def test_best_effort_without_any_times() -> None:
    times = BestEffort(None)
    assert [times.time(None, None), times.time(None, None)] == [None, None]
