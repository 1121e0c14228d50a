"""Recipes of metric learning: what they feed, what they refuse, and where starting weights go."""

from dataclasses import replace

import pytest
import timm
import torch

from training.methods.metric_learning import MetricLearningTraining
from training.methods.metric_learning_recipes import PAPER, RECIPES, MetricLearningRecipe


def test_refuses_recipes_that_contradict_themselves() -> None:
    with pytest.raises(ValueError, match="one branch"):
        replace(PAPER, loss="cross_entropy")
    with pytest.raises(ValueError, match="radius"):
        replace(PAPER, inner_radius=20.0)


def test_recipes_feed_the_levels_of_table_3() -> None:
    levels = {
        name: (recipe.weak, recipe.strong)[: recipe.branches]
        for name, recipe in RECIPES.items()
        if isinstance(recipe, MetricLearningRecipe)
    }
    for name in ("single_ce", "single_metric", "single_metric_attention"):
        assert levels[name] == ("crf:40",)
    for name in ("paper", *(name for name in levels if name.startswith("two_branch"))):
        assert levels[name] == ("crf:23", "crf:40")
    assert levels["paper_c0_c40"] == ("clean", "crf:40")
    assert levels["paper_both_pairs"] == ("clean,crf:23", "crf:40")


@pytest.mark.parametrize("name", ["paper", "single_ce", "single_metric"])
def test_backbones_are_all_of_timms_network(name: str) -> None:
    with torch.device("meta"):  # shapes and names without drawing millions of weights
        method = MetricLearningTraining(RECIPES[name])
        timms = timm.create_model("legacy_xception", num_classes=0).state_dict()
    have = [set(part.state_dict()) for part in method.backbones()]
    assert set().union(*have) == set(timms)
    branches = 1 if name == "single_ce" else method.recipe.branches
    assert sum("conv1.weight" in names for names in have) == branches
    assert sum("conv4.conv1.weight" in names for names in have) == 1
