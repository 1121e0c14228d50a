"""Power spectra of real and forged crops: what compression leaves of their fine detail."""

from collections.abc import Sequence

import numpy as np

from forensiclab.analysis.spectrum import BINS, radial_power
from forensiclab.core.records import Picture
from training.evaluation.folders import CropReader
from training.plots.model import Drawn, PlotRequest, of_label
from training.plots.style import COLORS, DASHES, NAMES, panels

_FLOOR = 1e-6
"""Added to a power before its logarithm: far below that of rounding to whole grey levels."""


def draw(request: PlotRequest) -> Drawn:
    """Draw a panel per level: mean over the crops of each label, and the middle 90 % of the crops.

    Source: Chen et al., Detecting compressed deepfake images using two-branch convolutional networks with similarity
        and classifier, figure 6.
    """
    figure, axes = panels(1, len(request.levels), f"Power spectra of crops, azimuthally averaged\n{request.data}")
    rows: list[tuple[str | float | int, ...]] = []
    for panel, level in zip(axes[0], request.levels, strict=True):
        reader = CropReader(request.crops, level)
        pictures = [reader.picture(entry) for entry in request.crops.entries]
        bins = rings_for(pictures)
        frequencies = (np.arange(bins) + 0.5) / (2 * bins)
        spectra = np.stack([radial_power(picture, bins) for picture in pictures])  # (N, bins)
        decibels = 10 * np.log10(spectra + _FLOOR)
        for label in (0, 1):
            of_class = decibels[of_label(request.crops.entries, label)]
            mean = of_class.mean(axis=0)
            low, high = np.quantile(of_class, [0.05, 0.95], axis=0)
            panel.fill_between(frequencies, low, high, color=COLORS[label], alpha=0.15, linewidth=0)
            panel.plot(
                frequencies,
                mean,
                color=COLORS[label],
                linestyle=DASHES[label],
                label=f"{NAMES[label]}: mean, middle 90 %",
            )
            rows += [
                (str(level), NAMES[label], float(f), float(m), float(q_low), float(q_high))
                for f, m, q_low, q_high in zip(frequencies, mean, low, high, strict=True)
            ]
        panel.set(title=str(level), xlabel="Spatial frequency (cycles per pixel)", xlim=(0, 0.5))
    axes[0][0].set_ylabel("Power (dB, grey levels squared)")
    axes[0][0].legend(loc="upper right")
    return Drawn(figure=figure, columns=("level", "class", "cycles_per_px", "mean_db", "q05", "q95"), rows=tuple(rows))


def rings_for(pictures: Sequence[Picture]) -> int:
    """Return how many rings, up to ``BINS``: the smallest picture must have two steps of frequency in each."""
    smallest_px = min(int(side) for picture in pictures for side in picture.shape[:2])
    return max(1, min(BINS, smallest_px // 4))
