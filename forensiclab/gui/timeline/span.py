"""Which part of an exhibit the timeline shows: zooming and moving along, without widgets."""

MARGIN = 0.01
"""What is seen before the start and behind the end, as a share of the whole."""

MIN_WIDTH_S = 0.08
"""Closest zoom: two frames."""


class TimeSpan:
    """From and to of what is seen, in seconds, within the exhibit and a small margin."""

    def __init__(self) -> None:
        self.start_s = 0.0
        self.end_s = 1.0
        self._length_s = 0.0
        self.show_all()

    @property
    def length_s(self) -> float:
        """How long the exhibit is, as far as is known."""
        return self._length_s

    @property
    def width_s(self) -> float:
        """How much is seen."""
        return self.end_s - self.start_s

    @property
    def is_whole(self) -> bool:
        """Whether everything is seen."""
        low, high = self._limits()
        return self.start_s <= low and self.end_s >= high

    def set_length(self, length_s: float) -> bool:
        """Set how long the exhibit is, keeping all of it in view if it was. Return whether it changed."""
        if length_s == self._length_s:
            return False
        was_whole = self.is_whole
        self._length_s = length_s
        if was_whole:
            self.show_all()
        else:
            self._put(self.start_s, self.width_s)
        return True

    def show_all(self) -> None:
        """See the whole exhibit."""
        self.start_s, self.end_s = self._limits()

    def show(self, start_s: float, end_s: float) -> None:
        """See the part between two times."""
        self._put(start_s, end_s - start_s)

    def zoom(self, factor: float, at_s: float) -> None:
        """See ``1 / factor`` as much; what is at ``at_s`` stays where it is."""
        width_s = self._width(self.width_s / factor)
        share = (at_s - self.start_s) / self.width_s
        self._put(at_s - share * width_s, width_s)

    def move(self, by_s: float) -> None:
        """Move what is seen by a number of seconds."""
        self._put(self.start_s + by_s, self.width_s)

    def _limits(self) -> tuple[float, float]:
        margin_s = max(self._length_s * MARGIN, MIN_WIDTH_S / 4)
        return -margin_s, max(self._length_s + margin_s, MIN_WIDTH_S - margin_s)

    def _width(self, width_s: float) -> float:
        low, high = self._limits()
        return min(max(width_s, MIN_WIDTH_S), high - low)

    def _put(self, start_s: float, width_s: float) -> None:
        low, high = self._limits()
        width_s = self._width(width_s)
        self.start_s = min(max(start_s, low), high - width_s)
        self.end_s = self.start_s + width_s
