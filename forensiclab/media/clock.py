"""Giving every frame a presentation time, whatever the file says."""

from dataclasses import dataclass

_JUMP_BACK_S = 1.0
"""A time this much before that of the frame before begins a new count (joined recordings); less is a slip."""

_SLIP_S = 0.001
_FALLBACK_INTERVAL_S = 0.04


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """The presentation time of one frame."""

    pts_s: float
    is_exact: bool
    """Whether the file itself gives it."""


class BestEffort:
    """Chooses between the two times that a decoder gives with a picture: FFmpeg's best effort.

    The presentation time of its packet is taken, unless such times have gone back more often than the decoding times
    of the packets that made the decoder give pictures. Where only the latter can be trusted and the last pictures come
    without one, they follow each other by the nominal interval.

    Source: FFmpeg, libavcodec/decode.c, ``guess_correct_pts``.
    """

    def __init__(self, interval: int | None, *, has_presentation_times: bool = True) -> None:
        """Begin before the first picture.

        Args:
            interval: Nominal time from one picture to the next, in the unit of the times.
            has_presentation_times: Whether the container has any; FFmpeg makes them up where AVI has none.
        """
        self._interval = interval
        self._has_presentation_times = has_presentation_times
        self._last_pts: int | None = None
        self._last_dts: int | None = None
        self._last: int | None = None
        self._faulty_pts = self._faulty_dts = 0

    def time(self, pts: int | None, dts: int | None) -> int | None:
        """The time of the next picture in the order of presentation, None where nothing gives it."""
        if not self._has_presentation_times:
            pts = None
        if dts is not None:
            self._faulty_dts += self._last_dts is not None and dts <= self._last_dts
            self._last_dts = dts
        elif pts is not None:
            self._last_dts = pts
        if pts is not None:
            self._faulty_pts += self._last_pts is not None and pts <= self._last_pts
            self._last_pts = pts
        elif dts is not None:
            self._last_pts = dts
        trusts_pts = self._has_presentation_times and self._faulty_pts <= self._faulty_dts
        chosen = pts if pts is not None and (trusts_pts or dts is None) else dts
        if dts is None and not trusts_pts and self._last is not None and self._interval is not None:
            chosen = self._last + self._interval
        self._last = chosen
        return chosen


class Clock:
    """Turns the times in a file into times that start at 0 or later and only grow.

    Missing times follow the frame before by the nominal interval, repeated ones and slips backwards by a millisecond;
    after a jump back of more than a second, and where the file begins before 0 (as where a clock of MPEG wraps around),
    all times that follow are shifted.
    """

    def __init__(self, interval_s: float | None, shift_s: float = 0.0) -> None:
        self._interval_s = interval_s or _FALLBACK_INTERVAL_S
        self._last_s: float | None = None
        self._last_in_file_s: float | None = None
        self.shift_s = shift_s
        """What is added to the times in the file now."""
        self.bad_times = 0
        """Frames whose time was missing, or not after that of the frame before."""

    def stamp(self, in_file_s: float | None) -> Stamp:
        """The time of the next frame, in the order of presentation."""
        pts_s, is_bad = self._next(in_file_s)
        self.bad_times += is_bad
        self._last_s, self._last_in_file_s = pts_s, in_file_s
        return Stamp(pts_s=pts_s, is_exact=not is_bad)

    def time_of(self, in_file_s: float | None) -> float:
        """What a time in the file is now, >= 0; without one, the time of the frame that came last."""
        if in_file_s is None:
            return self._last_s or 0.0
        return max(0.0, in_file_s + (self.shift_s if self._last_s is not None else max(self.shift_s, -in_file_s)))

    def _next(self, in_file_s: float | None) -> tuple[float, bool]:
        last_s = self._last_s
        if in_file_s is None:
            return (0.0 if last_s is None else last_s + self._interval_s), True
        if last_s is None:
            self.shift_s = max(self.shift_s, -in_file_s)
            return in_file_s + self.shift_s, False
        shifted_s = in_file_s + self.shift_s
        if shifted_s > last_s:
            return shifted_s, False
        if shifted_s > last_s - _JUMP_BACK_S:
            return last_s + _SLIP_S, True
        self.shift_s = last_s + self._interval_s - in_file_s
        return last_s + self._interval_s, True
