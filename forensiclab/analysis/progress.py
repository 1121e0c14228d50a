"""How far the analysis is and how long it will still take."""

import time
from collections.abc import Callable


class Pace:
    """Time left from what is done: reading by its share of the exhibit, scoring by its measured time per crop.

    The only part of the analysis that looks at a clock; nothing that is reported depends on it.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._read_started: float | None = None
        self._score_s = 0.0
        self._scored = 0

    def start_reading(self) -> None:
        """Reading begins now."""
        self._read_started = self._clock()

    def now(self) -> float:
        """Seconds of the clock, for ``scored``."""
        return self._clock()

    def scored(self, crops: int, since: float) -> None:
        """``crops`` faces were scored since ``since``."""
        self._scored += crops
        self._score_s += self._clock() - since

    def left_s(self, share_read: float | None, crops_waiting: int) -> float | None:
        """Seconds left, None while unknown.

        Args:
            share_read: Share of the exhibit that is read, in [0, 1]; None if its length is unknown.
            crops_waiting: Crops that are cut and not scored yet.
        """
        if self._read_started is None or share_read is None or share_read <= 0.01:
            return None
        elapsed = self._clock() - self._read_started
        reading_s = elapsed - self._score_s
        waiting_s = crops_waiting * self._score_s / self._scored if self._scored else 0.0
        return reading_s * (1 - share_read) / share_read + waiting_s
