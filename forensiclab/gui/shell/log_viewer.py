"""The log: what the program did and what went wrong, to read, copy and save."""

import logging
from pathlib import Path

from PySide6.QtCore import Slot
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from forensiclab.gui.shell.log_store import MAX_LINES, LogLine, LogStore
from forensiclab.gui.widgets.label import Label
from forensiclab.gui.widgets.message_bar import MessageBar
from forensiclab.gui.widgets.screen import available_size


class LogViewer(QDialog):
    """Shows the lines of a ``LogStore`` from a level on, and follows it. Not modal."""

    def __init__(self, store: LogStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self.setWindowTitle(self.tr("Log"))
        self.messages = MessageBar()
        self.level_box = QComboBox()
        for text, level in (
            (self.tr("Errors"), logging.ERROR),
            (self.tr("Warnings and errors"), logging.WARNING),
            (self.tr("Everything"), logging.NOTSET),
        ):
            self.level_box.addItem(text, level)
        self.level_box.setCurrentIndex(2)
        label = Label(self.tr("&Show"))
        label.setBuddy(self.level_box)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setMaximumBlockCount(4 * MAX_LINES)
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.text.setAccessibleName(self.tr("Lines of the log"))
        self.text.setPlaceholderText(self.tr("Nothing has been logged."))
        self.copy_button = QPushButton(self.tr("C&opy all"))
        self.save_button = QPushButton(self.tr("&Save…"))
        self.clear_button = QPushButton(self.tr("C&lear"))
        close = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        top = QHBoxLayout()
        top.addWidget(label)
        top.addWidget(self.level_box)
        top.addStretch(1)
        bottom = QHBoxLayout()
        for button in (self.copy_button, self.save_button, self.clear_button):
            button.setAutoDefault(False)
            bottom.addWidget(button)
        bottom.addStretch(1)
        bottom.addWidget(close)
        layout = QVBoxLayout(self)
        layout.addWidget(self.messages)
        layout.addLayout(top)
        layout.addWidget(self.text, 1)
        layout.addLayout(bottom)
        room = available_size()
        self.resize(min(1200, room.width() - 60), min(600, room.height() - 80))
        self.level_box.currentIndexChanged.connect(self._on_level_changed)
        self.copy_button.clicked.connect(self._on_copy_clicked)
        self.save_button.clicked.connect(self._on_save_clicked)
        self.clear_button.clicked.connect(store.clear)
        close.rejected.connect(self.close)
        store.added.connect(self._on_added)
        store.cleared.connect(self.text.clear)
        self._on_level_changed(0)

    @Slot(int)
    def _on_level_changed(self, _index: int) -> None:
        level: int = self.level_box.currentData()
        self.text.setPlainText("\n".join(str(line) for line in self._store.lines if line.level >= level))
        bar = self.text.verticalScrollBar()
        bar.setValue(bar.maximum())

    @Slot(object)
    def _on_added(self, line: LogLine) -> None:
        if line.level >= self.level_box.currentData():
            self.text.appendPlainText(str(line))  # stays at the end if the reader is there

    @Slot()
    def _on_copy_clicked(self) -> None:
        QGuiApplication.clipboard().setText(self.text.toPlainText())

    @Slot()
    def _on_save_clicked(self) -> None:
        name, _ = QFileDialog.getSaveFileName(self, self.tr("Save the log"), "forensiclab.log")
        if not name:
            return
        try:
            Path(name).write_text(self.text.toPlainText() + "\n", encoding="utf-8")
        except OSError as error:
            text = self.tr("The log was not saved to '{0}': {1}.")
            self.messages.show_error(text.format(name, error.strerror or error))
        else:
            self.messages.show_info(self.tr("The log was saved to '{0}'.").format(name))
