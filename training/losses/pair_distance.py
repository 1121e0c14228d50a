"""The same crop at two levels: one embedding."""

import torch
from torch import Tensor


def pair_distance(high: Tensor, low: Tensor) -> Tensor:
    """Return the distance of the embeddings of a crop at two levels of compression.

    Args:
        high: C_h of the weakly compressed crops, shape (B, D).
        low: C_l of the same crops strongly compressed, shape (B, D).

    Returns:
        ``||C_h - C_l||_2``, shape (B,); the caller reduces. Where both are equal the gradient is 0.

    Source: Cao et al., Metric learning for anti-compression facial forgery detection, Eq. 6, line 5.
    """
    distance: Tensor = torch.linalg.vector_norm(high - low, dim=1)
    return distance
