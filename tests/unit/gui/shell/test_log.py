import logging
import threading
import warnings

import pytest
from PySide6.QtGui import QGuiApplication

from forensiclab.gui.shell import log_store
from forensiclab.gui.shell.log_store import LogStore
from forensiclab.gui.shell.log_viewer import LogViewer

logger = logging.getLogger("forensiclab.test")


@pytest.fixture
def store(qapp):
    store = LogStore()
    store.install()
    yield store
    store.remove()


@pytest.fixture
def viewer(qtbot, store):
    viewer = LogViewer(store)
    qtbot.addWidget(viewer)
    viewer.show()
    return viewer


def fail():
    try:
        raise RuntimeError("unforeseen")
    except RuntimeError:
        logger.exception("It broke")


def test_lines_of_every_thread_arrive_on_the_main_one(qtbot, store):
    seen = []
    store.added.connect(lambda line: seen.append(threading.current_thread() is threading.main_thread()))
    thread = threading.Thread(target=logger.warning, args=("from %s", "afar"))
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: bool(store.lines))
    assert str(store.lines[0]).endswith("WARNING forensiclab.test: from afar")
    assert seen == [True]


def test_an_exception_comes_with_its_traceback_and_pythons_warnings_come_too(qtbot, store):
    fail()
    warnings.warn("old", stacklevel=1)
    assert "RuntimeError: unforeseen" in store.lines[0].text
    assert "old" in store.lines[1].text


def test_only_the_newest_lines_are_kept(store, monkeypatch):
    assert store._lines.maxlen == log_store.MAX_LINES
    for number in range(log_store.MAX_LINES + 3):
        store._on_recorded(log_store.LogLine(time="", level=20, source="s", text=str(number)))
    assert len(store.lines) == log_store.MAX_LINES
    assert store.lines[0].text == "3"


def test_nothing_is_taken_in_after_removal(store):
    store.remove()
    logger.warning("late")
    assert store.lines == ()


def test_the_viewer_follows_and_filters(viewer):
    logger.info("fine")
    logger.error("broken")
    assert "fine" in viewer.text.toPlainText()
    viewer.level_box.setCurrentIndex(0)
    assert "fine" not in viewer.text.toPlainText()
    assert "broken" in viewer.text.toPlainText()
    logger.warning("hm")
    assert "hm" not in viewer.text.toPlainText()
    viewer.level_box.setCurrentIndex(1)
    assert "hm" in viewer.text.toPlainText()


def test_the_log_can_be_copied_saved_and_cleared(viewer, store, tmp_path, monkeypatch):
    logger.warning("kept")
    viewer.copy_button.click()
    assert "kept" in QGuiApplication.clipboard().text()
    ask = "forensiclab.gui.shell.log_viewer.QFileDialog.getSaveFileName"
    monkeypatch.setattr(ask, lambda *args: (str(tmp_path / "a.log"), ""))
    viewer.save_button.click()
    assert "kept" in (tmp_path / "a.log").read_text()
    monkeypatch.setattr(ask, lambda *args: (str(tmp_path / "no" / "a.log"), ""))
    viewer.save_button.click()
    assert "was not saved" in viewer.messages.messages[0]
    viewer.clear_button.click()
    assert viewer.text.toPlainText() == ""
    assert store.lines == ()
