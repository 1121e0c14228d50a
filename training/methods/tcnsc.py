"""Training of TCNSC: similarity of a crop and its compressed copy, and classification."""

from dataclasses import dataclass, replace
from typing import ClassVar, Final

import torch
from torch.nn import functional as F

from forensiclab.detectors.layers.mlp import TwoLayerPerceptron
from forensiclab.detectors.tcnsc import Tcnsc
from training.batches.augment import AugmentSettings
from training.batches.batches import Batch, Views
from training.losses.cosine import cosine_distance
from training.methods.method import LossTerm, LossTerms, Recipe, Schedule, TrainingMethod, size_option

PROJECTION: Final = 128
"""Width of z, in which the similarity is measured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TcnscRecipe(Recipe):
    """Choices of TCNSC beside the common ones."""

    similarity_weight: float = 1.0
    """Lambda of Eq. 4; 0 = the classification branch alone."""
    ce_on_compressed: bool = False
    """Whether the compressed copies have a cross-entropy as well (half the weight each)."""
    is_probe: bool = False
    """The classifier learns from the features, but does not shape them: similarity alone trains the encoder."""
    size_px: int | None = None
    """Side of the crops; None = the paper's 224."""

    def __post_init__(self) -> None:
        if self.similarity_weight == 0 and (self.is_probe or self.ce_on_compressed):
            raise ValueError("without the similarity loss there is neither a compressed copy nor a probe")


PAPER: Final = TcnscRecipe(
    steps=10_000,
    pairs_per_batch=32,
    learning_rate=1e-4,
    schedule=Schedule.EXPONENTIAL,
    decay=0.1,
    decay_steps=10_000,
    average_decay=0.0,
    augment=AugmentSettings(flip=0, affine=0, light=0, shrink=0, blur=0, noise=0, jpeg=0, webp=0),
    weak="clean",
    strong="jpeg:20",
    validate_every=500,
    select_at=("clean", "jpeg:20"),
)
"""The printed values: Adam, 1e-4 with exponential decay, 10,000 steps, batches of 64 (32 pairs), pairs (RAW, LQ).

Unstated and settled here: the rate falls to a tenth over the run; lambda is 1; no augmentation. HQ, MQ and LQ are JPEG
qualities 80, 50 and 20; the paper's paragraph on training sets has them the other way round.
"""

RECOMMENDED: Final = TcnscRecipe(
    steps=8000,
    pairs_per_batch=32,
    learning_rate=5e-4,
    schedule=Schedule.COSINE,
    warmup_steps=200,
    weight_decay=1e-4,
    average_decay=0.998,
    clip_norm=5.0,
    precision="bf16-mixed",
    weak="clean",
    strong="crf:30-42",
    ce_on_compressed=True,
    augment=AugmentSettings(jpeg=0.15),
    validate_every=250,
    patience=8,
    select_at=("clean", "crf:40"),
)
"""What we ship. Deviations and why:

- ``strong`` is drawn from CRF 30 to 42, a level for each clip: the exhibits are videos, whose level is not known, and
  what the network is to see through is what their encoder does, not JPEG alone. A copy made by ``compress --compress
  crf:30-42`` feeds a fast device; without one it is made on the fly, 30 ms a crop;
- cross-entropy on the compressed copies as well, as Algorithm 2's (h, h') allows: the similarity loss can be had by
  features that are equal and useless, the labels of the copies cannot;
- augmentation, the same for both views, a little of JPEG and WebP in it: 11,000 crops are a twentieth of the paper's,
  and exhibits have been through messengers;
- 5e-4 with warm-up and cosine instead of 1e-4: only a part of ResNet-18 starts from ImageNet, the rest at random;
- a running average of the weights, weight decay, early stop on the mean of both levels: small data;
- bfloat16 where it is safe.
"""

SMOKE: Final = replace(
    RECOMMENDED,
    steps=60,
    pairs_per_batch=8,
    learning_rate=1e-3,
    warmup_steps=0,
    average_decay=0.9,
    strong="jpeg:20",
    augment=PAPER.augment,
    validate_every=60,
    select_at=("clean",),
)
"""Both branches in a few minutes on a processor."""

CLASSIFIER_ONLY: Final = replace(PAPER, similarity_weight=0.0, select_at=("clean",))
"""Tab. 2, model B: cross-entropy on the raw crops."""

SIMILARITY_ONLY: Final = replace(PAPER, is_probe=True)
"""Tab. 2, model A. The paper does not say how a branch without labels classifies; here the classifier is trained on
features that it cannot shape, the kindest reading. The similarity loss has no negatives, so equal features for all
crops are its optimum, and what the classifier finds is at best what has not collapsed yet: 51.8 % in the paper."""


class TcnscTraining(TrainingMethod[TcnscRecipe]):
    """Cross-entropy of the classification branch and cosine distance of the similarity branch, which share f.

    ``network`` is f and c; the projection head g (512-512-128) serves training only.

    Source: Chen et al., Detecting compressed deepfake images using two-branch convolutional networks with similarity
        and classifier, Algorithms 1 and 2, Eq. 1-4.
    Deviations: none in what the paper states. Raw and compressed crops go through f in one batch, so that its BatchNorm
        serves both; in the classification branch alone there are raw crops only.
    """

    NAME: ClassVar[str] = "tcnsc"
    RECIPES: ClassVar[dict[str, Recipe]] = {
        "paper": PAPER,
        "recommended": RECOMMENDED,
        "smoke": SMOKE,
        # Tab. 1, and WebP in place of JPEG, which the paper only tests with
        "raw_hq": replace(PAPER, strong="jpeg:80", select_at=("clean", "jpeg:80")),
        "raw_mq": replace(PAPER, strong="jpeg:50", select_at=("clean", "jpeg:50")),
        "lq_mq": replace(PAPER, weak="jpeg:20", strong="jpeg:50", select_at=("jpeg:20", "jpeg:50")),
        **{
            f"raw_webp_{quality}": replace(PAPER, strong=f"webp:{quality}", select_at=("clean", f"webp:{quality}"))
            for quality in (80, 50, 20)
        },
        # Tab. 2, and what its text and Algorithm 2 disagree about
        "similarity_only": SIMILARITY_ONLY,
        "classifier_only": CLASSIFIER_ONLY,
        "ce_on_compressed": replace(PAPER, ce_on_compressed=True),
    }

    def __init__(self, recipe: TcnscRecipe) -> None:
        super().__init__(recipe)
        self.network: Tcnsc = Tcnsc(size_px=recipe.size_px)
        width = self.network.head.linear.in_features  # of ResNet-18: 512
        self.projector = TwoLayerPerceptron(width, width, PROJECTION) if recipe.similarity_weight else None

    @property
    def options(self) -> tuple[tuple[str, str], ...]:
        """Size of the crops, where it is not the paper's."""
        return size_option(self.recipe.size_px)

    @property
    def takes_any_size(self) -> bool:
        """The last feature map is averaged over its cells, however many they are."""
        return True

    @property
    def views(self) -> Views:
        """The compressed copy, for the similarity branch."""
        return Views(strong=self.projector is not None)

    def forward(self, batch: Batch) -> LossTerms:
        """Compute Eq. 4 with its two summands by themselves."""
        pictures = batch.crops if batch.strong is None else torch.cat((batch.crops, batch.strong))
        h = self.network.embed(
            self.network.input_spec.normalise(pictures)
        )  # (B, 512), raw before compressed: (2B, 512)
        with torch.autocast(h.device.type, enabled=False):
            h = h.float()
            logits = self.network.head.logits(h.detach() if self.recipe.is_probe else h)  # (B, 2) or (2B, 2)
            raw = logits[: len(batch.labels)]
            read, copies = (logits, len(logits) // len(raw)) if self.recipe.ce_on_compressed else (raw, 1)
            terms = [LossTerm("cross_entropy", "Eq. 3", F.cross_entropy(read, batch.labels.long().repeat(copies)), 1.0)]
            if self.projector is not None and batch.strong is not None:
                z, z_compressed = self.projector(h).chunk(2)  # (B, 128) each
                value = cosine_distance(z, z_compressed).mean()
                terms.append(LossTerm("similarity", "Eq. 2", value, self.recipe.similarity_weight))
        return LossTerms(tuple(terms), (raw[:, 1] - raw[:, 0]).detach())
