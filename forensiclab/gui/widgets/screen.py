"""The screen on which windows open."""

from PySide6.QtCore import QSize
from PySide6.QtGui import QGuiApplication


def available_size() -> QSize:
    """Return the room on the screen for a new window.

    Not by ``QWidget.screen``: its wrapper takes the screen along when the widget is destroyed.
    """
    return QGuiApplication.primaryScreen().availableSize()
