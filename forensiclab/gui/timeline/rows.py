"""Paints the curves of one detector: a colour per verdict, the selected track thicker, a number at each curve."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen, QPolygonF

from forensiclab.gui.timeline.data import DetectorCurves
from forensiclab.gui.timeline.painting import VERDICT_ORDER, Colors, Floats, TimeMap, draw_lines, value_ticks
from forensiclab.gui.timeline.series import Drawn
from forensiclab.gui.widgets.symbols import verdict_path

_MAX_MARKED = 300
"""With more values in view than this, they are lines only."""

_MAX_SMOOTH = 1500
"""With more lines than this in a row, they are drawn without smooth edges: nobody sees the difference."""

_MAX_NUMBERED = 12
"""With more curves in view than this, only the selected one has its number."""

_TAG_ALPHA = 225
"""A curve is still seen under a number."""

_PAD = 0.12
"""Room above and below the curves, as a share of their extent."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Points:
    """What is in view of a row, as places."""

    x: Floats
    y: Floats
    tracks: NDArray[np.int64]
    codes: NDArray[np.int64]
    """Of the tracks' verdicts."""
    is_joined: NDArray[np.bool_]


class RowScale:
    """Where raw scores lie in a row."""

    def __init__(self, extent: tuple[float, float], rect: QRectF) -> None:
        low, high = extent
        pad = (high - low) * _PAD or max(abs(high) * _PAD, 0.5)
        self.low, self.high = low - pad, high + pad
        self._rect = rect

    def y(self, score: float) -> float:
        """Return where a score lies, in pixels."""
        return self._rect.bottom() - (score - self.low) / (self.high - self.low) * self._rect.height()

    def ys(self, scores: Floats) -> Floats:
        """Return where scores lie, in pixels."""
        return self._rect.bottom() - (scores - self.low) / (self.high - self.low) * self._rect.height()


def title_px(metrics: QFontMetrics) -> int:
    """Return the height of the line above the curves."""
    return metrics.height() + 1


def plot_rect(rect: QRectF, metrics: QFontMetrics) -> QRectF:
    """Return the part of a row under its title."""
    return rect.adjusted(0, title_px(metrics), 0, -2)


def paint_row(
    painter: QPainter,
    rect: QRectF,
    time_map: TimeMap,
    curves: DetectorCurves,
    verdict_codes: NDArray[np.int64],
    selected: int | None,
    colors: Colors,
    title: str,
) -> None:
    """Paint a row.

    Args:
        painter: With the font of the labels.
        rect: The row; its width is that of the time map.
        time_map: Where times lie.
        curves: Of the row's detector.
        verdict_codes: By track: place of its verdict in ``VERDICT_ORDER``.
        selected: The selected track.
        colors: Of the palette.
        title: Said above the curves.
    """
    metrics = painter.fontMetrics()
    plot = plot_rect(rect, metrics)
    painter.setPen(colors.quiet)
    shown = metrics.elidedText(title, Qt.TextElideMode.ElideRight, int(rect.width() - time_map.title_indent) - 4)
    painter.drawText(
        rect.adjusted(time_map.title_indent, 0, -4, 0), Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft, shown
    )
    extent = curves.extent
    if extent is None:
        return
    scale = RowScale(extent, plot)
    for value in value_ticks(scale.low, scale.high, 4 if plot.height() > 60 else 2):
        y = scale.y(value)
        painter.fillRect(QRectF(plot.left(), round(y), plot.width(), 1), colors.grid)
        painter.setPen(colors.quiet)
        label = QRectF(0, y - metrics.height() / 2, plot.left() - 5, metrics.height())
        painter.drawText(
            label, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, f"{value:+.4g}" if value else "0"
        )
    points = _in_view(curves, time_map, scale, verdict_codes)
    painter.save()
    painter.setClipRect(plot.adjusted(0, -4, 0, 2), Qt.ClipOperation.IntersectClip)
    is_selected = points.tracks == (-1 if selected is None else selected)
    for code in np.unique(points.codes).tolist():
        _paint_curves(painter, points, (points.codes == code) & ~is_selected, code, colors, 1.2)
    for code in np.unique(points.codes[is_selected]).tolist():
        _paint_curves(painter, points, is_selected, code, colors, 2.6)
    painter.restore()
    _paint_numbers(painter, points, selected, colors, plot)


def _in_view(curves: DetectorCurves, time_map: TimeMap, scale: RowScale, verdict_codes: NDArray[np.int64]) -> _Points:
    parts: list[tuple[Drawn, NDArray[np.int64]]] = []
    if len(curves.finished):
        drawn = curves.finished.drawn(time_map.start_s, time_map.end_s, time_map.pixel_s)
        parts.append((drawn, np.asarray(curves.track_of, np.int64)[drawn.segments]))
    for track_id, series in curves.running.items():
        drawn = series.drawn(time_map.start_s, time_map.end_s, time_map.pixel_s)
        parts.append((drawn, np.full(len(drawn.segments), track_id, np.int64)))
    tracks = np.concatenate([np.empty(0, np.int64), *(own for _, own in parts)])
    return _Points(
        x=time_map.xs(np.concatenate([np.empty(0), *(drawn.times_s for drawn, _ in parts)])),
        y=scale.ys(np.concatenate([np.empty(0), *(drawn.values for drawn, _ in parts)])),
        tracks=tracks,
        codes=verdict_codes[tracks],
        is_joined=np.concatenate([np.empty(0, np.bool_), *(drawn.is_joined for drawn, _ in parts)]),
    )


def _paint_curves(
    painter: QPainter, points: _Points, chosen: NDArray[np.bool_], code: int, colors: Colors, width: float
) -> None:
    color = colors.of_verdict(code)
    first = np.flatnonzero(points.is_joined & chosen)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, len(points.x) <= _MAX_SMOOTH)
    painter.setPen(QPen(color, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))  # ten times faster than round
    draw_lines(painter, points.x[first], points.y[first], points.x[first + 1], points.y[first + 1])
    is_many = len(points.x) > _MAX_MARKED
    # A value without neighbours would be no line, and so not be seen.
    is_alone = ~points.is_joined & ~np.concatenate([[False], points.is_joined[:-1]])
    marked = np.flatnonzero(chosen & is_alone) if is_many else np.flatnonzero(chosen)
    size = width + (1.0 if is_many else 2.6)
    painter.setPen(QPen(color, size, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.drawPoints(QPolygonF([QPointF(x, y) for x, y in zip(points.x[marked], points.y[marked], strict=True)]))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)


def _paint_numbers(painter: QPainter, points: _Points, selected: int | None, colors: Colors, plot: QRectF) -> None:
    """Paint a number and the verdict's shape where each curve comes into view."""
    inside = np.flatnonzero((points.x >= plot.left()) & (points.x <= plot.right()))
    tracks, places = np.unique(points.tracks[inside], return_index=True)
    metrics = painter.fontMetrics()
    for track_id, place in zip(tracks.tolist(), inside[places].tolist(), strict=True):
        if len(tracks) > _MAX_NUMBERED and track_id != selected:
            continue
        code = int(points.codes[place])
        text, side = str(track_id), metrics.ascent() - 3.0
        tag = QRectF(points.x[place] + 3, points.y[place] - metrics.height(), 0, metrics.height())
        tag.setWidth(side + 5 + metrics.horizontalAdvance(text))
        tag.moveTop(min(max(tag.top(), plot.top() - 3), plot.bottom() - tag.height()))
        tag.moveRight(min(tag.right(), plot.right()))
        ground = QColor(colors.base)
        ground.setAlpha(_TAG_ALPHA)
        painter.fillRect(tag, ground)
        color = colors.of_verdict(code)
        shape = QRectF(tag.left() + 1, tag.center().y() - side / 2, side, side)
        painter.fillPath(verdict_path(VERDICT_ORDER[code], shape), color)
        painter.setPen(color)
        painter.drawText(tag, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)
