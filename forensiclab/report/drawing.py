"""How plots are drawn: one look for all of them. Curves differ in colour, line and marker, never in colour alone."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

import matplotlib as mpl

from forensiclab.core.scores import BandCalibration

Dashes = tuple[float, tuple[float, ...]]
Line = Literal["-", "--", "-.", ":"]

WIDTH_IN = 6.9
COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#000000", "#7F7F7F")
"""Okabe and Ito's, which colour-blind readers tell apart, but for yellow, which white paper swallows."""
LINES: tuple[Line, ...] = ("-", "--", "-.", ":")
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*", "h")
"""One more than colours, so that a curve of a colour that returns has another marker."""
THRESHOLD_LINES: tuple[Dashes, Dashes] = ((0, (6, 2)), (0, (1, 1.5)))
"""Of the thresholds for manipulation and for authenticity."""


def curve_style(position: int) -> tuple[str, Line, str]:
    """Colour, line and marker of the curve at a position in a plot."""
    return COLORS[position % len(COLORS)], LINES[position % len(LINES)], MARKERS[position % len(MARKERS)]


def raw_score_at(band: BandCalibration, probability: float) -> float | None:
    """Return the raw score with a calibrated probability; None for a certainty, which no raw score reaches."""
    if not 0 < probability < 1 or band.slope == 0:
        return None
    return (math.log(probability / (1 - probability)) - band.intercept) / band.slope


@contextmanager
def house_style() -> Iterator[None]:
    """Apply the plots' own settings, whatever the user's configuration of matplotlib says."""
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(
            {
                "svg.hashsalt": "forensiclab",
                "svg.fonttype": "path",
                "font.size": 7.5,
                "axes.titlesize": 7.5,
                "axes.labelsize": 7.5,
                "legend.fontsize": 7,
                "axes.spines.top": False,
                "axes.spines.right": False,
                "axes.linewidth": 0.6,
                "lines.linewidth": 1.1,
                "hatch.linewidth": 0.5,
                "axes.grid": True,
                "axes.axisbelow": True,
                "grid.color": "#dddddd",
                "grid.linewidth": 0.5,
            }
        )
        yield
