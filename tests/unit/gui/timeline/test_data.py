import numpy as np
import pytest

from forensiclab.analysis.events import CropsScored, FacesSeen, FramesSkipped
from forensiclab.core.records import Skipped
from forensiclab.core.scores import Verdict
from forensiclab.gui.state.session import Session
from forensiclab.gui.timeline.data import TimelineData


def fed(session, data=None):
    data = data or TimelineData()
    for _ in data.feed(session):
        pass
    return data


@pytest.fixture
def session(exhibits, clip):
    session = Session(clip)
    for event in exhibits.whole_analysis(clip):
        session.add(event)
    return session


def curve(data, detector, track_id):
    series, segment = data.detectors[detector].of_track(track_id)
    return series.times(segment).tolist(), series.values(segment).tolist(), series.gaps(segment).tolist()


def test_everything_of_a_finished_analysis_is_taken_over(session, exhibits):
    data = fed(session)
    assert list(data.detectors) == ["alpha", "beta"]
    times, scores, gaps = curve(data, "alpha", 1)
    np.testing.assert_allclose(times, np.arange(0, 50, 5) / 25)
    np.testing.assert_allclose(scores, [exhibits.raw_score_of(1, "alpha", frame) for frame in range(0, 50, 5)])
    assert gaps == [False, False, True, *[False] * 7]
    assert not any(curve(data, "alpha", 2)[2])
    bars = {track_id: (bar.start_s, bar.end_s, bar.lane, bar.verdict) for track_id, bar in data.bars.items()}
    assert bars == {
        1: (0.0, pytest.approx(49 / 25), 0, Verdict.SUPPORTS_MANIPULATION),
        2: (0.0, pytest.approx(24 / 25), 1, Verdict.SUPPORTS_AUTHENTICITY),
    }
    assert data.lanes == 2
    assert [len(data.pictures[kind]) for kind in "IPB?"] == [2, 8, 0, 0]
    assert data.qp.extent == (28.0, 28.0)


@pytest.mark.parametrize("every", [1, 7, 40])
def test_the_way_there_does_not_matter(exhibits, clip, session, every):
    growing, data = Session(clip), TimelineData()
    for number, event in enumerate(exhibits.whole_analysis(clip)):
        growing.add(event)
        if number % every == 0:
            next(data.feed(growing), None)  # one piece, and the rest is dropped
    fed(growing, data)
    whole = fed(session)
    for detector in ("alpha", "beta"):
        for track_id in (1, 2):
            assert curve(data, detector, track_id) == curve(whole, detector, track_id)
    assert data.bars.keys() == whole.bars.keys()
    assert [(bar.start_s, bar.end_s, bar.verdict) for bar in data.bars.values()] == [
        (bar.start_s, bar.end_s, bar.verdict) for bar in whole.bars.values()
    ]


def test_nothing_new_changes_nothing(session):
    data = fed(session)
    version = data.version
    fed(session, data)
    assert data.version == version
    assert len(data.detectors["alpha"].finished) == 15


def test_a_late_skip_breaks_the_curves_that_it_concerns(session):
    data = fed(session)
    for skip in (skipped(0.5, detector="beta", track_id=2), skipped(1.1)):
        session.add(FramesSkipped(skipped=skip))
    fed(session, data)
    assert curve(data, "beta", 2)[2] == [False, False, True, False, False]
    assert not any(curve(data, "alpha", 2)[2])
    assert curve(data, "alpha", 1)[2][5]
    assert curve(data, "beta", 1)[2][5]


def skipped(start_s, **changes):
    frame = round(start_s * 25)
    return Skipped(
        first_frame_index=frame, last_frame_index=frame, start_s=start_s, end_s=start_s, frames=1, stage="score",
        reason="torn", **changes,
    )  # fmt: skip


def test_skips_are_found_by_time(session):
    data = fed(session)
    assert [skip.reason for skip in data.skips_at(0.5, 0.5)] == ["the face is blurred"]
    assert data.skips_at(0.53, 1.0) == []
    starts, ends = data.skip_spans()
    assert (starts.tolist(), ends.tolist()) == ([0.48], [0.52])


def test_a_track_that_goes_away_asks_for_a_new_beginning(session):
    data = fed(session)
    assert data.fits(session)
    session.tracks = {1: session.tracks[1]}
    assert not data.fits(session)


def test_tracks_that_follow_each_other_share_a_lane(exhibits, clip):
    session, data = Session(clip), TimelineData()
    for frame in range(30):
        track_ids = [1 if frame < 10 else 2] + ([3] if 5 <= frame < 25 else [])
        seen = exhibits.faces_in(frame)
        faces = tuple(
            type(seen.faces[0])(track_id=t, frame_index=frame, pts_s=frame / 25, face=seen.faces[0].face)
            for t in track_ids
        )
        session.add(FacesSeen(frame_index=frame, pts_s=frame / 25, faces=faces))
        fed(session, data)
    assert {track_id: bar.lane for track_id, bar in data.bars.items()} == {1: 0, 3: 1, 2: 0}
    assert data.bars[3].start_s == pytest.approx(5 / 25)
    assert data.bars[3].end_s == pytest.approx(24 / 25)


def test_a_running_track_has_a_curve_at_once(exhibits, clip):
    session = Session(clip)
    session.add(CropsScored(crops=(exhibits.make_crop(1, 0), exhibits.make_crop(1, 5))))
    data = fed(session)
    assert curve(data, "alpha", 1)[0] == [0.0, 0.2]
    assert data.bars[1].verdict is None
    session.add(CropsScored(crops=(exhibits.make_crop(1, 10),)))
    fed(session, data)
    assert curve(data, "alpha", 1)[0] == [0.0, 0.2, 0.4]


def test_whenever_it_is_interrupted_every_curve_has_a_bar(session):
    data = TimelineData()
    feeding = True
    while feeding:
        feeding = next(data.feed(session), "end") != "end"
        for curves in data.detectors.values():
            assert set(curves.tracks()) <= data.bars.keys()
