"""The game between embeddings of two levels and a discriminator that tells the levels apart."""

from torch import Tensor
from torch.nn import functional as F


def log_gan(weak: Tensor, strong: Tensor) -> Tensor:
    """Return the value ``log D(z_w) + log(1 - D(z_s))`` that the discriminator raises and the encoder lowers.

    Args:
        weak: The discriminator's logits for weakly compressed crops, shape (B,).
        strong: For strongly compressed ones, shape (B,).

    Returns:
        Mean over the batch in nats, scalar, <= 0; ``-2 log 2`` where the discriminator sees no difference.

    Source: Huang et al., Anti-compression contrastive facial forgery detection, Eq. 11.
    Deviations: D(g(z_s)) in Eq. 11 is read as D(z_s), since z_s is an output of g already.
    """
    return (F.logsigmoid(weak) + F.logsigmoid(-strong)).mean()
