"""The crops of the selected track: what the detector was given, and where it looked."""

import numpy as np
from PySide6.QtCore import QModelIndex, QSignalBlocker, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QListView,
    QSizePolicy,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from forensiclab.analysis.attention import COLORMAPS, colored
from forensiclab.gui.crop_model import THUMBNAIL_PX, CropModel
from forensiclab.gui.player_worker import to_image
from forensiclab.gui.session import Session
from forensiclab.gui.symbols import verdict_pixmap
from forensiclab.gui.wording import track_text, verdict_text


class Crops(QWidget):
    """Crops of one track with heatmaps of one detector. Click to seek."""

    seek_requested = Signal(float)
    track_chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session: Session | None = None
        self._track_id: int | None = None
        self.model = CropModel()
        self.track_box = QComboBox()
        self.track_box.setAccessibleName(self.tr("Track"))
        self.detector_box = QComboBox()
        self.detector_box.setAccessibleName(self.tr("Detector whose attention map is shown"))
        for box in (self.track_box, self.detector_box):
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumContentsLength(12)
        self.opacity = QSlider(Qt.Orientation.Horizontal)
        self.opacity.setRange(0, 100)
        self.opacity.setValue(50)
        self.opacity.setAccessibleName(self.tr("Opacity of the attention map, per cent"))
        self.opacity_label = QLabel("50 %")
        self.opacity_label.setMinimumWidth(self.opacity_label.fontMetrics().horizontalAdvance("100 %"))
        self.colormap_box = QComboBox()
        self.colormap_box.setAccessibleName(self.tr("Colours of the attention map"))
        self.colormap_box.addItems(COLORMAPS)
        self.legend = _ColormapBar()
        self.view = _CropView()
        self.view.setModel(self.model)
        note = QLabel(self.tr("Where the detector looked; not evidence of forgery."))
        note.setWordWrap(True)
        note.setObjectName("quiet")

        heading = QLabel(self.tr("Crops"))
        heading.setObjectName("heading")
        choice = QHBoxLayout()
        choice.addWidget(heading)
        choice.addWidget(self.track_box, 1)
        choice.addWidget(self.detector_box, 1)
        legend = QHBoxLayout()
        legend.setSpacing(6)
        legend.addWidget(QLabel(self.tr("little")))
        legend.addWidget(self.legend, 1)
        legend.addWidget(QLabel(self.tr("much")))
        legend.addWidget(self.colormap_box)
        settings = QGridLayout()
        settings.setHorizontalSpacing(8)
        settings.setVerticalSpacing(2)
        settings.addWidget(QLabel(self.tr("Heatmap")), 0, 0)
        settings.addWidget(self.opacity, 0, 1)
        settings.addWidget(self.opacity_label, 0, 2)
        settings.addWidget(QLabel(self.tr("Attention")), 1, 0)
        settings.addLayout(legend, 1, 1, 1, 2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 4, 8, 4)
        layout.setSpacing(4)
        layout.addLayout(choice)
        layout.addWidget(self.view, 1)
        layout.addLayout(settings)
        layout.addWidget(note)

        self.track_box.activated.connect(self._on_track_activated)
        self.detector_box.currentIndexChanged.connect(self._on_detector_changed)
        self.opacity.valueChanged.connect(self._on_heatmap_changed)
        self.colormap_box.currentIndexChanged.connect(self._on_heatmap_changed)
        self.view.clicked.connect(self._on_crop_chosen)
        self.view.activated.connect(self._on_crop_chosen)

    def set_session(self, session: Session | None) -> None:
        """Show another session, or none."""
        self._session = session
        self._track_id = None
        self.track_box.clear()
        self.detector_box.clear()
        self.refresh()

    def select_track(self, track_id: int | None) -> None:
        """Show the crops of this track."""
        self._track_id = track_id
        self.refresh()

    def refresh(self) -> None:
        """Show what has come in since the last time."""
        session = self._session
        tracks = session.tracks if session else {}
        with QSignalBlocker(self.track_box), QSignalBlocker(self.detector_box):
            for name in session.detectors if session else ():
                if self.detector_box.findText(name) < 0:
                    self.detector_box.addItem(name)
            if [self.track_box.itemData(i) for i in range(self.track_box.count())] != list(tracks):
                self.track_box.clear()
                for track_id in tracks:
                    self.track_box.addItem(track_text(track_id), track_id)
            for i, track in enumerate(tracks.values()):
                # The shape says the verdict where there is little room; the words are one hover or screen reader away.
                self.track_box.setItemIcon(
                    i, verdict_pixmap(track.verdict, self.palette(), 14, self.devicePixelRatioF())
                )
                said = f"{track_text(track.track_id)}: {verdict_text(track.verdict)}"
                for role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
                    self.track_box.setItemData(i, said, role)
            self.track_box.setCurrentIndex(self.track_box.findData(self._track_id))
        self.track_box.setEnabled(self.track_box.count() > 0)
        self.detector_box.setEnabled(self.detector_box.count() > 0)
        chosen = tracks.get(self._track_id) if self._track_id is not None else None
        self.model.show(chosen.crops if chosen else [], self.detector_box.currentText())
        self.view.set_empty_text(
            self.tr("No crop of this track has been scored yet.") if chosen else self.tr("No face has been found yet.")
        )

    @Slot(int)
    def _on_track_activated(self, index: int) -> None:
        self.track_chosen.emit(self.track_box.itemData(index))

    @Slot(int)
    def _on_detector_changed(self, _index: int) -> None:
        self.refresh()

    @Slot(int)
    def _on_heatmap_changed(self, _value: int) -> None:
        percent, colormap = self.opacity.value(), self.colormap_box.currentText()
        self.opacity_label.setText(f"{percent} %")
        self.legend.show_colormap(colormap)
        self.model.set_heatmap(percent / 100, colormap)

    @Slot(QModelIndex)
    def _on_crop_chosen(self, index: QModelIndex) -> None:
        self.seek_requested.emit(self.model.crop_at(index).crop.pts_s)


class _CropView(QListView):
    """A grid of crops that fills the width, and says so when there is none."""

    def __init__(self) -> None:
        super().__init__()
        self._empty_text = ""
        self.setAccessibleName(self.tr("Crops of the track, with attention maps"))
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setIconSize(QSize(THUMBNAIL_PX, THUMBNAIL_PX))
        self.setGridSize(QSize(THUMBNAIL_PX + 10, THUMBNAIL_PX + 2 * self.fontMetrics().height() + 14))
        self.setMinimumHeight(150)

    def set_empty_text(self, text: str) -> None:
        """What to say while there is no crop."""
        self._empty_text = text
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space:
            event.ignore()  # the space bar plays, wherever the focus is
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.model().rowCount() == 0:
            painter = QPainter(self.viewport())
            painter.setPen(self.palette().placeholderText().color())
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.viewport().rect().adjusted(12, 12, -12, -12), flags, self._empty_text)
            painter.end()


class _ColormapBar(QWidget):
    """The colours of the attention map, from little to much, with a step a pixel."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(10)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Colours of the attention map, from little to much attention"))
        self.show_colormap(COLORMAPS[0])

    def show_colormap(self, colormap: str) -> None:
        """Show the colours of one of ``COLORMAPS``."""
        ramp = np.linspace(0, 1, 256, dtype=np.float32)[None]
        self._colors = QPixmap.fromImage(to_image(colored(ramp, colormap)))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.drawPixmap(self.rect(), self._colors)
        painter.setPen(self.palette().mid().color())
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()
