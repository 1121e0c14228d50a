"""Small pieces of work beside the analysis, on a thread of their own: reports, hashes, thumbnails, searches."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QObject
from shiboken6 import isValid

from forensiclab.gui.work.thread import Failure, WorkerThread

T = TypeVar("T")


@dataclass(slots=True, kw_only=True, eq=False)
class Task(Generic[T]):
    """A piece of work that was submitted."""

    owner: QObject
    work: Callable[[], T]
    done: Callable[[T], None]
    failed: Callable[[str], None] | None
    unexpected: str
    is_dropped: bool = False

    def drop(self) -> None:
        """Let go of the task: it is not begun, and if it runs, its end is not told."""
        self.is_dropped = True

    @property
    def is_wanted(self) -> bool:
        return not self.is_dropped and isValid(self.owner)


class TaskRunner(QObject):
    """Takes tasks on the main thread and does one after the other. The work must not touch any widget."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._waiting: deque[Task[Any]] = deque()
        self._current: Task[Any] | None = None
        self._thread = WorkerThread("tasks", self)

    def submit(
        self,
        owner: QObject,
        work: Callable[[], T],
        *,
        done: Callable[[T], None],
        failed: Callable[[str], None] | None = None,
        unexpected: str,
        is_urgent: bool = False,
    ) -> Task[T]:
        """Do a piece of work as soon as those before it are done.

        Args:
            owner: Who wants to know; the task is dropped when it is destroyed.
            work: Carried out on the thread of the tasks.
            done: Called later on the main thread with the value of ``work``.
            failed: Called instead with a sentence for the user; None where a failure is not worth a word.
            unexpected: Sentence for an error that nobody foresaw; its kind is added.
            is_urgent: Somebody waits for it: it goes before those that wait.
        """
        task = Task(owner=owner, work=work, done=done, failed=failed, unexpected=unexpected)
        if is_urgent:
            self._waiting.appendleft(task)
        else:
            self._waiting.append(task)
        self._start_next()
        return task

    def shutdown(self) -> None:
        """Drop what waits, and join the thread when the running task ends; may be called twice."""
        self._waiting.clear()
        if self._current is not None:
            self._current.drop()
        self._thread.shutdown()

    def _start_next(self) -> None:
        while self._current is None and self._waiting and self._thread.is_running:
            task = self._waiting.popleft()
            if task.is_wanted:
                self._current = task
                self._thread.post(task.work, partial(self._on_ended, task), task.unexpected)

    def _on_ended(self, task: Task[T], result: T | Failure) -> None:
        self._current = None
        if not task.is_wanted:
            pass
        elif not isinstance(result, Failure):
            task.done(result)
        elif task.failed is not None:
            task.failed(result.sentence)
        self._start_next()
