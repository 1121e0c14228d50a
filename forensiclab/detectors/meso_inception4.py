"""MesoInception4: a small network on the mesoscopic properties of a face."""

from typing import ClassVar

import torch
from torch import Tensor, nn

from forensiclab.detectors.base import InputSpec, Network, NetworkOutput
from forensiclab.detectors.layers.heads import scale_to_unit


class InceptionLayer(nn.Module):
    """Four parallel paths (1x1; 1x1 + 3x3; the same dilated by 2 and by 3), concatenated, then batch normalisation.

    As in the published network, every convolution is followed by its activation and normalisation comes last.
    """

    def __init__(self, channels_in: int, paths: tuple[int, int, int, int]) -> None:
        super().__init__()
        self.paths = nn.ModuleList([nn.Sequential(nn.Conv2d(channels_in, paths[0], 1), nn.ReLU())])
        for width, dilation in zip(paths[1:], (1, 2, 3), strict=True):
            self.paths.append(
                nn.Sequential(
                    nn.Conv2d(channels_in, width, 1),
                    nn.ReLU(),
                    nn.Conv2d(width, width, 3, padding=dilation, dilation=dilation),
                    nn.ReLU(),
                )
            )
        self.norm = nn.BatchNorm2d(sum(paths), eps=1e-3)

    def forward(self, x: Tensor) -> Tensor:
        normalised: Tensor = self.norm(torch.cat([path(x) for path in self.paths], dim=1))
        return normalised


def _convolution(channels_in: int) -> list[nn.Module]:
    return [nn.Conv2d(channels_in, 16, 5, padding=2), nn.ReLU(), nn.BatchNorm2d(16, eps=1e-3)]


class MesoInception4(Network):
    """Two Inception layers, two 5x5 convolutions, two dense layers on the flattened 16 x 8 x 8 map.

    The attention map is the element-wise product of the last feature map with the exact gradient of the score there.
    The head is piecewise linear, so the gradient is a product of weights, computed without a backward pass; up to the
    biases, the sum of the products is the score. Only cells that speak for "forged" are shown.

    Source: Afchar et al., MesoNet: a compact facial video forgery detection network, section 3.2; the map: Draelos and
        Carin, Use HiResCAM instead of Grad-CAM, Eq. 5.
    Deviations: the score is the logit of "forged" (the published network's sigmoid output means "real").
    """

    INPUT: ClassVar[InputSpec] = InputSpec(size_px=256, mean=(0.0, 0.0, 0.0), std=(1.0, 1.0, 1.0))
    TITLE: ClassVar[str] = "MesoInception-4"
    PAPER: ClassVar[str] = (
        "D. Afchar, V. Nozick, J. Yamagishi, I. Echizen. MesoNet: a compact facial video forgery detection network. "
        "IEEE WIFS 2018."
    )
    ATTENTION: ClassVar[str] = (
        "Feature times gradient of the score (HiResCAM) on the last 8 x 8 feature map; bright cells raised the score."
    )
    CLAIMS: ClassVar[str] = (
        "Sees coarse (mesoscopic) texture of early face swaps and reenactments with a very small network; "
        "weak on forgeries made in another way and on strong compression."
    )

    def __init__(self) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(
            [
                nn.Sequential(InceptionLayer(3, (1, 4, 4, 2)), nn.MaxPool2d(2)),
                nn.Sequential(InceptionLayer(11, (2, 4, 4, 2)), nn.MaxPool2d(2)),
                nn.Sequential(*_convolution(12), nn.MaxPool2d(2)),
                nn.Sequential(*_convolution(16), nn.MaxPool2d(4)),
            ]
        )
        self.dropout = nn.Dropout(0.5)
        self.hidden = nn.Linear(16 * 8 * 8, 16)
        self.leaky = nn.LeakyReLU(0.1)
        self.output = nn.Linear(16, 1)

    def features(self, pictures: Tensor) -> Tensor:
        """Pictures in [0, 1], shape (B, 3, 256, 256) -> feature map, shape (B, 16, 8, 8)."""
        x = pictures
        for block in self.blocks:
            x = block(x)
        return x

    def forward(self, pictures: Tensor) -> NetworkOutput:
        """Pictures in [0, 1], shape (B, 3, 256, 256) -> scores (B,), attention maps (B, 8, 8)."""
        features = self.features(pictures)
        hidden = self.hidden(self.dropout(features.flatten(1)))  # (B, 16)
        score = self.output(self.dropout(self.leaky(hidden)))[:, 0]
        slope = torch.where(hidden > 0, 1.0, self.leaky.negative_slope) * self.output.weight  # (B, 16)
        gradient = (slope @ self.hidden.weight).view_as(features)
        return NetworkOutput(score, scale_to_unit((gradient * features).sum(dim=1)))
