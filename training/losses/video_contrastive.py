"""Frames of one clip look alike to the network, and unlike everything of the other class."""

import torch
from torch import Tensor


def video_contrastive_loss(weak: Tensor, positive: Tensor, negatives: Tensor, tau: float) -> Tensor:
    """Pull crops towards another frame of their clip and away from past crops of the other class.

    Args:
        weak: Embeddings of weakly compressed crops of one class, L2-normalised, shape (B, D).
        positive: Momentum embeddings of another frame of each clip, L2-normalised, shape (B, D); taken as fixed.
        negatives: Past embeddings of the other class, L2-normalised, shape (K, D); taken as fixed.
        tau: Softmax temperature, > 0.

    Returns:
        Loss per sample in nats, shape (B,); the caller reduces.

    Source: Huang et al., Anti-compression contrastive facial forgery detection, Eq. 5.
    Deviations: Algorithm 1 gives softmaxes to its cross-entropy, which would take a softmax twice; here it gets the
        logits. Its temperature tau_t in the term of the forgeries is read as tau_v, as Eq. 5 has it.
    """
    to_positive = (weak * positive.detach()).sum(dim=1, keepdim=True)  # (B, 1)
    to_negatives = weak @ negatives.detach().T  # (B, K)
    logits = torch.cat((to_positive, to_negatives), dim=1) / tau  # the positive always stands first
    return logits.logsumexp(dim=1) - logits[:, 0]  # Eq. 5
