"""The attention of strongly compressed crops follows that of their weakly compressed twins."""

import torch
from torch import Tensor
from torch.nn import functional as F


def attention_transfer(high: Tensor, low: Tensor) -> Tensor:
    """Return the distance of two attention maps of the same crop, each scaled to length 1.

    Args:
        high: M_H of the weakly compressed crops, shape (B, h, w). No gradient flows into it.
        low: M_L of the same crops strongly compressed, shape (B, h, w).

    Returns:
        In [0, sqrt(2)] for maps that are not negative, shape (B,); the caller reduces.

    Source: Cao et al., Metric learning for anti-compression facial forgery detection, Eq. 5, line 3; the transfer goes
        from M_H to M_L (section 3.4).
    Deviations: a length below 1e-6 counts as 1e-6, since maps of real crops go to 0.
    """
    target = F.normalize(high.detach().flatten(1), dim=1, eps=1e-6)  # (B, h w)
    own = F.normalize(low.flatten(1), dim=1, eps=1e-6)
    distance: Tensor = torch.linalg.vector_norm(own - target, dim=1)
    return distance
