"""Progress on standard error: one line that is rewritten on a terminal, a line now and then elsewhere."""

import sys
import time

from forensiclab.analysis.events import Progress, Stage
from forensiclab.cli.terminal import show
from forensiclab.core.notation import share_text
from forensiclab.core.text import escaped

_STAGES: dict[Stage, str] = {"hash": "hashing", "read": "reading, finding faces", "score": "scoring"}


class ProgressLine:
    """Shows the progress of one exhibit; use as a context manager, so that the line is ended."""

    def __init__(self, label: str) -> None:
        self._label = label
        self._is_terminal = sys.stderr is not None and sys.stderr.isatty()
        self._every_s = 0.1 if self._is_terminal else 5.0
        self._shown_at = time.monotonic() if not self._is_terminal else 0.0
        self._width = 0

    def __enter__(self) -> "ProgressLine":
        return self

    def __exit__(self, *exception: object) -> None:
        if self._width:
            show("\r" + " " * self._width + "\r")

    def show(self, progress: Progress) -> None:
        """Show an event, if the last one was shown long enough ago."""
        now = time.monotonic()
        if now - self._shown_at < self._every_s:
            return
        self._shown_at = now
        text = escaped(f"{self._label}: {describe(progress)}")
        if self._is_terminal:
            show("\r" + text.ljust(self._width))
            self._width = len(text)
        else:
            show(text + "\n")


def describe(progress: Progress) -> str:
    """Stage, per cent and time left in words."""
    parts = [_STAGES[progress.stage]]
    if progress.total:
        parts.append(share_text(min(1.0, progress.done / progress.total), 0))
    elif progress.stage == "read":
        parts.append(f"{progress.done:.1f} s of film")
    if progress.left_s is not None:
        minutes, seconds = divmod(round(progress.left_s), 60)
        parts.append(f"about {minutes} min {seconds:02d} s left" if minutes else f"about {seconds} s left")
    return ", ".join(parts)
