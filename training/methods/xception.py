"""Training of Xception."""

from dataclasses import replace
from typing import ClassVar, Final

from training.methods.baselines import BENCHMARK, RECOMMENDED, BackboneTraining, BaselineRecipe, scheme_recipes
from training.methods.method import Recipe
from training.methods.pairs import smoke

PAPER: Final = BENCHMARK
"""FaceForensics++ and the benchmark after it agree: Adam with 2e-4, batches of 32, no augmentation. The three epochs
with a frozen encoder that the paper begins with are ``frozen_steps=10800``."""


class XceptionTraining(BackboneTraining[BaselineRecipe]):
    """Cross-entropy on crops of 299 pixels; see ``BackboneTraining`` for the other schemes.

    Source: Rössler et al., FaceForensics++, section 4.2.
    """

    NAME: ClassVar[str] = "xception"
    RECIPES: ClassVar[dict[str, Recipe]] = {
        "paper": PAPER,
        "recommended": RECOMMENDED,
        "smoke": smoke(replace(RECOMMENDED, label_smoothing=0.0)),
        **scheme_recipes(PAPER),
    }
