"""A crop and the attention map of one detector, laid over it or beside it."""

import numpy as np
from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QRadioButton,
    QSizePolicy,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from forensiclab.analysis.attention import COLORMAPS, colored, overlay
from forensiclab.core.notation import score_text
from forensiclab.gui.inspector.shown_crop import InspectorView, ShownCrop, attention_on
from forensiclab.gui.widgets.crop_pane import CropPane
from forensiclab.gui.widgets.images import to_image
from forensiclab.gui.widgets.label import Label, tool_tip


class AttentionView(InspectorView):
    """Crop, map, opacity, colours with their legend. Needs no engine: the analysis has made the maps."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: ShownCrop | None = None
        self.plain = CropPane(self.tr("Crop"))
        self.covered = CropPane("")
        self.overlaid = QRadioButton(self.tr("&Overlaid"))
        self.beside = QRadioButton(self.tr("&Side by side"))
        self.overlaid.setChecked(True)
        self._layouts = QButtonGroup(self)
        for button in (self.overlaid, self.beside):
            self._layouts.addButton(button)
        self.opacity = QSlider(Qt.Orientation.Horizontal)
        self.opacity.setRange(0, 100)
        self.opacity.setValue(50)
        self.opacity.setPageStep(10)
        self.opacity.setAccessibleName(self.tr("Opacity of the attention map in per cent"))
        self.opacity.setToolTip(self.tr("How much of the map covers the crop: 0 % shows the crop alone"))
        self.opacity_label = Label("50 %")
        self.opacity_label.setMinimumWidth(self.opacity_label.fontMetrics().horizontalAdvance("100 % "))
        self.colormap_box = QComboBox()
        self.colormap_box.setAccessibleName(self.tr("Colours of the attention map"))
        self.colormap_box.setToolTip(
            self.tr(
                "All three are perceptually uniform: equal steps of attention look equally large, even printed in grey"
            )
        )
        self.colormap_box.addItems(COLORMAPS)
        self.legend = _ColormapBar()
        self.facts = Label()
        self.facts.setWordWrap(True)
        self.note = Label(self.tr("Where the detector looked; not evidence of forgery."))
        self.note.setWordWrap(True)
        self._lay_out()
        self.overlaid.toggled.connect(self._on_changed)
        self.opacity.valueChanged.connect(self._on_changed)
        self.colormap_box.currentIndexChanged.connect(self._on_changed)
        self._draw()

    def set_colormap(self, name: str) -> None:
        """Draw the map in one of ``COLORMAPS``; another name changes nothing."""
        self.colormap_box.setCurrentText(name)

    def show_crop(self, shown: ShownCrop | None) -> None:
        """Show another crop, or none."""
        self._shown = shown
        self._draw()

    def _lay_out(self) -> None:
        panes = QHBoxLayout()
        panes.setSpacing(8)
        panes.addWidget(self.plain, 1)
        panes.addWidget(self.covered, 1)
        modes = QHBoxLayout()
        modes.setSpacing(12)
        modes.addWidget(self.overlaid)
        modes.addWidget(self.beside)
        modes.addStretch(1)
        modes.addWidget(self.colormap_box)
        legend = QHBoxLayout()
        legend.setSpacing(6)
        legend.addWidget(Label(self.tr("0 low")))
        legend.addWidget(self.legend, 1)
        legend.addWidget(Label(self.tr("1 high")))
        settings = QGridLayout()
        settings.setHorizontalSpacing(8)
        settings.setVerticalSpacing(3)
        opacity = Label(self.tr("Opac&ity"))
        opacity.setBuddy(self.opacity)
        settings.addWidget(opacity, 0, 0)
        settings.addWidget(self.opacity, 0, 1)
        settings.addWidget(self.opacity_label, 0, 2)
        settings.addWidget(Label(self.tr("Attention")), 1, 0)
        settings.addLayout(legend, 1, 1, 1, 2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 6, 8, 6)
        layout.setSpacing(5)
        layout.addLayout(panes, 100)
        layout.addWidget(self.facts)
        layout.addLayout(modes)
        layout.addLayout(settings)
        layout.addWidget(self.note)
        layout.addStretch(1)

    def _draw(self) -> None:
        shown = self._shown
        percent, colormap = self.opacity.value(), self.colormap_box.currentText()
        self.opacity_label.setText(f"{percent} %")
        self.legend.show_colormap(colormap)
        self.plain.setVisible(self.beside.isChecked())
        self.setEnabled(shown is not None)
        if shown is None:
            for pane in (self.plain, self.covered):
                pane.show_picture(None)
            self.covered.set_title(self.tr("Attention map"))
            self.facts.clear()
            return
        crop, score = shown.contact.crop, shown.score
        attention = attention_on(crop, score) if score is not None else None
        self.plain.show_picture(crop.picture)
        if attention is None:
            self.covered.set_title(self.tr("Crop without a map"))
            self.covered.show_picture(crop.picture)
        else:
            self.covered.set_title(self.tr("Attention map of {0}").format(shown.chosen))
            self.covered.show_picture(overlay(crop.picture, attention, percent / 100, colormap))
        if score is None:
            why = shown.why_not_scored or self.tr("the reason is not known")
            self.facts.setText(self.tr("{0} has not scored this crop: {1}").format(shown.chosen, why))
        else:
            self.facts.setText(self.tr("Raw score of {0} {1}").format(shown.chosen, score_text(score.raw_score)))
        what_it_is_not = self.tr(
            "The map shows which parts of the crop the detector weighted most. It does not show which pixels were "
            "forged: a detector looks somewhere even in real faces."
        )
        self.note.setToolTip(tool_tip("\n".join(filter(None, (shown.attention_note, what_it_is_not)))))

    @Slot()
    def _on_changed(self) -> None:
        self._draw()


class _ColormapBar(QWidget):
    """The colours of the attention map, from little to much."""

    def __init__(self) -> None:
        super().__init__()
        self._colormap = ""
        self._colors = QPixmap()
        self.setFixedHeight(10)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Colours of the attention map, from 0 (low) to 1 (high attention)"))
        self.show_colormap(COLORMAPS[0])

    def show_colormap(self, colormap: str) -> None:
        """Show the colours of one of ``COLORMAPS``."""
        if colormap != self._colormap:
            self._colormap = colormap
            ramp = np.linspace(0, 1, 256, dtype=np.float32)[None]
            self._colors = QPixmap.fromImage(to_image(colored(ramp, colormap)))
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.drawPixmap(self.rect(), self._colors)
        painter.setPen(self.palette().mid().color())
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()
