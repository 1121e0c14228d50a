"""Two views of one crop belong together, whatever past crops of the other class look like."""

import torch
from torch import Tensor

from training.losses.video_contrastive import video_contrastive_loss


def inter_instance_loss(
    query: Tensor, key: Tensor, labels: Tensor, real_bank: Tensor, forged_bank: Tensor, tau: float
) -> Tensor:
    """Pull every query towards the key of its own crop and away from the keys of the other class.

    Crops of one class are neither pulled together nor pushed apart, so what is special about each is kept.

    Args:
        query: L2-normalised, shape (B, D).
        key: Of the same crops in another view, L2-normalised, shape (B, D); taken as fixed.
        labels: 0 real, 1 forged, shape (B,).
        real_bank: Past keys M_r of real crops, L2-normalised, shape (K, D); taken as fixed. It may be empty.
        forged_bank: As much of forged ones, M_f.
        tau: Softmax temperature, > 0.

    Returns:
        Loss per crop in nats, shape (B,), >= 0; the caller reduces. It is 0 against an empty bank.

    Source: Sun et al., Dual contrastive learning for general face forgery detection, Eq. 3.
    """
    against_forged = video_contrastive_loss(query, key, forged_bank, tau)  # the formula is that of Eq. 3
    against_real = video_contrastive_loss(query, key, real_bank, tau)
    return torch.where(labels > 0.5, against_real, against_forged)
