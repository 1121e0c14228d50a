"""What the window shows before there is an exhibit: what to do first."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from forensiclab.gui.widgets.label import Label


class EmptyPage(QWidget):
    """Says how to open an exhibit, and what will happen to it."""

    open_requested = Signal()
    open_folder_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        title = Label(self.tr("Drop videos, pictures or a folder here"))
        title.setObjectName("title")
        self.open_button = QPushButton(self.tr("&Open files…"))
        self.open_button.setDefault(True)
        self.folder_button = QPushButton(self.tr("Open a &folder…"))
        note = Label(
            self.tr(
                "ForensicLab finds the faces, scores them with every detector that has weights,\n"
                "shows where each detector looked, and says what the evidence supports.\n\n"
                "Everything stays on this computer. The files are only read, never changed."
            )
        )
        note.setObjectName("quiet")
        keys = Label(self.tr("Ctrl+O opens files, Ctrl+Shift+O a folder, F1 shows all shortcuts."))
        keys.setObjectName("quiet")
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.open_button)
        buttons.addWidget(self.folder_button)
        buttons.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setSpacing(14)
        layout.addStretch(2)
        layout.addWidget(title)
        layout.addLayout(buttons)
        layout.addWidget(note)
        layout.addWidget(keys)
        layout.addStretch(3)
        for label in (title, note, keys):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.open_button.clicked.connect(self.open_requested)
        self.folder_button.clicked.connect(self.open_folder_requested)
