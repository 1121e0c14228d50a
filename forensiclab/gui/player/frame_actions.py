"""What is done with single frames in their own size: copied, saved, shown enlarged."""

from collections import deque
from enum import Enum, auto
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog, QWidget

from forensiclab.core.notation import time_text
from forensiclab.gui.player.frame_fetcher import FrameFetcher
from forensiclab.gui.player.frame_file import proposed_name


class _Purpose(Enum):
    """What a whole frame was asked for."""

    COPY = auto()
    SAVE = auto()
    DETAIL = auto()


class FrameActions(QObject):
    """Sends the player's fetcher for whole frames, and knows what each of them was for."""

    detail_fetched = Signal(float, QImage)
    """The time that was asked for in seconds, and the frame there in its own size."""
    refused = Signal(str)
    """What was asked for cannot be done, as a sentence."""
    noticed = Signal(str)
    """What was done, as a sentence."""

    def __init__(self, fetcher: FrameFetcher, parent: QWidget) -> None:
        super().__init__(parent)
        self._window = parent
        self._fetcher = fetcher
        self._detail_s = 0.0
        self._asked: deque[_Purpose] = deque()
        """In the order in which the fetcher answers."""
        self._folder: Path | None = None
        """Where the last frame was saved."""
        fetcher.fetched_whole.connect(self._on_fetched_whole)
        fetcher.saved.connect(self._on_saved)
        fetcher.refused.connect(self._on_refused)

    def forget(self) -> None:
        """Forget what was asked for: another exhibit is opened."""
        self._asked.clear()

    def copy(self, pts_s: float) -> None:
        """Put the frame at a time on the clipboard."""
        self._asked.append(_Purpose.COPY)
        self._fetcher.fetch_whole(pts_s)

    def fetch_detail(self, pts_s: float) -> None:
        """Fetch the frame at a time for showing it enlarged; one at a time."""
        if _Purpose.DETAIL not in self._asked:
            self._detail_s = pts_s
            self._asked.append(_Purpose.DETAIL)
            self._fetcher.fetch_whole(pts_s)

    def ask_where(self, evidence: Path, pts_s: float) -> Path | None:
        """Ask for the file of a frame's picture; None = nowhere."""
        proposed = (self._folder or evidence.parent) / proposed_name(evidence, pts_s)
        name, _ = QFileDialog.getSaveFileName(
            self._window, self.tr("Save the frame"), str(proposed), self.tr("PNG picture (*.png)")
        )
        if not name:
            return None
        path = Path(name)
        if path.suffix.lower() != ".png":
            path = path.with_name(f"{path.name}.png")
            if path.exists():  # of this name the dialog did not know
                self.refused.emit(self.tr("'{0}' already exists; choose another name for the picture.").format(path))
                return None
        self._folder = path.parent
        return path

    def save(self, pts_s: float, path: Path) -> None:
        """Save the frame at a time as PNG."""
        self._asked.append(_Purpose.SAVE)
        self._fetcher.save(pts_s, path)

    @Slot(float, QImage)
    def _on_fetched_whole(self, pts_s: float, image: QImage) -> None:
        if self._asked.popleft() is _Purpose.DETAIL:
            self.detail_fetched.emit(self._detail_s, image)
            return
        QGuiApplication.clipboard().setImage(image)
        text = self.tr("The frame at {0} is on the clipboard ({1} × {2} pixels).")
        self.noticed.emit(text.format(time_text(pts_s), image.width(), image.height()))

    @Slot(float, str)
    def _on_saved(self, pts_s: float, path: str) -> None:
        self._asked.popleft()
        self.noticed.emit(self.tr("The frame at {0} is saved: '{1}'.").format(time_text(pts_s), path))

    @Slot(str)
    def _on_refused(self, sentence: str) -> None:
        self._asked.popleft()
        self.refused.emit(sentence)
