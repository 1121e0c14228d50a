"""Runs analyses on one worker thread that lives as long as the window; all that the widgets see of it."""

import logging
import time
from collections import deque
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from enum import Enum, auto
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from forensiclab.analysis.analyze import analyze
from forensiclab.analysis.events import AnalysisFinished, AnalysisRequest, Event, Progress
from forensiclab.core.cancel import CancelToken
from forensiclab.core.errors import Cancelled
from forensiclab.gui.work.thread import Failure, WorkerThread

logger = logging.getLogger(__name__)


Analyze = Callable[[AnalysisRequest, CancelToken], Iterator[Event]]
PROGRESS_INTERVAL_S = 0.1
"""Progress within one stage is passed on no more often than this."""


class JobEnd(Enum):
    """How a job ended."""

    DONE = auto()
    CANCELLED = auto()
    FAILED = auto()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Job:
    job_id: int
    request: AnalysisRequest
    cancel: CancelToken


def _run(analyze: Analyze, job: _Job, tell: Callable[[int, Event], None]) -> JobEnd:
    """Do one job to its end on the worker thread; raises what the analysis raises."""
    end = JobEnd.DONE
    last_progress_s, last_stage = 0.0, ""
    events = analyze(job.request, job.cancel)
    try:
        for event in events:
            if isinstance(event, Progress):
                now_s = time.monotonic()
                if event.stage == last_stage and now_s - last_progress_s < PROGRESS_INTERVAL_S:
                    continue
                last_progress_s, last_stage = now_s, event.stage
            elif isinstance(event, AnalysisFinished) and event.report.is_partial:
                end = JobEnd.CANCELLED
            tell(job.job_id, event)
    finally:
        if isinstance(events, Generator):
            events.close()  # releases the file at once, also when an exception is on its way
    return end


class AnalysisRunner(QObject):
    """Takes jobs on the main thread, runs them one after the other, and passes on what they say.

    Every job has an id; what arrives for a discarded or ended job is dropped.
    """

    started = Signal(int)
    arrived = Signal(int, object)
    """Job id and one event of its analysis."""
    ended = Signal(int, object)
    """Job id and ``JobEnd``. Comes after ``failed``."""
    failed = Signal(int, str)
    """Job id and a sentence for the user."""
    waiting_changed = Signal(int)
    """How many jobs wait behind the running one."""

    _told = Signal(int, object)
    """Emitted on the worker thread: job id and event."""

    def __init__(self, parent: QObject | None = None, *, analyze: Analyze = analyze) -> None:
        super().__init__(parent)
        self._waiting: deque[_Job] = deque()
        self._current: _Job | None = None
        self._discarded: set[int] = set()
        self._last_id = 0
        self._analyze = analyze
        self._thread = WorkerThread("analysis", self)
        self._told.connect(self._on_told)

    @property
    def is_analyzing(self) -> bool:
        """Whether an analysis runs that nobody has discarded."""
        return self._current is not None and self._current.job_id not in self._discarded

    @property
    def waiting(self) -> tuple[int, ...]:
        """Ids of the jobs that wait, the next one first."""
        return tuple(job.job_id for job in self._waiting)

    def analyze(self, request: AnalysisRequest) -> int:
        """Start an analysis, or queue it while a job runs. Returns its job id; ``started`` comes later."""
        job = _Job(job_id=self._next_id(), request=request, cancel=CancelToken())
        self._waiting.append(job)
        self._start_next_later()
        return job.job_id

    def cancel(self) -> None:
        """Ask the running analysis to stop. What it found so far still arrives; then the next job starts."""
        if self._current is not None:
            self._current.cancel.cancel()

    def move(self, job_id: int, place: int) -> None:
        """Put a job that waits at another place of the queue; 0 is the next one."""
        moved = next((job for job in self._waiting if job.job_id == job_id), None)
        if moved is not None:
            self._waiting.remove(moved)
            self._waiting.insert(max(place, 0), moved)
            self.waiting_changed.emit(len(self._waiting))

    def discard(self, job_id: int) -> None:
        """Stop an analysis, wherever it is, and let nothing of it arrive any more."""
        self._waiting = deque(job for job in self._waiting if job.job_id != job_id)
        if self._current is not None and self._current.job_id == job_id:
            self._discarded.add(job_id)
            self.cancel()
        self.waiting_changed.emit(len(self._waiting))

    def shutdown(self) -> None:
        """Cancel everything and join the thread; may be called twice.

        Blocks until the running step ends, but for a detector that is being loaded.
        """
        self._waiting.clear()
        if self._current is not None:
            self.discard(self._current.job_id)
        self._thread.shutdown()

    def _next_id(self) -> int:
        self._last_id += 1
        return self._last_id

    def _start_next_later(self) -> None:
        # Not at once: the caller must know the id before ``started`` comes.
        QTimer.singleShot(0, self, self._start_next)

    @Slot()
    def _start_next(self) -> None:
        if self._current is None and self._waiting and self._thread.is_running:
            self._current = self._waiting.popleft()
            logger.info("Analysis %d of '%s' starts", self._current.job_id, self._current.request.path)
            text = self.tr("The analysis of '{0}' met an unexpected error; what was found before is kept.")
            self._thread.post(
                partial(_run, self._analyze, self._current, self._told.emit),
                partial(self._on_ended, self._current.job_id),
                text.format(self._current.request.path.name),
            )
            self.started.emit(self._current.job_id)
        self.waiting_changed.emit(len(self._waiting))

    def _is_stale(self, job_id: int) -> bool:
        return self._current is None or job_id != self._current.job_id or job_id in self._discarded

    @Slot(int, object)
    def _on_told(self, job_id: int, event: Event) -> None:
        if not self._is_stale(job_id):
            self.arrived.emit(job_id, event)

    def _on_ended(self, job_id: int, result: JobEnd | Failure) -> None:
        sentence = ""
        if isinstance(result, Failure):
            is_cancelled, sentence = isinstance(result.error, Cancelled), result.sentence
            result = JobEnd.CANCELLED if is_cancelled else JobEnd.FAILED
        logger.info("Analysis %d ended: %s %s", job_id, result.name.lower(), sentence)
        is_stale = self._is_stale(job_id)
        self._discarded.discard(job_id)
        self._current = None
        if not is_stale:
            if result is JobEnd.FAILED:
                self.failed.emit(job_id, sentence)
            self.ended.emit(job_id, result)
        self._start_next()
