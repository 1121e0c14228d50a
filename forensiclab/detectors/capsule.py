"""Capsule-Forensics v2: ten small capsules on VGG-19 features vote for real or forged."""

from typing import ClassVar, Final

import torch
from torch import Tensor, nn
from torchvision.models.vgg import cfgs, make_layers

from forensiclab.core.text import Sentence
from forensiclab.detectors.base import InputSpec, Network, NetworkOutput
from forensiclab.detectors.layers.heads import scale_to_unit

PRIMARY_CAPSULES: Final = 10
PRIMARY_WIDTH: Final = 8
CLASS_WIDTH: Final = 4
ROUTINGS: Final = 2
_VGG_LAYERS: Final = 11
"""Entries of torchvision's VGG-19 plan up to the third pooling: eight convolutions with ReLU, three poolings."""


def squash(vectors: Tensor, dim: int) -> Tensor:
    """Shrink vectors along ``dim`` to a length below 1, without a change of direction: v |v| / (1 + |v|^2).

    Source: Sabour et al., Dynamic routing between capsules, Eq. 1, multiplied out so that a zero vector stays zero.
    """
    length: Tensor = torch.linalg.vector_norm(vectors, dim=dim, keepdim=True)
    return vectors * length / (1 + length**2)


class PrimaryCapsule(nn.Module):
    """Two convolutions, then mean and standard deviation of each of 16 maps, then two 1D convolutions over the maps."""

    def __init__(self) -> None:
        super().__init__()
        self.maps = nn.Sequential(
            nn.Conv2d(256, 64, 3, padding=1),
            nn.BatchNorm2d(64),
            nn.ReLU(),
            nn.Conv2d(64, 16, 3, padding=1),
            nn.BatchNorm2d(16),
            nn.ReLU(),
        )
        self.statistics = nn.Sequential(
            nn.Conv1d(2, 8, 5, stride=2, padding=2),
            nn.BatchNorm1d(8),
            nn.Conv1d(8, 1, 3, padding=1),
            nn.BatchNorm1d(1),
        )

    def forward(self, features: Tensor) -> tuple[Tensor, Tensor]:
        """Features (B, 256, h, w) -> the capsule's vector (B, 8), where it was active (B, h, w) >= 0."""
        maps = self.maps(features)  # (B, 16, h, w)
        cells = maps.flatten(2)
        moments = torch.stack([cells.mean(dim=2), cells.std(dim=2)], dim=1)  # (B, 2, 16)
        vector: Tensor = self.statistics(moments).flatten(1)
        return vector, maps.mean(dim=1)


class Routing(nn.Module):
    """Routes the primary capsules' vectors to one capsule per class, by agreement.

    In training, noise of 0.01 is added to the weights and 5 % of the predictions are dropped.

    Source: Nguyen et al., Use of a capsule network to detect fake images and videos, algorithm 1.
    Deviations: as in the authors' code, which produced their figures, agreement is kept per component (the algorithm
        sums it over the vector) and the softmax runs over the primary capsules (there: over the classes).
    """

    def __init__(self) -> None:
        super().__init__()
        self.weights = nn.Parameter(torch.randn(2, PRIMARY_CAPSULES, CLASS_WIDTH, PRIMARY_WIDTH))
        self.dropout = nn.Dropout(0.05)

    def forward(self, vectors: Tensor) -> tuple[Tensor, Tensor]:
        """Route squashed vectors of shape (B, 10, 8).

        Returns:
            Class capsules, shape (B, 2, 4), each shorter than 1; and each primary capsule's part in them before the
            last squash, shape (B, 2, 10, 4), which add up over the capsules.
        """
        weights = self.weights + 0.01 * torch.randn_like(self.weights) if self.training else self.weights
        predictions = self.dropout(torch.einsum("jiod,bid->bjio", weights, vectors))  # (B, 2, 10, 4)
        agreement = torch.zeros_like(predictions)
        for _ in range(ROUTINGS - 1):
            parts = torch.softmax(agreement, dim=2) * predictions
            agreement = agreement + predictions * squash(parts.sum(dim=2, keepdim=True), dim=3)
        parts = torch.softmax(agreement, dim=2) * predictions
        return squash(parts.sum(dim=2), dim=2), parts


class Capsule(Network):
    """VGG-19 to its third pooling, ten primary capsules, two class capsules.

    The probability of the authors' code is the mean over the four components of softmax(real, forged); the score is its
    log odds, so both rank alike. It lies in (-2, 2), because class capsules are shorter than 1.

    Source: Nguyen et al., Use of a capsule network to detect fake images and videos, section 3, and the authors' code.
    Deviations: as in that code, the primary vectors are squashed across the capsules and not each by itself (algorithm
        1). VGG-19 is part of the network; the authors keep it frozen, which is the training's decision.
    """

    INPUT: ClassVar[InputSpec] = InputSpec(size_px=300, mean=(0.485, 0.456, 0.406), std=(0.229, 0.224, 0.225))
    TITLE: ClassVar[str] = "Capsule-Forensics v2"
    PAPER: ClassVar[str] = (
        "H. H. Nguyen, J. Yamagishi, I. Echizen. Use of a capsule network to detect fake images and videos. "
        "arXiv:1910.12467, 2019."
    )
    ATTENTION: ClassVar[str] = Sentence(
        "Where the capsules that voted for forged were active (37 x 37), weighted by their votes, scaled to the "
        "maximum; votes are made of statistics of the whole crop, so a bright cell need not itself have raised the "
        "score."
    )
    CLAIMS: ClassVar[str] = Sentence(
        "Sees unusual statistics of mid-level texture with few weights of its own; weak on forgeries of a kind it was "
        "not trained on and on strong compression."
    )

    def __init__(self) -> None:
        super().__init__()
        self.encoder = make_layers(cfgs["E"][:_VGG_LAYERS])
        self.primary = nn.ModuleList([PrimaryCapsule() for _ in range(PRIMARY_CAPSULES)])
        self.routing = Routing()
        self._initialise()

    def _initialise(self) -> None:
        """Initialise as torchvision starts VGG-19 and the authors' code starts its capsules."""
        for module in self.encoder.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
        for module in self.primary.modules():
            if isinstance(module, nn.Conv1d | nn.Conv2d):
                nn.init.normal_(module.weight, 0.0, 0.02)
            elif isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d):
                nn.init.normal_(module.weight, 1.0, 0.02)

    def class_capsules(self, pictures: Tensor) -> tuple[Tensor, Tensor]:
        """Return the class capsules and the map of the votes.

        Args:
            pictures: Normalised as ``INPUT`` says, shape (B, 3, 300, 300).

        Returns:
            Capsules (real, forged), shape (B, 2, 4); and the map of signed votes, shape (B, 37, 37), whose mean over
            the cells is the mean over the components of forged - real before the last squash.
        """
        features = self.encoder(pictures)  # (B, 256, 37, 37)
        outputs = [capsule(features) for capsule in self.primary]
        vectors = torch.stack([vector for vector, _ in outputs], dim=1)  # (B, 10, 8)
        activity = torch.stack([active for _, active in outputs], dim=1)  # (B, 10, 37, 37)
        capsules, parts = self.routing(squash(vectors, dim=1))
        votes = (parts[:, 1] - parts[:, 0]).mean(dim=2)  # (B, 10)
        level = activity.mean(dim=(2, 3)).clamp(min=torch.finfo(activity.dtype).tiny)
        return capsules, torch.einsum("bi,bihw->bhw", votes / level, activity)

    def forward(self, pictures: Tensor) -> NetworkOutput:
        """Pictures normalised as ``INPUT`` says, shape (B, 3, 300, 300) -> scores (B,), attention maps (B, 37, 37)."""
        capsules, votes = self.class_capsules(pictures)
        probability = torch.sigmoid(capsules[:, 1] - capsules[:, 0]).mean(dim=1)
        return NetworkOutput(probability.log() - (1 - probability).log(), scale_to_unit(votes))
