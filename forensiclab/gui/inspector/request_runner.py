"""Asks the engine about one face on threads of its own, so that neither drawing nor the analysis waits for it."""

from collections import OrderedDict
from collections.abc import Iterable
from functools import partial
from typing import get_args

from PySide6.QtCore import QObject, Signal

from forensiclab.core.cancel import CancelToken
from forensiclab.core.compression import CompressionLevel
from forensiclab.core.errors import Cancelled, MediaError
from forensiclab.core.records import CropRule
from forensiclab.gui.inspector.request_thread import Job, RequestThread
from forensiclab.gui.work.thread import Failure
from forensiclab.inspection.engine import FaceEngine
from forensiclab.inspection.patch_cache import PatchCache
from forensiclab.inspection.requests import (
    Answer,
    InspectedExhibit,
    InspectedFace,
    LevelScore,
    MakeEngine,
    PrepareRequest,
    Preview,
    PreviewRequest,
    Queue,
    Request,
    ScoreRequest,
    StandInRequest,
)

_KINDS: tuple[type[Request], ...] = get_args(Request)

KEPT_SCORES = 20_000
"""Answers that are kept, at most; about half a kilobyte each. The least recently used give way."""


class RequestRunner(QObject):
    """Takes requests about one face on the main thread, and has them answered on four others.

    What needs no detector (previews, spectra) has a thread of its own: it waits neither for a detector's answer nor for
    one that is being loaded. Of previews, bleaches and spectra only the newest request counts; a preview goes before a
    spectrum, a bleach before scores, which are answered in the order in which they were requested. Another face or
    exhibit drops all requests, and what was under way for the one before no longer arrives.

    A face is made ready for its first preview as soon as it is set, and levels ahead are made as requested: while
    nothing is drawn, and on a thread of their own, so that a preview of a level that is there comes at once. For a
    preview or a spectrum this is given up, and goes on after it; a preview that is outdated while it is under way
    still arrives, or a slow drag of the slider would show nothing. Where a level takes long, the nearest one that is
    there can stand in for it: on a thread of its own, since encoders are not left in an instant.
    """

    answered = Signal(object)
    """An ``Answer``; a ``LevelScore`` is kept, see ``score``."""
    failed = Signal(object, str)
    """The request that could not be answered, and why, as a sentence."""

    def __init__(self, parent: QObject | None = None, *, make_engine: MakeEngine | None = None) -> None:
        """Start the threads; each makes its own engine, by default a ``FaceEngine`` with a shared ``PatchCache``."""
        super().__init__(parent)
        self._exhibit: InspectedExhibit | None = None
        self._face: InspectedFace | None = None
        self._exhibit_id = self._face_id = 0
        self._waiting: dict[Request, None] = {}
        """In the order in which they were asked for."""
        self._preparation: PrepareRequest | None = None
        """Stays until it has been met."""
        self._kept: OrderedDict[tuple[object, ...], LevelScore] = OrderedDict()
        self._unusable: dict[str, str] = {}
        """Detectors that cannot answer, and why."""
        self._file_failure = ""
        """Why the exhibit could not be read for this face; empty while it can."""
        self._leaving = CancelToken()
        make_engine = make_engine or partial(FaceEngine, PatchCache(), cancel=self._leaving)
        self._threads = {
            queue: RequestThread(f"inspector {queue.value}", make_engine, self._on_done, self) for queue in Queue
        }

    @property
    def face(self) -> InspectedFace | None:
        """The face that is asked about."""
        return self._face

    @property
    def file_failure(self) -> str:
        """Why the exhibit could not be read for this face; empty while it can."""
        return self._file_failure

    def set_exhibit(self, exhibit: InspectedExhibit | None) -> None:
        """Ask about another exhibit, or none; there is no face then until one is set."""
        self.set_face(None)
        self._exhibit = exhibit
        self._exhibit_id += 1
        self._unusable.clear()
        for thread in self._threads.values():
            thread.release()

    def set_face(self, face: InspectedFace | None) -> None:
        """Ask about another face of the exhibit, or none."""
        self.drop_requests()
        self._face = face
        self._face_id += 1
        self._file_failure = ""
        self._preparation = PrepareRequest()
        self._send_next()

    def ask(self, request: Request) -> None:
        """Ask this, in place of what was asked for of its kind before."""
        self._drop(type(request))
        self._waiting[request] = None
        if request.queue is Queue.PICTURES:
            self._threads[Queue.PREPARATIONS].give_up()
        self._send_next()

    def preview(self, level: CompressionLevel, rule: CropRule, *, with_stand_in: bool = False) -> None:
        """Have the crop shown at a level, and until then, if asked, at the nearest level that is there."""
        self._drop(StandInRequest)
        if with_stand_in:
            self._waiting[StandInRequest(level, rule)] = None
        self.ask(PreviewRequest(level, rule))

    def prepare(self, request: PrepareRequest) -> None:
        """Have levels made ahead while no picture is asked for, in place of those that were asked for before."""
        if request != self._preparation:
            self._preparation = request
            self._threads[Queue.PREPARATIONS].give_up()
        self._send_next()

    def request_scores(self, requests: Iterable[ScoreRequest]) -> None:
        """Have the face scored so, in this order, in place of what was asked for before.

        What is known already, and what a detector cannot answer, is left out.
        """
        self._drop(ScoreRequest)
        for request in requests:
            if request.detector not in self._unusable and self.score(request.level, request.detector) is None:
                self._waiting[request] = None
        self._send_next()

    def drop_requests(self) -> None:
        """Do no more work until there is another request."""
        self._waiting.clear()
        self._preparation = None
        self._threads[Queue.PREPARATIONS].give_up()

    def score(self, level: CompressionLevel, detector: str) -> LevelScore | None:
        """Return what a detector said about the face at a level; None where it was not asked, or long ago."""
        key = (self._exhibit, self._face, level, detector)
        if key in self._kept:
            self._kept.move_to_end(key)
        return self._kept.get(key)

    def why_unusable(self, detector: str) -> str:
        """Return why a detector cannot answer; empty where it can, or has not been tried."""
        return self._unusable.get(detector, "")

    def shutdown(self) -> None:
        """Let go of the exhibit and join the threads; may be called twice.

        Blocks until the running steps end, but for a detector that is being loaded.
        """
        self._leaving.cancel()
        self.set_face(None)
        for thread in self._threads.values():
            thread.shutdown()

    def _drop(self, kind: type[Request]) -> None:
        self._waiting = {request: None for request in self._waiting if not isinstance(request, kind)}

    def _send_next(self) -> None:
        for queue, thread in self._threads.items():
            if thread.is_busy or self._exhibit is None or self._face is None or self._file_failure:
                continue
            request = self._next(queue)
            if request is not None:
                self._waiting.pop(request, None)
                thread.send(
                    Job(
                        exhibit_id=self._exhibit_id,
                        face_id=self._face_id,
                        exhibit=self._exhibit,
                        face=self._face,
                        request=request,
                    )
                )

    def _next(self, queue: Queue) -> Request | None:
        if queue is Queue.PREPARATIONS:
            return None if self._threads[Queue.PICTURES].is_busy else self._preparation
        waiting = (request for request in self._waiting if request.queue is queue)
        return min(waiting, key=lambda request: _KINDS.index(type(request)), default=None)

    def _on_done(self, job: Job, result: Answer | Failure | None) -> None:
        if isinstance(result, LevelScore):
            self._keep(job, result)
        if job.request is self._preparation and not job.cancel.is_cancelled:
            self._preparation = None
        if job.exhibit_id == self._exhibit_id and job.face_id == self._face_id:
            if isinstance(job.request, StandInRequest) and isinstance(result, Preview):
                self._drop_preview_of(result.level)
            if isinstance(result, Failure):
                self._fail(job.request, result)
            elif result is not None:
                self.answered.emit(result)
        self._send_next()

    def _drop_preview_of(self, level: CompressionLevel) -> None:
        """Drop the preview of a level that was there all the time, while an outdated one was being made."""
        for request in list(self._waiting):
            if isinstance(request, PreviewRequest) and request.level == level:
                del self._waiting[request]

    def _keep(self, job: Job, score: LevelScore) -> None:
        # Also when its face is no longer looked at: it may be looked at again.
        self._kept[(job.exhibit, job.face, score.level, score.score.detector)] = score
        if len(self._kept) > KEPT_SCORES:
            self._kept.popitem(last=False)

    def _fail(self, request: Request, failure: Failure) -> None:
        if isinstance(failure.error, Cancelled) or isinstance(request, PrepareRequest | StandInRequest):
            return  # a preview will say what is wrong
        sentence = failure.sentence
        if isinstance(failure.error, MediaError):  # no other request about the face can be met either
            self._file_failure = sentence
            self.drop_requests()
        elif isinstance(request, ScoreRequest):
            self._unusable[request.detector] = sentence
            own = [one for one in self._waiting if isinstance(one, ScoreRequest) and one.detector == request.detector]
            for one in own:
                del self._waiting[one]
        self.failed.emit(request, sentence)
