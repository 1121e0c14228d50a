"""How far two embeddings point into different directions."""

from torch import Tensor
from torch.nn import functional as F


def cosine_distance(first: Tensor, second: Tensor) -> Tensor:
    """Return ``1 - cos`` of the angle between paired embeddings; gradients flow into both.

    Args:
        first: Any scale, shape (B, D).
        second: Their partners, shape (B, D).

    Returns:
        In [0, 2], shape (B,); the caller reduces. Its mean over the batch is the similarity loss.

    Source: Chen et al., Detecting compressed deepfake images using two-branch convolutional networks with similarity
        and classifier, Eq. 1-2. The two sums of Eq. 2 are equal, since the cosine is symmetric.
    """
    return 1 - F.cosine_similarity(first, second, dim=1)
