"""Paints a row of the list of exhibits: picture, name, state or verdict, and what the file is."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPalette, QPolygonF
from PySide6.QtWidgets import QApplication, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from forensiclab.gui.evidence.model import ROW_ROLE, ExhibitRow
from forensiclab.gui.state.session import SessionState
from forensiclab.gui.widgets.style import quiet_color
from forensiclab.gui.widgets.symbols import is_dark, verdict_color, verdict_path

_PICTURE = QSize(60, 46)
_MARGIN = 6
_SYMBOL_PX = 11


class EvidenceDelegate(QStyledItemDelegate):
    """Three lines beside a picture; a bar under them while the exhibit is analysed."""

    def sizeHint(self, option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        lines = 3 * option.fontMetrics.lineSpacing() + 4
        return QSize(160, max(lines, _PICTURE.height()) + 2 * _MARGIN)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        row = index.data(ROW_ROLE)
        if not isinstance(row, ExhibitRow):
            return
        widget = option.widget
        style = widget.style() if widget else QApplication.style()
        plain = QStyleOptionViewItem(option)
        self.initStyleOption(plain, index)
        plain.text = ""
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, plain, painter, widget)
        is_selected = bool(option.state & QStyle.StateFlag.State_Selected)
        palette = option.palette
        text = palette.color(QPalette.ColorRole.HighlightedText if is_selected else QPalette.ColorRole.Text)
        quiet = text if is_selected else quiet_color(palette)
        area = option.rect.adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_picture(painter, QRect(area.topLeft(), _PICTURE), row, palette)
        area.setLeft(area.left() + _PICTURE.width() + 8)
        lines = _lines(area, option.fontMetrics.lineSpacing())
        painter.setPen(text)
        self._paint_text(painter, lines[0], row.name, Qt.TextElideMode.ElideMiddle)
        self._paint_state(painter, lines[1], row, None if is_selected else palette)
        painter.setPen(quiet)
        self._paint_text(painter, lines[2], row.facts, Qt.TextElideMode.ElideRight)
        if row.share_done is not None:
            self._paint_bar(painter, option.rect, row.share_done, text)
        painter.restore()

    def _paint_text(self, painter: QPainter, rect: QRect, text: str, elide: Qt.TextElideMode) -> None:
        shown = painter.fontMetrics().elidedText(text, elide, rect.width())
        painter.drawText(rect, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)

    def _paint_state(self, painter: QPainter, rect: QRect, row: ExhibitRow, palette: QPalette | None) -> None:
        """Paint the second line; ``palette`` is None on a selected row, where only the pen's colour is readable."""
        color = painter.pen().color()
        symbol = QRectF(rect.left(), rect.center().y() - _SYMBOL_PX / 2 + 0.5, _SYMBOL_PX, _SYMBOL_PX)
        if row.state is SessionState.FAILED:
            if palette is not None:
                color = QColor("#ff9a80" if is_dark(palette) else "#a32000")
            painter.setPen(color)
            painter.drawText(symbol, Qt.AlignmentFlag.AlignCenter, "!")
            painter.drawEllipse(symbol)
        elif row.verdict is not None:
            if palette is not None:
                color = verdict_color(row.verdict, is_dark(palette))
            painter.fillPath(verdict_path(row.verdict, symbol), color)
            painter.setPen(color)
        else:
            rect = rect.adjusted(-_SYMBOL_PX - 5, 0, 0, 0)
        rect = rect.adjusted(_SYMBOL_PX + 5, 0, 0, 0)
        self._paint_text(painter, rect, row.state_text, Qt.TextElideMode.ElideRight)

    def _paint_picture(self, painter: QPainter, rect: QRect, row: ExhibitRow, palette: QPalette) -> None:
        painter.fillRect(rect, QColor("#161616"))
        if row.image is not None:
            size = row.image.size().scaled(rect.size(), Qt.AspectRatioMode.KeepAspectRatio)
            inner = QRect(rect.topLeft(), size)
            inner.moveCenter(rect.center())
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(inner, row.image)
            return
        painter.setPen(QColor("#9a9a9a"))
        center = QPointF(rect.center())
        if row.is_picture:
            painter.drawRect(QRectF(center.x() - 13, center.y() - 10, 26, 20))
            hill = [(-13, 10), (-4, -2), (2, 5), (6, 1), (13, 10)]
        else:
            hill = [(-7, -10), (11, 0), (-7, 10)]
        painter.setBrush(QColor("#9a9a9a"))
        painter.drawPolygon(QPolygonF([center + QPointF(x, y) for x, y in hill]))
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _paint_bar(self, painter: QPainter, rect: QRect, share: float, color: QColor) -> None:
        bar = QRectF(rect.left() + _MARGIN, rect.bottom() - 3, rect.width() - 2 * _MARGIN, 3)
        faint = QColor(color)
        faint.setAlpha(50)
        painter.fillRect(bar, faint)
        bar.setWidth(bar.width() * share)
        painter.fillRect(bar, color)


def _lines(area: QRect, spacing: int) -> list[QRect]:
    top = area.center().y() - (3 * spacing + 4) // 2
    return [QRect(area.left(), top + number * (spacing + 2), area.width(), spacing) for number in range(3)]
