import pkgutil
import re
import subprocess
import sys

import pytest

import forensiclab
from forensiclab.core.notation import (
    count_text,
    number_text,
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


def test_player_and_timeline_print_a_time_without_matplotlib() -> None:
    names = [module.name for module in pkgutil.walk_packages(forensiclab.__path__, "forensiclab.")]
    shown = [name for name in names if re.match(r"forensiclab\.gui\.(player|timeline)", name)]
    assert len(shown) > 10
    code = f"import sys, {', '.join(shown)}\nassert 'forensiclab.core.notation' in sys.modules\nprint(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "matplotlib" not in run.stdout.split()
