"""Networks whose score is a linear layer on the pooled last feature map."""

from abc import abstractmethod
from typing import ClassVar, Final, cast

import timm
import torch
from torch import Tensor, nn

from forensiclab.detectors.base import Network, NetworkOutput
from forensiclab.detectors.layers.frequency import PictureResiduals
from forensiclab.detectors.layers.heads import LinearHead

_COLORS: Final = 3


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

    def __init__(
        self,
        size_px: int | str | None = None,
        encoder: str | None = None,
        residuals: bool | str = False,
        stem_stride: int | str | None = None,
    ) -> None:
        """Build an untrained network. A card's options are texts, so texts are also taken for numbers.

        Args:
            size_px: Side of the crops it takes, where that is not the class's own.
            encoder: timm's name of another one than ``ENCODER``.
            residuals: Whether the first convolution sees the picture's noise residuals beside its colours; its weights
                for them start at 0, so that the network starts as the one without.
            stem_stride: Of the first convolution, where it is not the encoder's own: 1 keeps twice the resolution.

        Raises:
            ValueError: The size is not a whole number of at least 32 pixels, or another option is out of its range.
        """
        super().__init__(size_px)
        if str(residuals) not in ("True", "False"):
            raise ValueError(f"residuals must be True or False, not {residuals}")
        has_residuals = str(residuals) == "True"
        self.residuals = PictureResiduals() if has_residuals else None
        channels = 2 * _COLORS if has_residuals else _COLORS
        name = encoder or self.ENCODER
        self.encoder: nn.Module = timm.create_model(
            name, pretrained=False, num_classes=0, global_pool="", in_chans=channels
        )
        stem = self.encoder.get_submodule(cast("dict[str, str]", self.encoder.default_cfg)["first_conv"])
        assert isinstance(stem, nn.Conv2d)
        if has_residuals:
            nn.init.zeros_(stem.weight[:, _COLORS:])
        if stem_stride is not None:
            if int(stem_stride) not in (1, 2):
                raise ValueError(f"the stride of the first convolution must be 1 or 2, not {stem_stride}")
            stem.stride = (int(stem_stride), int(stem_stride))
        self.head = LinearHead(cast(int, self.encoder.num_features), self.DROPOUT)

    def features(self, pictures: Tensor) -> Tensor:
        """Normalised pictures (B, 3, S, S) -> last feature map after its activation, shape (B, C, h, w)."""
        seen = pictures if self.residuals is None else torch.cat((pictures, self.residuals(pictures)), dim=1)
        features: Tensor = self.encoder(seen)
        return features


EFFICIENTNETS: Final = {"efficientnet_b4": "tf_efficientnet_b4", "efficientnet_b0": "tf_efficientnet_b0"}
"""Value of the option ``backbone`` -> timm's name."""


class EfficientNetNetwork(TimmNetwork):
    """An EfficientNet under a linear head: B4, unless the option ``backbone`` says otherwise."""

    ENCODER: ClassVar[str] = EFFICIENTNETS["efficientnet_b4"]

    def __init__(
        self,
        size_px: int | str | None = None,
        backbone: str = "efficientnet_b4",
        residuals: bool | str = False,
        stem_stride: int | str | None = None,
    ) -> None:
        """Build an untrained network.

        Args:
            size_px, residuals, stem_stride: As for ``TimmNetwork``.
            backbone: Key in ``EFFICIENTNETS``.

        Raises:
            ValueError: There is no such backbone, or another option is out of its range.
        """
        if backbone not in EFFICIENTNETS:
            raise ValueError(f"the backbone must be {' or '.join(EFFICIENTNETS)}, not {backbone}")
        super().__init__(size_px, EFFICIENTNETS[backbone], residuals, stem_stride)
