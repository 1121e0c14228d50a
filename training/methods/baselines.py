"""Training of the networks that others are measured against: one scheme of several, the same for every backbone."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import ClassVar, Final, TypeVar

import torch
from torch import Tensor
from torch.nn import functional as F

from forensiclab.core.errors import SettingsError
from forensiclab.detectors.base import Network
from forensiclab.detectors.layers.mesonet import MesoNetwork
from forensiclab.detectors.layers.pooled import PooledNetwork
from forensiclab.detectors.weights import load_network
from training.batches.augment import AugmentSettings
from training.batches.batches import Batch, Views
from training.losses.embedding_l1 import embedding_l1
from training.losses.focal import focal_loss
from training.losses.log_gan import log_gan
from training.losses.radius import radius_loss
from training.losses.triplet import triplet_loss
from training.methods.method import LossTerm, LossTerms, Recipe, Schedule
from training.methods.pairs import UNCHANGED, PairRecipe, PairTraining
from training.modules.critic import judged_by
from training.modules.discriminator import EmbeddingDiscriminator


class Scheme(StrEnum):
    """Which losses a backbone is trained by.

    Mixed training and self-blended images are also cross-entropy, on other crops: ``Recipe.strong_share`` and
    ``Recipe.forge_share`` decide about those, and the recipes ``ce_mixed`` and ``sbi`` set them.
    """

    CE = "ce"
    """Cross-entropy."""
    MSE = "mse"
    """Squared error of the probability."""
    FOCAL = "focal"
    """Cross-entropy that leaves well-classified crops alone."""
    L1 = "l1"
    """Cross-entropy at both levels, and embeddings that are equal at both, one by one."""
    GAN = "gan"
    """Cross-entropy at both levels, and embeddings whose level a discriminator cannot tell."""
    TRIPLET = "triplet"
    """Cross-entropy, and embeddings nearer to their own class than to the other one."""
    METRIC = "metric"
    """Embeddings of real crops near the origin, of forgeries far from it."""


AT_TWO_LEVELS: Final = (Scheme.L1, Scheme.GAN)
ON_EMBEDDINGS: Final = (*AT_TWO_LEVELS, Scheme.TRIPLET, Scheme.METRIC)
"""Schemes for networks whose last linear layer takes an embedding."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BaselineRecipe(PairRecipe):
    """Choices of the baselines beside the common ones."""

    scheme: Scheme = Scheme.CE
    label_smoothing: float = 0.0
    """For cross-entropy: the target is half of it away from 0 and 1."""
    dropout: float | None = None
    """Before the last linear layer; None = the network's own."""
    size_px: int | None = None
    """Side of the crops, for networks that take any; None = the network's own."""
    residuals: bool = False
    """Whether the network sees the crop's noise residuals beside its colours, for networks that offer it."""
    stem_stride: int | None = None
    """Stride of the first convolution, for networks that offer it; None = the network's own."""
    focal_gamma: float = 2.0
    scheme_weight: float = 1.0
    """Of what L1, GAN and triplet add to the cross-entropy."""
    triplet_margin: float = 0.2
    """On the squared distance of normalised embeddings, as FaceNet has it; the paper prints none."""
    inner_radius: float = 0.1
    """r- of the metric scheme."""
    outer_radius: float = 18.0
    """r+ of the metric scheme."""


RECOMMENDED: Final = BaselineRecipe(
    steps=6000,
    pairs_per_batch=16,
    learning_rate=2e-4,
    schedule=Schedule.COSINE,
    warmup_steps=300,
    weight_decay=0.02,
    average_decay=0.998,
    clip_norm=5.0,
    precision="bf16-mixed",
    label_smoothing=0.05,
    strong="crf:23-45",
    strong_share=0.25,
    forge_share=0.25,
    forge_ramp_steps=2000,
    validate_every=300,
    patience=8,
    select_at=("clean", "crf:40"),
)
"""What we ship of a backbone that starts from ImageNet and is trained on the DFDC crops. Deviations from the papers'
plain cross-entropy at 2e-4, and why:

- the same 2e-4, the best of four rates in a short comparison (``experiments/2026-11-27-recipes.md``), but with warm-up,
  cosine and decoupled weight decay: the usual way to fine-tune such networks; the new head does not tear at the encoder
  in the first steps, and the last steps settle;
- a running average of the weights: 12,000 crops make noisy steps, and the average is worth a longer run;
- labels smoothed by 0.05: DFDC has forgeries in which next to nothing is forged, and a network that must be certain of
  those learns them by heart;
- JPEG, WebP, blur, resizing, noise and light (``AugmentSettings`` as it stands), the same for both crops of a pair:
  exhibits have been through messengers, and pairs leave nothing but the forgery to tell them apart;
- a quarter of the pairs strongly compressed, at a level that each clip draws: the level of an exhibit is not known;
- a quarter of the forgeries self-blended, rising over the first third: they carry over to unseen kinds of forgery, but
  a network that starts with them looks for the seam alone;
- selected on the mean of both levels; early stop, because such a network learns such a set by heart;
- bfloat16 where it is safe.
"""


def scheme_recipes(paper: BaselineRecipe, *, has_embedding: bool = True) -> dict[str, Recipe]:
    """Make a backbone's recipes for every scheme that the papers compare with, from its own published settings.

    Schemes at one level take the crops as they are stored; ``weak`` may be set to another level. Schemes at two levels
    pair crf:23 with crf:40, as the FaceForensics++ labels c23 and c40. Self-blended images are augmented, as in their
    paper: without it the seam is all too plain.

    Args:
        paper: The backbone's published settings.
        has_embedding: Whether the network has an embedding before its last linear layer.
    """
    mixed = replace(
        paper, scheme=Scheme.CE, weak="crf:23", strong="crf:40", strong_share=0.0, select_at=("crf:23", "crf:40")
    )
    recipes: dict[str, Recipe] = {
        "ce": replace(paper, scheme=Scheme.CE),
        "ce_mixed": replace(mixed, strong_share=0.5),
        "focal": replace(paper, scheme=Scheme.FOCAL),
        "sbi": replace(
            paper, scheme=Scheme.CE, forge_share=1.0, forge_families=("self_blend",), augment=AugmentSettings()
        ),
    }
    if has_embedding:
        recipes |= {
            "l1": replace(mixed, scheme=Scheme.L1),
            "gan": replace(mixed, scheme=Scheme.GAN),
            "triplet": replace(paper, scheme=Scheme.TRIPLET),
            "metric": replace(paper, scheme=Scheme.METRIC),
        }
    return recipes


BENCHMARK: Final = BaselineRecipe(
    steps=36_000,
    pairs_per_batch=16,
    learning_rate=2e-4,
    schedule=Schedule.CONSTANT,
    weight_decay=5e-4,
    average_decay=0.0,
    augment=UNCHANGED,
    validate_every=1800,
)
"""How a public benchmark (DeepfakeBench) trains every backbone: Adam with 2e-4, batches of 32, ten epochs of 32 frames
of the 3,600 training videos of FaceForensics++, nothing scheduled. Its weight decay of 5e-4 is part of the gradient,
here it is decoupled from it. Another set needs other ``steps``."""


Choices = TypeVar("Choices", bound=BaselineRecipe)


class BackboneTraining(PairTraining[Choices]):
    """One network, one scheme.

    The raw score is the difference of two logits, so the cross-entropy of the two classes is the binary one of the
    score.

    Source: the schemes: Huang et al., Anti-compression contrastive facial forgery detection, section 4.2; focal loss:
        Lin et al.; metric: Cao et al., Metric learning for anti-compression facial forgery detection, Eq. 6 for one
        branch; self-blended images: Shiohara and Yamasaki.
    Deviations: L1 is the mean over an embedding's components, not the sum: there are up to 4096 here (512 in the
        paper), whose sum would drown the cross-entropy. In the metric scheme the embedding is shaped by its radius
        alone, as in the paper, whose score is the length of the embedding; the network's last linear layer, by which
        ours is scored, learns from a detached embedding to read that length. Both levels go through the network in one
        batch, so that its BatchNorm serves both.
    """

    RECIPES: ClassVar[dict[str, Recipe]]
    network: Network

    def __init__(self, recipe: Choices) -> None:
        """Make a fresh network.

        Raises:
            SettingsError: The network cannot be trained by the recipe's scheme.
            WeightsError: The network does not take other sizes.
        """
        super().__init__(recipe)
        self.network = load_network(self.NAME, self.options)
        width = _embedding_width(self.network)
        if width is None and recipe.scheme in ON_EMBEDDINGS:
            offered = ", ".join(scheme for scheme in Scheme if scheme not in ON_EMBEDDINGS)
            raise SettingsError(
                f"The scheme '{recipe.scheme}' works on embeddings, which '{self.NAME}' does not have; use {offered}."
            )
        if recipe.dropout is not None:
            _set_dropout(self.network, recipe.dropout, self.NAME)
        self.discriminator = EmbeddingDiscriminator(width) if width and recipe.scheme is Scheme.GAN else None

    @property
    def options(self) -> tuple[tuple[str, str], ...]:
        """What of the network is not its own."""
        recipe = self.recipe
        chosen = {
            "size_px": recipe.size_px,
            "residuals": recipe.residuals or None,
            "stem_stride": recipe.stem_stride,
        }
        return tuple((name, str(value)) for name, value in chosen.items() if value is not None)

    @property
    def takes_any_size(self) -> bool:
        """Where the last feature map is averaged over its cells, however many they are."""
        return isinstance(self.network, PooledNetwork)

    @property
    def views(self) -> Views:
        """The strongly compressed crops, for the schemes that compare levels."""
        return Views(strong=self.recipe.scheme in AT_TWO_LEVELS)

    def forward(self, batch: Batch) -> LossTerms:
        """Return the scheme's terms."""
        self.hold_backbones()
        crops = batch.crops if batch.strong is None else torch.cat((batch.crops, batch.strong))
        pictures = self.network.input_spec.normalise(crops)
        if self.recipe.scheme not in ON_EMBEDDINGS:
            scores = self.network(pictures).raw_score.float()  # (B,)
            return LossTerms((self._classified(scores, batch.labels),), scores.detach())
        assert isinstance(self.network, PooledNetwork | MesoNetwork)
        embeddings = self.network.embed(pictures)  # (B, D), at two levels (2 B, D)
        with torch.autocast(embeddings.device.type, enabled=False):
            embeddings = embeddings.float()
            is_metric = self.recipe.scheme is Scheme.METRIC
            scores = self.network.score_embedding(embeddings.detach() if is_metric else embeddings)
            labels = batch.labels.repeat(len(scores) // len(batch.labels))
            terms = (self._classified(scores, labels), *self._on_embeddings(embeddings, batch.labels))
        return LossTerms(terms, scores[: len(batch.labels)].detach())

    def _classified(self, scores: Tensor, labels: Tensor) -> LossTerm:
        """Return what the scores cost."""
        match self.recipe.scheme:
            case Scheme.MSE:
                return LossTerm("squared_error", "MesoNet, section 4", F.mse_loss(scores.sigmoid(), labels), 1.0)
            case Scheme.FOCAL:
                value = focal_loss(scores, labels, self.recipe.focal_gamma).mean()
                return LossTerm("focal", "Focal loss, Eq. 4", value, 1.0)
            case _:
                target = labels + self.recipe.label_smoothing * (0.5 - labels)
                value = F.binary_cross_entropy_with_logits(scores, target)
                return LossTerm("cross_entropy", "L_CE", value, 1.0)

    def _on_embeddings(self, embeddings: Tensor, labels: Tensor) -> tuple[LossTerm, ...]:
        """Return what the embeddings cost; of two levels the weak ones come first."""
        recipe, weight = self.recipe, self.recipe.scheme_weight
        match recipe.scheme:
            case Scheme.L1:
                weak, strong = embeddings.chunk(2)
                value = embedding_l1(weak, strong).mean() / embeddings.shape[1]
                return (LossTerm("l1", "Compression contrastive, Eq. 10", value, weight),)
            case Scheme.GAN:
                assert self.discriminator is not None
                weak, strong = embeddings.chunk(2)
                game = log_gan(judged_by(self.discriminator, weak), judged_by(self.discriminator, strong))
                own = -log_gan(self.discriminator(weak.detach()), self.discriminator(strong.detach()))
                return (
                    LossTerm("gan", "Compression contrastive, Eq. 11-12, min over F", game, weight),
                    LossTerm("discriminator", "Compression contrastive, Eq. 11-12, max over D", own, 1.0),
                )
            case Scheme.TRIPLET:
                value = triplet_loss(F.normalize(embeddings, dim=1), labels, recipe.triplet_margin)
                return (LossTerm("triplet", "Compression contrastive, section 4.2", value, weight),)
            case _:
                value = radius_loss(embeddings, labels, recipe.inner_radius, recipe.outer_radius).mean()
                return (LossTerm("radius", "Metric learning, Eq. 6", value, 1.0),)


def _embedding_width(network: Network) -> int | None:
    """Return the width of what enters the last linear layer; None where that is not an embedding of the whole crop."""
    match network:
        case PooledNetwork():
            return network.head.linear.in_features
        case MesoNetwork():
            return network.output.in_features
        case _:
            return None


def _set_dropout(network: Network, dropout: float, name: str) -> None:
    match network:
        case PooledNetwork():
            network.head.dropout.p = dropout
        case MesoNetwork():
            network.dropout.p = dropout
        case _:
            raise SettingsError(f"'{name}' has no dropout; leave the recipe's field out.")
