"""Training of multi-attentional detection."""

from dataclasses import dataclass
from typing import ClassVar, Final

import torch
from torch import Tensor
from torch.nn import functional as F

from forensiclab.detectors.multi_attention import MAPS, MultiAttention
from training.batches.batches import Batch
from training.losses.region_independence import (
    RegionMargins,
    moved_centers,
    region_independence_loss,
    region_vectors,
)
from training.methods.baselines import BENCHMARK, RECOMMENDED
from training.methods.method import LossTerm, LossTerms, Recipe, Schedule
from training.methods.pairs import PairRecipe, PairTraining, recipe_as, smoke
from training.modules.attention_blur import AttentionBlur
from training.modules.gather import gather_rows


@dataclass(frozen=True, slots=True, kw_only=True)
class MultiAttentionRecipe(PairRecipe):
    """Choices of multi-attentional detection beside the common ones. A weight of 0 leaves a term out."""

    region_weight: float = 0.5
    """Of the regional independence loss."""
    blur_weight: float = 1.0
    """Of the cross-entropy on crops that are unclear where one map looks."""
    match_weight: float = 0.1
    """Of what the other maps see changing with it."""
    center_rate: float = 0.05
    """Alpha of the centres."""

    def __post_init__(self) -> None:
        if self.match_weight and not self.blur_weight:
            raise ValueError("there is nothing to match without the unclear crops; set match_weight to 0 as well")


PAPER: Final = recipe_as(
    MultiAttentionRecipe,
    BENCHMARK,
    steps=120_000,
    pairs_per_batch=8,
    learning_rate=1e-4,
    schedule=Schedule.STAIRCASE,
    decay=0.5,
    decay_steps=60_000,
    weight_decay=1e-6,
    validate_every=6000,
)
"""The values of the authors' code: AdamW with 1e-4, halved every five epochs, batches of 16 (there 15), ten epochs of
50 frames of the 3,600 training videos of FaceForensics++. There the encoder is trained as a classifier first; here it
starts from what it is given."""

MULTI_RECOMMENDED: Final = recipe_as(MultiAttentionRecipe, RECOMMENDED, pairs_per_batch=8, learning_rate=2e-4)
"""What we ship: as the other baselines, see there. Every crop goes through the network twice, hence half the batch, and
with it a lower rate."""


class MultiAttentionTraining(PairTraining[MultiAttentionRecipe]):
    """Cross-entropy, regional independence, and attention-guided augmentation.

    Source: Zhao et al., Multi-attentional deepfake detection, section 3, and the authors' code.
    Deviations: alpha does not decay from epoch to epoch.
    """

    NAME: ClassVar[str] = "multi_attention"
    RECIPES: ClassVar[dict[str, Recipe]] = {
        "paper": PAPER,
        "recommended": MULTI_RECOMMENDED,
        "smoke": smoke(MULTI_RECOMMENDED),
    }

    centers: Tensor

    def __init__(self, recipe: MultiAttentionRecipe) -> None:
        super().__init__(recipe)
        self.network: MultiAttention = MultiAttention()
        self.blur = AttentionBlur()
        self.margins = RegionMargins()
        channels = self.network.texture.extract.out_channels
        self.register_buffer("centers", torch.zeros(MAPS, channels))

    def forward(self, batch: Batch) -> LossTerms:
        """Take all crops as they are, then all of them unclear where one map looks."""
        self.hold_backbones()
        recipe, labels = self.recipe, batch.labels
        pictures = self.network.input_spec.normalise(batch.crops)
        logits, attention, coarse = (part.float() for part in self.network.parts(pictures))
        terms = [LossTerm("cross_entropy", "L_CE", F.cross_entropy(logits, labels.long()), 1.0)]
        with torch.autocast(logits.device.type, enabled=False):
            regions = region_vectors(coarse, attention)  # (B, M, C)
            if recipe.region_weight:
                apart = self._apart(regions, labels)
                terms.append(LossTerm("regions", "section 3.4, L_RIL", apart, recipe.region_weight))
        if recipe.blur_weight:
            unclear, drawn = self.blur(pictures, attention)
            again = self.network.parts(unclear)
            value = F.cross_entropy(again.logits.float(), labels.long())
            terms.append(LossTerm("blurred_cross_entropy", "section 3.5", value, recipe.blur_weight))
            if recipe.match_weight:
                with torch.autocast(logits.device.type, enabled=False):
                    moved = region_vectors(again.coarse_textures.float(), again.attention.float()) - regions
                    others = 1 - F.one_hot(drawn, MAPS)  # (B, M)
                    match = (torch.linalg.vector_norm(moved, dim=2) * others).mean()
                terms.append(LossTerm("match", "section 3.5, the authors' code", match, recipe.match_weight))
        return LossTerms(tuple(terms), (logits[:, 1] - logits[:, 0]).detach())

    def _apart(self, regions: Tensor, labels: Tensor) -> Tensor:
        """Compute the regional independence loss; the centres move, alike in all processes."""
        rate = self.recipe.center_rate
        centers = moved_centers(self.centers, regions, labels, rate)
        loss = region_independence_loss(regions, centers, labels, rate, self.margins)
        with torch.no_grad():
            self.centers.copy_(gather_rows(centers.unsqueeze(0)).mean(dim=0))
        return loss
