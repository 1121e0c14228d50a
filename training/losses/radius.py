"""Real crops near the origin, forgeries far from it."""

import torch
from torch import Tensor


def radius_loss(embeddings: Tensor, labels: Tensor, inner: float, outer: float) -> Tensor:
    """Measure how far embeddings are on the wrong side of their radius.

    Args:
        embeddings: C, shape (B, D).
        labels: 0 real, 1 forged, shape (B,).
        inner: The radius r- within which real crops belong.
        outer: The radius r+ beyond which forgeries belong.

    Returns:
        Distance to that radius, 0 on its right side, shape (B,); the caller reduces.

    Source: Cao et al., Metric learning for anti-compression facial forgery detection, Eq. 6, lines 1-2 (C_h) and 3-4
        (C_l).
    Deviations: the paper prints a sum over the batch; the caller takes the mean, as the learning rate goes with it. At
        the origin, where a length has a corner, the gradient is 0.
    """
    distance: Tensor = torch.linalg.vector_norm(embeddings, dim=1)  # (B,)
    return torch.where(labels > 0.5, outer - distance, distance - inner).clamp(min=0)
