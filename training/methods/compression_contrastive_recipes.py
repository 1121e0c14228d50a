"""Recipes of compression_contrastive: its presets, and the rows of its paper's tables."""

from dataclasses import dataclass, replace
from typing import Final

from training.batches.augment import AugmentSettings
from training.methods.method import Recipe, Schedule


@dataclass(frozen=True, slots=True, kw_only=True)
class ContrastiveRecipe(Recipe):
    """Choices of compression_contrastive beside the common ones. A loss whose weight is 0 is left out."""

    momentum: float | None = 0.999
    """Beta_m of F' and g', which are measured then (Eq. 8-9); none = F and g themselves are."""
    is_mixed: bool = True
    """Cross-entropy at the levels ``weak`` and ``strong``; otherwise at ``weak`` alone, whatever that is."""
    relation_weight: float = 0.1
    """Beta_1 of Eq. 7."""
    contrast_weight: float = 0.1
    """Beta_2 of Eq. 7."""
    early_steps: int = 0
    """So long both weights are ``early_weight``."""
    early_weight: float = 0.01
    bank: int = 16384
    """Embeddings in each of the two memory banks."""
    tau_weak: float = 0.04
    tau_strong: float = 0.1
    tau_video: float = 0.07
    l1_weight: float = 0.0
    """Of the distance between embeddings of both levels (Eq. 10), a baseline."""
    gan_weight: float = 0.0
    """Of the game against a discriminator of levels (Eq. 11-12), a baseline."""
    triplet_weight: float = 0.0
    """Of the triplet loss, a baseline."""
    triplet_margin: float = 0.2
    size_px: int | None = None
    """Side of the crops; None = the paper's 224."""

    def __post_init__(self) -> None:
        if self.has_banks and (self.momentum is None or not self.is_mixed):
            raise ValueError("relation and contrast need a momentum copy and both levels; set their weights to 0 first")
        if (self.l1_weight or self.gan_weight) and not self.is_mixed:
            raise ValueError("L1 and GAN compare two levels; set their weights to 0 first")

    @property
    def has_banks(self) -> bool:
        """Whether any loss reads the memory banks."""
        return self.relation_weight > 0 or self.contrast_weight > 0


PAPER: Final = ContrastiveRecipe(
    steps=3600,
    pairs_per_batch=32,
    learning_rate=0.01,
    schedule=Schedule.STAIRCASE,
    decay=0.5,
    decay_steps=1440,
    average_decay=0.0,
    augment=AugmentSettings(flip=0, affine=0, light=0, shrink=0, blur=0, noise=0, jpeg=0, webp=0),
    weak="crf:23",
    strong="crf:40",
    validate_every=360,
    select_at=("crf:23", "crf:40"),
)
"""The printed values: Adam with 0.01, 5 epochs, halved every 2; no augmentation is mentioned.

Epochs as steps, for FaceForensics++ Deepfakes: 720 training pairs of videos x 32 frames = 23,040 pairs of crops;
32 pairs in a batch (its size is not printed) = 720 steps an epoch; 5 epochs = 3600 steps, 2 epochs = 1440. Another set
needs other ``steps`` and ``decay_steps``.
"""

PAPER_CELEB_DF: Final = replace(
    PAPER,
    steps=6000,
    decay_steps=2400,
    relation_weight=1.0,
    contrast_weight=1.0,
    early_steps=2000,
    early_weight=0.01,
    validate_every=500,
)
"""Celeb-DF: both weights 0.01 for 2000 steps, then 1 for 4000; halved after the same share of the run."""

CE_MIXED: Final = replace(PAPER, momentum=None, relation_weight=0.0, contrast_weight=0.0)
"""Cross-entropy at both levels, nothing else (Tab. 1 and 3, CE loss)."""

CE: Final = replace(CE_MIXED, is_mixed=False, select_at=("crf:23",))
"""Cross-entropy at one level (Tab. 2): ``weak``, crf:23; the C40 row is this with ``weak`` and ``select_at`` crf:40."""

TRIPLET: Final = replace(CE, triplet_weight=1.0, weak="crf:40", select_at=("crf:40",))
"""Cross-entropy and triplet loss at one level (Tab. 2), strong as the text says; the margin is FaceNet's."""

RECOMMENDED: Final = ContrastiveRecipe(
    steps=6000,
    pairs_per_batch=16,
    learning_rate=2e-4,
    schedule=Schedule.COSINE,
    warmup_steps=200,
    weight_decay=1e-4,
    clip_norm=5.0,
    precision="bf16-mixed",
    weak="clean",
    strong="crf:30-42",
    bank=4096,
    augment=AugmentSettings(jpeg=0.15),
    validate_every=300,
    patience=8,
    select_at=("clean", "crf:40"),
)
"""What we ship. Deviations and why:

- 2e-4 instead of 0.01, as is usual where Adam goes on from weights that know something; cosine instead of halving, so
  that the last weights are the settled ones; warm-up and a clipped gradient for the layers that start at random;
- ``weak`` is the crop as it is stored: such crops come out of videos, and compressing them once more would teach the
  network two rounds of damage where an exhibit has one;
- ``strong`` from a range of CRF instead of 40 alone: the level of an exhibit is not known beforehand;
- banks of 4096: 16384 would hold every crop of a set of 6000 pairs several times; Tab. 4 puts the loss at 0.3 %;
- augmentation, the same for both levels: without it a network of this size learns such a set by heart;
- selected on the mean of both levels, which is what it is for;
- bfloat16 where it is safe: the losses are computed in float32 all the same.
"""

SMOKE: Final = replace(
    RECOMMENDED,
    steps=40,
    pairs_per_batch=4,
    n_pairs=4,
    learning_rate=3e-4,
    warmup_steps=5,
    momentum=0.99,
    relation_weight=0.2,
    contrast_weight=0.2,
    bank=16,
    strong="jpeg:20",
    augment=PAPER.augment,
    validate_every=40,
    select_at=("clean",),
)
"""Every part once, in minutes on a processor, on four pairs again and again. Both losses start at 0, rise while the
banks fill in the first steps and fall from there. The copies must be slow for that: at a momentum of 0.5 or 0.9 the
banks hold what other networks saw, crops leave them behind by moving together, and both losses rise to chance."""

RECIPES: Final[dict[str, Recipe]] = {
    "paper": PAPER,
    "recommended": RECOMMENDED,
    "smoke": SMOKE,
    "paper_celeb_df": PAPER_CELEB_DF,
    # the baselines of Tab. 1 and 2
    "ce_mixed": CE_MIXED,
    "l1": replace(CE_MIXED, l1_weight=1.0),
    "gan": replace(CE_MIXED, gan_weight=1.0),
    "ce": CE,
    "triplet": TRIPLET,
    # Tab. 3
    "momentum_only": replace(PAPER, relation_weight=0.0, contrast_weight=0.0),
    "contrastive_only": replace(PAPER, relation_weight=0.0),
    "relation_only": replace(PAPER, contrast_weight=0.0),
    "raw_c40": replace(PAPER, weak="clean", select_at=("clean", "crf:40")),
    # Tab. 4
    **{f"bank_{size}": replace(PAPER, bank=size) for size in (256, 1024, 4096, 32768)},
}
