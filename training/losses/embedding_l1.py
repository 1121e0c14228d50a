"""The same embedding at both levels."""

from torch import Tensor


def embedding_l1(weak: Tensor, strong: Tensor) -> Tensor:
    """Return the sum of the absolute differences of paired embeddings; gradients flow into both.

    Args:
        weak: Embeddings of weakly compressed crops, not normalised, shape (B, D).
        strong: Of the same crops strongly compressed, shape (B, D).

    Returns:
        Shape (B,); the caller reduces.

    Source: Huang et al., Anti-compression contrastive facial forgery detection, Eq. 10.
    """
    return (weak - strong).abs().sum(dim=1)
