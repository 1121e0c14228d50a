import time
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QThread, QTimer, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QMessageBox

from forensiclab.analysis.events import Progress
from forensiclab.core.errors import MediaError
from forensiclab.gui.evidence.model import ROW_ROLE
from forensiclab.gui.main_window import MainWindow
from forensiclab.gui.player.frame_fetcher import FrameFetcher
from forensiclab.gui.state.session import SessionState
from forensiclab.gui.work.analysis_runner import AnalysisRunner

PAUSED_IN_THE_MIDDLE = 90


def wait_until_ended(qtbot, window):
    ends = {SessionState.DONE, SessionState.CANCELLED, SessionState.FAILED}
    qtbot.waitUntil(lambda: all(session.state in ends for session in window.evidence.sessions), timeout=10_000)
    qtbot.waitUntil(lambda: not window.coordinator.is_refreshing)


def wait_until_paused(qtbot, window):
    """Until what the scripted engine said before it waits is on the screen."""
    qtbot.waitUntil(lambda: window.shown is not None and len(window.work.timeline.curves) == 4, timeout=10_000)
    qtbot.waitUntil(lambda: not window.coordinator.is_refreshing)


@pytest.fixture
def done(qtbot, window, clip):
    window.open_paths([clip])
    wait_until_ended(qtbot, window)
    return window


@pytest.fixture
def paused(qtbot, window, analysis, clip):
    analysis.pause_after = PAUSED_IN_THE_MIDDLE
    window.open_paths([clip])
    wait_until_paused(qtbot, window)
    return window


def row_texts(window):
    """What the rows of the list of exhibits say, from top to bottom."""
    model = window.evidence_list.view.model()
    rows = [model.index(row, 0).data(ROW_ROLE) for row in range(model.rowCount())]
    return [f"{row.name} ({row.state_text})" for row in rows]


def drop(window, *urls, text=None):
    data = QMimeData()
    if text is None:
        data.setUrls(list(urls))
    else:
        data.setText(text)
    common = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    enter = QDragEnterEvent(QPointF(5, 5).toPoint(), *common)
    QApplication.sendEvent(window, enter)
    if enter.isAccepted():
        QApplication.sendEvent(window, QDropEvent(QPointF(5, 5), *common))
    return enter.isAccepted()


def test_an_empty_window_says_what_to_do_first(window):
    assert window.work.empty_page.isVisible()
    assert not window.evidence_list.isVisible()
    assert not window.work.export_button.isEnabled()
    assert not window.progress.isVisible()


def test_while_running_progress_time_left_and_cancel_are_shown(paused):
    progress = paused.progress
    assert progress.isVisible()
    assert progress.label.text() == "clip one.mp4: reading frames, finding and scoring faces"
    assert progress.bar.maximum() > 0
    assert progress.left_label.text().endswith("left")
    assert progress.cancel_button.isEnabled()
    assert not paused.work.export_button.isEnabled()


def test_the_bar_follows_reading_and_does_not_jump_back_to_score_a_track(window):
    progress = window.progress
    progress.start(1, "a")
    progress.show_progress(Progress(stage="read", done=30.0, total=40.0, left_s=12.2))
    assert progress.bar.value() / progress.bar.maximum() == 0.75
    assert progress.left_label.text() == "0:12 left"
    progress.show_progress(Progress(stage="score", done=1.0, total=32.0, left_s=11.0))
    assert progress.bar.value() / progress.bar.maximum() == 0.75
    assert progress.left_label.text() == "0:11 left"


def test_unknown_length_shows_a_busy_bar_and_no_time(window):
    progress = window.progress
    progress.start(1, "a")
    progress.show_progress(Progress(stage="read", done=3.0, total=None, left_s=None))
    assert progress.bar.maximum() == 0
    assert progress.left_label.text() == ""


def test_parts_show_what_has_come_in_one_after_the_other_and_events_pass_in_between(qtbot, done, monkeypatch):
    parts = (done.work.timeline, done.verdicts, done.inspector, done.comparison)
    order = []

    def refresh(part):
        order.append(part)
        QTimer.singleShot(0, lambda: order.append("an event"))

    for part in parts:
        monkeypatch.setattr(part, "refresh", partial(refresh, part))
    done.coordinator.refresh()
    done.coordinator.refresh()
    assert order == []
    assert done.coordinator.is_refreshing
    # What the analysis still had to tell may ask for one more round.
    qtbot.waitUntil(lambda: not done.coordinator.is_refreshing and len(order) == 2 * order.count("an event"))
    assert {part for part in order if part != "an event"} == set(parts)
    assert all("an event" in order[place : place + 3] for place in range(len(order) - 2))
    assert not done.coordinator.is_refreshing


def test_results_fill_every_part_of_the_window(qtbot, done):
    work = done.work
    assert not done.progress.isVisible()
    assert set(work.timeline.curves) == {(name, track) for name in ("alpha", "beta") for track in (1, 2)}
    np.testing.assert_allclose(work.timeline.curves["alpha", 2].times_s, [0.0, 0.2, 0.4, 0.6, 0.8])
    assert done.inspector.filmstrip.crops.rowCount() == 10
    assert done.inspector.shown is not None
    texts = done.verdicts.texts
    assert texts[:2] == ["Video", "supports manipulation"]
    assert "Both detectors reach their thresholds." in texts
    assert {"Track 1", "Track 2", "0.913", "+3.000", "beta: Track 2 says so to beta."} <= set(texts)
    assert "Frames not scored: 2; the face is blurred" in texts
    assert "320 × 180 px" in work.facts.text()
    assert "5" * 64 in work.facts.toolTip()
    assert work.export_button.isEnabled()
    assert done.windowTitle() == "clip one.mp4 – ForensicLab"


def test_boxes_are_drawn_at_the_shown_time(qtbot, done):
    player = done.work.player
    qtbot.waitUntil(lambda: [face.track_id for face in player.view.faces] == [1, 2])
    with qtbot.waitSignal(player.position_changed):
        player.seek(1.4)
    assert [face.track_id for face in player.view.faces] == [1]


def test_a_crop_of_the_strip_seeks(qtbot, done):
    player = done.work.player
    qtbot.waitUntil(lambda: player.pts_s == 0.0)
    with qtbot.waitSignal(player.position_changed) as moved:
        done.inspector.filmstrip.setCurrentIndex(done.inspector.filmstrip.crops.index(3))
    assert moved.args == [pytest.approx(0.6)]


def test_the_timeline_seeks_and_steps_the_player(qtbot, done):
    timeline, player = done.work.timeline, done.work.player
    qtbot.waitUntil(lambda: player.pts_s == 0.0)
    timeline.seek_requested.emit(1.0)
    qtbot.waitUntil(lambda: player.pts_s == 1.0)
    timeline.step_requested.emit(2)
    qtbot.waitUntil(lambda: player.pts_s == pytest.approx(1.08))
    timeline.step_requested.emit(-1)
    qtbot.waitUntil(lambda: player.pts_s == pytest.approx(1.04))


def test_parts_follow_the_position_of_the_player(qtbot, done):
    with qtbot.waitSignal(done.work.player.position_changed):
        done.work.player.seek(1.4)
    assert done.inspector.shown.contact.crop.pts_s == pytest.approx(1.4)


@pytest.mark.parametrize("source", ["verdicts", "inspector", "timeline", "view"])
def test_choosing_a_track_anywhere_changes_every_part(qtbot, done, source):
    signal = {
        "verdicts": done.verdicts.track_chosen,
        "inspector": done.inspector.track_chosen,
        "timeline": done.work.timeline.track_chosen,
        "view": done.work.player.view.track_clicked,
    }[source]
    signal.emit(2)
    assert done.coordinator.selection.track_id == 2
    assert done.inspector.track_box.currentText() == "Track 2"
    assert done.inspector.filmstrip.crops.rowCount() == 5


def test_a_range_is_chosen_on_the_timeline_and_given_up_by_escape(qtbot, done):
    done.work.timeline.range_chosen.emit((0.1, 0.7))
    assert done.coordinator.selection.range_s == (0.1, 0.7)
    assert done.inspector.filmstrip.crops.rowCount() == 3
    qtbot.keyClick(done, Qt.Key.Key_Escape)
    assert done.coordinator.selection.range_s is None
    assert done.inspector.filmstrip.crops.rowCount() == 10


def test_number_keys_show_and_hide_detectors_but_never_the_last_one(qtbot, done):
    assert [action.text() for action in done._menus.detectors.actions() if action.isVisible()] == ["alpha", "beta"]
    qtbot.keyClick(done, Qt.Key.Key_1)
    assert done.coordinator.selection.detectors == {"beta"}
    assert [action.isChecked() for action in done._menus.detectors.actions()[:2]] == [False, True]
    qtbot.keyClick(done, Qt.Key.Key_2)
    assert done.coordinator.selection.detectors == {"beta"}
    assert done._menus.detectors.actions()[1].isChecked()
    qtbot.keyClick(done, Qt.Key.Key_1)
    assert done.coordinator.selection.detectors is None
    qtbot.keyClick(done, Qt.Key.Key_5)
    assert done.coordinator.selection.detectors is None


def test_each_exhibit_keeps_its_selection_and_position(qtbot, done, clip):
    player = done.work.player
    with qtbot.waitSignal(player.position_changed):
        player.seek(0.8)
    done.verdicts.track_chosen.emit(2)
    other = clip.with_name("other.mp4")
    other.write_bytes(b"scripted")
    done.open_paths([other])
    wait_until_ended(qtbot, done)
    assert done.coordinator.selection.track_id == 1
    done.open_paths([clip])
    assert done.coordinator.selection.track_id == 2
    qtbot.waitUntil(lambda: player.pts_s == pytest.approx(0.8))


def test_settings_reach_the_inspector(qtbot, done):
    done.settings_store.replace(replace(done.settings_store.settings, colormap="viridis"))
    assert done.inspector.tabs.attention.colormap_box.currentText() == "viridis"


def test_cancel_stops_and_keeps_what_was_found(qtbot, paused):
    before = paused.inspector.filmstrip.crops.rowCount()
    assert before > 0
    started = time.monotonic()
    qtbot.mouseClick(paused.progress.cancel_button, Qt.MouseButton.LeftButton)
    assert paused.progress.label.text() == "clip one.mp4: cancelling"
    assert not paused.progress.cancel_button.isEnabled()
    assert time.monotonic() - started < 0.3
    wait_until_ended(qtbot, paused)
    assert paused.shown.state is SessionState.CANCELLED
    assert paused.inspector.filmstrip.crops.rowCount() >= before
    assert "Cancelled: this covers only what was examined before." in paused.verdicts.texts
    assert row_texts(paused) == ["clip one.mp4 (cancelled: supports manipulation so far)"]
    assert paused.work.messages.messages == []


def test_an_unreadable_file_says_why_and_can_be_tried_again(qtbot, window, analysis, clip):
    analysis.error = MediaError("'clip one.mp4' is no video or picture.")
    window.open_paths([clip])
    qtbot.waitUntil(lambda: window.work.messages.messages == ["'clip one.mp4' is no video or picture."])
    wait_until_ended(qtbot, window)
    assert row_texts(window) == ["clip one.mp4 (failed: 'clip one.mp4' is no video or picture.)"]
    assert window.evidence.sessions[0].error == "'clip one.mp4' is no video or picture."
    assert not window.progress.isVisible()
    analysis.error = None
    window.evidence.analyze_all()
    wait_until_ended(qtbot, window)
    assert window.shown.state is SessionState.DONE
    assert len(window.work.timeline.curves) == 4


def test_an_error_on_the_way_keeps_what_was_read(qtbot, window, analysis, clip):
    analysis.error, analysis.pause_after = MediaError("'clip one.mp4' is torn after 0:00.500."), PAUSED_IN_THE_MIDDLE
    window.open_paths([clip])
    wait_until_ended(qtbot, window)
    assert window.work.messages.messages == ["'clip one.mp4' is torn after 0:00.500."]
    assert window.shown.state is SessionState.FAILED
    assert window.inspector.filmstrip.crops.rowCount() > 0
    assert not window.progress.isVisible()


def test_a_defect_leaves_a_usable_window(qtbot, window, analysis, clip, caplog):
    analysis.error, analysis.pause_after = ValueError("bad"), PAUSED_IN_THE_MIDDLE
    window.open_paths([clip])
    wait_until_ended(qtbot, window)
    (sentence,) = window.work.messages.messages
    assert "ValueError" in sentence
    assert "clip one.mp4" in sentence
    analysis.error = analysis.pause_after = None
    window.evidence.analyze_all()
    wait_until_ended(qtbot, window)
    assert window.shown.state is SessionState.DONE
    assert not [w for w in QApplication.topLevelWidgets() if isinstance(w, QMessageBox)]


def test_a_second_file_waits_for_the_first(qtbot, paused, analysis, clip):
    other = clip.with_name("other.mp4")
    other.write_bytes(b"scripted")
    paused.open_paths([other])
    assert [session.state for session in paused.evidence.sessions] == [SessionState.RUNNING, SessionState.WAITING]
    qtbot.waitUntil(lambda: paused.evidence_list.summary.text() == "1 running, 1 waiting")
    assert row_texts(paused)[1] == "other.mp4 (waiting, number 1)"
    assert paused.shown.path == other
    qtbot.waitUntil(lambda: paused.work.player.pts_s == 0.0)
    assert paused.work.timeline.curves == {}
    analysis.go.set()
    wait_until_ended(qtbot, paused)
    assert analysis.paths == [clip, other]
    assert len(paused.work.timeline.curves) == 4
    qtbot.keyClick(paused, Qt.Key.Key_PageUp, Qt.KeyboardModifier.ControlModifier)
    assert paused.shown.path == clip
    assert len(paused.work.timeline.curves) == 4


def test_closing_a_running_exhibit_drops_its_late_events(qtbot, paused, analysis, clip, exhibits):
    stale = paused._runner._current.job_id
    qtbot.keyClick(paused, Qt.Key.Key_W, Qt.KeyboardModifier.ControlModifier)
    assert paused.evidence.sessions == []
    assert not paused.progress.isVisible()
    assert paused.work.empty_page.isVisible()
    paused._runner._told.emit(stale, exhibits.faces_in(0))
    paused._runner.arrived.emit(stale, exhibits.faces_in(0))
    assert paused.evidence.sessions == []
    analysis.pause_after = None
    paused.open_paths([clip])
    wait_until_ended(qtbot, paused)
    assert len(paused.work.timeline.curves) == 4


def test_opening_a_file_again_shows_it_and_adds_nothing(qtbot, done, clip, analysis):
    other = clip.with_name("other.mp4")
    other.write_bytes(b"scripted")
    done.open_paths([other])
    wait_until_ended(qtbot, done)
    assert done.shown.path == other
    done.open_paths([clip])
    assert done.shown.path == clip
    assert [session.path for session in done.evidence.sessions] == [clip, other]
    assert analysis.paths == [clip, other]


def test_dropped_files_are_opened(qtbot, window, clip):
    assert drop(window, QUrl.fromLocalFile(str(clip)))
    wait_until_ended(qtbot, window)
    assert window.shown.path == clip


def test_what_cannot_be_opened_is_named(qtbot, window, tmp_path):
    gone, empty = tmp_path / "gone.mp4", tmp_path / "empty"
    empty.mkdir()
    assert drop(window, QUrl.fromLocalFile(str(gone)), QUrl.fromLocalFile(str(empty)), QUrl("https://example.org/v"))
    qtbot.waitUntil(lambda: len(window.work.messages.messages) == 3)
    messages = " ".join(window.work.messages.messages)
    assert f"There is no file '{gone}'" in messages
    assert f"The folder {empty} holds no video or picture" in messages
    assert "'https://example.org/v' is not a file on this computer" in messages
    assert window.evidence.sessions == []


def test_dropped_text_is_refused(window):
    assert not drop(window, text="a sentence")


def test_a_message_can_be_closed_and_only_three_are_kept(qtbot, window):
    bar = window.work.messages
    for number in range(5):
        bar.show_error(f"Message {number}.")
    assert bar.messages == ["Message 4.", "Message 3.", "Message 2."]
    bar.show_error("Message 3.")
    assert bar.messages == ["Message 3.", "Message 4.", "Message 2."]
    for row in bar._message_rows():
        qtbot.mouseClick(row.close_button, Qt.MouseButton.LeftButton)
    assert bar.messages == []
    assert not bar.isVisible()


def test_space_comma_and_full_stop_drive_the_player(qtbot, done):
    player = done.work.player
    qtbot.waitUntil(lambda: player.pts_s == 0.0)
    for key, expected in ((Qt.Key.Key_Period, 0.04), (Qt.Key.Key_Period, 0.08), (Qt.Key.Key_Comma, 0.04)):
        with qtbot.waitSignal(player.position_changed) as moved:
            qtbot.keyClick(done, key)
        assert moved.args == [pytest.approx(expected)]
    qtbot.keyClick(done.inspector.filmstrip, Qt.Key.Key_Space)
    assert player.is_playing
    qtbot.keyClick(done, Qt.Key.Key_Space)
    assert not player.is_playing


def test_j_k_and_l_play_slower_pause_and_faster(qtbot, done):
    player = done.work.player
    qtbot.waitUntil(lambda: player.pts_s == 0.0)
    qtbot.keyClick(done, Qt.Key.Key_L)
    assert player.is_playing
    before = player.bar.speed.currentData()
    qtbot.keyClick(done, Qt.Key.Key_L)
    assert player.bar.speed.currentData() > before
    qtbot.keyClick(done, Qt.Key.Key_J)
    assert player.bar.speed.currentData() == before
    qtbot.keyClick(done, Qt.Key.Key_K)
    assert not player.is_playing


def test_the_frame_can_be_enlarged_by_keys_and_the_time_be_written(qtbot, done):
    player, control = done.work.player, Qt.KeyboardModifier.ControlModifier
    qtbot.waitUntil(lambda: player.pts_s == 0.0)
    qtbot.keyClick(done, Qt.Key.Key_1, control)
    assert player.view.zoom.zoom == 1.0
    qtbot.keyClick(done, Qt.Key.Key_Plus, control)
    assert player.view.zoom.zoom > 1.0
    qtbot.keyClick(done, Qt.Key.Key_0, control)
    assert player.view.zoom.is_fitted
    done.activateWindow()
    done._menus.go_to_time.trigger()
    qtbot.waitUntil(lambda: player.bar.time_field.isAncestorOf(QApplication.focusWidget() or done))


def test_what_the_player_did_or_refused_is_told(done):
    done.work.player.noticed.emit("The frame was copied.")
    done.work.player.refused.emit("The disk is full.")
    assert done.work.messages.messages == ["The disk is full.", "The frame was copied."]


def test_a_range_of_the_timeline_can_be_looped(done):
    assert not done.work.player.bar.loop_button.isEnabled()
    done.work.timeline.range_chosen.emit((0.4, 1.2))
    assert done.work.player.bar.loop_button.isEnabled()
    done.coordinator.clear_range()
    assert not done.work.player.bar.loop_button.isEnabled()


def test_flip_points_of_the_inspected_crop_reach_the_comparison(done):
    done.comparison.parentWidget().raise_()
    done.inspector.tabs.compression.flip_points_changed.emit({"beta": "H.264, CRF 30"})
    said = {column.name: column.flip_point for column in done.comparison.model.columns}
    assert said == {"alpha": "", "beta": "H.264, CRF 30"}


def test_the_comparison_chooses_tracks_and_detectors_and_leads_to_cards(qtbot, done):
    done.comparison.track_chosen.emit(2)
    assert done.coordinator.selection.track_id == 2
    done.comparison.detectors_chosen.emit(frozenset({"alpha"}))
    assert done.coordinator.selection.detectors == {"alpha"}
    done.comparison.card_requested.emit("meso_inception4")
    assert done.dialogs.models.isVisible()
    assert done.dialogs.models.tree.currentItem().text(0) == "meso_inception4"
    done.dialogs.models.close()
    done.comparison.models_requested.emit()
    assert done.dialogs.models.isVisible()


def test_ctrl_o_asks_for_files_and_opens_them(qtbot, window, clip, monkeypatch):
    monkeypatch.setattr("forensiclab.gui.shell.opening.QFileDialog.getOpenFileNames", lambda *args: ([str(clip)], ""))
    qtbot.keyClick(window, Qt.Key.Key_O, Qt.KeyboardModifier.ControlModifier)
    wait_until_ended(qtbot, window)
    assert window.shown.path == clip


def test_f1_lists_every_shortcut_without_blocking(qtbot, window):
    qtbot.keyClick(window, Qt.Key.Key_F1)
    sheet = window.dialogs.keys
    assert sheet.isVisible()
    assert not sheet.isModal()
    keys = {key.keys: key.what for key in sheet.keys}
    assert keys["Space"] == "Play or pause"
    assert {"Ctrl+O", "Ctrl+Shift+O", "Ctrl+E", "Ctrl+W", "Ctrl+PgUp", "F1", "F11", "Esc", "Del"} <= set(keys)
    assert {",", ".", "J", "K", "L", "1 – 9"} <= set(keys)
    texts = [label.text() for label in sheet.findChildren(QLabel)]
    assert set(keys) <= set(texts)
    assert sheet.sizeHint().height() < 700


def test_closing_while_running_leaves_nothing_running(qtbot, paused, analysis, clip):
    paused.open_paths([clip, clip])
    paused.close()
    assert analysis.closed.is_set()
    assert len(analysis.paths) == 1


def test_thousands_of_events_are_taken_in(qtbot, window, analysis, clip, exhibits):
    def many(path):
        yield from list(exhibits.whole_analysis(path))[:-2]
        for _ in range(3000):
            yield exhibits.faces_in(49)
        yield from list(exhibits.whole_analysis(path))[-2:]

    analysis.events = many
    window.open_paths([clip])
    qtbot.waitUntil(lambda: window.shown.state is SessionState.DONE, timeout=20_000)
    qtbot.waitUntil(lambda: not window.coordinator.is_refreshing)
    assert len(window.work.timeline.curves) == 4


def test_the_window_fits_a_small_screen(qtbot, done):
    assert done.minimumSizeHint().width() <= 1366
    assert done.minimumSizeHint().height() <= 700


def test_every_control_has_a_name_for_screen_readers(done):
    unnamed = [
        type(widget).__name__
        for widget in (
            *done.findChildren(type(done.work.player.bar.slider)),
            *done.findChildren(type(done.work.player.bar.speed)),
            *done.findChildren(type(done.work.player.bar.play_button)),
        )
        if widget.isVisible() and not widget.accessibleName() and not (hasattr(widget, "text") and widget.text())
    ]
    assert unnamed == []
    assert not [widget for widget in QApplication.topLevelWidgets() if isinstance(widget, QDialog)]


def test_the_guard_sees_a_thread_that_is_left(exhibits):
    thread = QThread()
    thread.setObjectName("left behind")
    thread.start()
    try:
        assert exhibits.running_threads() == ["left behind"]
    finally:
        thread.quit()
        thread.wait()


@pytest.mark.data
@pytest.mark.slow
def test_a_real_clip_from_opening_to_the_verdict(qtbot, no_thread_left, exhibits, shared_data: Path):
    window = MainWindow(AnalysisRunner(), FrameFetcher())
    try:
        with qtbot.waitExposed(window):
            window.show()
        window.open_paths([shared_data / "videos" / "real" / "retalking_5.mp4"])
        qtbot.waitUntil(lambda: bool(window.progress.left_label.text()), timeout=120_000)
        wait_for = {SessionState.DONE, SessionState.FAILED}
        qtbot.waitUntil(lambda: window.shown is not None and window.shown.state in wait_for, timeout=300_000)
        qtbot.waitUntil(lambda: not window.coordinator.is_refreshing)
        assert window.work.messages.messages == []
        assert window.shown.state is SessionState.DONE
        assert window.work.timeline.curves
        assert window.inspector.filmstrip.crops.rowCount() > 0
        assert window.verdicts.texts[:2] == ["Video", window.shown.report.video.verdict.value]
        qtbot.waitUntil(lambda: bool(window.work.player.view.faces), timeout=10_000)
    finally:
        exhibits.dispose(window)
