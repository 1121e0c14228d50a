"""F3-Net: two views of a face in the frequency domain, mixed on the way through two Xceptions."""

import math
from typing import ClassVar, Final

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from forensiclab.core.text import Sentence
from forensiclab.detectors.base import InputSpec
from forensiclab.detectors.layers.frequency import BandFilters, dct_matrix
from forensiclab.detectors.layers.heads import LinearHead
from forensiclab.detectors.layers.pooled import PooledNetwork
from forensiclab.detectors.layers.xception import XceptionStream

WINDOW_PX: Final = 10
WINDOW_STRIDE_PX: Final = 2
LOCAL_BANDS: Final = 6
"""Bands M of the local statistics."""
_LUMA: Final = (0.299, 0.587, 0.114)


class FrequencyDecomposition(nn.Module):
    """FAD: the picture split into a low, a middle and a high band of its cosine transform, as pictures again.

    The bands hold 1/16, 1/16 and 7/8 of the coefficients (i, j): they are limited by i + j = S / sqrt(8) and S / 2.
    With no correction learned they add up to the picture.

    Source: Qian et al., Thinking in frequency, section 3.1, Eq. 1.
    Deviations: none. A public implementation appends the unsplit picture as a fourth band (12 channels); it is the sum
        of the three, which the first convolution can form by itself. Its bands also overlap in one diagonal.
    """

    dct: Tensor

    def __init__(self, size: int) -> None:
        super().__init__()
        self.register_buffer("dct", dct_matrix(size), persistent=False)
        self.filters = BandFilters(size, (0, size / math.sqrt(8), size / 2, 2 * size))

    def forward(self, pictures: Tensor) -> Tensor:
        """Shape (B, 3, S, S) -> (B, 9, S, S): R, G, B of the low, then the middle, then the high band."""
        spectrum = self.dct @ pictures @ self.dct.T  # (B, 3, S, S)
        bands: Tensor = spectrum.unsqueeze(1) * self.filters().unsqueeze(1)  # (B, 3, 3, S, S): band, colour
        return (self.dct.T @ bands @ self.dct).flatten(1, 2)  # Eq. 1


class LocalFrequencyStatistics(nn.Module):
    """LFS: how much of each frequency band there is in a window that slides over the grey picture.

    Source: Qian et al., Thinking in frequency, section 3.2, Eq. 3: log10 of the L1 norm of the filtered coefficients.
    Deviations: 1 is added before the logarithm. A grey level is the unit, so what is lost lies below the noise that
        8-bit pictures have, and a flat window gives 0 instead of the logarithm of a rounding error. The picture is
        reflected at its border, where zeros would draw an edge around every face. A public implementation takes the
        logarithm of each coefficient before it filters.
    """

    basis: Tensor

    def __init__(self) -> None:
        super().__init__()
        dct = dct_matrix(WINDOW_PX)
        basis = torch.einsum("ux,vy->uvxy", dct, dct).reshape(-1, 1, WINDOW_PX, WINDOW_PX)
        self.register_buffer("basis", basis, persistent=False)
        edges = [2 * WINDOW_PX * band / LOCAL_BANDS for band in range(LOCAL_BANDS + 1)]
        self.filters = BandFilters(WINDOW_PX, edges)

    def forward(self, pictures: Tensor) -> Tensor:
        """Pictures in [-1, 1], shape (B, 3, S, S) -> (B, 6, h, w) with h = w = 149 at S = 299, values >= 0."""
        red, green, blue = torch.split(pictures, 1, dim=1)
        grey = (_LUMA[0] * red + _LUMA[1] * green + _LUMA[2] * blue + 1) * 127.5  # (B, 1, S, S) in [0, 255]
        border = WINDOW_PX // 2 - 1
        grey = F.pad(grey, (border, border, border, border), mode="reflect")
        coefficients = F.conv2d(grey, self.basis, stride=WINDOW_STRIDE_PX).abs()  # (B, 100, h, w)
        filters = self.filters().abs().reshape(LOCAL_BANDS, -1, 1, 1)
        return torch.log10(1 + F.conv2d(coefficients, filters))  # Eq. 3


class CrossAttention(nn.Module):
    """Adds to one feature map what its cells look up in another one of the same shape."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.query = nn.Conv2d(channels, channels // 8, 1)
        self.key = nn.Conv2d(channels, channels // 8, 1)
        self.value = nn.Conv2d(channels, channels, 1)
        self.gain = nn.Parameter(torch.zeros(1))
        self.scale = (channels // 8) ** -0.5

    def forward(self, own: Tensor, other: Tensor) -> Tensor:
        """Two maps of shape (B, C, h, w) -> the first one, augmented, same shape."""
        query, key = self.query(own).flatten(2), self.key(other).flatten(2)  # (B, C / 8, h w)
        weights = torch.softmax(query.transpose(1, 2) @ key * self.scale, dim=-1)  # (B, h w, h w): own cell, other cell
        found: Tensor = self.value(other).flatten(2) @ weights.transpose(1, 2)  # (B, C, h w)
        return own + self.gain * found.view_as(own)


class MixBlock(nn.Module):
    """Cross-attention both ways between the two streams; starts as the identity.

    Source: Qian et al., Thinking in frequency, section 3.3 and figure 5.
    Deviations: the paper draws the block but states neither its projections nor their widths. Here each stream queries
        the other with 1x1 convolutions to C / 8 channels, and a gain that starts at 0 weighs what it finds.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.to_bands = CrossAttention(channels)
        self.to_statistics = CrossAttention(channels)

    def forward(self, bands: Tensor, statistics: Tensor) -> tuple[Tensor, Tensor]:
        """Features of both streams, each (B, C, h, w) -> both, augmented by the other."""
        return self.to_bands(bands, statistics), self.to_statistics(statistics, bands)


class F3Net(PooledNetwork):
    """FAD and LFS, each into an Xception of its own, mixed after blocks 7 and 12; both pooled maps side by side.

    The LFS maps are at half the size, so the stream that takes them starts without a stride, and the streams' maps
    have one size from there on: 19 x 19 after block 7, 10 x 10 after block 12.

    Source: Qian et al., Thinking in frequency: face forgery detection by mining frequency-aware clues, section 3.
    Deviations: see the blocks. Dropout 0.2 as in a public implementation; the paper states none.
    """

    INPUT: ClassVar[InputSpec] = InputSpec(size_px=299)
    TITLE: ClassVar[str] = "F3-Net"
    PAPER: ClassVar[str] = (
        "Y. Qian, G. Yin, L. Sheng, Z. Chen, J. Shao. Thinking in frequency: face forgery detection by mining "
        "frequency-aware clues. ECCV 2020."
    )
    ATTENTION: ClassVar[str] = Sentence(
        "Class activation map (equal to Grad-CAM here) of the last 10 x 10 feature maps of both streams together; "
        "scaled to its own maximum, so it shows where, not how much."
    )
    CLAIMS: ClassVar[str] = Sentence(
        "Looks for traces in frequency bands of the whole face and of small windows, which lasts longer under "
        "compression than colour alone; weak on forgeries whose spectrum differs from those it was trained on."
    )

    def __init__(self) -> None:
        super().__init__()
        self.decomposition = FrequencyDecomposition(self.INPUT.size_px)
        self.statistics = LocalFrequencyStatistics()
        self.bands_stream = XceptionStream(channels_in=9)
        self.statistics_stream = XceptionStream(channels_in=LOCAL_BANDS, first_stride=1)
        self.mix_middle = MixBlock(728)
        self.mix_high = MixBlock(1024)
        self.head = LinearHead(2 * 2048, dropout=0.2)

    def features(self, pictures: Tensor) -> Tensor:
        """Pictures in [-1, 1], shape (B, 3, 299, 299) -> feature maps of both streams, shape (B, 4096, 10, 10)."""
        a, b = self.decomposition(pictures), self.statistics(pictures)
        a, b = self.bands_stream.stretch(a, "conv1", "block7"), self.statistics_stream.stretch(b, "conv1", "block7")
        a, b = self.mix_middle(a, b)  # (B, 728, 19, 19)
        a, b = self.bands_stream.stretch(a, "block8", "block12"), self.statistics_stream.stretch(b, "block8", "block12")
        a, b = self.mix_high(a, b)  # (B, 1024, 10, 10)
        a, b = self.bands_stream.stretch(a, "conv3", "act4"), self.statistics_stream.stretch(b, "conv3", "act4")
        return torch.cat([a, b], dim=1)
