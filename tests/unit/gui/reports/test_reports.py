from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from forensiclab.core.errors import ReportError
from forensiclab.gui.state.session import SessionState
from forensiclab.settings import load_settings

ASK = "forensiclab.gui.reports.exports.QFileDialog.getSaveFileName"


@pytest.fixture
def done(qtbot, window, clip):
    window.open_paths([clip])
    qtbot.waitUntil(lambda: window.shown is not None and window.shown.state is SessionState.DONE, timeout=10_000)
    qtbot.waitUntil(lambda: not window.coordinator.is_refreshing)
    return window


@pytest.fixture
def dialog(qtbot, done):
    qtbot.keyClick(done, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    dialog = done.exports.dialog
    qtbot.waitUntil(lambda: dialog.pages.page_count == 2)
    return dialog


def test_the_preview_shows_pages_and_writes_nothing(dialog, export, tmp_path):
    assert dialog.isVisible()
    assert dialog.state_label.text() == "2 pages"
    assert not dialog.busy.isVisible()
    assert export.written == []
    assert list(tmp_path.glob("*.pdf")) == []


def test_what_the_examiner_states_is_typeset_after_a_pause(qtbot, dialog, export):
    assert export.previews[-1].examiner is None
    qtbot.keyClicks(dialog.examiner, "A. Analyst")
    dialog.questions.setPlainText("Is it forged?")
    qtbot.waitUntil(lambda: len(export.previews) == 2)
    assert export.previews[-1].examiner == "A. Analyst"
    assert export.previews[-1].questions == "Is it forged?"
    assert export.previews[-1].case is None


def test_zoom_changes_the_size_of_the_pages(qtbot, dialog):
    narrow, wide = dialog.pages._pages()
    assert wide.width() == narrow.width()  # both as wide as there is room
    dialog.zoom.setCurrentIndex(dialog.zoom.findData(1.0))
    assert (narrow.width(), wide.width()) == (800, 1200)
    dialog.pages.grab()


def test_saving_writes_pdf_and_json_and_remembers_the_examiner(qtbot, done, dialog, export, tmp_path, monkeypatch):
    monkeypatch.setattr(ASK, lambda *args: (str(tmp_path / "report"), ""))
    qtbot.keyClicks(dialog.examiner, "A. Analyst")
    qtbot.keyClicks(dialog.case, "17/4")
    qtbot.keyClicks(dialog.amendment, "FL-0000")
    qtbot.mouseClick(dialog.save_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(done.work.messages.messages))
    assert export.written == [(tmp_path / "report.pdf", tmp_path / "report.json")]
    assert (export.details[0].examiner, export.details[0].case) == ("A. Analyst", "17/4")
    assert str(tmp_path / "report.pdf") in done.work.messages.messages[0]
    assert done.exports.dialog is None
    assert load_settings().record.examiner == "A. Analyst"
    done.exports.preview(done.shown)
    assert done.exports.dialog.case.text() == "17/4"
    assert done.exports.dialog.amendment.text() == ""


def test_the_folder_for_reports_is_proposed(qtbot, done, dialog, clip, tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(ASK, lambda *args: (asked.append(args[2]), ("", ""))[1])
    dialog.save_button.click()
    done.settings_store.replace(replace(done.settings_store.settings, report_folder=str(tmp_path / "config")))
    (tmp_path / "config").mkdir(exist_ok=True)
    dialog.save_button.click()
    assert asked == [str(clip.with_name("clip one report.pdf")), str(tmp_path / "config" / "clip one report.pdf")]
    assert dialog.isVisible()


def test_a_report_that_cannot_be_written_says_why_and_can_be_saved_elsewhere(
    qtbot, done, dialog, export, tmp_path, monkeypatch
):
    export.error = ReportError("The disk is full; free some space and export again.")
    monkeypatch.setattr(ASK, lambda *args: (str(tmp_path / "r.pdf"), ""))
    dialog.save_button.click()
    assert not dialog.save_button.isEnabled()
    qtbot.waitUntil(lambda: dialog.messages.messages == ["The disk is full; free some space and export again."])
    assert dialog.isVisible()
    assert dialog.save_button.isEnabled()
    export.error = None
    dialog.save_button.click()
    qtbot.waitUntil(lambda: done.exports.dialog is None)
    assert len(export.written) == 1


def test_somebody_elses_json_is_not_written_over(done, dialog, export, tmp_path):
    (tmp_path / "r.json").write_text("mine")
    done.exports.export_to(done.shown, tmp_path / "r.pdf", dialog.details)
    assert "already exists" in dialog.messages.messages[0]
    assert (tmp_path / "r.json").read_text() == "mine"
    assert export.written == []


def test_a_preview_that_fails_says_why(qtbot, done, export):
    def refuse(*_):
        raise ReportError("The report could not be typeset: no room.")

    export_preview = done.exports._factories
    object.__setattr__(export_preview, "preview", refuse)
    done.exports.preview(done.shown)
    dialog = done.exports.dialog
    qtbot.waitUntil(lambda: dialog.messages.messages == ["The report could not be typeset: no room."])
    assert dialog.save_button.isEnabled()


def test_closing_the_window_with_a_preview_open_ends_cleanly(qtbot, done):
    done.exports.preview(done.shown)
    done.close()
    assert not [widget for widget in QApplication.topLevelWidgets() if widget.isVisible()]


def test_a_report_is_written_while_another_exhibit_is_analysed(qtbot, done, analysis, export, clip, tmp_path):
    analysis.pause_after = 20
    other = Path(clip.with_name("other.mp4"))
    other.write_bytes(b"scripted")
    finished = done.shown
    done.open_paths([other])
    qtbot.waitUntil(lambda: done.evidence.running is not None)
    done.exports.preview(finished)
    done.exports.export_to(finished, tmp_path / "r.pdf", done.exports.dialog.details)
    qtbot.waitUntil(lambda: len(export.written) == 1)
    assert done.evidence.running is not None
