"""Queues of past keys of both classes, into which only those go that are hard to tell from the other class."""

from enum import StrEnum
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from training.modules.gather import gather_rows
from training.modules.memory_bank import MemoryBank


class Selection(StrEnum):
    """Which keys of a batch go into the queues."""

    ALL = "all"
    THRESHOLD = "threshold"
    """Those whose similarity to the other class's prototype exceeds a threshold."""
    HARDEST = "hardest"
    """A fixed number of each class, those most similar to it."""


class Hardness(NamedTuple):
    """How keys are selected."""

    selection: Selection = Selection.THRESHOLD
    threshold: float = 0.5
    """Theta, for ``THRESHOLD``."""
    hardest: int = 5
    """Of each class and batch, for ``HARDEST``."""


class HardQueues(nn.Module):
    """M_r and M_f with their prototypes; all of it is in a checkpoint, and alike in all processes.

    Args:
        size: Keys in each queue.
        width: Their width D.
        hardness: Which keys go in.
        prototype_decay: Alpha of the prototypes.
        is_random_at_first: Queues start full of random unit vectors; otherwise empty.

    Source: Sun et al., Dual contrastive learning for general face forgery detection, Eq. 4-6; the count instead of a
        threshold and the random start: the authors' code.
    Deviations: a batch moves a prototype once, by the mean key of the class (the equations write one key).
    """

    prototypes: Tensor

    def __init__(
        self, size: int, width: int, *, hardness: Hardness, prototype_decay: float, is_random_at_first: bool
    ) -> None:
        super().__init__()
        self.banks = nn.ModuleList(MemoryBank(size, width, is_random_at_first=is_random_at_first) for _ in range(2))
        self.hardness = hardness
        self.prototype_decay = prototype_decay
        self.register_buffer("prototypes", torch.zeros(2, width))

    def read(self, label: int) -> Tensor:
        """Return past keys of a class (0 real, 1 forged), shape (K, D), without a gradient."""
        bank = self.banks[label]
        assert isinstance(bank, MemoryBank)
        return bank.read()

    @torch.no_grad()
    def push(self, keys: Tensor, labels: Tensor) -> None:
        """Move the prototypes, then let the hard keys of all processes in.

        Args:
            keys: L2-normalised, shape (B, D).
            labels: 0 real, 1 forged, shape (B,).
        """
        keys, labels = gather_rows(keys), gather_rows(labels)
        of_class = [keys[labels == label] for label in (0, 1)]
        for label, own in enumerate(of_class):
            if len(own):
                self.prototypes[label].lerp_(own.mean(dim=0), 1 - self.prototype_decay)  # Eq. 4-5
        for label, own in enumerate(of_class):
            similarity = own @ F.normalize(self.prototypes[1 - label], dim=0)
            bank = self.banks[label]
            assert isinstance(bank, MemoryBank)
            bank.push(own[hard_rows(similarity, self.hardness)])


def hard_rows(similarity: Tensor, hardness: Hardness) -> Tensor:
    """Return the rows that are let in, in ascending order, shape (n,).

    Args:
        similarity: Of keys of one class to the other class's prototype, shape (B,).
        hardness: How to choose.

    Source: Sun et al., Dual contrastive learning for general face forgery detection, Eq. 6.
    """
    match hardness.selection:
        case Selection.ALL:
            return torch.arange(len(similarity), device=similarity.device)
        case Selection.THRESHOLD:
            return (similarity > hardness.threshold).nonzero().squeeze(1)
        case Selection.HARDEST:
            return similarity.topk(min(hardness.hardest, len(similarity))).indices.sort().values
