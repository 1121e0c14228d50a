"""The player: shows an exhibit frame by frame, plays it, loops a range, copies and saves frames."""

from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QContextMenuEvent, QImage, QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from forensiclab.core.notation import time_text
from forensiclab.core.records import StreamInfo
from forensiclab.gui.player.bar import SLIDER_PER_S, PlayerBar
from forensiclab.gui.player.clock import PlayerClock
from forensiclab.gui.player.frame_actions import FrameActions
from forensiclab.gui.player.frame_fetcher import FrameFetcher
from forensiclab.gui.player.frame_view import FrameView

_MAX_LATE_S = 0.25
"""Playing more than this behind the clock skips frames to catch up."""

_LAST_FRAME_S = 0.04
"""How long the last frame of the exhibit stays before a loop begins again."""

_BEYOND_S = 1.0
"""Added to the end, so that the frame there is the last one even where the end is rounded."""


class Player(QWidget):
    """Shows an exhibit frame by frame. Knows times and pictures only; the window gives it the faces to draw."""

    position_changed = Signal(float)
    """Presentation time in seconds of the frame that is shown now."""
    failed = Signal(str)
    """The exhibit cannot be shown any further."""
    refused = Signal(str)
    """What was asked for cannot be done, as a sentence; all else goes on."""
    noticed = Signal(str)
    """What was done, as a sentence."""

    def __init__(self, fetcher: FrameFetcher, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._fetcher = fetcher
        self._path: Path | None = None
        self._pts_s: float | None = None
        self._end_s = 0.0
        self._range_s: tuple[float, float] | None = None
        self._is_playing = False
        self._is_image = False
        self._is_at_end = False
        self._is_seeking = False
        """The frame that was sought is not here yet."""
        self._clock = PlayerClock()
        self._held: tuple[float, QImage] | None = None
        """The next frame, before its time has come."""
        self._due = QTimer(self)
        self._due.setSingleShot(True)
        self._due.setTimerType(Qt.TimerType.PreciseTimer)

        self.view = FrameView()
        self.bar = PlayerBar()
        self._actions = FrameActions(fetcher, self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.view, 1)
        layout.addWidget(self.bar)
        self._connect()
        self._show_state()

    def _connect(self) -> None:
        bar, fetcher, view = self.bar, self._fetcher, self.view
        self._due.timeout.connect(self._on_due)
        bar.play_button.clicked.connect(self.toggle_play)
        bar.back_button.clicked.connect(self.step_back)
        bar.forward_button.clicked.connect(self.step_forward)
        bar.slider.valueChanged.connect(self._on_slider_value_changed)
        bar.speed.currentIndexChanged.connect(self._on_speed_changed)
        bar.time_field.time_entered.connect(self._on_time_entered)
        bar.time_field.refused.connect(self.refused)
        bar.time_field.left.connect(view.setFocus)
        bar.zoom_in.triggered.connect(view.zoom_in)
        bar.zoom_out.triggered.connect(view.zoom_out)
        bar.zoom_to_fit.triggered.connect(view.zoom_to_fit)
        bar.zoom_to_pixels.triggered.connect(view.zoom_to_pixels)
        bar.copy_frame.triggered.connect(self.copy_frame)
        bar.save_frame.triggered.connect(self.save_frame)
        view.zoom_changed.connect(self._on_zoom_changed)
        fetcher.fetched.connect(self._on_fetched)
        fetcher.fetched_next.connect(self._on_fetched_next)
        fetcher.failed.connect(self._on_failed)
        self._actions.detail_fetched.connect(self._on_detail_fetched)
        self._actions.refused.connect(self.refused)
        self._actions.noticed.connect(self.noticed)

    @property
    def pts_s(self) -> float | None:
        """Time of the frame that is shown; None while there is none."""
        return self._pts_s

    @property
    def is_playing(self) -> bool:
        return self._is_playing

    def open(self, path: Path | None) -> None:
        """Show an exhibit from its start, or nothing."""
        self._pts_s = None
        self.pause()
        self._path = path
        self._end_s = 0.0
        self._range_s = None
        self._is_image = self._is_at_end = self._is_seeking = False
        self._actions.forget()
        self.view.set_image(QImage())
        self.view.set_frame_width(0)
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

    def set_range(self, range_s: tuple[float, float] | None) -> None:
        """Tell which range, from and to in seconds, can be looped; None = there is none."""
        if range_s != self._range_s:
            self._range_s = range_s
            self._show_state()

    def seek(self, pts_s: float) -> None:
        """Show the frame at ``pts_s``; playing goes on from there."""
        self._due.stop()
        self._held = None
        self._is_seeking = True
        self._fetcher.seek(max(pts_s, 0.0))

    @Slot()
    def toggle_play(self) -> None:
        """Play, or pause; from the end of the exhibit or of the looped range, play from its start."""
        if self._is_playing:
            self.pause()
        elif self._pts_s is not None and not self._is_image:
            self._is_playing = True
            loop = self._loop
            if self._is_at_end or (loop is not None and self._pts_s >= loop[1]):
                self.seek(loop[0] if loop else 0.0)
            elif not self._is_seeking:
                self._play_on(self._pts_s)
            self._show_state()

    @Slot()
    def pause(self) -> None:
        """Stop playing at the frame that is shown."""
        if self._is_playing and not self._is_seeking and self._pts_s is not None:
            self._fetcher.seek(self._pts_s)  # what was fetched ahead is stepped back over
        self._is_playing = False
        self._due.stop()
        self._held = None
        self._show_state()
        self._want_detail()

    @Slot()
    def faster(self) -> None:
        """Play; if it plays already, one speed faster."""
        if self._is_playing:
            self.bar.change_speed(1)
        else:
            self.toggle_play()

    @Slot()
    def slower(self) -> None:
        """Play one speed slower; while paused, go one frame back."""
        if self._is_playing:
            self.bar.change_speed(-1)
        else:
            self.step_back()

    @Slot()
    def step_back(self) -> None:
        self._step(-1)

    @Slot()
    def step_forward(self) -> None:
        self._step(1)

    @Slot()
    def go_to_start(self) -> None:
        """Show the first frame."""
        self._go_to(0.0)

    @Slot()
    def go_to_end(self) -> None:
        """Show the last frame."""
        self._go_to(self._end_s + _BEYOND_S)

    @Slot()
    def edit_time(self) -> None:
        """Let the time be written to which to go."""
        if self.bar.time_field.isEnabled():
            self.bar.time_field.edit()

    @Slot()
    def copy_frame(self) -> None:
        """Put the frame that is shown on the clipboard, in its own size, without the boxes."""
        if self._pts_s is not None:
            self._actions.copy(self._pts_s)

    @Slot()
    def save_frame(self) -> None:
        """Ask where to, and save the frame that is shown as PNG, in its own size, without the boxes."""
        self.pause()
        pts_s, evidence = self._pts_s, self._path
        if pts_s is None or evidence is None:
            return
        path = self._actions.ask_where(evidence, pts_s)
        if path is not None and self._path == evidence:
            self._actions.save(pts_s, path)

    @property
    def _loop(self) -> tuple[float, float] | None:
        """The range that playing shall not leave at its end."""
        return self._range_s if self.bar.loop_button.isChecked() else None

    def _go_to(self, pts_s: float) -> None:
        if self._pts_s is not None and not self._is_image:
            self.seek(pts_s)

    def _step(self, frames: int) -> None:
        self.pause()
        if self._pts_s is not None and not self._is_image:
            self._fetcher.step(frames)

    def _play_on(self, pts_s: float) -> None:
        """Play from the frame at ``pts_s``, which is shown now."""
        self._clock.start(pts_s, self.bar.speed_factor)
        self._fetcher.fetch_next()

    def _wait_for_held(self) -> None:
        if self._held is not None:
            due_s = self._held[0] if self._held[0] != self._pts_s else self._held[0] + _LAST_FRAME_S
            self._due.start(self._clock.wait_ms(due_s))

    def _show(self, pts_s: float, image: QImage) -> None:
        self._is_at_end = self._is_at_end and pts_s == self._pts_s
        self._pts_s = pts_s
        self.view.set_image(image)
        self._show_state()
        self.position_changed.emit(pts_s)
        self._want_detail()

    def _show_state(self) -> None:
        is_film = self._pts_s is not None and not self._is_image
        self.bar.show_state(
            has_frame=self._pts_s is not None, can_play=is_film, loop_s=self._range_s, is_playing=self._is_playing
        )
        self.bar.show_time(self._pts_s or 0.0, self._end_s)

    def _want_detail(self) -> None:
        if self._pts_s is not None and not self._is_playing and self.view.lacks_detail:
            self._actions.fetch_detail(self._pts_s)

    @Slot(int)
    def _on_slider_value_changed(self, value: int) -> None:
        self.seek(value / SLIDER_PER_S)

    @Slot(int)
    def _on_speed_changed(self, _index: int) -> None:
        if self._pts_s is not None:
            self._clock.start(self._pts_s, self.bar.speed_factor)
            self._wait_for_held()

    @Slot(float)
    def _on_time_entered(self, pts_s: float) -> None:
        if pts_s > self._end_s > 0:
            self.noticed.emit(self.tr("The exhibit ends at {0}, its last frame.").format(time_text(self._end_s)))
        self._go_to(pts_s)

    @Slot()
    def _on_zoom_changed(self) -> None:
        self.bar.show_zoom(None if self.view.zoom.is_fitted else self.view.zoom.zoom)
        self._want_detail()

    @Slot(float, QImage)
    def _on_fetched(self, pts_s: float, image: QImage) -> None:
        self._is_seeking = False
        self._due.stop()
        self._held = None
        self._show(pts_s, image)
        if self._is_playing:
            self._play_on(pts_s)

    @Slot(float, QImage)
    def _on_fetched_next(self, pts_s: float, image: QImage) -> None:
        if not self._is_playing or self._is_seeking:
            return
        if pts_s == self._pts_s and self._loop is None:
            self._is_at_end = True  # a step that leads nowhere
            self.pause()
            return
        self._held = (pts_s, image)
        self._wait_for_held()

    @Slot()
    def _on_due(self) -> None:
        if self._held is None:
            return
        pts_s, image = self._held
        loop = self._loop
        if loop is not None and (pts_s > loop[1] or pts_s == self._pts_s):
            self.seek(loop[0])
            return
        self._held = None
        self._show(pts_s, image)
        if self._clock.pts_s - pts_s > _MAX_LATE_S:
            self.seek(min(self._clock.pts_s, loop[1]) if loop else self._clock.pts_s)
        else:
            self._fetcher.fetch_next()

    @Slot(float, QImage)
    def _on_detail_fetched(self, pts_s: float, image: QImage) -> None:
        if pts_s == self._pts_s and not self._is_playing:
            self.view.set_image(image)
        else:
            self._want_detail()  # it came too late

    @Slot(str)
    def _on_failed(self, sentence: str) -> None:
        self._is_seeking = False
        self.pause()
        self.failed.emit(sentence)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if self._pts_s is not None:
            self.bar.frame_menu.popup(event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Home:
            self.go_to_start()
        elif event.key() == Qt.Key.Key_End:
            self.go_to_end()
        else:
            super().keyPressEvent(event)
