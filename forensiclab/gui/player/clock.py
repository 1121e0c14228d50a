"""Where playing should be now."""

import time


class PlayerClock:
    """Runs through the times of an exhibit at a speed, from the frame it was started at."""

    def __init__(self) -> None:
        self._started_at_s = 0.0
        self._started_pts_s = 0.0
        self._speed = 1.0

    @property
    def pts_s(self) -> float:
        """Time in the exhibit that should be shown now."""
        return self._started_pts_s + (time.monotonic() - self._started_at_s) * self._speed

    def start(self, pts_s: float, speed: float) -> None:
        """Run from a time in the exhibit on; ``speed`` is its seconds for a second of ours."""
        self._started_at_s, self._started_pts_s, self._speed = time.monotonic(), pts_s, speed

    def wait_ms(self, pts_s: float) -> int:
        """Return how long it is until a time in the exhibit; 0 where it is past."""
        return max(0, round((pts_s - self.pts_s) / self._speed * 1000))
