"""What the window shows before there is an exhibit: what to do first."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget


class EmptyPage(QWidget):
    """Says how to open an exhibit, and what will happen to it."""

    open_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        title = QLabel(self.tr("Drop a video or a picture here"))
        title.setObjectName("title")
        self.open_button = QPushButton(self.tr("&Open…"))
        self.open_button.setDefault(True)
        note = QLabel(
            self.tr(
                "ForensicLab finds the faces, scores them with every detector that has weights,\n"
                "shows where each detector looked, and says what the evidence supports.\n\n"
                "Everything stays on this computer. The file is only read, never changed."
            )
        )
        note.setObjectName("quiet")
        keys = QLabel(self.tr("Ctrl+O opens, F1 shows all keys."))
        keys.setObjectName("quiet")
        layout = QVBoxLayout(self)
        layout.setSpacing(14)
        layout.addStretch(2)
        for widget in (title, self.open_button, note, keys):
            if isinstance(widget, QLabel):
                widget.setAlignment(Qt.AlignmentFlag.AlignCenter)
            layout.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(3)
        self.open_button.clicked.connect(self.open_requested)
