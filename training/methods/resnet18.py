"""Training of ResNet-18."""

from dataclasses import replace
from typing import ClassVar, Final

from training.methods.baselines import BENCHMARK, RECOMMENDED, BackboneTraining, BaselineRecipe, scheme_recipes
from training.methods.method import Recipe, Schedule
from training.methods.pairs import smoke

PAPER: Final = replace(
    BENCHMARK,
    steps=10_000,
    pairs_per_batch=32,
    learning_rate=1e-4,
    schedule=Schedule.EXPONENTIAL,
    decay=0.1,
    decay_steps=10_000,
    weight_decay=0.0,
    validate_every=500,
)
"""As TCNSC trains its ResNet-18: Adam with 1e-4 and exponential decay (to a tenth here, the paper does not say),
10,000 steps, batches of 64."""


class ResNet18Training(BackboneTraining[BaselineRecipe]):
    """Cross-entropy on crops of 224 pixels; see ``BackboneTraining`` for the other schemes."""

    NAME: ClassVar[str] = "resnet18"
    RECIPES: ClassVar[dict[str, Recipe]] = {
        "paper": PAPER,
        "recommended": replace(RECOMMENDED, pairs_per_batch=32, learning_rate=5e-4),
        "smoke": smoke(replace(RECOMMENDED, label_smoothing=0.0)),
        **scheme_recipes(PAPER),
    }
    """``recommended`` is that of the other backbones at 5e-4 in batches of 64: the network is small, and only a part of
    it starts from ImageNet."""
