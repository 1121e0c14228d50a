import time
from dataclasses import replace

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QApplication

from forensiclab.core.errors import MediaError
from forensiclab.core.options import SamplingPolicy
from forensiclab.core.scores import Verdict
from forensiclab.gui.evidence.model import ROW_ROLE
from forensiclab.gui.pair.model import PairModel
from forensiclab.gui.pair.rows import PairRow
from forensiclab.gui.state import evidence as evidence_module
from forensiclab.gui.state.session import SessionState

ENDS = {SessionState.DONE, SessionState.CANCELLED, SessionState.FAILED}


@pytest.fixture
def clips(tmp_path):
    """Five files, by name."""
    paths = [tmp_path / "media" / f"{letter}.mp4" for letter in "abcde"]
    paths[0].parent.mkdir()
    for path in paths:
        path.write_bytes(b"scripted")
    return paths


def wait_until_ended(qtbot, window):
    qtbot.waitUntil(lambda: all(session.state in ENDS for session in window.evidence.sessions), timeout=20_000)
    qtbot.waitUntil(lambda: not window.coordinator.is_refreshing)


def rows(window):
    view = window.evidence_list.view.model()
    return [view.index(row, 0).data(ROW_ROLE) for row in range(view.rowCount())]


def names(window):
    return [row.name[0] for row in rows(window)]


def queue(window):
    sessions = [window.evidence.session(exhibit_id) for exhibit_id in window.evidence.queue]
    return "".join(session.path.name[0] for session in sessions)


@pytest.fixture
def queued(qtbot, window, analysis, clips):
    """The first of five exhibits is analysed and has stopped in the middle, four wait."""
    analysis.pause_after = 30
    window.open_paths(clips)
    qtbot.waitUntil(lambda: window.evidence.running is not None and len(window.evidence.queue) == 4)
    return window


@pytest.fixture
def done(qtbot, window, clips):
    window.open_paths(clips[:3])
    wait_until_ended(qtbot, window)
    return window


def choose(window, letters):
    ids = [i for i in window.evidence.ids if window.evidence.session(i).path.name[0] in letters]
    window.evidence_list.choose(ids)


def test_rows_say_state_verdict_and_what_the_file_is(qtbot, queued, analysis):
    running, *waiting = rows(queued)
    assert running.state_text.startswith("running")
    assert running.facts == "0:02.000 · 123.5 kB · 55555555"
    assert [row.state_text for row in waiting] == [f"waiting, number {n}" for n in (1, 2, 3, 4)]
    assert waiting[0].facts == "not read yet"
    assert queued.evidence_list.summary.text() == "1 running, 4 waiting"
    analysis.go.set()
    wait_until_ended(qtbot, queued)
    assert {row.state_text for row in rows(queued)} == {"supports manipulation"}
    assert {row.verdict for row in rows(queued)} == {Verdict.SUPPORTS_MANIPULATION}
    assert queued.evidence_list.summary.text() == "5 done"
    index = queued.evidence_list.view.model().index(0, 0)
    assert "5" * 64 in index.data(Qt.ItemDataRole.ToolTipRole)
    assert index.data(Qt.ItemDataRole.AccessibleTextRole).startswith("a.mp4: supports manipulation.")
    queued.evidence_list.grab()


def test_the_share_that_was_read_is_shown_in_the_row(qtbot, window, analysis, clips):
    analysis.pause_after = 100
    window.open_paths(clips[:1])
    qtbot.waitUntil(lambda: rows(window)[0].share_done is not None)
    qtbot.waitUntil(lambda: "%" in rows(window)[0].state_text)


def test_thumbnails_come_by_themselves(qtbot, done):
    qtbot.waitUntil(lambda: all(row.image is not None for row in rows(done)))
    grey = rows(done)[0].image.pixelColor(3, 3)
    assert (grey.red(), grey.green()) == (5, 5)  # a tenth into the exhibit
    assert max(rows(done)[0].image.width(), rows(done)[0].image.height()) <= 192


def test_the_order_of_the_queue_can_be_changed(qtbot, queued, analysis, clips):
    menus = queued._menus
    choose(queued, "de")
    menus.to_front.trigger()
    assert queue(queued) == "debc"
    choose(queued, "bc")
    menus.earlier.trigger()
    assert queue(queued) == "dbce"
    choose(queued, "d")
    menus.later.trigger()
    assert queue(queued) == "bdce"
    analysis.go.set()
    wait_until_ended(qtbot, queued)
    assert "".join(path.name[0] for path in analysis.paths) == "abdce"


def test_one_that_waits_or_runs_can_be_cancelled_and_all_tried_again(qtbot, queued, analysis):
    choose(queued, "ac")
    queued._menus.cancel_chosen.trigger()
    qtbot.waitUntil(lambda: rows(queued)[0].state is SessionState.CANCELLED)
    assert rows(queued)[2].state_text == "cancelled"
    assert rows(queued)[0].state_text == "cancelled: supports manipulation so far"
    analysis.go.set()
    wait_until_ended(qtbot, queued)
    assert queued.evidence.count(SessionState.DONE) == 3
    queued._menus.analyze_all.trigger()
    wait_until_ended(qtbot, queued)
    assert queued.evidence.count(SessionState.DONE) == 5
    assert not queued._menus.analyze_all.isEnabled()


def test_an_exhibit_is_analysed_again_with_the_settings_of_now(qtbot, done, analysis):
    done.settings_store.replace(replace(done.settings_store.settings, sampling=SamplingPolicy("all")))
    before = done.shown
    choose(done, "a")
    done._menus.analyze_again.trigger()
    assert done.shown is not before
    assert done.shown.state is SessionState.WAITING
    wait_until_ended(qtbot, done)
    assert len(analysis.paths) == 4
    assert len(done.work.timeline.curves) == 4


def test_delete_takes_off_the_list_and_the_file_stays(qtbot, done, clips):
    choose(done, "ab")
    done.activateWindow()
    done.evidence_list.view.setFocus()
    qtbot.waitUntil(done.evidence_list.view.hasFocus)
    qtbot.keyClick(done.evidence_list.view, Qt.Key.Key_Delete)
    assert names(done) == ["c"]
    assert all(path.exists() for path in clips)
    assert "their files are untouched" in done.work.messages.messages[0]
    assert done.shown.path == clips[2]
    qtbot.keyClick(done, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert names(done) == ["c", "a", "b"]
    assert done.shown.path == clips[0]
    qtbot.waitUntil(lambda: len(done.work.timeline.curves) == 4)
    assert not done._menus.restore.isEnabled()


def test_the_delete_key_means_an_exhibit_in_the_list_alone(qtbot, done):
    done.work.player.setFocus()
    qtbot.keyClick(done.work.player, Qt.Key.Key_Delete)
    assert len(rows(done)) == 3


def test_removing_what_runs_starts_the_next(qtbot, queued, analysis):
    analysis.pause_after = None
    choose(queued, "a")
    queued._menus.remove.trigger()
    wait_until_ended(qtbot, queued)
    assert names(queued) == ["b", "c", "d", "e"]
    queued._menus.restore.trigger()
    assert rows(queued)[-1].state is SessionState.CANCELLED


def test_rows_are_sorted_by_name_state_and_verdict(qtbot, window, analysis, clips, exhibits):
    analysis.pause_after = 30
    window.open_paths([clips[2], clips[0], clips[1]])
    qtbot.waitUntil(lambda: window.evidence.running is not None)
    box = window.evidence_list.sort_box
    assert names(window) == ["c", "a", "b"]
    box.setCurrentIndex(box.findData("name"))
    assert names(window) == ["a", "b", "c"]
    box.setCurrentIndex(box.findData("state"))
    assert names(window) == ["c", "a", "b"]
    choose(window, "b")
    window._menus.to_front.trigger()
    qtbot.waitUntil(lambda: names(window) == ["c", "b", "a"])
    box.setCurrentIndex(box.findData("verdict"))
    analysis.go.set()
    wait_until_ended(qtbot, window)
    assert names(window) == ["c", "a", "b"]  # all alike: as added


def test_a_failure_is_told_in_the_row(qtbot, window, analysis, clips):
    analysis.error = MediaError("'a.mp4' is torn.")
    window.open_paths(clips[:1])
    wait_until_ended(qtbot, window)
    assert rows(window)[0].state_text == "failed: 'a.mp4' is torn."
    window.evidence_list.grab()


def test_a_folder_is_searched_and_its_media_are_queued(qtbot, window, clips, monkeypatch):
    (clips[0].parent / "notes.txt").write_text("no media")
    monkeypatch.setattr(
        "forensiclab.gui.shell.opening.QFileDialog.getExistingDirectory", lambda *args: str(clips[0].parent)
    )
    qtbot.keyClick(window, Qt.Key.Key_O, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: len(rows(window)) == 5)
    assert names(window) == list("abcde")
    assert "1 files in" in window.work.messages.messages[0]
    assert window.shown.path == clips[0]


def test_a_dropped_folder_is_searched(qtbot, window, clips):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(clips[0].parent))])
    common = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(window, QDragEnterEvent(QPoint(5, 5), *common))
    QApplication.sendEvent(window, QDropEvent(QPointF(5, 5), *common))
    qtbot.waitUntil(lambda: len(rows(window)) == 5)


def test_the_hash_can_be_copied_and_the_folder_be_shown(qtbot, done, clips, monkeypatch):
    done._menus.copy_hash.trigger()
    assert QGuiApplication.clipboard().text() == "5" * 64
    asked = []
    monkeypatch.setattr(
        "forensiclab.gui.shell.evidence_commands.QDesktopServices.openUrl",
        lambda url: bool(asked.append(url.toLocalFile())),
    )
    done._menus.show_in_folder.trigger()
    assert asked == [str(clips[0].parent)]
    assert str(clips[0].parent) in done.work.messages.messages[0]


def test_crops_of_many_exhibits_share_the_memory(qtbot, window, clips, monkeypatch):
    monkeypatch.setattr(evidence_module, "KEPT_CROPS_BYTES", 3 * 64 * 64 * 3 * 4)
    window.open_paths(clips[:3])
    wait_until_ended(qtbot, window)
    kept = [sum(len(track.crops) for track in session.tracks.values()) for session in window.evidence.sessions]
    assert all(1 <= count <= 4 for count in kept)


def test_two_exhibits_are_compared(qtbot, done):
    menu = done._menus.compare_with
    menu.aboutToShow.emit()
    assert [action.text() for action in menu.actions()] == ["b.mp4", "c.mp4"]
    menu.actions()[1].trigger()
    compared = done.commands.compare_window
    assert compared.isVisible()
    assert [box.currentText() for box in compared.boxes] == ["a.mp4", "c.mp4"]
    lines = {row.what: row for row in compared.model.rows}
    assert lines["alpha"].left == "+3.000 · probability 0.913 · supports manipulation"
    assert not lines["alpha"].differs
    compared.grab()
    done.evidence.remove([done.evidence.ids[2]])
    qtbot.waitUntil(lambda: compared.boxes[1].currentIndex() == -1)
    assert compared.model.rows == ()


def test_a_finding_that_differs_is_marked_without_widening_the_scores(qtbot, done):
    model = PairModel()
    found = PairRow(what="alpha", left="+1.0", right="-1.0", difference="raw score -2.000", is_finding=True)
    model.show(("a", "b"), [found, replace(found, difference=""), replace(found, is_finding=False)])
    fonts = [[model.index(row, column).data(Qt.ItemDataRole.FontRole) for column in range(4)] for row in range(3)]
    assert [font is not None and font.bold() for font in fonts[0]] == [True, False, False, True]
    assert fonts[1] == fonts[2] == [None] * 4


def test_the_lines_of_two_exhibits_are_as_high_as_their_texts(qtbot, done):
    first, second, *_ = done.evidence.ids
    done.commands.compare(first, second)
    compared = done.commands.compare_window
    table = compared.table
    line_px = table.fontMetrics().height()

    def heights():
        return [table.rowHeight(row) for row in range(table.model().rowCount())]

    compared.resize(1400, 700)
    qtbot.waitUntil(lambda: heights() == [line_px + 4] * 12)
    compared.resize(700, 700)
    qtbot.waitUntil(lambda: heights()[1] > 2 * line_px and heights()[-1] == line_px + 4)


def test_a_comparison_follows_an_analysis_that_runs(qtbot, queued, analysis):
    first, second, *_ = queued.evidence.ids
    queued.commands.compare(first, second)
    lines = {row.what: row for row in queued.commands.compare_window.model.rows}
    assert lines["Verdict"].left == "not judged yet"
    analysis.go.set()
    wait_until_ended(qtbot, queued)
    qtbot.waitUntil(lambda: len(queued.commands.compare_window.model.rows) == 12)


def test_a_large_folder_is_taken_in_at_once(qtbot, window, analysis, tmp_path):
    analysis.pause_after = 10
    paths = [tmp_path / f"{number:04}.mp4" for number in range(600)]
    for path in paths:
        path.touch()
    window.evidence_list.sort_box.setCurrentIndex(window.evidence_list.sort_box.findData("state"))
    started = time.monotonic()
    window.open_paths(paths)
    qtbot.waitUntil(lambda: len(window.evidence.queue) == 599 and window.evidence.place(600) == 598)
    choose(window, [])
    window.evidence.remove(window.evidence.ids[300:])
    qtbot.waitUntil(lambda: window.evidence_list.summary.text() == "1 running, 299 waiting")
    assert time.monotonic() - started < 4


def test_removing_many_shows_the_next_one_that_stays_and_none_between(qtbot, done, clips):
    shown = []
    done.evidence_list.current_changed.connect(shown.append)
    choose(done, "ab")
    done._menus.remove.trigger()
    assert shown == [done.evidence.ids[0]]
    assert done.shown.path == clips[2]


def test_what_was_removed_and_opened_again_is_not_brought_back_twice(qtbot, done, clips):
    choose(done, "a")
    done._menus.remove.trigger()
    done.open_paths(clips[:1])
    wait_until_ended(qtbot, done)
    done._menus.restore.trigger()
    assert names(done) == ["b", "c", "a"]
