"""Tells the compression level of an embedding."""

from torch import Tensor, nn


class EmbeddingDiscriminator(nn.Module):
    """Four linear layers from an embedding to one logit, positive for weakly compressed.

    Args:
        width: Width D of the embeddings and of the three hidden layers.

    Source: Huang et al., Anti-compression contrastive facial forgery detection, section 4.2 (GAN loss).
    Deviations: none in what is stated; widths and activations (LeakyReLU 0.2) are ours.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(width, width),
            nn.LeakyReLU(0.2),
            nn.Linear(width, width),
            nn.LeakyReLU(0.2),
            nn.Linear(width, width),
            nn.LeakyReLU(0.2),
            nn.Linear(width, 1),
        )

    def forward(self, embeddings: Tensor) -> Tensor:
        """Map shape (B, D) to logits, shape (B,)."""
        logits: Tensor = self.layers(embeddings).squeeze(1)
        return logits
