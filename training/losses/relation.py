"""Relations that survive compression: the same similarities to past crops, whatever the level."""

from torch import Tensor
from torch.nn import functional as F


def relation_loss(weak: Tensor, strong: Tensor, bank: Tensor, tau_weak: float, tau_strong: float) -> Tensor:
    """Pull the relations of strongly compressed crops towards those of their weakly compressed twins.

    Args:
        weak: Embeddings of the weakly compressed crops, L2-normalised, shape (B, D). No gradient flows into it.
        strong: Embeddings of the same crops strongly compressed, L2-normalised, shape (B, D).
        bank: Past embeddings of both classes, L2-normalised, shape (K, D); the loss is 0 where it is empty.
        tau_weak: Softmax temperature of the target, > 0; the smaller, the sharper.
        tau_strong: That of the strong crops' relations, > 0.

    Returns:
        Cross-entropy of the two relation distributions per sample in nats, shape (B,); the caller reduces.

    Source: Huang et al., Anti-compression contrastive facial forgery detection, Eq. 1-4.
    Deviations: the text says tau_w > tau_s for a sharper target; its values (0.04, 0.1) are the sharper way, and are
        used. The entropy of the target in Eq. 4 is left out, as the text does: it has no gradient.
    """
    target = (weak.detach() @ bank.T / tau_weak).softmax(dim=1)  # (B, K), Eq. 2
    relation = F.log_softmax(strong @ bank.T / tau_strong, dim=1)  # (B, K), Eq. 3
    return -(target * relation).sum(dim=1)  # Eq. 4
