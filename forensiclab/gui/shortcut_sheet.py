"""The keys of the window, on one sheet."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QGridLayout, QLabel, QVBoxLayout, QWidget


class ShortcutSheet(QDialog):
    """Lists (keys, what they do). Not modal: it may stay open beside the work."""

    def __init__(self, shortcuts: Sequence[tuple[str, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Keyboard shortcuts"))
        self.setModal(False)
        self.shortcuts = tuple(shortcuts)
        table = QGridLayout()
        table.setHorizontalSpacing(24)
        table.setVerticalSpacing(6)
        for row, (keys, action) in enumerate(shortcuts):
            key_label = QLabel(keys)
            key_label.setObjectName("key")
            key_label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            table.addWidget(key_label, row, 0)
            table.addWidget(QLabel(action), row, 1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 14)
        layout.setSpacing(16)
        layout.addLayout(table)
        layout.addWidget(buttons)
