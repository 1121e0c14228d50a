"""The inspector's tabs, compared with pinned pictures; see ``snapshots``."""

import pytest

from forensiclab.gui.inspector import inspector as inspector_module
from forensiclab.gui.inspector.inspector import Inspector
from forensiclab.gui.inspector.request_runner import RequestRunner
from forensiclab.gui.state.selection import Selection
from forensiclab.gui.state.session import Session, SessionState
from tests.unit.gui.inspector.test_inspector import (
    ATTENTION,
    BLEACH,
    COMPRESSION,
    FREQUENCY,
    ScriptedEngine,
    grey,
    is_complete,
)
from tests.unit.gui.snapshots import assert_looks_as_pinned, dressed

READY = {
    ATTENTION: lambda inspector: inspector.empty_text == "",
    BLEACH: lambda inspector: grey(inspector.tabs.bleach.bleached) == 10,
    COMPRESSION: lambda inspector: is_complete(inspector) and grey(inspector.tabs.compression.after) is not None,
    FREQUENCY: lambda inspector: inspector.tabs.spectrum.reference is not None,
}
NAMES = {ATTENTION: "attention", BLEACH: "bleach", COMPRESSION: "compression", FREQUENCY: "frequency"}


LOW = 456, 590
"""What a window on a screen of 1366 x 768 leaves to the inspector."""


@pytest.mark.parametrize("n_detectors", [5, 9])
@pytest.mark.parametrize("tab", list(NAMES), ids=list(NAMES.values()))
def test_a_tab_is_seen_as_a_whole_on_a_small_screen(
    qtbot, no_thread_left, exhibits, clip, monkeypatch, tab, n_detectors
):
    monkeypatch.setattr(inspector_module, "SETTLE_MS", 1)
    session = Session(clip)
    for event in exhibits.whole_analysis(clip):
        session.add(event)
    session.state = SessionState.DONE
    requests = RequestRunner(make_engine=ScriptedEngine)
    try:
        with dressed(is_dark=False):
            inspector = Inspector(requests)
            qtbot.addWidget(inspector)
            inspector.resize(*LOW)
            names = ("alpha", "beta", "gamma", "delta", "meso_inception4", "epsilon", "zeta", "eta", "theta")
            inspector.set_engine(names[:n_detectors], "cpu", "float32")
            with qtbot.waitExposed(inspector):
                inspector.show()
            inspector.set_session(session)
            inspector.select(Selection(track_id=1))
            inspector.set_position(0.8)
            inspector.tabs.setCurrentIndex(tab)
            qtbot.waitUntil(lambda: READY[tab](inspector))
            assert inspector.tabs.currentWidget().verticalScrollBar().maximum() == 0
            table = inspector.tabs.compression.table
            if tab == COMPRESSION:
                assert table.rowCount() == n_detectors
                assert table.verticalScrollBar().maximum() == max(0, n_detectors - 5)
    finally:
        requests.shutdown()


@pytest.mark.parametrize("is_dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("tab", list(NAMES), ids=list(NAMES.values()))
def test_inspector_looks_as_pinned(qtbot, no_thread_left, exhibits, clip, tmp_path, monkeypatch, tab, is_dark):
    monkeypatch.setattr(inspector_module, "SETTLE_MS", 1)
    session = Session(clip)
    for event in exhibits.whole_analysis(clip):
        session.add(event)
    session.state = SessionState.DONE
    requests = RequestRunner(make_engine=ScriptedEngine)
    try:
        with dressed(is_dark=is_dark):
            inspector = Inspector(requests)
            qtbot.addWidget(inspector)
            inspector.resize(430, 900)
            with qtbot.waitExposed(inspector):
                inspector.show()
            inspector.set_session(session)
            inspector.select(Selection(track_id=1))
            inspector.set_position(0.8)
            inspector.tabs.setCurrentIndex(tab)
            qtbot.waitUntil(lambda: READY[tab](inspector))
            qtbot.wait(50)  # the busy mark goes
            assert_looks_as_pinned(inspector, f"inspector_{NAMES[tab]}_{'dark' if is_dark else 'light'}", tmp_path)
    finally:
        requests.shutdown()
