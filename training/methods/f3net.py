"""Training of F3-Net."""

from dataclasses import replace
from typing import ClassVar, Final

from torch import nn

from forensiclab.detectors.f3net import F3Net
from training.methods.baselines import BENCHMARK, RECOMMENDED, BackboneTraining, BaselineRecipe, scheme_recipes
from training.methods.method import Recipe
from training.methods.pairs import smoke

PAPER: Final = replace(BENCHMARK, steps=9000, pairs_per_batch=64, validate_every=450)
"""Batches of 128 as in the paper; for the rest the benchmark's settings, and as many crops as there."""


class F3NetTraining(BackboneTraining[BaselineRecipe]):
    """Cross-entropy on crops of 299 pixels; see ``BackboneTraining`` for the other schemes.

    Source: Qian et al., Thinking in frequency: face forgery detection by mining frequency-aware clues, section 3.
    """

    NAME: ClassVar[str] = "f3net"
    RECIPES: ClassVar[dict[str, Recipe]] = {
        "paper": PAPER,
        "recommended": RECOMMENDED,
        "smoke": smoke(replace(RECOMMENDED, label_smoothing=0.0)),
        **scheme_recipes(PAPER),
    }

    def backbones(self) -> tuple[nn.Module, ...]:
        """Return both Xceptions; their first convolutions take other channels and stay as they were drawn."""
        assert isinstance(self.network, F3Net)
        return self.network.bands_stream, self.network.statistics_stream
