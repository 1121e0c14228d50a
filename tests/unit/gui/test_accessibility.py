"""Every control of the window and of its dialogs has a name for screen readers, and can be reached by keyboard."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QDialog,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QProgressBar,
    QScrollBar,
    QTextBrowser,
    QWidget,
)

from forensiclab.gui.state.session import SessionState

CONTROLS = (
    QAbstractButton, QAbstractItemView, QAbstractSlider, QAbstractSpinBox, QComboBox, QLineEdit, QPlainTextEdit,
    QProgressBar, QTextBrowser,
)  # fmt: skip


@pytest.fixture
def done(qtbot, window, clip):
    window.open_paths([clip])
    qtbot.waitUntil(lambda: window.shown is not None and window.shown.state is SessionState.DONE, timeout=10_000)
    qtbot.waitUntil(lambda: not window.coordinator.is_refreshing)
    return window


def is_part_of_another(widget):
    """Whether a control is made by Qt inside another one: the line of a spin box, a bar that scrolls."""
    inside = (QScrollBar, QHeaderView)
    outer = (QComboBox, QAbstractSpinBox, QAbstractItemView)
    parents = []
    parent = widget.parentWidget()
    while parent is not None:
        parents.append(parent)
        parent = parent.parentWidget()
    is_qts_own = widget.objectName().startswith("qt_")
    return isinstance(widget, inside) or any(isinstance(parent, outer) for parent in parents) or is_qts_own


def name_of(widget, root):
    buddies = [label.text() for label in root.findChildren(QLabel) if label.buddy() is widget]
    text = widget.text() if isinstance(widget, QAbstractButton) else ""
    proxied = [
        label.text()
        for label in root.findChildren(QLabel)
        if label.buddy() is not None and label.buddy().focusProxy() is widget
    ]
    return next((name for name in (widget.accessibleName(), text, *buddies, *proxied) if name), "")


def unnamed_in(root):
    controls = [widget for widget in root.findChildren(QWidget) if isinstance(widget, CONTROLS)]
    return [
        f"{type(widget).__name__} {widget.objectName()} in {type(widget.parentWidget()).__name__}"
        for widget in controls
        if not is_part_of_another(widget) and not name_of(widget, root)
    ]


def test_the_window_names_every_control(done):
    assert unnamed_in(done) == []


@pytest.mark.parametrize("action", ["show_keys", "models", "show_log", "about", "preferences", "export"])
def test_every_dialog_names_its_controls(qtbot, done, action):
    getattr(done._menus, action).trigger()
    dialogs = [dialog for dialog in done.findChildren(QDialog) if dialog.isVisible()]
    assert len(dialogs) == 1
    assert dialogs[0].windowTitle()
    assert unnamed_in(dialogs[0]) == []


def test_the_comparison_and_the_import_name_their_controls(qtbot, done, clip):
    other = clip.with_name("other.mp4")
    other.write_bytes(b"scripted")
    done.open_paths([other])
    done.commands.compare(*done.evidence.ids)
    assert unnamed_in(done.commands.compare_window) == []
    done._menus.models.trigger()
    done.dialogs.models.import_button.click()
    assert unnamed_in(done.dialogs.models) == []


def test_the_evidence_can_be_worked_by_keyboard_alone(qtbot, done, clip):
    other = clip.with_name("other.mp4")
    other.write_bytes(b"scripted")
    done.open_paths([other])
    view = done.evidence_list.view
    done.activateWindow()
    view.setFocus()
    qtbot.waitUntil(view.hasFocus)
    qtbot.keyClick(view, Qt.Key.Key_Up)
    assert done.shown.path == clip
    qtbot.keyClick(view, Qt.Key.Key_Down)
    assert done.shown.path == other
