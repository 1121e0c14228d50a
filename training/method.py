"""What a method is while it is trained: its losses, its recipe, and the network that comes out."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar, Literal, NamedTuple, Self

import torch
from torch import Tensor, nn

from forensiclab.detectors.base import Network
from training.data.augment import AugmentSettings
from training.data.batches import Batch

Precision = Literal["32-true", "bf16-mixed", "16-mixed"]
"""Lightning's words for float32, and for bfloat16 or float16 where that is safe."""


class Schedule(StrEnum):
    """How the learning rate falls."""

    COSINE = "cosine"
    """To 1 % of the start, along half a cosine over all steps."""
    EXPONENTIAL = "exponential"
    """By a constant factor every ``Recipe.decay_steps``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """All choices of a training run that are the same for every method. A method's own choices are in a subclass."""

    steps: int
    pairs_per_batch: int
    """Half of the batch size: a batch holds as many real crops as forgeries."""
    learning_rate: float
    schedule: Schedule
    warmup_steps: int = 0
    """The learning rate rises linearly over them."""
    decay: float = 0.1
    decay_steps: int = 1000
    """For the exponential schedule: the rate is multiplied by ``decay`` in so many steps."""
    weight_decay: float = 0.0
    average_decay: float = 0.995
    """Of the running average of the weights, which is what is measured and exported; 0 = the last weights."""
    clip_norm: float | None = None
    precision: Precision = "32-true"
    augment: AugmentSettings = field(default_factory=AugmentSettings)
    compressed_share: float = 0.0
    """Share of pairs taken from the compressed copy of the data, where one is given."""
    forge_share: float = 0.0
    """Share of pairs whose forgery is blended from the real crop itself."""
    validate_every: int = 200
    """Steps between two measurements on the held-out parts."""
    patience: int | None = None
    """Stop after so many measurements without a better one; None = never."""
    hold_out: float = 0.08
    """Share of the training crops, in whole parts, that are kept back to select the weights."""

    def rate(self, step: int) -> float:
        """Learning rate of a step (counted from 0): a function of the step alone, so a resumed run needs no state."""
        if step < self.warmup_steps:
            return self.learning_rate * (step + 1) / self.warmup_steps
        if self.schedule is Schedule.EXPONENTIAL:
            return self.learning_rate * float(self.decay ** (step / self.decay_steps))
        progress = (step - self.warmup_steps) / max(1, self.steps - self.warmup_steps)
        cosine = 0.5 * (1 + float(torch.cos(torch.tensor(torch.pi * min(1.0, progress)))))
        return self.learning_rate * (0.01 + 0.99 * cosine)


class LossTerm(NamedTuple):
    """One summand of a method's total loss."""

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


class TrainingMethod(nn.Module, ABC):
    """The training half of a method: a module that holds everything trained and turns a batch into losses.

    ``network`` is the inference half; it is averaged, measured and exported. A method may hold more (projection heads,
    momentum copies, memory banks as buffers); all of it is saved in a checkpoint.
    """

    NAME: ClassVar[str]
    """Key in ``forensiclab.detectors.DETECTORS``."""
    RECIPES: ClassVar[dict[str, Recipe]]
    """``paper``: the printed values; ``recommended``: what we ship."""

    network: Network

    @classmethod
    @abstractmethod
    def build(cls, recipe: Recipe) -> Self:
        """A fresh method for a recipe (one of ``RECIPES``, perhaps with fields replaced)."""

    @abstractmethod
    def forward(self, batch: Batch) -> LossTerms:
        """Losses of a batch."""

    def after_step(self, step: int) -> None:
        """Called after the optimiser's step; for momentum copies and memory banks. Nothing by default."""
        del step
