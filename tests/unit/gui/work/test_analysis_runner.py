import logging
import threading
import time
from functools import partial

import numpy as np
import pytest

from forensiclab.analysis.analyze import analyze
from forensiclab.analysis.events import AnalysisRequest, Progress
from forensiclab.core.errors import Cancelled, MediaError
from forensiclab.gui.work.analysis_runner import AnalysisRunner, JobEnd
from forensiclab.media.transcode import encode_clip


class Heard:
    """What a runner said, in order."""

    def __init__(self, runner):
        self.said = []
        runner.started.connect(lambda job: self.said.append(("started", job)))
        runner.arrived.connect(lambda job, event: self.said.append(("arrived", job, type(event).__name__)))
        runner.failed.connect(lambda job, sentence: self.said.append(("failed", job, sentence)))
        runner.ended.connect(lambda job, end: self.said.append(("ended", job, end)))

    def of(self, kind):
        return [entry[1:] for entry in self.said if entry[0] == kind]


@pytest.fixture
def runner(qtbot, no_thread_left, analysis):
    runner = AnalysisRunner(analyze=analysis)
    yield runner
    runner.shutdown()


@pytest.fixture
def heard(runner):
    return Heard(runner)


def test_events_arrive_in_order_with_their_job(qtbot, runner, heard, clip):
    job = runner.analyze(AnalysisRequest(path=clip))
    with qtbot.waitSignal(runner.ended):
        pass
    assert heard.of("started") == [(job,)]
    names = [name for _, name in heard.of("arrived")]
    assert names[1] == "ExhibitOpened"
    assert names[-1] == "AnalysisFinished"
    assert names.count("FacesSeen") == 50
    assert heard.of("ended") == [(job, JobEnd.DONE)]


def test_progress_is_throttled_and_nothing_else_is(qtbot, runner, heard, analysis, clip, exhibits):
    analysis.events = lambda path: iter(
        [Progress(stage="read", done=i, total=5000.0, left_s=None) for i in range(5000)] + [exhibits.faces_in(0)] * 2000
    )
    with qtbot.waitSignal(runner.ended, timeout=20_000):
        runner.analyze(AnalysisRequest(path=clip))
    names = [name for _, name in heard.of("arrived")]
    assert names.count("FacesSeen") == 2000
    assert 1 <= names.count("Progress") <= 100


def test_cancel_keeps_the_job_and_says_so(qtbot, runner, heard, analysis, clip):
    analysis.pause_after = 20
    with qtbot.waitSignal(runner.ended):
        runner.analyze(AnalysisRequest(path=clip))
        qtbot.waitUntil(lambda: len(heard.of("arrived")) >= 5)
        runner.cancel()
    assert [name for _, name in heard.of("arrived")][-1] == "AnalysisFinished"
    assert heard.of("ended") == [(1, JobEnd.CANCELLED)]
    assert analysis.closed.is_set()


def test_an_analysis_cancelled_before_there_is_a_report_is_no_failure(qtbot, runner, heard, analysis, clip):
    analysis.error = Cancelled()
    with qtbot.waitSignal(runner.ended):
        runner.analyze(AnalysisRequest(path=clip))
    assert heard.of("ended") == [(1, JobEnd.CANCELLED)]
    assert heard.of("failed") == []


def test_cancelling_while_a_detector_is_loaded_is_heard_within_300_ms(qtbot, no_thread_left, tmp_path):
    path = tmp_path / "clip.mp4"
    encode_clip([np.zeros((32, 32, 3), np.uint8)] * 3, path, crf=23, frame_rate=25)
    asked, may_end = [], threading.Event()

    def open_slowly(name, device, precision):
        asked.append(name)
        assert may_end.wait(timeout=20)

    runner = AnalysisRunner(analyze=partial(analyze, open_detector=open_slowly))
    try:
        heard = Heard(runner)
        runner.analyze(AnalysisRequest(path=path, detectors=("slow", "never asked for")))
        qtbot.waitUntil(lambda: asked == ["slow"])
        with qtbot.waitSignal(runner.ended):
            cancelled_s = time.monotonic()
            runner.cancel()
        assert time.monotonic() - cancelled_s < 0.3
        assert heard.of("ended") == [(1, JobEnd.CANCELLED)]
        assert heard.of("failed") == []
    finally:
        may_end.set()
        runner.shutdown()
    assert asked == ["slow"]


def test_nothing_of_a_discarded_job_arrives(qtbot, runner, heard, analysis, clip):
    analysis.pause_after = 20
    first = runner.analyze(AnalysisRequest(path=clip))
    second = runner.analyze(AnalysisRequest(path=clip))
    qtbot.waitUntil(lambda: len(heard.of("arrived")) >= 5)
    runner.discard(first)
    del heard.said[:]
    analysis.pause_after = None
    with qtbot.waitSignal(runner.ended):
        pass
    assert {entry[1] for entry in heard.said} == {second}


def test_a_waiting_job_can_be_discarded(qtbot, runner, heard, analysis, clip):
    analysis.pause_after = 20
    runner.analyze(AnalysisRequest(path=clip))
    qtbot.waitUntil(lambda: len(heard.of("arrived")) >= 5)
    waiting = runner.analyze(AnalysisRequest(path=clip.with_name("other.mp4")))
    runner.discard(waiting)
    with qtbot.waitSignal(runner.ended):
        analysis.go.set()
    assert analysis.paths == [clip]


def test_a_known_error_becomes_its_own_sentence(qtbot, runner, heard, analysis, clip):
    analysis.error = MediaError("'clip one.mp4' is no video.")
    with qtbot.waitSignal(runner.ended):
        runner.analyze(AnalysisRequest(path=clip))
    assert heard.of("failed") == [(1, "'clip one.mp4' is no video.")]
    assert heard.of("ended") == [(1, JobEnd.FAILED)]


def test_a_defect_becomes_a_sentence_and_is_logged_with_its_traceback(qtbot, runner, heard, analysis, clip, caplog):
    analysis.error = ValueError("shape mismatch")
    with caplog.at_level(logging.ERROR), qtbot.waitSignal(runner.ended):
        runner.analyze(AnalysisRequest(path=clip))
    ((_, sentence),) = heard.of("failed")
    assert "clip one.mp4" in sentence
    assert "ValueError" in sentence
    assert caplog.records[0].exc_info[1] is analysis.error
    analysis.error = None
    with qtbot.waitSignal(runner.ended):
        runner.analyze(AnalysisRequest(path=clip))
    assert heard.of("ended")[-1] == (2, JobEnd.DONE)


def test_a_waiting_job_can_be_put_elsewhere_in_the_queue(qtbot, runner, heard, analysis, clip):
    analysis.pause_after = 20
    runner.analyze(AnalysisRequest(path=clip))
    qtbot.waitUntil(lambda: len(heard.of("arrived")) >= 5)
    names = [clip.with_name(f"{letter}.mp4") for letter in "abc"]
    first, second, third = (runner.analyze(AnalysisRequest(path=name)) for name in names)
    runner.move(third, 0)
    runner.move(first, 7)
    runner.move(99, 0)
    assert runner.waiting == (third, second, first)
    analysis.go.set()
    qtbot.waitUntil(lambda: len(heard.of("ended")) == 4)
    assert analysis.paths == [clip, names[2], names[1], names[0]]


def test_shutdown_stops_a_running_job(qtbot, analysis, clip):
    analysis.pause_after = 20
    runner = AnalysisRunner(analyze=analysis)
    with qtbot.waitSignal(runner.arrived):
        runner.analyze(AnalysisRequest(path=clip))
    runner.shutdown()
    assert analysis.closed.is_set()
    runner.shutdown()
