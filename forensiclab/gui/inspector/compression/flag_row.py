"""Names above a plot, each over its place on the axis; none lies on a curve, none on another."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPalette, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from forensiclab.gui.widgets.label import tool_tip

_GAP_PX = 8
_MARK_PX = 5
_SYMBOL_PX = 8
_ROWS_AT_MOST = 6
"""What a plot on a small screen can spare."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """A name and where it belongs."""

    text: str
    at: float
    """Position on the axis."""
    color: QColor
    symbol: str = ""
    """One of pyqtgraph's, drawn before the text; empty = none."""


def place_flags(wanted: Sequence[tuple[float, float]], room_px: float) -> list[tuple[float, int]]:
    """Find a place for every label, in as few rows as go without two of them touching.

    Args:
        wanted: Centre and width of each label, in pixels from the left edge.
        room_px: Width of a row.

    Returns:
        Left edge and row of each label, from 0, in the order of ``wanted``. A label is moved aside by at most half its
        width, so that its place on the axis stays under it.
    """
    ends: list[float] = []
    """How far each row is filled."""
    places = [(0.0, 0)] * len(wanted)
    for which in sorted(range(len(wanted)), key=lambda i: wanted[i][0]):
        centre, width = wanted[which]
        ideal = min(max(centre - width / 2, 0.0), max(room_px - width, 0.0))
        lefts = [max(ideal, end + _GAP_PX) for end in ends]
        free = (row for row, left in enumerate(lefts) if left <= centre and left + width <= room_px)
        row = next(free, len(ends))
        if row == len(ends):
            ends.append(0.0)
            lefts.append(ideal)
        ends[row] = lefts[row] + width
        places[which] = lefts[row], row
    return places


class FlagRow(QWidget):
    """The row; it grows by another one where the names do not fit side by side.

    Names beyond the last row that there is room for are counted beside the caption, and its tool tip has them.
    """

    def __init__(self, caption: str, x_of: Callable[[float], float], parent: QWidget | None = None) -> None:
        """Make an empty row.

        Args:
            caption: What the names have in common; stands left of the first possible place.
            x_of: Where a position on the axis is, in this widget's pixels.
            parent: Qt's.
        """
        super().__init__(parent)
        self._caption = caption
        self._x_of = x_of
        self._flags: tuple[Flag, ...] = ()
        self._places: list[tuple[float, int]] = []
        self._unnamed: tuple[str, ...] = ()
        self._left_px = 0.0
        font = QFont(self.font())
        font.setPointSize(8)
        self.setFont(font)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._arrange()

    def show_flags(self, flags: Sequence[Flag], left_px: float) -> None:
        """Show these names; none of them further left than ``left_px``."""
        self._flags, self._left_px = tuple(flags), left_px
        self.setAccessibleDescription("; ".join(flag.text for flag in flags))
        self._arrange()

    @property
    def unnamed(self) -> tuple[str, ...]:
        """The names that there is no room for."""
        return self._unnamed

    def boxes(self) -> list[QRectF]:
        """Return where the names are, in this widget's pixels; those that there is no room for lie above the widget."""
        metrics = self.fontMetrics()
        lowest = self.height() - _MARK_PX - metrics.height()
        return [
            QRectF(self._left_px + left, lowest - row * metrics.height(), self._width_of(flag), metrics.height())
            for flag, (left, row) in zip(self._flags, self._places, strict=True)
        ]

    def _arrange(self) -> None:
        wanted = [(self._x_of(flag.at) - self._left_px, self._width_of(flag)) for flag in self._flags]
        self._places = place_flags(wanted, self.width() - self._left_px - _MARK_PX)
        rows = min(1 + max((row for _, row in self._places), default=0), _ROWS_AT_MOST)
        placed = zip(self._flags, self._places, strict=True)
        self._unnamed = tuple(flag.text for flag, (_, row) in placed if row >= rows)
        self.setToolTip(tool_tip(", ".join(self._unnamed)))
        self.setFixedHeight(rows * self.fontMetrics().height() + _MARK_PX)
        self.update()

    def _width_of(self, flag: Flag) -> float:
        text = self.fontMetrics().horizontalAdvance(flag.text)
        return text + (_SYMBOL_PX + 4 if flag.symbol else 0)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), self.palette().color(QPalette.ColorRole.Base))
        bottom = float(self.height())
        if any(flag.symbol for flag in self._flags):
            painter.setPen(self.palette().color(QPalette.ColorRole.Text))
            line = QRectF(0, bottom - _MARK_PX - self.fontMetrics().height(), self._left_px - 4, 100)
            painter.drawText(line, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop, self._caption)
            if self._unnamed:
                line.translate(0, -self.fontMetrics().height())
                painter.drawText(
                    line, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop, f"+{len(self._unnamed)}"
                )
        for flag, box in zip(self._flags, self.boxes(), strict=True):
            at = self._x_of(flag.at)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(flag.color)
            painter.drawPolygon(
                QPolygonF([QPointF(at - 4, bottom - _MARK_PX), QPointF(at + 4, bottom - _MARK_PX), QPointF(at, bottom)])
            )
            if flag.symbol:
                painter.save()
                painter.translate(box.left() + _SYMBOL_PX / 2, box.center().y())
                painter.scale(_SYMBOL_PX, _SYMBOL_PX)
                painter.drawPath(pg.graphicsItems.ScatterPlotItem.Symbols[flag.symbol])
                painter.restore()
                box.setLeft(box.left() + _SYMBOL_PX + 4)
            painter.setPen(flag.color)
            painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, flag.text)
        painter.end()
