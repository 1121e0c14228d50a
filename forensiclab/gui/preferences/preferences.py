"""The preferences: how analyses run, how the window looks, where reports go, and what the thresholds are."""

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QTabWidget, QVBoxLayout, QWidget

from forensiclab.gui.preferences.analysis_page import AnalysisPage
from forensiclab.gui.preferences.thresholds_page import ThresholdsPage
from forensiclab.gui.preferences.window_page import WindowPage
from forensiclab.gui.state.settings_store import SettingsStore
from forensiclab.gui.widgets.label import Label
from forensiclab.gui.widgets.screen import available_size
from forensiclab.gui.work.task_runner import TaskRunner
from forensiclab.settings import Settings, config_home


class Preferences(QDialog):
    """Changes the settings when it is accepted, and not before."""

    def __init__(self, settings_store: SettingsStore, tasks: TaskRunner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings_store = settings_store
        self.setWindowTitle(self.tr("Preferences"))
        self.analysis = AnalysisPage(tasks)
        self.window_page = WindowPage()
        self.thresholds = ThresholdsPage()
        self.tabs = QTabWidget()
        self.tabs.addTab(self.analysis, self.tr("&Analysis"))
        self.tabs.addTab(self.window_page, self.tr("&Window and reports"))
        self.tabs.addTab(self.thresholds, self.tr("&Thresholds"))
        note = Label(self.tr("Saved in {0}; the command line uses them as its defaults.").format(config_home()))
        note.setObjectName("quiet")
        note.setWordWrap(True)
        kinds = QDialogButtonBox.StandardButton
        self.buttons = QDialogButtonBox(kinds.Ok | kinds.Cancel | kinds.RestoreDefaults)
        layout = QVBoxLayout(self)
        layout.addWidget(self.tabs, 1)
        layout.addWidget(note)
        layout.addWidget(self.buttons)
        room = available_size()
        self.resize(min(1240, room.width() - 40), min(600, room.height() - 80))
        self.buttons.accepted.connect(self._on_accepted)
        self.buttons.rejected.connect(self.reject)
        self.buttons.button(kinds.RestoreDefaults).clicked.connect(self._on_restore_clicked)
        self._show(settings_store.settings)

    def _show(self, settings: Settings) -> None:
        self.analysis.show_settings(settings)
        self.window_page.show_settings(settings)

    @Slot()
    def _on_accepted(self) -> None:
        self._settings_store.replace(self.window_page.changed(self.analysis.changed(self._settings_store.settings)))
        self.accept()

    @Slot()
    def _on_restore_clicked(self) -> None:
        self._show(Settings(examiner=self._settings_store.settings.examiner))
