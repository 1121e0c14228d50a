"""The whole generator on small clips, with a scripted face finder and scripted detectors."""

from dataclasses import dataclass, field

import av
import numpy as np
import pytest

from forensiclab.analysis import events
from forensiclab.analysis.analyze import NO_FACE, analyze
from forensiclab.analysis.opening import opened
from forensiclab.core.cancel import CancelToken
from forensiclab.core.errors import Cancelled, MediaError, WeightsError
from forensiclab.core.options import SamplingPolicy
from forensiclab.core.records import Face
from forensiclab.core.scores import ValidatedConditions, Verdict
from forensiclab.media.ledger import FRAMES_MISSING
from forensiclab.media.transcode import encode_clip

WIDTH, HEIGHT, RATE = 160, 120, 25
PATCH = 48


def patch_at(index: int) -> int:
    return 20 + index  # one pixel a frame


def picture(index: int, grey: int, is_there: bool = True) -> np.ndarray:
    """A textured patch (the "face") that moves over a flat ground."""
    frame = np.full((HEIGHT, WIDTH, 3), 30, np.uint8)
    if is_there:
        texture = np.random.default_rng(7).integers(-40, 40, (PATCH // 4, PATCH // 4, 1)).repeat(4, 0).repeat(4, 1)
        x = patch_at(index)
        frame[40 : 40 + PATCH, x : x + PATCH] = np.clip(grey + texture, 0, 255)
    return frame


@dataclass
class ScriptedFinder:
    """Finds the patch where it was drawn."""

    there: range
    name: str = "scripted finder"
    calls: list[int] = field(default_factory=list)

    def find_in(self, frame, *, is_thorough=False, at_least_px=0.0):
        self.calls.append(frame.index)
        if frame.index not in self.there:
            return ()
        x = float(patch_at(frame.index))
        box = (x, 40.0, x + PATCH, 40.0 + PATCH)
        points = tuple(
            (x + PATCH * u, 40 + PATCH * v) for u, v in ((0.3, 0.4), (0.7, 0.4), (0.5, 0.6), (0.35, 0.8), (0.65, 0.8))
        )
        return (Face(box_xyxy_px=box, landmarks_xy_px=points, confidence=0.99),)


@pytest.fixture
def clip(tmp_path):
    """60 frames; the face is there from frame 10 to 49."""
    path = tmp_path / "clip.mp4"
    encode_clip((picture(i, 120, 10 <= i < 50) for i in range(60)), path, crf=18, frame_rate=RATE)
    return path


def run(path, detectors, finder=None, cancel=None, **options):
    by_name = {detector.card.name: detector for detector in detectors}
    finder = finder or ScriptedFinder(range(10, 50))
    request = events.AnalysisRequest(path=path, detectors=tuple(by_name), device="cpu", **options)
    return list(
        analyze(
            request,
            cancel or CancelToken(),
            open_detector=lambda name, device, precision: by_name[name],
            make_finder=lambda device: finder,
        )
    )


def of(kind, all_events):
    return [event for event in all_events if isinstance(event, kind)]


def test_one_track_from_frame_to_verdict(clip, make_detector):
    all_events = run(clip, [make_detector()], sampling=SamplingPolicy("per-track", 8))
    report = all_events[-1].report
    (track,) = report.tracks
    assert report.coding.frames_read == 60
    assert report.frames_with_face == len(of(events.FacesSeen, all_events)) == track.frames_with_face
    assert 36 <= track.frames_with_face <= 44
    assert track.scores[0].crops_scored == len(track.crop_scores) == 8
    assert report.video.scores[0].raw_score == pytest.approx(np.mean([s.raw_score for s in track.crop_scores]))
    assert all(score.attention is None for score in track.crop_scores)
    assert all(contact.scores[0].attention is not None for contact in track.contact_sheet)
    assert not report.is_partial
    assert len(of(events.AnalysisFinished, all_events)) == 1


def test_every_frame_is_a_face_or_a_skip(clip, make_detector):
    report = run(clip, [make_detector()])[-1].report
    skipped = [entry for entry in report.skipped if entry.stage == "faces"]
    assert {entry.reason for entry in skipped} == {NO_FACE}
    assert report.frames_with_face + sum(entry.frames for entry in skipped) == report.coding.frames_read


def test_lost_frames_are_told_and_part_the_tracks(tmp_path, make_detector):
    whole, path = tmp_path / "whole.webm", tmp_path / "lost.webm"
    with av.open(str(whole), "w") as container:
        stream = container.add_stream("libvpx", rate=RATE, options={"g": "20", "b": "2M", "auto-alt-ref": "0"})
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for i in range(60):
            frame = av.VideoFrame.from_ndarray(picture(i, 120), format="rgb24").reformat(format="yuv420p")
            frame.pts = i
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    with av.open(str(whole)) as source, av.open(str(path), "w") as target:
        copied = target.add_stream_from_template(source.streams.video[0])
        for number, packet in enumerate(source.demux(video=0)):
            if packet.size and not 25 <= number < 30:
                packet.stream = copied
                target.mux(packet)

    all_events = run(path, [make_detector()], ScriptedFinder(range(60)))
    report = all_events[-1].report
    (lost,) = [entry for entry in report.skipped if entry.stage == "read"]
    assert (lost.frames, lost.reason) == (10, FRAMES_MISSING)
    assert (lost.start_s, lost.end_s) == (pytest.approx(1.2), pytest.approx(1.56))
    assert lost in [event.skipped for event in of(events.FramesSkipped, all_events)]
    first, second = report.tracks
    assert first.end_s == pytest.approx(0.96)
    assert second.start_s == pytest.approx(1.6)
    assert report.coding.packets.packets == report.frames_with_face + lost.frames == 55
    assert report.shot_cuts_s == ()
    assert any("Frames are missing from the file" in warning for warning in report.warnings)


@pytest.mark.parametrize(("sampling", "scored"), [("all", lambda n: n), ("every:5", lambda n: -(-n // 5))])
def test_sampling_policies(clip, make_detector, sampling, scored):
    detector = make_detector()
    track = run(clip, [detector], sampling=SamplingPolicy.parse(sampling))[-1].report.tracks[0]
    assert len(track.crop_scores) == scored(track.frames_with_face)
    assert max(detector.batches) <= 16


def test_crops_are_cut_once_per_rule_and_seen_by_every_detector(clip, make_detector):
    pair = [make_detector("a"), make_detector("b"), make_detector("c", size_px=32, margin=1.0)]
    all_events = run(clip, pair, sampling=SamplingPolicy("per-track", 4))
    report = all_events[-1].report
    assert [score.detector for score in report.tracks[0].scores] == ["a", "b", "c"]
    assert {len(contact.scores) for contact in report.tracks[0].contact_sheet} == {3}
    assert len(report.method.crop_rules) == 2
    sides = {s.detector: s.region_xyxy_px[2] - s.region_xyxy_px[0] for s in report.tracks[0].crop_scores}
    assert sides["a"] == sides["b"] > sides["c"]


def test_abstaining_is_a_result_with_its_reason(clip, make_detector):
    strict = make_detector("strict", conditions=ValidatedConditions(min_face_px=500))
    open_minded = make_detector("open")
    report = run(clip, [strict, open_minded])[-1].report
    assert report.video.scores[0].verdict is Verdict.NOT_ASSESSABLE
    assert report.video.scores[1].verdict is not Verdict.NOT_ASSESSABLE
    (entry,) = [entry for entry in report.skipped if entry.detector == "strict"]
    assert entry.reason == "the face is smaller than 500 px"
    assert entry.frames == report.video.scores[1].crops_scored
    assert strict.batches == []


def test_no_face_is_not_assessable_and_no_score(clip, make_detector):
    detector = make_detector()
    report = run(clip, [detector], finder=ScriptedFinder(range(0)))[-1].report
    assert report.video.verdict is Verdict.NOT_ASSESSABLE
    assert report.video.scores[0].raw_score is None
    assert (report.tracks, detector.batches) == ((), [])


def test_score_that_is_no_number_is_skipped_not_reported(clip, make_detector):
    report = run(clip, [make_detector(score=lambda grey: float("nan"))])[-1].report
    assert report.video.verdict is Verdict.NOT_ASSESSABLE
    assert any("not a finite number" in entry.reason for entry in report.skipped)


def test_cancelling_while_reading_keeps_what_was_found(clip, make_detector):
    token = CancelToken()
    detector = make_detector(on_batch=lambda crops: token.cancel())
    report = run(clip, [detector], cancel=token, sampling=SamplingPolicy("all"))[-1].report
    assert report.is_partial
    assert report.coding.frames_read < 60
    assert len(report.tracks[0].crop_scores) == 16
    assert any("cancelled" in warning for warning in report.warnings)


def test_cancelling_before_scoring_lists_what_was_not_scored(clip, make_detector):
    token = CancelToken()
    by_name = {"scripted": make_detector()}
    request = events.AnalysisRequest(path=clip, detectors=("scripted",), sampling=SamplingPolicy("per-track", 8))
    report = None
    for event in analyze(
        request,
        token,
        open_detector=lambda name, device, precision: by_name[name],
        make_finder=lambda device: ScriptedFinder(range(10, 50)),
    ):
        if isinstance(event, events.FacesSeen) and event.frame_index == 30:
            token.cancel()
        if isinstance(event, events.AnalysisFinished):
            report = event.report
    assert report.is_partial
    assert report.tracks[0].scores[0].verdict is Verdict.NOT_ASSESSABLE
    assert sum(entry.frames for entry in report.skipped if entry.stage == "score") == 8


def test_cancelled_before_anything_was_read(clip, make_detector):
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        run(clip, [make_detector()], cancel=token)


def test_cancelling_is_heard_within_a_batch_of_large_crops(clip, make_detector):
    token, batches = CancelToken(), []

    def stop(crops):
        batches.append(len(crops))
        token.cancel()

    report = run(clip, [make_detector(size_px=256, on_batch=stop)], cancel=token)[-1].report
    assert batches == [4], "a quarter of a batch on a processor"
    assert report.is_partial
    assert report.crops_scored == 0


def test_cancelled_while_detectors_are_opened(make_detector):
    token, asked = CancelToken(), []

    def open_one(name, device, precision):
        asked.append(name)
        token.cancel()  # the user loses patience while the first one is converted
        return make_detector(name)

    with pytest.raises(Cancelled):
        list(opened(["first", "second"], "cpu", "float32", token, open_one))
    assert asked == ["first"]


def test_shot_cut_ends_the_track(tmp_path, make_detector):
    path = tmp_path / "cut.mp4"
    pictures = [picture(i, 120) if i < 30 else 255 - picture(i, 120) for i in range(60)]
    encode_clip(pictures, path, crf=18, frame_rate=RATE)
    all_events = run(path, [make_detector()], finder=ScriptedFinder(range(60)))
    report = all_events[-1].report
    assert [event.frame_index for event in of(events.ShotCut, all_events)] == [30]
    assert report.shot_cuts_s == (pytest.approx(30 / RATE),)
    assert [(track.start_s, track.end_s) for track in report.tracks] == [
        (0.0, pytest.approx(29 / RATE)),
        (pytest.approx(30 / RATE), pytest.approx(59 / RATE)),
    ]


def test_same_events_twice(clip, make_detector):
    first, second = (run(clip, [make_detector()])[-1].report for _ in range(2))
    assert [s.raw_score for s in first.tracks[0].crop_scores] == [s.raw_score for s in second.tracks[0].crop_scores]
    assert np.array_equal(first.tracks[0].path.boxes_xyxy_px, second.tracks[0].path.boxes_xyxy_px)
    assert first.skipped == second.skipped


def test_progress_moves_forward_to_the_end(clip, make_detector):
    done = [
        event.done / event.total for event in of(events.Progress, run(clip, [make_detector()])) if event.stage == "read"
    ]
    assert done == sorted(done)
    assert done[-1] > 0.9


def test_many_faces_at_once_are_sampled_more_thinly(clip, make_detector, monkeypatch):
    monkeypatch.setattr("forensiclab.analysis.analyze.WAITING_FACES", 10)
    report = run(clip, [make_detector()], sampling=SamplingPolicy("per-track", 32))[-1].report
    assert report.tracks[0].scores[0].crops_scored <= 11
    assert any("sampled more thinly" in warning for warning in report.warnings)


def test_no_such_file(tmp_path, make_detector):
    with pytest.raises(MediaError, match=r"not_there\.mp4"):
        run(tmp_path / "not_there.mp4", [make_detector()])


def test_without_any_weights(clip, monkeypatch):
    monkeypatch.setattr("forensiclab.analysis.opening.default_names", tuple)
    with pytest.raises(WeightsError, match="models list"):
        list(analyze(events.AnalysisRequest(path=clip), CancelToken()))


def test_evidence_is_not_touched(clip, make_detector):
    before = (clip.read_bytes(), clip.stat().st_mtime_ns, sorted(clip.parent.iterdir()))
    run(clip, [make_detector()])
    assert (clip.read_bytes(), clip.stat().st_mtime_ns, sorted(clip.parent.iterdir())) == before
