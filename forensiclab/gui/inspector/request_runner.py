"""Asks the engine about one face on threads of its own, so that neither drawing nor the analysis waits for it."""

from collections import OrderedDict
from collections.abc import Iterable
from functools import partial

from PySide6.QtCore import QObject, Signal

from forensiclab.core.cancel import CancelToken
from forensiclab.core.compression import CompressionLevel
from forensiclab.core.errors import Cancelled, MediaError
from forensiclab.core.records import CropRule
from forensiclab.gui.inspector.request_thread import Lane, Order
from forensiclab.gui.work.thread import Failure
from forensiclab.inspection.engine import FaceEngine
from forensiclab.inspection.patch_cache import FaceCutter
from forensiclab.inspection.requests import (
    Answer,
    AnswerWish,
    Bleaching,
    BleachWish,
    LevelScore,
    MakeEngine,
    PrepareWish,
    Preview,
    PreviewWish,
    ProbeExhibit,
    ProbeFace,
    Spectrum,
    SpectrumWish,
    StandInWish,
    Wish,
)

KEPT_SCORES = 20_000
"""Answers that are kept, at most; about half a kilobyte each. The least recently used give way."""


class ProbeRunner(QObject):
    """Takes wishes about one face on the main thread, and has them met on four others.

    What needs no detector (previews, spectra) has a thread of its own: it waits neither for a detector's answer nor for
    one that is being loaded. Of previews, bleaches and spectra only the newest wish counts; a preview goes before a
    spectrum, a bleach before scores, which are met in the order in which they were wished for. Another face or exhibit
    drops all wishes, and what was under way for the one before no longer arrives.

    A face is made ready for its first preview as soon as it is set, and levels ahead are made as they are wished for:
    while nothing is drawn, and on a thread of their own, so that a preview of a level that is there comes at once. For
    a preview or a spectrum this is given up, and goes on after it; a preview that is outdated while it is under way
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
    """The wish that could not be met, and why, as a sentence."""

    def __init__(self, parent: QObject | None = None, *, make_engine: MakeEngine | None = None) -> None:
        """Start the threads; each makes an engine for itself, by default ``FaceEngine`` with a shared cutter."""
        super().__init__(parent)
        self._exhibit: ProbeExhibit | None = None
        self._face: ProbeFace | None = None
        self._exhibit_id = self._face_id = 0
        self._preparation: PrepareWish | None = None
        """Stays until it has been met."""
        self._preview: PreviewWish | None = None
        self._stand_in: StandInWish | None = None
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
        self._pictures, self._stand_ins, self._answers, self._preparations = self._lanes = tuple(
            Lane(f"probe {name}", make_engine, self._on_done, self)
            for name in ("pictures", "stand-ins", "answers", "preparations")
        )

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
        for lane in self._lanes:
            lane.release()

    def set_face(self, face: ProbeFace | None) -> None:
        """Ask about another face of the exhibit, or none."""
        self.drop_wishes()
        self._face = face
        self._face_id += 1
        self._file_failure = ""
        self._preparation = PrepareWish()
        self._send_next()

    def preview(self, level: CompressionLevel, rule: CropRule, *, with_stand_in: bool = False) -> None:
        """Have the crop shown at a level, and until then, if wished, at the nearest level that is there."""
        self._preview = PreviewWish(level, rule)
        self._stand_in = StandInWish(level, rule) if with_stand_in else None
        self._preparations.give_up()
        self._send_next()

    def prepare(self, wish: PrepareWish) -> None:
        """Have levels made ahead while no picture is wished for, in place of those that were wished for before."""
        if wish != self._preparation:
            self._preparation = wish
            self._preparations.give_up()
        self._send_next()

    def bleach(self, wish: BleachWish) -> None:
        """Have the face bleached."""
        self._bleach = wish
        self._send_next()

    def spectrum(self, rule: CropRule) -> None:
        """Have the spectrum of the crop measured."""
        self._spectrum = SpectrumWish(rule)
        self._preparations.give_up()
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
        self._preparation = self._preview = self._stand_in = self._bleach = self._spectrum = None
        self._scores = {}
        self._preparations.give_up()

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
        for lane in self._lanes:
            lane.shutdown()

    def _send_next(self) -> None:
        takers = (self._take_picture, self._take_stand_in, self._take_answer, self._take_preparation)
        for lane, take in zip(self._lanes, takers, strict=True):
            if lane.is_busy or self._exhibit is None or self._face is None or self._file_failure:
                continue
            wish = take()
            if wish is not None:
                lane.send(
                    Order(
                        exhibit_id=self._exhibit_id,
                        face_id=self._face_id,
                        exhibit=self._exhibit,
                        face=self._face,
                        wish=wish,
                    )
                )

    def _take_picture(self) -> Wish | None:
        wish: Wish | None = self._preview or self._spectrum
        match wish:
            case PreviewWish():
                self._preview = None
            case SpectrumWish():
                self._spectrum = None
        return wish

    def _take_answer(self) -> Wish | None:
        wish: Wish | None = self._bleach or next(iter(self._scores), None)
        match wish:
            case BleachWish():
                self._bleach = None
            case AnswerWish():
                del self._scores[wish]
        return wish

    def _take_stand_in(self) -> Wish | None:
        wish, self._stand_in = self._stand_in, None
        return wish

    def _take_preparation(self) -> Wish | None:
        return None if self._pictures.is_busy else self._preparation

    def _on_done(self, order: Order, result: Answer | Failure | None) -> None:
        if isinstance(result, LevelScore):
            self._keep(order, result)
        if order.wish is self._preparation and not order.cancel.is_cancelled:
            self._preparation = None
        if order.exhibit_id == self._exhibit_id and order.face_id == self._face_id:
            if isinstance(order.wish, StandInWish) and isinstance(result, Preview):
                self._drop_preview_of(result.level)
            if isinstance(result, Failure):
                self._fail(order.wish, result)
            else:
                self._pass_on(result)
        self._send_next()

    def _drop_preview_of(self, level: CompressionLevel) -> None:
        """It was there all the time, while an outdated one was still being made."""
        if self._preview is not None and self._preview.level == level:
            self._preview = None

    def _keep(self, order: Order, score: LevelScore) -> None:
        # Also when its face is no longer looked at: it may be looked at again.
        self._kept[(order.exhibit, order.face, score.level, score.score.detector)] = score
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

    def _fail(self, wish: Wish, failure: Failure) -> None:
        if isinstance(failure.error, Cancelled) or isinstance(wish, PrepareWish | StandInWish):
            return  # a preview will say what is wrong
        sentence = failure.sentence
        if isinstance(failure.error, MediaError):  # no other wish about the face can be met either
            self._file_failure = sentence
            self.drop_wishes()
        elif isinstance(wish, AnswerWish):
            self._unusable[wish.detector] = sentence
            self._scores = {other: None for other in self._scores if other.detector != wish.detector}
        self.failed.emit(wish, sentence)
