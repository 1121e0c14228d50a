"""A forged face disagrees with itself; a real one does not."""

import math

import torch
from torch import Tensor

from forensiclab.detectors.dcl import cell_similarity

FORGED_FROM = 0.01
"""Share of a cell's area from which on the cell counts as forged; it counts as real only where the share is 0."""


def split_cells(masks: Tensor, height: int, width: int) -> tuple[Tensor, Tensor]:
    """Tell forged cells of a feature map from real ones; a cell with next to nothing forged is neither.

    Args:
        masks: Share of the forgery in every pixel, shape (B, H, W), values in [0, 1].
        height: Of the feature map, cells.
        width: Of the feature map, cells.

    Returns:
        Forged cells and real cells, bool, each of shape (B, h w), row by row.

    Source: Sun et al., Dual contrastive learning for general face forgery detection, section 3.4; the limits: the
        authors' code.
    """
    share = torch.nn.functional.adaptive_avg_pool2d(masks.unsqueeze(1), (height, width)).flatten(1)  # (B, h w)
    return share > FORGED_FROM, share == 0


def intra_forged_loss(features: Tensor, forged: Tensor, real: Tensor, tau: float) -> Tensor:
    """Make the real cells of a forged face like one another and unlike its forged cells.

    The forged cells are not pulled together: what is forged may look as it likes.

    Args:
        features: Feature maps of forged crops, any scale, shape (B, C, h, w).
        forged: Their forged cells, bool, shape (B, h w), at least one a crop.
        real: Their real cells, as ``forged``, at least one a crop.
        tau: Temperature, > 0.

    Returns:
        Loss per crop in nats, shape (B,), > 0; the caller reduces.

    Source: Sun et al., Dual contrastive learning for general face forgery detection, Eq. 7.
    Deviations: the second sum runs over the k forged cells i and the n real cells j (printed the other way round).
        Cells are left out of the sums where they belong to neither part or to the wrong one; the authors' code sets
        their features to 0, which adds a term exp(0) for each.
    """
    similarity = (cell_similarity(features) / tau).flatten(1)  # (B, h w h w): first cell i, second cell j
    among_real = _log_sum_exp(similarity, (real[:, :, None] & real[:, None, :]).flatten(1))
    across = _log_sum_exp(similarity, (forged[:, :, None] & real[:, None, :]).flatten(1))
    return torch.nn.functional.softplus(across - among_real)  # -log(e^a / (e^a + e^b)), Eq. 7


def intra_real_loss(features: Tensor, tau: float) -> Tensor:
    """Make all cells of a real face like one another.

    Args:
        features: Feature maps of real crops, any scale, shape (B, C, h, w).
        tau: Temperature, > 0.

    Returns:
        Loss per crop in nats, shape (B,), at least -(2 log(h w) + 1 / tau), where all cells are equal; the caller
        reduces.

    Source: Sun et al., Dual contrastive learning for general face forgery detection, Eq. 8.
    Deviations: cells are normalised over their channels, as delta in Eq. 7 does it and as the authors' code has it;
        without that the loss has no bound. It is negative as printed.
    """
    return -(cell_similarity(features) / tau).flatten(1).logsumexp(dim=1)


def _log_sum_exp(values: Tensor, chosen: Tensor) -> Tensor:
    """Return the logarithm of the sum of the exponentials of the chosen values, row by row."""
    return values.masked_fill(~chosen, -math.inf).logsumexp(dim=1)
