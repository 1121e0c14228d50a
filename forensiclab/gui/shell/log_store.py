"""The program's log, kept for the window: the newest lines, from whatever thread they come."""

import logging
import traceback
from collections import deque
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QObject, Signal, Slot

from forensiclab.core.text import escaped

MAX_LINES = 5000
"""The oldest lines give way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLine:
    """One record of the log."""

    time: str
    level: int
    """As in ``logging``: 10 debug, 20 info, 30 warning, 40 error."""
    source: str
    text: str
    """With the traceback, where there is one."""

    def __str__(self) -> str:
        return f"{self.time} {logging.getLevelName(self.level)} {self.source}: {self.text}"


class LogStore(QObject):
    """Belongs to the main thread; takes in records of every thread once it is installed."""

    added = Signal(object)
    """The newest ``LogLine``."""
    cleared = Signal()

    _recorded = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lines: deque[LogLine] = deque(maxlen=MAX_LINES)
        self._handler = _Handler(self)
        self._level_before = logging.WARNING
        self._recorded.connect(self._on_recorded)

    @property
    def lines(self) -> tuple[LogLine, ...]:
        """The oldest first."""
        return tuple(self._lines)

    def install(self) -> None:
        """Take in what the program logs from now on, warnings of Python included."""
        root = logging.getLogger()
        self._level_before = root.level
        root.setLevel(logging.INFO)
        root.addHandler(self._handler)
        logging.captureWarnings(True)

    def remove(self) -> None:
        """Take in no more."""
        root = logging.getLogger()
        root.removeHandler(self._handler)
        root.setLevel(self._level_before)
        logging.captureWarnings(False)

    def clear(self) -> None:
        """Forget all lines."""
        self._lines.clear()
        self.cleared.emit()

    @Slot(object)
    def _on_recorded(self, line: LogLine) -> None:
        self._lines.append(line)
        self.added.emit(line)


class _Handler(logging.Handler):
    """Runs on the thread that logs; the signal takes the line to the main thread."""

    def __init__(self, store: LogStore) -> None:
        super().__init__()
        self._store = store

    def emit(self, record: logging.LogRecord) -> None:
        lines = [record.getMessage()]
        if record.exc_info and record.exc_info[0] is not None:
            lines += "".join(traceback.format_exception(*record.exc_info)).rstrip().splitlines()
        text = "\n".join(map(escaped, lines))
        time = datetime.fromtimestamp(record.created).astimezone().isoformat(sep=" ", timespec="milliseconds")
        self._store._recorded.emit(LogLine(time=time, level=record.levelno, source=record.name, text=text))
