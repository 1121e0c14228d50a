"""Values over time that are drawn at any zoom in a time that depends on the pixels, not on the number of values."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_FANOUT = 4
"""Blocks of one level that make one of the next."""

_TOP_BLOCKS = 16
"""No further level is made above one with so few blocks."""

_MAX_NEIGHBOURS = 128
"""With more segments in view than this, lines that leave the view end at their last value inside it."""

_T0, _T1, _LOW, _HIGH = range(4)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Drawn:
    """What is to be drawn of a series: values, or where they lie closer than a pixel, their lowest and highest."""

    times_s: NDArray[np.float64]
    """Shape (M,), ascending within a segment."""
    values: NDArray[np.float64]
    """Shape (M,)."""
    segments: NDArray[np.int32]
    """Shape (M,): number of the segment that each belongs to."""
    is_joined: NDArray[np.bool_]
    """Shape (M,): whether a line leads from a point to the next one."""

    def part(self, start_s: float, end_s: float) -> "Drawn":
        """Return what of it is drawn between two times, with the points next to it where a line leads out."""
        is_in = (self.times_s >= start_s) & (self.times_s <= end_s)
        crosses = self.is_joined[:-1] & (self.times_s[:-1] <= end_s) & (self.times_s[1:] >= start_s)
        is_in[:-1] |= crosses
        is_in[1:] |= crosses
        is_next_in = np.append(is_in[1:], False)
        return Drawn(
            times_s=self.times_s[is_in],
            values=self.values[is_in],
            segments=self.segments[is_in],
            is_joined=(self.is_joined & is_next_in)[is_in],
        )


class Series:
    """Values over time in segments (one a track), each ascending; lines never lead over a gap or to another segment.

    Blocks of 4, 16, 64, ... values know their extent in time and value, so that drawing goes down only where a block
    is wider than a pixel. Adding costs time for what is added alone.
    """

    def __init__(self) -> None:
        self._times = np.empty(0)
        self._values = np.empty(0)
        self._segment_of = np.empty(0, np.int32)
        self._has_gap_after = np.empty(0, np.bool_)
        self._count = 0
        self._bounds: list[int] = []
        """Number of the first value of each segment."""
        self._levels: list[NDArray[np.float64]] = []
        """Shape (4, capacity) each: first time, last time, lowest and highest value of each block."""
        self._asked: tuple[float, float, float] | None = None
        """From, to and seconds per pixel of what was drawn last; None after a change."""
        self._kept: Drawn | None = None
        """What was found for ``_asked``, if that is wider than what was seen."""

    def __len__(self) -> int:
        return self._count

    @property
    def segments(self) -> int:
        """How many segments there are."""
        return len(self._bounds)

    @property
    def extent(self) -> tuple[float, float] | None:
        """Lowest and highest value of all; None while there is none."""
        if not self._count:
            return None
        if not self._levels:
            return float(self._values[: self._count].min()), float(self._values[: self._count].max())
        top = self._levels[-1][:, : self._blocks(len(self._levels))]
        return float(top[_LOW].min()), float(top[_HIGH].max())

    def begin_segment(self) -> int:
        """Begin a segment; returns its number."""
        self._bounds.append(self._count)
        return len(self._bounds) - 1

    def add(self, times_s: NDArray[np.float64], values: NDArray[np.float64]) -> None:
        """Add values to the newest segment, wherever in it their times belong; the same time may come twice.

        Args:
            times_s: Seconds, shape (N,).
            values: Shape (N,); finite, unless no line is drawn from them.
        """
        if not len(times_s):
            return
        self._asked = self._kept = None
        if not self._bounds:
            self.begin_segment()
        order = np.argsort(times_s, kind="stable")
        times_s, values = times_s[order], values[order]
        own = self._bounds[-1]
        place = own + int(np.searchsorted(self._times[own : self._count], times_s[0], side="right"))
        # What is already there and comes later is rewritten behind or between what is added.
        later_times, later_values = self._times[place : self._count], self._values[place : self._count]
        later_gaps = self._has_gap_after[place : self._count]
        gaps = np.zeros(len(times_s), np.bool_)
        if len(later_times):
            order = np.argsort(np.concatenate([later_times, times_s]), kind="stable")
            times_s = np.concatenate([later_times, times_s])[order]
            values = np.concatenate([later_values, values])[order]
            gaps = np.concatenate([later_gaps, gaps])[order]
        count = place + len(times_s)
        self._times = _grown(self._times, count)
        self._values = _grown(self._values, count)
        self._segment_of = _grown(self._segment_of, count)
        self._has_gap_after = _grown(self._has_gap_after, count)
        self._times[place:count], self._values[place:count] = times_s, values
        self._segment_of[place:count], self._has_gap_after[place:count] = len(self._bounds) - 1, gaps
        self._count = count
        self._renew_blocks(place)

    def add_segment(self, other: "Series") -> int:
        """Add all values of a series of one segment as a segment of this one, gaps included; returns its number."""
        number = self.begin_segment()
        first = self._count
        self.add(other._times[: other._count], other._values[: other._count])
        self._has_gap_after[first : self._count] = other._has_gap_after[: other._count]
        self._asked = self._kept = None
        return number

    def mark_gaps(self, segment: int, starts_s: NDArray[np.float64]) -> None:
        """Lead no line of a segment over these times; before the first and after the last value there is none anyway.

        Args:
            segment: Its number.
            starts_s: Where gaps begin, seconds, shape (N,).
        """
        times, first = self.times(segment), self._bounds[segment]
        places = np.searchsorted(times, starts_s, side="left")
        places = places[(places > 0) & (places < len(times))]
        self._has_gap_after[first + places - 1] = True
        self._asked = self._kept = None

    def times(self, segment: int) -> NDArray[np.float64]:
        """Return the seconds of a segment's values, ascending; a view, valid until something is added."""
        return self._times[self._slice(segment)]

    def values(self, segment: int) -> NDArray[np.float64]:
        """Return a segment's values; a view, valid until something is added."""
        return self._values[self._slice(segment)]

    def gaps(self, segment: int) -> NDArray[np.bool_]:
        """Return whether there is a gap behind each value of a segment; a view, valid until something is added."""
        return self._has_gap_after[self._slice(segment)]

    def mean(self, start_s: float, end_s: float, segment: int | None = None) -> tuple[float, int] | None:
        """Return mean and number of the values between two times, both included; None where there is none.

        Args:
            start_s, end_s: Seconds.
            segment: Of this segment alone; None = of all.
        """
        part = slice(self._count) if segment is None else self._slice(segment)
        times = self._times[part]
        chosen = self._values[part][(times >= start_s) & (times <= end_s)]
        return (float(chosen.mean()), len(chosen)) if len(chosen) else None

    def drawn(self, start_s: float, end_s: float, pixel_s: float) -> Drawn:
        """Return what is to be drawn between two times.

        Args:
            start_s, end_s: The part that is seen.
            pixel_s: Seconds that one pixel shows, > 0.

        Returns:
            Everything that lies in the part, and the values next to it where a line leads out of it.
        """
        asked, self._asked = self._asked, (start_s, end_s, pixel_s)
        if asked is None or abs(asked[2] - pixel_s) > 1e-9 * pixel_s:
            self._kept = None
            return self._found(start_s, end_s, pixel_s)
        # The same zoom for the second time: the view is moved along, and what is beside it will be asked for next.
        if self._kept is None or start_s < asked[0] or end_s > asked[1]:
            width_s = end_s - start_s
            asked = start_s - width_s, end_s + width_s, pixel_s
            self._kept = self._found(*asked)
        self._asked = asked
        return self._kept.part(start_s, end_s)

    def _found(self, start_s: float, end_s: float, pixel_s: float) -> Drawn:
        firsts, lasts = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
        lows, highs = [np.empty(0)], [np.empty(0)]
        blocks = np.arange(self._blocks(len(self._levels)))
        for level in range(len(self._levels), 0, -1):
            of_level = self._levels[level - 1]
            blocks = blocks[(of_level[_T1, blocks] >= start_s) & (of_level[_T0, blocks] <= end_s)]
            size = _FANOUT**level
            first = blocks * size
            last = np.minimum(first + size, self._count) - 1
            is_thin = of_level[_T1, blocks] - of_level[_T0, blocks] <= pixel_s
            is_thin &= self._segment_of[first] == self._segment_of[last]
            thin = blocks[is_thin]
            firsts.append(first[is_thin])
            lasts.append(last[is_thin])
            lows.append(of_level[_LOW, thin])
            highs.append(of_level[_HIGH, thin])
            blocks = (blocks[~is_thin, None] * _FANOUT + np.arange(_FANOUT)).ravel()
            blocks = blocks[blocks < self._blocks(level - 1)]
        times = self._times[blocks]
        single = np.union1d(blocks[(times >= start_s) & (times <= end_s)], self._neighbours(start_s, end_s))
        firsts.append(single)
        lasts.append(single)
        lows.append(self._values[single])
        highs.append(self._values[single])
        first, last = np.concatenate(firsts), np.concatenate(lasts)
        order = np.argsort(first, kind="stable")
        low, high = np.concatenate(lows)[order], np.concatenate(highs)[order]
        return self._joined(first[order], last[order], low, high, pixel_s)

    def _joined(
        self,
        first: NDArray[np.int64],
        last: NDArray[np.int64],
        low: NDArray[np.float64],
        high: NDArray[np.float64],
        pixel_s: float,
    ) -> Drawn:
        """Make one of all blocks in a column of pixels; of a single value comes one point, of more come two."""
        if not len(first):
            nothing = np.empty(0)
            return Drawn(times_s=nothing, values=nothing, segments=np.empty(0, np.int32), is_joined=nothing > 0)
        is_end = self._has_gap_after[last].copy()
        is_end[:-1] |= (self._segment_of[last[:-1]] != self._segment_of[first[1:]]) | (first[1:] > last[:-1] + 1)
        is_end[-1] = True
        column = np.floor(self._times[first] / pixel_s)
        begins = np.flatnonzero(np.concatenate([[True], is_end[:-1] | (column[1:] != column[:-1])]))
        ends = np.append(begins[1:], len(first)) - 1
        low, high = np.minimum.reduceat(low, begins), np.maximum.reduceat(high, begins)
        first, last, is_end = first[begins], last[ends], is_end[ends]
        owner = np.repeat(np.arange(len(first)), np.where(last > first, 2, 1))
        is_second = np.concatenate([[False], owner[1:] == owner[:-1]])
        is_final = np.concatenate([owner[1:] != owner[:-1], [True]])
        return Drawn(
            times_s=self._times[np.where(is_second, last[owner], first[owner])],
            values=np.where(is_second, high[owner], low[owner]),
            segments=self._segment_of[first[owner]],
            is_joined=~(is_final & is_end[owner]),
        )

    def _neighbours(self, start_s: float, end_s: float) -> NDArray[np.int64]:
        """Return the values just outside a part, of every segment that reaches into it or over it."""
        if not self._count:
            return np.empty(0, np.int64)
        bounds = np.asarray(self._bounds)
        ends = np.append(bounds[1:], self._count)
        has_values = ends > bounds
        bounds, ends = bounds[has_values], ends[has_values]
        in_view = (self._times[bounds] <= end_s) & (self._times[ends - 1] >= start_s)
        bounds, ends = bounds[in_view], ends[in_view]
        if len(bounds) > _MAX_NEIGHBOURS:
            return np.empty(0, np.int64)
        found: list[int] = []
        for bound, end in zip(bounds.tolist(), ends.tolist(), strict=True):
            before, after = np.searchsorted(self._times[bound:end], (start_s, end_s)) + bound
            found += [place for place in (before - 1, after) if bound <= place < end]
        return np.asarray(found, np.int64)

    def _slice(self, segment: int) -> slice:
        end = self._bounds[segment + 1] if segment + 1 < len(self._bounds) else self._count
        return slice(self._bounds[segment], end)

    def _blocks(self, level: int) -> int:
        """Return how many blocks a level has; level 0 are the values themselves."""
        size: int = _FANOUT**level
        return -(-self._count // size)

    def _renew_blocks(self, first: int) -> None:
        """Remake the blocks that hold the values from number ``first`` on."""
        level, count = 0, self._count
        times, values = self._times[:count], self._values[:count]
        below = (times, times, values, values)
        while count > _TOP_BLOCKS:
            first //= _FANOUT
            level, count = level + 1, self._blocks(level + 1)
            if level > len(self._levels):
                self._levels.append(np.empty((4, 0)))
                first = 0
            blocks = self._levels[level - 1] = _grown(self._levels[level - 1], count)
            starts = np.arange(0, len(below[0]) - first * _FANOUT, _FANOUT)
            for row, chosen in ((_T0, np.minimum), (_T1, np.maximum), (_LOW, np.minimum), (_HIGH, np.maximum)):
                chosen.reduceat(below[row][first * _FANOUT :], starts, out=blocks[row, first:count])
            below = (blocks[_T0, :count], blocks[_T1, :count], blocks[_LOW, :count], blocks[_HIGH, :count])


def _grown(array: NDArray[np.generic], count: int) -> NDArray:  # type: ignore[type-arg]
    """Return the array, or a longer copy where its last axis holds fewer than ``count``; grow by doubling."""
    if array.shape[-1] >= count:
        return array
    longer = np.empty((*array.shape[:-1], max(count, 2 * array.shape[-1], 64)), array.dtype)
    longer[..., : array.shape[-1]] = array
    return longer
