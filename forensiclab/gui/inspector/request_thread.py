"""A thread of the probe, and the engine that lives on it."""

from dataclasses import dataclass, field

from PySide6.QtCore import QObject, QThread, Signal, Slot

from forensiclab.core.cancel import CancelToken
from forensiclab.core.errors import Cancelled, ForensicLabError, MediaError
from forensiclab.gui.text.translation import translated
from forensiclab.inspection.requests import (
    Answer,
    AnswerWish,
    BleachWish,
    MakeEngine,
    PrepareWish,
    PreviewWish,
    ProbeEngine,
    ProbeExhibit,
    ProbeFace,
    SpectrumWish,
    StandInWish,
    Wish,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A wish about a face, for a thread of the probe."""

    exhibit_id: int
    face_id: int
    """Both as of the time when it was given; what comes back for others is stale."""
    exhibit: ProbeExhibit
    face: ProbeFace
    wish: Wish
    cancel: CancelToken = field(default_factory=CancelToken)
    """Set when the order is to be given up; it counts for what is made ready."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why an order could not be carried out."""

    sentence: str
    """For the user; empty where the error was not foreseen."""
    is_of_file: bool = False
    """Whether the exhibit could not be read, so that no other wish about the face can be met either."""


class _Worker(QObject):
    """Lives on one of the probe's threads and owns its engine."""

    done = Signal(object, object)
    """The order, and an ``Answer``, a ``Failure``, or None where there is nothing to say."""

    def __init__(self, make_engine: MakeEngine) -> None:
        super().__init__()
        self._make_engine = make_engine
        self._engine: ProbeEngine | None = None
        self._exhibit_id = 0

    @Slot(object)
    def carry_out(self, order: Order) -> None:
        """Do one order; whatever happens, ``done`` is emitted once."""
        result: Answer | Failure | None = Failure(sentence="")
        try:
            result = self._answer(order)
        except Cancelled:
            result = None
        except ForensicLabError as error:
            result = Failure(sentence=translated(error.sentence), is_of_file=isinstance(error, MediaError))
        finally:
            self.done.emit(order, result)

    @Slot()
    def release(self) -> None:
        """Let go of the exhibit."""
        if self._engine is not None:
            self._engine.close()
        self._exhibit_id = 0

    def _answer(self, order: Order) -> Answer | None:
        if self._engine is None:
            self._engine = self._make_engine()
        if order.exhibit_id != self._exhibit_id:
            self._engine.open(order.exhibit)
            self._exhibit_id = order.exhibit_id
        match order.wish:
            case PrepareWish():
                self._engine.prepare(order.face, order.wish, order.cancel)
                return None
            case PreviewWish():
                return self._engine.preview(order.face, order.wish)
            case StandInWish():
                return self._engine.stand_in(order.face, order.wish)
            case AnswerWish():
                return self._engine.answer(order.face, order.wish)
            case BleachWish():
                return self._engine.bleach(order.face, order.wish)
            case SpectrumWish():
                return self._engine.spectrum(order.face, order.wish)


class Lane(QObject):
    """One of the probe's threads, seen from the main thread; it is given one order at a time."""

    done = Signal(object, object)
    """As of the worker; the lane takes another order then."""

    _ordered = Signal(object)
    _released = Signal()

    def __init__(self, name: str, make_engine: MakeEngine) -> None:
        super().__init__()
        self._order: Order | None = None
        """What is under way."""
        self._thread = QThread()
        self._thread.setObjectName(name)
        self._worker = _Worker(make_engine)
        self._worker.moveToThread(self._thread)
        self._ordered.connect(self._worker.carry_out)
        self._released.connect(self._worker.release)
        self._worker.done.connect(self._on_done)
        self._thread.finished.connect(self._worker.release)
        self._thread.start()

    @property
    def is_busy(self) -> bool:
        """Whether an order is under way."""
        return self._order is not None

    def send(self, order: Order) -> None:
        """Give it an order, while it is not busy."""
        self._order = order
        self._ordered.emit(order)

    def give_up(self) -> None:
        """Have what is under way end soon, if it can; ``done`` is emitted all the same."""
        if self._order is not None:
            self._order.cancel.cancel()

    def release(self) -> None:
        """Let go of the exhibit as soon as it is not busy."""
        self._released.emit()

    def shutdown(self) -> None:
        """Let go of the exhibit and join the thread; may be called twice."""
        self._thread.quit()
        self._thread.wait()

    @Slot(object, object)
    def _on_done(self, order: Order, result: Answer | Failure | None) -> None:
        self._order = None
        self.done.emit(order, result)
