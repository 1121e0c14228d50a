from PySide6.QtCore import QByteArray, Qt
from PySide6.QtWidgets import QDockWidget

from forensiclab.gui.main_window import MainWindow
from forensiclab.gui.player.frame_fetcher import FrameFetcher
from forensiclab.gui.shell.window_state import (
    MAX_RECENT,
    WindowState,
    from_text,
    load_window_state,
    save_window_state,
    to_text,
)
from forensiclab.gui.state.session import SessionState
from forensiclab.gui.work.analysis_runner import AnalysisRunner


def dock(window, name):
    return window.findChild(QDockWidget, name)


def open_clip(qtbot, window, clip):
    window.open_paths([clip])
    qtbot.waitUntil(lambda: window.shown is not None and window.shown.state is SessionState.DONE, timeout=10_000)
    qtbot.waitUntil(lambda: not window.coordinator.is_refreshing)


def another_window(qtbot, exhibits, analysis, export):
    window = MainWindow(
        AnalysisRunner(analyze=analysis),
        FrameFetcher(open_frames=exhibits.ScriptedFrames),
        exhibits.scripted_factories(export),
    )
    with qtbot.waitExposed(window):
        window.show()
    return window


def test_what_was_opened_last_comes_first_and_only_once(tmp_path):
    state = WindowState()
    for number in range(MAX_RECENT + 5):
        state = state.with_opened(tmp_path / f"{number}.mp4")
    state = state.with_opened(tmp_path / "9.mp4")
    assert len(state.recent) == MAX_RECENT
    assert state.recent[0] == str(tmp_path / "9.mp4")
    assert state.recent.count(str(tmp_path / "9.mp4")) == 1
    assert state.last_folder == str(tmp_path)
    assert state.with_opened(tmp_path).last_folder == str(tmp_path)


def test_positions_survive_as_text(settings_of_its_own):
    data = QByteArray(bytes(range(256)))
    save_window_state(WindowState(geometry=to_text(data)))
    assert from_text(load_window_state().geometry) == data
    assert from_text("no position!").isEmpty()
    (settings_of_its_own / "window.toml").write_text("geometry = 7\n")
    assert load_window_state() == WindowState()


def test_docks_stay_where_they_were_put(qtbot, window, analysis, export, exhibits, clip):
    open_clip(qtbot, window, clip)
    dock(window, "verdict").hide()
    window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, dock(window, "inspector"))
    window.close()
    again = another_window(qtbot, exhibits, analysis, export)
    try:
        open_clip(qtbot, again, clip)
        assert not dock(again, "verdict").isVisible()
        assert again.dockWidgetArea(dock(again, "inspector")) == Qt.DockWidgetArea.LeftDockWidgetArea
        again._menus.reset_layout.trigger()
        assert dock(again, "verdict").isVisible()
        assert again.dockWidgetArea(dock(again, "inspector")) == Qt.DockWidgetArea.RightDockWidgetArea
    finally:
        exhibits.dispose(again)


def test_closing_an_empty_window_keeps_the_layout_of_the_last_work(qtbot, window, analysis, export, exhibits, clip):
    open_clip(qtbot, window, clip)
    dock(window, "verdict").hide()
    window._menus.close_exhibit.trigger()
    assert not dock(window, "evidence").isVisible()
    window.close()
    again = another_window(qtbot, exhibits, analysis, export)
    try:
        open_clip(qtbot, again, clip)
        assert dock(again, "evidence").isVisible()
        assert not dock(again, "verdict").isVisible()
    finally:
        exhibits.dispose(again)


def test_docks_can_be_hidden_and_floated_by_the_menu_and_the_mouse(qtbot, window, clip):
    toggles = {toggle.text(): toggle for toggle in window.docks.toggles}
    assert not toggles["Verdict"].isEnabled()  # nothing to show yet
    open_clip(qtbot, window, clip)
    assert toggles["Verdict"].isChecked()
    toggles["Verdict"].trigger()
    assert not dock(window, "verdict").isVisible()
    inspector = dock(window, "inspector")
    inspector.setFloating(True)
    player = window.work.player
    qtbot.waitUntil(lambda: player.pts_s == 0.0)
    qtbot.keyClick(inspector, Qt.Key.Key_Space)
    assert player.is_playing


def test_in_a_low_window_the_docks_of_a_side_are_tabs_in_a_high_one_they_share_it(qtbot, window, clip):
    open_clip(qtbot, window, clip)
    verdict, inspector = dock(window, "verdict"), dock(window, "inspector")
    assert inspector in window.tabifiedDockWidgets(verdict)
    assert not verdict.visibleRegion().isEmpty()
    window.resize(1366, 1000)
    window._menus.reset_layout.trigger()
    assert inspector not in window.tabifiedDockWidgets(verdict)
    assert dock(window, "comparison") in window.tabifiedDockWidgets(inspector)


def test_a_key_brings_a_dock_forward_and_leads_the_keyboard_into_it(qtbot, window, clip):
    open_clip(qtbot, window, clip)
    inspector = dock(window, "inspector")
    assert inspector.visibleRegion().isEmpty()
    qtbot.keyClick(window, Qt.Key.Key_F7)
    qtbot.waitUntil(lambda: not inspector.visibleRegion().isEmpty())
    assert inspector.isAncestorOf(window.focusWidget())
    dock(window, "verdict").close()
    qtbot.keyClick(window, Qt.Key.Key_F6)
    assert dock(window, "verdict").isVisible()


def test_the_buttons_of_a_dock_float_and_close_it(qtbot, window, clip):
    open_clip(qtbot, window, clip)
    evidence = dock(window, "evidence")
    title = evidence.titleBarWidget()
    assert title.float_button.accessibleName() == "Detach Evidence as a separate window"
    title.float_button.click()
    assert evidence.isFloating()
    assert title.float_button.accessibleName() == "Dock Evidence in the window again"
    title.float_button.click()
    assert not evidence.isFloating()
    title.close_button.click()
    assert not evidence.isVisible()


def test_recent_files_are_offered_and_forgotten(qtbot, window, clip, analysis):
    open_clip(qtbot, window, clip)
    window._menus.close_exhibit.trigger()
    menu = window._menus.recent
    menu.aboutToShow.emit()
    assert str(clip) in menu.actions()[0].text()
    menu.actions()[0].trigger()
    qtbot.waitUntil(lambda: window.shown is not None)
    assert window.shown.path == clip
    menu.aboutToShow.emit()
    menu.actions()[-1].trigger()
    menu.aboutToShow.emit()
    assert not menu.actions()[-1].isEnabled()
    assert window.opening.state.recent == ()


def test_full_screen_and_back(qtbot, window):
    qtbot.keyClick(window, Qt.Key.Key_F11)
    assert window.isFullScreen()
    assert window._menus.full_screen.isChecked()
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert not window.isFullScreen()
