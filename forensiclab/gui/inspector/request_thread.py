"""A thread of the probe, and the engine that lives on it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from PySide6.QtCore import QObject

from forensiclab.core.cancel import CancelToken
from forensiclab.gui.work.thread import Failure, WorkerThread
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


Tell = Callable[[Order, Answer | Failure | None], None]
"""Takes an order, and what came of it; None = there is nothing to say."""


class _OpenEngine:
    """The engine of one thread, used there alone and made when it is first needed."""

    def __init__(self, make_engine: MakeEngine) -> None:
        self._make_engine = make_engine
        self._engine: ProbeEngine | None = None
        self._exhibit_id = 0

    def release(self) -> None:
        """Let go of the exhibit."""
        if self._engine is not None:
            self._engine.close()
        self._exhibit_id = 0

    def carry_out(self, order: Order) -> Answer | None:
        """Do one order; None where there is nothing to say."""
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

    def __init__(self, name: str, make_engine: MakeEngine, tell: Tell, parent: QObject) -> None:
        """Start the thread; ``tell`` is called when it is not busy any more."""
        super().__init__(parent)
        self._tell = tell
        self._order: Order | None = None
        """What is under way."""
        self._engine = _OpenEngine(make_engine)
        self._thread = WorkerThread(name, self, at_end=self._engine.release)

    @property
    def is_busy(self) -> bool:
        """Whether an order is under way."""
        return self._order is not None

    def send(self, order: Order) -> None:
        """Give it an order, while it is not busy."""
        self._order = order
        unexpected = self.tr("Something unexpected went wrong here; the log says what.")
        self._thread.post(partial(self._engine.carry_out, order), partial(self._on_done, order), unexpected)

    def give_up(self) -> None:
        """Have what is under way end soon, if it can; its end is told all the same."""
        if self._order is not None:
            self._order.cancel.cancel()

    def release(self) -> None:
        """Let go of the exhibit as soon as it is not busy."""
        self._thread.post(self._engine.release)

    def shutdown(self) -> None:
        """Let go of the exhibit and join the thread; may be called twice."""
        self._thread.shutdown()

    def _on_done(self, order: Order, result: Answer | Failure | None) -> None:
        self._order = None
        self._tell(order, result)
