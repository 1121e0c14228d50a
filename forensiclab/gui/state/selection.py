"""What the user looks at: the window tells it to every part, and no part changes it by itself."""

from dataclasses import dataclass
from typing import Protocol

from forensiclab.gui.state.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Track, range of time and detectors that every part of the window shows."""

    track_id: int | None = None
    """None where there is no track yet."""
    range_s: tuple[float, float] | None = None
    """From and to, both included, in seconds; None = the whole exhibit."""
    detectors: frozenset[str] | None = None
    """Names of those that are shown; None = all."""

    def shows(self, detector: str) -> bool:
        """Return whether a detector is among those that are shown."""
        return self.detectors is None or detector in self.detectors

    def covers(self, pts_s: float) -> bool:
        """Return whether a time lies in the range."""
        return self.range_s is None or self.range_s[0] <= pts_s <= self.range_s[1]


class Part(Protocol):
    """A part of the window. It shows what it is told, and asks for other things by signals."""

    def set_session(self, session: Session | None) -> None:
        """Show another exhibit, or none. A selection of its own follows."""
        ...

    def select(self, selection: Selection) -> None:
        """Show this track, range and these detectors."""
        ...

    def set_position(self, pts_s: float) -> None:
        """Follow the player to the frame at this time."""
        ...

    def refresh(self) -> None:
        """Show what has come into the session since the last time."""
        ...
