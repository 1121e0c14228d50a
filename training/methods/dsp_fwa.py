"""Training of DSP-FWA."""

from dataclasses import replace
from typing import Any, ClassVar, Final

from forensiclab.detectors.dsp_fwa import DspFwa
from training.methods.baselines import BENCHMARK, RECOMMENDED, BackboneTraining, BaselineRecipe, scheme_recipes
from training.methods.method import Recipe, Schedule
from training.methods.pairs import at_own_rate, smoke

LAST_LAYER_RATE: Final = 0.01
"""Learning rate of the last layer over the recipe's."""

PAPER: Final = replace(
    BENCHMARK,
    steps=20_000,
    pairs_per_batch=32,
    learning_rate=1e-4,
    schedule=Schedule.STAIRCASE,
    decay=0.95,
    decay_steps=1000,
    weight_decay=0.0,
    forge_share=1.0,
    forge_families=("self_blend",),
    validate_every=1000,
)
"""Forgeries made from the real crops themselves, as published; batches of 64 and a rate that falls by 0.95 every 1000
steps. Deviations: a self-blended face instead of a blurred one that is warped back, which leaves the same traces and
more; AdamW at 1e-4 instead of plain descent at 1e-3; 20,000 steps, since what there is to train on decides the paper's
epochs."""


class DspFwaTraining(BackboneTraining[BaselineRecipe]):
    """Cross-entropy on crops of 224 pixels. There is no single embedding, so schemes that need one are not offered.

    Source: Li and Lyu, Exposing deepfake videos by detecting face warping artifacts, section 3.
    Deviations: the last layer learns more slowly than the rest. It takes 84,000 numbers, and Adam moves each of its
        weights by the whole rate, so its score would move by tens in a step.
    """

    NAME: ClassVar[str] = "dsp_fwa"
    RECIPES: ClassVar[dict[str, Recipe]] = {
        "paper": PAPER,
        "recommended": replace(RECOMMENDED, forge_share=0.5),
        "smoke": smoke(replace(RECOMMENDED, label_smoothing=0.0)),
        **scheme_recipes(replace(PAPER, forge_share=0.0), has_embedding=False),
    }
    """``recommended`` is that of the other backbones with twice the share of self-blended forgeries, which are what the
    network is made for."""

    def parameter_groups(self, recipe: Recipe) -> list[dict[str, Any]]:
        """Give the last layer a rate of its own, without decay."""
        assert isinstance(self.network, DspFwa)
        return at_own_rate(super().parameter_groups(recipe), self.network.output, LAST_LAYER_RATE)
