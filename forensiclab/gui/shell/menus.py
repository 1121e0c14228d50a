"""The menus of the window with their keys; what they do is connected by the window."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar

DOCK_KEYS = ("F5", "F6", "F7", "F8")
"""Bring a dock forward, in the order in which they were added."""

DETECTOR_KEYS = 9
"""How many detectors can be shown and hidden by a key, 1 to 9."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A key of the window."""

    group: str
    """Title of its menu."""
    keys: str
    what: str
    """What it does."""


class Menus(QObject):
    """One action per thing that can be done, and the list of their keys."""

    detector_toggled = Signal(int)
    """Number of the detector that shall be shown or hidden, from 1."""
    dock_called = Signal(int)
    """Place of the dock that shall come forward, from 0."""

    def __init__(self, bar: QMenuBar, dock_toggles: Sequence[QAction]) -> None:
        super().__init__(bar)
        self.keys: list[Key] = []
        """In the order of the menus."""
        file = bar.addMenu(self.tr("&File"))
        self.open = self._add(file, self.tr("&Open…"), "Ctrl+O")
        self.open_folder = self._add(file, self.tr("Open &folder…"), "Ctrl+Shift+O")
        self.recent = file.addMenu(self.tr("Open &recent"))
        file.addSeparator()
        self.export = self._add(file, self.tr("R&eport…"), "Ctrl+E")
        self.close_exhibit = self._add(file, self.tr("&Close exhibit"), "Ctrl+W")
        file.addSeparator()
        self.preferences = self._add(file, self.tr("&Preferences…"), "Ctrl+P")
        self.quit = self._add(file, self.tr("&Quit"), "Ctrl+Q")
        self.quit.setMenuRole(QAction.MenuRole.QuitRole)
        self.preferences.setMenuRole(QAction.MenuRole.PreferencesRole)

        self.evidence = bar.addMenu(self.tr("&Evidence"))
        self.analyze_again = self._add(self.evidence, self.tr("&Analyse again"), "Ctrl+R")
        self.analyze_all = self._add(self.evidence, self.tr("Analyse a&ll unfinished"), "Ctrl+Shift+R")
        self.cancel_chosen = self._add(self.evidence, self.tr("&Cancel the analysis"), "")
        self.evidence.addSeparator()
        self.to_front = self._add(self.evidence, self.tr("To the &front of the queue"), "")
        self.earlier = self._add(self.evidence, self.tr("&Earlier in the queue"), "")
        self.later = self._add(self.evidence, self.tr("La&ter in the queue"), "")
        self.evidence.addSeparator()
        self.compare_with = self.evidence.addMenu(self.tr("Compare &with"))
        self.show_in_folder = self._add(self.evidence, self.tr("&Show in folder"), "")
        self.copy_hash = self._add(self.evidence, self.tr("Copy S&HA-256"), "")
        self.evidence.addSeparator()
        # The key of the focused list alone: nowhere else may Delete mean an exhibit.
        self.remove = self._add(self.evidence, self.tr("&Remove from the list (keeps the file)"), "Del")
        self.restore = self._add(self.evidence, self.tr("&Bring back removed exhibits"), "Ctrl+Z")

        playback = bar.addMenu(self.tr("&Playback"))
        # The space bar is a key event, not a shortcut: a shortcut would take it away from a focused button.
        self.play = self._add(playback, self.tr("&Play or pause"), "Space", is_shortcut=False)
        self.step_back = self._add(playback, self.tr("One frame &back"), ",")
        self.step_forward = self._add(playback, self.tr("One frame &forward"), ".")
        self.slower = self._add(playback, self.tr("&Slower; while paused, one frame back"), "J")
        self.pause = self._add(playback, self.tr("Pa&use"), "K")
        self.faster = self._add(playback, self.tr("Play; while playing, f&aster"), "L")
        playback.addSeparator()
        self.go_to_time = self._add(playback, self.tr("&Go to a time…"), "Ctrl+G")
        self.copy_frame = self._add(playback, self.tr("&Copy the frame"), "Ctrl+Shift+C")
        self.save_frame = self._add(playback, self.tr("Sa&ve the frame…"), "Ctrl+Shift+S")

        analysis = bar.addMenu(self.tr("&Analysis"))
        self.cancel = self._add(analysis, self.tr("&Cancel the running analysis"), "")
        analysis.addSeparator()
        self.detectors = analysis.addMenu(self.tr("&Detectors"))
        self._detectors = [self._add_detector(number) for number in range(1, DETECTOR_KEYS + 1)]
        self._list(analysis, "1 – 9", self.tr("Show or hide a detector"))
        self.whole_range = self._add(analysis, self.tr("&Whole exhibit instead of the range"), "Esc")
        analysis.addSeparator()
        self.models = self._add(analysis, self.tr("&Models…"), "Ctrl+M")

        view = bar.addMenu(self.tr("&View"))
        self.next_exhibit = self._add(view, self.tr("&Next exhibit"), "Ctrl+PgDown")
        self.previous_exhibit = self._add(view, self.tr("&Previous exhibit"), "Ctrl+PgUp")
        view.addSeparator()
        self.zoom_in = self._add(view, self.tr("Zoom &in"), "Ctrl++")
        self.zoom_out = self._add(view, self.tr("Zoom &out"), "Ctrl+-")
        self.zoom_to_fit = self._add(view, self.tr("Fi&t the frame"), "Ctrl+0")
        self.zoom_to_pixels = self._add(view, self.tr("&100 % (actual pixels)"), "Ctrl+1")
        view.addSeparator()
        for place, (toggle, keys) in enumerate(zip(dock_toggles, DOCK_KEYS, strict=True)):
            self._add_dock(view, place, toggle, keys)
        view.addMenu(self.tr("P&anels")).addActions(list(dock_toggles))
        self.reset_layout = self._add(view, self.tr("Restore &layout"), "")
        self.full_screen = self._add(view, self.tr("&Full screen"), "F11")
        self.full_screen.setCheckable(True)

        help_menu = bar.addMenu(self.tr("&Help"))
        self.show_keys = self._add(help_menu, self.tr("&Keyboard shortcuts"), "F1")
        self.show_log = self._add(help_menu, self.tr("&Log…"), "Ctrl+L")
        self.about = self._add(help_menu, self.tr("&About ForensicLab"), "")
        self.about.setMenuRole(QAction.MenuRole.AboutRole)

        timeline = self.tr("Timeline, when focused")
        for keys, what in (
            ("← →", self.tr("One frame back or forward")),
            ("↑ ↓", self.tr("Previous or next track")),
            ("+ −", self.tr("Zoom in or out")),
            ("I O", self.tr("Begin or end the range at the playhead")),
            (self.tr("Shift+drag"), self.tr("Select a range")),
        ):
            self.keys.append(Key(group=timeline, keys=keys, what=what))

    def show_detectors(self, names: Sequence[str], shown: Sequence[bool]) -> None:
        """Show which detectors there are, and which of them are shown."""
        for number, action in enumerate(self._detectors):
            action.setVisible(number < len(names))
            if number < len(names):
                action.setText(names[number].replace("&", "&&"))
                action.setChecked(shown[number])
        self.detectors.setEnabled(bool(names))

    def _add(self, menu: QMenu, text: str, keys: str, *, is_shortcut: bool = True) -> QAction:
        action = menu.addAction(text)
        shown = QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)
        if is_shortcut:
            action.setShortcut(QKeySequence(keys))
        else:
            action.setText(f"{text}\t{shown}")
        if shown:
            self._list(menu, shown, text)
        return action

    def _add_detector(self, number: int) -> QAction:
        action = self.detectors.addAction(str(number))
        action.setData(number)
        action.setShortcut(QKeySequence(str(number)))
        action.setCheckable(True)
        action.setVisible(False)
        action.triggered.connect(self._on_detector_triggered)
        return action

    def _add_dock(self, menu: QMenu, place: int, toggle: QAction, keys: str) -> None:
        action = self._add(menu, self.tr("{0} to the front").format(toggle.text()), keys)
        action.setData(place)
        action.setEnabled(toggle.isEnabled())
        toggle.enabledChanged.connect(action.setEnabled)
        action.triggered.connect(self._on_dock_triggered)

    def _list(self, menu: QMenu, keys: str, what: str) -> None:
        plain = what.replace("&", "").rstrip("…")
        self.keys.append(Key(group=menu.title().replace("&", ""), keys=keys, what=plain))

    @Slot()
    def _on_dock_triggered(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self.dock_called.emit(action.data())

    @Slot()
    def _on_detector_triggered(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self.detector_toggled.emit(action.data())
