import pytest

from forensiclab.gui.player.time_field import seconds_of


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("83.2", 83.2), ("1:23.2", 83.2), ("0:01:23.200", 83.2), (" 2:00:00 ", 7200.0), ("0,5", 0.5), ("7", 7.0)],
)
def test_times_are_read_as_people_write_them(text, seconds):
    assert seconds_of(text) == pytest.approx(seconds)


@pytest.mark.parametrize("text", ["", "abc", "1:60", "1:60:00", "1:2:3:4", "-3", "1e3", ":30", "1:", "\u0663"])
def test_what_is_no_time_is_not_read(text):
    assert seconds_of(text) is None
