"""Recipes of DCL: its presets, and the rows of its paper's tables."""

from dataclasses import dataclass, field, replace
from typing import Final

from training.batches.augment import AugmentSettings
from training.methods.baselines import RECOMMENDED as BASELINE
from training.methods.dcl_views import PLAIN_VIEWS, ViewSettings
from training.methods.method import Recipe, Schedule
from training.methods.pairs import PairRecipe, recipe_as, smoke
from training.modules.hard_queues import Selection


@dataclass(frozen=True, slots=True, kw_only=True)
class DclRecipe(PairRecipe):
    """Choices of DCL beside the common ones."""

    backbone: str = "efficientnet_b4"
    """Or ``efficientnet_b0``."""
    size_px: int | None = None
    """Side of the crops; None = the paper's 299. The contrast between crops compares as many numbers as the last
    feature map has cells: 100 at 299, 49 at 224, 16 at 128."""
    special: ViewSettings = field(default_factory=ViewSettings)
    """The special views."""
    has_inter: bool = True
    """Contrast between crops (Eq. 3)."""
    has_intra: bool = True
    """Contrast within crops (Eq. 7-9)."""
    phi: float = 0.5
    """Share of contrast in the total loss; the rest is cross-entropy (Eq. 10)."""
    phi_at_first: float = 0.1
    first_steps: int = 0
    """So long the share is ``phi_at_first``."""
    intra_weight: float = 1.0
    """Of L_intra within the contrast."""
    intra_real_weight: float = 1.0
    """Of the term of real crops within L_intra."""
    momentum: float = 0.99
    """Beta of the key encoder (Eq. 1)."""
    is_key_normalised_by_batch: bool = True
    """The key encoder's BatchNorm uses its batch, as the authors' does; otherwise the averaged statistics, which need
    starting weights: from a random start they take hundreds of steps to say anything."""
    tau: float = 0.07
    queue: int = 30_000
    """Keys in each queue."""
    is_queue_random_at_first: bool = True
    """Queues start full of random unit vectors; otherwise empty."""
    selection: Selection = Selection.THRESHOLD
    """Which keys go into the queues."""
    threshold: float = 0.5
    """Theta, for ``selection`` threshold (Eq. 6)."""
    hardest: int = 5
    """Keys of each class and batch, for ``selection`` hardest."""
    prototype_decay: float = 0.9
    """Alpha (Eq. 4-5)."""

    @property
    def has_contrast(self) -> bool:
        """Whether there is any loss but cross-entropy."""
        return self.has_inter or self.has_intra


EPOCH_STEPS: Final = 2250
"""Of FaceForensics++, with 50 frames of each of its 720 real training videos and as many forged crops in batches of
32."""

PAPER: Final = DclRecipe(
    steps=30 * EPOCH_STEPS,
    pairs_per_batch=16,
    learning_rate=1e-3,
    schedule=Schedule.STAIRCASE,
    decay=0.1,
    decay_steps=10 * EPOCH_STEPS,
    weight_decay=1e-5,
    average_decay=0.0,
    augment=AugmentSettings(
        affine=0.5, rotation_deg=30, zoom=0.2, light=0.5, shrink=0, blur=0.05, noise=0.1, jpeg=0, webp=0
    ),
    first_steps=5 * EPOCH_STEPS,
    validate_every=EPOCH_STEPS,
)
"""The printed values: Adam with 1e-3 and weight decay 1e-5, batches of 32, beta 0.99, tau 0.07, queues of 30000, alpha
0.9, theta 0.5, phi 0.1 for five epochs, then 0.5.

Unstated and settled here: thirty epochs, the rate a tenth after every ten, the probabilities of the views, common
augmentation and the random start of the queues follow the authors' code; the mixture is even. Weight decay is decoupled
from the gradient. Epochs are those of FaceForensics++: another set needs other ``steps``, ``decay_steps`` and
``first_steps``.
"""

AUTHORS: Final = replace(
    PAPER,
    learning_rate=2e-4,
    momentum=0.999,
    queue=32_768,
    selection=Selection.HARDEST,
    special=ViewSettings(mixup=0.0),
    first_steps=3 * EPOCH_STEPS,
    phi_at_first=0.0,
    intra_weight=0.1,
    intra_real_weight=0.01,
)
"""The values of the authors' code, where they differ: 2e-4, beta 0.999, queues of 32768, the five hardest keys of each
class and batch, cross-entropy alone for three epochs, the intra-instance loss by 0.1 and its real part by 0.01 of that,
no mixup. Left out: the sums of that loss run over whole batches there; residuals are drawn for both views at once."""

RECOMMENDED: Final = recipe_as(
    DclRecipe,
    BASELINE,
    pairs_per_batch=16,
    learning_rate=2e-4,
    weight_decay=1e-4,
    special=ViewSettings(patch=0.5, least_forged=0.5),
    momentum=0.999,
    is_key_normalised_by_batch=False,
    queue=8192,
    is_queue_random_at_first=False,
    selection=Selection.HARDEST,
    first_steps=1000,
    intra_weight=0.1,
    intra_real_weight=0.01,
)
"""What we ship, for the DFDC crops and a start from ImageNet. Deviations and why:

- as the authors' code: 2e-4, beta 0.999, the hardest five, and the weights 0.1 and 0.01 of the intra-instance loss. At
  weight 1 its real part, which is negative and some 23 nats deep, rules the total: real crops then become flat rather
  than told apart. 1e-3 is five times what a started EfficientNet bears;
- crops are mixed as in the paper, but with at least half of the forgery: what is mostly real and called forged teaches
  the classifier noise;
- half of the queries stay whole: the program never shows shuffled faces;
- keys are normalised by averaged statistics (as in Cai et al., Exponential moving average normalization): those of a
  batch tell query and key that they belong together, which the authors prevent by shuffling over several devices;
- queues of 8192 that start empty: with five keys of a class in a step, 30000 would hold most of the run, and random
  directions are negatives that teach nothing;
- schedule, running average, augmentation, strong compression and self-blended forgeries as for the other backbones
  (``training.methods.baselines.RECOMMENDED``), with the reasons given there.
"""

SMOKE: Final = replace(
    smoke(RECOMMENDED, steps=60),
    backbone="efficientnet_b0",
    first_steps=0,
    momentum=0.5,
    is_key_normalised_by_batch=True,
    queue=2,
    intra_weight=1.0,
    intra_real_weight=0.1,
    special=ViewSettings(patch=0.25, residual=0.25, shift=0.0, mixup=0.25, least_forged=0.5),
)
"""Every part in minutes on a processor and from a random start: the smaller backbone, contrast from the first step and
with some weight, a key encoder that keeps up, and queues that hold one batch, so that the number of negatives does not
change."""

VIEWS_ONLY: Final = replace(PAPER, has_inter=False, has_intra=False)
"""Tab. 5, row 1: cross-entropy on the special views."""

INTER_ONLY: Final = replace(PAPER, has_intra=False, special=PLAIN_VIEWS, selection=Selection.ALL)
"""Tab. 5, row 2: contrast between crops on common views, every key into the queues."""


RECIPES: Final[dict[str, Recipe]] = {
    "paper": PAPER,
    "recommended": RECOMMENDED,
    "smoke": SMOKE,
    "authors": AUTHORS,
    "paper_b0": replace(PAPER, backbone="efficientnet_b0"),  # Tab. 4
    # Tab. 5
    "views_only": VIEWS_ONLY,
    "inter_only": INTER_ONLY,
    "inter_views": replace(PAPER, has_intra=False, selection=Selection.ALL),
    "inter_hard": replace(PAPER, has_intra=False, special=PLAIN_VIEWS),
    "no_intra": replace(PAPER, has_intra=False),
    # one part left out, beyond the paper
    "intra_only": replace(PAPER, has_inter=False),
    "no_hard": replace(PAPER, selection=Selection.ALL),
    "no_views": replace(PAPER, special=PLAIN_VIEWS),
    "no_mixup": replace(PAPER, special=replace(PAPER.special, mixup=0.0)),
    "no_shift": replace(PAPER, special=replace(PAPER.special, shift=0.0)),
    "no_patch": replace(PAPER, special=replace(PAPER.special, patch=0.0)),
    "no_srm": replace(PAPER, special=replace(PAPER.special, residual=0.0)),
}
"""Rows of the paper's tables by name; the rows of Tab. 1-3 are ``paper``."""
