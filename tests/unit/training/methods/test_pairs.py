"""What the methods on pairs share: a few pairs only, backbones held still, a count of steps that is saved."""

from dataclasses import replace

import pytest
import torch
from torch import nn

from training.methods.baselines import RECOMMENDED, BaselineRecipe
from training.methods.method import Schedule
from training.methods.pairs import PairRecipe, PairTraining, at_own_rate, recipe_as, smoke


class Held(PairTraining[PairRecipe]):
    """Backbone and head of one weight each."""

    NAME = "held"

    def __init__(self, recipe: PairRecipe) -> None:
        super().__init__(recipe)
        self.network = nn.ModuleDict({"encoder": nn.Linear(1, 1), "head": nn.Linear(1, 1)})  # type: ignore[assignment]

    def backbones(self) -> tuple[nn.Module, ...]:
        return (self.network["encoder"],)  # type: ignore[index]

    def forward(self, batch):  # type: ignore[no-untyped-def, override]
        self.hold_backbones()
        return self.network["head"](self.network["encoder"](batch)).sum()  # type: ignore[index]


def made(**changes: object) -> PairRecipe:
    return replace(
        PairRecipe(steps=9, pairs_per_batch=1, learning_rate=0.1, schedule=Schedule.CONSTANT),
        **changes,  # type: ignore[arg-type]
    )


def test_backbones_keep_their_weights_for_the_first_steps_then_learn() -> None:
    method = Held(made(frozen_steps=2))
    groups = method.parameter_groups(made())
    assert sum(len(group["params"]) for group in groups) == 4, "what is held at first is missing in the optimiser"
    optimizer = torch.optim.AdamW(groups, lr=0.1)
    changes = []
    for step in range(4):
        before = method.network["encoder"].weight.clone(), method.network["head"].weight.clone()  # type: ignore[index]
        method(torch.ones(1, 1)).backward()
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        method.after_step(step)
        after = method.network["encoder"].weight, method.network["head"].weight  # type: ignore[index]
        changes.append([not torch.equal(old, new) for old, new in zip(before, after, strict=True)])
    assert changes == [[False, True], [False, True], [True, True], [True, True]]


def test_the_count_of_steps_is_saved() -> None:
    method, resumed = Held(made(frozen_steps=2)), Held(made(frozen_steps=2))
    method.after_step(1)
    resumed.load_state_dict(method.state_dict())
    resumed(torch.ones(1, 1)).backward()
    assert resumed.network["encoder"].weight.grad is not None  # type: ignore[index]


def test_a_recipe_of_another_kind_keeps_what_both_have() -> None:
    recipe = recipe_as(PairRecipe, RECOMMENDED, n_pairs=7)
    assert type(recipe) is PairRecipe
    assert (recipe.learning_rate, recipe.n_pairs) == (RECOMMENDED.learning_rate, 7)
    assert recipe_as(BaselineRecipe, recipe, scheme="focal").strong == RECOMMENDED.strong
    with pytest.raises(TypeError):
        recipe_as(PairRecipe, RECOMMENDED, scheme="focal")


def test_a_smoke_recipe_needs_neither_forgers_nor_measurements() -> None:
    recipe = smoke(RECOMMENDED, steps=5, pairs_per_batch=2)
    assert isinstance(recipe, BaselineRecipe)
    assert (recipe.steps, recipe.pairs_per_batch, recipe.n_pairs) == (5, 2, 4)
    assert (recipe.forge_share, recipe.strong_share, recipe.hold_out) == (0, 0, 0)


def test_a_layer_learns_at_its_own_rate_and_every_parameter_once() -> None:
    method = Held(made())
    groups = at_own_rate(method.parameter_groups(made(weight_decay=0.1)), method.network["head"], 0.5)  # type: ignore[index]
    every = [parameter for group in groups for parameter in group["params"]]
    assert sorted(map(id, every)) == sorted(map(id, method.parameters()))
    own = {id(parameter) for parameter in method.network["head"].parameters()}  # type: ignore[index]
    for group in groups:
        is_own = {id(parameter) in own for parameter in group["params"]}
        assert is_own <= {group.get("rate_scale") == 0.5}
    assert groups[-1]["weight_decay"] == 0.0
