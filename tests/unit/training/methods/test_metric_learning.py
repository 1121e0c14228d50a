"""Training of metric learning: which terms there are, what each of them moves, and that they fall."""

import csv
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
import torch
from lightning.fabric import Fabric
from torch import Tensor, nn

import training.methods.metric_learning as module
from forensiclab.detectors.base import Network
from forensiclab.detectors.layers.attention import RegressionAttention
from forensiclab.detectors.metric_learning import Branch, MetricLearning
from forensiclab.detectors.xception import Xception
from training.batches.batches import Batch, Batches, BatchSettings, Source, Views
from training.datasets.crops import CropFolder
from training.datasets.levels import LevelRange, LevelReader
from training.datasets.pairing import pair_up
from training.losses.pixel_cross_entropy import cell_targets
from training.methods.method import LossTerms, Recipe
from training.methods.metric_learning import MetricLearningTraining
from training.methods.metric_learning_recipes import PAPER, RECIPES, SMOKE
from training.modules.feature_critic import FeatureCritic
from training.runs.loop import CHECKPOINT_FILE, train

CPU = torch.device("cpu")
RADII = {"radius_high": ("Eq. 6", 1.0), "radius_low": ("Eq. 6", 1.0), "pair": ("Eq. 6", 0.1)}
PIXELS = {"attention_high": ("Eq. 5", 1.0), "attention_low": ("Eq. 5", 1.0)}
TRANSFER = {"transfer": ("Eq. 5", 1.0)}
GAME = {"align": ("Eq. 2", 0.001), "critic": ("Eq. 2", 1.0), "critic_penalty": ("Eq. 2 (WGAN-GP)", 10.0)}
ALL = RADII | PIXELS | TRANSFER | GAME
TERMS = {
    "paper": ALL,
    "recommended": ALL,
    "smoke": ALL,
    "single_ce": {"cross_entropy": ("Table 3", 1.0)},
    "single_metric": {"radius": ("Eq. 6", 1.0)},
    "single_metric_attention": {"radius": ("Eq. 6", 1.0), "attention": ("Eq. 5", 1.0)},
    "two_branch_metric": RADII,
    "two_branch_metric_gan": RADII | GAME,
    "two_branch_metric_attention": RADII | PIXELS,
    "two_branch_metric_transfer": RADII | PIXELS | TRANSFER,
    "paper_c0_c40": ALL,
    "paper_both_pairs": ALL,
}


class SmallBranch(Branch):
    def __init__(self) -> None:
        nn.Module.__init__(self)
        self.head = nn.Sequential(nn.Conv2d(3, 8, 5, stride=4, padding=2), nn.BatchNorm2d(8))
        self.attention = RegressionAttention(8)


class SmallNetwork(MetricLearning):
    def __init__(self, size_px: int | None = None) -> None:
        Network.__init__(self, size_px)
        self.branch = SmallBranch()
        self.tail = nn.Sequential(nn.ReLU(), nn.Conv2d(8, 16, 1), nn.BatchNorm2d(16), nn.ReLU())


class SmallXception(Xception):
    def __init__(self, size_px: int | None = None) -> None:
        Network.__init__(self, size_px)
        self.encoder = nn.Sequential(nn.Conv2d(3, 8, 5, stride=4), nn.ReLU())
        self.head = nn.Linear(8, 2)

    def forward(self, pictures: Tensor):
        logits = self.head(self.encoder(pictures).mean(dim=(2, 3)))
        return type("Output", (), {"raw_score": logits[:, 1] - logits[:, 0]})


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch):
    """Builds the method of a recipe on networks of a few thousand weights."""
    monkeypatch.setattr(module, "MetricLearning", SmallNetwork)
    monkeypatch.setattr(module, "Branch", SmallBranch)
    monkeypatch.setattr(module, "Xception", SmallXception)
    monkeypatch.setattr(module, "MIDDLE_CHANNELS", 8)
    monkeypatch.setattr(module, "FeatureCritic", partial(FeatureCritic, widths=(8, 8, 8)))

    def build(recipe: Recipe | str) -> MetricLearningTraining:
        torch.manual_seed(0)
        return MetricLearningTraining(RECIPES[recipe] if isinstance(recipe, str) else recipe).train()

    return build


def made_batch(side: int = 32, rows: int = 4, *, has_mask: tuple[bool, ...] | None = None) -> Batch:
    """Forgeries are real crops with a bright square; strong crops have noise."""
    random = torch.Generator().manual_seed(1)
    real = torch.randint(60, 160, (rows // 2, 3, side, side), generator=random)
    masks = torch.zeros(rows, side, side, dtype=torch.uint8)
    masks[1::2, side // 4 : side // 2, side // 4 : side // 2] = 255
    crops = real.repeat_interleave(2, dim=0) + 90 * (masks > 0).unsqueeze(1)
    strong = (crops + torch.randint(-20, 20, crops.shape, generator=random)).clamp(0, 255)
    return Batch(
        crops=crops.to(torch.uint8),
        labels=torch.tensor([0.0, 1.0]).repeat(rows // 2),
        strong=strong.to(torch.uint8),
        masks=masks,
        has_mask=torch.ones(rows, dtype=torch.bool) if has_mask is None else torch.tensor(has_mask),
    )


def term(losses: LossTerms, name: str) -> Tensor:
    return next(term.value for term in losses.terms if term.name == name)


def moved(method: MetricLearningTraining, value: Tensor) -> set[str]:
    """Parts of the method that a value's gradient reaches."""
    method.zero_grad(set_to_none=True)
    value.backward(retain_graph=True)
    reached = {
        name for name, parameter in method.named_parameters() if parameter.grad is not None and parameter.grad.any()
    }
    parts = ("network.branch.head", "network.branch.attention", "network.tail", "high.head", "high.attention", "critic")
    return {part for part in parts if any(name.startswith(part) for name in reached)}


@pytest.mark.parametrize("name", list(RECIPES))
def test_every_recipe_has_its_terms_with_weight_and_gradient(name: str, small) -> None:
    method = small(name)
    batch = made_batch()
    losses = method(batch)
    assert {term.name: (term.source, term.weight) for term in losses.terms} == TERMS[name]
    assert method.views == Views(strong=method.high is not None, masks=method.recipe.has_attention)
    assert losses.raw_scores.shape == (4,)
    assert not losses.raw_scores.requires_grad
    for found in losses.terms:
        assert bool(torch.isfinite(found.value))
        method.zero_grad(set_to_none=True)
        found.value.backward(retain_graph=True)
        assert any(p.grad is not None and bool(p.grad.any()) for p in method.parameters()), found.name
    torch.testing.assert_close(losses.total, sum(found.weight * found.value for found in losses.terms))


def test_every_term_moves_its_own_parts(small) -> None:
    method = small("paper")
    losses = method(made_batch())
    low, high = {"network.branch.head", "network.branch.attention"}, {"high.head", "high.attention"}
    assert moved(method, term(losses, "radius_high")) == high | {"network.tail"} | low, "the tail normalises over both"
    assert moved(method, term(losses, "attention_high")) == high
    assert moved(method, term(losses, "attention_low")) == low
    assert moved(method, term(losses, "transfer")) == low, "M_H is a target"
    assert moved(method, term(losses, "align")) == {"network.branch.head", "high.head"}, "the critic is held fixed"
    assert moved(method, term(losses, "critic")) == {"critic"}, "the critic judges detached features"
    assert moved(method, term(losses, "critic_penalty")) == {"critic"}


def test_the_critic_and_the_heads_play_against_each_other(small) -> None:
    method = small("paper")
    losses = method(made_batch())
    torch.testing.assert_close(term(losses, "align"), -term(losses, "critic"))


@torch.no_grad()
def test_terms_are_those_of_the_equations(small) -> None:
    """Read off the paper crop by crop, in float64; the game has its own test."""
    method = small("two_branch_metric_transfer").double()
    batch = made_batch(has_mask=(True, True, True, False))
    batch = batch._replace(crops=batch.crops.double(), strong=batch.strong.double(), labels=batch.labels.double())
    spec = method.network.input_spec
    features = method.high.head(spec.normalise(batch.crops)), method.network.branch.head(spec.normalise(batch.strong))
    maps = method.high.attention(features[0]), method.network.branch.attention(features[1])
    attended = torch.cat([features[0] * maps[0][:, None], features[1] * maps[1][:, None]])
    embeddings = method.network.tail(attended).mean(dim=(2, 3))
    target = cell_targets(batch.masks, *maps[0].shape[1:]).double()
    radius, pixels, pair, transfer = [0.0, 0.0], [0.0, 0.0], 0.0, 0.0
    for row, label in enumerate(batch.labels):
        both = embeddings[row], embeddings[4 + row]
        pair += float((both[0] - both[1]).norm()) / 4
        transfer += float((maps[0][row] / maps[0][row].norm() - maps[1][row] / maps[1][row].norm()).norm()) / 4
        for level in (0, 1):
            length = float(both[level].norm())
            radius[level] += max(0.0, 18.0 - length if label else length - 0.1) / 4
            if row != 3:
                attention, truth = maps[level][row], target[row]
                cells = truth * attention.log() + (1 - truth) * (1 - attention).log()
                pixels[level] -= float(cells.mean()) / 3
    losses = method(batch)
    expected = {"radius_high": radius[0], "radius_low": radius[1], "pair": pair, "transfer": transfer}
    expected |= {"attention_high": pixels[0], "attention_low": pixels[1]}
    for name, value in expected.items():
        assert float(term(losses, name)) == pytest.approx(value, rel=1e-5), name
    lengths = [float(embeddings[4 + row].norm()) for row in range(4)]
    assert losses.raw_scores.tolist() == pytest.approx(lengths, rel=1e-5), "the score is that of the L branch"


def test_losses_are_float32_under_autocast(small) -> None:
    method = small("recommended")
    with torch.autocast("cpu", torch.bfloat16):
        losses = method(made_batch())
    assert {found.value.dtype for found in losses.terms} == {torch.float32}
    losses.total.backward()
    assert all(bool(torch.isfinite(p.grad).all()) for p in method.parameters() if p.grad is not None)
    plain = small("recommended")(made_batch())
    for found in plain.terms:
        if found.name != "critic_penalty":  # drawn
            torch.testing.assert_close(term(losses, found.name), found.value, rtol=0.05, atol=0.02)


def test_both_levels_pass_the_tail_as_one_batch(small) -> None:
    method = small("paper")
    seen: list[int] = []
    method.network.tail.register_forward_pre_hook(lambda layer, inputs: seen.append(len(inputs[0])))
    method(made_batch(rows=6))
    assert seen == [12]


def test_unknown_masks_are_left_out_and_counted(small) -> None:
    method = small("paper").eval()
    batch = made_batch(has_mask=(True, False, True, True))
    painted = batch._replace(masks=batch.masks.clone())
    painted.masks[1] = 200
    one, other = method(batch), method(painted)
    assert torch.equal(term(one, "attention_low"), term(other, "attention_low"))
    assert int(method.left_out) == 2
    assert not torch.equal(term(one, "attention_low"), term(method(made_batch()), "attention_low"))
    none = method(made_batch(has_mask=(False,) * 4))
    assert float(term(none, "attention_low").detach()) == 0.0
    none.total.backward()
    assert all(bool(torch.isfinite(p.grad).all()) for p in method.parameters() if p.grad is not None)
    assert int(method.left_out) == 6
    assert int(method.state_dict()["left_out"]) == 6


def test_forgeries_without_a_mask_are_announced(small, pairs_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    reader = LevelReader(CropFolder(pairs_folder))
    pairs = pair_up(reader.folder.select("train"))
    assert small("paper").choose_groups(pairs, reader, CPU) == pairs
    assert capsys.readouterr().err == "", "all pairs of this folder are aligned"
    with (pairs_folder / "index.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows[:6]:
        row["border_diff"] = "30" if row["label"] == "1" else ""
    with (pairs_folder / "index.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    reader = LevelReader(CropFolder(pairs_folder))
    small("paper").choose_groups(pair_up(reader.folder.select("train")), reader, CPU)
    assert "3 of 8 forgeries" in capsys.readouterr().err
    small("two_branch_metric").choose_groups(pairs, reader, CPU)
    assert capsys.readouterr().err == "", "without attention no mask is needed"


def test_without_attention_the_map_is_a_constant_that_does_not_learn(small) -> None:
    method = small("two_branch_metric")
    features = torch.randn(2, 8, 8, 8)
    for branch in (method.network.branch, method.high):
        assert torch.equal(branch.attention(features), torch.full((2, 8, 8), 0.5))
    grouped = [p for group in method.parameter_groups(method.recipe) for p in group["params"]]
    assert not any(p is q for q in grouped for p in method.network.branch.attention.parameters())


def test_the_critic_has_its_own_rate_and_betas(small) -> None:
    method = small(replace(PAPER, learning_rate=1e-3, critic_learning_rate=2e-4, weight_decay=0.1))
    *branches, critic = method.parameter_groups(method.recipe)
    assert critic["betas"] == (0.5, 0.9)
    assert critic["rate_scale"] == pytest.approx(0.2)
    assert set(critic["params"]) == set(method.critic.parameters())
    grouped = [p for group in (*branches, critic) for p in group["params"]]
    assert len(grouped) == len(set(grouped))
    assert set(grouped) == {p for p in method.parameters() if p.requires_grad}
    assert {group["weight_decay"] for group in branches} == {0.1, 0.0}


def test_branches_begin_alike_and_a_checkpoint_has_both(small) -> None:
    method = small("paper")
    for high, low in zip(method.high.parameters(), method.network.branch.parameters(), strict=True):
        assert torch.equal(high, low)
    torch.nn.init.ones_(method.network.branch.head[0].weight)
    method.started()
    assert bool((method.high.head[0].weight == 1).all())
    names = set(method.state_dict())
    assert {"high.head.0.weight", "critic.output.weight", "network.tail.1.weight", "left_out"} <= names


def test_a_resumed_run_equals_an_uninterrupted_one_to_the_bit(small, pairs_folder: Path, tmp_path: Path) -> None:
    """With the critic, its optimiser's own betas, and the count of what was left out."""
    recipe = replace(SMOKE, steps=4, pairs_per_batch=2, validate_every=2)
    crops = CropFolder(pairs_folder)
    views, strong = Views(strong=True, masks=True), LevelRange.parse(recipe.strong)
    settings = BatchSettings(groups_per_batch=2, size_px=32, augment=recipe.augment, views=views, strong=strong)
    batches = Batches([Source(reader=LevelReader(crops), groups=pair_up(crops.select("train")))], settings, seed=3)

    def run(out: str, *, resume: bool = False, stop_after: int | None = None) -> None:
        fabric = Fabric(accelerator="cpu", devices=1)
        train(small(recipe), recipe, batches, None, tmp_path / out, fabric, resume=resume, stop_after=stop_after)

    run("whole")
    run("parts", stop_after=2)
    run("parts", resume=True)
    whole, parts = (torch.load(tmp_path / name / CHECKPOINT_FILE, weights_only=True) for name in ("whole", "parts"))
    assert whole["progress"]["step"] == parts["progress"]["step"] == 4
    for name, value in whole["module"].items():
        assert torch.equal(value, parts["module"][name]), name
    assert parts["optimizer"]["param_groups"][-1]["betas"] == (0.5, 0.9)
    start = small(recipe).state_dict()
    assert not torch.equal(whole["module"]["critic.output.weight"], start["critic.output.weight"])


def test_overfits_a_batch_of_four(small) -> None:
    method = small(replace(SMOKE, outer_radius=3.0))
    batch = made_batch()
    optimizer = torch.optim.AdamW(method.parameter_groups(method.recipe), lr=1e-2)
    history = []
    for step in range(60):
        torch.manual_seed(step)
        losses = method(batch)
        history.append({found.name: float(found.value.detach()) for found in losses.terms})
        losses.total.backward()
        optimizer.step()
        optimizer.zero_grad()
    for name in ("radius_high", "radius_low", "attention_high", "attention_low"):
        assert history[-1][name] < 0.5 * history[0][name], name
    scores = losses.raw_scores
    assert float(scores[1::2].min()) > float(scores[0::2].max())


@pytest.mark.slow
def test_the_full_network_overfits_a_batch_of_four() -> None:
    torch.manual_seed(0)
    method = MetricLearningTraining(replace(SMOKE, outer_radius=6.0)).train()
    batch = made_batch(side=64)
    optimizer = torch.optim.AdamW(method.parameter_groups(method.recipe), lr=1e-3)
    history = []
    for step in range(15):
        torch.manual_seed(step)
        losses = method(batch)
        history.append({found.name: float(found.value.detach()) for found in losses.terms})
        losses.total.backward()
        if step == 0:
            without = [name for name, p in method.named_parameters() if p.requires_grad and p.grad is None]
            assert without == []
        optimizer.step()
        optimizer.zero_grad()
    for name in ("radius_high", "radius_low", "attention_high", "attention_low"):
        assert history[-1][name] < 0.6 * history[0][name], name
    assert float(losses.raw_scores[1::2].min()) > float(losses.raw_scores[0::2].max())
