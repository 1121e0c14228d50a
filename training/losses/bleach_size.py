"""A bleach should be small."""

import math

import torch
from torch import Tensor


def bleach_size(bleached: Tensor, crops: Tensor, scale: float) -> Tensor:
    """Return the root of the mean squared change of a pixel, times a factor.

    Args:
        bleached: I_bl, shape (B, 3, S, S), black -1 and white 1.
        crops: I_0, the same crops before, shape (B, 3, S, S).
        scale: The factor k.

    Returns:
        Scalar; 0 with a gradient of 0 where nothing was changed.

    Source: Li et al., Pixel bleach network, Eq. 6.
    Deviations: Eq. 6 prints k I_bl - I_0, whose smallest value is at a picture that is almost black; the text says
        that k weighs the bleach, so it is k (I_bl - I_0). The mean is over all pixels of the batch.
    """
    length: Tensor = torch.linalg.vector_norm(bleached - crops)
    return scale * length / math.sqrt(bleached.numel())
