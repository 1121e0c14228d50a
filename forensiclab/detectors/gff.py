"""GFF: colour and high-frequency noise in two Xceptions that guide each other."""

from typing import ClassVar

import torch
from torch import Tensor, nn

from forensiclab.core.text import Sentence
from forensiclab.detectors.base import InputSpec, Network, NetworkOutput
from forensiclab.detectors.layers.frequency import FeatureResiduals, PictureResiduals
from forensiclab.detectors.layers.heads import LinearHead
from forensiclab.detectors.layers.xception import XceptionStream


class ResidualAttention(nn.Module):
    """Where to look, from the picture's noise residuals: two convolutions, then spatial attention.

    Source: Luo et al., Generalizing face forgery detection with high-frequency features, section 3.3; Woo et al., CBAM,
        Eq. 3.
    """

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 32, 3, stride=2, bias=False),
            nn.BatchNorm2d(32),
            nn.ReLU(),
            nn.Conv2d(32, 64, 3, bias=False),
            nn.BatchNorm2d(64),
            nn.ReLU(),
        )
        self.mix = nn.Conv2d(2, 1, 7, padding=3, bias=False)

    def forward(self, residuals: Tensor) -> Tensor:
        """Noise residuals (B, 3, 256, 256) -> map (B, 1, 125, 125), values in [0, 1]."""
        features = self.features(residuals)
        pooled = torch.cat([features.mean(dim=1, keepdim=True), features.amax(dim=1, keepdim=True)], dim=1)
        attention: Tensor = self.mix(pooled).sigmoid()
        return attention


class DualAttention(nn.Module):
    """Both streams look up in the other what goes with their own cells, by one matrix of affinities.

    The affinities of all pairs of cells pass a learned linear layer over the cells, so the number of cells is fixed.

    Source: Luo et al., Generalizing face forgery detection with high-frequency features, section 3.4.
    """

    def __init__(self, channels: int, cells: int) -> None:
        super().__init__()
        narrow = channels // 8
        self.colour_key = nn.Conv2d(channels, narrow, 1)
        self.noise_key = nn.Conv2d(channels, narrow, 1)
        self.shared_key = nn.Conv2d(narrow, narrow, 1)
        self.colour_weights = nn.Linear(cells, cells)
        self.noise_weights = nn.Linear(cells, cells)
        self.colour_value = nn.Conv2d(channels, channels, 1)
        self.noise_value = nn.Conv2d(channels, channels, 1)
        self.colour_gain = nn.Parameter(torch.zeros(1))
        self.noise_gain = nn.Parameter(torch.zeros(1))

    def forward(self, colour: Tensor, noise: Tensor) -> tuple[Tensor, Tensor]:
        """Features of both streams, each (B, C, h, w) with h w = ``cells`` -> both, augmented by the other."""
        colour_key = self.shared_key(self.colour_key(colour)).flatten(2)  # (B, C / 8, h w)
        noise_key = self.shared_key(self.noise_key(noise)).flatten(2)
        affinity = colour_key.transpose(1, 2) @ noise_key  # (B, h w, h w): colour cell, noise cell
        to_colour = torch.softmax(self.colour_weights(affinity), dim=-1)
        to_noise = torch.softmax(self.noise_weights(affinity.transpose(1, 2)), dim=-1)
        found_in_noise = self.noise_value(noise).flatten(2) @ to_colour.transpose(1, 2)
        found_in_colour = self.colour_value(colour).flatten(2) @ to_noise.transpose(1, 2)
        return (
            colour + self.colour_gain * found_in_noise.view_as(colour),
            noise + self.noise_gain * found_in_colour.view_as(noise),
        )


class Fusion(nn.Module):
    """Both last maps to one of 2048 channels, weighed by channel attention.

    Source: the public code of GFF; the channel attention: Woo et al., CBAM, Eq. 2.
    """

    def __init__(self) -> None:
        super().__init__()
        self.join = nn.Sequential(nn.Conv2d(4096, 2048, 1, bias=False), nn.BatchNorm2d(2048), nn.ReLU())
        self.channels = nn.Sequential(nn.Linear(2048, 128, bias=False), nn.ReLU(), nn.Linear(128, 2048, bias=False))

    def forward(self, colour: Tensor, noise: Tensor) -> Tensor:
        """Two maps (B, 2048, h, w) -> one, shape (B, 2048, h, w), values >= 0."""
        joined: Tensor = self.join(torch.cat([colour, noise], dim=1))
        weights: Tensor = self.channels(joined.mean(dim=(2, 3))) + self.channels(joined.amax(dim=(2, 3)))
        return joined * (1 + weights.sigmoid()[..., None, None])


class Gff(Network):
    """Colour stream and noise stream: noise residuals at three scales, guided attention, dual attention twice, fusion.

    Source: Luo et al., Generalizing face forgery detection with high-frequency features, section 3.
    Deviations: a plain linear head; the paper's AM-softmax normalises weights and embedding in training. 256 pixels,
        the size that the public code's dual attention is made for.
    """

    INPUT: ClassVar[InputSpec] = InputSpec(size_px=256)
    TITLE: ClassVar[str] = "GFF (high-frequency features, two Xceptions)"
    PAPER: ClassVar[str] = (
        "Y. Luo, Y. Zhang, J. Yan, W. Liu. Generalizing face forgery detection with high-frequency features. CVPR 2021."
    )
    ATTENTION: ClassVar[str] = Sentence(
        "The network's own 125 x 125 map that weighs the colour features by the picture's noise residuals, not scaled: "
        "where it looked, whether or not what it found there spoke for forged."
    )
    CLAIMS: ClassVar[str] = Sentence(
        "Sets colour against high-frequency noise to find where the two disagree, which carries over better to unseen "
        "forgeries; strong compression removes the noise it relies on."
    )

    def __init__(self) -> None:
        super().__init__()
        self.residuals = PictureResiduals()
        self.colour = XceptionStream()
        self.noise = XceptionStream()
        self.shallow_residuals = FeatureResiduals(32)
        self.deeper_residuals = FeatureResiduals(64)
        self.attention = ResidualAttention()
        self.after_attention = nn.Sequential(nn.BatchNorm2d(64), nn.ReLU())
        self.dual_entry = DualAttention(728, 16 * 16)
        self.dual_middle = DualAttention(728, 16 * 16)
        self.fusion = Fusion()
        self.head = LinearHead(2048, dropout=0.5)

    def features(self, pictures: Tensor) -> tuple[Tensor, Tensor]:
        """Pictures in [-1, 1], (B, 3, 256, 256) -> fused features (B, 2048, 8, 8), spatial attention (B, 125, 125)."""
        residuals = self.residuals(pictures)
        x = self.colour.stretch(pictures, "conv1", "act1")  # (B, 32, 127, 127)
        y = self.noise.stretch(residuals, "conv1", "act1") + self.shallow_residuals(x)
        x = self.colour.stretch(x, "conv2", "act2")  # (B, 64, 125, 125)
        y = self.noise.stretch(y, "conv2", "act2") + self.deeper_residuals(x)
        attention = self.attention(residuals)
        x = self.after_attention(x * (1 + attention))
        x, y = self.colour.stretch(x, "block1", "block3"), self.noise.stretch(y, "block1", "block3")
        x, y = self.dual_entry(x, y)  # (B, 728, 16, 16)
        x, y = self.colour.stretch(x, "block4", "block7"), self.noise.stretch(y, "block4", "block7")
        x, y = self.dual_middle(x, y)
        x, y = self.colour.stretch(x, "block8", "bn4"), self.noise.stretch(y, "block8", "bn4")
        return self.fusion(x, y), attention[:, 0]

    def forward(self, pictures: Tensor) -> NetworkOutput:
        """Pictures in [-1, 1], shape (B, 3, 256, 256) -> scores (B,), attention maps (B, 125, 125)."""
        features, attention = self.features(pictures)
        logits = self.head.logits(features.mean(dim=(2, 3)))
        return NetworkOutput(logits[:, 1] - logits[:, 0], attention)
