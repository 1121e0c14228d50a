"""The two views of DCL: what a crop may look like without another truth."""

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from forensiclab.detectors.base import InputSpec
from forensiclab.detectors.layers.frequency import srm_kernels
from training.batches.batches import Batch


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewSettings:
    """How often each special view is drawn; 0 = never."""

    patch: float = 0.75
    """The query's patches are shuffled, its mask with them. A quarter stays whole in the authors' code."""
    patches_per_side: int = 3
    residual: float = 0.5
    """High-frequency residuals are added; drawn for query and key by themselves."""
    shift: float = 0.5
    """The key comes from another frame of the clip."""
    mixup: float = 0.5
    """A forged crop is mixed with the real crop that it was made from; drawn for query and key by themselves."""
    compressed: float = 0.0
    """The key is the crop itself under strong compression: a view beyond the paper, so that what compression takes away
    is not what tells two crops apart."""
    least_forged: float = 0.0
    """Least share of the forgery in such a mixture; the share is drawn evenly from here to 1."""
    mirror: float = 0.5
    """The key is mirrored: the one common change in which both views differ, since all others are the same for all
    views of a crop."""


PLAIN_VIEWS = ViewSettings(patch=0.0, residual=0.0, shift=0.0, mixup=0.0)
"""No special view."""


class TwoViews(NamedTuple):
    """What both encoders get."""

    query: Tensor
    """v_1, normalised, shape (B, 3, S, S)."""
    key: Tensor
    """v_2, as ``query``."""
    masks: Tensor | None
    """Share of the forgery in every pixel of the query, shape (B, S, S), values in [0, 1]; None without masks."""


class DclViews(nn.Module):
    """Draws the views of a batch from torch's generator.

    Source: Sun et al., Dual contrastive learning for general face forgery detection, section 3.1.
    Deviations: the paper states neither probabilities nor the distribution of the mixture; the former are those of the
        authors' code, the latter is even (a Beta distribution with both parameters 1). Crops whose original is another
        frame are not mixed: that would be a double exposure. Residuals are taken before patches are shuffled, so that
        the seams between patches are not what they enhance. A strongly compressed key is ours.
    """

    kernels: Tensor

    def __init__(self, settings: ViewSettings, spec: InputSpec) -> None:
        super().__init__()
        self.settings = settings
        self.spec = spec
        self.register_buffer("kernels", srm_kernels()[:, None].repeat(1, 3, 1, 1), persistent=False)

    def forward(self, batch: Batch) -> TwoViews:
        """Make both views of a batch of pairs."""
        settings = self.settings
        crops = self.spec.normalise(batch.crops)
        masks = None if batch.masks is None else batch.masks.float() / 255
        mixable = (batch.labels > 0.5) & batch.has_mask if batch.has_mask is not None else None  # same frame, same box
        query = key = crops
        if settings.mixup and mixable is not None:
            query, key = self._mixed(crops, mixable), self._mixed(crops, mixable)
        if settings.shift and batch.other is not None:
            key = torch.where(self._drawn(settings.shift, crops), self.spec.normalise(batch.other), key)
        if settings.compressed and batch.strong is not None:
            key = torch.where(self._drawn(settings.compressed, crops), self.spec.normalise(batch.strong), key)
        key = torch.where(self._drawn(settings.mirror, key), key.flip(3), key)
        query, key = self._with_residuals(query), self._with_residuals(key)
        if settings.patch:
            order = self._orders(len(crops), crops.device)
            query = shuffle_patches(query, order)
            masks = None if masks is None else shuffle_patches(masks.unsqueeze(1), order).squeeze(1)
        return TwoViews(query, key, masks)

    def _mixed(self, crops: Tensor, mixable: Tensor) -> Tensor:
        low = self.settings.least_forged
        share = low + (1 - low) * torch.rand(len(crops), 1, 1, 1, device=crops.device)
        chosen = self._drawn(self.settings.mixup, crops) & mixable[:, None, None, None]
        return torch.where(chosen, mix_with_real(crops, share), crops)

    def _with_residuals(self, pictures: Tensor) -> Tensor:
        if not self.settings.residual:
            return pictures
        return torch.where(
            self._drawn(self.settings.residual, pictures), add_residuals(pictures, self.kernels), pictures
        )

    def _orders(self, batch: int, device: torch.device) -> Tensor:
        """Draw an order of the patches for every crop, shape (B, k k)."""
        patches = self.settings.patches_per_side**2
        shuffled = torch.rand(batch, patches, device=device).argsort(dim=1)
        is_shuffled = torch.rand(batch, 1, device=device) < self.settings.patch
        return torch.where(is_shuffled, shuffled, torch.arange(patches, device=device))

    def _drawn(self, probability: float, like: Tensor) -> Tensor:
        """Draw which crops are changed, shape (B, 1, 1, 1)."""
        return torch.rand(len(like), 1, 1, 1, device=like.device) < probability


def shuffle_patches(pictures: Tensor, order: Tensor) -> Tensor:
    """Cut pictures into k x k squares of floor(S / k) pixels and lay them out in another order.

    Args:
        pictures: Shape (B, C, S, S).
        order: Place j of the result gets square ``order[:, j]``; places run row by row, shape (B, k k).

    Returns:
        Shape (B, C, S, S); rows and columns beyond the squares stay where they are.

    Source: Sun et al., Dual contrastive learning for general face forgery detection, section 3.1 (RandomPatch).
    """
    batch, channels, size, _ = pictures.shape
    k = round(order.shape[1] ** 0.5)
    side = size // k
    cut = pictures[:, :, : k * side, : k * side].reshape(batch, channels, k, side, k, side)
    squares = cut.permute(0, 2, 4, 1, 3, 5).reshape(batch, k * k, channels, side, side)
    moved = squares[torch.arange(batch, device=order.device)[:, None], order]
    laid = moved.reshape(batch, k, k, channels, side, side).permute(0, 3, 1, 4, 2, 5)
    result = pictures.clone()
    result[:, :, : k * side, : k * side] = laid.reshape(batch, channels, k * side, k * side)
    return result


def add_residuals(pictures: Tensor, kernels: Tensor) -> Tensor:
    """Add noise residuals: each kernel's, summed over the colours, to one of the three channels.

    Args:
        pictures: Normalised, shape (B, 3, H, W).
        kernels: High-pass kernels, shape (3, 3, 5, 5).

    Source: Sun et al., Dual contrastive learning for general face forgery detection, section 3.1 (high-frequency
        enhancement); kernels and scale: the authors' code.
    """
    return pictures + F.conv2d(pictures, kernels.to(pictures.dtype), padding=2)


def mix_with_real(pictures: Tensor, share: Tensor) -> Tensor:
    """Mix every crop of a batch of pairs with the real one of its pair.

    Args:
        pictures: Row 2 i real, row 2 i + 1 the forgery made from it, shape (B, 3, H, W).
        share: Of the crop itself, shape (B, 1, 1, 1), values in [0, 1].

    Source: Sun et al., Dual contrastive learning for general face forgery detection, section 3.1 (corresponding mixup).
    """
    real = pictures[0::2].repeat_interleave(2, dim=0)
    return real + share * (pictures - real)
