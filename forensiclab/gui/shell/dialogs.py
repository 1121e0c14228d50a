"""The dialogs that the menus open; each is made when it is asked for, and none stops the work behind it."""

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import QWidget

from forensiclab.gui.models.model_manager import ModelManager
from forensiclab.gui.preferences.preferences import Preferences
from forensiclab.gui.shell.about_dialog import AboutDialog
from forensiclab.gui.shell.log_store import LogStore
from forensiclab.gui.shell.log_viewer import LogViewer
from forensiclab.gui.shell.menus import Menus
from forensiclab.gui.shell.shortcut_sheet import ShortcutSheet
from forensiclab.gui.state.settings_store import SettingsStore
from forensiclab.gui.work.task_runner import TaskRunner


class Dialogs(QObject):
    """Keeps the dialogs that stay, and remakes the others."""

    def __init__(
        self, menus: Menus, settings_store: SettingsStore, tasks: TaskRunner, logs: LogStore, window: QWidget
    ) -> None:
        super().__init__(window)
        self._window = window
        self._menus = menus
        self._settings_store = settings_store
        self._tasks = tasks
        self._logs = logs
        self.keys: ShortcutSheet | None = None
        self.models: ModelManager | None = None
        self.log: LogViewer | None = None
        self.about: AboutDialog | None = None
        self.preferences: Preferences | None = None
        """While they are open."""
        menus.show_keys.triggered.connect(self._on_show_keys)
        menus.models.triggered.connect(self._on_show_models)
        menus.show_log.triggered.connect(self._on_show_log)
        menus.about.triggered.connect(self._on_show_about)
        menus.preferences.triggered.connect(self._on_show_preferences)

    @Slot(str)
    def show_card(self, name: str) -> None:
        """Show the card of a set of weights, or the page of a method."""
        self._on_show_models()
        if self.models is not None:
            self.models.show_model(name)

    @Slot()
    def _on_show_keys(self) -> None:
        self.keys = self.keys or ShortcutSheet(self._menus.keys, self._window)
        _bring_up(self.keys)

    @Slot()
    def _on_show_models(self) -> None:
        if self.models is None:
            self.models = ModelManager(self._tasks, self._window)
        elif not self.models.isVisible():
            self.models.reload()
        _bring_up(self.models)

    @Slot()
    def _on_show_log(self) -> None:
        self.log = self.log or LogViewer(self._logs, self._window)
        _bring_up(self.log)

    @Slot()
    def _on_show_about(self) -> None:
        self.about = self.about or AboutDialog(self._tasks, self._window)
        _bring_up(self.about)

    @Slot()
    def _on_show_preferences(self) -> None:
        if self.preferences is None:
            self.preferences = Preferences(self._settings_store, self._tasks, self._window)
            self.preferences.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            self.preferences.finished.connect(self._on_preferences_finished)
            self.preferences.open()

    @Slot()
    def _on_preferences_finished(self) -> None:
        self.preferences = None


def _bring_up(dialog: QWidget) -> None:
    dialog.show()
    dialog.raise_()
    dialog.activateWindow()
