"""Training of Capsule-Forensics."""

from dataclasses import dataclass, replace
from typing import ClassVar, Final

import torch
from torch import nn

from forensiclab.detectors.capsule import Capsule
from training.batches.batches import Batch
from training.losses.capsule_cross_entropy import capsule_cross_entropy
from training.methods.baselines import BENCHMARK, RECOMMENDED
from training.methods.method import LossTerm, LossTerms, Recipe
from training.methods.pairs import PairRecipe, PairTraining, recipe_as, smoke


@dataclass(frozen=True, slots=True, kw_only=True)
class CapsuleRecipe(PairRecipe):
    """Choices of Capsule-Forensics beside the common ones."""

    trains_encoder: bool
    """Whether VGG-19 is trained as well; otherwise it keeps its starting weights, which it then needs."""


PAPER: Final = recipe_as(
    CapsuleRecipe,
    BENCHMARK,
    steps=90_000,
    learning_rate=5e-4,
    weight_decay=0.0,
    validate_every=3600,
    trains_encoder=False,
)
"""The values of the authors' code: Adam with 5e-4, batches of 32, 25 epochs, VGG-19 frozen at ImageNet's weights. As
steps: 32 frames of each of the 3,600 training videos of FaceForensics++."""

CAPSULE_RECOMMENDED: Final = recipe_as(CapsuleRecipe, RECOMMENDED, trains_encoder=True)
"""What we ship: as the other baselines, see there. VGG-19 is trained as well: frozen features of objects know little of
compression, and without starting weights they know nothing at all."""


class CapsuleTraining(PairTraining[CapsuleRecipe]):
    """Cross-entropy of every component of the class capsules.

    Source: Nguyen et al., Use of a capsule network to detect fake images and videos, section 3, and the authors' code.
    """

    NAME: ClassVar[str] = "capsule"
    RECIPES: ClassVar[dict[str, Recipe]] = {
        "paper": PAPER,
        "recommended": CAPSULE_RECOMMENDED,
        "smoke": replace(smoke(CAPSULE_RECOMMENDED), learning_rate=1e-4),  # VGG-19 has no normalisation
    }

    def __init__(self, recipe: CapsuleRecipe) -> None:
        super().__init__(recipe)
        self.network: Capsule = Capsule()
        if not recipe.trains_encoder:
            self.network.encoder.requires_grad_(False)

    def backbones(self) -> tuple[nn.Module, ...]:
        """Return VGG-19 under the name that timm and torchvision give its convolutions."""
        return (nn.ModuleDict({"features": self.network.encoder}),)

    def forward(self, batch: Batch) -> LossTerms:
        """Return one term; the score for the log is that of ``Capsule``."""
        pictures = self.network.input_spec.normalise(batch.crops)
        capsules, _ = self.network.class_capsules(pictures)
        with torch.autocast(capsules.device.type, enabled=False):
            capsules = capsules.float()
            value = capsule_cross_entropy(capsules, batch.labels).mean()
        scores = (capsules[:, 1] - capsules[:, 0]).sigmoid().mean(dim=1).logit()
        return LossTerms((LossTerm("capsule_cross_entropy", "section 3", value, 1.0),), scores.detach())
