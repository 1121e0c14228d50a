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


class Clock:
    """Turns the times in a file into times that start at 0 or later and only grow.

    Missing times follow the frame before by the nominal interval, repeated ones and slips backwards by a millisecond;
    after a jump back of more than a second, and where the file begins before 0, all times that follow are shifted.
    """

    def __init__(self, interval_s: float | None, shift_s: float = 0.0) -> None:
        self._interval_s = interval_s or _FALLBACK_INTERVAL_S
        self._last_s: float | None = None
        self._last_in_file_s: float | None = None
        self.shift_s = shift_s
        """What is added to the times in the file now."""
        self.bad_times = 0
        """Frames whose time was missing, negative, or not after that of the frame before."""

    def stamp(self, in_file_s: float | None) -> Stamp:
        """The time of the next frame, in the order of presentation."""
        pts_s, is_bad = self._next(in_file_s)
        self.bad_times += is_bad
        self._last_s, self._last_in_file_s = pts_s, in_file_s
        return Stamp(pts_s=pts_s, is_exact=not is_bad)

    def _next(self, in_file_s: float | None) -> tuple[float, bool]:
        last_s = self._last_s
        if in_file_s is None:
            return (0.0 if last_s is None else last_s + self._interval_s), True
        if last_s is None:
            self.shift_s = max(self.shift_s, -in_file_s)
            return in_file_s + self.shift_s, in_file_s < 0
        shifted_s = in_file_s + self.shift_s
        if shifted_s > last_s:
            return shifted_s, in_file_s < 0
        if shifted_s > last_s - _JUMP_BACK_S:
            return last_s + _SLIP_S, True
        self.shift_s = last_s + self._interval_s - in_file_s
        return last_s + self._interval_s, True
