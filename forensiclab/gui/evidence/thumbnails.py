"""A small picture of every exhibit, for the list."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QSize, Qt, Signal, Slot
from PySide6.QtGui import QImage

from forensiclab.analysis.events import Event, ExhibitOpened
from forensiclab.gui.state.evidence import Evidence
from forensiclab.gui.widgets.images import to_image
from forensiclab.gui.work.frames import Frames, OpenFrames
from forensiclab.gui.work.task_runner import TaskRunner
from forensiclab.media.player import FrameServer

SIDE_PX = 192
"""Longer side: sharp on a screen of twice the pixels."""

_PLACE = 0.1
"""Share of the duration at which the picture is taken: the very first frame is often black."""


def open_small(path: Path) -> Frames:
    """Open a file for its thumbnail.

    Raises:
        MediaError: It cannot be read.
    """
    return FrameServer(path, max_side_px=SIDE_PX)


def take_thumbnail(path: Path, pts_s: float, open_frames: OpenFrames) -> QImage:
    """Return the frame at a time, reduced; runs on a worker thread.

    Raises:
        MediaError: The file cannot be read.
    """
    frames = open_frames(path)
    try:
        image = to_image(frames.frame_at(pts_s).rgb)
    finally:
        frames.close()
    if max(image.width(), image.height()) <= SIDE_PX:
        return image
    keep = Qt.AspectRatioMode.KeepAspectRatio
    return image.scaled(QSize(SIDE_PX, SIDE_PX), keep, Qt.TransformationMode.SmoothTransformation)


class Thumbnails(QObject):
    """Takes a thumbnail of every exhibit that could be opened, once."""

    changed = Signal(int)
    """Id of an exhibit whose thumbnail is there now."""

    def __init__(self, evidence: Evidence, tasks: TaskRunner, open_frames: OpenFrames = open_small) -> None:
        super().__init__(evidence)
        self._evidence = evidence
        self._tasks = tasks
        self._open_frames = open_frames
        self._images: dict[int, QImage] = {}
        self._asked: set[int] = set()
        """Ids of the exhibits whose thumbnails are there, or are being taken."""
        evidence.fed.connect(self._on_fed)

    def image(self, exhibit_id: int) -> QImage | None:
        """Return the thumbnail of an exhibit, None while there is none."""
        return self._images.get(exhibit_id)

    @Slot(int, object)
    def _on_fed(self, exhibit_id: int, event: Event) -> None:
        if not isinstance(event, ExhibitOpened) or exhibit_id in self._asked:
            return
        self._asked.add(exhibit_id)
        pts_s = 0.0 if event.stream.is_image else (event.stream.duration_s or 0.0) * _PLACE
        sentence = self.tr("No thumbnail could be made because of an unexpected error.")
        # Without a picture the list shows a symbol; what is wrong with the file is said by its analysis.
        self._tasks.submit(
            self,
            partial(take_thumbnail, event.exhibit.path, pts_s, self._open_frames),
            done=partial(self._show, exhibit_id),
            failed=lambda _: self._asked.discard(exhibit_id),
            unexpected=sentence,
        )

    def _show(self, exhibit_id: int, image: QImage) -> None:
        self._images[exhibit_id] = image
        self.changed.emit(exhibit_id)
