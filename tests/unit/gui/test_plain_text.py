"""Names, cards and settings may hold anything: every label and tool tip shows them as they are."""

import ast
import logging
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QApplication, QLabel, QToolTip

import forensiclab.gui
from forensiclab.gui.shell.log_store import LogStore
from forensiclab.gui.widgets.label import Label, tool_tip

GUI = Path(forensiclab.gui.__file__).parent
SOURCES = sorted(GUI.rglob("*.py"))
NAMES = ("<b>bold</b>.mp4", "<img src='file:///x'>", "a &lt; b", "x\n<table>", "plain & simple", "<")


def shown_by_a_tool_tip(text: str) -> str:
    """What a reader sees, whether Qt takes the tool tip for HTML or not."""
    if not text.startswith("<p "):
        return text
    document = QTextDocument()
    document.setHtml(text)
    return document.toPlainText().replace("\u2028", "\n")


@pytest.mark.parametrize("name", NAMES)
def test_labels_and_tool_tips_show_what_is_there(qapp, name):
    assert Label(name).textFormat() is Qt.TextFormat.PlainText
    assert shown_by_a_tool_tip(tool_tip(name)) == name


def test_qt_itself_shows_the_tool_tip_as_text(qtbot):
    label = Label("x")
    qtbot.addWidget(label)
    label.show()
    QToolTip.showText(QPoint(1, 1), tool_tip("<img src='x'>"), label)
    tips = [widget for widget in QApplication.topLevelWidgets() if widget.metaObject().className() == "QTipLabel"]
    assert [shown_by_a_tool_tip(tip.text()) for tip in tips if isinstance(tip, QLabel)] == ["<img src='x'>"]
    QToolTip.hideText()


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(GUI)))
def test_no_label_and_no_tool_tip_guesses_what_its_text_is(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and path.name != "label.py":
            assert "QLabel" not in [ast.unparse(base) for base in node.bases], f"{path}:{node.lineno}"
        if not isinstance(node, ast.Call):
            continue
        called = ast.unparse(node.func)
        if called == "QLabel":  # the spectrum's legend is HTML of the program's own
            assert path.name == "spectrum_view.py", f"{path}:{node.lineno}: Label shows any text as it is"
        if called.endswith(".setToolTip"):
            said = ast.unparse(node.args[-1])
            is_own = said.startswith("self.tr(")
            assert is_own or said.startswith("tool_tip("), f"{path}:{node.lineno}: wrap it into tool_tip()"


def test_tool_tips_of_models_are_wrapped():
    for path in SOURCES:
        text = path.read_text(encoding="utf-8")
        if "ToolTipRole" in text and path.name not in (
            "inspector.py",
            "scope_box.py",
        ):  # those two hold words of our own
            assert "tool_tip(" in text, path


def test_the_log_shows_what_is_there(qtbot):
    store = LogStore()
    store.install()
    try:
        logging.getLogger("test").warning("Opened %s", "a\n2026-01-01 ERROR forged: \x1b[2J.mp4")
    finally:
        store.remove()
    (line,) = [line for line in store.lines if line.source == "test"]
    assert line.text == "Opened a\\n2026-01-01 ERROR forged: \\x1b[2J.mp4"
