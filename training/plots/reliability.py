"""Reliability diagrams: calibrated probabilities against the share of forgeries."""

import numpy as np

from forensiclab.core.errors import SettingsError
from training.evaluation.folders import score_levels, whole
from training.evaluation.measure import measure
from training.plots.model import Drawn, PlotRequest
from training.plots.style import SERIES, panels

_COLUMNS = ("detector", "level", "crops", "weight", "probability", "forged", "low", "high", "ece")


def draw(request: PlotRequest) -> Drawn:
    """Draw a row of panels per detector, a column per level; a dot's area is the share of crops in its bin.

    Raises:
        SettingsError: A detector's card has no calibration.
    """
    figure, axes = panels(
        len(request.detectors),
        len(request.levels),
        f"Reliability at even priors, bins of equal mass, 95 % intervals over videos\n{request.data}",
    )
    rows: list[tuple[str | float | int, ...]] = []
    found = list(whole(score_levels([one.detector for one in request.detectors], request.crops, request.levels)))
    for number, (line, one) in enumerate(zip(axes, request.detectors, strict=True)):
        for panel, at in zip(line, found, strict=True):
            table = measure(one.detector.card, at, number, request.seed).calibration
            if table is None:
                raise SettingsError(f"'{one.title}' has no calibration; export it with 'export --calibrate'.")
            panel.plot([0, 1], [0, 1], color="black", linestyle=":", linewidth=1)
            x = np.array([each.probability for each in table.bins])
            y = np.array([each.forged for each in table.bins])
            reach = np.array([[each.forged - each.low, each.high - each.forged] for each in table.bins]).T
            panel.errorbar(x, y, yerr=np.maximum(reach, 0), color=SERIES[0], linewidth=1, fmt="none", capsize=2)
            panel.plot(x, y, color=SERIES[0], linewidth=1)
            panel.scatter(x, y, s=[200 * each.weight for each in table.bins], color=SERIES[0])
            panel.set(title=f"{one.name} at {at.level}: ECE {table.ece:.3f}", xlim=(0, 1), ylim=(0, 1))
            panel.set(xlabel='Mean calibrated probability of "forged"', ylabel="Share of forgeries")
            rows += [
                (
                    one.name,
                    str(at.level),
                    each.n,
                    each.weight,
                    each.probability,
                    each.forged,
                    each.low,
                    each.high,
                    table.ece,
                )
                for each in table.bins
            ]
    return Drawn(figure=figure, columns=_COLUMNS, rows=tuple(rows))
