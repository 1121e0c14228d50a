import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from forensiclab.analysis.face_patch import FacePatch
from forensiclab.analysis.loading import is_loading
from forensiclab.analysis.spectrum import BINS, FREQUENCIES, ReferenceBand
from forensiclab.core.cancel import CancelToken
from forensiclab.core.compression import CLEAN, CompressionLevel
from forensiclab.core.errors import Cancelled, MediaError, WeightsError
from forensiclab.core.records import CropRule, Face, TrackedFace
from forensiclab.core.scores import DetectorScore, Verdict
from forensiclab.detectors.base import InputSpec
from forensiclab.detectors.bleaching import BleachPreview
from forensiclab.inspection import engine as engine_module
from forensiclab.inspection.engine import FaceEngine
from forensiclab.inspection.patch_cache import PatchCache
from forensiclab.inspection.requests import (
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
from forensiclab.media.player import FrameServer
from tests.unit.report.example import STREAM

RULE = CropRule(size_px=16, margin=0.9)
CRF = CompressionLevel.parse("crf:30")


def face_at(pts_s, box, qp_mean=None):
    face = Face(box_xyxy_px=box, landmarks_xy_px=None, confidence=None)
    return InspectedFace(
        tracked=TrackedFace(track_id=1, frame_index=round(25 * pts_s), pts_s=pts_s, face=face), qp_mean=qp_mean
    )


FACE = face_at(0.12, (10.0, 10.0, 60.0, 70.0), qp_mean=25.0)


@dataclass
class World:
    """What the engine under test opened and asked."""

    opened: list = field(default_factory=list)
    patched: list = field(default_factory=list)
    cut: list = field(default_factory=list)
    prepared: list = field(default_factory=list)
    closed: int = 0
    error: Exception | None = None


class ScriptedRescorer:
    def __init__(self, world, path, detectors):
        self.world, self.detectors = world, detectors
        world.opened.append((path.name, tuple(one.card.name for one in detectors)))

    @classmethod
    def open(cls, world, path, stream, detectors):
        return cls(world, path, detectors)

    def patch(self, tracked, *, qp_mean, margin):
        if self.world.error is not None:
            raise self.world.error
        self.world.patched.append((tracked, qp_mean, margin))
        empty = np.zeros((4, 4, 3), np.uint8)
        return FacePatch(tracked=tracked, picture=empty, origin_xy_px=(0, 0), frame_size_px=(4, 4), qp_mean=qp_mean)

    def prepare(self, patch, levels, cancel):
        cancel.check()
        self.world.prepared.append((patch, levels))

    def preview(self, patch, level, rule):
        self.world.cut.append((patch, level, rule))
        return np.random.default_rng(0).integers(0, 255, (rule.size_px, rule.size_px, 3), dtype=np.uint8)

    def stand_in(self, patch, level, rule):
        return (CRF, self.preview(patch, CRF, rule)) if level.codec is CRF.codec else None

    def answer(self, patch, level):
        scores = (
            DetectorScore(
                detector=one.card.name, raw_score=1.5, probability=0.8, verdict=Verdict.SUPPORTS_MANIPULATION,
                reasons=("It is so.",), band="light", crops_scored=1,
            )
            for one in self.detectors
        )  # fmt: skip
        return tuple(LevelScore(level=level, score=score, qp_mean=31.0) for score in scores)

    def close(self):
        self.world.closed += 1


@pytest.fixture
def world():
    return World()


@pytest.fixture
def engine(world, make_card):
    def open_detector(name, device, precision):
        if name == "none":
            raise WeightsError("The detector 'none' has no weights here.")
        world.opened.append((name, device, precision))
        margin = 2.0 if name == "wide" else 1.3
        return SimpleNamespace(card=make_card(name), input_spec=InputSpec(size_px=16, margin=margin))

    engine = FaceEngine(open_rescorer=partial(ScriptedRescorer.open, world), open_detector=open_detector)
    engine.open(InspectedExhibit(path=Path("a.mp4"), stream=STREAM, device="cpu"))
    return engine


def test_a_face_is_read_once_however_often_it_is_cut(engine, world):
    for level in (CLEAN, CRF):
        assert engine.preview(FACE, PreviewRequest(level, RULE)).picture.shape == (16, 16, 3)
    assert len(world.patched) == 1
    assert world.opened == [("a.mp4", ())]  # no detector is needed for looking
    assert [facts[:2] for facts in world.patched] == [(FACE.tracked, 25.0)]


def test_each_request_is_answered_by_what_it_asks_for(engine, world):
    never = CancelToken()
    assert engine.answer(FACE, PrepareRequest(), never) is None
    assert isinstance(engine.answer(FACE, StandInRequest(CRF, RULE), never), Preview)
    assert isinstance(engine.answer(FACE, PreviewRequest(CRF, RULE), never), Preview)
    assert isinstance(engine.answer(FACE, ScoreRequest(CRF, "alpha"), never), LevelScore)
    assert isinstance(engine.answer(FACE, SpectrumRequest(RULE), never), Spectrum)


def test_whoever_leaves_does_not_wait_for_a_detector_that_loads(world):
    cancel, may_end = CancelToken(), threading.Event()

    def open_detector(name, device, precision):
        cancel.cancel()
        assert may_end.wait(timeout=30)

    engine = FaceEngine(open_rescorer=partial(ScriptedRescorer.open, world), open_detector=open_detector, cancel=cancel)
    engine.open(InspectedExhibit(path=Path("a.mp4"), stream=STREAM, device="cpu"))
    try:
        with pytest.raises(Cancelled):
            engine.score(FACE, ScoreRequest(CLEAN, "alpha"))
        assert is_loading()
    finally:
        may_end.set()


def test_what_was_made_ready_is_what_is_cut(engine, world):
    wide = CropRule(size_px=16, margin=2.0)
    for rule, request in ((RULE, PrepareRequest()), (wide, PrepareRequest(levels=(CRF, CLEAN), margin=wide.margin))):
        engine.prepare(FACE, request, CancelToken())
        engine.preview(FACE, PreviewRequest(CRF, rule))
        patch, levels = world.prepared[-1]
        assert levels == request.levels
        assert world.cut[-1][0] is patch
    assert len(world.patched) == 2


def test_a_level_that_is_there_stands_in_under_its_own_name(engine, world):
    found = engine.stand_in(FACE, StandInRequest(CompressionLevel.parse("crf:40"), RULE))
    assert found is not None
    assert found.level == CRF
    assert world.cut[-1][1:] == (CRF, RULE)
    assert engine.stand_in(FACE, StandInRequest(CompressionLevel.parse("jpeg:40"), RULE)) is None


def test_making_ready_can_be_cancelled(engine, world):
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        engine.prepare(FACE, PrepareRequest(levels=(CRF,)), cancel)
    assert world.prepared == []


def test_two_engines_with_one_cutter_read_a_face_once(world, make_card):
    exhibit, other = (InspectedExhibit(path=Path(name), stream=STREAM) for name in ("a.mp4", "b.mp4"))
    open_rescorer = partial(ScriptedRescorer.open, world)
    patches = PatchCache(open_rescorer)
    pictures, answers = (
        FaceEngine(patches, open_rescorer=open_rescorer, open_detector=lambda name, device, precision: SimpleNamespace(
            card=make_card(name), input_spec=InputSpec(size_px=16)))
        for _ in range(2)
    )  # fmt: skip
    for engine in (pictures, answers):
        engine.open(exhibit)
    with ThreadPoolExecutor(2) as threads:
        requests = [
            threads.submit(pictures.preview, FACE, PreviewRequest(CRF, RULE)),
            threads.submit(answers.score, FACE, ScoreRequest(CRF, "alpha")),
        ]
        assert [type(request.result()).__name__ for request in requests] == ["Preview", "LevelScore"]
    assert len(world.patched) == 1
    pictures.open(other)  # the other thread comes later to the new exhibit
    pictures.prepare(FACE, PrepareRequest(), CancelToken())
    closed = world.closed
    answers.close()
    assert world.closed == closed + 1, "its scorer alone: the new exhibit's file stays open"


def test_few_faces_are_kept(engine, world):
    for frame in (*range(9), 0):
        engine.preview(face_at(frame / 25, (10.0, 10.0, 60.0, 70.0)), PreviewRequest(CRF, RULE))
    assert len(world.patched) == 10


def test_every_detector_answers_by_itself(engine, world):
    score = engine.score(FACE, ScoreRequest(CRF, "alpha"))
    assert (score.score.detector, score.level, score.score.raw_score, score.qp_mean) == ("alpha", CRF, 1.5, 31.0)
    assert (score.score.verdict, score.score.reasons) == (Verdict.SUPPORTS_MANIPULATION, ("It is so.",))
    engine.score(FACE, ScoreRequest(CLEAN, "alpha"))
    engine.score(FACE, ScoreRequest(CLEAN, "beta"))
    assert world.opened == [
        ("alpha", "cpu", "float32"),
        ("a.mp4", ("alpha",)),
        ("a.mp4", ()),
        ("beta", "cpu", "float32"),
        ("a.mp4", ("beta",)),
    ]
    assert len(world.patched) == 1


def test_a_detector_that_sees_more_gets_a_larger_part_of_the_frame(engine, world):
    engine.score(FACE, ScoreRequest(CRF, "alpha"))
    engine.score(FACE, ScoreRequest(CRF, "wide"))
    assert len(world.patched) == 2


def test_errors_are_passed_on_and_nothing_of_them_is_kept(engine, world):
    with pytest.raises(WeightsError, match="no weights"):
        engine.score(FACE, ScoreRequest(CRF, "none"))
    world.error = MediaError("gone")
    with pytest.raises(MediaError):
        engine.preview(FACE, PreviewRequest(CRF, RULE))
    world.error = None
    engine.preview(FACE, PreviewRequest(CRF, RULE))


def test_another_exhibit_closes_the_one_before_and_keeps_the_detectors(engine, world):
    engine.score(FACE, ScoreRequest(CRF, "alpha"))
    engine.open(InspectedExhibit(path=Path("b.mp4"), stream=STREAM, device="cpu"))
    assert world.closed == 2
    engine.score(FACE, ScoreRequest(CRF, "alpha"))
    assert [one for one in world.opened if one[0] == "alpha"] == [("alpha", "cpu", "float32")]
    assert len(world.patched) == 2


def test_the_spectrum_is_that_of_a_crop_cut_like_the_reference(engine, world, monkeypatch):
    other = CropRule(size_px=64, margin=1.2)
    flat = np.zeros(BINS)

    def band(level, rule):
        return ReferenceBand(
            name=level, level=CompressionLevel.parse(level), rule=rule, min_source_px=70, frequencies=FREQUENCIES,
            low=flat - 1, median=flat, high=flat + 1, n_real=5, data="faces", date="2026-01-01", command="none",
        )  # fmt: skip

    monkeypatch.setattr(engine_module, "reference_bands", lambda: (band("clean", other), band("crf:40", RULE)))
    spectrum = engine.spectrum(FACE, SpectrumRequest(RULE))
    assert [str(one.level) for one in spectrum.usual] == ["clean"]  # the other was measured on other crops
    assert world.cut[-1][1:] == (CLEAN, other)
    assert spectrum.source_px == pytest.approx(1.2 * 60)
    assert spectrum.log_power.shape == (BINS,)
    monkeypatch.setattr(engine_module, "reference_bands", tuple)
    assert engine.spectrum(FACE, SpectrumRequest(RULE)).usual == ()
    assert world.cut[-1][1:] == (CLEAN, RULE)


@pytest.fixture
def bleachers(monkeypatch, make_card):
    """Two sets of bleach weights, of which the second is damaged."""

    class Bleacher:
        strength = 0.01
        input_spec = InputSpec(size_px=16)
        card = make_card("one")

        def preview(self, crop, *, gain, strength):
            return BleachPreview(
                original=crop, bleach=crop, bleached=crop, raw_score_before=0.5, raw_score_after=3.0,
                attention=np.zeros((2, 2), np.float32), strength=0.01 if strength is None else strength, gain=gain,
            )  # fmt: skip

    def open_bleacher(name, device):
        if name == "two":
            raise WeightsError("The weights 'two' are damaged.")
        return Bleacher()

    monkeypatch.setattr(engine_module, "bleach_weights", lambda: ("one", "two"))
    monkeypatch.setattr(engine_module, "open_bleacher", open_bleacher)


def test_a_bleached_score_is_calibrated_for_the_trained_strength_alone(engine, bleachers):
    done = engine.bleach(FACE, BleachRequest(gain=5.0))
    assert (done.installed, done.weights, done.trained_strength, done.gain) == (("one", "two"), "one", 0.01, 5.0)
    assert (done.before.raw_score, done.before.probability) == (0.5, None)
    assert done.after.probability == pytest.approx(0.953, abs=0.001)
    assert done.after.verdict is Verdict.SUPPORTS_MANIPULATION
    other = engine.bleach(FACE, BleachRequest(strength=0.05))
    assert (other.after.probability, other.after.verdict) == (None, Verdict.INCONCLUSIVE)
    assert "strength" in other.after.reasons[0]


def test_damaged_bleach_weights_leave_the_others_to_choose(engine, bleachers):
    done = engine.bleach(FACE, BleachRequest(weights="two"))
    assert (done.failure, done.installed) == ("The weights 'two' are damaged.", ("one", "two"))


def test_without_bleach_weights_nothing_is_read(engine, world, monkeypatch):
    monkeypatch.setattr(engine_module, "bleach_weights", tuple)
    assert engine.bleach(FACE, BleachRequest()).installed == ()
    assert world.patched == []


@pytest.mark.data
def test_a_real_face_is_compressed_scored_and_measured(shared_data):
    path = shared_data / "videos" / "real" / "voxceleb_input_00010.mp4"
    server = FrameServer(path)
    stream = server.info
    server.close()
    engine = FaceEngine()
    engine.open(InspectedExhibit(path=path, stream=stream, device="cpu"))
    face = face_at(1.0, (60.0, 45.0, 165.0, 190.0))
    rule = CropRule(size_px=128, margin=1.0)
    clean = engine.preview(face, PreviewRequest(CLEAN, rule)).picture
    strong = engine.preview(face, PreviewRequest(CompressionLevel.parse("crf:45"), rule)).picture
    assert 1 < np.abs(clean.astype(int) - strong).mean() < 20
    score = engine.score(face, ScoreRequest(CRF, "meso_inception4"))
    assert score.score.raw_score is not None
    assert 25 < score.qp_mean < 36
    assert np.isfinite(engine.spectrum(face, SpectrumRequest(rule)).log_power).all()
    engine.close()
