"""Multi-attentional detection: several attention maps, each with a texture descriptor of its own."""

from typing import ClassVar, Final, NamedTuple, cast

import timm
import torch
import torch.nn.functional as F
from timm.models.efficientnet import EfficientNet
from torch import Tensor, nn

from forensiclab.core.text import Sentence
from forensiclab.detectors.base import InputSpec, Network, NetworkOutput
from forensiclab.detectors.layers.heads import scale_to_unit

MAPS: Final = 4
"""Attention maps M."""
TEXTURE_STAGE: Final = 1
"""timm's stage whose output the textures come from: 32 channels, 95 x 95 at 380 pixels (the paper's layer 2)."""
ATTENTION_STAGE: Final = 4
"""timm's stage whose output the attention comes from: 160 channels, 24 x 24 (the paper's layer 5)."""
_TEXTURE_CHANNELS: Final = 32
_ATTENTION_CHANNELS: Final = 160
_FINAL_CHANNELS: Final = 1792
_WIDTH: Final = 256


class MultiAttentionParts(NamedTuple):
    """What the training's losses need besides the logits."""

    logits: Tensor
    """(real, forged), shape (B, 2)."""
    attention: Tensor
    """Maps, shape (B, M, 24, 24), values >= 0."""
    coarse_textures: Tensor
    """Pooled textures D, shape (B, 32, 24, 24): what enhancement leaves out."""


def _resize(maps: Tensor, like: Tensor) -> Tensor:
    return F.interpolate(maps, like.shape[-2:], mode="bilinear", align_corners=True)


class AttentionMaps(nn.Module):
    """Attention maps from mid-level features: 3x3 and 1x1 convolution, then elu + 1; two cells at the border are 0.

    Source: Zhao et al., Multi-attentional deepfake detection, section 3.2, and the authors' code.
    """

    inside: Tensor

    def __init__(self, cells: int) -> None:
        super().__init__()
        self.mix = nn.Sequential(
            nn.Conv2d(_ATTENTION_CHANNELS, _ATTENTION_CHANNELS, 3, padding=1),
            nn.BatchNorm2d(_ATTENTION_CHANNELS),
            nn.ReLU(),
            nn.Conv2d(_ATTENTION_CHANNELS, MAPS, 1, bias=False),
            nn.BatchNorm2d(MAPS),
        )
        self.register_buffer("inside", F.pad(torch.ones(1, 1, cells - 4, cells - 4), (2, 2, 2, 2)), persistent=False)

    def forward(self, features: Tensor) -> Tensor:
        """Shape (B, 160, 24, 24) -> (B, M, 24, 24), values >= 0."""
        return (F.elu(self.mix(features)) + 1) * self.inside


class TextureEnhancement(nn.Module):
    """What is left of shallow features without their local mean, seen through every attention map by itself.

    Densely connected convolutions with separate weights (groups) for each map.

    Source: Zhao et al., Multi-attentional deepfake detection, section 3.3, and the authors' code.
    Deviations: the local means come from whole blocks of cells that do not overlap (there from adaptive windows that
        overlap by a cell), so what is subtracted from a cell is the mean of just the block that it lies in.
    """

    def __init__(self) -> None:
        super().__init__()
        width = MAPS * _TEXTURE_CHANNELS
        self.extract = nn.Conv2d(_TEXTURE_CHANNELS, _TEXTURE_CHANNELS, 3, padding=1)
        self.first = nn.Conv2d(width, width, 5, padding=2, groups=MAPS)
        self.dense = nn.ModuleList(
            nn.Sequential(
                nn.BatchNorm2d(depth * width), nn.ReLU(), nn.Conv2d(depth * width, width, 3, padding=1, groups=MAPS)
            )
            for depth in (1, 2, 3)
        )
        self.last = nn.Sequential(
            nn.BatchNorm2d(4 * width), nn.ReLU(), nn.Conv2d(4 * width, width, 1, groups=MAPS), nn.BatchNorm2d(width)
        )

    def forward(self, features: Tensor, attention: Tensor) -> tuple[Tensor, Tensor]:
        """Enhance shallow features.

        Args:
            features: Shape (B, 32, H, W).
            attention: Shape (B, M, h, w). No gradient flows into it from here.

        Returns:
            Textures of every map, shape (B, M, 32, H, W), and the local means, shape (B, 32, h, w).
        """
        features = self.extract(features)
        block = -(-features.shape[-1] // attention.shape[-1])  # 4: 95 cells to 24, the last block holds 3
        coarse = F.avg_pool2d(features, block, ceil_mode=True)
        residual = features - F.interpolate(coarse, features.shape[-2:], mode="nearest")
        gate = torch.tanh(_resize(attention.detach(), features)).unsqueeze(2)  # (B, M, 1, H, W)
        shape = (-1, MAPS, _TEXTURE_CHANNELS, *features.shape[-2:])
        grown = self.first((residual.unsqueeze(1) * gate).flatten(1, 2)).view(shape)
        for layer in self.dense:
            grown = torch.cat([grown, layer(grown.flatten(1, 2)).view(shape)], dim=2)  # (B, M, n 32, H, W)
        return F.relu(self.last(grown.flatten(1, 2))).view(shape), coarse


class MultiAttention(Network):
    """EfficientNet-B4 with M = 4 attention maps: textures pooled by each map, deep features pooled by their sum.

    Source: Zhao et al., Multi-attentional deepfake detection, section 3, and the authors' code.
    Deviations: textures from layer 2, the paper's best (the default of the authors' code is layer 1). Attention
        dropout, regional independence loss and attention-guided augmentation belong to training.
    """

    INPUT: ClassVar[InputSpec] = InputSpec(size_px=380)
    TITLE: ClassVar[str] = "Multi-attentional detection (EfficientNet-B4)"
    PAPER: ClassVar[str] = (
        "H. Zhao, W. Zhou, D. Chen, T. Wei, W. Zhang, N. Yu. Multi-attentional deepfake detection. CVPR 2021."
    )
    ATTENTION: ClassVar[str] = Sentence(
        "Sum of the network's own four 24 x 24 attention maps, scaled to the maximum: where it looked, whether or not "
        "what it found there spoke for forged."
    )
    CLAIMS: ClassVar[str] = Sentence(
        "Looks at several regions at once for subtle differences of shallow texture; strong on high-quality forgeries "
        "of the kinds it was trained on, weak where compression has removed the texture."
    )

    def __init__(self) -> None:
        super().__init__()
        self.encoder = cast(
            EfficientNet, timm.create_model("tf_efficientnet_b4", pretrained=False, num_classes=0, global_pool="")
        )
        self.attention = AttentionMaps(cells=24)
        self.texture = TextureEnhancement()
        self.attention_dropout = nn.Dropout2d(0.25)
        self.local = nn.Sequential(
            nn.Linear(MAPS * _TEXTURE_CHANNELS, _WIDTH), nn.Hardswish(), nn.Linear(_WIDTH, _WIDTH), nn.Hardswish()
        )
        self.final_dropout = nn.Dropout(0.5)
        self.final = nn.Sequential(nn.Linear(_FINAL_CHANNELS, _WIDTH), nn.Hardswish())
        self.output = nn.Sequential(nn.Linear(2 * _WIDTH, _WIDTH), nn.Hardswish(), nn.Linear(_WIDTH, 2))

    def _encode(self, pictures: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Pictures -> shallow (B, 32, 95, 95), mid-level (B, 160, 24, 24) and final (B, 1792, 12, 12) features."""
        encoder = self.encoder
        x = encoder.bn1(encoder.conv_stem(pictures))
        shallow = encoder.blocks[: TEXTURE_STAGE + 1](x)
        middle = encoder.blocks[TEXTURE_STAGE + 1 : ATTENTION_STAGE + 1](shallow)
        deep = encoder.blocks[ATTENTION_STAGE + 1 :](middle)
        return shallow, middle, encoder.bn2(encoder.conv_head(deep))

    def parts(self, pictures: Tensor) -> MultiAttentionParts:
        """Pictures in [-1, 1], shape (B, 3, 380, 380) -> logits, attention maps and pooled textures."""
        shallow, middle, final = self._encode(pictures)
        attention = self.attention(middle)  # (B, M, 24, 24)
        textures, coarse = self.texture(shallow, attention)  # (B, M, 32, 95, 95), (B, 32, 24, 24)
        pooled = torch.einsum("bmhw,bmchw->bmc", _resize(attention, shallow), textures)
        kept = self.attention_dropout(attention.new_ones(attention.shape[0], MAPS, 1, 1))
        local = self.local((F.normalize(pooled, dim=2) * kept[..., 0]).flatten(1))  # (B, 256)
        where = _resize((attention * kept).sum(dim=1, keepdim=True), final) + 1e-8  # (B, 1, 12, 12)
        weighted = (where * final).sum(dim=(2, 3)) / where.sum(dim=(2, 3))  # (B, 1792)
        logits = self.output(torch.cat([local, self.final(self.final_dropout(weighted))], dim=1))
        return MultiAttentionParts(logits, attention, coarse)

    def forward(self, pictures: Tensor) -> NetworkOutput:
        """Pictures in [-1, 1], shape (B, 3, 380, 380) -> scores (B,), attention maps (B, 24, 24)."""
        logits, attention, _ = self.parts(pictures)
        return NetworkOutput(logits[:, 1] - logits[:, 0], scale_to_unit(attention.sum(dim=1)))
