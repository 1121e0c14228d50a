"""Training of ResNet-50."""

from dataclasses import replace
from typing import ClassVar, Final

from training.methods.baselines import BENCHMARK, RECOMMENDED, BackboneTraining, BaselineRecipe, scheme_recipes
from training.methods.method import Recipe
from training.methods.pairs import smoke

PAPER: Final = BENCHMARK
"""The paper whose backbone it is (pixel bleach) states nothing of how it was trained, so: the benchmark's settings."""


class ResNet50Training(BackboneTraining[BaselineRecipe]):
    """Cross-entropy on crops of 299 pixels; see ``BackboneTraining`` for the other schemes."""

    NAME: ClassVar[str] = "resnet50"
    RECIPES: ClassVar[dict[str, Recipe]] = {
        "paper": PAPER,
        "recommended": RECOMMENDED,
        "smoke": smoke(replace(RECOMMENDED, label_smoothing=0.0)),
        **scheme_recipes(PAPER),
    }
