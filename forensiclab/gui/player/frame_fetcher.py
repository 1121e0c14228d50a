"""Fetches frames on a thread of its own, so that neither drawing nor the analysis waits for the decoder."""

from collections import deque
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QThread, Signal, Slot
from PySide6.QtGui import QImage

from forensiclab.core.errors import ForensicLabError
from forensiclab.gui.player.frame_file import save_png
from forensiclab.gui.text.translation import translated
from forensiclab.gui.widgets.images import to_image
from forensiclab.gui.work.frames import Frames, OpenFrames, open_frames


@dataclass(frozen=True, slots=True)
class _Open:
    path: Path | None
    """None = close what is open."""


@dataclass(frozen=True, slots=True)
class _Seek:
    pts_s: float
    frames: int = 0
    """So many frames on from there, or back."""


@dataclass(frozen=True, slots=True)
class _Step:
    frames: int


@dataclass(frozen=True, slots=True)
class _Next:
    """The frame that playing needs next."""


@dataclass(frozen=True, slots=True)
class _Whole:
    """The frame at a time in its own size."""

    pts_s: float
    path: Path | None
    """Where it is saved; None = it is handed over."""


_Wish = _Seek | _Step | _Next
_Order = _Open | _Wish | _Whole


class _PlayerWorker(QObject):
    """Lives on the player's thread and owns the open file."""

    fetched = Signal(int, float, QImage)
    fetched_next = Signal(int, float, QImage)
    fetched_whole = Signal(int, float, QImage)
    saved = Signal(int, float, str)
    failed = Signal(int, str)
    refused = Signal(int, str)
    done = Signal()

    def __init__(self, open_frames: OpenFrames) -> None:
        super().__init__()
        self._open_frames = open_frames
        self._frames: Frames | None = None
        self._path: Path | None = None

    @Slot(int, object)
    def carry_out(self, exhibit_id: int, order: _Order) -> None:
        """Do one order; whatever happens, ``done`` is emitted once."""
        told = self.refused if isinstance(order, _Whole) else self.failed
        try:
            self._carry_out(exhibit_id, order)
        except ForensicLabError as error:
            told.emit(exhibit_id, translated(error.sentence))
        finally:
            self.done.emit()

    @Slot()
    def close(self) -> None:
        """Release the open file."""
        if self._frames is not None:
            self._frames.close()
            self._frames = None

    def _carry_out(self, exhibit_id: int, order: _Order) -> None:
        if isinstance(order, _Open):
            self.close()
            self._path = order.path
            if order.path is not None:
                self._frames = self._open_frames(order.path)
            return
        if self._frames is None or self._path is None:
            return
        match order:
            case _Seek():
                frame = self._frames.frame_at(order.pts_s)
                if order.frames:
                    frame = self._frames.step(order.frames)
                self.fetched.emit(exhibit_id, frame.pts_s, to_image(frame.rgb))
            case _Step():
                frame = self._frames.step(order.frames)
                self.fetched.emit(exhibit_id, frame.pts_s, to_image(frame.rgb))
            case _Next():
                frame = self._frames.step(1)
                self.fetched_next.emit(exhibit_id, frame.pts_s, to_image(frame.rgb))
            case _Whole():
                frame = self._frames.whole_at(order.pts_s)
                image = to_image(frame.rgb)
                if order.path is None:
                    self.fetched_whole.emit(exhibit_id, frame.pts_s, image)
                else:
                    save_png(image, order.path, self._path, frame.pts_s)
                    self.saved.emit(exhibit_id, frame.pts_s, str(order.path))


class FrameFetcher(QObject):
    """Asks for frames from the main thread. Only the newest wish counts; steps that wait add up."""

    fetched = Signal(float, QImage)
    """Presentation time in seconds, and the picture."""
    fetched_next = Signal(float, QImage)
    """The same, for a frame that ``fetch_next`` asked for."""
    fetched_whole = Signal(float, QImage)
    """The same, in the frame's own size, for ``fetch_whole``."""
    saved = Signal(float, str)
    """Presentation time in seconds of a frame that was saved, and the path of its file."""
    failed = Signal(str)
    """The exhibit cannot be shown any further."""
    refused = Signal(str)
    """A whole frame cannot be had or saved; all else goes on."""

    _ordered = Signal(int, object)

    def __init__(self, parent: QObject | None = None, *, open_frames: OpenFrames = open_frames) -> None:
        super().__init__(parent)
        self._exhibit_id = 0
        self._is_busy = False
        self._opening: _Open | None = None
        self._wish: _Wish | None = None
        self._errands: deque[_Whole] = deque()
        self._thread = QThread()
        self._thread.setObjectName("player")
        self._worker = _PlayerWorker(open_frames)
        self._worker.moveToThread(self._thread)
        self._ordered.connect(self._worker.carry_out)
        self._worker.fetched.connect(self._on_fetched)
        self._worker.fetched_next.connect(self._on_fetched_next)
        self._worker.fetched_whole.connect(self._on_fetched_whole)
        self._worker.saved.connect(self._on_saved)
        self._worker.failed.connect(self._on_failed)
        self._worker.refused.connect(self._on_refused)
        self._worker.done.connect(self._on_done)
        self._thread.finished.connect(self._worker.close)
        self._thread.start()

    def open(self, path: Path | None) -> None:
        """Show another exhibit (or none) from its start; frames of the one before no longer arrive."""
        self._exhibit_id += 1
        self._opening = _Open(path)
        self._wish = None if path is None else _Seek(0.0)
        self._errands.clear()
        self._send_next()

    def seek(self, pts_s: float) -> None:
        """Fetch the frame that is shown at ``pts_s``."""
        self._wish = _Seek(pts_s)
        self._send_next()

    def step(self, frames: int) -> None:
        """Fetch the frame so many frames later (or earlier, if negative)."""
        match self._wish:
            case _Seek(pts_s=pts_s, frames=before):
                self._wish = _Seek(pts_s, before + frames)
            case _Step(frames=before):
                self._wish = _Step(before + frames)
            case _:
                self._wish = _Step(frames)
        self._send_next()

    def fetch_next(self) -> None:
        """Fetch the next frame for playing; nothing, where something else is wished for already."""
        if self._wish is None:
            self._wish = _Next()
            self._send_next()

    def fetch_whole(self, pts_s: float) -> None:
        """Fetch the frame that is shown at ``pts_s`` in its own size. The frame that is stepped from stays."""
        self._run_errand(_Whole(pts_s, None))

    def save(self, pts_s: float, path: Path) -> None:
        """Save the frame that is shown at ``pts_s`` in its own size as PNG."""
        self._run_errand(_Whole(pts_s, path))

    def shutdown(self) -> None:
        """Close the file and join the thread; may be called twice."""
        self._opening = self._wish = None
        self._errands.clear()
        self._thread.quit()
        self._thread.wait()

    def _run_errand(self, errand: _Whole) -> None:
        self._errands.append(errand)
        self._send_next()

    def _send_next(self) -> None:
        if self._is_busy:
            return
        order: _Order | None = None
        if self._opening is not None:
            order, self._opening = self._opening, None
        elif self._wish is not None:
            order, self._wish = self._wish, None
        elif self._errands:
            order = self._errands.popleft()
        if order is not None:
            self._is_busy = True
            self._ordered.emit(self._exhibit_id, order)

    @Slot(int, float, QImage)
    def _on_fetched(self, exhibit_id: int, pts_s: float, image: QImage) -> None:
        if exhibit_id == self._exhibit_id:
            self.fetched.emit(pts_s, image)

    @Slot(int, float, QImage)
    def _on_fetched_next(self, exhibit_id: int, pts_s: float, image: QImage) -> None:
        if exhibit_id == self._exhibit_id:
            self.fetched_next.emit(pts_s, image)

    @Slot(int, float, QImage)
    def _on_fetched_whole(self, exhibit_id: int, pts_s: float, image: QImage) -> None:
        if exhibit_id == self._exhibit_id:
            self.fetched_whole.emit(pts_s, image)

    @Slot(int, float, str)
    def _on_saved(self, exhibit_id: int, pts_s: float, path: str) -> None:
        if exhibit_id == self._exhibit_id:
            self.saved.emit(pts_s, path)

    @Slot(int, str)
    def _on_refused(self, exhibit_id: int, sentence: str) -> None:
        if exhibit_id == self._exhibit_id:
            self.refused.emit(sentence)

    @Slot(int, str)
    def _on_failed(self, exhibit_id: int, sentence: str) -> None:
        if exhibit_id == self._exhibit_id:
            self.failed.emit(sentence)

    @Slot()
    def _on_done(self) -> None:
        self._is_busy = False
        self._send_next()
