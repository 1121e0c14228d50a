"""Training of EfficientNet-Lite0, and of Lite1."""

from dataclasses import dataclass
from typing import ClassVar, Final

from training.batches.augment import AugmentSettings
from training.methods.baselines import BENCHMARK, RECOMMENDED, BackboneTraining, BaselineRecipe, scheme_recipes
from training.methods.method import Recipe
from training.methods.pairs import recipe_as, smoke


@dataclass(frozen=True, slots=True, kw_only=True)
class LiteRecipe(BaselineRecipe):
    """Choices of EfficientNet-Lite beside those of every baseline."""

    backbone: str = "efficientnet_lite0"
    """Or ``efficientnet_lite1``."""


PAPER: Final = recipe_as(LiteRecipe, BENCHMARK)
"""The settings under which a public benchmark trains other backbones; it has no figures for this one."""

MIXTURE: Final = recipe_as(
    LiteRecipe,
    RECOMMENDED,
    learning_rate=5e-4,
    strong_share=0.0,
    forge_share=0.3,
    forge_ramp_steps=0,
    forge_families=("self_blend",) * 5 + ("expression", "face_swap", "texture"),
    real_share=0.3,
    real_widest=1.5,
    augment=AugmentSettings(x264=0.05),
    validate_every=400,
    patience=None,
)
"""What crosses over to other kinds of forgery: half of the forgeries are made from real faces of several sources, in
regions of their meshes, and everything goes through one chain of light, resizing, blur, noise and one of three codecs.

- ``real_share`` 0.3 of other sources and ``forge_share`` 0.3 of the rest make 0.51 of the forgeries;
- five in eight of those are self-blends, the others move the expression, swap the face or redraw the mouth;
- crops with surroundings show up to half as much again, for swaps whose seam lies outside a tight crop;
- the small network takes 5e-4; every step sees other pictures, so no patience ends the run."""


class EfficientNetLite0Training(BackboneTraining[LiteRecipe]):
    """Cross-entropy on crops of 224 pixels; see ``BackboneTraining`` for the other schemes."""

    NAME: ClassVar[str] = "efficientnet_lite0"
    RECIPES: ClassVar[dict[str, Recipe]] = {
        "paper": PAPER,
        "recommended": recipe_as(LiteRecipe, RECOMMENDED, learning_rate=5e-4),
        "mixture": MIXTURE,
        "smoke": smoke(recipe_as(LiteRecipe, RECOMMENDED, label_smoothing=0.0)),
        **scheme_recipes(PAPER),
    }

    @property
    def options(self) -> tuple[tuple[str, str], ...]:
        """Size of the crops and the network, where they are not the usual ones."""
        backbone = self.recipe.backbone
        chosen = () if backbone == "efficientnet_lite0" else (("backbone", backbone),)
        return (*super().options, *chosen)
