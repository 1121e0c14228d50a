"""Every component of the class capsules is a classifier of its own."""

from torch import Tensor
from torch.nn import functional as F


def capsule_cross_entropy(capsules: Tensor, labels: Tensor) -> Tensor:
    """Return the sum over the components of the cross-entropy between the real and the forged capsule's component.

    Args:
        capsules: Class capsules real and forged, shape (B, 2, D).
        labels: 0 real, 1 forged, shape (B,).

    Returns:
        Loss per crop in nats, shape (B,); the caller reduces.

    Source: Nguyen et al., Use of a capsule network to detect fake images and videos, section 3, and the authors' code,
        whose loss is the sum over the four components.
    """
    components = labels.long()[:, None].expand(-1, capsules.shape[2])
    return F.cross_entropy(capsules, components, reduction="none").sum(dim=1)
