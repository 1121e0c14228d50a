"""A small sign that something is being computed, with how far it is."""

from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Slot
from PySide6.QtGui import QHideEvent, QPainter, QPaintEvent, QPalette, QPen, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from forensiclab.gui.widgets.label import Label, tool_tip

_STEP_MS = 90
_SIZE_PX = 14


class BusyMark(QWidget):
    """An arc that turns, and a few words; while nothing is computed, only the words."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._arc = _Arc()
        self.label = Label()
        self.label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(5)
        layout.addWidget(self._arc)
        layout.addWidget(self.label, 1)
        self.setMinimumHeight(max(_SIZE_PX, self.label.fontMetrics().height()) + 2)

    @property
    def is_busy(self) -> bool:
        return self._arc.is_busy

    def show_state(self, is_busy: bool, text: str = "") -> None:
        """Say whether something is being computed, and what."""
        self._arc.set_busy(is_busy)
        if text != self.label.text():
            self.label.setText(text)
            self.label.setToolTip(tool_tip(text))


class _Arc(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.is_busy = False
        self._turn = 0
        self._timer = QTimer(self)
        self._timer.setInterval(_STEP_MS)
        self._timer.timeout.connect(self._on_timeout)
        self.setFixedSize(_SIZE_PX, _SIZE_PX)
        self.setAccessibleName(self.tr("Computing"))

    def set_busy(self, is_busy: bool) -> None:
        if is_busy == self.is_busy:
            return
        self.is_busy = is_busy
        self._run()
        self.update()

    def _run(self) -> None:
        if self.is_busy and self.isVisible():
            self._timer.start()
        else:
            self._timer.stop()

    @Slot()
    def _on_timeout(self) -> None:
        self._turn = (self._turn + 30) % 360
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(_SIZE_PX, _SIZE_PX)

    def showEvent(self, event: QShowEvent) -> None:
        self._run()
        super().showEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        self._run()
        super().hideEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        if not self.is_busy:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        color = self.palette().color(QPalette.ColorRole.WindowText)
        painter.setPen(QPen(color, 2.2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawArc(QRectF(2, 2, _SIZE_PX - 4, _SIZE_PX - 4), -self._turn * 16, 250 * 16)
        painter.end()
