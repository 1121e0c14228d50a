"""Training of MesoInception4: one loss on single crops."""

from dataclasses import dataclass, replace
from typing import ClassVar, Self

import torch
from torch.nn import functional as F

from forensiclab.detectors.meso_inception4 import MesoInception4
from training.data.augment import AugmentSettings
from training.data.batches import Batch
from training.method import LossTerm, LossTerms, Recipe, Schedule, TrainingMethod


@dataclass(frozen=True, slots=True, kw_only=True)
class MesoRecipe(Recipe):
    """Choices of MesoInception4 beside the common ones."""

    loss: str
    """``mse``: squared error of the sigmoid, as published; ``cross_entropy``."""
    dropout: float = 0.5
    """Before both dense layers."""

    def __post_init__(self) -> None:
        if self.loss not in ("mse", "cross_entropy"):
            raise ValueError(f"the loss must be mse or cross_entropy, not {self.loss}")


PAPER = MesoRecipe(
    steps=4000,
    pairs_per_batch=38,
    learning_rate=1e-3,
    schedule=Schedule.EXPONENTIAL,
    loss="mse",
    average_decay=0.0,
    augment=AugmentSettings(shrink=0.0, blur=0.0, noise=0.0, jpeg=0.0, webp=0.0),
)
"""The printed values: Adam, 1e-3 divided by ten every 1000 steps, batches of 75 (38 pairs here), squared error, slight
zoom, rotation, flips, brightness and hue."""

RECOMMENDED = MesoRecipe(
    steps=3000,
    pairs_per_batch=16,
    learning_rate=1.5e-3,
    schedule=Schedule.COSINE,
    warmup_steps=50,
    weight_decay=1e-4,
    loss="cross_entropy",
    dropout=0.2,
    average_decay=0.99,
    clip_norm=5.0,
    precision="bf16-mixed",
    strong="crf:23-45",
    strong_share=0.25,
    augment=AugmentSettings(jpeg=0.3, webp=0.05, x264=0.12),
    validate_every=300,
)
"""What we ship. Deviations and why:

- cross-entropy instead of squared error: its gradient does not vanish on confident mistakes, and its score is a logit
  that can be calibrated;
- batches of 32, cosine to 1 % and a running average of the weights: on a processor the number of crops is what limits
  a run, so it takes more steps of fewer crops and averages out their noise;
- dropout 0.2 instead of 0.5: 28,000 parameters on 11,000 augmented crops do not overfit, they underfit;
- JPEG, WebP, x264, resizing, blur and noise: the exhibits have been through messengers;
- bfloat16: two thirds of the time on a processor that has it.
"""

SMOKE = replace(
    RECOMMENDED, steps=60, pairs_per_batch=8, warmup_steps=5, strong_share=0.0, validate_every=60, average_decay=0.9
)
"""Minutes on a processor, to see that everything runs and the loss falls."""


class MesoInception4Training(TrainingMethod):
    """Cross-entropy (or the published squared error) on real and forged crops.

    Source: Afchar et al., MesoNet: a compact facial video forgery detection network, section 4.
    """

    NAME: ClassVar[str] = "meso_inception4"
    RECIPES: ClassVar[dict[str, Recipe]] = {"paper": PAPER, "recommended": RECOMMENDED, "smoke": SMOKE}

    def __init__(self, recipe: MesoRecipe) -> None:
        super().__init__()
        self.network: MesoInception4 = MesoInception4()
        self.network.dropout.p = recipe.dropout
        self.loss = recipe.loss

    @classmethod
    def build(cls, recipe: Recipe) -> Self:
        """A fresh network under a ``MesoRecipe``."""
        if not isinstance(recipe, MesoRecipe):
            raise TypeError(f"MesoInception4 is trained by a MesoRecipe, not {type(recipe).__name__}")
        return cls(recipe)

    def forward(self, batch: Batch) -> LossTerms:
        """One term: squared error of the probability, or cross-entropy of the score."""
        scores = self.network(self.network.input_spec.normalise(batch.crops)).raw_score.float()  # (B,)
        if self.loss == "mse":
            value = F.mse_loss(torch.sigmoid(scores), batch.labels)
        else:
            value = F.binary_cross_entropy_with_logits(scores, batch.labels)
        return LossTerms((LossTerm(self.loss, "section 4", value, 1.0),), scores.detach())
