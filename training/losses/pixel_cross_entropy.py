"""Every cell of an attention map is a decision of its own: forged or not."""

import torch
from torch import Tensor
from torch.nn import functional as F

from training.datasets.crops import MASK_THRESHOLD


def pixel_cross_entropy(logits: Tensor, target: Tensor) -> Tensor:
    """Return the binary cross-entropy of an attention map, cell by cell.

    Args:
        logits: The map before its sigmoid, shape (B, h, w).
        target: M_gt, the share of forged pixels of every cell, shape (B, h, w); see ``cell_targets``.

    Returns:
        Mean over the cells in nats, shape (B,); the caller reduces.

    Source: Cao et al., Metric learning for anti-compression facial forgery detection, Eq. 5, lines 1 (M_H) and 2 (M_L).
    Deviations: Eq. 5 prints the sum without its minus and log(1 - log(M)); this is the cross-entropy that the text
        names. It is taken from the logits, where it is finite for every map.
    """
    return F.binary_cross_entropy_with_logits(logits, target, reduction="none").mean(dim=(1, 2))


def cell_targets(masks: Tensor, height: int, width: int) -> Tensor:
    """Bring masks to the grid of an attention map.

    Args:
        masks: Grey levels, 255 = forged, shape (B, H, W).
        height: Of the map, cells.
        width: Of the map, cells.

    Returns:
        Share of a cell's area that is forged, float32, shape (B, h, w), values in [0, 1].

    Source: Cao et al., Metric learning for anti-compression facial forgery detection, section 4.2 (a pixel is forged
        above 0.1 of full white).
    Deviations: the paper does not say how masks come to 19 x 19 cells; here by area, and the share stays as it is.
    """
    forged = (masks > MASK_THRESHOLD * 255).float()
    rows = _cell_weights(height, forged.shape[1], forged.device)
    columns = _cell_weights(width, forged.shape[2], forged.device)
    return torch.einsum("hy,byx,wx->bhw", rows, forged, columns)


def _cell_weights(cells: int, pixels: int, device: torch.device) -> Tensor:
    """Return the share of every cell that each pixel covers along one side, shape (cells, pixels); rows add up to 1."""
    side = pixels / cells
    starts = torch.arange(cells, device=device).unsqueeze(1) * side
    pixel = torch.arange(pixels, device=device)
    overlap = torch.minimum(starts + side, pixel + 1) - torch.maximum(starts, pixel)
    return overlap.clamp(min=0) / side
