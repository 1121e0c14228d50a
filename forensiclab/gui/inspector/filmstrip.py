"""The crops of a track as a strip of film: one row by time, the one that is looked at marked."""

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QListView, QWidget

from forensiclab.analysis.events import ContactCrop
from forensiclab.gui.inspector.crop_model import CropModel

_THUMBNAIL_PX = 56


class Filmstrip(QListView):
    """One picture per crop, with the raw score of the chosen detector and the time. Picking one asks for its time."""

    picked = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.crops = CropModel(_THUMBNAIL_PX)
        self.crops.set_heatmap(0.0, "inferno")
        self._is_following = False
        """While the strip follows the player, a new current crop was not chosen by anybody."""
        self.setModel(self.crops)
        self.setAccessibleName(self.tr("Crops of the track, by time"))
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(False)
        self.setMovement(QListView.Movement.Static)
        self.setUniformItemSizes(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)  # or the height would jump
        font = self.font()
        font.setPointSizeF(font.pointSizeF() * 0.88)
        self.setFont(font)
        metrics = self.fontMetrics()
        self.setIconSize(QSize(_THUMBNAIL_PX, _THUMBNAIL_PX))
        width = max(_THUMBNAIL_PX, metrics.horizontalAdvance("0:00.000")) + 10
        self.setGridSize(QSize(width, _THUMBNAIL_PX + 2 * metrics.height() + 8))
        self.setFixedHeight(self.gridSize().height() + self.horizontalScrollBar().sizeHint().height() + 2)
        self.selectionModel().currentChanged.connect(self._on_current_changed)
        self.clicked.connect(self._on_clicked)

    def show_crops(self, crops: Sequence[ContactCrop], detector: str) -> None:
        """Show these crops with the scores of ``detector``."""
        self.crops.show(list(crops), detector)

    def follow(self, pts_s: float) -> ContactCrop | None:
        """Mark the crop that is nearest to a time, and return it; None where there is no crop."""
        rows = range(self.crops.rowCount())
        nearest = min(rows, key=lambda row: abs(self._crop(row).crop.pts_s - pts_s), default=None)
        if nearest is None:
            return None
        if nearest != self.currentIndex().row():
            self._is_following = True
            self.setCurrentIndex(self.crops.index(nearest))
            self.scrollTo(self.currentIndex(), QListView.ScrollHint.PositionAtCenter)
            self._is_following = False
        return self._crop(nearest)

    def _crop(self, row: int) -> ContactCrop:
        return self.crops.crop_at(self.crops.index(row))

    @Slot(QModelIndex, QModelIndex)
    def _on_current_changed(self, current: QModelIndex, _before: QModelIndex) -> None:
        if current.isValid() and not self._is_following:
            self.picked.emit(self.crops.crop_at(current).crop.pts_s)

    @Slot(QModelIndex)
    def _on_clicked(self, index: QModelIndex) -> None:
        # Also where it is the current one already: the player may stand beside it.
        self.picked.emit(self.crops.crop_at(index).crop.pts_s)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space:
            event.ignore()  # the space bar plays, wherever the focus is
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.scrollTo(self.currentIndex(), QListView.ScrollHint.PositionAtCenter)
