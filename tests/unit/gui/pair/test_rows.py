from dataclasses import replace

import pytest

from forensiclab.core.scores import Verdict
from forensiclab.gui.pair.rows import NOTHING, pair_rows
from forensiclab.gui.state.session import Session


@pytest.fixture
def session(exhibits, clip):
    session = Session(clip)
    for event in exhibits.whole_analysis(clip):
        session.add(event)
    return session


def with_scores(session, **changes):
    """The same exhibit, judged otherwise by the first detector; the second one did not run."""
    other = Session(session.path)
    other.exhibit, other.stream = session.exhibit, replace(session.stream, width_px=640)
    first = replace(session.report.video.scores[0], **changes)
    video = replace(session.report.video, verdict=Verdict.INCONCLUSIVE, scores=(first,))
    other.report = replace(session.report, video=video)
    return other


def test_an_exhibit_does_not_differ_from_itself(session):
    rows = pair_rows(session, session)
    assert not [row for row in rows if row.differs]
    assert [row.what for row in rows][:3] == ["Verdict", "alpha", "beta"]


def test_differences_are_named_by_detector_and_fact(session):
    other = with_scores(session, raw_score=-1.0, verdict=Verdict.INCONCLUSIVE, band="qp 30-99")
    rows = {row.what: row for row in pair_rows(session, other)}
    assert rows["Verdict"].differs
    assert rows["alpha"].difference == "raw score -4.000, a different verdict, a different compression band"
    assert rows["Picture"].difference == "differs"
    assert not rows["Codec"].differs


def test_what_one_of_them_lacks_is_no_difference(session):
    rows = {row.what: row for row in pair_rows(session, with_scores(session, raw_score=None))}
    assert rows["alpha"].difference == f"raw score {NOTHING}"
    assert rows["beta"].right == NOTHING
    assert not rows["beta"].differs


def test_an_exhibit_that_is_not_read_yet_has_no_facts(session, clip):
    rows = pair_rows(session, Session(clip))
    assert {row.right for row in rows} == {NOTHING, "not judged yet"}


def test_crops_are_counted_as_each_detector_saw_them(session):
    rows = {row.what: row for row in pair_rows(session, with_scores(session, crops_scored=7))}
    counts = {score.crops_scored for score in session.report.video.scores}
    assert rows["Crops scored"].left == str(*counts)
    assert rows["Crops scored"].right == "7"
    assert "," not in rows["Codec"].left
