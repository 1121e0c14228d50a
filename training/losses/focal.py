"""Cross-entropy that leaves well-classified crops alone."""

import torch
from torch import Tensor
from torch.nn import functional as F


def focal_loss(scores: Tensor, labels: Tensor, gamma: float) -> Tensor:
    """Return the cross-entropy times (1 - p_t)^gamma, with p_t the probability of the true label.

    Args:
        scores: Log odds of "forged", shape (B,).
        labels: 0 real, 1 forged, float, shape (B,).
        gamma: How much well-classified crops are held down, >= 0; 0 = cross-entropy.

    Returns:
        Loss per crop in nats, shape (B,); the caller reduces.

    Source: Lin et al., Focal loss for dense object detection, Eq. 4.
    Deviations: no weight alpha for the classes (Eq. 5), since a batch holds as many real crops as forgeries.
    """
    log_true = F.logsigmoid(torch.where(labels > 0.5, scores, -scores))
    return -((1 - log_true.exp()) ** gamma) * log_true
