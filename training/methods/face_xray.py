"""Training of Face X-ray."""

from dataclasses import dataclass, replace
from typing import Any, ClassVar, Final

import torch
from torch.nn import functional as F

from forensiclab.detectors.face_xray import FaceXray
from training.batches.batches import Batch, Views
from training.losses.boundary import boundary_loss, boundary_target
from training.methods.baselines import BENCHMARK, RECOMMENDED
from training.methods.method import LossTerm, LossTerms, Recipe, Schedule
from training.methods.pairs import PairRecipe, PairTraining, at_own_rate, recipe_as, smoke

CLASSIFIER_RATE: Final = 100.0
"""Learning rate of the classifier over the recipe's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceXrayRecipe(PairRecipe):
    """Choices of Face X-ray beside the common ones."""

    boundary_weight: float = 100.0
    """Lambda."""
    softening_px: int = 7
    """Side of the mean filter that gives hard masks a rim."""

    def __post_init__(self) -> None:
        if self.softening_px < 1 or self.softening_px % 2 == 0:
            raise ValueError(f"the side of a mean filter must be odd, not {self.softening_px}")


PAPER: Final = recipe_as(
    FaceXrayRecipe,
    BENCHMARK,
    steps=200_000,
    schedule=Schedule.COSINE,
    weight_decay=0.0,
    frozen_steps=50_000,
    forge_share=1.0,
    forge_families=("face_swap",),
    validate_every=10_000,
)
"""The published values: Adam with 2e-4, batches of 32, 200,000 steps, in the first 50,000 of which HRNet keeps its
weights of ImageNet; lambda 100; every forgery is a real face laid over another one. Deviation: the rate falls along
half a cosine (there linearly over the last 50,000 steps)."""

XRAY_RECOMMENDED: Final = recipe_as(
    FaceXrayRecipe, RECOMMENDED, forge_share=0.75, forge_families=("face_swap", "self_blend")
)
"""What we ship: as the other baselines, see there. Three quarters of the forgeries are made on the fly, of two faces or
one, where the seam is known to the pixel; the others are those of the data, whose seam is the rim of their mask."""


SMOKE: Final = replace(smoke(XRAY_RECOMMENDED, steps=40), forge_share=1.0, forge_families=("self_blend",))
"""Minutes on a processor, on seams that can be seen."""


class FaceXrayTraining(PairTraining[FaceXrayRecipe]):
    """The seam, pixel by pixel, and whether there is one.

    Source: Li et al., Face X-ray for more general face forgery detection, section 4.2.
    Deviations: where it is not known which pixels of a forgery are forged, or none is (a difference too faint to see),
        the seam costs nothing for that crop. The classifier learns faster than the rest: all that it gets is a mean of
        a few hundredths, so its weights must grow to some hundred before its scores say anything.
    """

    NAME: ClassVar[str] = "face_xray"
    RECIPES: ClassVar[dict[str, Recipe]] = {
        "paper": PAPER,
        "recommended": XRAY_RECOMMENDED,
        "smoke": SMOKE,
    }

    def __init__(self, recipe: FaceXrayRecipe) -> None:
        super().__init__(recipe)
        self.network: FaceXray = FaceXray()
        self.boundary_weight, self.softening_px = recipe.boundary_weight, recipe.softening_px

    @property
    def views(self) -> Views:
        """Masks, for the seam."""
        return Views(masks=True)

    def parameter_groups(self, recipe: Recipe) -> list[dict[str, Any]]:
        """Give the classifier a rate of its own, without decay."""
        return at_own_rate(super().parameter_groups(recipe), self.network.output, CLASSIFIER_RATE)

    def forward(self, batch: Batch) -> LossTerms:
        """Compute L_b and L_c."""
        self.hold_backbones()
        assert batch.masks is not None
        assert batch.has_mask is not None
        logits = self.network.boundary_logits(self.network.input_spec.normalise(batch.crops))  # (B, 1, S, S)
        with torch.autocast(logits.device.type, enabled=False):
            logits = logits.float()
            masks = batch.masks.float() / 255
            is_known = batch.has_mask & ((batch.labels < 0.5) | (masks > 0).flatten(1).any(dim=1))
            seam = boundary_loss(logits.squeeze(1), boundary_target(masks, self.softening_px)) * is_known
            decided = self.network.classify(logits.sigmoid())  # (B, 2)
            terms = (
                LossTerm("boundary", "L_b", seam.sum() / is_known.sum().clamp(min=1), self.boundary_weight),
                LossTerm("classification", "L_c", F.cross_entropy(decided, batch.labels.long()), 1.0),
            )
        return LossTerms(terms, (decided[:, 1] - decided[:, 0]).detach())
