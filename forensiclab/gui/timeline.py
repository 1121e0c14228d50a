"""The timeline: scores over time, one row per detector, and below them QP, picture types and what was not scored."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from pyqtgraph.GraphicsScene.mouseEvents import MouseClickEvent
from PySide6.QtCore import QEvent, QPointF, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from forensiclab.gui.session import Session
from forensiclab.gui.symbols import is_dark, verdict_color
from forensiclab.gui.time_plot import ScoreAxis, SeekBox, TimeAxis
from forensiclab.gui.wording import track_text
from forensiclab.report.wording import score_text, time_text

_ROW_PX = 56
_TIME_AXIS_PX = 18
_AXIS_PX = 52
_DASHES = (Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine, Qt.PenStyle.DotLine, Qt.PenStyle.DashDotLine)
_PICTURE_SYMBOLS = (("I", "s", 8), ("P", "o", 5), ("B", "x", 6), ("?", "+", 6))
"""Picture type, symbol of pyqtgraph, size in pixels."""


@dataclass(slots=True)
class _Row:
    plot: pg.PlotItem
    playhead: pg.InfiniteLine
    cuts: pg.VTickGroup


@dataclass(slots=True)
class _DrawnCurve:
    line: pg.PlotDataItem
    number: pg.TextItem
    state: tuple[object, ...]
    """What it was drawn from; drawn anew when it differs."""


class Timeline(QWidget):
    """Shows a session's scores over time. Click or drag to seek, wheel to zoom."""

    seek_requested = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session: Session | None = None
        self._selected_track: int | None = None
        self._pts_s = 0.0
        self._end_s = 0.0
        self._rows: dict[str, _Row] = {}
        self._curves: dict[tuple[str, int], _DrawnCurve] = {}
        self._strip: _Row | None = None
        self._strip_points: dict[str, pg.ScatterPlotItem] = {}
        self._strip_skipped: pg.PlotDataItem | None = None

        title = QLabel(self.tr("Timeline"))
        title.setObjectName("heading")
        self.readout = QLabel()
        self.readout.setTextFormat(Qt.TextFormat.PlainText)
        self.readout.setAccessibleName(self.tr("Value under the pointer"))
        header = QHBoxLayout()
        header.setContentsMargins(8, 3, 8, 0)
        header.addWidget(title)
        header.addStretch(1)
        header.addWidget(self.readout)
        self._canvas = pg.GraphicsLayoutWidget()
        self._canvas.ci.setContentsMargins(4, 0, 8, 0)
        self._canvas.ci.setSpacing(0)
        self._canvas.setAccessibleName(self.tr("Raw scores over time, one row per detector"))
        self._canvas.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll = QScrollArea()
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setWidget(self._canvas)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(header)
        layout.addWidget(scroll, 1)
        self.setMinimumHeight(150)
        self._canvas.scene().sigMouseMoved.connect(self._on_mouse_moved)

    @property
    def curves(self) -> dict[tuple[str, int], pg.PlotDataItem]:
        """The curves that are drawn, by detector and track."""
        return {key: drawn.line for key, drawn in self._curves.items()}

    def set_session(self, session: Session | None) -> None:
        """Show another session, or none."""
        self._session = session
        self._selected_track = None
        self._rebuild()

    def select_track(self, track_id: int | None) -> None:
        """Draw this track's curves thicker."""
        self._selected_track = track_id
        self._draw_curves()

    def set_position(self, pts_s: float) -> None:
        """Move the playhead."""
        self._pts_s = pts_s
        for row in self._all_rows():
            row.playhead.setPos(pts_s)

    def refresh(self) -> None:
        """Draw what has come in since the last time."""
        if self._session is None:
            return
        if list(self._rows) != self._session.detectors:
            self._rebuild()
        else:
            self._draw()

    def _all_rows(self) -> list[_Row]:
        return [*self._rows.values(), *([self._strip] if self._strip else [])]

    def _rebuild(self) -> None:
        self._canvas.clear()
        self._rows, self._curves, self._strip, self._strip_skipped = {}, {}, None, None
        self._strip_points = {}
        self._end_s = 0.0
        self._show_nothing_pointed_at()
        if self._session is None:
            return
        for name in self._session.detectors:
            # The scale is the detector's own, so that every detector gets a row and an axis of its own.
            self._rows[name] = self._add_row(self.tr("{0} – raw score, higher = more likely forged").format(name))
        self._strip = self._add_row(self.tr("QP under the face (■ I  ● P  × B)   ▬ not scored"), is_last=True)
        for kind, symbol, size in _PICTURE_SYMBOLS:
            self._strip_points[kind] = pg.ScatterPlotItem(symbol=symbol, size=size)
            self._strip_points[kind].sigClicked.connect(self._on_points_clicked)
            self._strip.plot.addItem(self._strip_points[kind])
        self._strip_skipped = pg.PlotDataItem(connect="pairs")
        self._strip.plot.addItem(self._strip_skipped, ignoreBounds=True)
        self._canvas.setMinimumHeight(_ROW_PX * (len(self._rows) + 1) + _TIME_AXIS_PX)
        self._apply_palette()
        self._draw()

    def _add_row(self, title: str, *, is_last: bool = False) -> _Row:
        index = len(self._rows)
        box = SeekBox()
        plot = self._canvas.addPlot(
            row=index, col=0, viewBox=box, axisItems={"bottom": TimeAxis("bottom"), "left": ScoreAxis("left")}
        )
        plot.setTitle(title, justify="left", size="8pt")
        plot.titleLabel.setMaximumHeight(15)
        plot.layout.setRowFixedHeight(0, 15)
        plot.hideButtons()
        plot.getAxis("left").setWidth(_AXIS_PX)
        plot.getAxis("bottom").setStyle(showValues=is_last, tickLength=3)
        plot.getAxis("bottom").setHeight(_TIME_AXIS_PX if is_last else 3)
        plot.getAxis("left").setStyle(tickLength=3)
        plot.getAxis("left").enableAutoSIPrefix(False)  # it would multiply small scores by 1000 without saying so
        small = QFont(self.font())
        small.setPointSize(8)
        for side in ("left", "bottom"):
            plot.getAxis(side).setTickFont(small)
        plot.showGrid(x=True, y=True, alpha=0.12)
        if self._rows:
            plot.setXLink(next(iter(self._rows.values())).plot)
        playhead = pg.InfiniteLine(self._pts_s, angle=90)
        cuts = pg.VTickGroup(yrange=[0, 1])
        plot.addItem(playhead, ignoreBounds=True)
        plot.addItem(cuts, ignoreBounds=True)
        box.sought.connect(self._on_sought)
        return _Row(plot, playhead, cuts)

    def _draw(self) -> None:
        session = self._session
        if session is None:
            return
        if session.end_s != self._end_s:
            self._end_s = session.end_s
            margin = max(self._end_s * 0.01, 0.02)
            for row in self._all_rows():
                row.plot.setLimits(xMin=-margin, xMax=self._end_s + margin)
            # The other rows are linked to the first one.
            self._all_rows()[0].plot.setXRange(-margin, self._end_s + margin, padding=0)
        self._draw_curves()
        self._draw_strip(session)
        for row in self._all_rows():
            row.cuts.setXVals(session.shot_cuts_s)

    def _draw_curves(self) -> None:
        session = self._session
        if session is None:
            return
        dark = is_dark(self.palette())
        gone = [key for key in self._curves if key[1] not in session.tracks]
        for key in gone:
            drawn = self._curves.pop(key)
            self._rows[key[0]].plot.removeItem(drawn.line)
            self._rows[key[0]].plot.removeItem(drawn.number)
        for name, row in self._rows.items():
            for track_id, track in session.tracks.items():
                points = track.curves.get(name)
                if points is None:
                    continue
                is_selected = track_id == self._selected_track
                state = (len(points), len(session.skipped), track.verdict, is_selected, dark)
                drawn = self._curves.get((name, track_id)) or self._add_curve(row, name, track_id)
                if drawn.state == state:
                    continue
                drawn.state = state
                color = verdict_color(track.verdict, dark)
                pen = pg.mkPen(color, width=2.5 if is_selected else 1.2, style=_DASHES[(track_id - 1) % len(_DASHES)])
                times, scores = session.curve(track_id, name)
                drawn.line.setData(times, scores, pen=pen, symbolBrush=color, connect="finite")
                drawn.number.setText(str(track_id), color=color)
                drawn.number.setPos(times[0], scores[0])

    def _add_curve(self, row: _Row, name: str, track_id: int) -> _DrawnCurve:
        line = pg.PlotDataItem(symbol="o", symbolSize=4, symbolPen=None, antialias=True)
        line.sigPointsClicked.connect(self._on_points_clicked)
        number = pg.TextItem(anchor=(0.0, 0.9))
        row.plot.addItem(line)
        row.plot.addItem(number, ignoreBounds=True)
        drawn = _DrawnCurve(line, number, ())
        self._curves[(name, track_id)] = drawn
        return drawn

    def _draw_strip(self, session: Session) -> None:
        if self._strip is None or self._strip_skipped is None:
            return
        times, qp = np.asarray(session.picture_pts_s), np.asarray(session.picture_qp)
        types = np.asarray(session.picture_types, dtype="U1")
        for kind, points in self._strip_points.items():
            chosen = (types == kind) & ~np.isnan(qp)
            points.setData(times[chosen], qp[chosen])
        low = float(np.nanmin(qp)) if np.isfinite(qp).any() else 0.0
        ends = np.array([(skip.start_s, skip.end_s) for skip in session.skipped]).reshape(-1)
        self._strip_skipped.setData(ends, np.full(len(ends), low - 2.0))
        self._strip.plot.getAxis("left").setStyle(showValues=bool(np.isfinite(qp).any()))
        high = float(np.nanmax(qp)) if np.isfinite(qp).any() else 1.0
        self._strip.plot.setYRange(low - 4.0, high + 2.0, padding=0)

    def _apply_palette(self) -> None:
        palette = self.palette()
        text = palette.color(QPalette.ColorRole.Text)
        faint = QColor(text)
        faint.setAlpha(110)
        self._canvas.setBackground(palette.color(QPalette.ColorRole.Base))
        for row in self._all_rows():
            for side in ("left", "bottom"):
                row.plot.getAxis(side).setPen(faint)
                row.plot.getAxis(side).setTextPen(text)
            row.plot.titleLabel.setText(row.plot.titleLabel.text, color=text)
            row.playhead.setPen(pg.mkPen(palette.color(QPalette.ColorRole.Highlight), width=2))
            row.cuts.setPen(pg.mkPen(faint, width=1, style=Qt.PenStyle.DashLine))
        for points in self._strip_points.values():
            points.setPen(pg.mkPen(text))
            points.setBrush(pg.mkBrush(text))
        if self._strip_skipped is not None:
            self._strip_skipped.setPen(pg.mkPen(faint, width=6))

    def _show_nothing_pointed_at(self) -> None:
        has_scores = self._session is None or bool(self._session.detectors)
        self.readout.setText("" if has_scores else self.tr("The curves come with the first scores."))

    def _value_text(self, name: str | None, pts_s: float) -> str:
        """What is known at a time, for the row of a detector (None = the strip)."""
        session = self._session
        if session is None or not 0 <= pts_s <= max(self._end_s, 0.0):
            return ""
        parts = [time_text(pts_s)]
        if name is not None:
            for (detector, track_id), drawn in self._curves.items():
                times, scores = drawn.line.getOriginalDataset()
                if detector == name and times is not None and times[0] <= pts_s <= times[-1]:
                    nearest = float(scores[int(np.argmin(np.abs(times - pts_s)))])
                    parts.append(f"{track_text(track_id)}: {score_text(None if np.isnan(nearest) else nearest)}")
        parts += [
            self.tr("not scored: {0}").format(skip.reason)
            for skip in session.skipped
            if skip.start_s <= pts_s <= skip.end_s
        ][:1]
        return " · ".join(parts)

    @Slot(float)
    def _on_sought(self, pts_s: float) -> None:
        self.seek_requested.emit(min(max(pts_s, 0.0), self._end_s))

    @Slot(object, object, object)
    def _on_points_clicked(self, _item: object, points: Sequence[pg.SpotItem], _event: MouseClickEvent) -> None:
        # Points take a click away from the plot under them; they lead to their own time.
        self.seek_requested.emit(float(points[0].pos().x()))

    @Slot(object)
    def _on_mouse_moved(self, scene_pos: QPointF) -> None:
        named: list[tuple[str | None, _Row]] = [*self._rows.items(), *([(None, self._strip)] if self._strip else [])]
        for name, row in named:
            box = row.plot.getViewBox()
            if box.sceneBoundingRect().contains(scene_pos):
                self.readout.setText(self._value_text(name, float(box.mapSceneToView(scene_pos).x())))
                return
        self._show_nothing_pointed_at()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self._apply_palette()
            self._draw_curves()
        super().changeEvent(event)
