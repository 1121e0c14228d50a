"""What a report says of each verdict, and which letters its fonts can print."""

import unicodedata
from functools import cache
from pathlib import Path

import matplotlib as mpl
from matplotlib.ft2font import FT2Font

from forensiclab.core.scores import Verdict

FONT_FOLDER = Path(mpl.get_data_path()) / "fonts" / "ttf"
"""DejaVu Sans comes with matplotlib: for drawn text, and for letters that the report's own font lacks."""

MEANINGS = {
    Verdict.SUPPORTS_MANIPULATION: "The calibrated probability reaches the threshold for manipulation. "
    "Real faces reach it too, at the rate stated under Evaluation.",
    Verdict.SUPPORTS_AUTHENTICITY: "The calibrated probability stays at or below the threshold for authenticity. "
    "Forged faces do so too, at the rate stated under Evaluation.",
    Verdict.INCONCLUSIVE: "Scores exist, but they support neither: they lie between the thresholds, contradict each "
    "other, or have no calibration for this exhibit.",
    Verdict.NOT_ASSESSABLE: "No score could be given: no face was found, or none within the conditions for which the "
    "detectors were validated.",
}
"""What each verdict means, as printed beside it."""


def printable(text: str) -> str:
    """Text whose every character can be seen: the others become their code point, ``[U+202E]``.

    Control and direction characters could make a file name look like another one; letters that the fonts lack would
    leave a gap, which PDF/A forbids.
    """
    shown = _shown()
    return "".join(char if char in shown else f"[U+{ord(char):04X}]" for char in text)


@cache
def _shown() -> frozenset[str]:
    characters = (chr(code) for code in FT2Font(FONT_FOLDER / "DejaVuSans.ttf").get_charmap())
    return frozenset(char for char in characters if unicodedata.category(char)[0] != "C" and char not in "\u2028\u2029")
