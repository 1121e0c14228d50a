"""Training of pixel bleach: its terms, its training set, and the detector that must stay as it is."""

import copy
import math
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

import training.methods.pixel_bleach as module
from forensiclab.core.errors import SettingsError, WeightsError
from forensiclab.detectors.cards import read_card
from forensiclab.detectors.pixel_bleach import BACKBONES
from forensiclab.detectors.weights import find_weights, load_network
from training.batches.batches import Batch
from training.datasets.crops import CropFolder
from training.datasets.fitting import fit
from training.datasets.levels import LevelRange, LevelReader
from training.datasets.pairing import pair_up
from training.methods.method import LossTerms
from training.methods.pixel_bleach import LAST_ACTIVATIONS, PixelBleachTraining
from training.methods.pixel_bleach_recipes import PAPER, RECIPES, SMOKE, PixelBleachRecipe
from training.runs.averaging import WeightAverage

CPU = torch.device("cpu")
MESO = "meso_inception4"
WEIGHTS = {"remedy_wrong": ("Eq. 5", 1.0), "remedy_right": ("Eq. 5", -0.2), "size": ("Eq. 6", 1.0)}
WEIGHTS |= {"answers": ("Eq. 7", 2.0)}


class SmallGenerator(nn.Sequential):
    """From 16 values to a coarse bleach of 256 x 256."""

    def __init__(self) -> None:
        super().__init__(nn.Linear(16, 192), nn.Unflatten(1, (3, 8, 8)), nn.Upsample(scale_factor=32), nn.Tanh())


def made(recipe: PixelBleachRecipe) -> PixelBleachTraining:
    """The method on the detector that ships, with a generator of a few weights."""
    torch.manual_seed(0)
    method = PixelBleachTraining(replace(recipe, detector=MESO))
    method.network.generator = SmallGenerator()
    return method.train()


@pytest.fixture(scope="module")
def batch() -> Batch:
    """Four crops; labels are chosen so that the detector answers the last two of them wrongly."""
    method = made(PAPER)
    crops = torch.randint(0, 256, (4, 3, 4, 4), generator=torch.Generator().manual_seed(3)).float()
    crops = nn.functional.interpolate(crops, size=256, mode="bilinear").round().to(torch.uint8)
    with torch.no_grad():
        answers = method.network.detector(method.network.input_spec.normalise(crops)).raw_score > 0
    labels = answers.float()
    labels[2:] = 1 - labels[2:]
    return Batch(crops=crops, labels=labels)


def term(losses: LossTerms, name: str) -> Tensor:
    return next(found.value for found in losses.terms if found.name == name)


@torch.no_grad()
@pytest.mark.parametrize("name", list(RECIPES))
def test_every_recipe_has_its_terms_and_their_weights(name: str, batch: Batch) -> None:
    recipe = RECIPES[name]
    assert isinstance(recipe, PixelBleachRecipe)
    losses = made(recipe)(batch)
    expected = dict(WEIGHTS)
    if name == "no_rem":
        del expected["remedy_wrong"], expected["remedy_right"]
    if name == "no_reg":
        del expected["size"]
    if name.startswith("alpha"):
        _, alpha, gamma = name.replace("_", ".").replace("alpha.", "|").replace(".gamma.", "|").split("|")
        expected["size"], expected["answers"] = ("Eq. 6", float(alpha)), ("Eq. 7", float(gamma))
    assert {found.name: (found.source, found.weight) for found in losses.terms} == expected
    torch.testing.assert_close(losses.total, sum(found.weight * found.value for found in losses.terms))


@pytest.mark.parametrize("phi", ["activated", "before_activation"])
def test_every_term_has_a_gradient_for_the_generator_and_nothing_else(phi: str, batch: Batch) -> None:
    method = made(replace(PAPER, phi=phi))
    losses = method(batch)
    generator = dict(method.network.generator.named_parameters())
    for found in losses.terms:
        method.zero_grad(set_to_none=True)
        found.value.backward(retain_graph=True)
        with_gradient = {key for key, parameter in method.named_parameters() if parameter.grad is not None}
        assert with_gradient == {f"network.generator.{key}" for key in generator}, found.name
        assert any(bool(parameter.grad.any()) for parameter in generator.values()), found.name
    assert not losses.raw_scores.requires_grad


@torch.no_grad()
@pytest.mark.parametrize("m", [0.7, -0.7])
def test_terms_are_those_of_the_equations(m: float, batch: Batch) -> None:
    """Read off the paper crop by crop."""
    method = made(replace(PAPER, balance=m, strength=0.1))
    network, detector = method.network, method.network.detector
    losses = method(batch)
    pull, push, size, answers, scores = 0.0, 0.0, 0.0, 0.0, []
    for row, label in enumerate(batch.labels.tolist()):
        crop = batch.crops[row : row + 1] / 255  # this detector takes pixels in [0, 1]
        phi = detector.embed(crop)[0]
        before = float(detector.score_embedding(phi[None]))
        offset = -2 * phi + m * math.copysign(1, before) * phi  # Eq. 4
        bleach = network.generator(offset[None])
        bleached = ((2 * crop - 1) + 0.1 * bleach).clamp(-1, 1)
        after = detector.embed((bleached + 1) / 2)[0]
        if (before > 0) != bool(label):
            pull += float((after - (phi + offset)).square().sum())
        else:
            push += float(after.square().sum())
        size += float((50 * (bleached - (2 * crop - 1))).square().mean()) / 4
        scores.append(float(detector.score_embedding(after[None])))
        answers += math.log1p(math.exp(-scores[-1] if label else scores[-1])) / 4
    expected = {"remedy_wrong": math.sqrt(pull / 4), "remedy_right": math.sqrt(push / 4)}
    expected |= {"size": math.sqrt(size), "answers": answers}
    for name, value in expected.items():
        assert value > 0
        assert float(term(losses, name)) == pytest.approx(value, rel=1e-3), name
    assert losses.raw_scores.tolist() == pytest.approx(scores, rel=1e-3, abs=1e-4)


@torch.no_grad()
def test_wrong_are_false_alarms_and_missed_forgeries_before_the_bleach(batch: Batch) -> None:
    method = made(PAPER)
    all_right = torch.cat([batch.labels[:2], 1 - batch.labels[2:]])
    assert float(term(method(batch._replace(labels=all_right)), "remedy_wrong")) == 0.0
    assert float(term(method(batch._replace(labels=1 - all_right)), "remedy_right")) == 0.0


@pytest.mark.parametrize("phi", ["activated", "before_activation"])
def test_training_leaves_the_detector_as_it_is_to_the_bit(phi: str, batch: Batch) -> None:
    method = made(replace(SMOKE, phi=phi))
    frozen = copy.deepcopy(method.network.detector.state_dict())
    generator = copy.deepcopy(method.network.generator.state_dict())
    average = WeightAverage(method.network, 0.9)
    optimizer = torch.optim.AdamW(method.parameter_groups(replace(SMOKE, weight_decay=0.1)), lr=0.01)
    for step in range(3):
        method.train()
        method(batch).total.backward()
        optimizer.step()
        optimizer.zero_grad()
        method.after_step(step)
        average.update(method.network)
    for network in (method.network, average.network):
        for name, value in network.detector.state_dict().items():
            assert torch.equal(value, frozen[name]), name
    assert any("running_var" in name for name in frozen), "normalisation is among what is compared"
    assert any(not torch.equal(value, generator[name]) for name, value in method.network.generator.state_dict().items())
    assert all(not hook for hook in (m._forward_pre_hooks for m in method.modules())), "no hook stays behind"


@torch.no_grad()
def test_phi_before_the_activation_can_reach_its_target(batch: Batch) -> None:
    method = made(replace(PAPER, phi="before_activation"))
    crops = method.network.input_spec.normalise(batch.crops)
    phi, score, before = method._embed(crops)
    torch.testing.assert_close(phi, nn.functional.leaky_relu(before, 0.1))
    torch.testing.assert_close(score, method.network.detector(crops).raw_score)
    assert float(before.min()) < 0 < float(before.max())
    assert not torch.equal(term(method(batch), "remedy_wrong"), term(made(PAPER)(batch), "remedy_wrong"))


@pytest.mark.slow
@torch.no_grad()
@pytest.mark.parametrize("backbone", list(BACKBONES))
def test_last_activations_are_those_before_phi(backbone: str) -> None:
    """Phi is what these activations give, pooled and side by side; what enters them has phi's width and sign."""
    torch.manual_seed(0)
    detector = load_network(backbone).eval()
    side = detector.input_spec.size_px if backbone in (MESO, "f3net") else 96
    pictures = torch.randn(2, 3, side, side)
    outputs: list[Tensor] = []
    for name in LAST_ACTIVATIONS[backbone]:
        detector.get_submodule(name).register_forward_hook(
            lambda layer, inputs, output: outputs.append(output.flatten(2).mean(dim=2) if output.ndim > 2 else output)
        )
    with module._inputs_of(detector, LAST_ACTIVATIONS[backbone]) as inputs:
        phi = detector.embed(pictures)
    torch.testing.assert_close(torch.cat(outputs, dim=1), phi)
    before = torch.cat(inputs, dim=1)
    assert before.shape == phi.shape == (2, BACKBONES[backbone])
    assert float(before.min()) < float(phi.min()) + 1e-6


def test_trains_on_all_wrong_crops_and_as_many_right_ones(
    pairs_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    reader = LevelReader(CropFolder(pairs_folder))
    pairs = pair_up(reader.folder.select("train"))
    method = made(replace(SMOKE, weak="jpeg:30"))
    groups = method.choose_groups(pairs, reader, CPU)
    assert {len(group) for group in groups} == {1}
    names = [group[0].name for group in groups]
    assert len(names) == len(set(names))

    entries = {entry.name: entry for pair in pairs for entry in pair}
    wrong = set()
    for name, entry in entries.items():
        picture = fit(reader.picture(entry, LevelRange.parse("jpeg:30")), 256)
        with torch.no_grad():
            output = method.network.detector(method.network.input_spec.to_tensor(picture[None]))
        if (float(output.raw_score) > 0) != bool(entry.label):
            wrong.add(name)
    assert 0 < len(wrong) < len(entries)
    assert wrong <= set(names)
    assert len(names) == len(wrong) + min(len(wrong), len(entries) - len(wrong))
    assert names == [group[0].name for group in method.choose_groups(pairs, reader, CPU)], "a resumed run has the same"
    assert f"answers {len(wrong)} of {len(entries)} crops at jpeg:30 wrongly" in capsys.readouterr().err


def test_scores_no_more_crops_than_asked_for(pairs_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = LevelReader(CropFolder(pairs_folder))
    seen: list[int] = []

    def score(network: nn.Module, pictures, device: torch.device) -> np.ndarray:
        seen.append(len(list(pictures)))
        return np.array([1.0, -1.0] * 3, np.float32)[: seen[-1]]

    monkeypatch.setattr(module, "score_pictures", score)
    groups = made(replace(SMOKE, crops_scored=5)).choose_groups(pair_up(reader.folder.select("train")), reader, CPU)
    assert seen == [5]
    assert 1 <= len(groups) <= 5


def test_a_detector_without_mistakes_has_nothing_to_learn_from(
    pairs_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = LevelReader(CropFolder(pairs_folder))
    pairs = pair_up(reader.folder.select("train"))
    labels = [entry.label for entry in {entry.name: entry for pair in pairs for entry in pair}.values()]
    monkeypatch.setattr(module, "score_pictures", lambda *_: np.array(labels, np.float32) - 0.5)
    with pytest.raises(SettingsError, match=r"all 16 training crops at jpeg:20 rightly.*weak=crf:45"):
        made(SMOKE).choose_groups(pairs, reader, CPU)


def test_another_margin_than_the_detectors_is_said(
    pairs_folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    reader = LevelReader(CropFolder(pairs_folder))
    method = made(SMOKE)
    monkeypatch.setattr(module, "score_pictures", lambda *_: np.zeros(16, np.float32))
    method.choose_groups(pair_up(reader.folder.select("train")), reader, CPU)
    assert "margin" not in capsys.readouterr().err
    method.margin = 1.3
    method.choose_groups(pair_up(reader.folder.select("train")), reader, CPU)
    assert "margin of 0.87" in capsys.readouterr().err


def test_the_card_builds_the_same_network(batch: Batch) -> None:
    method = PixelBleachTraining(replace(PAPER, detector=MESO, strength=0.1, balance=-0.7))
    assert method.options == (("backbone", MESO), ("strength", "0.1"), ("balance", "-0.7"))
    again = load_network("pixel_bleach", method.options)
    again.load_state_dict(method.network.state_dict())
    assert method.stands_before == read_card(find_weights(MESO)).reference
    assert float(again.strength) == pytest.approx(0.1)
    assert float(again.balance) == pytest.approx(-0.7)


def test_the_detector_must_be_named_and_fit(monkeypatch: pytest.MonkeyPatch, make_card) -> None:
    with pytest.raises(SettingsError, match=r"--set detector=NAME.*xception"):
        PixelBleachTraining(PAPER)
    with pytest.raises(WeightsError, match="no_such_weights"):
        PixelBleachTraining(replace(PAPER, detector="no_such_weights"))
    for card, said in (
        (make_card(method="tcnsc"), "is a tcnsc"),
        (make_card(method="efficientnet_b4", options=(("backbone", "efficientnet_b0"),)), "is a efficientnet_b0"),
    ):
        monkeypatch.setattr(module, "load_weights", lambda name, card=card: (nn.Identity(), card))
        with pytest.raises(SettingsError, match=said):
            PixelBleachTraining(replace(PAPER, detector="made"))
    with pytest.raises(ValueError, match="at least one"):
        replace(PAPER, remedy_weight=0.0, size_weight=0.0, answer_weight=0.0)


def test_every_recipe_is_one_change_of_the_papers() -> None:
    changed = {
        name: {key: value for key, value in asdict(recipe).items() if value != asdict(PAPER)[key]}
        for name, recipe in RECIPES.items()
        if name not in ("paper", "recommended", "smoke")
    }
    assert all(len(fields) == 1 for fields in changed.values()), changed
    assert changed["strength_0_001"] == {"strength": 0.001}
    assert changed["balance_minus_0_7"] == {"balance": -0.7}
    assert changed["agnostic"] == {"weak": "crf:23"}
    assert RECIPES["agnostic"].select_at == ("crf:40",)


@pytest.mark.parametrize("remedy_weight", [1.0, 0.0])
def test_overfits_a_batch_of_four(remedy_weight: float, batch: Batch) -> None:
    method = made(replace(PAPER, strength=0.5, size_scale=1.0, remedy_weight=remedy_weight))
    optimizer = torch.optim.AdamW(method.parameter_groups(method.recipe), lr=0.02)
    history: list[dict[str, float]] = []
    for _ in range(12):
        losses = method(batch)
        values = {found.name: float(found.value.detach()) for found in losses.terms}
        history.append(values | {"total": float(losses.total.detach())})
        losses.total.backward()
        optimizer.step()
        optimizer.zero_grad()
    first, last = history[0], history[-1]
    if remedy_weight:
        assert last["total"] < 0.5 * first["total"]
        assert last["remedy_wrong"] < 0.5 * first["remedy_wrong"]
        assert last["remedy_right"] > first["remedy_right"], "right answers are pushed away from the origin"
    else:
        assert last["answers"] < 0.8 * first["answers"]


@pytest.mark.slow
def test_the_generator_itself_overfits_a_batch_of_four(batch: Batch) -> None:
    torch.manual_seed(0)
    method = PixelBleachTraining(replace(PAPER, detector=MESO, strength=0.3, size_scale=5.0)).train()
    optimizer = torch.optim.AdamW(method.parameter_groups(method.recipe), lr=2e-3)
    totals = []
    for _ in range(30):
        losses = method(batch)
        totals.append(float(losses.total.detach()))
        losses.total.backward()
        optimizer.step()
        optimizer.zero_grad()
    assert min(totals[-3:]) < 0.8 * totals[0]
