"""The flat buttons of player and timeline."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton

from forensiclab.gui.widgets.label import tool_tip


def tool_button(name: str) -> QToolButton:
    """Return a button without a frame; its name is its tooltip, and what a screen reader says."""
    button = QToolButton()
    button.setAccessibleName(name)
    button.setToolTip(tool_tip(name))
    button.setAutoRaise(True)
    # Not by mouse: after a click the space bar must still play, not press the button again.
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button
