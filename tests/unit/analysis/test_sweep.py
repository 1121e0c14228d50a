"""The sweep on small clips, with a scripted face finder and scripted detectors."""

from collections import Counter

import numpy as np
import pytest

from forensiclab.analysis import sweep as module
from forensiclab.analysis.analyze import analyze
from forensiclab.analysis.events import AnalysisFinished, AnalysisRequest, ExhibitOpened, Progress
from forensiclab.analysis.robustness import (
    FlipPoint,
    LevelSwept,
    SweepFinished,
    SweepRequest,
    TrackSwept,
)
from forensiclab.analysis.sweep import sweep
from forensiclab.core.cancel import CancelToken
from forensiclab.core.compression import CLEAN, Codec, CompressionLevel
from forensiclab.core.errors import Cancelled, MediaError, SettingsError
from forensiclab.core.options import SamplingPolicy
from forensiclab.core.records import Face
from forensiclab.core.scores import ValidatedConditions, Verdict
from forensiclab.media.transcode import encode_clip

WIDTH, HEIGHT, FRAMES = 192, 112, 24
LEVELS = tuple(CompressionLevel(Codec.H264, crf) for crf in (18, 40))


def picture(index: int) -> np.ndarray:
    """Two textured patches (the "faces") that move over a flat ground; the second leaves after half of the clip."""
    frame = np.full((HEIGHT, WIDTH, 3), 30, np.uint8)
    rng = np.random.default_rng(7)
    for left, size, grey, last in ((8, 48, 120, FRAMES), (130, 40, 190, FRAMES // 2)):
        texture = rng.integers(-40, 40, (size // 4, size // 4, 1)).repeat(4, 0).repeat(4, 1)
        if index < last:
            frame[30 : 30 + size, left + index // 2 : left + index // 2 + size] = np.clip(grey + texture, 0, 255)
    return frame


class Finder:
    name = "scripted finder"

    def __init__(self, is_blind=False):
        self.is_blind = is_blind

    def find_in(self, frame, *, is_thorough=False, at_least_px=0.0):
        boxes = [(8.0 + frame.index // 2, 48)]
        if frame.index < FRAMES // 2:
            boxes.append((130.0 + frame.index // 2, 40))
        return tuple(
            Face(box_xyxy_px=(left, 30.0, left + size, 30.0 + size), landmarks_xy_px=None, confidence=0.99)
            for left, size in boxes
            if not self.is_blind
        )


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    path = tmp_path_factory.mktemp("clip") / "clip.mp4"
    encode_clip((picture(i) for i in range(FRAMES)), path, crf=18, frame_rate=25)
    return path


def run(path, detectors, cancel=None, finder=None, **options):
    by_name = {detector.card.name: detector for detector in detectors}
    options = {"levels": LEVELS, "crops_per_track": 3, "detectors": tuple(by_name), "device": "cpu"} | options
    return list(
        sweep(
            SweepRequest(path=path, **options),
            cancel or CancelToken(),
            open_detector=lambda name, device, precision: by_name[name],
            make_finder=lambda device: finder or Finder(),
        )
    )


def by_detector(result, track_id):
    (track,) = [track for track in result.tracks if track.track_id == track_id]
    return {swept.detector: swept for swept in track.scores}


def test_tracks_levels_and_their_events(clip, make_detector):
    events = run(clip, [make_detector("a"), make_detector("b", size_px=32, margin=1.0)])
    report = events[-1].report
    assert Counter(type(event) for event in events if not isinstance(event, Progress)) == {
        ExhibitOpened: 1,
        TrackSwept: 2,
        LevelSwept: 3,
        SweepFinished: 1,
    }
    assert [str(result.level) for result in report.levels] == ["clean", "crf:18", "crf:40"]
    assert [event.result for event in events if isinstance(event, LevelSwept)] == list(report.levels)
    assert [len(track.pts_s) for track in report.tracks] == [3, 3]
    assert report.tracks[0].end_s > report.tracks[1].end_s
    assert report.detectors == ("a", "b")
    for result in report.levels:
        assert [one.detector for one in result.video.scores] == ["a", "b"]
        assert {one.crops_scored for track in result.tracks for one in track.scores} == {3}
        assert all(one.std >= 0 for track in result.tracks for one in track.scores)
    assert not report.is_partial
    assert report.levels[1].tracks[0].median_qp < report.levels[2].tracks[0].median_qp


def test_clean_is_what_an_analysis_of_the_same_crops_finds(clip, make_detector):
    detector = make_detector("a")
    report = run(clip, [detector])[-1].report
    request = AnalysisRequest(path=clip, detectors=("a",), sampling=SamplingPolicy("per-track", 3), device="cpu")
    events = analyze(request, CancelToken(), open_detector=lambda *_: detector, make_finder=lambda device: Finder())
    analysed = next(event.report for event in events if isinstance(event, AnalysisFinished))
    for track in analysed.tracks:
        swept = by_detector(report.levels[0], track.track_id)["a"]
        assert swept == track.scores[0]
        assert swept.std == pytest.approx(np.std([score.raw_score for score in track.crop_scores], ddof=1))
    assert report.levels[0].video.scores[0] == analysed.video.scores[0]
    assert report.levels[0].video.verdict is analysed.video.verdict
    assert report.levels[0].tracks[0].median_qp == pytest.approx(analysed.tracks[0].median_qp)


def test_the_mean_and_its_spread(clip, make_detector):
    scores = iter(range(1000))
    odd = make_detector("odd", score=lambda grey: float(next(scores)))
    report = run(clip, [odd], crops_per_track=2, levels=LEVELS[:1])[-1].report
    clean = by_detector(report.levels[0], 1)["odd"]  # 0 and 1 for its first face, 2 and 3 for its second
    assert clean.raw_score == pytest.approx((0 + 2) / 2)
    assert clean.std == pytest.approx(np.std([0, 2], ddof=1))
    assert "over 2 crops" in clean.reasons[0]


def test_the_video_is_the_track_with_the_highest_score_and_has_its_spread(clip, make_detector):
    report = run(clip, [make_detector("a")])[-1].report
    for result in report.levels:
        bright = by_detector(result, 2)["a"]
        assert result.video.scores[0].raw_score == bright.raw_score
        assert result.video.scores[0].std == bright.std


def test_flip_points_of_video_and_tracks(clip, make_detector):
    # at CRF 40 the band "strong" takes 1 off the logit: 1.9 is 0.87 below it and 0.71 there
    fading, sure = make_detector("fading", score=lambda grey: 1.9), make_detector("sure", score=lambda grey: 3.0)
    report = run(clip, [fading, sure])[-1].report
    found = {(flip.detector, flip.track_id): flip for flip in report.flips}
    assert list(found)[:3] == [(None, None), ("fading", None), ("sure", None)]
    manipulation, inconclusive = Verdict.SUPPORTS_MANIPULATION, Verdict.INCONCLUSIVE
    crf40 = LEVELS[1]
    for track_id in (None, 1, 2):
        assert found["fading", track_id] == FlipPoint(
            detector="fading", track_id=track_id, level=crf40, is_known=True, before=manipulation, after=inconclusive
        )
        assert found["sure", track_id].level is None
    assert found[None, None].level is None


def test_without_a_calibration_no_verdict_flips(clip, make_detector):
    webp = tuple(CompressionLevel(Codec.WEBP, quality) for quality in (90, 10))
    report = run(clip, [make_detector("a", score=lambda grey: 3.0)], codec=Codec.WEBP, levels=webp)[-1].report
    assert {(flip.level, flip.is_known) for flip in report.flips} == {(None, False)}
    assert report.levels[0].video.scores[0].verdict is Verdict.SUPPORTS_MANIPULATION
    assert {result.video.scores[0].probability for result in report.levels[1:]} == {None}


def test_a_detector_abstains_only_at_the_levels_outside_its_conditions(clip, make_detector):
    qp = [result.tracks[0].median_qp for result in run(clip, [make_detector()])[-1].report.levels]
    strict = make_detector("strict", conditions=ValidatedConditions(max_qp=(qp[1] + qp[2]) / 2))
    report = run(clip, [strict])[-1].report
    first, strong = (by_detector(report.levels[i], 1)["strict"] for i in (0, 2))
    assert first.raw_score is not None
    assert (strong.raw_score, strong.std, strong.verdict) == (None, None, Verdict.NOT_ASSESSABLE)
    assert "more strongly than QP" in strong.reasons[0]
    assert next(flip for flip in report.flips if flip.detector == "strict").after is Verdict.NOT_ASSESSABLE


def test_no_face_is_not_assessable(clip, make_detector):
    report = run(clip, [make_detector()], finder=Finder(is_blind=True))[-1].report
    assert report.tracks == ()
    assert {result.video.verdict for result in report.levels} == {Verdict.NOT_ASSESSABLE}


def test_scores_that_are_no_numbers(clip, make_detector):
    report = run(clip, [make_detector(score=lambda grey: float("nan"))])[-1].report
    assert report.levels[0].video.verdict is Verdict.NOT_ASSESSABLE
    assert "not a finite number" in report.levels[0].tracks[0].scores[0].reasons[0]


def test_usual_levels_and_repeated_ones(clip, make_detector):
    jpeg = tuple(CompressionLevel(Codec.JPEG, quality) for quality in (10, 90, 10))
    report = run(clip, [make_detector()], codec=Codec.JPEG, levels=(CLEAN, *jpeg))[-1].report
    assert [str(result.level) for result in report.levels] == ["clean", "jpeg:90", "jpeg:10"]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"levels": (CompressionLevel(Codec.JPEG, 50),)}, "jpeg:50 is not a level of crf"),
        ({"codec": Codec.CLEAN}, "always part of it"),
        ({"crops_per_track": 0}, "at least one crop"),
    ],
)
def test_requests_that_cannot_be_carried_out(clip, make_detector, options, sentence):
    with pytest.raises(SettingsError, match=sentence):
        run(clip, [make_detector()], **options)


def test_not_a_video(tmp_path, make_detector):
    (tmp_path / "a.mp4").write_text("no video")
    with pytest.raises(MediaError):
        run(tmp_path / "a.mp4", [make_detector()])


def test_cancelled_before_anything_was_scored(clip, make_detector):
    token, finder = CancelToken(), Finder()
    find_in = finder.find_in

    def find_and_cancel(frame, **options):
        if frame.index:
            token.cancel()
        return find_in(frame, **options)

    finder.find_in = find_and_cancel
    with pytest.raises(Cancelled):
        run(clip, [make_detector()], cancel=token, finder=finder)


def test_cancelling_keeps_the_faces_that_are_done(clip, make_detector):
    token = CancelToken()
    calls = []

    def stop(crops):
        calls.append(len(crops))
        if len(calls) == 2:
            token.cancel()

    report = run(clip, [make_detector(on_batch=stop)], cancel=token)[-1].report
    assert calls == [3, 3]
    assert report.is_partial
    assert [len(track.pts_s) for track in report.tracks] == [2]
    assert {result.tracks[0].scores[0].crops_scored for result in report.levels} == {2}
    assert any("cancelled" in warning for warning in report.warnings)


def test_cancelling_is_looked_at_before_every_level(clip, make_detector, monkeypatch):
    token, cut = CancelToken(), []
    cut_at = module.cut_at

    def count(*arguments):
        cut.append(arguments)
        if len(cut) == 8:
            token.cancel()
        return cut_at(*arguments)

    monkeypatch.setattr(module, "cut_at", count)
    report = run(clip, [make_detector()], cancel=token)[-1].report
    assert len(cut) == 8
    assert sum(len(track.pts_s) for track in report.tracks) == 2


def test_memory_is_bounded_by_thinning_the_longest_tracks(clip, make_detector, monkeypatch):
    monkeypatch.setattr(module, "WAITING_BYTES", 100_000)
    report = run(clip, [make_detector()], crops_per_track=8)[-1].report
    assert any("more thinly" in warning for warning in report.warnings)
    assert all(1 <= len(track.pts_s) < 8 for track in report.tracks)


def test_faces_too_large_to_be_compressed_anew_are_named(clip, make_detector, monkeypatch):
    monkeypatch.setattr(module, "MAX_PIXELS", 100)
    report = run(clip, [make_detector()])[-1].report
    assert report.levels[0].video.verdict is Verdict.NOT_ASSESSABLE
    assert "million pixels" in report.levels[0].tracks[0].scores[0].reasons[0]


def test_progress_knows_the_time_left_and_comes_to_an_end(clip, make_detector):
    events = [event for event in run(clip, [make_detector()]) if isinstance(event, Progress)]
    assert {event.stage for event in events} == {"hash", "read", "score"}
    assert any(event.left_s for event in events)
    assert events[-1].left_s == 0
    assert (events[-1].done, events[-1].total) == (9, 9)


def test_the_command_repeats_the_sweep(clip, make_detector):
    method = run(clip, [make_detector("a")])[-1].report.method
    assert method.command == (
        f"forensiclab sweep {clip} --detectors a --codec h264 --levels 18,40 --crops 3 --device cpu --precision float32"
    )
    assert any("--crops is 3" in text for text in method.deviations)


def test_same_result_twice(clip, make_detector):
    first, second = (run(clip, [make_detector()])[-1].report for _ in range(2))
    assert first.levels == second.levels
