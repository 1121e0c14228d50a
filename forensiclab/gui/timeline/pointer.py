"""What the pointer does to the timeline: a click seeks, a drag moves along or selects a range, the wheel zooms."""

from enum import Enum, auto

from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QWheelEvent

from forensiclab.gui.timeline.canvas import TimelineCanvas, Zone

_GRIP_PX = 5.0
"""How near to the playhead or an end of the range a drag moves it."""

_CLICK_PX = 4.0
"""What moves less is a click."""

_ZOOM_PER_NOTCH = 1.25
_NOTCH = 120


class _Drag(Enum):
    NONE = auto()
    UNDECIDED = auto()
    """Pressed, not moved: a click so far."""
    MOVE = auto()
    SEEK = auto()
    RANGE = auto()


class TimelinePointer(QObject):
    """Takes the events of a canvas' pointer and wheel."""

    seek_requested = Signal(float)
    track_chosen = Signal(int)
    range_dragged = Signal(object, bool)
    """From and to in seconds, or None; and whether the drag has ended."""
    pointed = Signal(object)
    """What the pointer is over: ``Pointed``, or None."""

    def __init__(self, canvas: TimelineCanvas) -> None:
        super().__init__(canvas)
        self.selects_range = False
        """Whether a drag selects a range even without Shift."""
        self._canvas = canvas
        self._drag = _Drag.NONE
        self._pressed_at = QPointF()
        self._pressed_s = 0.0
        self._has_shift = False
        self._anchor_s = 0.0
        """The end of the range that stays."""
        canvas.viewport().installEventFilter(self)

    def let_go(self) -> None:
        """End a drag: another exhibit comes."""
        self._drag = _Drag.NONE

    def _press(self, event: QMouseEvent) -> None:
        place = event.position()
        time_map = self._canvas.time_map
        self._pressed_at, self._pressed_s = place, time_map.time(place.x())
        what = self._canvas.pointed_at(place)
        end = self._range_end_at(place.x())
        if what is None:
            return
        self._has_shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if end is not None and self._canvas.range_s is not None:
            self._drag, self._anchor_s = _Drag.RANGE, self._canvas.range_s[1 - end]
        elif self._has_shift or (self.selects_range and what.zone is not Zone.AXIS):
            self._drag, self._anchor_s = _Drag.RANGE, self._within(self._pressed_s)
        elif what.zone is Zone.AXIS:
            self._drag = _Drag.SEEK
            self.seek_requested.emit(self._within(self._pressed_s))
        elif abs(place.x() - time_map.x(self._canvas.pts_s)) <= _GRIP_PX and what.track_id is None:
            self._drag = _Drag.SEEK
        else:
            self._drag = _Drag.UNDECIDED

    def _move(self, place: QPointF) -> None:
        here_s = self._canvas.time_map.time(place.x())
        if self._drag is _Drag.UNDECIDED and (place - self._pressed_at).manhattanLength() > _CLICK_PX:
            self._drag = _Drag.MOVE
        if self._drag is _Drag.MOVE:
            self._canvas.shift(self._pressed_s - here_s)
        elif self._drag is _Drag.SEEK:
            self.seek_requested.emit(self._within(here_s))
        elif self._drag is _Drag.RANGE:
            self.range_dragged.emit(self._range_to(here_s), False)
        self._show_cursor(place)
        # While a range is dragged, its values are of interest, not those at the pointer.
        self.pointed.emit(None if self._drag is _Drag.RANGE else self._canvas.pointed_at(place))

    def _release(self, place: QPointF) -> None:
        drag, self._drag = self._drag, _Drag.NONE
        here_s = self._canvas.time_map.time(place.x())
        is_click = (place - self._pressed_at).manhattanLength() <= _CLICK_PX
        if drag is _Drag.RANGE and not is_click:
            self.range_dragged.emit(self._range_to(here_s), True)
        elif drag is _Drag.RANGE and self._has_shift:
            # A click with Shift says how far the range reaches from the playhead.
            self._anchor_s = self._canvas.pts_s
            self.range_dragged.emit(self._range_to(here_s), True)
        elif drag is not _Drag.NONE and is_click:
            what = self._canvas.pointed_at(place)
            if what is not None and what.track_id is not None:
                self.track_chosen.emit(what.track_id)
            elif what is not None:
                self.seek_requested.emit(self._within(here_s))
        self._show_cursor(place)

    def _wheel(self, event: QWheelEvent) -> None:
        canvas, place = self._canvas, event.position()
        across, along = event.angleDelta().x(), event.angleDelta().y()
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier and not across:
            across, along = along, 0
        if place.x() < canvas.time_map.left:
            bar = canvas.verticalScrollBar()
            bar.setValue(bar.value() - round(along / _NOTCH * 2 * bar.singleStep()))
        elif abs(across) > abs(along):
            canvas.shift(-0.1 * across / _NOTCH * canvas.span.width_s)
        elif along:
            canvas.zoom(_ZOOM_PER_NOTCH ** (along / _NOTCH), canvas.time_map.time(place.x()))

    def _range_to(self, pts_s: float) -> tuple[float, float] | None:
        start_s, end_s = sorted((self._anchor_s, self._within(pts_s)))
        return (start_s, end_s) if end_s > start_s else None

    def _range_end_at(self, x: float) -> int | None:
        """Return which end of the range lies at ``x``: 0, 1, or None."""
        if self._canvas.range_s is None:
            return None
        away = [abs(self._canvas.time_map.x(end) - x) for end in self._canvas.range_s]
        nearest = min((0, 1), key=lambda end: away[end])
        return nearest if away[nearest] <= _GRIP_PX else None

    def _within(self, pts_s: float) -> float:
        return min(max(pts_s, 0.0), self._canvas.span.length_s)

    def _show_cursor(self, place: QPointF) -> None:
        what = self._canvas.pointed_at(place)
        shape = Qt.CursorShape.ArrowCursor
        if self._drag is _Drag.MOVE:
            shape = Qt.CursorShape.ClosedHandCursor
        elif what is not None and what.track_id is not None:
            shape = Qt.CursorShape.PointingHandCursor
        elif what is not None:
            on_playhead = abs(place.x() - self._canvas.time_map.x(self._canvas.pts_s)) <= _GRIP_PX
            if self._range_end_at(place.x()) is not None or on_playhead:
                shape = Qt.CursorShape.SplitHCursor
            elif self.selects_range and what.zone is not Zone.AXIS:
                shape = Qt.CursorShape.IBeamCursor
        self._canvas.viewport().setCursor(shape)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind is QEvent.Type.Leave:
            self.pointed.emit(None)
        elif isinstance(event, QWheelEvent):
            self._wheel(event)
            return True
        elif isinstance(event, QMouseEvent):
            is_left = event.button() is Qt.MouseButton.LeftButton
            if kind is QEvent.Type.MouseButtonPress and is_left:
                self._press(event)
            elif kind is QEvent.Type.MouseButtonDblClick and is_left:
                self._canvas.show_all()
            elif kind is QEvent.Type.MouseButtonRelease and is_left:
                self._release(event.position())
            elif kind is QEvent.Type.MouseMove:
                self._move(event.position())
        return False
