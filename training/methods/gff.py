"""Training of GFF."""

from dataclasses import dataclass
from typing import ClassVar, Final

import torch
from torch import nn
from torch.nn import functional as F

from forensiclab.detectors.gff import Gff
from training.batches.batches import Batch
from training.losses.am_softmax import am_softmax_loss
from training.methods.baselines import BENCHMARK, RECOMMENDED
from training.methods.method import LossTerm, LossTerms, Recipe
from training.methods.pairs import PairRecipe, PairTraining, recipe_as, smoke


@dataclass(frozen=True, slots=True, kw_only=True)
class GffRecipe(PairRecipe):
    """Choices of GFF beside the common ones."""

    scale: float = 30.0
    """s of AM-softmax."""
    margin: float = 0.5
    """m of AM-softmax."""


PAPER: Final = recipe_as(GffRecipe, BENCHMARK)
"""The settings under which a public benchmark trains it, scale and margin of AM-softmax included."""

GFF_RECOMMENDED: Final = recipe_as(GffRecipe, RECOMMENDED, margin=0.2)
"""What we ship: as the other baselines, see there. The margin is 0.2: with 0.5 a forgery in which next to nothing is
forged pulls on the directions for ever."""


class GffTraining(PairTraining[GffRecipe]):
    """AM-softmax shapes the embedding; the linear layer that is shipped learns from it without shaping it.

    Source: Luo et al., Generalizing face forgery detection with high-frequency features, section 3.
    Deviations: the directions of AM-softmax are training's own. The shipped layer neither normalises nor scales, so it
        learns by cross-entropy from a detached embedding; its score can be calibrated.
    """

    NAME: ClassVar[str] = "gff"
    RECIPES: ClassVar[dict[str, Recipe]] = {
        "paper": PAPER,
        "recommended": GFF_RECOMMENDED,
        "smoke": smoke(GFF_RECOMMENDED),
    }

    def __init__(self, recipe: GffRecipe) -> None:
        super().__init__(recipe)
        self.network: Gff = Gff()
        self.directions = nn.Parameter(F.normalize(torch.randn(2, self.network.head.linear.in_features), dim=1))
        self.scale, self.margin = recipe.scale, recipe.margin

    def backbones(self) -> tuple[nn.Module, ...]:
        """Return both Xceptions."""
        return self.network.colour, self.network.noise

    def forward(self, batch: Batch) -> LossTerms:
        """Train everything but the last layer by AM-softmax, that one by cross-entropy."""
        self.hold_backbones()
        features, _ = self.network.features(self.network.input_spec.normalise(batch.crops))
        with torch.autocast(features.device.type, enabled=False):
            embeddings = features.float().mean(dim=(2, 3))  # (B, 2048)
            angles = am_softmax_loss(embeddings, self.directions, batch.labels, self.scale, self.margin).mean()
            logits = self.network.head.logits(embeddings.detach())
            last = F.cross_entropy(logits, batch.labels.long())
        terms = (
            LossTerm("am_softmax", "section 4.1, AM-softmax", angles, 1.0),
            LossTerm("cross_entropy", "the shipped layer", last, 1.0),
        )
        return LossTerms(terms, (logits[:, 1] - logits[:, 0]).detach())
