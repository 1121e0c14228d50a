"""Every attention map keeps to a region of its own, and forged faces differ from real ones there."""

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F


class RegionMargins(NamedTuple):
    """How near real crops stay to the centres, and how far forgeries and the centres of two maps keep away."""

    real: float = 0.1
    """Distance within which a real crop's regions cost nothing."""
    forged: float = 2.0
    """Distance beyond which a forged crop's regions cost nothing."""
    between: float = 0.5
    """Distance beyond which the centres of two maps cost nothing."""


def region_vectors(coarse: Tensor, attention: Tensor) -> Tensor:
    """Return what each attention map sees of the pooled textures, as a direction.

    Args:
        coarse: Pooled textures D, shape (B, C, h, w).
        attention: Maps, shape (B, M, h, w), values >= 0.

    Returns:
        V, L2-normalised, shape (B, M, C).

    Source: Zhao et al., Multi-attentional deepfake detection, section 3.4; each channel is freed of its mean and
        spread over the cells first, as in the authors' code.
    """
    centred = coarse - coarse.mean(dim=(2, 3), keepdim=True)
    textures = centred / (centred.std(dim=(2, 3), keepdim=True) + 1e-8)
    return F.normalize(torch.einsum("bmhw,bchw->bmc", attention, textures), dim=2)


def moved_centers(centers: Tensor, regions: Tensor, labels: Tensor, rate: float) -> Tensor:
    """Move the centres towards the regions of the batch's real crops; gradients flow into the regions.

    Args:
        centers: c of every map, shape (M, C); taken as fixed.
        regions: V, shape (B, M, C).
        labels: 0 real, 1 forged, shape (B,).
        rate: Alpha, in (0, 1].

    Source: Zhao et al., Multi-attentional deepfake detection, section 3.4; that only real crops count: the authors'
        code.
    """
    is_real = (labels < 0.5).to(regions.dtype)[:, None, None]
    return centers + rate * ((regions - centers) * is_real).mean(dim=0)


def region_independence_loss(
    regions: Tensor, centers: Tensor, labels: Tensor, rate: float, margins: RegionMargins
) -> Tensor:
    """Hold real crops at the centres, forged ones away from them, and the centres of the maps apart.

    Args:
        regions: V, shape (B, M, C).
        centers: What ``moved_centers`` gives, shape (M, C).
        labels: 0 real, 1 forged, shape (B,).
        rate: That of ``moved_centers``. It is divided out of the centres' own term, which reaches the network only
            through that step.
        margins: Distances.

    Returns:
        Scalar, >= 0.

    Source: Zhao et al., Multi-attentional deepfake detection, section 3.4.
    Deviations: as in the authors' code, distances are not squared, those of a crop are taken over all maps at once, and
        forged crops are pushed out of their margin (the paper only gives them a wider one to stay in).
    """
    distance = torch.linalg.vector_norm(regions - centers, dim=(1, 2))  # (B,)
    within = torch.where(labels > 0.5, margins.forged - distance, distance - margins.real).clamp(min=0).mean()
    maps = len(centers)
    first, second = torch.triu_indices(maps, maps, offset=1, device=centers.device)
    apart = torch.linalg.vector_norm(centers[first] - centers[second], dim=1)  # (M (M - 1) / 2,)
    between = (margins.between - apart).clamp(min=0).sum() / (maps * rate)
    total: Tensor = within + between
    return total
