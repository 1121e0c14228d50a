"""The player: frame, transport buttons, position slider, speed."""

import time
from pathlib import Path

from PySide6.QtCore import QEvent, QSignalBlocker, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSlider, QToolButton, QVBoxLayout, QWidget

from forensiclab.core.records import StreamInfo
from forensiclab.gui.frame_view import FrameView
from forensiclab.gui.player_worker import FrameFetcher
from forensiclab.gui.symbols import control_icon
from forensiclab.report.wording import time_text

SPEEDS = (0.1, 0.25, 0.5, 1.0, 2.0)

_SLIDER_PER_S = 1000
"""The slider counts milliseconds."""

_MAX_LATE_S = 0.25
"""Playing more than this behind the clock skips frames to catch up."""


class Player(QWidget):
    """Shows an exhibit frame by frame. Knows times and pictures only; the window gives it the faces to draw."""

    position_changed = Signal(float)
    """Presentation time in seconds of the frame that is shown now."""
    failed = Signal(str)

    def __init__(self, fetcher: FrameFetcher, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._fetcher = fetcher
        self._pts_s: float | None = None
        self._end_s = 0.0
        self._is_playing = False
        self._is_image = False
        self._started_at_s = 0.0
        """Clock time at which the frame ``_started_pts_s`` was shown."""
        self._started_pts_s = 0.0
        self._held: tuple[float, QImage] | None = None
        """A frame that came before its time while playing."""
        self._due = QTimer(self)
        self._due.setSingleShot(True)
        self._due.setTimerType(Qt.TimerType.PreciseTimer)

        self.view = FrameView()
        self.play_button = self._button(self.tr("Play or pause (Space)"))
        self.back_button = self._button(self.tr("One frame back (,)"))
        self.forward_button = self._button(self.tr("One frame forward (.)"))
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setAccessibleName(self.tr("Position"))
        self.slider.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.time_label = QLabel()
        self.time_label.setAccessibleName(self.tr("Time"))
        self.speed = QComboBox()
        self.speed.setAccessibleName(self.tr("Speed"))
        self.speed.setToolTip(self.tr("Speed"))
        self.speed.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        for value in SPEEDS:
            self.speed.addItem(f"{value:g}×", value)
        self.speed.setCurrentIndex(SPEEDS.index(1.0))

        controls = QHBoxLayout()
        controls.setContentsMargins(6, 2, 6, 4)
        controls.setSpacing(4)
        for widget in (self.back_button, self.play_button, self.forward_button):
            controls.addWidget(widget)
        controls.addWidget(self.slider, 1)
        controls.addWidget(self.time_label)
        controls.addWidget(self.speed)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.view, 1)
        layout.addLayout(controls)

        self._due.timeout.connect(self._on_due)
        self.play_button.clicked.connect(self.toggle_play)
        self.back_button.clicked.connect(self.step_back)
        self.forward_button.clicked.connect(self.step_forward)
        self.slider.valueChanged.connect(self._on_slider_value_changed)
        self.speed.currentIndexChanged.connect(self._on_speed_changed)
        fetcher.fetched.connect(self._on_fetched)
        fetcher.failed.connect(self._on_failed)
        self._paint_icons()
        self._show_state()

    @property
    def pts_s(self) -> float | None:
        """Time of the frame that is shown; None while there is none."""
        return self._pts_s

    @property
    def is_playing(self) -> bool:
        return self._is_playing

    def open(self, path: Path | None) -> None:
        """Show an exhibit from its start, or nothing."""
        self.pause()
        self._pts_s = None
        self._end_s = 0.0
        self._is_image = False
        self.view.set_image(QImage())
        self.view.set_faces((), None)
        self._fetcher.open(path)
        self._show_state()

    def set_extent(self, end_s: float, stream: StreamInfo | None) -> None:
        """Tell where the exhibit ends, as far as is known, and what its frames are, once that is known."""
        is_image = stream is not None and stream.is_image
        if stream is not None:
            self.view.set_frame_width(stream.width_px)
        if (end_s, is_image) != (self._end_s, self._is_image):
            self._end_s, self._is_image = end_s, is_image
            self._show_state()

    def seek(self, pts_s: float) -> None:
        """Show the frame at ``pts_s``; playing goes on from there."""
        self._due.stop()
        self._held = None
        self._fetcher.seek(max(pts_s, 0.0))

    @Slot()
    def toggle_play(self) -> None:
        """Play, or pause; at the end, play from the start."""
        if self._is_playing:
            self.pause()
        elif self._pts_s is not None and not self._is_image:
            self._is_playing = True
            self._start_clock(self._pts_s)
            self._fetcher.step(1)
            self._show_state()

    def pause(self) -> None:
        """Stop playing at the frame that is shown."""
        self._is_playing = False
        self._due.stop()
        self._held = None
        self._show_state()

    @Slot()
    def step_back(self) -> None:
        self._step(-1)

    @Slot()
    def step_forward(self) -> None:
        self._step(1)

    def _step(self, frames: int) -> None:
        self.pause()
        if self._pts_s is not None and not self._is_image:
            self._fetcher.step(frames)

    def _button(self, name: str) -> QToolButton:
        button = QToolButton()
        button.setAccessibleName(name)
        button.setToolTip(name)
        button.setAutoRaise(True)
        # Not by mouse: after a click the space bar must still play, not press the button again.
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def _start_clock(self, pts_s: float) -> None:
        self._started_at_s, self._started_pts_s = time.monotonic(), pts_s

    def _clock_pts_s(self) -> float:
        """Where playing should be now."""
        speed: float = self.speed.currentData()
        return self._started_pts_s + (time.monotonic() - self._started_at_s) * speed

    def _show(self, pts_s: float, image: QImage) -> None:
        self._pts_s = pts_s
        self.view.set_image(image)
        self._show_state()
        self.position_changed.emit(pts_s)

    def _show_state(self) -> None:
        is_ready = self._pts_s is not None and not self._is_image
        for widget in (self.play_button, self.back_button, self.forward_button, self.slider, self.speed):
            widget.setEnabled(is_ready)
        self.play_button.setIcon(control_icon("pause" if self._is_playing else "play", self.palette()))
        with QSignalBlocker(self.slider):
            self.slider.setRange(0, round(max(self._end_s, self._pts_s or 0.0) * _SLIDER_PER_S))
            self.slider.setSingleStep(_SLIDER_PER_S // 10)
            self.slider.setPageStep(_SLIDER_PER_S)
            if not self.slider.isSliderDown():
                self.slider.setValue(round((self._pts_s or 0.0) * _SLIDER_PER_S))
        self.time_label.setText(f"{time_text(self._pts_s or 0.0)} / {time_text(self._end_s)}")

    def _paint_icons(self) -> None:
        self.back_button.setIcon(control_icon("back", self.palette()))
        self.forward_button.setIcon(control_icon("forward", self.palette()))
        self.play_button.setIcon(control_icon("pause" if self._is_playing else "play", self.palette()))

    @Slot(int)
    def _on_slider_value_changed(self, value: int) -> None:
        self.seek(value / _SLIDER_PER_S)

    @Slot(int)
    def _on_speed_changed(self, _index: int) -> None:
        if self._pts_s is not None:
            self._start_clock(self._pts_s)

    @Slot(float, QImage)
    def _on_fetched(self, pts_s: float, image: QImage) -> None:
        if not self._is_playing:
            self._show(pts_s, image)
            return
        if self._pts_s is not None and pts_s == self._pts_s:
            self._show(pts_s, image)
            self.pause()  # a step that leads nowhere: the end
            return
        if abs(pts_s - self._clock_pts_s()) > 1.0:
            self._start_clock(pts_s)  # the user went elsewhere
        self._held = (pts_s, image)
        speed: float = self.speed.currentData()
        self._due.start(max(0, round((pts_s - self._clock_pts_s()) / speed * 1000)))

    @Slot()
    def _on_due(self) -> None:
        if self._held is None:
            return
        pts_s, image = self._held
        self._held = None
        self._show(pts_s, image)
        if self._clock_pts_s() - pts_s > _MAX_LATE_S:
            self._fetcher.seek(self._clock_pts_s())
        else:
            self._fetcher.step(1)

    @Slot(str)
    def _on_failed(self, sentence: str) -> None:
        self.pause()
        self.failed.emit(sentence)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self._paint_icons()
        super().changeEvent(event)
