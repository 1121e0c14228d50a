"""The keys of the window, on one sheet."""

from collections.abc import Sequence
from itertools import groupby

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from forensiclab.gui.shell.menus import Key
from forensiclab.gui.widgets.label import Label


class ShortcutSheet(QDialog):
    """Lists keys, menu by menu. Not modal: it may stay open beside the work."""

    def __init__(self, keys: Sequence[Key], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Keyboard shortcuts"))
        self.setModal(False)
        self.keys = tuple(keys)
        groups = [list(group) for _, group in groupby(keys, key=lambda key: key.group)]
        # Two columns of about the same height: the sheet must fit on a low screen.
        half, in_first = (len(keys) + 2 * len(groups)) / 2, 0
        columns: list[list[list[Key]]] = [[], []]
        for group in groups:
            columns[0 if in_first < half - 2 else 1].append(group)
            in_first += len(group) + 2
        both = QHBoxLayout()
        both.setSpacing(40)
        for column in columns:
            both.addLayout(self._column(column), 1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 14)
        layout.setSpacing(16)
        layout.addLayout(both)
        layout.addWidget(buttons)

    def _column(self, groups: Sequence[Sequence[Key]]) -> QGridLayout:
        table = QGridLayout()
        table.setHorizontalSpacing(16)
        table.setVerticalSpacing(4)
        row = 0
        for group in groups:
            title = Label(group[0].group)
            title.setObjectName("heading")
            title.setContentsMargins(0, 8 if row else 0, 0, 0)
            table.addWidget(title, row, 0, 1, 2)
            for key in group:
                row += 1
                label = Label(key.keys)
                label.setObjectName("key")
                label.setAlignment(Qt.AlignmentFlag.AlignCenter)
                table.addWidget(label, row, 0)
                table.addWidget(Label(key.what), row, 1)
            row += 1
        table.setColumnStretch(1, 1)
        table.setRowStretch(row, 1)
        return table
