from forensiclab.analysis.skips import SkipKind, SkipLog, frames_by_reason, gaps
from forensiclab.core.records import Skipped

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
