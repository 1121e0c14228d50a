"""How the window looks and speaks, and where reports go."""

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QLocale, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from forensiclab.analysis.attention import COLORMAPS
from forensiclab.gui.text.languages import languages
from forensiclab.gui.widgets.label import Label
from forensiclab.settings import Settings


class WindowPage(QWidget):
    """A page of the preferences."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.color_scheme = QComboBox()
        for text, value in (
            (self.tr("follow the system"), "system"),
            (self.tr("light"), "light"),
            (self.tr("dark"), "dark"),
        ):
            self.color_scheme.addItem(text, value)
        self.colormap = QComboBox()
        for name in COLORMAPS:
            self.colormap.addItem(name, name)
        self.language = QComboBox()
        self.language.addItem(self.tr("follow the system"), "system")
        for code in languages():
            self.language.addItem(QLocale(code).nativeLanguageName().rpartition(" ")[2].capitalize(), code)
        restart = Label(self.tr("Another language takes effect when the program is restarted."))
        restart.setObjectName("quiet")
        self.report_folder = QLineEdit()
        self.report_folder.setAccessibleName(self.tr("Folder for reports"))
        self.report_folder.setPlaceholderText(self.tr("beside the exhibit"))
        self.browse_button = QPushButton(self.tr("&Browse…"))
        self.browse_button.setAutoDefault(False)
        self.examiner = QLineEdit()
        self.examiner.setPlaceholderText(self.tr("not stated"))
        row = QWidget()
        row.setFocusProxy(self.report_folder)  # the label's key leads there
        folder = QHBoxLayout(row)
        folder.setContentsMargins(0, 0, 0, 0)
        folder.addWidget(self.report_folder, 1)
        folder.addWidget(self.browse_button)
        form = QFormLayout()
        form.addRow(self.tr("&Colours of the window"), self.color_scheme)
        form.addRow(self.tr("Colours of attention &maps"), self.colormap)
        form.addRow(self.tr("&Language"), self.language)
        form.addRow("", restart)
        form.addRow(self.tr("&Folder for reports"), row)
        form.addRow(self.tr("&Examiner in reports"), self.examiner)
        layout = QVBoxLayout(self)
        layout.addLayout(form)
        layout.addStretch(1)
        self.browse_button.clicked.connect(self._on_browse_clicked)

    def show_settings(self, settings: Settings) -> None:
        """Show these settings."""
        self.color_scheme.setCurrentIndex(self.color_scheme.findData(settings.color_scheme))
        self.colormap.setCurrentText(settings.colormap)
        self.language.setCurrentIndex(max(self.language.findData(settings.language), 0))
        self.report_folder.setText(settings.report_folder)
        self.examiner.setText(settings.examiner)

    def changed(self, settings: Settings) -> Settings:
        """Return the settings with what the page says now."""
        folder = self.report_folder.text().strip()
        return replace(
            settings,
            color_scheme=self.color_scheme.currentData(),
            colormap=self.colormap.currentData(),
            language=self.language.currentData(),
            report_folder=str(Path(folder).expanduser()) if folder else "",
            examiner=self.examiner.text().strip(),
        )

    @Slot()
    def _on_browse_clicked(self) -> None:
        name = QFileDialog.getExistingDirectory(self, self.tr("Folder for reports"), self.report_folder.text())
        if name:
            self.report_folder.setText(name)
