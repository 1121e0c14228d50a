"""Asks the engine about one face on threads of its own, so that neither drawing nor the analysis waits for it."""

from collections import OrderedDict
from collections.abc import Iterable
from functools import partial

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
    Bleaching,
    BleachRequest,
    InspectedExhibit,
    InspectedFace,
    LevelScore,
    MakeEngine,
    PrepareRequest,
    Preview,
    PreviewRequest,
    Request,
    ScoreRequest,
    Spectrum,
    SpectrumRequest,
    StandInRequest,
)

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

    previewed = Signal(object)
    """A ``Preview``."""
    scored = Signal(object)
    """A ``LevelScore``; it is kept, see ``score``."""
    bleached = Signal(object)
    """A ``Bleaching``."""
    measured = Signal(object)
    """A ``Spectrum``."""
    failed = Signal(object, str)
    """The request that could not be answered, and why, as a sentence."""

    def __init__(self, parent: QObject | None = None, *, make_engine: MakeEngine | None = None) -> None:
        """Start the threads; each makes its own engine, by default a ``FaceEngine`` with a shared ``PatchCache``."""
        super().__init__(parent)
        self._exhibit: InspectedExhibit | None = None
        self._face: InspectedFace | None = None
        self._exhibit_id = self._face_id = 0
        self._preparation: PrepareRequest | None = None
        """Stays until it has been met."""
        self._preview: PreviewRequest | None = None
        self._stand_in: StandInRequest | None = None
        self._bleach: BleachRequest | None = None
        self._spectrum: SpectrumRequest | None = None
        self._scores: dict[ScoreRequest, None] = {}
        """Requests for scores, the next one first."""
        self._kept: OrderedDict[tuple[object, ...], LevelScore] = OrderedDict()
        self._unusable: dict[str, str] = {}
        """Detectors that cannot answer, and why."""
        self._file_failure = ""
        """Why the exhibit could not be read for this face; empty while it can."""
        self._leaving = CancelToken()
        make_engine = make_engine or partial(FaceEngine, PatchCache(), cancel=self._leaving)
        self._pictures, self._stand_ins, self._answers, self._preparations = self._threads = tuple(
            RequestThread(f"inspector {name}", make_engine, self._on_done, self)
            for name in ("pictures", "stand-ins", "answers", "preparations")
        )

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
        for thread in self._threads:
            thread.release()

    def set_face(self, face: InspectedFace | None) -> None:
        """Ask about another face of the exhibit, or none."""
        self.drop_requests()
        self._face = face
        self._face_id += 1
        self._file_failure = ""
        self._preparation = PrepareRequest()
        self._send_next()

    def preview(self, level: CompressionLevel, rule: CropRule, *, with_stand_in: bool = False) -> None:
        """Have the crop shown at a level, and until then, if asked, at the nearest level that is there."""
        self._preview = PreviewRequest(level, rule)
        self._stand_in = StandInRequest(level, rule) if with_stand_in else None
        self._preparations.give_up()
        self._send_next()

    def prepare(self, request: PrepareRequest) -> None:
        """Have levels made ahead while no picture is asked for, in place of those that were asked for before."""
        if request != self._preparation:
            self._preparation = request
            self._preparations.give_up()
        self._send_next()

    def bleach(self, request: BleachRequest) -> None:
        """Have the face bleached."""
        self._bleach = request
        self._send_next()

    def spectrum(self, rule: CropRule) -> None:
        """Have the spectrum of the crop measured."""
        self._spectrum = SpectrumRequest(rule)
        self._preparations.give_up()
        self._send_next()

    def request_scores(self, requests: Iterable[ScoreRequest]) -> None:
        """Have the face scored so, in this order, in place of what was asked for before.

        What is known already, and what a detector cannot answer, is left out.
        """
        self._scores = {
            request: None
            for request in requests
            if request.detector not in self._unusable and self.score(request.level, request.detector) is None
        }
        self._send_next()

    def drop_requests(self) -> None:
        """Do no more work until there is another request."""
        self._preparation = self._preview = self._stand_in = self._bleach = self._spectrum = None
        self._scores = {}
        self._preparations.give_up()

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
        for thread in self._threads:
            thread.shutdown()

    def _send_next(self) -> None:
        choices = (self._next_picture, self._next_stand_in, self._next_answer, self._next_preparation)
        for thread, choose in zip(self._threads, choices, strict=True):
            if thread.is_busy or self._exhibit is None or self._face is None or self._file_failure:
                continue
            request = choose()
            if request is not None:
                thread.send(
                    Job(
                        exhibit_id=self._exhibit_id,
                        face_id=self._face_id,
                        exhibit=self._exhibit,
                        face=self._face,
                        request=request,
                    )
                )

    def _next_picture(self) -> Request | None:
        request: Request | None = self._preview or self._spectrum
        match request:
            case PreviewRequest():
                self._preview = None
            case SpectrumRequest():
                self._spectrum = None
        return request

    def _next_answer(self) -> Request | None:
        request: Request | None = self._bleach or next(iter(self._scores), None)
        match request:
            case BleachRequest():
                self._bleach = None
            case ScoreRequest():
                del self._scores[request]
        return request

    def _next_stand_in(self) -> Request | None:
        request, self._stand_in = self._stand_in, None
        return request

    def _next_preparation(self) -> Request | None:
        return None if self._pictures.is_busy else self._preparation

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
            else:
                self._pass_on(result)
        self._send_next()

    def _drop_preview_of(self, level: CompressionLevel) -> None:
        """Drop the preview of a level that was there all the time, while an outdated one was being made."""
        if self._preview is not None and self._preview.level == level:
            self._preview = None

    def _keep(self, job: Job, score: LevelScore) -> None:
        # Also when its face is no longer looked at: it may be looked at again.
        self._kept[(job.exhibit, job.face, score.level, score.score.detector)] = score
        if len(self._kept) > KEPT_SCORES:
            self._kept.popitem(last=False)

    def _pass_on(self, answer: Answer | None) -> None:
        match answer:
            case Preview():
                self.previewed.emit(answer)
            case LevelScore():
                self.scored.emit(answer)
            case Bleaching():
                self.bleached.emit(answer)
            case Spectrum():
                self.measured.emit(answer)

    def _fail(self, request: Request, failure: Failure) -> None:
        if isinstance(failure.error, Cancelled) or isinstance(request, PrepareRequest | StandInRequest):
            return  # a preview will say what is wrong
        sentence = failure.sentence
        if isinstance(failure.error, MediaError):  # no other request about the face can be met either
            self._file_failure = sentence
            self.drop_requests()
        elif isinstance(request, ScoreRequest):
            self._unusable[request.detector] = sentence
            self._scores = {other: None for other in self._scores if other.detector != request.detector}
        self.failed.emit(request, sentence)
