"""One look for all figures: a font size, colours that colour-blind readers tell apart, no frame that says nothing."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from numpy.typing import NDArray

from forensiclab.report import drawing

REAL, FORGED = "#0072B2", "#D55E00"
SERIES, MARKERS, DASHES = drawing.COLORS, drawing.MARKERS, drawing.LINES
"""As in the program's reports; a series has its own marker and dashes as well."""
NAMES = {0: "real", 1: "forged"}
COLORS = {0: REAL, 1: FORGED}


@contextmanager
def look() -> Iterator[None]:
    """Set Matplotlib's settings for everything that is made and written inside."""
    with mpl.rc_context():
        mpl.rcParams.update(
            {
                "font.size": 9,
                "axes.titlesize": 9,
                "axes.titlelocation": "left",
                "axes.spines.top": False,
                "axes.spines.right": False,
                "axes.grid": True,
                "grid.color": "#E5E5E5",
                "grid.linewidth": 0.6,
                "axes.axisbelow": True,
                "legend.frameon": False,
                "legend.fontsize": 8,
                "lines.linewidth": 1.6,
                "savefig.dpi": 150,
                "figure.dpi": 150,
            }
        )
        yield


def panels(
    rows: int, columns: int, title: str, *, width_in: float = 3.6, height_in: float = 2.9, shares_axes: bool = True
) -> tuple[Figure, list[list[Axes]]]:
    """Make an empty figure; to be called, like all drawing, inside ``look``.

    Args:
        rows, columns: Of panels.
        title: What it shows, then data and sample size on a line of their own.
        width_in, height_in: Of a panel, inches.
        shares_axes: Whether all panels have the same limits.

    Returns:
        The figure, and its panels row by row.
    """
    figure = Figure(figsize=(max(5.0, width_in * columns), height_in * rows + 0.6), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots(rows, columns, squeeze=False, sharex=shares_axes, sharey=shares_axes)
    figure.suptitle(title, x=0.01, ha="left", fontsize=10)
    return figure, [list(line) for line in axes]


def bins_for(values: Sequence[NDArray[np.float64]], lowest: float | None = None) -> list[float]:
    """Choose edges of a histogram over all values: about twice the root of their number, 8 to 40 bins.

    Args:
        values: Of one panel each.
        lowest: The first edge; that of the smallest value without it.
    """
    low = min(float(each.min()) for each in values) if lowest is None else lowest
    high = max(float(each.max()) for each in values)
    n_bins = int(np.clip(2 * np.sqrt(values[0].size), 8, 40))
    return [float(edge) for edge in np.linspace(low, max(high, low + 1e-6), n_bins + 1)]


def histogram(axes: Axes, values: Sequence[NDArray[np.float64]], edges: list[float]) -> None:
    """Draw real and forged values over one another, each as a share of its own class.

    Args:
        axes: Where.
        values: Of the real crops, of the forged ones.
        edges: Of the bins.
    """
    for label, of_class in enumerate(values):
        weights = np.full(of_class.size, 1 / max(1, of_class.size))
        name = f"{NAMES[label]} ({of_class.size})"
        axes.hist(of_class, edges, weights=weights, color=COLORS[label], alpha=0.35)
        axes.hist(of_class, edges, weights=weights, color=COLORS[label], histtype="step", linewidth=1.4, label=name)


def same_height(line: Sequence[Axes]) -> None:
    """Give the panels of a row one vertical axis."""
    top = max(panel.get_ylim()[1] for panel in line)
    for panel in line:
        panel.set_ylim(top=top)
