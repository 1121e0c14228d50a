"""Metric learning against compression: the distance of a crop's embedding from the origin is its score."""

from typing import ClassVar

import torch
from torch import Tensor, nn

from forensiclab.core.text import Sentence
from forensiclab.detectors.base import InputSpec, Network, NetworkOutput
from forensiclab.detectors.layers.attention import RegressionAttention
from forensiclab.detectors.layers.xception import MIDDLE_CHANNELS, XceptionHead, XceptionTail


class Branch(nn.Module):
    """What each compression level has of its own: head and attention. Training has two, inference the low-quality one.

    Source: Cao et al., Metric learning for anti-compression facial forgery detection, section 3.2, Eq. 3-4.
    """

    def __init__(self) -> None:
        super().__init__()
        self.head = XceptionHead()
        self.attention = RegressionAttention(MIDDLE_CHANNELS)

    def forward(self, pictures: Tensor) -> tuple[Tensor, Tensor]:
        """Pictures (B, 3, S, S) -> features V (B, 728, h, w) before attention, attention M (B, h, w) in [0, 1]."""
        features = self.head(pictures)
        return features, self.attention(features)


class MetricLearning(Network):
    """The low-quality branch and the tail that both branches share; score = ||C||_2 of the pooled embedding C.

    Reals are trained towards the origin, forgeries away from it; the paper's threshold lies halfway between its two
    radii, at 9.05. The score is a distance in [0, inf), not a log odds: a probability needs calibration.
    The attention map is the network's own M, which also weighs the features: it is absolute, not scaled to its maximum.

    Source: Cao et al., Metric learning for anti-compression facial forgery detection, sections 3.2-3.5 and 4.2.
    Deviations: none in the inference half.
    """

    INPUT: ClassVar[InputSpec] = InputSpec(size_px=299)
    TITLE: ClassVar[str] = "Anti-compression metric learning (Xception)"
    PAPER: ClassVar[str] = (
        "S. Cao, Q. Zou, X. Mao, Z. Wang. Metric learning for anti-compression facial forgery detection. "
        "ACM Multimedia 2021. arXiv:2103.08397."
    )
    EVEN_DISTANCE: ClassVar[float | None] = 9.05
    """Half-way between the radii 0.1 and 18.0 of the paper (section 4.2)."""
    MAP_IS_PROBABILITY: ClassVar[bool] = True
    ATTENTION: ClassVar[str] = Sentence(
        "The network's own map of cells that it takes for forged, as probabilities; it also weighs the "
        "features that the score is made of."
    )
    CLAIMS: ClassVar[str] = Sentence(
        "Trained on pairs of the same crop at two compression levels to measure what survives compression and to "
        "locate the forged region. Weak on forgeries of a kind it was not trained on; its maps learn the regions of "
        "the training masks."
    )

    def __init__(self, size_px: int | str | None = None) -> None:
        """Build an untrained network.

        Args:
            size_px: Side of the crops it takes, where that is not 299.

        Raises:
            ValueError: It is not a whole number of at least 32 pixels.
        """
        super().__init__(size_px)
        self.branch = Branch()
        self.tail = XceptionTail()

    def embed(self, pictures: Tensor) -> Tensor:
        """Pictures in [-1, 1], shape (B, 3, S, S) -> embeddings, shape (B, 2048)."""
        return self.embed_features(*self.branch(pictures))

    def embed_features(self, features: Tensor, attention: Tensor) -> Tensor:
        """Run the tail of the network on the features of either branch.

        Args:
            features: V, shape (B, 728, h, w).
            attention: M, shape (B, h, w).

        Returns:
            Embedding C, the mean over the cells of non-negative features, shape (B, 2048).
        """
        embedding: Tensor = self.tail(features * attention.unsqueeze(1)).mean(dim=(2, 3))  # Eq. 3-4
        return embedding

    def forward(self, pictures: Tensor) -> NetworkOutput:
        """Pictures in [-1, 1], shape (B, 3, S, S) -> distances (B,), attention maps (B, h, w), 19 x 19 at 299."""
        features, attention = self.branch(pictures)
        return NetworkOutput(torch.linalg.vector_norm(self.embed_features(features, attention), dim=1), attention)
