"""Training of EfficientNet-B4, and of B0 for the tables that compare with it."""

from dataclasses import dataclass, replace
from typing import ClassVar, Final

from training.methods.baselines import (
    BENCHMARK,
    RECOMMENDED,
    BackboneTraining,
    BaselineRecipe,
    Scheme,
    scheme_recipes,
)
from training.methods.method import Recipe, Schedule
from training.methods.pairs import recipe_as, smoke


@dataclass(frozen=True, slots=True, kw_only=True)
class EfficientNetRecipe(BaselineRecipe):
    """Choices of EfficientNet beside those of every baseline."""

    backbone: str = "efficientnet_b4"
    """Or ``efficientnet_b0``."""


PAPER: Final = recipe_as(EfficientNetRecipe, BENCHMARK)
"""The settings under which a public benchmark trains it."""

PAPER_B0: Final = replace(
    PAPER,
    backbone="efficientnet_b0",
    steps=3600,
    pairs_per_batch=64,
    learning_rate=1e-3,
    schedule=Schedule.STAIRCASE,
    decay=0.1,
    decay_steps=1200,
    weight_decay=0.0,
    validate_every=240,
)
"""The settings of LTW's code, whose protocol DCL's table of EfficientNet-B0 follows: Adam with 1e-3, a tenth of it
after every five epochs, batches of 128, ten frames a video. An epoch of its three manipulations is 240 steps; a run is
fifteen, which is not stated. Crops of 299 pixels as everywhere in that paper (LTW: 224, ``size_px=224``)."""


class EfficientNetB4Training(BackboneTraining[EfficientNetRecipe]):
    """Cross-entropy on crops of 299 pixels; see ``BackboneTraining`` for the other schemes."""

    NAME: ClassVar[str] = "efficientnet_b4"
    RECIPES: ClassVar[dict[str, Recipe]] = {
        "paper": PAPER,
        "paper_b0": PAPER_B0,
        "recommended": recipe_as(EfficientNetRecipe, RECOMMENDED),
        "smoke": smoke(recipe_as(EfficientNetRecipe, RECOMMENDED, label_smoothing=0.0)),
        **scheme_recipes(PAPER),
        "focal_b0": replace(PAPER_B0, scheme=Scheme.FOCAL),
    }

    @property
    def options(self) -> tuple[tuple[str, str], ...]:
        """Size of the crops and of the network, where they are not the usual ones."""
        backbone = self.recipe.backbone
        chosen = () if backbone == "efficientnet_b4" else (("backbone", backbone),)
        return (*super().options, *chosen)
