"""Heads that turn the last feature map into a score and, without a backward pass, into an attention map."""

import torch
from torch import Tensor, nn

from forensiclab.detectors.base import NetworkOutput


def scale_to_unit(activation: Tensor) -> Tensor:
    """Set negative values to 0 and divide every map by its own maximum; a map without a positive value is all 0.

    Args:
        activation: Shape (B, h, w).

    Returns:
        Shape (B, h, w), values in [0, 1].
    """
    positive = activation.clamp(min=0)
    peak = positive.amax(dim=(1, 2), keepdim=True)
    return positive / peak.clamp(min=torch.finfo(positive.dtype).tiny)


class LinearHead(nn.Module):
    """Global average pooling, dropout and one linear layer to (real, forged); its Grad-CAM in closed form.

    The score is the difference of the two logits, that is the log odds of "forged". Because pooling and a linear layer
    follow the feature map, the gradient of the score at every cell is the difference of the two weight rows / (h w), so
    the class activation map equals Grad-CAM up to a factor that the scaling removes.

    Source: Zhou et al., Learning deep features for discriminative localization, Eq. 2;
        Selvaraju et al., Grad-CAM, Eq. 1-2.
    """

    def __init__(self, features: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.dropout = nn.Dropout(dropout)
        self.linear = nn.Linear(features, 2)

    def logits(self, embedding: Tensor) -> Tensor:
        """Pooled embedding, shape (B, C) -> logits (real, forged), shape (B, 2)."""
        logits: Tensor = self.linear(self.dropout(embedding))
        return logits

    def forward(self, features: Tensor) -> NetworkOutput:
        """Feature map after its activation, shape (B, C, h, w) -> score and attention map."""
        logits = self.logits(features.mean(dim=(2, 3)))
        direction = self.linear.weight[1] - self.linear.weight[0]  # (C,)
        activation = torch.einsum("bchw,c->bhw", features, direction)
        return NetworkOutput(logits[:, 1] - logits[:, 0], scale_to_unit(activation))
