"""The dialogs that the menus open; each is made when it is first asked for."""

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from forensiclab.gui.menus import Menus
from forensiclab.gui.shortcut_sheet import ShortcutSheet


class Dialogs(QObject):
    """None of them stops the work behind it."""

    def __init__(self, menus: Menus, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._menus = menus
        self.keys: ShortcutSheet | None = None
        menus.show_keys.triggered.connect(self._on_show_keys)

    @Slot()
    def _on_show_keys(self) -> None:
        if self.keys is None:
            self.keys = ShortcutSheet(self._menus.keys, self._window)
        _bring_up(self.keys)


def _bring_up(dialog: QWidget) -> None:
    dialog.show()
    dialog.raise_()
    dialog.activateWindow()
