"""Tells in which order the features of two branches were concatenated."""

from torch import Tensor, nn


class FeatureCritic(nn.Module):
    """A 1x1 convolution that fuses both branches, two 3x3 convolutions of stride 2, pooling, one linear layer.

    There is no batch normalisation: the gradient penalty is of single samples.

    Args:
        channels: Of the concatenated features.
        widths: Of the three convolutions.

    Source: Cao et al., Metric learning for anti-compression facial forgery detection, sections 3.3 and 4.2 (the first
        convolution is 1x1); Gulrajani et al., Improved training of Wasserstein GANs, section 4 (no normalisation).
    Deviations: the paper states nothing but the first kernel; widths, depth and LeakyReLU 0.2 are ours.
    """

    def __init__(self, channels: int, widths: tuple[int, int, int] = (512, 256, 128)) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(channels, widths[0], 1),
            nn.LeakyReLU(0.2),
            nn.Conv2d(widths[0], widths[1], 3, stride=2, padding=1),
            nn.LeakyReLU(0.2),
            nn.Conv2d(widths[1], widths[2], 3, stride=2, padding=1),
            nn.LeakyReLU(0.2),
        )
        self.output = nn.Linear(widths[2], 1)

    def forward(self, features: Tensor) -> Tensor:
        """Map features of both branches side by side, shape (B, C, h, w), to unbounded answers, shape (B,)."""
        answers: Tensor = self.output(self.layers(features).mean(dim=(2, 3)))[:, 0]
        return answers
