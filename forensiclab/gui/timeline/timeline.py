"""The timeline: scores over time, a row per detector; under them tracks, QP, picture types and what was not scored."""

import time
from dataclasses import dataclass
from math import ceil
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from forensiclab.gui.state.selection import Selection
from forensiclab.gui.state.session import Session, SessionState
from forensiclab.gui.timeline.canvas import Pointed, TimelineCanvas
from forensiclab.gui.timeline.data import TimelineData
from forensiclab.gui.timeline.pointer import TimelinePointer
from forensiclab.gui.timeline.rows import RowScale, plot_rect
from forensiclab.gui.timeline.texts import pointed_text, range_text, summary_text
from forensiclab.gui.widgets.elided_label import ElidedLabel
from forensiclab.gui.widgets.label import Label
from forensiclab.gui.widgets.symbols import control_icon
from forensiclab.gui.widgets.tool_button import tool_button
from forensiclab.gui.work.timer import single_shot

_FEED_S = 0.008
"""How long new data may be taken over at once; the rest waits until the window had its turn."""

_IDLE_SHARE = 5
"""The pause between two drawings, in durations of one drawing."""

_ZOOM_STEP = 1.5
_PAGE = 0.8
"""Share of the view by which Page Up and Page Down move it."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ShownCurve:
    """A curve as the timeline has it."""

    times_s: NDArray[np.float64]
    """Shape (N,), ascending."""
    raw_scores: NDArray[np.float64]
    """Shape (N,); NaN where a gap begins, so that no line leads over it."""


class Timeline(QWidget):
    """Shows a session over time.

    A click seeks or, on a track's bar, selects the track; a drag moves along; Shift and a drag select a range; the
    wheel zooms. With the focus: arrows step by frames and tracks, + and - zoom, I and O set where the range begins and
    ends, Esc clears it.
    """

    seek_requested = Signal(float)
    track_chosen = Signal(int)
    range_chosen = Signal(object)
    """From and to in seconds, or None for the whole exhibit."""
    step_requested = Signal(int)
    """How many frames on, or back."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session: Session | None = None
        self._selection = Selection()
        self._data = TimelineData()
        self._kept: WeakKeyDictionary[Session, TimelineData] = WeakKeyDictionary()
        """What was taken over of the exhibits that were shown before."""
        self._drawn: tuple[int, float, SessionState] | None = None
        """Version of the data and length of the exhibit that are drawn."""
        self._drawn_at_s = 0.0
        self._pointed: Pointed | None = None
        self._more = single_shot(self, self.refresh)

        title = Label(self.tr("Timeline"))
        title.setObjectName("heading")
        self.readout = ElidedLabel()
        self.readout.setAccessibleName(self.tr("Values at the pointer or in the range"))
        self.readout.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.range_button = tool_button(self.tr("Select a range by dragging (or hold Shift; I and O at the playhead)"))
        self.range_button.setCheckable(True)
        self.clear_button = tool_button(self.tr("Clear the range: back to the whole exhibit (Esc)"))
        self.zoom_out_button = tool_button(self.tr("Zoom out (-)"))
        self.zoom_in_button = tool_button(self.tr("Zoom in (+)"))
        self.all_button = tool_button(self.tr("Show the whole exhibit (double click)"))
        self.canvas = TimelineCanvas()
        self.canvas.setAccessibleName(self.tr("Raw scores, tracks and picture types over time"))
        self._hand = TimelinePointer(self.canvas)
        header = QHBoxLayout()
        header.setContentsMargins(8, 2, 6, 0)
        header.setSpacing(2)
        header.addWidget(title)
        header.addSpacing(8)
        header.addWidget(self.readout, 1)
        header.addSpacing(8)
        for button in self._buttons():
            header.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(header)
        layout.addWidget(self.canvas, 1)
        self.setMinimumHeight(150)
        self.setFocusProxy(self.canvas)

        self._hand.seek_requested.connect(self._on_seek_requested)
        self._hand.track_chosen.connect(self.track_chosen)
        self._hand.range_dragged.connect(self._on_range_dragged)
        self._hand.pointed.connect(self._on_pointed)
        self.range_button.toggled.connect(self._on_range_button_toggled)
        self.clear_button.clicked.connect(self._on_clear)
        self.zoom_in_button.clicked.connect(self._on_zoom_in)
        self.zoom_out_button.clicked.connect(self._on_zoom_out)
        self.all_button.clicked.connect(self.canvas.show_all)
        self._paint_icons()
        self._show_state()

    @property
    def curves(self) -> dict[tuple[str, int], ShownCurve]:
        """Every curve that is here, by detector and track."""
        shown = {}
        for name, curves in self._data.detectors.items():
            for track_id in curves.tracks():
                series, segment = curves.of_track(track_id) or (curves.finished, 0)
                times, scores, gaps = series.times(segment), series.values(segment), series.gaps(segment)
                behind = np.flatnonzero(gaps[:-1]) + 1
                shown[name, track_id] = ShownCurve(
                    times_s=np.insert(times, behind, times[behind]), raw_scores=np.insert(scores, behind, np.nan)
                )
        return shown

    @property
    def is_behind(self) -> bool:
        """Whether something of the session is still to be taken over."""
        return self._more.isActive()

    def place_of(self, detector: str, pts_s: float, raw_score: float) -> QPoint:
        """Return where a score lies in the viewport of ``canvas``, in pixels.

        Raises:
            KeyError: The detector has no row.
        """
        for name, curves, rect in self.canvas.rows():
            if name == detector and curves.extent is not None:
                scale = RowScale(curves.extent, plot_rect(rect, self.canvas.label_metrics()))
                return QPointF(self.canvas.time_map.x(pts_s), scale.y(raw_score)).toPoint()
        raise KeyError(detector)

    def set_session(self, session: Session | None) -> None:
        """Show another session, or none. A selection of its own follows."""
        if self._session is not None:
            self._kept[self._session] = self._data
        self._session = session
        self._data = (self._kept.get(session) if session is not None else None) or TimelineData()
        self._selection = Selection()
        self._pointed = None
        self._drawn = None
        self._hand.let_go()
        self.canvas.show_data(session, self._data)
        self.canvas.show_selection(self._selection)
        self.refresh()

    def select(self, selection: Selection) -> None:
        """Show this track thicker, this range, and rows for these detectors."""
        if selection != self._selection:
            self._selection = selection
            self.canvas.show_selection(selection)
            self._show_state()

    def set_position(self, pts_s: float) -> None:
        """Move the playhead."""
        self.canvas.set_position(pts_s)

    @Slot()
    def refresh(self) -> None:
        """Show what has come in since the last time; where that is much, a part of it, and the rest soon."""
        session = self._session
        if session is None:
            self._show_state()
            return
        if not self._data.fits(session):
            self._data, self._drawn = TimelineData(), None
            self.canvas.show_data(session, self._data)
        self._more.stop()
        until = time.thread_time() + _FEED_S
        for _ in self._data.feed(session):
            if time.thread_time() > until:
                self._more.start(0)
                break
        state = (self._data.version, session.end_s, session.state)
        if state == self._drawn:
            return
        wait_s = self._drawn_at_s + _IDLE_SHARE * self.canvas.painting_s - time.perf_counter()
        if self._drawn is not None and wait_s > 0:
            self._more.start(0 if self._more.isActive() else ceil(wait_s * 1000))
        else:
            self._drawn, self._drawn_at_s = state, time.perf_counter()
            self.canvas.refresh()
            self._show_state()

    def _buttons(self) -> tuple[QToolButton, ...]:
        return self.range_button, self.clear_button, self.zoom_out_button, self.zoom_in_button, self.all_button

    def _paint_icons(self) -> None:
        icons = ("range", "clear", "zoom out", "zoom in", "all")
        for button, icon in zip(self._buttons(), icons, strict=True):
            button.setIcon(control_icon(icon, self.palette()))

    def _show_state(self) -> None:
        session = self._session
        for button in self._buttons():
            button.setEnabled(session is not None)
        self.clear_button.setEnabled(session is not None and self._selection.range_s is not None)
        if session is None:
            text = ""
        elif self._pointed is not None:
            text = pointed_text(self._data, self._pointed, session.end_s)
        elif self.canvas.range_s is not None:
            text = range_text(self._data, self._selection, self.canvas.range_s)
        elif self._data.detectors:
            text = ""
        elif session.state.is_over:
            text = self.tr("Nothing was scored.")
        else:
            text = self.tr("The curves appear with the first scores.")
        self.readout.show_text(text)
        self.canvas.setAccessibleDescription(summary_text(self._data, session.end_s) if session is not None else "")

    def _set_range_end(self, *, is_start: bool) -> None:
        """Let the range begin or end at the playhead."""
        here_s, end_s = self.canvas.pts_s, self.canvas.span.length_s
        old_start_s, old_end_s = self._selection.range_s or (0.0, end_s)
        if is_start and here_s < end_s:
            self.range_chosen.emit((here_s, old_end_s if old_end_s > here_s else end_s))
        elif not is_start and here_s > 0:
            self.range_chosen.emit((old_start_s if old_start_s < here_s else 0.0, here_s))

    def _step_track(self, by: int) -> None:
        tracks = list(self._data.bars)
        if tracks:
            current = self._selection.track_id
            place = tracks.index(current) + by if current in self._data.bars else 0
            self.track_chosen.emit(tracks[min(max(place, 0), len(tracks) - 1)])

    @Slot(float)
    def _on_seek_requested(self, pts_s: float) -> None:
        self.set_position(pts_s)  # at once, before the frame is there
        self.seek_requested.emit(pts_s)

    @Slot(object, bool)
    def _on_range_dragged(self, range_s: tuple[float, float] | None, has_ended: bool) -> None:
        self.canvas.show_range(range_s)
        self._show_state()
        if has_ended:
            self.range_chosen.emit(range_s)

    @Slot(object)
    def _on_pointed(self, what: Pointed | None) -> None:
        self._pointed = what
        self._show_state()

    @Slot(bool)
    def _on_range_button_toggled(self, is_on: bool) -> None:
        self._hand.selects_range = is_on

    @Slot()
    def _on_clear(self) -> None:
        self.range_chosen.emit(None)

    @Slot()
    def _on_zoom_in(self) -> None:
        self.canvas.zoom(_ZOOM_STEP)

    @Slot()
    def _on_zoom_out(self) -> None:
        self.canvas.zoom(1 / _ZOOM_STEP)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        modifiers = event.modifiers() & ~(Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier)
        if self._session is None or modifiers:
            super().keyPressEvent(event)
            return
        match event.key():
            case Qt.Key.Key_Left:
                self.step_requested.emit(-1)
            case Qt.Key.Key_Right:
                self.step_requested.emit(1)
            case Qt.Key.Key_Up:
                self._step_track(-1)
            case Qt.Key.Key_Down:
                self._step_track(1)
            case Qt.Key.Key_Home:
                self._on_seek_requested(0.0)
            case Qt.Key.Key_End:
                self._on_seek_requested(self.canvas.span.length_s)
            case Qt.Key.Key_PageUp:
                self.canvas.shift(-_PAGE * self.canvas.span.width_s)
            case Qt.Key.Key_PageDown:
                self.canvas.shift(_PAGE * self.canvas.span.width_s)
            case Qt.Key.Key_Plus | Qt.Key.Key_Equal:
                self._on_zoom_in()
            case Qt.Key.Key_Minus:
                self._on_zoom_out()
            case Qt.Key.Key_I:
                self._set_range_end(is_start=True)
            case Qt.Key.Key_O:
                self._set_range_end(is_start=False)
            case Qt.Key.Key_Escape if self._selection.range_s is not None:
                self._on_clear()
            case _:
                super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self._paint_icons()
        super().changeEvent(event)
