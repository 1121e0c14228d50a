"""The area on which the timeline is painted: rows of curves that scroll, over lanes, strip and axis that stay."""

import time
from dataclasses import dataclass
from enum import Enum, auto

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Slot
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

from forensiclab.gui.state.selection import Selection
from forensiclab.gui.state.session import Session
from forensiclab.gui.timeline.data import DetectorCurves, TimelineData
from forensiclab.gui.timeline.lanes import Lanes, lanes_height
from forensiclab.gui.timeline.painting import VERDICT_ORDER, Colors, TimeMap
from forensiclab.gui.timeline.rows import paint_row
from forensiclab.gui.timeline.span import TimeSpan
from forensiclab.gui.timeline.strip import (
    axis_px,
    paint_axis,
    paint_grid,
    paint_shots,
    paint_strip,
    playhead_shape,
    strip_px,
)
from forensiclab.gui.work.timer import single_shot

_GUTTER_PX, _RIGHT_PX = 54, 10
_MIN_ROW_PX = 46
_LANES_SHARE = 0.3
"""Of the height, the lanes take no more."""
_THUMBNAIL_PAUSE_MS = 30
_RANGE_ALPHA = 44
_SMALL_FONT = 0.9
"""Size of the labels over that of the window's font."""


class Zone(Enum):
    """Parts of the canvas, from top to bottom."""

    ROWS = auto()
    LANES = auto()
    STRIP = auto()
    AXIS = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pointed:
    """What lies at a place of the canvas."""

    zone: Zone
    pts_s: float
    pixel_s: float
    detector: str | None = None
    """Of the row."""
    track_id: int | None = None
    """Of the bar in the lanes."""


class TimelineCanvas(QAbstractScrollArea):
    """Paints a timeline. What is painted stays until something changes; the playhead moves over it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.span = TimeSpan()
        self.painting_s = 0.0
        """How long it took to paint everything the last time."""
        self._session: Session | None = None
        self._data = TimelineData()
        self._selection = Selection()
        self._range_s: tuple[float, float] | None = None
        self._pts_s = 0.0
        self._lanes = Lanes()
        self._picture: QPixmap | None = None
        """Everything but the playhead and the range; None = to be repainted."""
        self._again = single_shot(self, self.repaint_all, _THUMBNAIL_PAUSE_MS)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setMouseTracking(True)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    @property
    def pts_s(self) -> float:
        """Where the playhead is, in seconds."""
        return self._pts_s

    @property
    def range_s(self) -> tuple[float, float] | None:
        """The range that is shown as selected."""
        return self._range_s

    @property
    def time_map(self) -> TimeMap:
        """Where times lie."""
        return TimeMap.of(self.span, _GUTTER_PX, self.viewport().width() - _GUTTER_PX - _RIGHT_PX)

    def show_data(self, session: Session | None, data: TimelineData) -> None:
        """Show another exhibit, or none."""
        self._session, self._data = session, data
        self._lanes.forget()
        self.span = TimeSpan()
        self.refresh()

    def show_selection(self, selection: Selection) -> None:
        """Show other detectors, or another track or range as selected."""
        self._selection = selection
        self._range_s = selection.range_s
        self.refresh()

    def show_range(self, range_s: tuple[float, float] | None) -> None:
        """Show another range as selected."""
        self._range_s = range_s
        self.viewport().update()

    def refresh(self) -> None:
        """Paint what is new in the data."""
        if self._session is not None:
            self.span.set_length(self._session.end_s)
        self._lay_out()
        self.repaint_all()

    def set_position(self, pts_s: float) -> None:
        """Move the playhead; where it runs out of view, the view follows."""
        was_in_view = self.span.start_s <= self._pts_s <= self.span.end_s
        for moved in (self._pts_s, pts_s):
            self.viewport().update(round(self.time_map.x(moved)) - 8, 0, 17, self.viewport().height())
        self._pts_s = pts_s
        if was_in_view and not self.span.start_s <= pts_s <= self.span.end_s:
            self.span.show(pts_s - 0.1 * self.span.width_s, pts_s + 0.9 * self.span.width_s)
            self.repaint_all()

    def zoom(self, factor: float, at_s: float | None = None) -> None:
        """Zoom in or out about a time; None = the playhead, or the middle where that is out of view."""
        if at_s is None:
            is_seen = self.span.start_s <= self._pts_s <= self.span.end_s
            at_s = self._pts_s if is_seen else (self.span.start_s + self.span.end_s) / 2
        self.span.zoom(factor, at_s)
        self.repaint_all()

    def shift(self, by_s: float) -> None:
        """Move along by a number of seconds."""
        self.span.move(by_s)
        self.repaint_all()

    def show_all(self) -> None:
        """See the whole exhibit."""
        self.span.show_all()
        self.repaint_all()

    @Slot()
    def repaint_all(self) -> None:
        """Repaint everything with the next painting."""
        self._picture = None
        self.viewport().update()

    def zone_rect(self, zone: Zone) -> QRectF:
        """Return where a part of the canvas is; for rows, the area in which they scroll."""
        height, metrics = self.viewport().height(), self.label_metrics()
        heights = {
            Zone.LANES: lanes_height(self._data.lanes, max(_LANES_SHARE * height, 20.0)),
            Zone.STRIP: strip_px(metrics),
            Zone.AXIS: axis_px(metrics),
        }
        heights[Zone.ROWS] = max(height - sum(heights.values()), 0)
        top = sum(heights[above] for above in Zone if above.value < zone.value)
        return QRectF(_GUTTER_PX, top, self.time_map.width, heights[zone])

    def rows(self) -> list[tuple[str, DetectorCurves, QRectF]]:
        """Return the rows that are shown, and where; some may be scrolled out of view."""
        shown = [(name, curves) for name, curves in self._data.detectors.items() if self._selection.shows(name)]
        area = self.zone_rect(Zone.ROWS)
        height = max(area.height() / max(len(shown), 1), _MIN_ROW_PX)
        top = area.top() - self.verticalScrollBar().value()
        return [
            (name, curves, QRectF(area.left(), top + i * height, area.width(), height))
            for i, (name, curves) in enumerate(shown)
        ]

    def pointed_at(self, place: QPointF) -> Pointed | None:
        """Return what lies at a place; None beside the part where times are shown."""
        time_map = self.time_map
        zone = next((zone for zone in Zone if self.zone_rect(zone).contains(place)), None)
        if zone is None or self._session is None:
            return None
        detector = track_id = None
        if zone is Zone.ROWS:
            detector = next((name for name, _, rect in self.rows() if rect.contains(place)), None)
        elif zone is Zone.LANES:
            track_id = self._lanes.track_at(place, self.zone_rect(zone), time_map, self._data)
        pts_s = time_map.time(place.x())
        return Pointed(zone=zone, pts_s=pts_s, pixel_s=time_map.pixel_s, detector=detector, track_id=track_id)

    def label_metrics(self) -> QFontMetrics:
        """Return the metrics of the labels' font."""
        return QFontMetrics(self._small_font())

    def _small_font(self) -> QFont:
        font = QFont(self.font())
        if font.pixelSize() > 0:
            font.setPixelSize(max(round(font.pixelSize() * _SMALL_FONT), 9))
        else:
            font.setPointSizeF(max(font.pointSizeF() * _SMALL_FONT, 7.0))
        return font

    def _lay_out(self) -> None:
        """Let the scroll bar cover the rows."""
        rows, area = self.rows(), self.zone_rect(Zone.ROWS)
        whole = sum(rect.height() for _, _, rect in rows)
        bar = self.verticalScrollBar()
        bar.setRange(0, max(round(whole - area.height()), 0))
        bar.setPageStep(max(round(area.height()), 1))
        bar.setSingleStep(_MIN_ROW_PX // 2)

    def _paint_picture(self, session: Session) -> QPixmap:
        """Paint all that does not move with the playhead."""
        ratio = self.devicePixelRatioF()
        picture = QPixmap(self.viewport().size() * ratio)
        picture.setDevicePixelRatio(ratio)
        colors, time_map = Colors.of(self.palette()), self.time_map
        picture.fill(colors.base)
        painter = QPainter(picture)
        painter.setFont(self._small_font())
        rows, axis = self.zone_rect(Zone.ROWS), self.zone_rect(Zone.AXIS)
        above_axis = QRectF(rows.left(), 0, rows.width(), axis.top())
        shot_cuts_s = np.asarray(session.shot_cuts_s, np.float64)
        paint_grid(painter, above_axis, time_map, colors)
        paint_shots(painter, above_axis, time_map, shot_cuts_s, colors)
        codes = self._verdict_codes()
        painter.save()
        painter.setClipRect(rows.adjusted(-_GUTTER_PX, 0, _RIGHT_PX, 0))
        for name, curves, rect in self.rows():
            if rect.intersects(rows):
                title = self.tr("{0} – raw score, higher = more likely forged").format(name)
                paint_row(painter, rect, time_map, curves, codes, self._selection.track_id, colors, title)
                self._paint_divider(painter, rect.bottom(), colors)
        painter.restore()
        lanes, strip = self.zone_rect(Zone.LANES), self.zone_rect(Zone.STRIP)
        selected = self._selection.track_id
        if self._lanes.paint(painter, lanes, time_map, self._data, session, selected, colors):
            self._again.start()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        for edge in (lanes.top(), strip.top()):
            self._paint_divider(painter, edge, colors)
        paint_strip(painter, strip, time_map, self._data, shot_cuts_s, colors)
        paint_axis(painter, axis, time_map, colors)
        painter.end()
        return picture

    def _paint_divider(self, painter: QPainter, y: float, colors: Colors) -> None:
        painter.fillRect(QRectF(0, round(y), self.viewport().width(), 1), colors.grid)

    def _paint_over(self, painter: QPainter) -> None:
        """Paint the range and the playhead."""
        colors, time_map = Colors.of(self.palette()), self.time_map
        axis = self.zone_rect(Zone.AXIS)
        painter.setClipRect(QRectF(time_map.left - 7, 0, time_map.width + 14, axis.bottom()))
        if self._range_s is not None:
            left, right = (min(max(time_map.x(end), time_map.left), time_map.right) for end in self._range_s)
            # The range is tinted; to dim what lies outside would take the contrast from its texts.
            tint = QColor(colors.accent)
            tint.setAlpha(_RANGE_ALPHA)
            painter.fillRect(QRectF(left, 0, right - left, axis.top()), tint)
            painter.fillRect(QRectF(left, axis.top(), max(right - left, 1.0), 3), colors.accent)
            painter.setPen(QPen(colors.accent, 1))
            for x in (time_map.x(end) for end in self._range_s):
                painter.drawLine(QPointF(x, 0), QPointF(x, axis.top() + 6))
        x = time_map.x(self._pts_s)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(QRectF(x - 1, 0, 2, axis.top()), colors.accent)
        painter.setBrush(colors.accent)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawPolygon(playhead_shape(x, axis))

    def _verdict_codes(self) -> "np.typing.NDArray[np.int64]":
        """Return the place of each track's verdict in ``VERDICT_ORDER``, by track."""
        codes = np.zeros(max(self._data.bars, default=0) + 1, np.int64)
        for track_id, bar in self._data.bars.items():
            codes[track_id] = VERDICT_ORDER.index(bar.verdict)
        return codes

    def scrollContentsBy(self, _dx: int, _dy: int) -> None:
        self.repaint_all()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.ignore()  # keys are the timeline's; the scroll bar would take the arrows

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self._lay_out()
            self.repaint_all()
        super().changeEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()
        self.repaint_all()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        if self._session is None:
            painter.fillRect(self.viewport().rect(), self.palette().base())
            return
        if self._picture is None or self._picture.devicePixelRatio() != self.devicePixelRatioF():
            started = time.perf_counter()
            self._picture = self._paint_picture(self._session)
            self.painting_s = time.perf_counter() - started
        painter.drawPixmap(0, 0, self._picture)
        self._paint_over(painter)
        painter.end()
