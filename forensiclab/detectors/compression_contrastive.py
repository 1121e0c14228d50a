"""Anti-compression contrastive detection: relations between crops that survive compression."""

from typing import ClassVar, Final

import torch
from torch import Tensor

from forensiclab.core.text import Sentence
from forensiclab.detectors.base import InputSpec, Network, NetworkOutput
from forensiclab.detectors.layers.heads import scale_to_unit
from forensiclab.detectors.layers.mlp import TwoLayerPerceptron
from forensiclab.detectors.layers.xception import XceptionStream

CHANNELS: Final = 2048
"""Channels of the encoder's last feature map."""
EMBEDDING: Final = 512
"""Width D of an embedding z."""


class CompressionContrastive(Network):
    """Encoder F' (Xception), projector g' and predictor Y: logits = Y(g'(F'(x))), score = forged - real.

    F' and g' are the momentum copies of the trained encoder and projector; Y works on the embedding z before its
    normalisation. Between feature map and score lie pooling and four linear layers with ReLU between them, so Grad-CAM
    has a closed form: the gradient of the score at the pooled features is a product of weights and ReLU masks, the same
    for every cell up to the factor 1 / (h w).

    Source: Huang et al., Anti-compression contrastive facial forgery detection, sections 3.1 and 3.3, Algorithm 1;
        Selvaraju et al., Grad-CAM, Eq. 1-2.
    Deviations: none in what the paper states. Unstated and settled here: the hidden layers of projector and predictor
        are as wide as the embedding, and the predictor has a ReLU, because without one its two linear layers would be
        one. Pictures are 224 x 224, the paper's crop size, not Xception's own 299.
    """

    INPUT: ClassVar[InputSpec] = InputSpec(size_px=224)
    TITLE: ClassVar[str] = "Anti-compression contrastive (Xception)"
    PAPER: ClassVar[str] = (
        "J. Huang, X. Zhu, C. Du, S. Ma, S. Nepal, C. Xu. Anti-compression contrastive facial forgery detection. "
        "IEEE Transactions on Multimedia, 2023. doi:10.1109/TMM.2023.3347103."
    )
    ATTENTION: ClassVar[str] = Sentence(
        "Grad-CAM of the score on the last feature map, in closed form; scaled to its own maximum, so it shows "
        "where, not how much."
    )
    CLAIMS: ClassVar[str] = Sentence(
        "Trained so that a strongly compressed crop keeps the same relations to other crops as its weakly compressed "
        "twin; meant for unknown compression levels. Weak on forgeries of a kind it was not trained on."
    )

    def __init__(self, size_px: int | str | None = None) -> None:
        """Build an untrained network.

        Args:
            size_px: Side of the crops it takes, where that is not 224.

        Raises:
            ValueError: It is not a whole number of at least 32 pixels.
        """
        super().__init__(size_px)
        self.encoder = XceptionStream()
        self.projector = TwoLayerPerceptron(CHANNELS, EMBEDDING, EMBEDDING)
        self.predictor = TwoLayerPerceptron(EMBEDDING, EMBEDDING, 2)

    def features(self, pictures: Tensor) -> Tensor:
        """Pictures (B, 3, S, S) -> feature map after its ReLU, shape (B, 2048, h, w), 7 x 7 at 224."""
        features: Tensor = self.encoder(pictures)
        return features

    def embed(self, pictures: Tensor) -> Tensor:
        """Pictures (B, 3, S, S) -> embeddings z, not normalised, shape (B, 512)."""
        z: Tensor = self.projector(self.features(pictures).mean(dim=(2, 3)))
        return z

    def logits(self, embedding: Tensor) -> Tensor:
        """Embeddings z, not normalised, shape (B, 512) -> logits (real, forged), shape (B, 2)."""
        logits: Tensor = self.predictor(embedding)
        return logits

    def forward(self, pictures: Tensor) -> NetworkOutput:
        """Pictures in [-1, 1], shape (B, 3, S, S) -> scores (B,), attention maps (B, h, w)."""
        features = self.features(pictures)
        pooled = features.mean(dim=(2, 3))  # (B, 2048)
        z = self.projector(pooled)  # (B, 512)
        logits = self.logits(z)
        at_z = self.predictor.pull_back(z, logits.new_tensor([-1.0, 1.0]))  # (B, 512)
        at_pooled = self.projector.pull_back(pooled, at_z)  # (B, 2048)
        activation = torch.einsum("bchw,bc->bhw", features, at_pooled)
        return NetworkOutput(logits[:, 1] - logits[:, 0], scale_to_unit(activation))
