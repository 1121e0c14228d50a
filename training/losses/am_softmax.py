"""Softmax of angles: the true class must win by a margin."""

from torch import Tensor
from torch.nn import functional as F


def am_softmax_loss(embeddings: Tensor, weights: Tensor, labels: Tensor, scale: float, margin: float) -> Tensor:
    """Return the cross-entropy of scaled cosines, that of the true class lowered by a margin.

    Args:
        embeddings: Any scale, shape (B, D).
        weights: One direction for each of the classes real and forged, any scale, shape (2, D).
        labels: 0 real, 1 forged, shape (B,).
        scale: s, > 0.
        margin: m, >= 0.

    Returns:
        Loss per crop in nats, shape (B,); the caller reduces.

    Source: Wang et al., Additive margin softmax for face verification, section 3; used in Luo et al., Generalizing
        face forgery detection with high-frequency features.
    """
    cosine = F.normalize(embeddings, dim=1) @ F.normalize(weights, dim=1).T  # (B, 2)
    lowered = cosine - margin * F.one_hot(labels.long(), 2)
    return F.cross_entropy(scale * lowered, labels.long(), reduction="none")
