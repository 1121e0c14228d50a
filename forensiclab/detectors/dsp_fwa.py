"""DSP-FWA: ResNet-50 with spatial pyramid pooling, for the traces of warping a face into place."""

from typing import ClassVar, Final

import timm
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from forensiclab.core.text import Sentence
from forensiclab.detectors.base import InputSpec, Network, NetworkOutput
from forensiclab.detectors.layers.heads import scale_to_unit

PYRAMID: Final = (1, 2, 6)
"""Bins along each side, level by level."""
CHANNELS: Final = 2048


def _window(cells: int, bins: int) -> tuple[int, int]:
    """Return size and stride of pooling windows that lay ``bins`` bins over ``cells`` cells; neighbours may overlap."""
    return -(-cells // bins), cells // bins


class DspFwa(Network):
    """ResNet-50, maximum pooling into 1 + 4 + 36 bins, one linear layer to (real, forged); score = forged - real.

    The linear layer splits the score exactly into one share per bin. The attention map spreads every share evenly over
    the cells that its bin pools, so the signed map adds up to the score without the bias.

    Source: Li and Lyu, Exposing deepfake videos by detecting face warping artifacts, section 3; the pyramid: the
        authors' later code (DSP-FWA); He et al., Spatial pyramid pooling, section 2.
    Deviations: colours in the order R, G, B (there B, G, R), so the first convolution of published weights must be
        flipped; logits in the order real, forged (there forged, real). The mean over ten jittered crops that the
        authors' demo takes belongs to sampling, not to the network.
    """

    INPUT: ClassVar[InputSpec] = InputSpec(
        size_px=224, mean=(123.68 / 255, 116.779 / 255, 103.939 / 255), std=(1 / 255, 1 / 255, 1 / 255)
    )
    TITLE: ClassVar[str] = "DSP-FWA"
    PAPER: ClassVar[str] = (
        "Y. Li, S. Lyu. Exposing deepfake videos by detecting face warping artifacts. CVPR workshops 2019."
    )
    ATTENTION: ClassVar[str] = Sentence(
        "Each pyramid bin's share of the score, spread evenly over the cells of its 7 x 7 map; only cells that speak "
        "for forged in sum are shown, scaled to the maximum."
    )
    CLAIMS: ClassVar[str] = Sentence(
        "Looks for the blur and the mismatched resolution that warping a generated face into the frame leaves; blind "
        "to forgeries made without warping, and misled by blur and strong compression."
    )

    def __init__(self) -> None:
        super().__init__()
        self.encoder: nn.Module = timm.create_model("resnet50", pretrained=False, num_classes=0, global_pool="")
        self.output = nn.Linear(CHANNELS * sum(bins**2 for bins in PYRAMID), 2)

    def pyramid(self, features: Tensor) -> list[Tensor]:
        """Feature map (B, C, h, w) -> its maxima in the bins of every level, each (B, C, bins, bins)."""
        return [F.max_pool2d(features, *_window(features.shape[-1], bins)) for bins in PYRAMID]

    def forward(self, pictures: Tensor) -> NetworkOutput:
        """Pixels minus their mean, shape (B, 3, 224, 224) -> scores (B,), attention maps (B, 7, 7)."""
        features = self.encoder(pictures)  # (B, 2048, 7, 7)
        levels = self.pyramid(features)
        logits = self.output(torch.cat([level.flatten(1) for level in levels], dim=1))
        return NetworkOutput(logits[:, 1] - logits[:, 0], scale_to_unit(self._shares(levels, features.shape[-1])))

    def _shares(self, levels: list[Tensor], cells: int) -> Tensor:
        """Return the signed share of every cell in the score, shape (B, cells, cells)."""
        direction = self.output.weight[1] - self.output.weight[0]
        widths = [CHANNELS * bins**2 for bins in PYRAMID]
        shares = []
        for bins, level, weights in zip(PYRAMID, levels, torch.split(direction, widths), strict=True):
            share = (level * weights.view(CHANNELS, bins, bins)).sum(dim=1, keepdim=True)  # (B, 1, bins, bins)
            size, stride = _window(cells, bins)
            shares.append(F.conv_transpose2d(share, share.new_full((1, 1, size, size), 1 / size**2), stride=stride))
        return torch.cat(shares, dim=1).sum(dim=1)
