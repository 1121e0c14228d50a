"""Attention layers that a network learns together with its score."""

from torch import Tensor, nn


class RegressionAttention(nn.Module):
    """One map of forged cells, regressed from a feature map by a separable 3x3 convolution and a sigmoid.

    The convolution has no bias, as in the public code of its source: features of 0 give 0.5.

    Source: Dang et al., On the detection of digital face manipulation, section 3.2 (direct regression).
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.depthwise = nn.Conv2d(channels, channels, 3, padding=1, groups=channels, bias=False)
        self.pointwise = nn.Conv2d(channels, 1, 1, bias=False)

    def logits(self, features: Tensor) -> Tensor:
        """Feature map (B, C, h, w) -> the map before its sigmoid, shape (B, h, w)."""
        logits: Tensor = self.pointwise(self.depthwise(features))[:, 0]
        return logits

    def forward(self, features: Tensor) -> Tensor:
        """Feature map (B, C, h, w) -> probability that a cell is forged, shape (B, h, w), values in [0, 1]."""
        return self.logits(features).sigmoid()
