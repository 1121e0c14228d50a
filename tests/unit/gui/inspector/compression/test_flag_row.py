"""Names above a plot never lie on each other."""

from itertools import combinations

import pytest
from PySide6.QtGui import QColor

from forensiclab.gui.inspector.compression.flag_row import Flag, FlagRow, place_flags


def overlap(one, other):
    return one[0] < other[1] and other[0] < one[1]


def test_names_that_are_far_apart_share_a_row_each_over_its_place():
    assert place_flags([(50, 40), (200, 60)], 300) == [(30, 0), (170, 0)]


def test_a_name_is_moved_aside_only_as_far_as_its_place_stays_under_it():
    assert place_flags([(50, 40), (80, 60)], 300) == [(30, 0), (78, 0)]
    assert place_flags([(50, 40), (60, 60)], 300) == [(30, 0), (30, 1)]


def test_names_at_the_edges_stay_within():
    assert place_flags([(2, 40), (299, 40)], 300) == [(0, 0), (260, 0)]


@pytest.mark.parametrize("centres", [(100,) * 6, (10, 20, 30, 290, 295), (0, 150, 151, 152, 300, 40)])
def test_no_two_names_overlap(centres):
    wanted = [(centre, 70 + 5 * i) for i, centre in enumerate(centres)]
    places = place_flags(wanted, 300)
    spans = [(left, left + width, row) for (left, row), (_, width) in zip(places, wanted, strict=True)]
    assert all(left >= 0 and right <= 300 for left, right, _ in spans)
    assert not any(one[2] == other[2] and overlap(one, other) for one, other in combinations(spans, 2))
    assert all(left <= centre <= right for (left, right, _), centre in zip(spans, centres, strict=True))


def test_the_row_grows_as_needed_and_says_its_names(qtbot):
    row = FlagRow("flips", lambda position: 10 * position)
    qtbot.addWidget(row)
    row.resize(400, 20)
    row.show()
    low = row.height()
    flags = [Flag(text=name, at=20, color=QColor("black"), symbol="o") for name in ("one detector", "another one")]
    row.show_flags(flags, 50)
    assert row.height() > low
    first, second = row.boxes()
    assert not first.intersects(second)
    assert first.left() >= 50
    assert row.accessibleDescription() == "one detector; another one"
    row.show_flags(flags[:1], 50)
    assert row.height() == low


def test_names_beyond_the_last_row_are_counted_and_in_the_tool_tip(qtbot):
    row = FlagRow("flips", lambda position: 10 * position)
    qtbot.addWidget(row)
    row.resize(400, 20)
    row.show()
    flags = [Flag(text=f"detector {number}", at=20, color=QColor("black"), symbol="o") for number in range(9)]
    row.show_flags(flags[:6], 50)
    six = row.height()
    assert row.unnamed == ()
    assert row.toolTip() == ""
    plain = row.grab().toImage()
    row.show_flags(flags, 50)
    assert row.height() == six
    assert row.unnamed == ("detector 6", "detector 7", "detector 8")
    assert row.toolTip() == "detector 6, detector 7, detector 8"
    assert all(f"detector {number}" in row.accessibleDescription() for number in range(9))
    assert row.grab().toImage() != plain, "the count is beside the caption"
    assert row.rect().toRectF().contains(row.boxes()[5])
