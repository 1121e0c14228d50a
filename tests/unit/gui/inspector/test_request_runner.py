import logging
import threading
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from forensiclab.core.compression import CLEAN, CompressionLevel
from forensiclab.core.errors import MediaError, WeightsError
from forensiclab.core.records import CropRule, Face, TrackedFace
from forensiclab.core.scores import DetectorScore, Verdict
from forensiclab.gui.inspector import request_runner as runner_module
from forensiclab.gui.inspector.request_runner import RequestRunner
from forensiclab.inspection.requests import (
    Bleaching,
    BleachRequest,
    InspectedExhibit,
    InspectedFace,
    LevelScore,
    PrepareRequest,
    Preview,
    PreviewRequest,
    ScoreRequest,
    Spectrum,
    SpectrumRequest,
    StandInRequest,
)

RULE = CropRule(size_px=8, margin=1.3)


def level(text):
    return CompressionLevel.parse(text)


@dataclass
class ScriptedEngine:
    """Answers at once, or waits for ``go`` before every answer; remembers what it was asked."""

    is_slow: bool = False
    loads: threading.Event | None = None
    """A detector answers when this is set; None = at once."""
    error: Exception | None = None
    bad_detector: str = ""
    go: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    asked: list = field(default_factory=list)
    there: CompressionLevel | None = None
    """What can stand in for another level."""
    prepared: list = field(default_factory=list)
    ahead: list = field(default_factory=list)
    is_deaf: bool = False
    """What is made ahead does not end when it is told to."""
    given_up: list = field(default_factory=list)
    may_end_ahead: threading.Event = field(default_factory=threading.Event)
    ahead_threads: set = field(default_factory=set)
    opened: list = field(default_factory=list)
    threads: set = field(default_factory=set)
    closed: int = 0

    def open(self, exhibit):
        self.opened.append(exhibit)

    def answer(self, face, request, cancel):
        if isinstance(request, PrepareRequest):
            return self.prepare(face, request, cancel)
        answers = {
            PreviewRequest: self.preview, StandInRequest: self.stand_in, ScoreRequest: self.score,
            BleachRequest: self.bleach, SpectrumRequest: self.spectrum,
        }  # fmt: skip
        return answers[type(request)](face, request)

    def prepare(self, face, request, cancel):
        error = self.error
        if request.levels:
            self._make_ahead(request, cancel)
            return
        self.prepared.append(face.tracked.frame_index)
        if error is not None:
            raise error

    def _make_ahead(self, request, cancel):
        """Until it may end, or is cancelled."""
        self.ahead.append(request)
        self.ahead_threads.add(threading.current_thread())
        while not self.may_end_ahead.wait(timeout=0.002):
            if self.is_deaf:
                continue
            if cancel.is_cancelled:
                self.given_up.append(request)
            cancel.check()
        if self.error is not None:
            raise self.error

    def preview(self, face, request):
        self._ask(face, request)
        return Preview(level=request.level, picture=np.zeros((8, 8, 3), np.uint8))

    def stand_in(self, face, request):
        if self.error is not None:
            raise self.error
        return self.there and Preview(level=self.there, picture=np.zeros((8, 8, 3), np.uint8))

    def score(self, face, request):
        self._ask(face, request)
        if self.loads is not None:
            assert self.loads.wait(timeout=10)
        if request.detector == self.bad_detector:
            raise WeightsError(f"The detector '{request.detector}' has no weights here.")
        score = DetectorScore(
            detector=request.detector, raw_score=1.0 + face.tracked.frame_index, probability=0.7,
            verdict=Verdict.INCONCLUSIVE, reasons=(), band="light", crops_scored=1,
        )  # fmt: skip
        return LevelScore(level=request.level, score=score, qp_mean=20.0)

    def bleach(self, face, request):
        self._ask(face, request)
        return Bleaching(installed=())

    def spectrum(self, face, request):
        self._ask(face, request)
        return Spectrum(log_power=np.zeros(4), source_px=90.0, usual=())

    def close(self):
        self.closed += 1

    def _ask(self, face, request):
        self.asked.append((face.tracked.frame_index, request))
        self.threads.add(threading.current_thread())
        if self.is_slow:
            assert self.go.acquire(timeout=5)
        if self.error is not None:
            raise self.error


@pytest.fixture
def engine():
    return ScriptedEngine()


@pytest.fixture
def requests(qtbot, no_thread_left, engine):
    requests = RequestRunner(make_engine=lambda: engine)
    yield requests
    engine.is_slow = False
    engine.go.release(100)
    requests.shutdown()


@pytest.fixture
def exhibit(exhibits):
    return InspectedExhibit(path=Path("a.mp4"), stream=exhibits.make_stream())


def face(frame=0):
    shown = Face(box_xyxy_px=(0.0, 0.0, 10.0, 10.0), landmarks_xy_px=None, confidence=None)
    return InspectedFace(tracked=TrackedFace(track_id=1, frame_index=frame, pts_s=frame / 25, face=shown))


@pytest.fixture
def looking(requests, exhibit):
    requests.set_exhibit(exhibit)
    requests.set_face(face())
    return requests


def is_a(kind):
    return lambda answer: isinstance(answer, kind)


def listen(runner, kind, tell):
    """Tell answers of one kind."""
    runner.answered.connect(lambda answer: tell(answer) if isinstance(answer, kind) else None)


def requests_to(engine):
    return [request for _, request in engine.asked]


def test_requests_are_answered_on_another_thread_and_answers_come_back(qtbot, looking, engine):
    with qtbot.waitSignal(looking.answered, check_params_cb=is_a(Preview)) as previewed:
        looking.preview(level("crf:30"), RULE)
    assert previewed.args[0].level == level("crf:30")
    with qtbot.waitSignal(looking.answered, check_params_cb=is_a(LevelScore)) as scored:
        looking.request_scores([ScoreRequest(CLEAN, "alpha")])
    assert scored.args[0].score.raw_score == 1.0
    with qtbot.waitSignal(looking.answered, check_params_cb=is_a(Bleaching)):
        looking.ask(BleachRequest())
    with qtbot.waitSignal(looking.answered, check_params_cb=is_a(Spectrum)):
        looking.ask(SpectrumRequest(RULE))
    assert threading.current_thread() not in engine.threads
    assert len(engine.threads) == 2


def test_nothing_is_asked_without_exhibit_or_face(qtbot, requests, engine, exhibit):
    requests.preview(CLEAN, RULE)
    requests.set_exhibit(exhibit)
    requests.preview(CLEAN, RULE)
    requests.request_scores([ScoreRequest(CLEAN, "alpha")])
    requests.set_face(face())
    qtbot.wait(30)
    assert engine.asked == []


def test_only_the_newest_preview_counts_and_it_goes_before_a_spectrum(qtbot, looking, engine):
    engine.is_slow = True
    looking.preview(CLEAN, RULE)
    qtbot.waitUntil(lambda: len(engine.asked) == 1)
    looking.ask(SpectrumRequest(RULE))
    for crf in range(40):
        looking.preview(level(f"crf:{crf}"), RULE)
    engine.go.release(3)
    qtbot.waitUntil(lambda: len(engine.asked) == 3)
    assert requests_to(engine) == [
        PreviewRequest(CLEAN, RULE),
        PreviewRequest(level("crf:39"), RULE),
        SpectrumRequest(RULE),
    ]


def test_a_bleach_goes_before_the_scores_that_wait_in_order(qtbot, looking, engine):
    engine.is_slow = True
    looking.request_scores([ScoreRequest(level(f"crf:{crf}"), "alpha") for crf in (10, 20, 30)])
    qtbot.waitUntil(lambda: len(engine.asked) == 1)
    looking.ask(BleachRequest())
    engine.go.release(4)
    qtbot.waitUntil(lambda: len(engine.asked) == 4)
    assert requests_to(engine) == [
        ScoreRequest(level("crf:10"), "alpha"),
        BleachRequest(),
        ScoreRequest(level("crf:20"), "alpha"),
        ScoreRequest(level("crf:30"), "alpha"),
    ]


def test_a_preview_does_not_wait_for_a_detector_that_is_being_loaded(qtbot, looking, engine):
    engine.loads = threading.Event()
    scored = []
    listen(looking, LevelScore, scored.append)
    looking.request_scores([ScoreRequest(CLEAN, "alpha")])
    qtbot.waitUntil(lambda: len(engine.asked) == 1)
    try:
        for crf in (20, 30):
            with qtbot.waitSignal(looking.answered, check_params_cb=is_a(Preview)) as previewed:
                looking.preview(level(f"crf:{crf}"), RULE)
            assert previewed.args[0].level == level(f"crf:{crf}")
        with qtbot.waitSignal(looking.answered, check_params_cb=is_a(Spectrum)):
            looking.ask(SpectrumRequest(RULE))
        assert scored == []
    finally:
        engine.loads.set()
    qtbot.waitUntil(lambda: len(scored) == 1)


def test_a_face_is_made_ready_as_soon_as_it_is_set(qtbot, looking, engine):
    qtbot.waitUntil(lambda: engine.prepared == [0])
    engine.is_slow = True
    looking.preview(CLEAN, RULE)
    qtbot.waitUntil(lambda: len(engine.asked) == 1)
    for frame in (1, 2, 3):
        looking.set_face(face(frame))
    engine.go.release()
    qtbot.waitUntil(lambda: engine.prepared == [0, 3])  # those in between are no longer looked at


def test_what_goes_wrong_while_a_face_is_made_ready_is_said_by_its_preview(qtbot, requests, exhibit, engine):
    engine.error = MediaError("'a.mp4' cannot be read.")
    failed = []
    requests.failed.connect(lambda request, sentence: failed.append((request, sentence)))
    requests.set_exhibit(exhibit)
    requests.set_face(face())
    qtbot.waitUntil(lambda: engine.prepared == [0])
    qtbot.wait(20)
    assert (failed, requests.file_failure) == ([], "")
    requests.preview(CLEAN, RULE)
    qtbot.waitUntil(lambda: failed == [(PreviewRequest(CLEAN, RULE), "'a.mp4' cannot be read.")])


AHEAD = PrepareRequest(levels=(level("crf:23"), level("crf:22"), level("crf:24")))


def test_levels_are_made_ahead_on_a_thread_of_their_own_once(qtbot, looking, engine):
    looking.prepare(AHEAD)
    qtbot.waitUntil(lambda: engine.ahead == [AHEAD])
    looking.prepare(AHEAD)  # under way already
    looking.request_scores([ScoreRequest(CLEAN, "alpha")])
    qtbot.waitUntil(lambda: looking.score(CLEAN, "alpha") is not None)  # scores neither wait for it nor end it
    assert engine.given_up == []
    engine.may_end_ahead.set()
    with qtbot.waitSignal(looking.answered, check_params_cb=is_a(Preview)):
        looking.preview(CLEAN, RULE)
    qtbot.wait(20)
    assert len(engine.ahead) <= 2  # the preview may have come before its end
    assert not engine.ahead_threads & engine.threads


@pytest.mark.parametrize("ask", ["preview", "spectrum"])
def test_making_ahead_is_given_up_for_a_picture_and_goes_on_after_it(qtbot, looking, engine, ask):
    failed = []
    looking.failed.connect(lambda *failure: failed.append(failure))
    looking.prepare(AHEAD)
    qtbot.waitUntil(lambda: engine.ahead == [AHEAD])
    engine.is_slow = True
    looking.preview(CLEAN, RULE) if ask == "preview" else looking.ask(SpectrumRequest(RULE))
    qtbot.waitUntil(lambda: engine.given_up == [AHEAD] and len(engine.asked) == 1)
    qtbot.wait(20)
    assert engine.ahead == [AHEAD]  # not as long as the picture is under way
    with qtbot.waitSignal(looking.answered, check_params_cb=is_a(Preview if ask == "preview" else Spectrum)):
        engine.go.release()
    qtbot.waitUntil(lambda: engine.ahead == [AHEAD, AHEAD])
    assert failed == []


def test_only_the_newest_request_for_levels_ahead_counts(qtbot, looking, engine):
    looking.prepare(AHEAD)
    qtbot.waitUntil(lambda: engine.ahead == [AHEAD])
    other, newest = (PrepareRequest(levels=(level(text),)) for text in ("crf:30", "crf:40"))
    looking.prepare(other)
    looking.prepare(newest)
    qtbot.waitUntil(lambda: engine.ahead == [AHEAD, newest])
    engine.may_end_ahead.set()
    qtbot.wait(20)
    assert (engine.ahead, engine.given_up) == ([AHEAD, newest], [AHEAD])


@pytest.mark.parametrize("leave", ["set_face", "set_exhibit", "drop_requests", "shutdown"])
def test_whoever_leaves_a_face_gives_up_making_ahead(qtbot, looking, engine, leave):
    looking.prepare(AHEAD)
    qtbot.waitUntil(lambda: engine.ahead == [AHEAD])
    getattr(looking, leave)(*([None] if leave.startswith("set") else []))
    qtbot.waitUntil(lambda: engine.given_up == [AHEAD])
    looking.set_face(face(1))
    qtbot.wait(20)
    assert engine.ahead == [AHEAD]


def test_what_goes_wrong_while_levels_are_made_ahead_is_not_tried_again(qtbot, looking, engine):
    failed = []
    looking.failed.connect(lambda *failure: failed.append(failure))
    engine.error = MediaError("'a.mp4' cannot be read.")
    engine.may_end_ahead.set()
    looking.prepare(AHEAD)
    qtbot.waitUntil(lambda: engine.ahead == [AHEAD])
    looking.request_scores(())
    qtbot.wait(20)
    assert (failed, looking.file_failure, engine.ahead) == ([], "", [AHEAD])


def test_a_preview_that_is_outdated_while_under_way_still_arrives(qtbot, looking, engine):
    engine.is_slow = True
    seen = []
    listen(looking, Preview, seen.append)
    looking.preview(level("crf:20"), RULE)
    qtbot.waitUntil(lambda: len(engine.asked) == 1)
    looking.preview(level("crf:21"), RULE)
    engine.go.release(2)
    qtbot.waitUntil(lambda: len(seen) == 2)
    assert [preview.level for preview in seen] == [level("crf:20"), level("crf:21")]


def test_a_level_that_is_there_stands_in_until_the_preview_comes(qtbot, looking, engine):
    seen = []
    listen(looking, Preview, lambda preview: seen.append(preview.level.value))
    looking.prepare(AHEAD)
    qtbot.waitUntil(lambda: engine.ahead == [AHEAD])
    engine.is_slow, engine.is_deaf, engine.there = True, True, level("crf:24")
    looking.preview(level("crf:30"), RULE, with_stand_in=True)
    qtbot.waitUntil(lambda: seen == [24])  # what is made ahead does not hold it up
    looking.preview(level("crf:31"), RULE, with_stand_in=True)
    qtbot.waitUntil(lambda: seen == [24, 24])  # nor does the preview that is under way
    engine.go.release(2)
    qtbot.waitUntil(lambda: seen == [24, 24, 30, 31])
    engine.may_end_ahead.set()
    qtbot.waitUntil(lambda: engine.ahead == [AHEAD, AHEAD])  # the first was to be given up


def test_a_level_that_is_there_does_not_wait_for_a_preview_that_is_outdated(qtbot, looking, engine):
    seen = []
    listen(looking, Preview, lambda preview: seen.append(preview.level.value))
    engine.is_slow, engine.there = True, level("crf:31")
    looking.preview(level("crf:30"), RULE)
    qtbot.waitUntil(lambda: len(engine.asked) == 1)
    looking.preview(level("crf:31"), RULE, with_stand_in=True)
    qtbot.waitUntil(lambda: seen == [31])
    engine.go.release(2)
    qtbot.waitUntil(lambda: seen == [31, 30])
    qtbot.wait(20)
    assert requests_to(engine) == [PreviewRequest(level("crf:30"), RULE)]  # the other one is not cut once more


def test_nothing_stands_in_where_nothing_is_there_or_it_is_not_asked_for(qtbot, looking, engine):
    seen = []
    listen(looking, Preview, lambda preview: seen.append(preview.level.value))
    looking.preview(level("crf:30"), RULE, with_stand_in=True)
    qtbot.waitUntil(lambda: seen == [30])
    engine.there = level("crf:24")
    looking.preview(level("crf:31"), RULE)
    qtbot.waitUntil(lambda: seen == [30, 31])
    qtbot.wait(20)
    assert seen == [30, 31]


def test_what_goes_wrong_with_a_stand_in_is_said_by_the_preview_alone(qtbot, looking, engine):
    failed = []
    looking.failed.connect(lambda *failure: failed.append(failure))
    engine.error = WeightsError("It is broken.")
    looking.preview(level("crf:30"), RULE, with_stand_in=True)
    qtbot.waitUntil(lambda: len(failed) > 0)
    qtbot.wait(20)
    assert failed == [(PreviewRequest(level("crf:30"), RULE), "It is broken.")]


def test_scores_are_kept_and_not_asked_for_again(qtbot, looking, engine):
    request = ScoreRequest(level("crf:20"), "alpha")
    with qtbot.waitSignal(looking.answered, check_params_cb=is_a(LevelScore)):
        looking.request_scores([request])
    with qtbot.waitSignal(looking.answered, check_params_cb=is_a(LevelScore)):
        looking.request_scores([request, ScoreRequest(CLEAN, "alpha")])
    assert requests_to(engine) == [request, ScoreRequest(CLEAN, "alpha")]
    assert looking.score(level("crf:20"), "alpha").score.raw_score == 1.0
    looking.set_face(face(3))
    assert looking.score(level("crf:20"), "alpha") is None
    looking.set_face(face())
    assert looking.score(level("crf:20"), "alpha") is not None


def test_kept_scores_are_bounded(qtbot, looking, monkeypatch):
    monkeypatch.setattr(runner_module, "KEPT_SCORES", 3)
    requests = [ScoreRequest(level(f"crf:{crf}"), "alpha") for crf in range(5)]
    seen = []
    listen(looking, LevelScore, seen.append)
    looking.request_scores(requests)
    qtbot.waitUntil(lambda: len(seen) == 5)
    assert [looking.score(request.level, "alpha") is not None for request in requests] == [
        False,
        False,
        True,
        True,
        True,
    ]


def test_what_belongs_to_another_face_does_not_arrive_but_is_kept(qtbot, looking, engine):
    engine.is_slow = True
    looking.request_scores([ScoreRequest(CLEAN, "alpha"), ScoreRequest(level("crf:51"), "alpha")])
    qtbot.waitUntil(lambda: len(engine.asked) == 1)
    seen = []
    listen(looking, LevelScore, seen.append)
    looking.set_face(face(7))
    engine.go.release()
    looking.request_scores([ScoreRequest(CLEAN, "beta")])
    engine.go.release()
    qtbot.waitUntil(lambda: len(seen) == 1)
    assert (seen[0].score.detector, seen[0].score.raw_score) == ("beta", 8.0)
    assert len(engine.asked) == 2  # the other request of the face before was dropped
    looking.set_face(face())
    assert looking.score(CLEAN, "alpha").score.raw_score == 1.0


def test_what_belongs_to_another_exhibit_does_not_arrive_and_its_file_is_let_go(qtbot, looking, engine, exhibits):
    engine.is_slow = True
    looking.preview(CLEAN, RULE)
    qtbot.waitUntil(lambda: len(engine.asked) == 1)
    seen = []
    listen(looking, Preview, seen.append)
    other = InspectedExhibit(path=Path("b.mp4"), stream=exhibits.make_stream())
    looking.set_exhibit(other)
    engine.go.release()
    qtbot.waitUntil(lambda: engine.closed > 0)
    looking.set_face(face())
    with qtbot.waitSignal(looking.answered, check_params_cb=is_a(Preview)):
        looking.preview(level("crf:1"), RULE)
        engine.go.release()
    assert [preview.level for preview in seen] == [level("crf:1")]
    # The thread that makes ready and the one that draws open each exhibit.
    assert list(dict.fromkeys(one.path.name for one in engine.opened)) == ["a.mp4", "b.mp4"]


def test_dropped_requests_are_not_answered(qtbot, looking, engine):
    engine.is_slow = True
    looking.request_scores([ScoreRequest(level(f"crf:{crf}"), "alpha") for crf in range(9)])
    looking.ask(BleachRequest())
    qtbot.waitUntil(lambda: len(engine.asked) == 1)
    looking.drop_requests()
    engine.go.release(9)
    qtbot.wait(30)
    assert len(engine.asked) == 1


def test_a_detector_without_weights_says_so_once_and_the_others_go_on(qtbot, looking, engine):
    engine.bad_detector = "alpha"
    failed, scored = [], []
    looking.failed.connect(lambda request, sentence: failed.append((request.detector, sentence)))
    listen(looking, LevelScore, scored.append)
    levels = [CLEAN, level("crf:20"), level("crf:40")]
    looking.request_scores([ScoreRequest(one, name) for one in levels for name in ("alpha", "beta")])
    qtbot.waitUntil(lambda: len(scored) == 3)
    assert failed == [("alpha", "The detector 'alpha' has no weights here.")]
    assert looking.why_unusable("alpha") == "The detector 'alpha' has no weights here."
    assert looking.why_unusable("beta") == ""
    looking.request_scores([ScoreRequest(level("crf:9"), "alpha")])
    qtbot.wait(20)
    assert len(engine.asked) == 4
    looking.set_exhibit(None)
    assert looking.why_unusable("alpha") == ""


def test_a_file_that_has_gone_ends_the_work_on_this_face_alone(qtbot, looking, engine):
    engine.error = MediaError("'a.mp4' cannot be read.")
    looking.request_scores([ScoreRequest(CLEAN, "alpha"), ScoreRequest(CLEAN, "beta")])
    with qtbot.waitSignal(looking.failed) as failed:
        looking.preview(CLEAN, RULE)
    assert failed.args[1] == "'a.mp4' cannot be read."
    assert looking.file_failure == "'a.mp4' cannot be read."
    qtbot.wait(20)
    assert len(engine.asked) <= 2
    engine.error = None
    looking.set_face(face(1))
    assert looking.file_failure == ""
    with qtbot.waitSignal(looking.answered, check_params_cb=is_a(Preview)):
        looking.preview(CLEAN, RULE)


def test_an_error_that_nobody_foresaw_leaves_the_threads_usable(qtbot, looking, engine, caplog):
    qtbot.waitUntil(lambda: engine.prepared == [0])
    engine.error = RuntimeError("a defect")
    with caplog.at_level(logging.ERROR), qtbot.waitSignal(looking.failed) as failed:
        looking.ask(BleachRequest())
    assert caplog.records[0].exc_info[1] is engine.error
    assert "unexpected" in failed.args[1]
    engine.error = None
    with qtbot.waitSignal(looking.answered, check_params_cb=is_a(Bleaching)):
        looking.ask(BleachRequest())


def test_shutting_down_lets_go_of_the_exhibit_and_may_be_repeated(qtbot, looking, engine):
    with qtbot.waitSignal(looking.answered, check_params_cb=is_a(Preview)):
        looking.preview(CLEAN, RULE)
    looking.shutdown()
    looking.shutdown()
    assert engine.closed > 0
    looking.set_face(face())
    looking.preview(CLEAN, RULE)
    assert len(engine.asked) == 1
