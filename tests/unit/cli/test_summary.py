"""What a terminal says of one exhibit."""

from dataclasses import replace

import pytest

from forensiclab.cli.summary import summary_lines
from tests.unit.report.example import SKIPPED, two_tracks


def gaps(skipped):
    return [
        line.strip() for line in summary_lines(two_tracks(skipped=skipped)) if "Not scored" in line or ". and" in line
    ]


@pytest.fixture
def gap():
    return replace(
        SKIPPED[0], start_s=1.0, end_s=2.0, frames=25, reason="the face is blurred", track_id=2, detector=None
    )


def test_detectors_that_left_out_the_same_share_a_line(gap):
    names = [record.card.name for record in two_tracks().method.detectors]
    first, second = names
    assert gaps([replace(gap, detector=name) for name in names]) == [
        "Not scored (track 2): 25 frames, 1.00 s to 2.00 s: the face is blurred"
    ]
    assert gaps([replace(gap, detector=first), replace(gap, detector=second, frames=1)]) == [
        f"Not scored (track 2, {first}): 25 frames, 1.00 s to 2.00 s: the face is blurred",
        f"Not scored (track 2, {second}): 1 frame, 1.00 s to 2.00 s: the face is blurred",
    ]
    assert gaps([replace(gap, track_id=None)]) == ["Not scored: 25 frames, 1.00 s to 2.00 s: the face is blurred"]


def test_many_gaps_are_counted(gap):
    names = [record.card.name for record in two_tracks().method.detectors]
    many = [replace(gap, first_frame_index=first, detector=name) for first in range(11) for name in names]
    lines = gaps(many)
    assert len(lines) == 9
    assert lines[-1] == "... and 3 more; all of them are in the JSON result."
