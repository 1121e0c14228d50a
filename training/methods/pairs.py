"""What methods share that are trained on pairs of a real crop and its forgery."""

from dataclasses import dataclass, fields, replace
from typing import Any, Final, TypeVar

import torch
from torch import Tensor, nn

from training.batches.augment import AugmentSettings
from training.methods.method import Recipe, TrainingMethod

UNCHANGED: Final = AugmentSettings(flip=0, affine=0, light=0, shrink=0, blur=0, noise=0, jpeg=0, webp=0)
"""Crops as they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PairRecipe(Recipe):
    """Choices of these methods beside the common ones."""

    frozen_steps: int = 0
    """Steps at the start in which the backbones keep their weights, while what is new above them learns."""


Made = TypeVar("Made", bound=PairRecipe)


def smoke(recipe: Made, *, steps: int = 20, pairs_per_batch: int = 2) -> Made:
    """Make a recipe for minutes on a processor: a few pairs, unchanged, repeated, so that the losses must fall."""
    return replace(
        recipe,
        steps=steps,
        pairs_per_batch=pairs_per_batch,
        n_pairs=2 * pairs_per_batch,
        frozen_steps=0,
        learning_rate=1e-3,
        warmup_steps=0,
        average_decay=0.0,
        precision="32-true",
        augment=UNCHANGED,
        weak="clean",
        strong="jpeg:20",
        strong_share=0.0,
        forge_share=0.0,
        forge_ramp_steps=0,
        validate_every=steps,
        patience=None,
        hold_out=0.0,
        select_at=("clean",),
    )


def recipe_as(kind: type[Made], recipe: Recipe, **changes: object) -> Made:
    """Make a recipe of another kind with the same values where both have the field, and the changes."""
    names = {field.name for field in fields(kind)} & {field.name for field in fields(recipe)}
    return kind(**({name: getattr(recipe, name) for name in names} | changes))


def at_own_rate(groups: list[dict[str, Any]], layer: nn.Module, scale: float) -> list[dict[str, Any]]:
    """Put the parameters of a layer in a group of their own, at ``scale`` times the rate and without decay."""
    own = list(layer.parameters())
    others = [
        group | {"params": [p for p in group["params"] if all(p is not other for other in own)]} for group in groups
    ]
    return [*others, {"params": own, "weight_decay": 0.0, "rate_scale": scale}]


class PairTraining(TrainingMethod[Made]):
    """Counts its steps in a buffer, and may hold its backbones still at first."""

    steps_done: Tensor

    def __init__(self, recipe: Made) -> None:
        super().__init__(recipe)
        self.register_buffer("steps_done", torch.zeros((), dtype=torch.long))

    def after_step(self, step: int) -> None:
        """Count."""
        self.steps_done.fill_(step + 1)

    def hold_backbones(self) -> None:
        """Take the gradient from the backbones in the first ``frozen_steps``, and give it back after them.

        What holds is a function of the counted steps, so a resumed run goes on as it would have.
        """
        if self.recipe.frozen_steps:
            is_free = int(self.steps_done) >= self.recipe.frozen_steps
            for backbone in self.backbones():
                backbone.requires_grad_(is_free)
