import numpy as np
import pytest

from forensiclab.analysis.events import CropsScored, FacesSeen, FramesSkipped
from forensiclab.core.records import Face, Skipped, TrackedFace
from forensiclab.core.scores import Verdict
from forensiclab.gui.state import session as session_module
from forensiclab.gui.state.session import Session


def feed(session, events):
    for event in events:
        session.add(event)


def test_whole_analysis_is_collected(exhibits, clip):
    session = Session(clip)
    feed(session, exhibits.whole_analysis(clip))
    assert session.exhibit.sha256 == "5" * 64
    assert session.detectors == ["alpha", "beta"]
    assert sorted(session.tracks) == [1, 2]
    assert [track.verdict for _, track in sorted(session.tracks.items())] == [
        Verdict.SUPPORTS_MANIPULATION,
        Verdict.SUPPORTS_AUTHENTICITY,
    ]
    assert session.shot_cuts_s == [1.0]
    assert session.report.video.verdict is Verdict.SUPPORTS_MANIPULATION
    assert session.end_s == 2.0
    assert session.skipped_by_reason() == [("the face is blurred", 2)]


def test_faces_belong_to_their_frame_only(exhibits, clip):
    session = Session(clip)
    feed(session, list(exhibits.whole_analysis(clip))[:80])
    at_ten = session.faces_at(10 / 25)
    assert [face.track_id for face in at_ten] == [1, 2]
    assert at_ten[0].box_xyxy_px == pytest.approx(exhibits.box_of(1, 10))
    assert at_ten[0].verdict is None
    assert session.faces_at(10 / 25 + 0.005)[0].box_xyxy_px == pytest.approx(exhibits.box_of(1, 10))
    assert session.faces_at(60.0) == []


def test_boxes_of_the_finished_track_replace_those_seen_before(exhibits, clip):
    session = Session(clip)
    feed(session, exhibits.whole_analysis(clip))
    (face,) = session.faces_at(49 / 25)
    assert face.track_id == 1
    assert face.box_xyxy_px == pytest.approx(exhibits.box_of(1, 49))


def test_a_skip_between_two_scores_breaks_the_curve_of_its_track_only(exhibits, clip):
    session = Session(clip)
    feed(session, exhibits.whole_analysis(clip))
    times, scores = session.curve(1, "alpha")
    (gap,) = np.flatnonzero(np.isnan(scores))
    assert times[gap - 1] == 0.4
    assert times[gap + 1] == 0.6
    assert len(scores) == 11
    assert not np.isnan(session.curve(2, "alpha")[1]).any()
    session.add(
        FramesSkipped(
            skipped=Skipped(
                first_frame_index=5, last_frame_index=6, start_s=0.22, end_s=0.3, frames=2, stage="read", reason="torn"
            )
        )
    )
    assert np.isnan(session.curve(2, "beta")[1]).sum() == 1


def test_curve_is_ascending_whatever_the_order_of_the_crops(exhibits, clip):
    session = Session(clip)
    for frame in (20, 0, 10):
        session.add(CropsScored(crops=(exhibits.make_crop(1, frame),)))
    times, scores = session.curve(1, "alpha")
    np.testing.assert_allclose(times, [0.0, 0.4, 0.8])
    np.testing.assert_allclose(scores, [exhibits.raw_score_of(1, "alpha", frame) for frame in (0, 10, 20)])


def test_crops_are_thinned_evenly_when_they_take_too_much_memory(exhibits, clip, monkeypatch):
    crop_bytes = 64 * 64 * 3 + 2 * 8 * 8 * 4
    monkeypatch.setattr(session_module, "KEPT_CROPS_BYTES", 8 * crop_bytes)
    session = Session(clip)
    for frame in range(64):
        session.add(CropsScored(crops=(exhibits.make_crop(1, frame),)))
    kept = [crop.crop.frame_index for crop in session.tracks[1].crops]
    assert 4 <= len(kept) <= 8
    assert len(set(np.diff(kept))) == 1
    assert len(session.tracks[1].curves["alpha"]) == 64


def test_tracks_that_did_not_make_it_into_the_report_are_dropped(exhibits, clip):
    session = Session(clip)
    passing = TrackedFace(
        track_id=9,
        frame_index=0,
        pts_s=0.0,
        face=Face(box_xyxy_px=(0, 0, 9, 9), landmarks_xy_px=None, confidence=None),
    )
    session.add(FacesSeen(frame_index=0, pts_s=0.0, faces=(passing,)))
    feed(session, exhibits.whole_analysis(clip))
    assert sorted(session.tracks) == [1, 2]
