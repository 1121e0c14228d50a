"""Shapes, colours and icons of the window, drawn as paths so that they are sharp and fit light and dark.

A verdict has a shape and a colour; the colours are told apart by colour-blind readers too, and none is used alone.
"""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPainterPath, QPalette, QPen, QPixmap, QPolygonF

from forensiclab.core.scores import Verdict

CONTROLS = (
    "play", "pause", "forward", "back", "close", "clear", "range", "zoom in", "zoom out", "all", "loop", "picture",
    "float",
)  # fmt: skip
"""Names of the icons that ``control_icon`` draws."""

_ON_LIGHT = {
    Verdict.SUPPORTS_MANIPULATION: "#b34700",
    Verdict.SUPPORTS_AUTHENTICITY: "#00629b",
    Verdict.INCONCLUSIVE: "#7a6200",
    Verdict.NOT_ASSESSABLE: "#666666",
    None: "#444444",
}
_ON_DARK = {
    Verdict.SUPPORTS_MANIPULATION: "#ff8f4d",
    Verdict.SUPPORTS_AUTHENTICITY: "#5cb8f5",
    Verdict.INCONCLUSIVE: "#e6c744",
    Verdict.NOT_ASSESSABLE: "#b0b0b0",
    None: "#e8e8e8",
}


def is_dark(palette: QPalette) -> bool:
    """Return whether a palette paints light text on a dark ground."""
    return palette.color(QPalette.ColorRole.Window).lightness() < 128


def verdict_color(verdict: Verdict | None, on_dark: bool) -> QColor:
    """Return a verdict's colour, readable (contrast at least 4.5) on dark or light; None = not judged yet."""
    return QColor((_ON_DARK if on_dark else _ON_LIGHT)[verdict])


def verdict_path(verdict: Verdict | None, rect: QRectF) -> QPainterPath:
    """Return the shape of a verdict within ``rect``.

    Triangle: supports manipulation. Disc: supports authenticity. Diamond: inconclusive. Crossed square: not
    assessable. Ring: not judged yet.
    """
    path = QPainterPath()
    path.setFillRule(Qt.FillRule.OddEvenFill)
    center, left, right, top, bottom = rect.center(), rect.left(), rect.right(), rect.top(), rect.bottom()
    match verdict:
        case Verdict.SUPPORTS_MANIPULATION:
            path.addPolygon(QPolygonF([QPointF(center.x(), top), QPointF(right, bottom), QPointF(left, bottom)]))
        case Verdict.SUPPORTS_AUTHENTICITY:
            path.addEllipse(rect)
        case Verdict.INCONCLUSIVE:
            corners = [(center.x(), top), (right, center.y()), (center.x(), bottom), (left, center.y())]
            path.addPolygon(QPolygonF([QPointF(x, y) for x, y in corners]))
        case Verdict.NOT_ASSESSABLE:
            path.addRect(rect)
            inset = rect.width() * 0.22
            bar = QRectF(
                left + inset, center.y() - rect.height() * 0.09, rect.width() - 2 * inset, rect.height() * 0.18
            )
            path.addRect(bar)
        case None:
            path.addEllipse(rect)
            inset = rect.width() * 0.2
            path.addEllipse(rect.adjusted(inset, inset, -inset, -inset))
    path.closeSubpath()
    return path


def verdict_pixmap(verdict: Verdict | None, palette: QPalette, size_px: int, ratio: float) -> QPixmap:
    """Return a verdict's shape in its colour, ``size_px`` logical pixels wide, for a screen's pixel ratio."""
    inner = QRectF(1, 1, size_px - 2, size_px - 2)
    return _painted(verdict_path(verdict, inner), verdict_color(verdict, is_dark(palette)), size_px, ratio)


def control_icon(name: str, palette: QPalette) -> QIcon:
    """Return the icon of a control in the palette's text colour, one of ``CONTROLS``."""
    path, is_line = _control_path(name)
    icon = QIcon()
    for mode, group in (
        (QIcon.Mode.Normal, QPalette.ColorGroup.Active),
        (QIcon.Mode.Disabled, QPalette.ColorGroup.Disabled),
    ):
        color = palette.color(group, QPalette.ColorRole.ButtonText)
        for ratio in (1.0, 2.0):
            icon.addPixmap(_painted(path, color, 16, ratio, is_line=is_line), mode)
    return icon


def _control_path(name: str) -> tuple[QPainterPath, bool]:
    """Return the shape of a control's icon on 16 x 16 pixels, and whether it is drawn as lines."""
    path = QPainterPath()
    match name:
        case "play":
            path.addPolygon(_triangle(4, 13, 3, 13))
        case "pause":
            path.addRect(4, 3, 3, 10)
            path.addRect(9, 3, 3, 10)
        case "forward":
            path.addPolygon(_triangle(3, 10, 4, 12))
            path.addRect(11, 4, 2, 8)
        case "back":
            path.addPolygon(_triangle(13, 6, 4, 12))
            path.addRect(3, 4, 2, 8)
        case "close" | "clear":
            _add_lines(path, (4.5, 4.5, 11.5, 11.5), (11.5, 4.5, 4.5, 11.5))
        case "range":
            _add_lines(path, (3, 3, 3, 13), (13, 3, 13, 13), (5, 8, 11, 8), (5, 8, 7, 6), (5, 8, 7, 10))
            _add_lines(path, (11, 8, 9, 6), (11, 8, 9, 10))
        case "zoom in" | "zoom out":
            path.addEllipse(QRectF(2.5, 2.5, 8, 8))
            _add_lines(path, (9.5, 9.5, 13.5, 13.5), (4.5, 6.5, 8.5, 6.5))
            if name == "zoom in":
                _add_lines(path, (6.5, 4.5, 6.5, 8.5))
        case "all":
            _add_lines(path, (2, 3, 2, 13), (14, 3, 14, 13), (4, 8, 12, 8), (4, 8, 6, 6), (4, 8, 6, 10))
            _add_lines(path, (12, 8, 10, 6), (12, 8, 10, 10), (8, 5, 8, 11))
        case "loop":
            path.moveTo(12.5, 5.5)
            path.arcTo(QRectF(3, 3, 10, 10), 30, 290)
            _add_lines(path, (12.5, 2, 12.5, 5.5), (12.5, 5.5, 9, 5.5))
        case "float":
            path.addRect(2.5, 6.5, 7, 7)
            _add_lines(path, (6.5, 4, 6.5, 2.5), (6.5, 2.5, 13.5, 2.5), (13.5, 2.5, 13.5, 9.5), (13.5, 9.5, 12, 9.5))
        case "picture":
            path.addRect(2.5, 3.5, 11, 9)
            path.addEllipse(QRectF(5, 5.5, 2, 2))
            _add_lines(path, (3, 12, 7, 8.5), (7, 8.5, 9, 10.5), (9, 10.5, 11, 8), (11, 8, 13.3, 11))
    return path, name not in ("play", "pause", "forward", "back")


def _add_lines(path: QPainterPath, *lines: tuple[float, float, float, float]) -> None:
    for x0, y0, x1, y1 in lines:
        path.moveTo(x0, y0)
        path.lineTo(x1, y1)


def _triangle(base_x: float, tip_x: float, top: float, bottom: float) -> QPolygonF:
    return QPolygonF([QPointF(base_x, top), QPointF(tip_x, (top + bottom) / 2), QPointF(base_x, bottom)])


def _painted(path: QPainterPath, color: QColor, size_px: int, ratio: float, *, is_line: bool = False) -> QPixmap:
    pixmap = QPixmap(QSize(size_px, size_px) * ratio)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if is_line:
        painter.strokePath(path, QPen(color, 1.5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    else:
        painter.fillPath(path, color)
    painter.end()
    return pixmap
