"""Networks whose score is a linear layer on the pooled last feature map."""

from abc import abstractmethod
from typing import ClassVar, cast

import timm
from torch import Tensor, nn

from forensiclab.detectors.base import Network, NetworkOutput
from forensiclab.detectors.layers.heads import LinearHead


class PooledNetwork(Network):
    """Feature map, global average pooling, one linear layer to (real, forged); score = forged - real.

    Subclasses set ``head`` and define ``features``.
    """

    head: LinearHead

    @abstractmethod
    def features(self, pictures: Tensor) -> Tensor:
        """Normalised pictures (B, 3, S, S) -> last feature map after its activation, shape (B, C, h, w)."""

    def embed(self, pictures: Tensor) -> Tensor:
        """Normalised pictures (B, 3, S, S) -> what enters the last linear layer, shape (B, C)."""
        return self.features(pictures).mean(dim=(2, 3))

    def score_embedding(self, embedding: Tensor) -> Tensor:
        """What ``embed`` gives, shape (B, C) -> raw scores, shape (B,)."""
        logits = self.head.logits(embedding)
        return logits[:, 1] - logits[:, 0]

    def forward(self, pictures: Tensor) -> NetworkOutput:
        """Normalised pictures (B, 3, S, S) -> scores (B,), attention maps (B, h, w)."""
        output: NetworkOutput = self.head(self.features(pictures))
        return output


class TimmNetwork(PooledNetwork):
    """One of timm's encoders under a linear head; its weights load into ``encoder`` by timm's own names."""

    ENCODER: ClassVar[str]
    """timm's name of the encoder."""
    DROPOUT: ClassVar[float]
    """Of the embedding, in training; timm's own dropout is not used (its Xception computes it and drops the result)."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder: nn.Module = timm.create_model(self.ENCODER, pretrained=False, num_classes=0, global_pool="")
        self.head = LinearHead(cast(int, self.encoder.num_features), self.DROPOUT)

    def features(self, pictures: Tensor) -> Tensor:
        """Normalised pictures (B, 3, S, S) -> last feature map after its activation, shape (B, C, h, w)."""
        features: Tensor = self.encoder(pictures)
        return features
