"""What the two MesoNet networks share: everything but their first blocks."""

from typing import ClassVar

import torch
from torch import Tensor, nn

from forensiclab.core.text import Sentence
from forensiclab.detectors.base import InputSpec, Network, NetworkOutput
from forensiclab.detectors.layers.heads import scale_to_unit

NORM_EPS = 1e-3
"""Of batch normalisation, as in Keras, in which the networks were published."""


def convolution_block(channels_in: int, channels: int, kernel: int, pool: int) -> nn.Sequential:
    """Build convolution, ReLU, batch normalisation (in this order, as published) and maximum pooling."""
    return nn.Sequential(
        nn.Conv2d(channels_in, channels, kernel, padding=kernel // 2),
        nn.ReLU(),
        nn.BatchNorm2d(channels, eps=NORM_EPS),
        nn.MaxPool2d(pool),
    )


class MesoNetwork(Network):
    """Four blocks to a 16 x 8 x 8 map, two dense layers on the flattened map.

    The attention map is the element-wise product of the last feature map with the exact gradient of the score there.
    The head is piecewise linear, so the gradient is a product of weights, computed without a backward pass; up to the
    biases, the sum of the products is the score. Only cells that speak for "forged" are shown.

    Source: Afchar et al., MesoNet: a compact facial video forgery detection network, section 3; the map: Draelos and
        Carin, Use HiResCAM instead of Grad-CAM, Eq. 5.
    Deviations: the published crops are squares of 2.2 x the larger of eye distance and eye-to-mouth distance; 0.87 x
        the longer side of the face finder's box is about the same. The score is the logit of "forged"; the published
        networks' sigmoid output means "real".
    """

    INPUT: ClassVar[InputSpec] = InputSpec(size_px=256, margin=0.87, mean=(0.0, 0.0, 0.0), std=(1.0, 1.0, 1.0))
    PAPER: ClassVar[str] = (
        "D. Afchar, V. Nozick, J. Yamagishi, I. Echizen. MesoNet: a compact facial video forgery detection network. "
        "IEEE WIFS 2018."
    )
    ATTENTION: ClassVar[str] = Sentence(
        "Feature times gradient of the score (HiResCAM) on the last 8 x 8 feature map; bright cells raised the score."
    )

    def __init__(self, blocks: list[nn.Sequential]) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(blocks)
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

    def embed(self, pictures: Tensor) -> Tensor:
        """Pictures in [0, 1], shape (B, 3, 256, 256) -> what enters the last linear layer, shape (B, 16)."""
        embedding: Tensor = self.leaky(self.hidden(self.dropout(self.features(pictures).flatten(1))))
        return embedding

    def score_embedding(self, embedding: Tensor) -> Tensor:
        """What ``embed`` returns, shape (B, 16) -> scores (B,)."""
        logits: Tensor = self.output(self.dropout(embedding))
        return logits[:, 0]

    def forward(self, pictures: Tensor) -> NetworkOutput:
        """Pictures in [0, 1], shape (B, 3, 256, 256) -> scores (B,), attention maps (B, 8, 8)."""
        features = self.features(pictures)
        hidden = self.hidden(self.dropout(features.flatten(1)))  # (B, 16)
        score = self.score_embedding(self.leaky(hidden))
        slope = torch.where(hidden > 0, 1.0, self.leaky.negative_slope) * self.output.weight  # (B, 16)
        gradient = (slope @ self.hidden.weight).view_as(features)
        return NetworkOutput(score, scale_to_unit((gradient * features).sum(dim=1)))
