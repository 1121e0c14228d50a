"""What a method is while it is trained: its losses, its recipe, and the network that comes out."""

import math
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, ClassVar, Generic, Literal, NamedTuple, TypeVar

import torch
from torch import Tensor, nn

from forensiclab.detectors.base import Network, WeightsReference
from training.batches.augment import AugmentSettings
from training.batches.batches import Batch, CropGroup, Views
from training.datasets.levels import LevelReader

Precision = Literal["32-true", "bf16-mixed", "16-mixed"]
"""Lightning's words for float32, and for bfloat16 or float16 where that is safe."""


class Schedule(StrEnum):
    """How the learning rate falls."""

    COSINE = "cosine"
    """To 1 % of the start, along half a cosine over all steps."""
    EXPONENTIAL = "exponential"
    """Smoothly, by the factor ``Recipe.decay`` in ``Recipe.decay_steps`` steps."""
    STAIRCASE = "staircase"
    """By the factor ``Recipe.decay`` at once after every ``Recipe.decay_steps`` steps."""
    CONSTANT = "constant"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """All choices of a training run that are the same for every method. A method's own choices are in a subclass."""

    steps: int
    pairs_per_batch: int
    """Half of the batch size: a batch holds as many real crops as forgeries."""
    n_pairs: int | None = None
    """Number of pairs to train on, from all over the data: a few show that a method learns. None = all."""
    learning_rate: float
    schedule: Schedule
    warmup_steps: int = 0
    """The learning rate rises linearly over them."""
    decay: float = 0.1
    decay_steps: int = 1000
    weight_decay: float = 0.0
    average_decay: float = 0.995
    """Of the running average of the weights, which is what is measured and exported; 0 = the last weights."""
    clip_norm: float | None = None
    precision: Precision = "32-true"
    augment: AugmentSettings = field(default_factory=AugmentSettings)
    weak: str = "clean"
    """Level of compression of the crops: ``clean`` (as they are stored), ``crf:23``, or a range such as
    ``crf:18-28`` from which every clip draws, a preset such as ``messenger``, or several with commas."""
    strong: str = "crf:40"
    """Level of the strongly compressed view, and of the share below."""
    strong_share: float = 0.0
    """Share of pairs that are shown strongly compressed (mixed training)."""
    forge_share: float = 0.0
    """Share of pairs whose forgery is made from the real crop itself."""
    forge_ramp_steps: int = 0
    """That share rises linearly over them."""
    forge_families: tuple[str, ...] = ("self_blend",)
    """Which kinds of forgeries are made (``forensiclab.forge.families``), each as likely; one that is named twice is
    twice as likely."""
    real_share: float = 0.0
    """Share of pairs from the folders of real crops that a run is given beside its data: a real crop and a forgery made
    from it."""
    real_widest: float = 1.0
    """Crops of those folders show up to this many times the side that the data's own crops show of a face, as far as
    they have surroundings."""
    small_px: int = 0
    """Side of the crops in the first steps, which are cheaper so; for networks that take crops of any size."""
    small_share: float = 0.0
    """Share of the steps that have them."""
    validate_every: int = 200
    """Steps between two measurements on the held-out parts."""
    patience: int | None = None
    """Measurements without a better one after which the run stops; None = never."""
    hold_out: float = 0.08
    """Share of the training crops, in whole parts, that are kept back to select the weights."""
    select_at: tuple[str, ...] = ("clean",)
    """Levels at which the held-out crops are measured; the mean of the AUCs decides."""

    def rate(self, step: int) -> float:
        """Return the learning rate of a step (from 0): it depends on that alone, so a resumed run needs no state."""
        if step < self.warmup_steps:
            return self.learning_rate * (step + 1) / self.warmup_steps
        match self.schedule:
            case Schedule.CONSTANT:
                return self.learning_rate
            case Schedule.EXPONENTIAL:
                return self.learning_rate * float(self.decay ** (step / self.decay_steps))
            case Schedule.STAIRCASE:
                return self.learning_rate * float(self.decay ** (step // self.decay_steps))
            case Schedule.COSINE:
                progress = (step - self.warmup_steps) / max(1, self.steps - self.warmup_steps)
                return self.learning_rate * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * min(1.0, progress))))


def size_option(size_px: int | None) -> tuple[tuple[str, str], ...]:
    """Return the option for crops of another size than the network's own, as cards have it; empty for None."""
    return () if size_px is None else (("size_px", str(size_px)),)


class LossTerm(NamedTuple):
    """One summand of a method's total loss.

    A critic's own loss is a summand like the others: the method computes it from detached features, and the terms that
    play against the critic through a frozen copy of its parameters (``training.modules.critic``), so that one backward
    pass of the sum gives each parameter the gradient of its own terms only.
    """

    name: str
    source: str
    """Where the paper defines it, such as ``Eq. 5``."""
    value: Tensor
    """Scalar, before its weight."""
    weight: float


class LossTerms(NamedTuple):
    """Every term of the paper's total loss, and the scores for the log."""

    terms: tuple[LossTerm, ...]
    raw_scores: Tensor
    """Of the batch, shape (B,), detached."""

    @property
    def total(self) -> Tensor:
        """The scalar that is minimised."""
        total = self.terms[0].weight * self.terms[0].value
        for term in self.terms[1:]:
            total = total + term.weight * term.value
        return total


Choices = TypeVar("Choices", bound=Recipe)


class TrainingMethod(nn.Module, ABC, Generic[Choices]):
    """The training half of a method: a module that holds everything trained and turns a batch into losses.

    ``network`` is the inference half; it is averaged, measured and exported. A method may hold more (projection heads,
    momentum copies, memory banks and queues as buffers, critics); all of it is saved in a checkpoint. The loop seeds
    torch before every step from the run's seed, the step and the process, so ``forward`` may draw random numbers and a
    resumed run still equals an uninterrupted one.
    """

    NAME: ClassVar[str]
    """Key in ``forensiclab.detectors.DETECTORS``."""
    RECIPES: ClassVar[dict[str, Recipe]]
    """``paper``: the printed values; ``recommended``: what we ship; ``smoke``: minutes on a processor; and one entry
    for every row of an ablation."""

    network: Network

    def __init__(self, recipe: Choices) -> None:
        """Make a fresh method for a recipe (one of ``RECIPES``, perhaps with fields replaced)."""
        super().__init__()
        self.recipe = recipe

    @abstractmethod
    def forward(self, batch: Batch) -> LossTerms:
        """Compute the losses of a batch."""

    @property
    def views(self) -> Views:
        """Which views ``forward`` needs beside crops and labels."""
        return Views()

    @property
    def network_name(self) -> str:
        """Key in ``DETECTORS`` of ``network``: the method's own, unless a recipe trains another."""
        return self.NAME

    @property
    def options(self) -> tuple[tuple[str, str], ...]:
        """Keyword arguments with which the network's class was built, for the card."""
        return ()

    @property
    def stands_before(self) -> WeightsReference | None:
        """The weights that ``network`` borrows (``Network.BORROWED``), for the card; None for most methods."""
        return None

    @property
    def takes_any_size(self) -> bool:
        """Whether the crops may have another side in some steps than in others (``Recipe.small_share``)."""
        return False

    @property
    def keeps_average(self) -> bool:
        """Whether the loop's running average of ``network`` is what is measured and exported.

        False for methods whose ``network`` holds momentum copies already.
        """
        return True

    def backbones(self) -> tuple[nn.Module, ...]:
        """Return modules whose parameters have timm's names, which is where starting weights go."""
        encoder = getattr(self.network, "encoder", None)
        return (encoder,) if isinstance(encoder, nn.Module) else (self.network,)

    def started(self) -> None:
        """Set momentum copies equal to what they follow; called once when starting weights are in."""

    def choose_groups(
        self, groups: Sequence[CropGroup], reader: LevelReader, device: torch.device
    ) -> Sequence[CropGroup]:
        """Choose what is trained on, of all pairs (real, forged) of the training set: all of it, unless overridden."""
        del reader, device
        return groups

    def parameter_groups(self, recipe: Recipe) -> list[dict[str, Any]]:
        """Group parameters for AdamW; biases and normalisation are not decayed.

        A group may set ``rate_scale`` (its learning rate over the recipe's) and ``betas``, as critics do.
        """
        trained = [parameter for parameter in self.parameters() if parameter.requires_grad]
        return [
            {"params": [p for p in trained if p.ndim > 1], "weight_decay": recipe.weight_decay},
            {"params": [p for p in trained if p.ndim <= 1], "weight_decay": 0.0},
        ]

    def after_step(self, step: int) -> None:
        """Update momentum copies; called after the optimiser's step. Nothing by default."""
        del step
