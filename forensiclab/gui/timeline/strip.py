"""Paints what lies under the curves: QP and picture types, what was not scored, shots, and the axis of time."""

import numpy as np
from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPainterPath, QPen, QPolygonF

from forensiclab.gui.timeline.data import PICTURE_TYPES, TimelineData
from forensiclab.gui.timeline.painting import Colors, Floats, TimeMap, draw_lines, draw_rects, tick_text, time_ticks
from forensiclab.gui.timeline.rows import title_px

_GAP_PX = 7
"""Height of the bars that stand for what was not scored."""

_SHOT_PX = 3
"""Length of the marks of shots where there are many."""

_MAX_SYMBOLS = 300
"""With more pictures in view, QP is a line and only I pictures are marked."""

_MAX_SHOTS = 60
"""With more shots in view, where they begin is marked in the strip only."""


def strip_px(metrics: QFontMetrics) -> int:
    """Return the height of the strip: a title, symbols, and the bars of what was not scored."""
    return title_px(metrics) + _SHOT_PX + 38


def axis_px(metrics: QFontMetrics) -> int:
    """Return the height of the axis of time."""
    return metrics.height() + 9


def paint_strip(
    painter: QPainter, rect: QRectF, time_map: TimeMap, data: TimelineData, shot_cuts_s: Floats, colors: Colors
) -> None:
    """Paint QP, picture types and what was not scored."""
    counts = [
        int(np.diff(np.searchsorted(series.times(0), (time_map.start_s, time_map.end_s)))[0]) if series.segments else 0
        for series in data.pictures.values()
    ]
    has_symbols = sum(counts) <= _MAX_SYMBOLS
    if has_symbols:
        title = QCoreApplication.translate("timeline", "QP under the face (■ I  ● P  × B)   ▬ not scored   ┆ shot")
    else:
        title = QCoreApplication.translate("timeline", "QP under the face (╷ I pictures)   ▬ not scored   ┆ shot")
    painter.setPen(colors.quiet)
    shown = painter.fontMetrics().elidedText(
        title, Qt.TextElideMode.ElideRight, int(rect.width() - time_map.title_indent) - 4
    )
    place = rect.adjusted(time_map.title_indent, _SHOT_PX, -4, 0)
    painter.drawText(place, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft, shown)
    plot = rect.adjusted(0, title_px(painter.fontMetrics()) + _SHOT_PX + 2, 0, -_GAP_PX - 4)
    painter.save()
    painter.setClipRect(rect)
    low, high = data.qp.extent or (0.0, 0.0)
    scale = plot.height() / (high - low) if high > low else 0.0
    if has_symbols:
        _paint_symbols(painter, plot, time_map, data, low, scale, colors)
    else:
        _paint_envelope(painter, plot, time_map, data, low, scale, colors)
    _paint_gaps(
        painter, QRectF(rect.left(), rect.bottom() - _GAP_PX, rect.width(), _GAP_PX - 1), time_map, data, colors
    )
    if _shots_in_view(time_map, shot_cuts_s) > _MAX_SHOTS:
        columns = time_map.columns(shot_cuts_s)
        painter.setPen(QPen(colors.quiet, 1))
        draw_lines(painter, columns, columns * 0 + rect.top(), columns, columns * 0 + rect.top() + _SHOT_PX)
    painter.restore()
    if data.qp.extent is not None:
        _paint_qp_labels(painter, plot, low, high, colors)


def paint_shots(painter: QPainter, rect: QRectF, time_map: TimeMap, shot_cuts_s: Floats, colors: Colors) -> None:
    """Paint where shots begin, over the whole height, unless there are too many."""
    if 0 < _shots_in_view(time_map, shot_cuts_s) <= _MAX_SHOTS:
        pen = QPen(colors.quiet, 1, Qt.PenStyle.CustomDashLine)
        pen.setDashPattern([2, 4])
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(pen)
        for x in time_map.columns(shot_cuts_s).tolist():
            painter.drawLine(QPointF(x, rect.top()), QPointF(x, rect.bottom()))


def paint_axis(painter: QPainter, rect: QRectF, time_map: TimeMap, colors: Colors) -> None:
    """Paint the axis of time."""
    metrics = painter.fontMetrics()
    step_s, ticks = time_ticks(time_map, metrics.horizontalAdvance("0:00:00.000") + 12.0)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setPen(QPen(colors.quiet, 1))
    painter.fillRect(QRectF(rect.left(), rect.top(), rect.width(), 1), colors.quiet)
    for pts_s in ticks:
        x, text = time_map.x(pts_s), tick_text(pts_s, step_s)
        painter.fillRect(QRectF(round(x), rect.top(), 1, 4), colors.quiet)
        half = metrics.horizontalAdvance(text) / 2 + 1
        box = QRectF(
            min(max(x - half, rect.left()), rect.right() - 2 * half), rect.top() + 7, 2 * half, rect.height() - 7
        )
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)


def paint_grid(painter: QPainter, rect: QRectF, time_map: TimeMap, colors: Colors) -> None:
    """Paint a faint line over the whole height at every tick of the axis."""
    _, ticks = time_ticks(time_map, painter.fontMetrics().horizontalAdvance("0:00:00.000") + 12.0)
    for pts_s in ticks:
        painter.fillRect(QRectF(round(time_map.x(pts_s)), rect.top(), 1, rect.height()), colors.grid)


def _paint_symbols(
    painter: QPainter, plot: QRectF, time_map: TimeMap, data: TimelineData, low: float, scale: float, colors: Colors
) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for kind in PICTURE_TYPES:
        series = data.pictures[kind]
        if not series.segments:
            continue
        times = series.times(0)
        part = slice(*np.searchsorted(times, (time_map.start_s, time_map.end_s)))
        qp = series.values(0)[part]
        # Where the codec gives no QP there is still the type, in the middle.
        ys = np.where(np.isnan(qp) | (scale == 0), plot.center().y(), plot.bottom() - (qp - low) * scale)
        path = QPainterPath()
        for x, y in zip(time_map.xs(times[part]).tolist(), ys.tolist(), strict=True):
            _add_symbol(path, kind, x, y)
        if kind in "IP":
            painter.fillPath(path, colors.text)
        else:
            painter.strokePath(path, QPen(colors.text, 1.2))


def _add_symbol(path: QPainterPath, kind: str, x: float, y: float) -> None:
    match kind:
        case "I":
            path.addRect(x - 3.5, y - 3.5, 7, 7)
        case "P":
            path.addEllipse(QPointF(x, y), 2.2, 2.2)
        case "B":
            for sign in (-1, 1):
                path.moveTo(x - 2.5, y - 2.5 * sign)
                path.lineTo(x + 2.5, y + 2.5 * sign)
        case _:
            path.moveTo(x - 2.5, y)
            path.lineTo(x + 2.5, y)
            path.moveTo(x, y - 2.5)
            path.lineTo(x, y + 2.5)


def _paint_envelope(
    painter: QPainter, plot: QRectF, time_map: TimeMap, data: TimelineData, low: float, scale: float, colors: Colors
) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    if len(data.qp):
        drawn = data.qp.drawn(time_map.start_s, time_map.end_s, time_map.pixel_s)
        x, y = time_map.xs(drawn.times_s), plot.bottom() - (drawn.values - low) * scale
        first = np.flatnonzero(drawn.is_joined)
        painter.setPen(QPen(colors.quiet, 1))
        draw_lines(painter, x[first], y[first], x[first + 1], y[first + 1])
    if data.pictures["I"].segments:
        columns = time_map.columns(data.pictures["I"].times(0))
        painter.setPen(QPen(colors.text, 1))
        draw_lines(painter, columns, columns * 0 + plot.bottom() - 1, columns, columns * 0 + plot.bottom() + 3)


def _paint_gaps(painter: QPainter, rect: QRectF, time_map: TimeMap, data: TimelineData, colors: Colors) -> None:
    starts, ends = data.skip_spans()
    seen = (starts <= time_map.end_s) & (ends >= time_map.start_s)
    pixels = int(time_map.width) + 2
    first = np.clip(np.floor(time_map.xs(starts[seen]) - time_map.left), 0, pixels - 2).astype(np.intp)
    last = np.clip(np.ceil(time_map.xs(ends[seen]) - time_map.left), 0, pixels - 2).astype(np.intp)
    # However many there are, a pixel is covered or not.
    change = np.zeros(pixels, np.intp)
    np.add.at(change, first, 1)
    np.add.at(change, np.minimum(np.maximum(last, first + 1) + 1, pixels - 1), -1)
    covered = np.concatenate([[False], np.cumsum(change) > 0, [False]])
    edges = np.flatnonzero(covered[1:] != covered[:-1])
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colors.quiet)
    left, right = edges[::2].astype(np.float64), edges[1::2].astype(np.float64)
    draw_rects(painter, time_map.left + left, np.full(len(left), rect.top()), right - left, rect.height())


def _paint_qp_labels(painter: QPainter, plot: QRectF, low: float, high: float, colors: Colors) -> None:
    height = painter.fontMetrics().height()
    painter.setPen(colors.quiet)
    for value, y in ((high, plot.top()), (low, plot.bottom())) if high > low else ((low, plot.center().y()),):
        box = QRectF(0, y - height / 2, plot.left() - 5, height)
        painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, f"{value:.0f}")


def _shots_in_view(time_map: TimeMap, shot_cuts_s: Floats) -> int:
    return int(((shot_cuts_s >= time_map.start_s) & (shot_cuts_s <= time_map.end_s)).sum())


def playhead_shape(x: float, rect: QRectF) -> QPolygonF:
    """Return the playhead's handle in the axis: a triangle that points up."""
    top = rect.top()
    return QPolygonF([QPointF(x, top), QPointF(x + 5, top + 7), QPointF(x - 5, top + 7)])
