"""Face X-ray: predicts the boundary along which two pictures were blended."""

from typing import ClassVar, Final

import timm
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from forensiclab.core.text import Sentence
from forensiclab.detectors.base import InputSpec, Network, NetworkOutput

CHANNELS: Final = (32, 64, 128, 256)
"""Of HRNet-W32's four maps, from 64 x 64 to 8 x 8 cells."""


class FaceXray(Network):
    """HRNet-W32, its four resolutions side by side, one map of the blending boundary; the map's mean decides.

    Source: Li et al., Face X-ray for more general face forgery detection, section 4.2.
    Deviations: HRNet-W32 (the paper does not state the width).
    """

    INPUT: ClassVar[InputSpec] = InputSpec(size_px=256)
    TITLE: ClassVar[str] = "Face X-ray (HRNet-W32)"
    PAPER: ClassVar[str] = (
        "L. Li, J. Bao, T. Zhang, H. Yang, D. Chen, F. Wen, B. Guo. Face X-ray for more general face forgery "
        "detection. CVPR 2020."
    )
    ATTENTION: ClassVar[str] = Sentence(
        "The blending boundary that the network predicts (64 x 64), as probabilities; the score is made of nothing but "
        "its mean."
    )
    CLAIMS: ClassVar[str] = Sentence(
        "Sees the seam where a forged face was blended into a real picture, without having seen the kind of forgery; "
        "blind to faces that are generated as a whole, and weak on strong compression, which hides the seam."
    )

    def __init__(self) -> None:
        super().__init__()
        self.encoder: nn.Module = timm.create_model(
            "hrnet_w32", pretrained=False, features_only=True, feature_location="", out_indices=(1, 2, 3, 4)
        )
        self.boundary_layer = nn.Conv2d(sum(CHANNELS), 1, 1)
        self.output = nn.Linear(1, 2)

    def boundary_logits(self, pictures: Tensor) -> Tensor:
        """Pictures in [-1, 1], shape (B, 3, 256, 256) -> the boundary before its sigmoid, shape (B, 1, 256, 256)."""
        maps = self.encoder(pictures)  # 64, 32, 16 and 8 cells a side
        size = maps[0].shape[-2:]
        maps = [F.interpolate(features, size, mode="bilinear", align_corners=False) for features in maps]
        return F.interpolate(
            self.boundary_layer(torch.cat(maps, dim=1)), size=pictures.shape[-2:], mode="bilinear", align_corners=False
        )

    def classify(self, boundary: Tensor) -> Tensor:
        """Boundary in [0, 1], shape (B, 1, H, W) -> logits (real, forged), shape (B, 2)."""
        logits: Tensor = self.output(boundary.mean(dim=(2, 3)))
        return logits

    def forward(self, pictures: Tensor) -> NetworkOutput:
        """Pictures in [-1, 1], shape (B, 3, 256, 256) -> scores (B,), attention maps (B, 64, 64)."""
        boundary = F.avg_pool2d(self.boundary_logits(pictures).sigmoid(), 4)  # same mean as at full size
        logits = self.classify(boundary)
        return NetworkOutput(logits[:, 1] - logits[:, 0], boundary[:, 0])
