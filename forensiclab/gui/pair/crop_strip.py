"""A row of crops, as many as there is room for, evenly spread over what there is."""

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from forensiclab.analysis.events import ContactCrop
from forensiclab.core.notation import time_text
from forensiclab.gui.widgets.images import to_image
from forensiclab.gui.widgets.style import quiet_color

_SIDE_PX = 84
_GAP_PX = 4


class CropStrip(QWidget):
    """Shows crops with their times. Looks only; nothing can be clicked."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._crops: Sequence[ContactCrop] = ()
        self._images: dict[int, QImage] = {}
        """By the place among the crops."""
        self.setFixedHeight(_SIDE_PX + self.fontMetrics().height() + 4)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Crops"))

    def set_crops(self, crops: Sequence[ContactCrop]) -> None:
        """Show these crops, in the order of their times."""
        self._crops = sorted(crops, key=lambda crop: crop.crop.pts_s)
        self._images = {}
        self.setAccessibleDescription(self.tr("{0} crops").format(len(crops)))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(4 * (_SIDE_PX + _GAP_PX), self.height())

    def minimumSizeHint(self) -> QSize:
        return QSize(2 * (_SIDE_PX + _GAP_PX), self.height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setPen(quiet_color(self.palette()))
        if not self._crops:
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.tr("No crop has been scored."))
        room = max(self.width() // (_SIDE_PX + _GAP_PX), 1)
        for column, place in enumerate(_spread(len(self._crops), room)):
            crop = self._crops[place].crop
            if place not in self._images:
                self._images[place] = to_image(crop.picture)
            left = column * (_SIDE_PX + _GAP_PX)
            painter.drawImage(QRect(left, 0, _SIDE_PX, _SIDE_PX), self._images[place])
            below = QRect(left, _SIDE_PX, _SIDE_PX, self.height() - _SIDE_PX)
            painter.drawText(below, Qt.AlignmentFlag.AlignCenter, time_text(crop.pts_s))
        painter.end()


def _spread(count: int, room: int) -> list[int]:
    """Return at most ``room`` of ``count`` places, evenly spread, first and last among them."""
    if count <= room:
        return list(range(count))
    if room == 1:
        return [count // 2]
    return [round(i * (count - 1) / (room - 1)) for i in range(room)]
