"""Messages that stay until they are read, above the work instead of in front of it."""

from PySide6.QtCore import QEvent, Qt, Slot
from PySide6.QtGui import QAccessible, QAccessibleEvent, QPalette
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from forensiclab.gui.widgets.label import Label
from forensiclab.gui.widgets.symbols import control_icon, is_dark

MAX_MESSAGES = 3
"""The oldest message gives way to a fourth."""


class MessageBar(QWidget):
    """A stack of sentences, the newest first, each with a button that closes it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(1)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.setAccessibleName(self.tr("Messages"))
        self.hide()

    @property
    def messages(self) -> list[str]:
        """The sentences that are shown, the newest first."""
        return [row.sentence for row in self._message_rows()]

    @Slot(str)
    def show_error(self, sentence: str) -> None:
        """Show what went wrong."""
        self._add(sentence, is_error=True)

    @Slot(str)
    def show_info(self, sentence: str) -> None:
        """Show what was done."""
        self._add(sentence, is_error=False)

    def _add(self, sentence: str, *, is_error: bool) -> None:
        for old in [row for row in self._message_rows() if row.sentence == sentence]:
            self._remove(old)
        row = _MessageRow(sentence, is_error=is_error, parent=self)
        row.close_button.clicked.connect(self._on_close_clicked)
        self._rows.insertWidget(0, row)
        for surplus in self._message_rows()[MAX_MESSAGES:]:
            self._remove(surplus)
        self.show()
        QAccessible.updateAccessibility(QAccessibleEvent(row, QAccessible.Event.Alert))

    def _message_rows(self) -> list["_MessageRow"]:
        items = [self._rows.itemAt(i) for i in range(self._rows.count())]
        widgets = [item.widget() for item in items if item is not None]
        return [widget for widget in widgets if isinstance(widget, _MessageRow)]

    def _remove(self, row: "_MessageRow") -> None:
        self._rows.removeWidget(row)
        row.hide()
        row.deleteLater()
        self.setVisible(self._rows.count() > 0)

    @Slot()
    def _on_close_clicked(self) -> None:
        row = self.sender().parent()
        if isinstance(row, _MessageRow):
            self._remove(row)


class _MessageRow(QFrame):
    def __init__(self, sentence: str, *, is_error: bool, parent: QWidget) -> None:
        super().__init__(parent)
        self.sentence = sentence
        self._is_error = is_error
        self.setAutoFillBackground(True)
        kind = Label("!" if is_error else "i")
        kind.setAlignment(Qt.AlignmentFlag.AlignCenter)
        kind.setFixedSize(18, 18)
        kind.setStyleSheet("QLabel { border: 1px solid palette(window-text); border-radius: 9px; font-weight: bold; }")
        text = Label(sentence)
        text.setWordWrap(True)
        text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.close_button = QToolButton()
        self.close_button.setAutoRaise(True)
        self.close_button.setAccessibleName(self.tr("Close this message"))
        self.close_button.setToolTip(self.tr("Close this message"))
        self.setAccessibleName((self.tr("Error: {0}") if is_error else self.tr("Note: {0}")).format(sentence))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(10, 4, 6, 4)
        layout.addWidget(kind)
        layout.addWidget(text, 1)
        layout.addWidget(self.close_button)
        self._paint()

    def _paint(self) -> None:
        around = QApplication.palette()
        dark = is_dark(around)
        ground, text = {
            (True, True): ("#5a2418", "#ffffff"),
            (True, False): ("#fbe0d6", "#3a1206"),
            (False, True): ("#1d3d52", "#ffffff"),
            (False, False): ("#dcecf7", "#0c2a3d"),
        }[(self._is_error, dark)]
        palette = QPalette(around)
        palette.setColor(QPalette.ColorRole.Window, ground)
        for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
            palette.setColor(role, text)
        if palette != self.palette():
            self.setPalette(palette)
        self.close_button.setIcon(control_icon("close", palette))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.ParentChange or event.type() == QEvent.Type.StyleChange:
            self._paint()
        super().changeEvent(event)
