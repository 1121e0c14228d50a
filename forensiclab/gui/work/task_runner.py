"""Small pieces of work beside the analysis, on a thread of their own: reports, hashes, thumbnails, searches."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, QThread, QTimer, Signal, Slot

from forensiclab.gui.work.analysis_runner import Outcome, attempt


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Task:
    task_id: int
    work: Callable[[], object]
    unexpected: str


class _Worker(QObject):
    """Lives on the thread of the tasks."""

    ended = Signal(int, object)

    @Slot(object)
    def run(self, task: _Task) -> None:
        """Do one task; whatever happens, ``ended`` is emitted once."""
        self.ended.emit(task.task_id, attempt(task.work, task.unexpected))


class TaskRunner(QObject):
    """Takes tasks on the main thread and does one after the other. The work must not touch any widget."""

    ended = Signal(int, object)
    """Id of the task and its ``Outcome``."""

    _task_posted = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._waiting: deque[_Task] = deque()
        self._current: _Task | None = None
        self._dropped: set[int] = set()
        self._last_id = 0
        self._thread = QThread()
        self._thread.setObjectName("tasks")
        self._worker = _Worker()
        self._worker.moveToThread(self._thread)
        self._task_posted.connect(self._worker.run)
        self._worker.ended.connect(self._on_worker_ended)
        self._thread.start()

    def submit(self, work: Callable[[], object], unexpected: str, *, is_urgent: bool = False) -> int:
        """Do a piece of work as soon as those before it are done.

        Args:
            work: Carried out on the thread of the tasks; its value is in the ``Outcome``.
            unexpected: Sentence for an error that nobody foresaw; its kind is added.
            is_urgent: Somebody waits for it: it goes before those that wait.

        Returns:
            The task's id; ``ended`` comes later.
        """
        self._last_id += 1
        task = _Task(task_id=self._last_id, work=work, unexpected=unexpected)
        if is_urgent:
            self._waiting.appendleft(task)
        else:
            self._waiting.append(task)
        # Not at once: the caller must know the id before the end comes.
        QTimer.singleShot(0, self, self._start_next)
        return task.task_id

    def drop(self, task_id: int) -> None:
        """Nobody wants to know any more: the task is not begun, and if it runs, its end is not told."""
        self._waiting = deque(task for task in self._waiting if task.task_id != task_id)
        if self._current is not None and self._current.task_id == task_id:
            self._dropped.add(task_id)

    def shutdown(self) -> None:
        """Drop what waits, and join the thread when the running task ends; may be called twice."""
        self._waiting.clear()
        if self._current is not None:
            self.drop(self._current.task_id)
        self._thread.quit()
        self._thread.wait()

    @Slot()
    def _start_next(self) -> None:
        if self._current is None and self._waiting and self._thread.isRunning():
            self._current = self._waiting.popleft()
            self._task_posted.emit(self._current)

    @Slot(int, object)
    def _on_worker_ended(self, task_id: int, outcome: Outcome) -> None:
        self._current = None
        if task_id in self._dropped:
            self._dropped.discard(task_id)
        else:
            self.ended.emit(task_id, outcome)
        self._start_next()
