"""MesoInception4: a small network on the mesoscopic properties of a face."""

from typing import ClassVar

import torch
from torch import Tensor, nn

from forensiclab.core.text import Sentence
from forensiclab.detectors.layers.mesonet import NORM_EPS, MesoNetwork, convolution_block


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
        self.norm = nn.BatchNorm2d(sum(paths), eps=NORM_EPS)

    def forward(self, x: Tensor) -> Tensor:
        normalised: Tensor = self.norm(torch.cat([path(x) for path in self.paths], dim=1))
        return normalised


class MesoInception4(MesoNetwork):
    """Two Inception layers, two 5x5 convolutions, two dense layers; attention and score as in ``MesoNetwork``.

    Source: Afchar et al., MesoNet: a compact facial video forgery detection network, section 3.2.
    """

    TITLE: ClassVar[str] = "MesoInception-4"
    CLAIMS: ClassVar[str] = Sentence(
        "Sees coarse (mesoscopic) texture of early face swaps and reenactments with a very small network; "
        "weak on forgeries made in another way and on strong compression."
    )

    def __init__(self) -> None:
        super().__init__(
            [
                nn.Sequential(InceptionLayer(3, (1, 4, 4, 2)), nn.MaxPool2d(2)),
                nn.Sequential(InceptionLayer(11, (2, 4, 4, 2)), nn.MaxPool2d(2)),
                convolution_block(12, 16, kernel=5, pool=2),
                convolution_block(16, 16, kernel=5, pool=4),
            ]
        )
