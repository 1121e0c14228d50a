"""Wrong answers go across the origin, right ones away from it."""

import math
from typing import NamedTuple

import torch
from torch import Tensor


class Remedy(NamedTuple):
    """Both halves of the loss; the total is ``wrong - tau * right``."""

    wrong: Tensor
    """Root of the mean squared distance to the target, of crops that are answered wrongly; scalar."""
    right: Tensor
    """Root of the mean squared length, of crops that are answered rightly; scalar."""


def compression_remedy(bleached: Tensor, target: Tensor, is_wrong: Tensor) -> Remedy:
    """Bring the features of wrong crops to their target and those of right ones away from the origin.

    Args:
        bleached: phi_bl, the frozen detector's features of bleached crops, shape (B, D).
        target: phi_tar = phi + dphi, shape (B, D).
        is_wrong: Which crops the frozen detector answers wrongly before they are bleached, bool, shape (B,).

    Returns:
        Both roots; each is over the whole batch B, and 0 with a gradient of 0 where no crop is of its kind.

    Source: Li et al., Pixel bleach network, Eq. 5.
    Deviations: the closing bracket of the first root is misprinted; the second term is read as outside of it.
    """
    norm = math.sqrt(bleached.shape[0])
    wrong = is_wrong.unsqueeze(1)  # (B, 1)
    return Remedy(
        wrong=torch.linalg.vector_norm((bleached - target) * wrong) / norm,
        right=torch.linalg.vector_norm(bleached * ~wrong) / norm,
    )
