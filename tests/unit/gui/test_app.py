import os
import subprocess
import sys
import time

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from forensiclab.gui import app
from forensiclab.gui.main_window import MainWindow
from forensiclab.gui.player.frame_fetcher import FrameFetcher
from forensiclab.gui.work.analysis_runner import AnalysisRunner


@pytest.fixture
def scripted_app(qapp, no_thread_left, monkeypatch, analysis, exhibits):
    monkeypatch.setattr(app, "AnalysisRunner", lambda: AnalysisRunner(analyze=analysis))
    monkeypatch.setattr(app, "FrameFetcher", lambda: FrameFetcher(open_frames=exhibits.ScriptedFrames))


def open_window():
    (window,) = [widget for widget in QApplication.topLevelWidgets() if isinstance(widget, MainWindow)]
    return window


def test_files_on_the_command_line_are_opened(scripted_app, clip, tmp_path):
    seen = []

    def look_and_close():
        window = open_window()
        seen.extend(session.path for session in window.evidence.sessions)
        seen.extend(window.work.messages.messages)
        window.close()

    QTimer.singleShot(300, look_and_close)
    assert app.run([str(clip), str(tmp_path / "gone.mp4")]) == 0
    assert seen[0] == clip
    assert "There is no file" in seen[1]


def test_an_exception_nobody_caught_becomes_a_message(scripted_app, caplog):
    hook_before = sys.excepthook
    seen = []

    def fail_and_close():
        try:
            raise RuntimeError("unforeseen")
        except RuntimeError as error:
            sys.excepthook(RuntimeError, error, error.__traceback__)
        seen.extend(open_window().work.messages.messages)
        open_window().close()

    QTimer.singleShot(300, fail_and_close)
    assert app.run([]) == 0
    assert "RuntimeError" in seen[0]
    assert str(caplog.records[-1].exc_info[1]) == "unforeseen"
    assert sys.excepthook is hook_before


CLOSED_WHILE_LOADING = """
import sys, time
from PySide6.QtCore import QMetaObject, Qt
from PySide6.QtWidgets import QApplication
from forensiclab.__main__ import main
from forensiclab.analysis.loading import loaded
from forensiclab.gui import app
from forensiclab.gui.work.analysis_runner import AnalysisRunner

def load():
    QMetaObject.invokeMethod(QApplication.instance(), "closeAllWindows", Qt.ConnectionType.QueuedConnection)
    print(time.monotonic(), flush=True)
    time.sleep(60)

def analyze(request, cancel):
    yield loaded(load, cancel)

app.AnalysisRunner = lambda: AnalysisRunner(analyze=analyze)
sys.exit(main([sys.argv[1]]))
"""


def test_the_process_ends_with_the_window_while_a_detector_loads(settings_of_its_own, clip):
    command = [sys.executable, "-c", CLOSED_WHILE_LOADING, str(clip)]
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    lasted_s = time.monotonic() - float(done.stdout)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert lasted_s < 10, "the load alone lasts a minute; the rest is taken apart in order"
    sys.stdout.write(f"the process ended {lasted_s:.2f} s after its window was closed\n")
