"""A plot over time for the timeline: a click or a drag seeks, the axes say times and few values."""

import pyqtgraph as pg
from pyqtgraph.GraphicsScene.mouseEvents import MouseClickEvent, MouseDragEvent
from PySide6.QtCore import QPointF, Qt, Signal

from forensiclab.report.wording import time_text


class SeekBox(pg.ViewBox):  # type: ignore[misc]
    """A plot area in which a click or a drag seeks and the wheel zooms in time."""

    sought = Signal(float)

    def __init__(self) -> None:
        super().__init__(enableMenu=False)
        self.setMouseEnabled(x=True, y=False)
        self.setDefaultPadding(0.3)  # room for the numbers of the tracks

    def mouseClickEvent(self, ev: MouseClickEvent) -> None:
        if ev.button() == Qt.MouseButton.LeftButton:
            ev.accept()
            self._seek(ev.scenePos())

    def mouseDragEvent(self, ev: MouseDragEvent, axis: int | None = None) -> None:
        if ev.button() == Qt.MouseButton.LeftButton:
            ev.accept()
            self._seek(ev.scenePos())
        else:
            super().mouseDragEvent(ev, axis)

    def _seek(self, scene_pos: QPointF) -> None:
        self.sought.emit(float(self.mapSceneToView(scene_pos).x()))


class TimeAxis(pg.AxisItem):  # type: ignore[misc]
    """Labels positions in the exhibit."""

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        if spacing >= 1:
            return [time_text(value).partition(".")[0] for value in values]
        return [time_text(value) for value in values]


class ScoreAxis(pg.AxisItem):  # type: ignore[misc]
    """Labels two to four values, however low the row is."""

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:
        shown_spacing, values = 1.0, list[float]()
        for spacing, more in super().tickValues(low, high, size):
            shown_spacing, values = spacing, sorted([*values, *more])
            if len(values) > 1:
                break
        return [(shown_spacing, values[:: -(-len(values) // 4) or 1])]
