"""Fetches frames on a thread of its own, so that neither drawing nor the analysis waits for the decoder."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject, QThread, Signal, Slot
from PySide6.QtGui import QImage

from forensiclab.core.errors import ForensicLabError
from forensiclab.core.records import Picture
from forensiclab.media.player import FrameServer


class ShownFrame(Protocol):
    """A frame as the player gets it."""

    @property
    def pts_s(self) -> float: ...
    @property
    def rgb(self) -> Picture: ...


class Frames(Protocol):
    """Where the frames come from: ``media.player.FrameServer``, or a test's own."""

    def frame_at(self, pts_s: float) -> ShownFrame: ...
    def step(self, frames: int) -> ShownFrame: ...
    def close(self) -> None: ...


OpenFrames = Callable[[Path], Frames]

MAX_SIDE_PX = 1920
"""Longer pictures are reduced to this before they are drawn."""


def open_frames(path: Path) -> Frames:
    """Open a file for showing.

    Raises:
        MediaError: It cannot be read.
    """
    return FrameServer(path, max_side_px=MAX_SIDE_PX)


@dataclass(frozen=True, slots=True)
class _Open:
    path: Path | None
    """None = close what is open."""


@dataclass(frozen=True, slots=True)
class _Seek:
    pts_s: float


@dataclass(frozen=True, slots=True)
class _Step:
    frames: int


_Order = _Open | _Seek | _Step


class _PlayerWorker(QObject):
    """Lives on the player's thread and owns the open file."""

    fetched = Signal(int, float, QImage)
    failed = Signal(int, str)
    done = Signal()

    def __init__(self, open_frames: OpenFrames) -> None:
        super().__init__()
        self._open_frames = open_frames
        self._frames: Frames | None = None

    @Slot(int, object)
    def carry_out(self, exhibit_id: int, order: _Order) -> None:
        """Do one order; whatever happens, ``done`` is emitted once."""
        try:
            frame = self._fetch(order)
            if frame is not None:
                self.fetched.emit(exhibit_id, frame.pts_s, to_image(frame.rgb))
        except ForensicLabError as error:
            self.failed.emit(exhibit_id, str(error))
        finally:
            self.done.emit()

    @Slot()
    def close(self) -> None:
        """Release the open file."""
        if self._frames is not None:
            self._frames.close()
            self._frames = None

    def _fetch(self, order: _Order) -> ShownFrame | None:
        if isinstance(order, _Open):
            self.close()
            if order.path is not None:
                self._frames = self._open_frames(order.path)
            return None
        if self._frames is None:
            return None
        if isinstance(order, _Seek):
            return self._frames.frame_at(order.pts_s)
        return self._frames.step(order.frames)


class FrameFetcher(QObject):
    """Asks for frames from the main thread. Only the newest wish counts; steps that wait add up."""

    fetched = Signal(float, QImage)
    """Presentation time in seconds, and the picture."""
    failed = Signal(str)

    _ordered = Signal(int, object)

    def __init__(self, parent: QObject | None = None, *, open_frames: OpenFrames = open_frames) -> None:
        super().__init__(parent)
        self._exhibit_id = 0
        self._is_busy = False
        self._opening: _Open | None = None
        self._wish: _Seek | _Step | None = None
        self._thread = QThread()
        self._thread.setObjectName("player")
        self._worker = _PlayerWorker(open_frames)
        self._worker.moveToThread(self._thread)
        self._ordered.connect(self._worker.carry_out)
        self._worker.fetched.connect(self._on_fetched)
        self._worker.failed.connect(self._on_failed)
        self._worker.done.connect(self._on_done)
        self._thread.finished.connect(self._worker.close)
        self._thread.start()

    def open(self, path: Path | None) -> None:
        """Show another exhibit (or none) from its start; frames of the one before no longer arrive."""
        self._exhibit_id += 1
        self._opening = _Open(path)
        self._wish = None if path is None else _Seek(0.0)
        self._send_next()

    def seek(self, pts_s: float) -> None:
        """Fetch the frame that is shown at ``pts_s``."""
        self._wish = _Seek(pts_s)
        self._send_next()

    def step(self, frames: int) -> None:
        """Fetch the frame so many frames later (or earlier, if negative)."""
        if isinstance(self._wish, _Step):
            frames += self._wish.frames
        elif isinstance(self._wish, _Seek):
            return  # a step from a frame that is not here yet has no meaning
        self._wish = _Step(frames) if frames else None
        self._send_next()

    def shutdown(self) -> None:
        """Close the file and join the thread; may be called twice."""
        self._opening = self._wish = None
        self._thread.quit()
        self._thread.wait()

    def _send_next(self) -> None:
        if self._is_busy:
            return
        order: _Order | None = self._opening or self._wish
        if self._opening is not None:
            self._opening = None
        else:
            self._wish = None
        if order is not None:
            self._is_busy = True
            self._ordered.emit(self._exhibit_id, order)

    @Slot(int, float, QImage)
    def _on_fetched(self, exhibit_id: int, pts_s: float, image: QImage) -> None:
        if exhibit_id == self._exhibit_id:
            self.fetched.emit(pts_s, image)

    @Slot(int, str)
    def _on_failed(self, exhibit_id: int, sentence: str) -> None:
        if exhibit_id == self._exhibit_id:
            self.failed.emit(sentence)

    @Slot()
    def _on_done(self) -> None:
        self._is_busy = False
        self._send_next()


def to_image(picture: Picture) -> QImage:
    """Copy a picture of shape (H, W, 3) into a ``QImage`` of its own memory."""
    height, width = picture.shape[:2]
    packed = picture if picture.flags.c_contiguous else picture.copy()
    return QImage(packed.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()
