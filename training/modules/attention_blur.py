"""Attention-guided augmentation: what a map looks at is made unclear, so that the other maps must look elsewhere."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class AttentionBlur(nn.Module):
    """Degrades crops where one of their attention maps is high; the map is drawn for every crop.

    Args:
        kernel_px: Side of the Gaussian filter, odd.
        sigma_px: Its standard deviation.
        shrink: Scale at which the crop is filtered.
        noise: Standard deviation of the noise that is added there, in units of the network's input.
        threshold: Range of the attention (of its maximum) at which a pixel is degraded by half.
        steepness: Range of how sharply that sets in.

    Source: Zhao et al., Multi-attentional deepfake detection, section 3.5; the numbers, the noise and the soft
        threshold: the authors' code.
    Deviations: threshold and steepness are drawn for every crop (there for every batch).
    """

    kernel: Tensor

    def __init__(
        self,
        *,
        kernel_px: int = 11,
        sigma_px: float = 7.0,
        shrink: float = 0.5,
        noise: float = 0.1,
        threshold: tuple[float, float] = (0.4, 0.6),
        steepness: tuple[float, float] = (3.0, 5.0),
    ) -> None:
        super().__init__()
        offsets = torch.arange(kernel_px, dtype=torch.float32) - kernel_px // 2
        profile = (-(offsets**2) / (2 * sigma_px**2)).exp()
        self.register_buffer("kernel", profile / profile.sum(), persistent=False)
        self.shrink, self.noise = shrink, noise
        self.threshold, self.steepness = threshold, steepness

    @torch.no_grad()
    def forward(self, pictures: Tensor, attention: Tensor) -> tuple[Tensor, Tensor]:
        """Degrade pictures.

        Args:
            pictures: Normalised, shape (B, 3, H, W).
            attention: Maps, shape (B, M, h, w), values >= 0.

        Returns:
            Degraded pictures, shape (B, 3, H, W), and the number of the map that was drawn for each, shape (B,). A map
            is drawn the more often, the more it sees.
        """
        attention = attention.detach().float()
        drawn = torch.multinomial((attention.sum(dim=(2, 3)) + 1).sqrt(), 1).squeeze(1)  # (B,)
        chosen = attention[torch.arange(len(drawn), device=drawn.device), drawn].unsqueeze(1)  # (B, 1, h, w)
        chosen = F.interpolate(chosen, pictures.shape[-2:], mode="bilinear", align_corners=True)
        gate = self._gate(chosen / (chosen.amax(dim=(2, 3), keepdim=True) + 1e-8))
        return pictures + (self.degrade(pictures) - pictures) * gate, drawn

    def degrade(self, pictures: Tensor) -> Tensor:
        """Shrink, filter, add noise, enlarge; shape (B, 3, H, W)."""
        small = F.interpolate(pictures, scale_factor=self.shrink, mode="bilinear", align_corners=True)
        border = len(self.kernel) // 2
        small = F.pad(small, (border, border, border, border), mode="reflect")
        channels = pictures.shape[1]
        kernel = self.kernel.to(small.dtype).expand(channels, 1, -1)
        small = F.conv2d(small, kernel.unsqueeze(2), groups=channels)
        small = F.conv2d(small, kernel.unsqueeze(3), groups=channels)
        small = small + self.noise * torch.randn_like(small)
        return F.interpolate(small, pictures.shape[-2:], mode="bilinear", align_corners=True)

    def _gate(self, attention: Tensor) -> Tensor:
        """Turn attention in [0, 1], shape (B, 1, H, W), into the share of the degraded picture, 0 where it is 0."""
        threshold = self._drawn(self.threshold, attention)
        steepness = self._drawn(self.steepness, attention)
        least = (-threshold * steepness).sigmoid()
        return (((attention - threshold) * steepness).sigmoid() - least) / (1 - least)

    def _drawn(self, limits: tuple[float, float], like: Tensor) -> Tensor:
        low, high = limits
        return low + (high - low) * torch.rand(len(like), 1, 1, 1, device=like.device)
