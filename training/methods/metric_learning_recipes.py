"""Recipes of metric learning: the paper's, ours, and the rows of its Table 3."""

from dataclasses import dataclass, replace
from typing import Literal

from training.batches.augment import AugmentSettings
from training.methods.method import Recipe, Schedule

UNCHANGED = AugmentSettings(flip=0, affine=0, light=0, shrink=0, blur=0, noise=0, jpeg=0, webp=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricLearningRecipe(Recipe):
    """Choices of metric learning beside the common ones.

    Two branches take pairs: H the crop at the level ``weak``, L the same crop at the level ``strong``. A single branch
    takes the crop at the level ``weak``.
    """

    branches: Literal[1, 2] = 2
    loss: Literal["metric", "cross_entropy"] = "metric"
    """``cross_entropy``: a plain Xception with a classifier, for the first row of Table 3; one branch, no attention."""
    has_attention: bool = True
    """Without it the map is 0.5 everywhere and stays so."""
    has_transfer: bool = True
    """Whether M_L is pulled to M_H (the third term of Eq. 5); two branches with attention only."""
    align_weight: float = 0.001
    """lambda_1 of Eq. 1, of the game with the critic; 0 = no critic. Two branches only."""
    attention_weight: float = 1.0
    """lambda_2 of Eq. 1."""
    pair_weight: float = 0.1
    """lambda_3 of Eq. 6; two branches only."""
    inner_radius: float = 0.1
    outer_radius: float = 18.0
    critic_learning_rate: float = 1e-4
    """At the recipe's full learning rate; it rises and falls with it."""
    penalty_weight: float = 10.0
    """Of the critic's gradient penalty."""
    size_px: int | None = None
    """Side of the crops; None = the paper's 299."""

    def __post_init__(self) -> None:
        if self.loss == "cross_entropy" and (self.branches == 2 or self.has_attention):
            raise ValueError("cross-entropy is for one branch without attention")
        if not 0 <= self.inner_radius < self.outer_radius:
            raise ValueError("the inner radius must be smaller than the outer one")


PAPER = MetricLearningRecipe(
    steps=40_000,
    pairs_per_batch=16,
    learning_rate=1e-4,
    schedule=Schedule.CONSTANT,
    average_decay=0.0,
    augment=UNCHANGED,
    weak="crf:23",
    strong="crf:40",
    validate_every=1000,
    patience=5,
    select_at=("crf:40",),
)
"""The printed values: pairs (c23, c40), Adam 1e-4, batches of 32, weights 0.001, 1 and 0.1, radii 0.1 and 18, no
augmentation; start from ImageNet (``--start``). The paper stops when the loss on its validation set no longer falls;
here when the AUC on the held-out parts has not risen for 5,000 steps, at the latest after 40,000."""

RECOMMENDED = replace(
    PAPER,
    steps=20_000,
    schedule=Schedule.COSINE,
    warmup_steps=500,
    average_decay=0.999,
    precision="bf16-mixed",
    weak="clean",
    strong="crf:23-45",
    augment=AugmentSettings(jpeg=0.1, webp=0.0, noise=0.05),
    patience=None,
    select_at=("clean", "crf:40"),
)
"""What we ship. Deviations and why:

- strong crops draw their level from CRF 23 to 45 and weak ones are as they are stored: an exhibit's level is not known
  beforehand, and pairs of many distances show the network what fades first;
- flips, small turns, light, blur and, seldom, noise and JPEG, the same for both of a pair: the data is one crop a clip.
  More of the damage would make the weak crop of a pair as poor as the strong one;
- cosine to 1 % over a fixed number of steps after a warm-up, and a running average of the weights, instead of a
  constant rate until the validation loss rises: it ends at a steady point, and always at the same step;
- bfloat16 where it is safe: all losses and the critic are float32 anyway;
- the mean of the AUCs at two levels selects the weights, since both are asked for.
"""

SMOKE = replace(
    PAPER,
    steps=20,
    pairs_per_batch=2,
    learning_rate=2e-4,
    schedule=Schedule.COSINE,
    weak="clean",
    strong="jpeg:20",
    n_pairs=2,
    hold_out=0.0,
    validate_every=20,
    patience=None,
)
"""Every term, in minutes on a processor: twenty times the same four crops at two levels, since the radii of Eq. 6 only
fall when real and forged are told apart, which on ever new crops takes thousands of steps. JPEG needs no x264; nothing
is held out, because measuring takes longer than training."""

_SINGLE = replace(PAPER, branches=1, has_transfer=False, align_weight=0.0, pair_weight=0.0, weak="crf:40")
_TWO = replace(PAPER, has_transfer=False, align_weight=0.0)

RECIPES: dict[str, Recipe] = {
    "paper": PAPER,
    "recommended": RECOMMENDED,
    "smoke": SMOKE,
    # Table 3 in its order; "paper" is row 9, and row 4 is row 3 with --set weak=crf:23 --set select_at=crf:23.
    "single_ce": replace(_SINGLE, loss="cross_entropy", has_attention=False),
    "single_metric": replace(_SINGLE, has_attention=False),
    "single_metric_attention": _SINGLE,
    "two_branch_metric": replace(_TWO, has_attention=False),
    "two_branch_metric_gan": replace(_TWO, has_attention=False, align_weight=PAPER.align_weight),
    "two_branch_metric_attention": _TWO,
    "two_branch_metric_transfer": replace(_TWO, has_transfer=True),
    "paper_c0_c40": replace(PAPER, weak="clean"),
    "paper_both_pairs": replace(PAPER, weak="clean,crf:23"),
}
"""By name. In ``paper_both_pairs`` every clip draws whether its H is c0 or c23."""
