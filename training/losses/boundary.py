"""The seam along which a face was blended in."""

import torch
from torch import Tensor
from torch.nn import functional as F


def boundary_target(masks: Tensor, softening_px: int) -> Tensor:
    """Make the face X-ray of a blend: 4 m (1 - m), 1 where both pictures have equal shares, 0 away from the seam.

    Args:
        masks: Share of the forged layer in every pixel, shape (B, H, W), values in [0, 1]; 0 everywhere for real crops.
        softening_px: Side of the mean filter that gives a hard mask a soft rim, odd; 1 = masks stay as they are.

    Returns:
        Shape (B, H, W), values in [0, 1].

    Source: Li et al., Face X-ray for more general face forgery detection, Eq. 2.
    Deviations: masks are divided by their own maximum. A face laid over at half its strength would otherwise be one
        large seam, although its inside shows none. Where masks have a hard rim, as those of a data set have, 4 m (1 -
        m) is 0 everywhere, so they are softened.
    """
    peak = masks.amax(dim=(1, 2), keepdim=True).clamp(min=torch.finfo(masks.dtype).tiny)
    soft = F.avg_pool2d((masks / peak).unsqueeze(1), softening_px, 1, softening_px // 2, count_include_pad=False)
    return (4 * soft * (1 - soft)).squeeze(1)


def boundary_loss(logits: Tensor, target: Tensor) -> Tensor:
    """Return the binary cross-entropy of the predicted seam, pixel by pixel.

    Args:
        logits: The prediction before its sigmoid, shape (B, H, W).
        target: What ``boundary_target`` gives, shape (B, H, W).

    Returns:
        Mean over the pixels in nats, shape (B,); the caller reduces.

    Source: Li et al., Face X-ray for more general face forgery detection, section 4.2 (L_b).
    """
    return F.binary_cross_entropy_with_logits(logits, target, reduction="none").mean(dim=(1, 2))
