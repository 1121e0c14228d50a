"""How much compression changes crops: structural similarity to the original against the level."""

from itertools import groupby

import cv2
import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from forensiclab.core.compression import CLEAN, Codec, CompressionLevel
from forensiclab.core.errors import SettingsError
from forensiclab.core.records import Picture
from training.evaluation.folders import CropReader
from training.plots.model import Drawn, PlotRequest, of_label
from training.plots.style import COLORS, DASHES, MARKERS, NAMES, panels

_SIDE, _SIGMA = 11, 1.5
_C1, _C2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2


def draw(request: PlotRequest) -> Drawn:
    """Draw a panel per codec: mean over the crops of each label, and the middle 90 % of the crops.

    Raises:
        SettingsError: No level compresses.

    Source: Chen et al., Detecting compressed deepfake images using two-branch convolutional networks with similarity
        and classifier, figure 5.
    """
    groups = by_codec(request.levels)
    figure, axes = panels(
        1, len(groups), f"SSIM of compressed crops to their originals\n{request.data}", shares_axes=False
    )
    originals = [CropReader(request.crops, CLEAN).picture(entry) for entry in request.crops.entries]
    rows: list[tuple[str | float | int, ...]] = []
    for panel, (codec, levels) in zip(axes[0], groups, strict=True):
        readers = [CropReader(request.crops, level) for level in levels]
        values = np.array(
            [
                [
                    ssim(reader.picture(e), original)
                    for e, original in zip(request.crops.entries, originals, strict=True)
                ]
                for reader in readers
            ]
        )  # (levels, N)
        settings = [level.value or 0 for level in levels]
        for label in (0, 1):
            of_class = values[:, of_label(request.crops.entries, label)]
            low, high = np.quantile(of_class, [0.05, 0.95], axis=1)
            panel.fill_between(settings, low, high, color=COLORS[label], alpha=0.15, linewidth=0)
            panel.plot(
                settings,
                of_class.mean(axis=1),
                color=COLORS[label],
                marker=MARKERS[label],
                linestyle=DASHES[label],
                label=f"{NAMES[label]}: mean, middle 90 %",
            )
            rows += [
                (str(level), NAMES[label], float(row.mean()), float(q_low), float(q_high), row.size)
                for level, row, q_low, q_high in zip(levels, of_class, low, high, strict=True)
            ]
        panel.set_ylabel("SSIM (1 = unchanged)")
        panel.set_ylim(top=1.005)
        show_codec(panel, codec)
        panel.legend(loc="lower left")
    return Drawn(figure=figure, columns=("level", "class", "mean", "q05", "q95", "crops"), rows=tuple(rows))


def show_codec(panel: Axes, codec: Codec) -> None:
    """Label the settings of a codec, stronger compression to the right."""
    panel.set_xlabel(f"{codec.facts.axis} (to the right: stronger compression)")
    if codec.facts.is_quality:
        panel.invert_xaxis()


def by_codec(levels: tuple[CompressionLevel, ...]) -> list[tuple[Codec, list[CompressionLevel]]]:
    """Group levels that compress by codec, with rising setting.

    Raises:
        SettingsError: There is none.
    """
    sorted_levels = sorted(
        (level for level in levels if level.value is not None), key=lambda level: (level.codec, level.value)
    )
    groups = [(codec, list(members)) for codec, members in groupby(sorted_levels, key=lambda level: level.codec)]
    if not groups:
        raise SettingsError("This figure needs levels that compress, such as crf:23,crf:40,jpeg:50.")
    return groups


def ssim(first: Picture, second: Picture) -> float:
    """Compute the mean structural similarity of the luma of two pictures.

    Args:
        first, second: uint8 RGB, of one shape (H, W, 3), at least 11 x 11.

    Returns:
        At most 1, reached by equal pictures.

    Source: Wang et al., Image quality assessment: from error visibility to structural similarity, 2004, Eq. 13-17:
        Gaussian windows of 11 x 11 with a standard deviation of 1.5 pixels that lie wholly inside, K1 0.01, K2 0.03.
    """
    x, y = (cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(np.float64) for picture in (first, second))
    mean_x, mean_y = _windowed(x), _windowed(y)
    variance_x, variance_y = _windowed(x * x) - mean_x**2, _windowed(y * y) - mean_y**2
    covariance = _windowed(x * y) - mean_x * mean_y
    luminance_and_contrast = (2 * mean_x * mean_y + _C1) * (2 * covariance + _C2)  # Eq. 13
    norm = (mean_x**2 + mean_y**2 + _C1) * (variance_x + variance_y + _C2)
    return float((luminance_and_contrast / norm).mean())


def _windowed(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Average by a Gaussian about every pixel whose window lies inside, shape (H - 10, W - 10)."""
    reach = _SIDE // 2
    blurred = cv2.GaussianBlur(values, (_SIDE, _SIDE), _SIGMA)
    return np.asarray(blurred[reach:-reach, reach:-reach], dtype=np.float64)
