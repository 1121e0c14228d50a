"""The exhibits of the window and the analysis of each: what waits, runs, is done, was cancelled or failed."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from forensiclab.analysis.events import AnalysisFinished, AnalysisRequest, Event, ExhibitOpened, Progress
from forensiclab.gui.state.session import Session, SessionState
from forensiclab.gui.work.analysis_runner import AnalysisRunner, JobEnd
from forensiclab.gui.work.timer import single_shot

KEPT_CROPS_BYTES = 512 * 2**20
"""How much memory the crops of all exhibits together may take in the window."""

_ENDS = {
    JobEnd.DONE: SessionState.DONE,
    JobEnd.CANCELLED: SessionState.CANCELLED,
    JobEnd.FAILED: SessionState.FAILED,
}


class Evidence(QObject):
    """Holds one session per exhibit, and leads what the runner says to the session it belongs to.

    Removing an exhibit only takes it off this list; no file is ever touched.
    """

    added = Signal(int)
    """Id of an exhibit that is new, at the end."""
    removed = Signal(int)
    restarted = Signal(int)
    """The exhibit's session is a fresh one: it is analysed again."""
    changed = Signal(int)
    """The exhibit's state, progress or verdict is another one."""
    fed = Signal(int, object)
    """Id and an event of the analysis that has just come into the exhibit's session."""
    failed = Signal(int, str)
    """Id and a sentence for the user."""
    queue_changed = Signal()
    """Comes once for all changes that were made together."""

    def __init__(
        self, runner: AnalysisRunner, make_request: Callable[[Path], AnalysisRequest], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._runner = runner
        self._make_request = make_request
        self._sessions: dict[int, Session] = {}
        self._exhibit_of: dict[int, int] = {}
        """Id of the exhibit by the id of its newest analysis, until that has ended."""
        self._ids: dict[Path, int] = {}
        """By absolute path."""
        self._places: dict[int, int] = {}
        """Place in the queue, from 0, by exhibit; as of the last ``queue_changed``."""
        self._taken_off: dict[int, Session] = {}
        """What was removed last."""
        self._last_id = 0
        self._queue_timer = single_shot(
            self, self._on_queue_settled
        )  # a folder of thousands of files is queued file by file
        runner.started.connect(self._on_started)
        runner.arrived.connect(self._on_arrived)
        runner.failed.connect(self._on_failed)
        runner.ended.connect(self._on_ended)
        runner.waiting_changed.connect(self._on_waiting_changed)

    @property
    def ids(self) -> list[int]:
        """Every exhibit, in the order in which they were added."""
        return list(self._sessions)

    @property
    def sessions(self) -> list[Session]:
        """The sessions of ``ids``."""
        return list(self._sessions.values())

    @property
    def running(self) -> int | None:
        """Id of the exhibit that is analysed now."""
        return next((i for i, session in self._sessions.items() if session.state is SessionState.RUNNING), None)

    @property
    def queue(self) -> list[int]:
        """Ids of the exhibits that wait, the next one first."""
        return [self._exhibit_of[job] for job in self._runner.waiting if job in self._exhibit_of]

    @property
    def can_restore(self) -> bool:
        return bool(self._taken_off)

    def count(self, *states: SessionState) -> int:
        """Return how many exhibits are in one of these states."""
        return sum(session.state in states for session in self._sessions.values())

    def session(self, exhibit_id: int) -> Session | None:
        """Return what is known about an exhibit; None where there is no such exhibit."""
        return self._sessions.get(exhibit_id)

    def find(self, path: Path) -> int | None:
        """Return the id of the exhibit with this path."""
        return self._ids.get(path.absolute())

    def place(self, exhibit_id: int) -> int | None:
        """Return the place of an exhibit in the queue, 0 = the next one; None where it does not wait."""
        return self._places.get(exhibit_id)

    def add(self, paths: Sequence[Path]) -> list[int]:
        """Add files and queue their analysis. One that is here already is not added again.

        Returns:
            The ids of all of them, in the order of ``paths``.
        """
        ids = []
        for path in paths:
            known = self.find(path)
            if known is None:
                self._last_id += 1
                known = self._last_id
                self._insert(known, Session(path))
                self._queue(known)
            ids.append(known)
        self._share_memory()
        return ids

    def analyze(self, exhibit_id: int) -> None:
        """Analyse an exhibit again, with the settings of now. What runs or waits is left alone."""
        session = self._sessions[exhibit_id]
        if session.state in (SessionState.RUNNING, SessionState.WAITING):
            return
        self._sessions[exhibit_id] = Session(session.path)
        self._share_memory()
        self.restarted.emit(exhibit_id)
        self._queue(exhibit_id)
        self.changed.emit(exhibit_id)

    def analyze_all(self) -> None:
        """Analyse every exhibit whose analysis was cancelled or failed."""
        for exhibit_id, session in list(self._sessions.items()):
            if session.state in (SessionState.CANCELLED, SessionState.FAILED):
                self.analyze(exhibit_id)

    def cancel(self, exhibit_id: int) -> None:
        """Stop an analysis that runs, keeping what it found, or take one that waits out of the queue."""
        session = self._sessions[exhibit_id]
        if session.state is SessionState.RUNNING:
            self._runner.cancel()
        elif session.state is SessionState.WAITING:
            self._discard(exhibit_id)
            session.state = SessionState.CANCELLED
            self.changed.emit(exhibit_id)

    def remove(self, exhibit_ids: Sequence[int]) -> None:
        """Take exhibits off the list. The files are not touched, and ``restore`` brings the rows back."""
        self._taken_off = {}
        for exhibit_id in exhibit_ids:
            self._discard(exhibit_id)
            session = self._sessions.pop(exhibit_id)
            self._ids.pop(session.path.absolute(), None)
            if session.state in (SessionState.RUNNING, SessionState.WAITING):
                session.state = SessionState.CANCELLED
            self._taken_off[exhibit_id] = session
            self.removed.emit(exhibit_id)
        self._share_memory()

    def restore(self) -> list[int]:
        """Put what was taken off last back to the end of the list, with what was found. Returns its ids."""
        back, self._taken_off = self._taken_off, {}
        for exhibit_id, session in back.items():
            if self.find(session.path) is None:  # unless it was opened again meanwhile
                self._insert(exhibit_id, session)
        self._share_memory()
        return [exhibit_id for exhibit_id in back if exhibit_id in self._sessions]

    def move(self, exhibit_id: int, place: int) -> None:
        """Put an exhibit that waits at another place of the queue; 0 is the next one."""
        for job, exhibit in self._exhibit_of.items():
            if exhibit == exhibit_id:
                self._runner.move(job, place)
                return

    def _insert(self, exhibit_id: int, session: Session) -> None:
        self._sessions[exhibit_id] = session
        self._ids[session.path.absolute()] = exhibit_id
        self.added.emit(exhibit_id)

    def _queue(self, exhibit_id: int) -> None:
        request = self._make_request(self._sessions[exhibit_id].path)
        self._exhibit_of[self._runner.analyze(request)] = exhibit_id

    def _discard(self, exhibit_id: int) -> None:
        for job in [job for job, exhibit in self._exhibit_of.items() if exhibit == exhibit_id]:
            del self._exhibit_of[job]
            self._runner.discard(job)

    def _share_memory(self) -> None:
        for session in self._sessions.values():
            session.limit_crops(KEPT_CROPS_BYTES // len(self._sessions))

    def _known(self, job_id: int) -> tuple[int, Session] | None:
        exhibit_id = self._exhibit_of.get(job_id)
        return None if exhibit_id is None else (exhibit_id, self._sessions[exhibit_id])

    @Slot(int)
    def _on_started(self, job_id: int) -> None:
        if known := self._known(job_id):
            known[1].state = SessionState.RUNNING
            self.changed.emit(known[0])

    @Slot(int, object)
    def _on_arrived(self, job_id: int, event: Event) -> None:
        if known := self._known(job_id):
            exhibit_id, session = known
            session.add(event)
            self.fed.emit(exhibit_id, event)
            if isinstance(event, Progress | ExhibitOpened | AnalysisFinished):
                self.changed.emit(exhibit_id)

    @Slot(int, str)
    def _on_failed(self, job_id: int, sentence: str) -> None:
        if known := self._known(job_id):
            known[1].error = sentence
            self.failed.emit(known[0], sentence)

    @Slot(int, object)
    def _on_ended(self, job_id: int, end: JobEnd) -> None:
        if known := self._known(job_id):
            known[1].state = _ENDS[end]
            del self._exhibit_of[job_id]
            self.changed.emit(known[0])

    @Slot(int)
    def _on_waiting_changed(self, _jobs: int) -> None:
        self._queue_timer.start()

    @Slot()
    def _on_queue_settled(self) -> None:
        self._places = {exhibit_id: place for place, exhibit_id in enumerate(self.queue)}
        self.queue_changed.emit()
