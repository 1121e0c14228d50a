"""Asks the engine about one face on threads of its own, so that neither drawing nor the analysis waits for it."""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject, QThread, Signal, Slot

from forensiclab.core.cancel import CancelToken
from forensiclab.core.compression import CompressionLevel
from forensiclab.core.errors import Cancelled, ForensicLabError, MediaError
from forensiclab.core.records import CropRule
from forensiclab.gui.probe_cutter import FaceCutter
from forensiclab.gui.probe_engine import FaceEngine
from forensiclab.gui.probe_work import (
    Answer,
    AnswerWish,
    Bleaching,
    BleachWish,
    LevelScore,
    MakeEngine,
    PrepareWish,
    Preview,
    PreviewWish,
    ProbeEngine,
    ProbeExhibit,
    ProbeFace,
    Spectrum,
    SpectrumWish,
    Wish,
)
from forensiclab.gui.translation import translated

KEPT_SCORES = 20_000
"""Answers that are kept, at most; about half a kilobyte each. The least recently used give way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Order:
    exhibit_id: int
    face_id: int
    """Both as of the time when it was given; what comes back for others is stale."""
    exhibit: ProbeExhibit
    face: ProbeFace
    wish: Wish


@dataclass(frozen=True, slots=True, kw_only=True)
class _Failure:
    sentence: str
    """For the user; empty where the error was not foreseen."""
    is_of_file: bool = False
    """Whether the exhibit could not be read, so that no other wish about the face can be met either."""


class _ProbeWorker(QObject):
    """Lives on one of the probe's threads and owns its engine."""

    done = Signal(object, object)
    """The order, and an ``Answer``, a ``_Failure``, or None for what was made ready."""

    def __init__(self, make_engine: MakeEngine) -> None:
        super().__init__()
        self._make_engine = make_engine
        self._engine: ProbeEngine | None = None
        self._exhibit_id = 0

    @Slot(object)
    def carry_out(self, order: _Order) -> None:
        """Do one order; whatever happens, ``done`` is emitted once."""
        result: Answer | _Failure | None = _Failure(sentence="")
        try:
            result = self._answer(order)
        except Cancelled:
            pass  # the window closes, and nobody listens
        except ForensicLabError as error:
            result = _Failure(sentence=translated(error.sentence), is_of_file=isinstance(error, MediaError))
        finally:
            self.done.emit(order, result)

    @Slot()
    def release(self) -> None:
        """Let go of the exhibit."""
        if self._engine is not None:
            self._engine.close()
        self._exhibit_id = 0

    def _answer(self, order: _Order) -> Answer | None:
        if self._engine is None:
            self._engine = self._make_engine()
        if order.exhibit_id != self._exhibit_id:
            self._engine.open(order.exhibit)
            self._exhibit_id = order.exhibit_id
        match order.wish:
            case PrepareWish():
                self._engine.prepare(order.face)
                return None
            case PreviewWish():
                return self._engine.preview(order.face, order.wish)
            case AnswerWish():
                return self._engine.answer(order.face, order.wish)
            case BleachWish():
                return self._engine.bleach(order.face, order.wish)
            case SpectrumWish():
                return self._engine.spectrum(order.face, order.wish)


class _Lane(QObject):
    """One of the probe's threads, seen from the main thread; it is given one order at a time."""

    done = Signal(object, object)
    """As of the worker; the lane takes another order then."""

    _ordered = Signal(object)
    _released = Signal()

    def __init__(self, name: str, make_engine: MakeEngine) -> None:
        super().__init__()
        self.is_busy = False
        self._thread = QThread()
        self._thread.setObjectName(name)
        self._worker = _ProbeWorker(make_engine)
        self._worker.moveToThread(self._thread)
        self._ordered.connect(self._worker.carry_out)
        self._released.connect(self._worker.release)
        self._worker.done.connect(self._on_done)
        self._thread.finished.connect(self._worker.release)
        self._thread.start()

    def send(self, order: _Order) -> None:
        """Give it an order, while it is not busy."""
        self.is_busy = True
        self._ordered.emit(order)

    def release(self) -> None:
        """Let go of the exhibit as soon as it is not busy."""
        self._released.emit()

    def shutdown(self) -> None:
        """Let go of the exhibit and join the thread; may be called twice."""
        self._thread.quit()
        self._thread.wait()

    @Slot(object, object)
    def _on_done(self, order: _Order, result: Answer | _Failure | None) -> None:
        self.is_busy = False
        self.done.emit(order, result)


class ProbeRunner(QObject):
    """Takes wishes about one face on the main thread, and has them met on two others.

    What needs no detector (previews, spectra) has a thread of its own: it waits neither for a detector's answer nor for
    one that is being loaded. Of previews, bleaches and spectra only the newest wish counts; a preview goes before a
    spectrum, a bleach before scores, which are met in the order in which they were wished for. A face is made ready for
    its first preview as soon as it is set. Another face or exhibit drops all wishes, and what was under way for the one
    before no longer arrives.
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
    """The wish that could not be met, and why, as a sentence."""

    def __init__(self, parent: QObject | None = None, *, make_engine: MakeEngine | None = None) -> None:
        """Start the threads; each makes an engine for itself, by default ``FaceEngine`` with a shared cutter."""
        super().__init__(parent)
        self._exhibit: ProbeExhibit | None = None
        self._face: ProbeFace | None = None
        self._exhibit_id = self._face_id = 0
        self._preparation: PrepareWish | None = None
        self._preview: PreviewWish | None = None
        self._bleach: BleachWish | None = None
        self._spectrum: SpectrumWish | None = None
        self._scores: dict[AnswerWish, None] = {}
        """Wishes for scores, the next one first."""
        self._kept: OrderedDict[tuple[object, ...], LevelScore] = OrderedDict()
        self._unusable: dict[str, str] = {}
        """Detectors that cannot answer, and why."""
        self._file_failure = ""
        """Why the exhibit could not be read for this face; empty while it can."""
        self._leaving = CancelToken()
        make_engine = make_engine or partial(FaceEngine, FaceCutter(), cancel=self._leaving)
        self._pictures, self._answers = _Lane("probe pictures", make_engine), _Lane("probe answers", make_engine)
        for lane in (self._pictures, self._answers):
            lane.done.connect(self._on_done)

    @property
    def face(self) -> ProbeFace | None:
        """The face that is asked about."""
        return self._face

    @property
    def file_failure(self) -> str:
        """Why the exhibit could not be read for this face; empty while it can."""
        return self._file_failure

    def set_exhibit(self, exhibit: ProbeExhibit | None) -> None:
        """Ask about another exhibit, or none; there is no face then until one is set."""
        self.set_face(None)
        self._exhibit = exhibit
        self._exhibit_id += 1
        self._unusable.clear()
        for lane in (self._pictures, self._answers):
            lane.release()

    def set_face(self, face: ProbeFace | None) -> None:
        """Ask about another face of the exhibit, or none."""
        self.drop_wishes()
        self._face = face
        self._face_id += 1
        self._file_failure = ""
        self._preparation = PrepareWish()
        self._send_next()

    def preview(self, level: CompressionLevel, rule: CropRule) -> None:
        """Have the crop shown at a level."""
        self._preview = PreviewWish(level, rule)
        self._send_next()

    def bleach(self, wish: BleachWish) -> None:
        """Have the face bleached."""
        self._bleach = wish
        self._send_next()

    def spectrum(self, rule: CropRule) -> None:
        """Have the spectrum of the crop measured."""
        self._spectrum = SpectrumWish(rule)
        self._send_next()

    def wish_scores(self, wishes: Iterable[AnswerWish]) -> None:
        """Have the face scored so, in this order, in place of what was wished for before.

        What is known already, and what a detector cannot answer, is left out.
        """
        self._scores = {
            wish: None
            for wish in wishes
            if wish.detector not in self._unusable and self.score(wish.level, wish.detector) is None
        }
        self._send_next()

    def drop_wishes(self) -> None:
        """Do no more work until there is another wish."""
        self._preparation = self._preview = self._bleach = self._spectrum = None
        self._scores = {}

    def score(self, level: CompressionLevel, detector: str) -> LevelScore | None:
        """What a detector said about the face at a level; None where it has not been asked, or it is long ago."""
        key = (self._exhibit, self._face, level, detector)
        if key in self._kept:
            self._kept.move_to_end(key)
        return self._kept.get(key)

    def why_unusable(self, detector: str) -> str:
        """Why a detector cannot answer; empty where it can, or has not been tried."""
        return self._unusable.get(detector, "")

    def shutdown(self) -> None:
        """Let go of the exhibit and join the threads; may be called twice.

        Blocks until the running steps end, but for a detector that is being loaded.
        """
        self._leaving.cancel()
        self.set_face(None)
        for lane in (self._pictures, self._answers):
            lane.shutdown()

    def _send_next(self) -> None:
        for lane, take in ((self._pictures, self._take_picture), (self._answers, self._take_answer)):
            if lane.is_busy or self._exhibit is None or self._face is None or self._file_failure:
                continue
            wish = take()
            if wish is not None:
                lane.send(
                    _Order(
                        exhibit_id=self._exhibit_id,
                        face_id=self._face_id,
                        exhibit=self._exhibit,
                        face=self._face,
                        wish=wish,
                    )
                )

    def _take_picture(self) -> Wish | None:
        wish: Wish | None = self._preview or self._spectrum or self._preparation
        match wish:
            case PreviewWish():
                self._preview = None
            case SpectrumWish():
                self._spectrum = None
            case PrepareWish():
                self._preparation = None
        return wish

    def _take_answer(self) -> Wish | None:
        wish: Wish | None = self._bleach or next(iter(self._scores), None)
        match wish:
            case BleachWish():
                self._bleach = None
            case AnswerWish():
                del self._scores[wish]
        return wish

    @Slot(object, object)
    def _on_done(self, order: _Order, result: Answer | _Failure | None) -> None:
        if isinstance(result, LevelScore):
            self._keep(order, result)
        if order.exhibit_id == self._exhibit_id and order.face_id == self._face_id:
            if not isinstance(result, _Failure):
                self._pass_on(result)
            elif not isinstance(order.wish, PrepareWish):  # a preview will say what is wrong
                self._fail(order.wish, result)
        self._send_next()

    def _keep(self, order: _Order, score: LevelScore) -> None:
        # Also when its face is no longer looked at: it may be looked at again.
        self._kept[(order.exhibit, order.face, score.level, score.detector)] = score
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

    def _fail(self, wish: Wish, failure: _Failure) -> None:
        sentence = failure.sentence or self.tr("Something unexpected went wrong here; the log says what.")
        if failure.is_of_file:
            self._file_failure = sentence
            self.drop_wishes()
        elif isinstance(wish, AnswerWish):
            self._unusable[wish.detector] = sentence
            self._scores = {other: None for other in self._scores if other.detector != wish.detector}
        self.failed.emit(wish, sentence)
