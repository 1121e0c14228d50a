"""Paints the tracks as bars in lanes: thumbnail, number and the verdict's shape and colour, as far as there is room."""

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPixmap

from forensiclab.gui.state.session import Session
from forensiclab.gui.timeline.data import TimelineData, TrackBar
from forensiclab.gui.timeline.painting import VERDICT_ORDER, Colors, Floats, TimeMap, draw_rects
from forensiclab.gui.widgets.images import to_image
from forensiclab.gui.widgets.symbols import verdict_path

LANE_PX = 23
"""Height of a lane where there is room."""

_MIN_LANE_PX = 5
_MIN_TEXT_PX = 13
"""Lower lanes have bars only."""

_WIDE_PX = 10
"""Narrower bars have no frame of their own."""

_NEW_THUMBNAILS = 4
"""Thumbnails made at once; the others come with the next painting."""

_REACH_PX = 3.0
"""How near to a bar a click means the bar."""


def lanes_height(lanes: int, most_px: float) -> int:
    """Return the height of a number of lanes, at most ``most_px``."""
    if not lanes:
        return 0
    return round(lanes * min(max(most_px / lanes, _MIN_LANE_PX), LANE_PX))


class Lanes:
    """Paints bars, says which one is where, and keeps the thumbnails."""

    def __init__(self) -> None:
        self._thumbnails: dict[tuple[int, int], QPixmap] = {}
        """By track and height in device pixels."""

    def forget(self) -> None:
        """Drop the thumbnails: another exhibit comes."""
        self._thumbnails.clear()

    def paint(
        self,
        painter: QPainter,
        rect: QRectF,
        time_map: TimeMap,
        data: TimelineData,
        session: Session,
        selected: int | None,
        colors: Colors,
    ) -> bool:
        """Paint the bars. Return whether thumbnails are left to be made."""
        if not data.lanes:
            return False
        bars = list(data.bars.values())
        height = rect.height() / data.lanes
        left, right = _edges(bars, time_map)
        seen = (right >= time_map.left) & (left <= time_map.right)
        wide = seen & (right - left >= _WIDE_PX)
        left, right = np.maximum(left, time_map.left - 4), np.minimum(right, time_map.right + 4)
        painter.save()
        painter.setClipRect(rect)
        self._paint_narrow(painter, rect, bars, left, right, seen & ~wide, height, colors)
        is_pending, made = False, 0
        for i in np.flatnonzero(wide).tolist():
            bar = bars[i]
            box = QRectF(left[i], rect.top() + bar.lane * height + 1, right[i] - left[i], height - 2)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            color = colors.of_verdict(VERDICT_ORDER.index(bar.verdict))
            _paint_bar(painter, box, color, colors, is_selected=bar.track_id == selected)
            if height < _MIN_TEXT_PX:
                continue
            ratio = painter.device().devicePixelRatioF()
            side = round((box.height() - 4) * ratio)
            thumbnail = self._thumbnails.get((bar.track_id, side))
            if thumbnail is None and _has_room(box):
                if made < _NEW_THUMBNAILS:
                    thumbnail = self._make_thumbnail(session, bar.track_id, side, ratio)
                    made += thumbnail is not None
                else:
                    is_pending = True
            _paint_contents(painter, box, bar, thumbnail, color, colors)
        painter.restore()
        return is_pending

    def track_at(self, place: QPointF, rect: QRectF, time_map: TimeMap, data: TimelineData) -> int | None:
        """Return the track whose bar is at a place."""
        if not data.lanes or not rect.contains(place):
            return None
        bars = list(data.bars.values())
        left, right = _edges(bars, time_map)
        lane = int((place.y() - rect.top()) / (rect.height() / data.lanes))
        away = np.maximum(np.maximum(left - place.x(), place.x() - right), 0.0)
        away[[bar.lane != lane for bar in bars]] = np.inf
        nearest = int(np.argmin(away))
        return bars[nearest].track_id if away[nearest] <= _REACH_PX else None

    def _paint_narrow(
        self,
        painter: QPainter,
        rect: QRectF,
        bars: list[TrackBar],
        left: Floats,
        right: Floats,
        chosen: "np.typing.NDArray[np.bool_]",
        height: float,
        colors: Colors,
    ) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(Qt.PenStyle.NoPen)
        lanes = np.asarray([bar.lane for bar in bars], np.float64)
        codes = np.asarray([VERDICT_ORDER.index(bar.verdict) for bar in bars])
        for code in np.unique(codes[chosen]).tolist():
            own = np.flatnonzero(chosen & (codes == code))
            # Those that fall on the same pixel are drawn once.
            _, first = np.unique(np.stack([np.rint(left[own]), lanes[own]]), axis=1, return_index=True)
            own = own[first]
            painter.setBrush(colors.of_verdict(code))
            tops = rect.top() + lanes[own] * height + 2
            draw_rects(painter, left[own], tops, np.maximum(right[own] - left[own] - 0.5, 1.5), height - 4)

    def _make_thumbnail(self, session: Session, track_id: int, side_px: int, ratio: float) -> QPixmap | None:
        track = session.tracks.get(track_id)
        if track is None or not track.crops or side_px < 1:
            return None
        picture: QImage = to_image(track.crops[0].crop.picture)
        scaled = picture.scaled(
            QSize(side_px, side_px), Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
        pixmap = QPixmap.fromImage(scaled)
        pixmap.setDevicePixelRatio(ratio)
        self._thumbnails[track_id, side_px] = pixmap
        return pixmap


def _edges(bars: list[TrackBar], time_map: TimeMap) -> tuple[Floats, Floats]:
    left = time_map.xs(np.asarray([bar.start_s for bar in bars]))
    right = time_map.xs(np.asarray([bar.end_s for bar in bars]))
    return left, np.maximum(right, left + 2)


def _has_room(box: QRectF) -> bool:
    """Return whether a thumbnail fits in besides shape and number."""
    return box.width() > box.height() + 34


def _paint_bar(painter: QPainter, box: QRectF, color: QColor, colors: Colors, *, is_selected: bool) -> None:
    ground = QColor(color)
    ground.setAlpha(90 if is_selected else 38)
    painter.setBrush(colors.base)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.drawRoundedRect(box, 3, 3)
    painter.setBrush(ground)
    width = 2.4 if is_selected else 1.0
    painter.setPen(QPen(color, width))
    painter.drawRoundedRect(box.adjusted(width / 2, width / 2, -width / 2, -width / 2), 3, 3)


def _paint_contents(
    painter: QPainter, box: QRectF, bar: TrackBar, thumbnail: QPixmap | None, color: QColor, colors: Colors
) -> None:
    x = box.left() + 3
    if thumbnail is not None and _has_room(box):
        painter.drawPixmap(QPointF(x, box.top() + 2), thumbnail)
        x += box.height()
    number, metrics = str(bar.track_id), painter.fontMetrics()
    side = metrics.ascent() - 2.0
    room = box.right() - 3 - x
    if room >= side:
        shape = QRectF(x, box.center().y() - side / 2, side, side)
        painter.fillPath(verdict_path(bar.verdict, shape), color)
    if room >= side + 4 + metrics.horizontalAdvance(number):
        painter.setPen(colors.text)
        text = QRectF(x + side + 4, box.top(), box.right() - x, box.height())
        painter.drawText(text, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, number)
