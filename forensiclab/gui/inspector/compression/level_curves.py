"""Scores of one face against the strength of compression: a curve per detector, its flip point, the exhibit's place."""

from collections.abc import Mapping
from dataclasses import dataclass

import pyqtgraph as pg
from pyqtgraph.GraphicsScene.mouseEvents import MouseClickEvent
from PySide6.QtCore import QEvent, QPointF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QIcon, QPainter, QPalette, QPen, QPixmap
from PySide6.QtWidgets import QVBoxLayout, QWidget

from forensiclab.core.compression import Codec, CompressionLevel
from forensiclab.gui.inspector.compression.flag_row import Flag, FlagRow
from forensiclab.gui.inspector.compression.level_axis import CLEAN_AT, level_at, position_of, strongest_at
from forensiclab.gui.widgets.small_plot import SmallPlot, plot_pen
from forensiclab.gui.widgets.symbols import is_dark
from forensiclab.inspection.requests import LevelScore

_ON_LIGHT = ("#00629b", "#b34700", "#006b4a", "#8b2f8f", "#6b5600", "#a8003f", "#3d3d3d", "#00697a")
_ON_DARK = ("#5cb8f5", "#ff8f4d", "#3fd0a0", "#e58be8", "#e6c744", "#ff7aa2", "#e8e8e8", "#5fd7e3")
_SYMBOLS = ("o", "s", "t", "d", "+", "x", "star", "t1", "h")
_DASHES = (Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine, Qt.PenStyle.DotLine, Qt.PenStyle.DashDotLine)
ICON_PX = QSize(22, 14)
"""Size of a piece of a curve in front of a name."""


@dataclass(frozen=True, slots=True)
class CurveStyle:
    """How one detector's curve is drawn; two detectors differ in symbol or dash, not in colour alone."""

    color: QColor
    dash: Qt.PenStyle
    symbol: str


def curve_style(index: int, palette: QPalette) -> CurveStyle:
    """Return the style of the detector with this number, from 0."""
    colors = _ON_DARK if is_dark(palette) else _ON_LIGHT
    return CurveStyle(
        QColor(colors[index % len(colors)]), _DASHES[index % len(_DASHES)], _SYMBOLS[index % len(_SYMBOLS)]
    )


def curve_icon(index: int, palette: QPalette, ratio: float) -> QIcon:
    """Return a piece of a detector's curve, for a screen of pixel ratio ``ratio``."""
    style = curve_style(index, palette)
    pixmap = QPixmap(ICON_PX * ratio)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(style.color, 1.6, style.dash))
    painter.drawLine(QPointF(0, 7), QPointF(ICON_PX.width(), 7))
    painter.translate(ICON_PX.width() / 2, 7)
    painter.scale(8, 8)
    painter.fillPath(pg.graphicsItems.ScatterPlotItem.Symbols[style.symbol], style.color)
    painter.end()
    return QIcon(pixmap)


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnDetector:
    """What is drawn of one detector."""

    index: int
    """Its place among all detectors of the exhibit; makes its style."""
    scores: tuple[LevelScore, ...]
    flip: CompressionLevel | None
    """Where its verdict changes for good; None where it does not, or that is not known yet."""
    is_chosen: bool


class LevelCurves(QWidget):
    """The plot. A click asks for the level under the pointer."""

    level_chosen = Signal(object)
    """A ``CompressionLevel``."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._codec = Codec.H264
        self._is_probability = True
        self._drawn: dict[str, DrawnDetector] = {}
        self._look: object = None
        """Axes and palette that ``_drawn`` was drawn for."""
        self._curves: dict[str, pg.PlotDataItem] = {}
        self._mark: tuple[float, str] | None = None
        """Where the exhibit's own compression lies, and what it is called."""
        self._axis = _LevelAxis("bottom")
        self._canvas = SmallPlot(bottom=self._axis)
        self._canvas.setAccessibleName(self.tr("Scores against the strength of compression, one curve per detector"))
        self._plot = self._canvas.getPlotItem()
        self._plot.getAxis("left").setWidth(44)
        self._cursor = pg.InfiniteLine(angle=90)
        self._exhibit = pg.InfiniteLine(angle=90)
        for item in (self._cursor, self._exhibit):
            self._plot.addItem(item, ignoreBounds=True)
        self.flags = FlagRow(self.tr("flips"), self._x_of)
        self.flags.setAccessibleName(self.tr("Where verdicts flip"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.flags)
        layout.addWidget(self._canvas, 1)
        self._plot.getViewBox().sigResized.connect(self._on_resized)
        self._canvas.scene().sigMouseClicked.connect(self._on_mouse_clicked)
        self.show_axes(self._codec, is_probability=True)
        self._apply_palette()

    @property
    def curves(self) -> dict[str, pg.PlotDataItem]:
        """The curves that are drawn, by detector."""
        return self._curves

    @property
    def flips(self) -> dict[str, int]:
        """Where verdicts flip on the axis, by detector."""
        return {name: position_of(one.flip) for name, one in self._drawn.items() if one.flip is not None}

    @property
    def exhibit_text(self) -> str:
        """What is written at the exhibit's own compression; empty where it is not marked."""
        return self._mark[1] if self._mark is not None else ""

    def show_axes(self, codec: Codec, *, is_probability: bool) -> None:
        """Count along a codec's levels, and up in probabilities or raw scores."""
        self._codec, self._is_probability = codec, is_probability
        if codec is not self._axis.codec:
            self._axis.count(codec)
        self._axis.setLabel(self.tr("Quality → stronger") if codec.facts.is_quality else self.tr("CRF → stronger"))
        self._plot.setXRange(CLEAN_AT - 1, strongest_at(codec) + 1, padding=0)
        if is_probability:
            self._plot.setYRange(-0.04, 1.04, padding=0)
        else:
            self._plot.enableAutoRange(y=True)

    def show_level(self, level: CompressionLevel) -> None:
        """Mark the level that is looked at."""
        self._cursor.setPos(position_of(level))

    def show_exhibit(self, mark: tuple[float, str] | None) -> None:
        """Mark the compression that the exhibit has already, by position and text; None = it is not known."""
        self._mark = mark
        self._exhibit.setVisible(mark is not None)
        if mark is not None:
            self._exhibit.setPos(mark[0])
        self._raise_flags()

    def show_scores(self, drawn: Mapping[str, DrawnDetector]) -> None:
        """Draw these detectors."""
        for name in [name for name in self._curves if name not in drawn]:
            self._plot.removeItem(self._curves.pop(name))
        look = (self._codec, self._is_probability, is_dark(self.palette()), self.devicePixelRatioF())
        for name, detector in drawn.items():
            if look != self._look or detector != self._drawn.get(name):
                self._draw(name, detector)
        self._drawn, self._look = dict(drawn), look
        self._raise_flags()

    def _draw(self, name: str, drawn: DrawnDetector) -> None:
        if name not in self._curves:
            self._curves[name] = pg.PlotDataItem(antialias=True)
            self._plot.addItem(self._curves[name])
        style = curve_style(drawn.index, self.palette())
        points = sorted((position_of(s.level), value) for s in drawn.scores if (value := self._value(s)) is not None)
        flips_at = None if drawn.flip is None else position_of(drawn.flip)
        curve = self._curves[name]
        curve.setData(
            [x for x, _ in points],
            [y for _, y in points],
            pen=plot_pen(self, style.color, 2.6 if drawn.is_chosen else 1.3, style.dash),
            symbol=style.symbol,
            symbolSize=[13 if x == flips_at else 7 for x, _ in points] or 7,
            symbolPen=pg.mkPen(style.color),
            symbolBrush=style.color,
        )
        curve.setZValue(1 if drawn.is_chosen else 0)

    def _value(self, score: LevelScore) -> float | None:
        return score.score.probability if self._is_probability else score.score.raw_score

    def _x_of(self, position: float) -> float:
        """Return where a position on the axis is, in pixels from the left edge."""
        in_scene = self._plot.getViewBox().mapViewToScene(QPointF(position, 0))
        return float(self._canvas.mapFromScene(in_scene).x())

    def _raise_flags(self) -> None:
        """Write above the plot what stands where on the axis."""
        palette = self.palette()
        flags = []
        if self._mark is not None:  # the first, so that there is room for it
            flags.append(Flag(text=self._mark[1], at=self._mark[0], color=palette.color(QPalette.ColorRole.Text)))
        for name, at in self.flips.items():
            style = curve_style(self._drawn[name].index, palette)
            flags.append(Flag(text=name, at=at, color=style.color, symbol=style.symbol))
        self.flags.show_flags(flags, self._plot.getAxis("left").width())

    def _apply_palette(self) -> None:
        palette = self.palette()
        text = palette.color(QPalette.ColorRole.Text)
        self._cursor.setPen(plot_pen(self, palette.color(QPalette.ColorRole.Highlight), 2))
        self._exhibit.setPen(plot_pen(self, text, 1, Qt.PenStyle.DashLine))
        self.show_scores(self._drawn)

    @Slot()
    def _on_resized(self) -> None:
        self._raise_flags()

    @Slot(object)
    def _on_mouse_clicked(self, click: MouseClickEvent) -> None:
        box = self._plot.getViewBox()
        if click.button() == Qt.MouseButton.LeftButton and box.sceneBoundingRect().contains(click.scenePos()):
            position = round(box.mapSceneToView(click.scenePos()).x())
            self.level_chosen.emit(level_at(self._codec, min(max(position, 0), strongest_at(self._codec))))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self._apply_palette()
        super().changeEvent(event)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._apply_palette()
        return super().event(event)


class _LevelAxis(pg.AxisItem):  # type: ignore[misc]
    """Writes a codec's own numbers at the positions of its levels, and where the exhibit as it is stands."""

    codec = Codec.H264

    def count(self, codec: Codec) -> None:
        """Write another codec's numbers."""
        self.codec = codec
        self.picture = None
        self.update()

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:
        step = 20 if self.codec.facts.is_quality else 10
        while size and (strongest_at(self.codec) / step) * 34 > size and step < 40:
            step *= 2
        return [(step, [float(x) for x in (CLEAN_AT, *range(0, strongest_at(self.codec) + 1, step)) if x <= high])]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        return ["–" if v == CLEAN_AT else str(level_at(self.codec, round(v)).value) for v in values]
