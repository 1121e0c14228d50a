"""Recipes of pixel bleach: the paper's, ours, and its ablations."""

from dataclasses import dataclass, replace
from typing import Literal

from training.batches.augment import AugmentSettings
from training.methods.method import Recipe, Schedule


@dataclass(frozen=True, slots=True, kw_only=True)
class PixelBleachRecipe(Recipe):
    """Choices of pixel bleach beside the common ones.

    The crops are bleached as they come at the level ``weak``: for the paper's setting that is CRF 40. ``strong`` is not
    used.
    """

    detector: str | None = None
    """Weights of the frozen detector: the name of installed ones, or a folder with a card. They decide the backbone."""
    strength: float = 0.01
    """The factor s of the bleach."""
    balance: float = 0.7
    """The intensity m of the balanced offset."""
    remedy_weight: float = 1.0
    """Of Eq. 5; 0 leaves it out."""
    push: float = 0.2
    """tau of Eq. 5."""
    size_weight: float = 1.0
    """alpha of Eq. 7, of Eq. 6; 0 leaves it out."""
    size_scale: float = 50.0
    """k of Eq. 6."""
    answer_weight: float = 2.0
    """gamma of Eq. 7, of the cross-entropy; 0 leaves it out."""
    phi: Literal["activated", "before_activation"] = "activated"
    """Which features Eq. 5 moves: those that enter the last linear layer, or the same before their last activation,
    where -phi can be reached. The generator always starts from the former."""
    crops_scored: int | None = None
    """How many crops of the training set, drawn at random, are scored to find those that the detector answers wrongly;
    None = all."""

    def __post_init__(self) -> None:
        if self.remedy_weight == self.size_weight == self.answer_weight == 0:
            raise ValueError("at least one of remedy_weight, size_weight and answer_weight must not be 0")


PAPER = PixelBleachRecipe(
    steps=10_000,
    pairs_per_batch=7,
    learning_rate=2e-4,
    schedule=Schedule.CONSTANT,
    weight_decay=1e-8,
    average_decay=0.0,
    augment=AugmentSettings(flip=0, affine=0, light=0, shrink=0, blur=0, noise=0, jpeg=0, webp=0),
    weak="crf:40",
    validate_every=500,
    select_at=("crf:40",),
)
"""The printed values: s 0.01, m 0.7, k 50, alpha 1, gamma 2, tau 0.2, Adam 2e-4 with a weight decay of 1e-8, batches of
14 (its F3-Net: 16), no augmentation. The number of steps is not printed. The decay is AdamW's, of weights and not of
biases and normalisation: at 1e-8 that makes no difference. Say which detector is bleached with ``--set detector=NAME``;
the paper's were trained at CRF 23."""

RECOMMENDED = replace(
    PAPER,
    schedule=Schedule.COSINE,
    warmup_steps=200,
    average_decay=0.995,
    clip_norm=5.0,
    augment=AugmentSettings(affine=0, shrink=0, blur=0, noise=0, jpeg=0, webp=0),
    weak="crf:35-45",
    phi="before_activation",
    select_at=("clean", "crf:40"),
)
"""What we ship. Deviations and why:

- the strong crops draw their level from CRF 35 to 45: an exhibit's level is not known beforehand;
- Eq. 5 moves the features before their last activation: behind a ReLU the target -phi cannot be reached, and the way
  there ends at 0, where a detector says nothing;
- flips and light, which leave the traces of compression as they are, because the wrong crops of a training set are few;
- cosine to 1 % after a warm-up, a running average of the weights and a clipped gradient, so that a run ends at a steady
  point whatever its length;
- the weights are selected at two levels: a bleach that harms crops which need none is not wanted.
"""

SMOKE = replace(
    PAPER,
    detector="meso_inception4",
    steps=30,
    pairs_per_batch=4,
    learning_rate=1e-3,
    strength=0.05,
    weak="jpeg:20",
    crops_scored=30,
    hold_out=0.0,
    validate_every=30,
)
"""Every term, in minutes on a processor, on the detector that ships. A stronger bleach, a higher rate and the wrong
ones of thirty crops show in a few steps what takes the paper's thousands; JPEG needs no x264."""

RECIPES: dict[str, Recipe] = {
    "paper": PAPER,
    "recommended": RECOMMENDED,
    "smoke": SMOKE,
    # Table V
    "strength_1": replace(PAPER, strength=1.0),
    "strength_0_1": replace(PAPER, strength=0.1),
    "strength_0_001": replace(PAPER, strength=0.001),
    # Table VI
    "alpha_0_5_gamma_2": replace(PAPER, size_weight=0.5),
    "alpha_2_gamma_2": replace(PAPER, size_weight=2.0),
    "alpha_1_gamma_1": replace(PAPER, answer_weight=1.0),
    "alpha_1_gamma_4": replace(PAPER, answer_weight=4.0),
    # Tables VII to X
    "no_rem": replace(PAPER, remedy_weight=0.0),
    "balance_0": replace(PAPER, balance=0.0),
    "balance_minus_0_7": replace(PAPER, balance=-0.7),
    "no_reg": replace(PAPER, size_weight=0.0),
    "reg_k_1": replace(PAPER, size_scale=1.0),
    "reg_k_10": replace(PAPER, size_scale=10.0),
    "reg_k_100": replace(PAPER, size_scale=100.0),
    "agnostic": replace(PAPER, weak="crf:23"),
    # not in the paper: what its Eq. 5 becomes where -phi can be reached
    "phi_before_activation": replace(PAPER, phi="before_activation"),
}
"""By name. Backbones need no recipes of their own: the detector's weights decide. ``agnostic`` is trained at CRF 23 and
measured at CRF 40, which ``select_at`` does already."""
