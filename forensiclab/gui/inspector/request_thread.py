"""A thread for requests of the inspector, and the engine that lives on it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from PySide6.QtCore import QObject

from forensiclab.core.cancel import CancelToken
from forensiclab.gui.work.thread import Failure, WorkerThread
from forensiclab.inspection.requests import (
    Answer,
    InspectedExhibit,
    InspectedFace,
    InspectionEngine,
    MakeEngine,
    Request,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A request about a face, for one of the threads."""

    exhibit_id: int
    face_id: int
    """Both as of the time when it was given; what comes back for others is stale."""
    exhibit: InspectedExhibit
    face: InspectedFace
    request: Request
    cancel: CancelToken = field(default_factory=CancelToken)
    """Set when the job is to be given up; it counts for what is made ready."""


Tell = Callable[[Job, Answer | Failure | None], None]
"""Takes a job, and what came of it; None = there is nothing to say."""


class _OpenEngine:
    """The engine of one thread, used there alone and made when it is first needed."""

    def __init__(self, make_engine: MakeEngine) -> None:
        self._make_engine = make_engine
        self._engine: InspectionEngine | None = None
        self._exhibit_id = 0

    def release(self) -> None:
        """Let go of the exhibit."""
        if self._engine is not None:
            self._engine.close()
        self._exhibit_id = 0

    def run(self, job: Job) -> Answer | None:
        """Do one job; None where there is nothing to say."""
        if self._engine is None:
            self._engine = self._make_engine()
        if job.exhibit_id != self._exhibit_id:
            self._engine.open(job.exhibit)
            self._exhibit_id = job.exhibit_id
        return self._engine.answer(job.face, job.request, job.cancel)


class RequestThread(QObject):
    """One of the inspector's threads, seen from the main thread; it is given one job at a time."""

    def __init__(self, name: str, make_engine: MakeEngine, tell: Tell, parent: QObject) -> None:
        """Start the thread; ``tell`` is called when it is not busy any more."""
        super().__init__(parent)
        self._tell = tell
        self._job: Job | None = None
        """What is under way."""
        self._engine = _OpenEngine(make_engine)
        self._thread = WorkerThread(name, self, at_end=self._engine.release)

    @property
    def is_busy(self) -> bool:
        """Whether a job is under way."""
        return self._job is not None

    def send(self, job: Job) -> None:
        """Give it a job, while it is not busy."""
        self._job = job
        unexpected = self.tr("Something unexpected went wrong here; the log says what.")
        self._thread.post(partial(self._engine.run, job), partial(self._on_done, job), unexpected)

    def give_up(self) -> None:
        """Have what is under way end soon, if it can; its end is told all the same."""
        if self._job is not None:
            self._job.cancel.cancel()

    def release(self) -> None:
        """Let go of the exhibit as soon as it is not busy."""
        self._thread.post(self._engine.release)

    def shutdown(self) -> None:
        """Let go of the exhibit and join the thread; may be called twice."""
        self._thread.shutdown()

    def _on_done(self, job: Job, result: Answer | Failure | None) -> None:
        self._job = None
        self._tell(job, result)
