"""A small plot that is only looked at: axes in the palette's colours, no zooming, no menu."""

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPalette, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

_SMALLEST = QSize(240, 100)


def plot_pen(on: QWidget, color: QColor, width_px: float, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> QPen:
    """Return a pen for a plot: as wide as on a plain screen where a pixel of the window is several of it."""
    pen: QPen = pg.mkPen(color, width=width_px * on.devicePixelRatioF(), style=style)
    return pen


class SmallPlot(pg.PlotWidget):  # type: ignore[misc]
    """Takes the room that is left, and little where there is none."""

    def __init__(self, parent: QWidget | None = None, *, bottom: pg.AxisItem | None = None) -> None:
        """Make an empty plot.

        Args:
            parent: Qt's.
            bottom: The axis below, where it is not a plain one.
        """
        super().__init__(parent, axisItems={"bottom": bottom} if bottom is not None else None, enableMenu=False)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMinimumSize(_SMALLEST)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        plot = self.getPlotItem()
        plot.hideButtons()
        plot.setMouseEnabled(x=False, y=False)
        plot.showGrid(x=True, y=True, alpha=0.12)
        small = QFont(self.font())
        small.setPointSize(8)
        for side in ("left", "bottom"):
            axis = plot.getAxis(side)
            axis.enableAutoSIPrefix(False)  # it would multiply small numbers by 1000 without saying so
            axis.setTickFont(small)
            axis.label.setFont(small)
        self._take_palette()

    def _take_palette(self) -> None:
        text = self.palette().color(QPalette.ColorRole.Text)
        faint = QColor(text)
        faint.setAlpha(120)
        self.setBackground(self.palette().color(QPalette.ColorRole.Base))
        for side in ("left", "bottom"):
            axis = self.getPlotItem().getAxis(side)
            axis.setPen(faint)
            axis.setTextPen(text)
            axis.setLabel(axis.labelText, color=text.name())

    def sizeHint(self) -> QSize:
        return _SMALLEST

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange and self.plotItem is not None:
            self._take_palette()
        super().changeEvent(event)
