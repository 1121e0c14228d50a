"""Training of MesoInception4."""

from dataclasses import replace
from typing import ClassVar, Final

from training.batches.augment import AugmentSettings
from training.methods import meso4
from training.methods.baselines import BackboneTraining, BaselineRecipe, scheme_recipes
from training.methods.method import Recipe, Schedule

PAPER: Final = meso4.PAPER
"""The printed values are those of Meso4."""

RECOMMENDED: Final = BaselineRecipe(
    steps=3000,
    pairs_per_batch=16,
    learning_rate=1.5e-3,
    schedule=Schedule.COSINE,
    warmup_steps=50,
    weight_decay=1e-4,
    dropout=0.2,
    average_decay=0.99,
    clip_norm=5.0,
    precision="bf16-mixed",
    strong="crf:23-45",
    strong_share=0.25,
    augment=AugmentSettings(jpeg=0.3, webp=0.05, x264=0.12),
    validate_every=300,
)
"""What the shipped weights were trained with. Deviations and why:

- cross-entropy instead of squared error: its gradient does not vanish on confident mistakes, and its score is a logit
  that can be calibrated;
- batches of 32, cosine to 1 % and a running average of the weights: on a processor the number of crops is what limits
  a run, so it takes more steps of fewer crops and averages out their noise;
- dropout 0.2 instead of 0.5: 28,000 parameters on 11,000 augmented crops do not overfit, they underfit;
- JPEG, WebP, x264, resizing, blur and noise: the exhibits have been through messengers;
- bfloat16: two thirds of the time on a processor that has it.
"""

SMOKE: Final = replace(
    RECOMMENDED, steps=60, pairs_per_batch=8, warmup_steps=5, strong_share=0.0, validate_every=60, average_decay=0.9
)
"""Minutes on a processor, to see that everything runs and the loss falls."""


class MesoInception4Training(BackboneTraining[BaselineRecipe]):
    """Squared error as published, or cross-entropy; see ``BackboneTraining`` for the other schemes.

    Source: Afchar et al., MesoNet: a compact facial video forgery detection network, section 4.
    """

    NAME: ClassVar[str] = "meso_inception4"
    RECIPES: ClassVar[dict[str, Recipe]] = {
        "paper": PAPER,
        "recommended": RECOMMENDED,
        "smoke": SMOKE,
        **scheme_recipes(PAPER),
    }
