"""Whether a detector points at the forged pixels: its attention map against the ground-truth mask."""

from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from training.datasets.crops import MASK_THRESHOLD

MAP_THRESHOLD = 0.5
"""A cell is called forged above it."""
CELL_THRESHOLD = 0.5
"""A cell is forged where more than this share of its pixels is."""


class CellCounts(NamedTuple):
    """Cells of each crop, shape (N,) each; all 0 for a crop whose mask is not known."""

    right: NDArray[np.int64]
    """Called what they are."""
    forged: NDArray[np.int64]
    cells: NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Localisation:
    """Pixel-wise binary classification accuracy, and what it must be read beside."""

    pbca: float
    """Share of cells that the map calls what they are."""
    threshold: float
    forged_share: float
    """Share of forged cells: a map that is never forged has a PBCA of 1 minus this."""
    n_crops: int
    """With a known mask: forgeries that have one, and all real crops."""


def forged_cells(mask: NDArray[np.uint8], height: int, width: int) -> NDArray[np.bool_]:
    """Bring a mask to the grid of an attention map.

    Args:
        mask: Grey levels, 255 = forged, shape (H, W), of the region that the map covers.
        height, width: Of the map, cells.

    Returns:
        Shape (h, w).

    Source: Cao et al., Metric learning for anti-compression facial forgery detection, section 4.2 (grey level over
        255, binary above 0.1).
    Deviations: the paper does not say how masks come to 19 x 19 cells; here by area, then binary again above 0.5.
    """
    forged = (mask > MASK_THRESHOLD * 255).astype(np.float32)
    return np.asarray(cv2.resize(forged, (width, height), interpolation=cv2.INTER_AREA) > CELL_THRESHOLD)


def count_cells(attention: NDArray[np.float32], truth: NDArray[np.bool_]) -> tuple[int, int, int]:
    """Count the cells of one crop: called right, forged, all.

    Args:
        attention: Values in [0, 1], shape (h, w).
        truth: Forged cells, shape (h, w).
    """
    return int(((attention > MAP_THRESHOLD) == truth).sum()), int(truth.sum()), truth.size


def localisation(counts: CellCounts) -> Localisation | None:
    """Compute PBCA over all cells of all crops with a known mask; None where no crop has a forged cell.

    Source: Cao et al., Metric learning for anti-compression facial forgery detection, section 4.1.
    """
    if not counts.forged.any():
        return None
    cells = int(counts.cells.sum())
    return Localisation(
        pbca=int(counts.right.sum()) / cells,
        threshold=MAP_THRESHOLD,
        forged_share=int(counts.forged.sum()) / cells,
        n_crops=int((counts.cells > 0).sum()),
    )
