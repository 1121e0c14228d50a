import numpy as np
import pytest

from forensiclab.gui.timeline.series import Series


def filled(times, values):
    series = Series()
    series.add(np.asarray(times, float), np.asarray(values, float))
    return series


def columns(times, values, pixel_s):
    """Lowest and highest value in each column of pixels."""
    found = {}
    for pts_s, value in zip(times, values, strict=True):
        low, high = found.get(int(pts_s // pixel_s), (value, value))
        found[int(pts_s // pixel_s)] = (min(low, value), max(high, value))
    return found


def test_few_values_are_drawn_as_they_are():
    series = filled([0.0, 1.0, 2.0, 3.0], [4.0, 5.0, 3.0, 9.0])
    drawn = series.drawn(-1.0, 4.0, 0.01)
    assert drawn.times_s.tolist() == [0.0, 1.0, 2.0, 3.0]
    assert drawn.values.tolist() == [4.0, 5.0, 3.0, 9.0]
    assert drawn.is_joined.tolist() == [True, True, True, False]


@pytest.mark.parametrize("pieces", [1, 7])
def test_every_column_of_pixels_shows_its_lowest_and_highest_value(pieces):
    random = np.random.default_rng(1)
    times = np.cumsum(random.exponential(0.04, 20_000))  # dense and sparse stretches
    values = random.standard_normal(len(times)).cumsum()
    series = Series()
    for part_t, part_v in zip(np.array_split(times, pieces), np.array_split(values, pieces), strict=True):
        series.add(part_t, part_v)
    for start_s, end_s in ((0.0, times[-1]), (100.0, 300.0), (150.0, 151.0)):
        pixel_s = (end_s - start_s) / 500
        drawn = series.drawn(start_s, end_s, pixel_s)
        assert len(drawn.times_s) < 2 * 500 + 2 * 50
        inside = (times >= start_s + 2 * pixel_s) & (times <= end_s - 2 * pixel_s)
        expected = columns(times[inside], values[inside], pixel_s)
        got = columns(drawn.times_s, drawn.values, pixel_s)
        # A block that ends in the next column is drawn there with its last value's column: allow the neighbour.
        for column, (low, high) in expected.items():
            near = [got[c] for c in (column - 1, column, column + 1) if c in got]
            assert min(n[0] for n in near) <= low
            assert max(n[1] for n in near) >= high
        assert drawn.values.min() >= values.min()
        assert drawn.values.max() <= values.max()


def test_lines_lead_out_of_the_view_to_the_next_value():
    series = filled([0.0, 10.0, 20.0], [1.0, 2.0, 3.0])
    drawn = series.drawn(12.0, 18.0, 0.01)
    assert drawn.times_s.tolist() == [10.0, 20.0]
    assert drawn.is_joined.tolist() == [True, False]


def test_a_gap_breaks_the_line_at_every_zoom():
    times = np.concatenate([np.arange(0, 100, 0.01), np.arange(200, 300, 0.01)])
    series = filled(times, np.zeros(len(times)))
    series.mark_gaps(0, np.asarray([150.0]))
    for pixel_s in (0.001, 0.1, 1.0, 5.0):
        drawn = series.drawn(0.0, 300.0, pixel_s)
        (ends,) = np.flatnonzero(~drawn.is_joined[:-1])
        assert 99.99 - pixel_s <= drawn.times_s[ends] <= 100
        assert drawn.times_s[ends + 1] == 200
    assert series.gaps(0).sum() == 1


def test_gaps_beside_all_values_change_nothing():
    series = filled([1.0, 2.0], [0.0, 0.0])
    series.mark_gaps(0, np.asarray([0.5, 1.0, 2.5]))
    assert not series.gaps(0).any()
    series.mark_gaps(0, np.asarray([2.0]))
    assert series.gaps(0).tolist() == [True, False]


def test_values_that_come_late_are_put_where_they_belong():
    random = np.random.default_rng(3)
    times = random.permutation(np.arange(5000.0))
    series = Series()
    for part in np.array_split(times, 60):
        series.add(part, part * 2)
    assert series.times(0).tolist() == list(range(5000))
    drawn = series.drawn(0.0, 5000.0, 25.0)
    assert drawn.values.min() == 0
    assert drawn.values.max() == 9998
    assert np.all(np.diff(drawn.times_s) >= 0)


def test_segments_are_never_joined_and_may_overlap_in_time():
    series = Series()
    for number in range(300):
        series.begin_segment()
        series.add(np.asarray([number, number + 2.0]), np.full(2, float(number)))
    drawn = series.drawn(0.0, 400.0, 1.0)
    joined = np.flatnonzero(drawn.is_joined)
    assert (drawn.segments[joined] == drawn.segments[joined + 1]).all()
    assert set(drawn.segments.tolist()) == set(range(300))
    assert series.values(17).tolist() == [17.0, 17.0]
    near = series.drawn(10.5, 11.5, 0.001)
    assert set(near.segments.tolist()) == {9, 10, 11}


def test_a_series_becomes_a_segment_with_its_gaps():
    part = filled([0.0, 1.0, 2.0], [5.0, 6.0, 7.0])
    part.mark_gaps(0, np.asarray([1.5]))
    whole = filled([0.0], [1.0])
    assert whole.add_segment(part) == 1
    assert whole.gaps(1).tolist() == [False, True, False]
    assert whole.extent == (1.0, 7.0)
    assert len(whole) == 4


def test_mean_of_a_range():
    series = filled(np.arange(100.0), np.arange(100.0))
    series.begin_segment()
    series.add(np.arange(10.0), np.full(10, 1000.0))
    assert series.mean(10.0, 12.0, 0) == (11.0, 3)
    assert series.mean(0.0, 1.0) == (pytest.approx(2001 / 4), 4)
    assert series.mean(200.0, 300.0) is None


def test_an_empty_series_draws_nothing():
    series = Series()
    assert len(series.drawn(0.0, 1.0, 0.1).times_s) == 0
    assert series.extent is None
    assert series.begin_segment() == 0
    assert len(series.times(0)) == 0
    assert len(series.drawn(0.0, 1.0, 0.1).times_s) == 0


def test_moving_along_shows_the_same_as_looking_anew():
    random = np.random.default_rng(5)
    series = Series()
    for number in range(40):
        series.begin_segment()
        series.add(number * 3 + np.sort(random.uniform(0, 9, 400)), random.standard_normal(400))
    series.mark_gaps(3, np.asarray([11.0]))
    for width_s in (0.3, 4.0):
        for start_s in np.arange(20.0, 40.0, 0.37 * width_s):
            moved = series.drawn(start_s, start_s + width_s, width_s / 600)
            anew = series._found(start_s, start_s + width_s, width_s / 600)
            for segment in np.union1d(moved.segments, anew.segments):
                one, other = moved.segments == segment, anew.segments == segment
                inside = [
                    (drawn.times_s[own] >= start_s + width_s / 50) & (drawn.times_s[own] <= start_s + width_s * 0.98)
                    for drawn, own in ((moved, one), (anew, other))
                ]
                np.testing.assert_array_equal(moved.times_s[one][inside[0]], anew.times_s[other][inside[1]])
                np.testing.assert_array_equal(moved.values[one][inside[0]], anew.values[other][inside[1]])
                np.testing.assert_array_equal(moved.is_joined[one][inside[0]], anew.is_joined[other][inside[1]])


def test_what_is_added_or_broken_is_seen_at_the_same_place():
    series = filled(np.arange(1000.0), np.zeros(1000))
    for _ in range(3):
        series.drawn(100.0, 200.0, 0.5)
    series.add(np.asarray([150.5]), np.asarray([7.0]))
    assert series.drawn(100.0, 200.0, 0.5).values.max() == 7.0
    series.drawn(100.0, 200.0, 0.5)
    series.mark_gaps(0, np.asarray([160.5]))
    assert (~series.drawn(100.0, 200.0, 0.5).is_joined).sum() == 2
