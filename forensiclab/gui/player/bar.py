"""The row of controls under the frame."""

from PySide6.QtCore import QEvent, QSignalBlocker, Qt
from PySide6.QtGui import QAction, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QMenu, QSlider, QToolButton, QWidget

from forensiclab.core.notation import span_text, time_text
from forensiclab.gui.player.time_field import TimeField
from forensiclab.gui.widgets.label import Label
from forensiclab.gui.widgets.symbols import control_icon
from forensiclab.gui.widgets.tool_button import tool_button

SPEEDS = (0.1, 0.25, 0.5, 1.0, 2.0)

_ROOM_FOR_END = 6
"""Where the row is narrower than this many times the time field's width, the end of the exhibit is left out."""

SLIDER_PER_S = 1000
"""The slider counts milliseconds."""


class PlayerBar(QWidget):
    """Buttons, position, time, speed, zoom and what can be done with the frame; the player connects them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_playing = False
        self.play_button = tool_button(self.tr("Play or pause (Space)"))
        self.back_button = tool_button(self.tr("One frame back (,)"))
        self.forward_button = tool_button(self.tr("One frame forward (.)"))
        self.loop_button = tool_button(self.tr("Loop the range"))
        self.loop_button.setCheckable(True)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setAccessibleName(self.tr("Position"))
        self.slider.setToolTip(self.tr("Position (Home: first frame, End: last frame)"))
        self.slider.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.slider.setMinimumWidth(48)
        self.time_field = TimeField()
        self.end_label = Label()
        self.end_label.setAccessibleName(self.tr("End of the exhibit"))
        self.speed = QComboBox()
        self.speed.setAccessibleName(self.tr("Speed"))
        self.speed.setToolTip(self.tr("Speed (J: slower, K: pause, L: play or faster)"))
        self.speed.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        for value in SPEEDS:
            self.speed.addItem(f"{value:g}×", value)
        self.speed.setCurrentIndex(SPEEDS.index(1.0))

        self.frame_menu = QMenu(self)
        self.zoom_in = self._action(self.tr("Zoom &in"), "Ctrl++")
        self.zoom_out = self._action(self.tr("Zoom &out"), "Ctrl+-")
        self.zoom_to_fit = self._action(self.tr("&Fit the frame"), "Ctrl+0")
        self.zoom_to_pixels = self._action(self.tr("&100 % (actual pixels)"), "Ctrl+1")
        self.frame_menu.addSeparator()
        self.copy_frame = self._action(self.tr("&Copy the frame"), "Ctrl+Shift+C")
        self.save_frame = self._action(self.tr("&Save the frame…"), "Ctrl+Shift+S")
        self.frame_button = tool_button("")
        self.frame_button.setObjectName("menu")
        self.frame_button.setMenu(self.frame_menu)
        self.frame_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.frame_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)

        controls = QHBoxLayout(self)
        controls.setContentsMargins(6, 2, 6, 4)
        controls.setSpacing(4)
        for button in (self.back_button, self.play_button, self.forward_button, self.loop_button):
            controls.addWidget(button)
        controls.addWidget(self.slider, 1)
        for widget in (self.time_field, self.end_label, self.speed, self.frame_button):
            controls.addWidget(widget)
        self.show_zoom(None)
        self._paint_icons()

    @property
    def speed_factor(self) -> float:
        """Seconds of the exhibit for a second of playing."""
        factor: float = self.speed.currentData()
        return factor

    def change_speed(self, steps: int) -> None:
        """Choose the speed a number of places on (back, if negative), as far as there are any."""
        self.speed.setCurrentIndex(min(max(self.speed.currentIndex() + steps, 0), self.speed.count() - 1))

    def show_time(self, pts_s: float, end_s: float) -> None:
        """Show where the player is, and where the exhibit ends."""
        with QSignalBlocker(self.slider):
            self.slider.setRange(0, round(max(end_s, pts_s) * SLIDER_PER_S))
            self.slider.setSingleStep(SLIDER_PER_S // 10)
            self.slider.setPageStep(SLIDER_PER_S)
            if not self.slider.isSliderDown():
                self.slider.setValue(round(pts_s * SLIDER_PER_S))
        self.time_field.show_time(pts_s)
        self.end_label.setText(f"/ {time_text(end_s)}")

    def show_state(
        self, *, has_frame: bool, can_play: bool, loop_s: tuple[float, float] | None, is_playing: bool
    ) -> None:
        """Offer what can be done now; ``loop_s`` is the range that can be looped."""
        movers = (self.play_button, self.back_button, self.forward_button, self.slider, self.time_field, self.speed)
        for widget in movers:
            widget.setEnabled(can_play)
        self.loop_button.setEnabled(can_play and loop_s is not None)
        self.loop_button.setToolTip(
            self.tr("Loop the range {0}").format(span_text(*loop_s))
            if loop_s is not None
            else self.tr("Loop the range: drag one on the timeline first")
        )
        self.frame_button.setEnabled(has_frame)
        if is_playing != self._is_playing:
            self._is_playing = is_playing
            self._paint_icons()

    def show_zoom(self, zoom: float | None) -> None:
        """Show how much the frame is enlarged, 1 = 100 %; None = it is fitted."""
        text = self.tr("Fit") if zoom is None else self.tr("{0} %").format(f"{100 * zoom:.0f}")
        self.frame_button.setText(text)
        self.frame_button.setAccessibleName(self.tr("Frame, zoom: {0}").format(text))
        self.frame_button.setToolTip(self.tr("Zoom: {0}. Zoom, copy or save the frame").format(text))

    def _action(self, text: str, keys: str) -> QAction:
        # Only named here: the keys belong to the menus of the window.
        shown = QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)
        return self.frame_menu.addAction(f"{text}\t{shown}")

    def _paint_icons(self) -> None:
        for button, name in (
            (self.back_button, "back"),
            (self.play_button, "pause" if self._is_playing else "play"),
            (self.forward_button, "forward"),
            (self.loop_button, "loop"),
            (self.frame_button, "picture"),
        ):
            button.setIcon(control_icon(name, self.palette()))
        room = max(self.fontMetrics().horizontalAdvance(text) for text in (self.tr("Fit"), "3200 %"))
        self.frame_button.setMinimumWidth(room + 40)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.end_label.setVisible(self.width() >= _ROOM_FOR_END * self.time_field.width())

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self._paint_icons()
        super().changeEvent(event)
