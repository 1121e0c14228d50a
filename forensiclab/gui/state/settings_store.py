"""The user's settings while the window is open: one place that everybody asks, and that saves what is changed."""

from PySide6.QtCore import QObject, Signal

from forensiclab.core.errors import WriteError
from forensiclab.gui.text.translation import translated
from forensiclab.settings import Settings, load_settings, save_settings


class SettingsStore(QObject):
    """Holds the settings, tells when they change, and keeps them on disk."""

    changed = Signal()
    failed = Signal(str)
    """Sentence for the user: what could not be saved."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        loaded = load_settings()
        self._settings = loaded.record
        self.problems = loaded.problems
        """What could not be read at the start, as sentences."""

    @property
    def settings(self) -> Settings:
        return self._settings

    def replace(self, settings: Settings) -> None:
        """Use and save these settings from now on."""
        if settings == self._settings:
            return
        self._settings = settings
        try:
            save_settings(settings)
        except WriteError as error:
            self.failed.emit(translated(error.sentence))
        self.changed.emit()
