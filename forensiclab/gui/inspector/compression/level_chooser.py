"""Which compression to look at: codec and strength, in the codec's own numbers."""

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QSlider, QWidget

from forensiclab.core.compression import COMPRESSING, Codec, CompressionLevel
from forensiclab.gui.inspector.compression.level_axis import (
    level_at,
    position_of,
    setting_text,
    strongest_at,
)
from forensiclab.gui.widgets.label import Label, tool_tip


class LevelChooser(QWidget):
    """A list of codecs and a slider, weak on the left; remembers each codec's own place."""

    codec_changed = Signal()
    level_changed = Signal()
    """The slider was moved; not emitted when the codec changes."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._positions = {codec: position_of(CompressionLevel(codec, codec.facts.first)) for codec in COMPRESSING}
        self.codec_box = QComboBox()
        self.codec_box.setAccessibleName(self.tr("Codec"))
        for codec in COMPRESSING:
            self.codec_box.addItem(codec.facts.title, codec)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setAccessibleName(self.tr("Strength of the compression"))
        self.slider.setPageStep(5)
        self.label = Label()
        self.label.setMinimumWidth(self.label.fontMetrics().horizontalAdvance(self.tr("quality 100 ")))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.codec_box)
        layout.addWidget(self.slider, 1)
        layout.addWidget(self.label)
        self.codec_box.currentIndexChanged.connect(self._on_codec_changed)
        self.slider.valueChanged.connect(self._on_value_changed)
        self._show()

    @property
    def codec(self) -> Codec:
        """The codec that is looked at."""
        return Codec(self.codec_box.currentData())

    @property
    def level(self) -> CompressionLevel:
        """The level that is looked at."""
        return level_at(self.codec, self.slider.value())

    @Slot(object)
    def choose(self, level: CompressionLevel) -> None:
        """Look at another level of this codec."""
        self.slider.setValue(position_of(level))

    def _show(self) -> None:
        """Bring the level into slider and label."""
        codec = self.codec
        with QSignalBlocker(self.slider):
            self.slider.setRange(0, strongest_at(codec))
            self.slider.setValue(self._positions[codec])
        tip = (
            self.tr("Quality is the encoder's setting: 100 = weakest compression, 5 = very strong.")
            if codec.facts.is_quality
            else self.tr(
                "CRF is the encoder's setting: 0 = almost lossless, 23 = usual, 51 = strongest. QP is what is "
                "measured in the bitstream afterwards."
            )
        )
        said = setting_text(self.level)
        self.slider.setToolTip(tool_tip(tip))
        self.slider.setAccessibleDescription(said)
        self.label.setToolTip(tool_tip(tip))
        self.label.setText(said)

    @Slot(int)
    def _on_codec_changed(self, _index: int) -> None:
        self._show()
        self.codec_changed.emit()

    @Slot(int)
    def _on_value_changed(self, position: int) -> None:
        self._positions[self.codec] = position
        self._show()
        self.level_changed.emit()
