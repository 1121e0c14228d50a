"""Crops of one class nearer to each other than to the other class, by a margin."""

import torch
from torch import Tensor


def triplet_loss(embeddings: Tensor, labels: Tensor, margin: float) -> Tensor:
    """Return the mean hinge over all triplets of a batch: anchor, another crop of its class, a crop of the other class.

    Args:
        embeddings: L2-normalised, shape (B, D).
        labels: 0 real, 1 forged, shape (B,).
        margin: Alpha, >= 0, in units of the squared distance (which is at most 4).

    Returns:
        Scalar; 0 where the batch holds no triplet.

    Source: Huang et al., Anti-compression contrastive facial forgery detection, section 4.2; Schroff et al., FaceNet,
        Eq. 2-3.
    Deviations: the paper draws one triplet at a time; the mean over all triplets of the batch is what such a draw
        gives on average. Embeddings are normalised as FaceNet's are, which the paper's formula leaves open.
    """
    distance = (embeddings[:, None] - embeddings[None]).square().sum(dim=2)  # (B, B)
    is_same = labels[:, None] == labels[None]
    is_pair = is_same & ~torch.eye(len(labels), dtype=torch.bool, device=labels.device)
    is_triplet = is_pair[:, :, None] & ~is_same[:, None, :]  # (anchor, positive, negative)
    hinge = (distance[:, :, None] - distance[:, None, :] + margin).clamp(min=0)
    return (hinge * is_triplet).sum() / is_triplet.sum().clamp(min=1)
