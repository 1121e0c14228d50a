"""Fetches frames on a thread of its own, so that neither drawing nor the analysis waits for the decoder."""

from collections import deque
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from forensiclab.gui.player.frame_file import save_png
from forensiclab.gui.widgets.images import to_image
from forensiclab.gui.work.frames import Frames, OpenFrames, open_frames
from forensiclab.gui.work.thread import Failure, WorkerThread


@dataclass(frozen=True, slots=True)
class _Open:
    path: Path | None
    """None = close what is open."""


@dataclass(frozen=True, slots=True)
class _Seek:
    pts_s: float
    frames: int = 0
    """Frames on from there, or back."""


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


_Wanted = _Seek | _Step | _Next
_Command = _Open | _Wanted | _Whole


@dataclass(frozen=True, slots=True, eq=False)
class _Fetched:
    pts_s: float
    image: QImage


class _Decoder:
    """Used on the player's thread alone; owns the open file."""

    def __init__(self, open_frames: OpenFrames) -> None:
        self._open_frames = open_frames
        self._frames: Frames | None = None
        self._path: Path | None = None

    def close(self) -> None:
        """Release the open file."""
        if self._frames is not None:
            self._frames.close()
            self._frames = None

    def run(self, command: _Command) -> _Fetched | None:
        """Do one command; None where there is nothing to show."""
        if isinstance(command, _Open):
            self.close()
            self._path = command.path
            if command.path is not None:
                self._frames = self._open_frames(command.path)
            return None
        if self._frames is None or self._path is None:
            return None
        match command:
            case _Seek():
                frame = self._frames.frame_at(command.pts_s)
                if command.frames:
                    frame = self._frames.step(command.frames)
            case _Step():
                frame = self._frames.step(command.frames)
            case _Next():
                frame = self._frames.step(1)
            case _Whole():
                frame = self._frames.whole_at(command.pts_s)
        fetched = _Fetched(frame.pts_s, to_image(frame.rgb))
        if isinstance(command, _Whole) and command.path is not None:
            save_png(fetched.image, command.path, self._path, frame.pts_s)
        return fetched


class FrameFetcher(QObject):
    """Asks for frames from the main thread. Only the newest request counts; steps that wait add up."""

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

    def __init__(self, parent: QObject | None = None, *, open_frames: OpenFrames = open_frames) -> None:
        super().__init__(parent)
        self._exhibit_id = 0
        self._is_busy = False
        self._opening: _Open | None = None
        self._wanted: _Wanted | None = None
        self._whole: deque[_Whole] = deque()
        self._decoder = _Decoder(open_frames)
        self._thread = WorkerThread("player", self, at_end=self._decoder.close)

    def open(self, path: Path | None) -> None:
        """Show another exhibit (or none) from its start; frames of the one before no longer arrive."""
        self._exhibit_id += 1
        self._opening = _Open(path)
        self._wanted = None if path is None else _Seek(0.0)
        self._whole.clear()
        self._send_next()

    def seek(self, pts_s: float) -> None:
        """Fetch the frame that is shown at ``pts_s``."""
        self._wanted = _Seek(pts_s)
        self._send_next()

    def step(self, frames: int) -> None:
        """Fetch the frame a number of frames later (earlier, if negative)."""
        match self._wanted:
            case _Seek(pts_s=pts_s, frames=before):
                self._wanted = _Seek(pts_s, before + frames)
            case _Step(frames=before):
                self._wanted = _Step(before + frames)
            case _:
                self._wanted = _Step(frames)
        self._send_next()

    def fetch_next(self) -> None:
        """Fetch the next frame for playing; nothing, where something else is wanted already."""
        if self._wanted is None:
            self._wanted = _Next()
            self._send_next()

    def fetch_whole(self, pts_s: float) -> None:
        """Fetch the frame that is shown at ``pts_s`` in its own size. The frame that is stepped from stays."""
        self._add_whole(_Whole(pts_s, None))

    def save(self, pts_s: float, path: Path) -> None:
        """Save the frame that is shown at ``pts_s`` in its own size as PNG."""
        self._add_whole(_Whole(pts_s, path))

    def shutdown(self) -> None:
        """Close the file and join the thread; may be called twice."""
        self._opening = self._wanted = None
        self._whole.clear()
        self._thread.shutdown()

    def _add_whole(self, whole: _Whole) -> None:
        self._whole.append(whole)
        self._send_next()

    def _send_next(self) -> None:
        if self._is_busy:
            return
        command: _Command | None = None
        if self._opening is not None:
            command, self._opening = self._opening, None
        elif self._wanted is not None:
            command, self._wanted = self._wanted, None
        elif self._whole:
            command = self._whole.popleft()
        if command is not None:
            self._is_busy = True
            self._thread.post(
                partial(self._decoder.run, command),
                partial(self._on_done, self._exhibit_id, command),
                self.tr("The exhibit cannot be shown because of an unexpected error."),
            )

    def _on_done(self, exhibit_id: int, command: _Command, result: _Fetched | Failure | None) -> None:
        if exhibit_id == self._exhibit_id and result is not None:
            self._pass_on(command, result)
        self._is_busy = False
        self._send_next()

    def _pass_on(self, command: _Command, result: _Fetched | Failure) -> None:
        if isinstance(result, Failure):
            (self.refused if isinstance(command, _Whole) else self.failed).emit(result.sentence)
            return
        match command:
            case _Whole(path=None):
                self.fetched_whole.emit(result.pts_s, result.image)
            case _Whole(path=path):
                self.saved.emit(result.pts_s, str(path))
            case _Next():
                self.fetched_next.emit(result.pts_s, result.image)
            case _:
                self.fetched.emit(result.pts_s, result.image)
