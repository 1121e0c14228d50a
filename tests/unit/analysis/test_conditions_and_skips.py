import pytest

from forensiclab.analysis.conditions import reasons_to_abstain
from forensiclab.analysis.skips import SkipKind, SkipLog, frames_by_reason, gaps
from forensiclab.core.records import FaceQuality, Skipped
from forensiclab.core.scores import ValidatedConditions

BOUNDS = ValidatedConditions(min_face_px=60, min_sharpness=10, max_abs_yaw_deg=45, max_abs_pitch_deg=30, max_qp=42)


def quality(**changes) -> FaceQuality:
    fields = {"size_px": 100, "sharpness": 50, "yaw_deg": 0, "pitch_deg": 0, "roll_deg": 0, "qp_mean": 30}
    return FaceQuality(**(fields | changes))


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"size_px": 59}, "smaller than 60 px"),
        ({"sharpness": 9}, "blurred"),
        ({"yaw_deg": -46}, "turned"),
        ({"pitch_deg": 31}, "tilted"),
        ({"qp_mean": 43}, "compressed more strongly than QP 42"),
    ],
)
def test_one_reason_each(change, word):
    (reason,) = reasons_to_abstain(BOUNDS, quality(**change))
    assert word in reason


def test_within_bounds_and_at_them():
    assert reasons_to_abstain(BOUNDS, quality()) == ()
    assert reasons_to_abstain(BOUNDS, quality(size_px=60, sharpness=10, yaw_deg=45, pitch_deg=-30, qp_mean=42)) == ()


def test_what_was_not_measured_is_no_reason():
    assert reasons_to_abstain(BOUNDS, quality(yaw_deg=None, pitch_deg=None, qp_mean=None)) == ()
    assert reasons_to_abstain(ValidatedConditions(), quality(size_px=1)) == ()


def test_all_reasons_are_given():
    assert len(reasons_to_abstain(BOUNDS, quality(size_px=1, sharpness=1, qp_mean=51))) == 3


NO_FACE = SkipKind(stage="faces", reason="no face was found")


def test_neighbours_merge_until_something_comes_through():
    log = SkipLog()
    for index in (0, 1, 2):
        log.add(NO_FACE, index, index / 25)
    (first,) = log.close("faces")
    log.add(NO_FACE, 7, 0.28)
    (second,) = log.close_all()
    assert (first.first_frame_index, first.last_frame_index, first.frames) == (0, 2, 3)
    assert (second.start_s, second.end_s, second.frames) == (0.28, 0.28, 1)
    assert log.all() == (first, second)


def test_closing_one_stage_leaves_the_others_open():
    log = SkipLog()
    log.add(SkipKind(stage="score", reason="small", track_id=1, detector="a"), 3, 0.1)
    log.add(SkipKind(stage="score", reason="small", track_id=2, detector="a"), 3, 0.1)
    assert len(log.close("score", 1, "a")) == 1
    assert log.reasons("score", 1, "a") == ("small",)
    assert log.reasons("score", 2, "a") == ()
    assert len(log.close_all()) == 1


def make_skip(first, frames, track_id, detector, reason="blurred"):
    return Skipped(
        first_frame_index=first, last_frame_index=first + frames - 1, start_s=0.0, end_s=1.0, frames=frames,
        stage="score", reason=reason, track_id=track_id, detector=detector,
    )  # fmt: skip


def test_frames_that_two_detectors_left_out_count_once():
    skipped = [make_skip(0, 30, 1, "a"), make_skip(0, 30, 1, "b"), make_skip(40, 5, 1, "b"), make_skip(0, 7, 2, "a")]
    skipped += [make_skip(0, 4, None, None, reason="no face")]
    assert frames_by_reason(skipped) == {("blurred", "score"): 42, ("no face", "score"): 4}


def test_a_gap_is_told_once_for_all_detectors_that_have_it():
    skipped = [make_skip(0, 30, 1, "a"), make_skip(0, 30, 1, "b"), make_skip(0, 30, 2, "b"), make_skip(0, 30, 2, "c")]
    skipped += [make_skip(0, 30, 1, "c"), make_skip(0, 4, None, None, reason="no face")]
    assert gaps(skipped, ["a", "b", "c"]) == [
        (make_skip(0, 30, 1, None), ()),
        (make_skip(0, 30, 2, None), ("b", "c")),
        (make_skip(0, 4, None, None, reason="no face"), ()),
    ]
