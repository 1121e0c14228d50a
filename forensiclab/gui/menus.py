"""The menus of the window with their keys; what they do is connected by the window."""

from collections.abc import Sequence

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar


class Menus(QObject):
    """One action per thing that can be done, and the list of their keys."""

    def __init__(self, bar: QMenuBar, dock_toggles: Sequence[QAction]) -> None:
        super().__init__(bar)
        self.shortcuts: list[tuple[str, str]] = []
        """(keys, what they do), in the order of the menus."""
        file = bar.addMenu(self.tr("&File"))
        self.open = self._add(file, self.tr("&Open…"), "Ctrl+O")
        self.export = self._add(file, self.tr("&Export report…"), "Ctrl+E")
        self.close_exhibit = self._add(file, self.tr("&Close exhibit"), "Ctrl+W")
        file.addSeparator()
        self.quit = self._add(file, self.tr("&Quit"), "Ctrl+Q")
        playback = bar.addMenu(self.tr("&Playback"))
        # The space bar is a key event, not a shortcut: a shortcut would take it away from a focused button.
        self.play = self._add(playback, self.tr("&Play or pause"), "Space", is_shortcut=False)
        self.step_back = self._add(playback, self.tr("One frame &back"), ",")
        self.step_forward = self._add(playback, self.tr("One frame &forward"), ".")
        analysis = bar.addMenu(self.tr("&Analysis"))
        self.cancel = self._add(analysis, self.tr("&Cancel"), "")
        view = bar.addMenu(self.tr("&View"))
        self.next_exhibit = self._add(view, self.tr("&Next exhibit"), "Ctrl+PgDown")
        self.previous_exhibit = self._add(view, self.tr("&Previous exhibit"), "Ctrl+PgUp")
        view.addSeparator()
        view.addActions(dock_toggles)
        self.reset_layout = self._add(view, self.tr("Restore &layout"), "")
        help_menu = bar.addMenu(self.tr("&Help"))
        self.show_shortcuts = self._add(help_menu, self.tr("&Keyboard shortcuts"), "F1")

    def _add(self, menu: QMenu, text: str, keys: str, *, is_shortcut: bool = True) -> QAction:
        action = menu.addAction(text)
        shown = QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)
        if is_shortcut:
            action.setShortcut(QKeySequence(keys))
        else:
            action.setText(f"{text}\t{shown}")
        if shown:
            self.shortcuts.append((shown, text.replace("&", "").rstrip("…")))
        return action
