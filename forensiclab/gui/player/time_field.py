"""The field that shows the time of the frame, and takes another one."""

import re

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from forensiclab.core.notation import time_text

_TIME = re.compile(r"(?:(?:(?P<hours>\d+):)?(?P<minutes>\d+):)?(?P<seconds>\d+(?:[.,]\d*)?)", re.ASCII)


def seconds_of(text: str) -> float | None:
    """Read a time as a person writes it: ``83.2``, ``1:23.2`` or ``0:01:23.200``.

    Returns:
        Seconds; None where the text is not a time, or counts more than 59 minutes to the hour or seconds to the minute.
    """
    found = _TIME.fullmatch(text.strip())
    if found is None:
        return None
    hours, minutes = found["hours"], found["minutes"]
    seconds = float(found["seconds"].replace(",", "."))
    if (minutes is not None and seconds >= 60) or (hours is not None and int(minutes) >= 60):
        return None
    return int(hours or 0) * 3600 + int(minutes or 0) * 60 + seconds


class TimeField(QLineEdit):
    """Follows the player until somebody writes into it; Enter goes there, Escape goes back to following."""

    time_entered = Signal(float)
    refused = Signal(str)
    """What was written is not a time; a sentence that says what is."""
    left = Signal()
    """Nothing more is written: the focus may go back to the picture."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pts_s = 0.0
        self.setAccessibleName(self.tr("Time"))
        self.setToolTip(
            self.tr(
                "Time of this frame. To go to another one, type 83.2, 1:23.2 or 0:01:23.200 and press Enter (Ctrl+G)"
            )
        )
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._fit()
        self.show_time(0.0)
        self.returnPressed.connect(self._on_return_pressed)

    def show_time(self, pts_s: float) -> None:
        """Show the time of the player's frame; what is being typed stays."""
        self._pts_s = pts_s
        if not (self.hasFocus() and self.isModified()):
            self.setText(time_text(pts_s))
            if self.hasFocus():
                self.selectAll()

    @Slot()
    def edit(self) -> None:
        """Take the keys, with all of the time chosen, so that the next digit replaces it."""
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.selectAll()

    def _fit(self) -> None:
        self.setFixedWidth(self.fontMetrics().horizontalAdvance("0:00:00.0000") + 16)

    def _leave(self) -> None:
        self.setModified(False)
        self.show_time(self._pts_s)
        self.left.emit()

    @Slot()
    def _on_return_pressed(self) -> None:
        pts_s = seconds_of(self.text())
        if pts_s is None:
            sentence = self.tr("'{0}' is not a time. Enter seconds (83.2), minutes (1:23.2) or hours (0:01:23.200).")
            self.refused.emit(sentence.format(self.text()))
            self.selectAll()
            return
        self._leave()
        self.time_entered.emit(pts_s)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.FontChange:
            self._fit()
        super().changeEvent(event)

    def event(self, event: QEvent) -> bool:
        # Escape means the range of the whole window, but for the one who writes here.
        is_escape = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape
        if is_escape and event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._leave()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() is not Qt.FocusReason.PopupFocusReason:
            self.setModified(False)
            self.show_time(self._pts_s)
