"""Fixed and learned filters in the frequency domain: cosine transform, bands, noise residuals."""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import torch
import torch.nn.functional as F
from torch import Tensor, nn

SRM_TRUNCATION: Final = 3.0
"""Noise residuals are cut off at plus and minus this."""


def dct_matrix(size: int) -> Tensor:
    """Return matrix D of the orthonormal cosine transform (type II): ``D @ x`` transforms columns, ``x @ D.T`` rows.

    Returns:
        Shape (size, size), float32; row k is the basis function of frequency k.
    """
    frequency = torch.arange(size, dtype=torch.float64)[:, None]
    position = torch.arange(size, dtype=torch.float64)[None, :] + 0.5
    matrix = math.sqrt(2 / size) * torch.cos(math.pi / size * frequency * position)
    matrix[0] /= math.sqrt(2)
    return matrix.float()


def band_masks(size: int, edges: Sequence[float]) -> Tensor:
    """Return masks that cut the coefficients (i, j) of a size x size cosine transform into bands of i + j.

    Args:
        size: Rows and columns of the transform.
        edges: Ascending limits of the bands; band k holds edges[k] <= i + j < edges[k + 1].

    Returns:
        Shape (len(edges) - 1, size, size), 0 or 1; no coefficient is in two bands.
    """
    order = torch.arange(size)[:, None] + torch.arange(size)[None, :]
    return torch.stack([((order >= low) & (order < high)).float() for low, high in pairwise(edges)])


class BandFilters(nn.Module):
    """Fixed bands of the cosine transform, each with a learned correction in (-1, 1) at every coefficient.

    Source: Qian et al., Thinking in frequency (F3-Net), Eq. 1-2: f_base + sigma(f_w), where
        sigma(x) = (1 - exp(-x)) / (1 + exp(-x)) = tanh(x / 2).
    Deviations: the corrections start near 0 (standard deviation 0.001; the paper says nothing, a public implementation
        takes 0.1), else the mean brightness leaks into every band and drowns the high ones.
    """

    base: Tensor

    def __init__(self, size: int, edges: Sequence[float]) -> None:
        super().__init__()
        self.register_buffer("base", band_masks(size, edges), persistent=False)
        self.correction = nn.Parameter(0.001 * torch.randn(len(edges) - 1, size, size))

    def forward(self) -> Tensor:
        """The filters, shape (bands, size, size)."""
        return self.base + torch.tanh(self.correction / 2)


def srm_kernels() -> Tensor:
    """Return the three high-pass kernels of the spatial rich model in forgery detectors, shape (3, 5, 5), float32.

    In order: 3x3 (KB) / 4, 5x5 (KV) / 12, second order along the row / 2. Every kernel sums to 0.

    Source: Fridrich and Kodovsky, Rich models for steganalysis of digital images; the choice of three: Zhou et al.,
        Learning rich features for image manipulation detection, figure 3.
    """
    square_3 = F.pad(torch.tensor([[-1.0, 2, -1], [2, -4, 2], [-1, 2, -1]]), (1, 1, 1, 1)) / 4
    square_5 = (
        torch.tensor(
            [[-1.0, 2, -2, 2, -1], [2, -6, 8, -6, 2], [-2, 8, -12, 8, -2], [2, -6, 8, -6, 2], [-1, 2, -2, 2, -1]]
        )
        / 12
    )
    second_order = F.pad(torch.tensor([[1.0, -2, 1]]), (1, 1, 2, 2)) / 2
    return torch.stack([square_3, square_5, second_order])


class PictureResiduals(nn.Module):
    """Noise residuals of a picture: every kernel summed over the colours, cut off at ``SRM_TRUNCATION``.

    On pictures in [-1, 1] the cut-off clips next to nothing; it is kept as the public code has it.
    """

    kernels: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("kernels", srm_kernels()[:, None].repeat(1, 3, 1, 1), persistent=False)

    def forward(self, pictures: Tensor) -> Tensor:
        """Shape (B, 3, H, W) -> (B, 3, H, W), one channel per kernel."""
        return F.conv2d(pictures, self.kernels, padding=2).clamp(-SRM_TRUNCATION, SRM_TRUNCATION)


class FeatureResiduals(nn.Module):
    """Noise residuals of a feature map: all three kernels on every channel, mixed by a 1x1 convolution.

    Deviations: the public code of GFF gives each channel one and the same kernel three times, by the order in which it
        repeats them; here every channel gets all three.
    """

    kernels: Tensor

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.register_buffer("kernels", srm_kernels()[:, None].repeat(channels, 1, 1, 1), persistent=False)
        self.mix = nn.Sequential(nn.Conv2d(3 * channels, channels, 1, bias=False), nn.BatchNorm2d(channels), nn.ReLU())

    def forward(self, features: Tensor) -> Tensor:
        """Shape (B, C, h, w) -> (B, C, h, w)."""
        residuals = F.conv2d(features, self.kernels, padding=2, groups=features.shape[1])  # (B, 3 C, h, w)
        mixed: Tensor = self.mix(residuals.clamp(-SRM_TRUNCATION, SRM_TRUNCATION))
        return mixed
