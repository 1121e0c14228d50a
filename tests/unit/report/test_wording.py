import pytest

from forensiclab.report.wording import (
    count_text,
    number_text,
    printable,
    probability_text,
    score_text,
    size_text,
    span_text,
    time_text,
)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(3.24, "0:03.240"), (3723.456, "1:02:03.456"), (59.9996, "1:00.000"), (-0.04, "-0:00.040"), (-0.0001, "0:00.000")],
)
def test_time(seconds: float, text: str) -> None:
    assert time_text(seconds) == text


def test_span_of_one_frame_is_one_time() -> None:
    assert span_text(1, 1) == "0:01.000"
    assert span_text(1, 2) == "0:01.000 – 0:02.000"


def test_probability_is_never_a_certainty() -> None:
    assert [probability_text(p) for p in (None, 0.0, 0.5, 1.0)] == ["–", "< 0.001", "0.500", "> 0.999"]


def test_numbers() -> None:
    assert score_text(None) == "–"
    assert score_text(-1.23456) == "-1.235"
    assert score_text(12345.678) == "+1.235e+04"
    assert number_text(None, "px") == "not known"
    assert number_text(1200.0, "px") == "1,200 px"
    assert number_text(0.04, "s") == "0.04 s"
    assert count_text(1, "frame") == "1 frame"
    assert count_text(2000, "frame") == "2,000 frames"
    assert size_text(999) == "999 bytes"
    assert size_text(1_234_567) == "1,234,567 bytes (1.23 MB)"


def test_misleading_and_missing_characters_are_spelled_out() -> None:
    assert printable("evil\u202egpj.exe") == "evil[U+202E]gpj.exe"
    assert printable("a\nb\x00\u200b") == "a[U+000A]b[U+0000][U+200B]"
    assert printable("中🎭\udcff") == "[U+4E2D][U+1F3AD][U+DCFF]"
    assert printable("Zoë, Привет, عربي – €") == "Zoë, Привет, عربي – €"
