"""A thread beside the main one: pieces of work go in, and what came of each comes back."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from PySide6.QtCore import QObject, QThread, Signal, Slot

from forensiclab.core.errors import Cancelled, ForensicLabError
from forensiclab.gui.text.translation import translated

logger = logging.getLogger(__name__)

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Failure:
    """Why a piece of work has no result."""

    sentence: str
    """For the user; empty where it was cancelled."""
    error: Exception


def attempt(work: Callable[[], T], unexpected: str) -> T | Failure:
    """Do a piece of work; whatever happens in it, something is returned.

    Args:
        work: What to do.
        unexpected: Sentence for an error that nobody foresaw; its kind is added.
    """
    try:
        return work()
    except Cancelled as error:
        return Failure(sentence="", error=error)
    except ForensicLabError as error:
        return Failure(sentence=translated(error.sentence), error=error)
    except Exception as error:  # the last resort: the window must survive a defect of the engine
        logger.exception("Unexpected error on the thread '%s'", QThread.currentThread().objectName())
        return Failure(sentence=f"{unexpected} ({type(error).__name__})", error=error)


@dataclass(frozen=True, slots=True, eq=False)
class _Posted:
    work: Callable[[], object]
    tell: Callable[[Any], None] | None
    unexpected: str


class _Worker(QObject):
    """Lives on the thread."""

    ended = Signal(object, object)

    def __init__(self, at_end: Callable[[], None] | None) -> None:
        super().__init__()
        self._at_end = at_end

    @Slot(object)
    def run(self, posted: _Posted) -> None:
        self.ended.emit(posted, attempt(posted.work, posted.unexpected))

    @Slot()
    def end(self) -> None:
        if self._at_end is not None:
            self._at_end()


class WorkerThread(QObject):
    """Does one piece of work after the other, in the order in which they are posted. The work touches no widget."""

    _posted = Signal(object)

    def __init__(self, name: str, parent: QObject, *, at_end: Callable[[], None] | None = None) -> None:
        """Start the thread.

        Args:
            name: For the log.
            parent: Who posts; when it is destroyed, nobody is told any more.
            at_end: Done on the thread as the last thing.
        """
        super().__init__(parent)
        self._thread = QThread()
        self._thread.setObjectName(name)
        self._worker = _Worker(at_end)
        self._worker.moveToThread(self._thread)
        self._posted.connect(self._worker.run)
        self._worker.ended.connect(self._on_ended)
        self._thread.finished.connect(self._worker.end)
        self._thread.start()

    @property
    def is_running(self) -> bool:
        """Whether it has not been shut down."""
        return self._thread.isRunning()

    def post(
        self, work: Callable[[], T], tell: Callable[[T | Failure], None] | None = None, unexpected: str = ""
    ) -> None:
        """Do a piece of work on the thread.

        Args:
            work: What to do.
            tell: Called later on the main thread with what came of it; None = nobody wants to know.
            unexpected: Sentence for an error that nobody foresaw; its kind is added.
        """
        self._posted.emit(_Posted(work, tell, unexpected))

    def shutdown(self) -> None:
        """Join the thread when the running piece of work ends; may be called twice."""
        self._thread.quit()
        self._thread.wait()

    @Slot(object, object)
    def _on_ended(self, posted: _Posted, result: object) -> None:
        if posted.tell is not None:
            posted.tell(result)
