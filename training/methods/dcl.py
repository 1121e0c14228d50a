"""Training of DCL: contrast between crops and within them."""

import math
from typing import ClassVar, Final, Self

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from forensiclab.detectors.dcl import Dcl
from training.batches.batches import Batch, Views
from training.losses.inter_instance import inter_instance_loss
from training.losses.intra_instance import intra_forged_loss, intra_real_loss, split_cells
from training.methods.dcl_recipes import RECIPES, DclRecipe
from training.methods.dcl_views import DclViews
from training.methods.method import LossTerm, LossTerms, Recipe, size_option
from training.methods.pairs import PairTraining
from training.modules.hard_queues import Hardness, HardQueues
from training.modules.momentum import MomentumCopy

STRIDE_PX: Final = 32
"""Pixels between two cells of the last feature map: 10 x 10 cells at 299."""


class DclTraining(PairTraining[DclRecipe]):
    """Query encoder and classifier (``network``), the 1x1 convolution to q, their momentum copy, queues.

    Source: Sun et al., Dual contrastive learning for general face forgery detection, section 3.
    Deviations: those of the views, the queues and the losses, see there. Where keys are normalised by their batch, it
        is not shuffled over devices.
    """

    NAME: ClassVar[str] = "dcl"
    RECIPES: ClassVar[dict[str, Recipe]] = RECIPES

    def __init__(self, recipe: DclRecipe) -> None:
        super().__init__(recipe)
        self.network: Dcl = Dcl(recipe.size_px, recipe.backbone)
        self.special = DclViews(recipe.special, self.network.input_spec)
        self.squeeze: nn.Conv2d | None = None
        self.key: MomentumCopy[nn.Module] | None = None
        self.queues: HardQueues | None = None
        if recipe.has_inter:
            cells = math.ceil(self.network.input_spec.size_px / STRIDE_PX) ** 2
            self.squeeze = nn.Conv2d(self.network.head.linear.in_features, 1, 1)
            self.key = MomentumCopy(self._query_encoder(), recipe.momentum)
            self.queues = HardQueues(
                recipe.queue,
                cells,
                hardness=Hardness(recipe.selection, recipe.threshold, recipe.hardest),
                prototype_decay=recipe.prototype_decay,
                is_random_at_first=recipe.is_queue_random_at_first,
            )

    @property
    def options(self) -> tuple[tuple[str, str], ...]:
        """Backbone and size of the crops, where they are not the paper's."""
        backbone = self.recipe.backbone
        named = () if backbone == "efficientnet_b4" else (("backbone", backbone),)
        return (*named, *size_option(self.recipe.size_px))

    @property
    def views(self) -> Views:
        """Another frame and the strong level for the key; masks for the contrast within crops and for the mixtures."""
        special = self.recipe.special
        return Views(
            strong=self.recipe.has_inter and special.compressed > 0,
            other=self.recipe.has_inter and special.shift > 0,
            masks=self.recipe.has_intra or special.mixup > 0,
        )

    @property
    def phi(self) -> float:
        """Share of contrast in the next step's loss."""
        if not self.recipe.has_contrast:
            return 0.0
        return self.recipe.phi_at_first if int(self.steps_done) < self.recipe.first_steps else self.recipe.phi

    def train(self, mode: bool = True) -> Self:
        """Set the mode, but keep a key encoder that normalises by averaged statistics in eval mode."""
        super().train(mode)
        if self.key is not None and not self.recipe.is_key_normalised_by_batch:
            self.key.eval()
        return self

    def started(self) -> None:
        """Start the key encoder where the query encoder does."""
        if self.key is not None:
            self.key.match(self._query_encoder())

    def after_step(self, step: int) -> None:
        """Apply Eq. 1."""
        super().after_step(step)
        if self.key is not None:
            self.key.follow(self._query_encoder())

    def forward(self, batch: Batch) -> LossTerms:
        """Compute Eq. 10 with its summands by themselves."""
        self.hold_backbones()
        phi = self.phi
        views = self.special(batch)
        features = self.network.features(views.query)  # (B, C, h, w)
        squeezed = None if self.squeeze is None else self.squeeze(features)
        keys = None if self.key is None else self._flat(self._keys(self.key, views.key))
        with torch.autocast(features.device.type, enabled=False):  # temperatures of 0.07 need more than eight bits
            features = features.float()
            scores = self.network.score_embedding(features.mean(dim=(2, 3)))
            entropy = F.binary_cross_entropy_with_logits(scores, batch.labels)  # the minus that Eq. 2 lacks is in it
            terms = [LossTerm("cross_entropy", "Eq. 2", entropy, 1 - phi)]
            if squeezed is not None and keys is not None:
                terms.append(LossTerm("inter", "Eq. 3", self._inter(self._flat(squeezed), keys, batch.labels), phi))
            if self.recipe.has_intra:
                assert views.masks is not None
                assert batch.has_mask is not None
                terms += self._intra(features, views.masks, batch.has_mask, batch.labels, phi)
        return LossTerms(tuple(terms), scores.detach())

    def _query_encoder(self) -> nn.Sequential:
        """Join encoder and squeezing convolution when they are needed; both belong to others."""
        assert self.squeeze is not None
        return nn.Sequential(self.network.encoder, self.squeeze)

    @torch.no_grad()
    def _keys(self, encoder: MomentumCopy[nn.Module], pictures: Tensor) -> Tensor:
        keys: Tensor = encoder.module(pictures)
        return keys

    @staticmethod
    def _flat(squeezed: Tensor) -> Tensor:
        """Flatten (B, 1, h, w) to q or k, L2-normalised, shape (B, h w)."""
        return F.normalize(squeezed.flatten(1).float(), dim=1)

    def _inter(self, queries: Tensor, keys: Tensor, labels: Tensor) -> Tensor:
        """Compute Eq. 3 against queues that have taken this step's keys in, as in the authors' code.

        No query's own key is among its negatives, since those are of the other class.
        """
        assert self.queues is not None
        self.queues.push(keys, labels)
        banks = self.queues.read(0), self.queues.read(1)
        return inter_instance_loss(queries, keys, labels, *banks, self.recipe.tau).mean()

    def _intra(
        self, features: Tensor, masks: Tensor, has_mask: Tensor, labels: Tensor, phi: float
    ) -> tuple[LossTerm, LossTerm]:
        """Compute Eq. 7 over the forged crops that have both kinds of cells, Eq. 8 over the real ones."""
        recipe = self.recipe
        forged, real = split_cells(masks, features.shape[2], features.shape[3])
        usable = (labels > 0.5) & has_mask & forged.any(dim=1) & real.any(dim=1)
        of_forged = intra_forged_loss(features[usable], forged[usable], real[usable], recipe.tau)
        of_real = intra_real_loss(features[labels < 0.5], recipe.tau)
        weight = phi * recipe.intra_weight
        return (
            LossTerm("intra_forged", "Eq. 7", _mean(of_forged), weight),
            LossTerm("intra_real", "Eq. 8", _mean(of_real), weight * recipe.intra_real_weight),
        )


def _mean(values: Tensor) -> Tensor:
    """Average; 0 of nothing, still with a gradient."""
    return values.sum() / max(1, len(values))
