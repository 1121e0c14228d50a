"""Training of Meso4."""

from dataclasses import replace
from typing import ClassVar, Final

from training.batches.augment import AugmentSettings
from training.methods.baselines import BENCHMARK, RECOMMENDED, BackboneTraining, BaselineRecipe, Scheme, scheme_recipes
from training.methods.method import Recipe, Schedule
from training.methods.pairs import smoke

PAPER: Final = replace(
    BENCHMARK,
    scheme=Scheme.MSE,
    steps=4000,
    pairs_per_batch=38,
    learning_rate=1e-3,
    schedule=Schedule.EXPONENTIAL,
    decay=0.1,
    decay_steps=1000,
    weight_decay=0.0,
    augment=AugmentSettings(shrink=0.0, blur=0.0, noise=0.0, jpeg=0.0, webp=0.0),
    validate_every=400,
)
"""The printed values: Adam, 1e-3 divided by ten every 1000 steps, batches of 75 (38 pairs here), squared error, slight
zoom, rotation, flips, brightness and hue."""

MESO_RECOMMENDED: Final = replace(
    RECOMMENDED,
    steps=4000,
    learning_rate=1.5e-3,
    warmup_steps=50,
    weight_decay=1e-4,
    average_decay=0.99,
    label_smoothing=0.0,
    dropout=0.2,
    forge_ramp_steps=1300,
)
"""What we ship, where it differs from the other backbones: 28,000 parameters that start at random do not learn such a
set by heart, they underfit, so the rate is higher, labels are not smoothed and dropout is 0.2 instead of 0.5."""


class Meso4Training(BackboneTraining[BaselineRecipe]):
    """Squared error as published, or cross-entropy; see ``BackboneTraining`` for the other schemes.

    Source: Afchar et al., MesoNet: a compact facial video forgery detection network, section 4.
    """

    NAME: ClassVar[str] = "meso4"
    RECIPES: ClassVar[dict[str, Recipe]] = {
        "paper": PAPER,
        "recommended": MESO_RECOMMENDED,
        "smoke": smoke(MESO_RECOMMENDED, steps=60, pairs_per_batch=4),
        **scheme_recipes(PAPER),
    }
