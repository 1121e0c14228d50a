"""How far the work on an exhibit is and how long it will still take."""

import time
from collections.abc import Callable

from forensiclab.analysis.events import Progress


class Pace:
    """Time left from what is done: reading by its share of the exhibit, scoring by its measured time per crop.

    The only part of the analysis that looks at a clock; nothing that is reported depends on it.
    """

    def __init__(self, duration_s: float | None, clock: Callable[[], float] = time.monotonic) -> None:
        """Reading begins now.

        Args:
            duration_s: Of the exhibit; None if unknown.
            clock: Seconds, never falling.
        """
        self._duration_s = duration_s
        self._clock = clock
        self._began_s = clock()
        self._share_read: float | None = None
        self._score_s = 0.0
        self._scored = 0

    def now(self) -> float:
        """Return the clock's seconds, for ``scored``."""
        return self._clock()

    def scored(self, crops: int, since: float) -> None:
        """Count ``crops`` that were scored since ``since``."""
        self._scored += crops
        self._score_s += self._clock() - since

    def read(self, pts_s: float, waiting: int) -> Progress:
        """Say how far reading is.

        Args:
            pts_s: Presentation time of the frame that was read.
            waiting: Crops that are cut and not scored yet.
        """
        if self._duration_s:
            self._share_read = min(1.0, max(0.0, pts_s / self._duration_s))
        return Progress(stage="read", done=pts_s, total=self._duration_s, left_s=self._left_s(waiting))

    def has_read_all(self) -> None:
        """Note that there is nothing left to read."""
        self._share_read = 1.0

    def scoring(self, done: int, total: int, waiting: int) -> Progress:
        """Say how far the scoring of a track is.

        Args:
            done, total: Crops of the track.
            waiting: As for ``read``, without those of this track.
        """
        return Progress(stage="score", done=done, total=total, left_s=self._left_s(waiting + total - done))

    def _left_s(self, waiting: int) -> float | None:
        """Seconds left, None while unknown."""
        if self._share_read is None or self._share_read <= 0.01:
            return None
        reading_s = self._clock() - self._began_s - self._score_s
        waiting_s = waiting * self._score_s / self._scored if self._scored else 0.0
        return reading_s * (1 - self._share_read) / self._share_read + waiting_s
