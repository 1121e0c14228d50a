"""Training of metric learning: two branches, a critic between them, attention handed down, radii for both labels."""

import sys
from collections.abc import Sequence
from typing import Any, ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from forensiclab.detectors.layers.xception import MIDDLE_CHANNELS
from forensiclab.detectors.metric_learning import Branch, MetricLearning
from forensiclab.detectors.xception import Xception
from training.batches.batches import Batch, CropGroup, Views
from training.datasets.levels import LevelReader
from training.datasets.pairing import is_aligned
from training.losses.attention_transfer import attention_transfer
from training.losses.pair_distance import pair_distance
from training.losses.pixel_cross_entropy import cell_targets, pixel_cross_entropy
from training.losses.radius import radius_loss
from training.losses.wasserstein import gradient_penalty, wasserstein
from training.methods.method import LossTerm, LossTerms, Recipe, TrainingMethod, size_option
from training.methods.metric_learning_recipes import RECIPES, MetricLearningRecipe
from training.modules.critic import judged_by
from training.modules.feature_critic import FeatureCritic


class MetricLearningTraining(TrainingMethod[MetricLearningRecipe]):
    """Losses of metric learning on pairs of the same crop at two levels.

    ``network`` is the L branch with the tail, which is all that a test needs; the H branch and the critic are held
    here. H and L go through the tail as one batch, so that its normalisation sees both.

    Where the forged pixels of a forgery are not known, the pixel terms leave that sample out. How many forgeries of
    the training set that concerns is said when training begins, and ``left_out`` counts them as they come.

    Source: Cao et al., Metric learning for anti-compression facial forgery detection, section 3, Table 3.
    Deviations: rows of Table 3 without attention keep the layer, with all weights at 0: its map is 0.5 everywhere,
        which is also about where the rows with attention start, and their weights fit the same network. The row with
        cross-entropy is ``forensiclab.detectors.xception``. The critic takes one step for every step of the branches.
    """

    NAME: ClassVar[str] = "metric_learning"
    RECIPES: ClassVar[dict[str, Recipe]] = RECIPES

    left_out: Tensor
    """Samples whose pixel terms were left out so far, in this process; shape (), long."""

    def __init__(self, recipe: MetricLearningRecipe) -> None:
        super().__init__(recipe)
        is_metric, size = recipe.loss == "metric", recipe.size_px
        self.network: MetricLearning | Xception = MetricLearning(size) if is_metric else Xception(size)
        self.high = Branch() if recipe.branches == 2 else None
        self.critic = FeatureCritic(2 * MIDDLE_CHANNELS) if recipe.branches == 2 and recipe.align_weight > 0 else None
        self.register_buffer("left_out", torch.zeros((), dtype=torch.long))
        if not recipe.has_attention:
            for branch in self._branches():
                for parameter in branch.attention.parameters():
                    nn.init.zeros_(parameter).requires_grad_(False)
        self.started()

    @property
    def views(self) -> Views:
        """Strong crops for two branches, masks for attention."""
        return Views(strong=self.high is not None, masks=self.recipe.has_attention)

    @property
    def options(self) -> tuple[tuple[str, str], ...]:
        """Size of the crops, where it is not the paper's."""
        return size_option(self.recipe.size_px)

    @property
    def takes_any_size(self) -> bool:
        """The last feature map is averaged over its cells, however many they are."""
        return True

    @property
    def network_name(self) -> str:
        """That of the plain Xception for the row of Table 3 that trains one."""
        return "xception" if isinstance(self.network, Xception) else self.NAME

    def backbones(self) -> tuple[nn.Module, ...]:
        """Return both heads and the tail; the encoder of the plain Xception."""
        if isinstance(self.network, Xception):
            return (self.network.encoder,)
        return (*(branch.head for branch in self._branches()), self.network.tail)

    def started(self) -> None:
        """Begin the H branch as the L branch does."""
        if self.high is not None and isinstance(self.network, MetricLearning):
            self.high.load_state_dict(self.network.branch.state_dict())

    def choose_groups(
        self, groups: Sequence[CropGroup], reader: LevelReader, device: torch.device
    ) -> Sequence[CropGroup]:
        """Choose all groups; say for how many forgeries the pixel terms are left out."""
        forged = {entry.name: entry for group in groups for entry in group if entry.label == 1}
        unknown = sum(entry.mask is None and not is_aligned(entry) for entry in forged.values())
        if self.recipe.has_attention and unknown:
            sys.stderr.write(
                f"The forged pixels of {unknown:,} of {len(forged):,} forgeries are not known (no mask, and no "
                "original in the same frame): they train everything but the attention's pixels.\n"
            )
        return groups

    def parameter_groups(self, recipe: Recipe) -> list[dict[str, Any]]:
        """Group the branches as usual; the critic under Adam's betas of WGAN-GP, without decay."""
        groups = super().parameter_groups(recipe)
        if self.critic is None:
            return groups
        judging = list(self.critic.parameters())
        known = set(map(id, judging))
        for group in groups:
            group["params"] = [parameter for parameter in group["params"] if id(parameter) not in known]
        scale = self.recipe.critic_learning_rate / recipe.learning_rate
        return [*groups, {"params": judging, "weight_decay": 0.0, "rate_scale": scale, "betas": (0.5, 0.9)}]

    def forward(self, batch: Batch) -> LossTerms:
        """Compute Eq. 1, term by term; each is the mean over the batch."""
        network, spec = self.network, self.network.input_spec
        low = spec.normalise(batch.crops if batch.strong is None else batch.strong)
        if isinstance(network, Xception):
            scores = network(low).raw_score.float()
            loss = F.binary_cross_entropy_with_logits(scores, batch.labels)  # = softmax over both logits
            return LossTerms((LossTerm("cross_entropy", "Table 3", loss, 1.0),), scores.detach())

        features, map_low = _look(network.branch, low)  # V_L (B, 728, h, w), M_L before its sigmoid (B, h, w)
        if self.high is None:
            embedding = network.embed_features(features, map_low.sigmoid()).float()  # C (B, 2048)
            terms = [self._radius("radius", embedding, batch.labels), *self._pixels(batch, attention=map_low)]
            return LossTerms(tuple(terms), _lengths(embedding))

        features_high, map_high = _look(self.high, spec.normalise(batch.crops))  # V_H, M_H
        maps = torch.cat([map_high.sigmoid(), map_low.sigmoid()])
        both = network.embed_features(torch.cat([features_high, features]), maps)  # (2 B, 2048)
        high, embedding = both.float().chunk(2)  # C_h, C_l
        terms = [
            self._radius("radius_high", high, batch.labels),
            self._radius("radius_low", embedding, batch.labels),
            LossTerm("pair", "Eq. 6", pair_distance(high, embedding).mean(), self.recipe.pair_weight),
            *self._pixels(batch, attention_high=map_high, attention_low=map_low),
        ]
        if self.recipe.has_attention and self.recipe.has_transfer:
            transfer = attention_transfer(map_high.sigmoid(), map_low.sigmoid()).mean()
            terms.append(LossTerm("transfer", "Eq. 5", transfer, self.recipe.attention_weight))
        if self.critic is not None:
            terms += self._game(self.critic, features_high.float(), features.float())
        return LossTerms(tuple(terms), _lengths(embedding))

    def _branches(self) -> list[Branch]:
        own = [self.network.branch] if isinstance(self.network, MetricLearning) else []
        return own if self.high is None else [*own, self.high]

    def _radius(self, name: str, embeddings: Tensor, labels: Tensor) -> LossTerm:
        """Compute Eq. 6 for the embeddings (B, 2048) of one branch."""
        loss = radius_loss(embeddings, labels, self.recipe.inner_radius, self.recipe.outer_radius)
        return LossTerm(name, "Eq. 6", loss.mean(), 1.0)

    def _pixels(self, batch: Batch, **maps: Tensor) -> list[LossTerm]:
        """Compute Eq. 5, cross-entropy of each named map before its sigmoid (B, h, w), over samples with a mask."""
        if not self.recipe.has_attention:
            return []
        if batch.masks is None or batch.has_mask is None:
            raise ValueError("attention is trained on batches with masks")
        self.left_out += (~batch.has_mask).sum()
        known = batch.has_mask.float()
        terms = []
        for name, logits in maps.items():
            with _full_precision(logits):
                target = cell_targets(batch.masks, *logits.shape[1:])  # M_gt (B, h, w)
                loss = (pixel_cross_entropy(logits, target) * known).sum() / known.sum().clamp(min=1)
            terms.append(LossTerm(name, "Eq. 5", loss, self.recipe.attention_weight))
        return terms

    def _game(self, critic: FeatureCritic, high: Tensor, low: Tensor) -> list[LossTerm]:
        """Compute Eq. 2 for V_H and V_L (B, 728, h, w): what the heads lower, and what the critic lowers."""
        with _full_precision(high):  # the penalty is differentiated twice
            pair, swapped = torch.cat([high, low], dim=1), torch.cat([low, high], dim=1)  # (B, 1456, h, w)
            align = wasserstein(judged_by(critic, pair), judged_by(critic, swapped))
            pair, swapped = pair.detach(), swapped.detach()
            mix = torch.rand(len(pair), device=pair.device)
            return [
                LossTerm("align", "Eq. 2", align, self.recipe.align_weight),
                LossTerm("critic", "Eq. 2", -wasserstein(critic(pair), critic(swapped)), 1.0),
                LossTerm(
                    "critic_penalty",
                    "Eq. 2 (WGAN-GP)",
                    gradient_penalty(critic, pair, swapped, mix),
                    self.recipe.penalty_weight,
                ),
            ]


def _look(branch: Branch, pictures: Tensor) -> tuple[Tensor, Tensor]:
    """Return features (B, 728, h, w) and the attention map before its sigmoid, float32, shape (B, h, w)."""
    features = branch.head(pictures)
    return features, branch.attention.logits(features).float()


def _lengths(embeddings: Tensor) -> Tensor:
    """Return scores of embeddings (B, 2048), for the log, shape (B,)."""
    lengths: Tensor = torch.linalg.vector_norm(embeddings.detach(), dim=1)
    return lengths


def _full_precision(like: Tensor) -> torch.autocast:
    """Compute nothing within it in bfloat16 or float16."""
    return torch.autocast(like.device.type, enabled=False)
