"""What ``train`` does around the loop: starting weights, recipes and their changes, records, resumed runs."""

import zipfile
from pathlib import Path

import numpy as np
import pytest
import safetensors.torch
import torch

from forensiclab.core.errors import SettingsError, WeightsError
from forensiclab.detectors.base import WeightsReference
from forensiclab.detectors.cards import read_card
from forensiclab.detectors.weights import find_weights, load_network
from forensiclab.forge.hull import TIGHT_LANDMARKS, scaled_landmarks
from forensiclab.forge.self_blend import self_blend
from training.__main__ import main
from training.batches.forge_on_the_fly import forger
from training.datasets.crops import CropFolder
from training.datasets.pairing import pair_up
from training.methods import training_class
from training.methods.meso_inception4 import RECOMMENDED, MesoInception4Training
from training.methods.pixel_bleach import PixelBleachTraining
from training.methods.resnet18 import ResNet18Training
from training.runs.run_record import read_record, recipe_of
from training.runs.starting import load_start

TRAIN = ["train", "meso_inception4", "--recipe", "smoke", "--device", "cpu", "--batch-size", "2", "--steps", "2"]
TRAIN += ["--precision", "32-true"]


def test_blended_forgeries_lie_where_the_face_is_in_tight_crops(pairs_folder: Path) -> None:
    folder = CropFolder(pairs_folder)
    picture = np.random.default_rng(0).integers(0, 256, (224, 224, 3), dtype=np.uint8)
    pairs = pair_up(folder.select("train"))
    forge = forger(("self_blend",), folder, pairs)
    forged, mask = forge(pairs[0][0], picture, np.random.default_rng(1))
    elsewhere = self_blend(picture, None, np.random.default_rng(1))
    changed = (forged != picture).any(axis=2)
    assert changed.any()
    assert not changed[mask == 0].any()
    assert (forged != elsewhere.picture).any()
    center = np.argwhere(mask > 127).mean(axis=0) / 224
    face = np.mean(scaled_landmarks(TIGHT_LANDMARKS, 1, 1), axis=0)[::-1]
    assert np.abs(center - face).max() < 0.12


def test_a_recipe_is_changed_by_name() -> None:
    changed = recipe_of(
        "meso_inception4",
        "recommended",
        ["steps=7", "augment.jpeg=0.5", "patience=none", "select_at=clean,jpeg:20", "scheme=mse", "schedule=constant"],
    )
    assert (changed.steps, changed.augment.jpeg, changed.patience) == (7, 0.5, None)
    assert changed.select_at == ("clean", "jpeg:20")
    assert changed.schedule == "constant"
    assert changed.learning_rate == RECOMMENDED.learning_rate


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("steps", "steps=100"),
        ("stpes=3", "no field 'stpes'.*steps"),
        ("steps=many", "'steps' cannot be 'many'"),
        ("augment.jpg=1", "no field 'jpg'.*jpeg"),
        ("scheme=hinge", "'scheme' cannot be 'hinge'"),
    ],
)
def test_a_change_that_cannot_be_is_said(change: str, said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        recipe_of("meso_inception4", "recommended", [change])


def test_starting_weights_are_taken_where_they_fit(tmp_path: Path) -> None:
    torch.manual_seed(0)
    source = MesoInception4Training(RECOMMENDED)
    state = source.network.state_dict()
    dropped = next(name for name in state if name.endswith("conv1.weight") or name.endswith("0.weight"))
    tensors = {name: value.half() for name, value in state.items() if name != dropped} | {"stranger": torch.ones(2)}
    safetensors.torch.save_file(tensors, tmp_path / "start.safetensors")
    with zipfile.ZipFile(tmp_path / "start.zip", "w") as archive:
        archive.write(tmp_path / "start.safetensors", "start.safetensors")
    for path in (tmp_path / "start.safetensors", tmp_path / "start.zip"):
        torch.manual_seed(1)
        method = MesoInception4Training(RECOMMENDED)
        before = method.network.state_dict()[dropped].clone()
        start = load_start(method, path)
        assert start.missing == (dropped,)
        assert start.unused == ("stranger",)
        assert start.taken == len(state) - 1
        assert dropped in start.sentences()
        assert torch.equal(method.network.state_dict()[dropped], before)
        assert torch.equal(method.network.output.weight, state["output.weight"].half().float())


def test_the_encoder_of_another_network_of_ours_starts_the_backbones(tmp_path: Path) -> None:
    torch.manual_seed(0)
    xception = load_network("xception")
    (tmp_path / "xception").mkdir()
    safetensors.torch.save_file(xception.state_dict(), tmp_path / "xception" / "weights.safetensors")
    method = training_class("metric_learning")(recipe_of("metric_learning", "recommended", ["size_px=64"]))
    start = load_start(method, tmp_path / "xception" / "weights.safetensors")
    assert start.sentences().startswith("xception/weights.safetensors: ")
    assert (start.missing, start.unused) == ((), ("head.linear.bias", "head.linear.weight"))
    for backbone in method.backbones():
        for name, tensor in backbone.state_dict().items():
            assert torch.equal(tensor, xception.encoder.state_dict()[name]), name


@pytest.mark.parametrize(
    ("name", "own_px"),
    [("compression_contrastive", 224), ("dcl", 299), ("metric_learning", 299), ("tcnsc", 224), ("xception", 299)],
)
def test_another_size_of_the_crops_goes_on_the_card(name: str, own_px: int) -> None:
    for changes, options, size_px in (((), (), own_px), (("size_px=96",), (("size_px", "96"),), 96)):
        method = training_class(name)(recipe_of(name, "recommended", changes))
        assert (method.options, method.network.input_spec.size_px) == (options, size_px)
        assert load_network(method.network_name, method.options).input_spec == method.network.input_spec
        assert method.takes_any_size or name == "dcl"  # whose queues hold as many numbers as a feature map has cells
    with pytest.raises(WeightsError, match="too small"):
        load_network(name, (("size_px", "31"),))


def test_a_network_that_sees_residuals_starts_as_the_one_without(tmp_path: Path) -> None:
    plain = ResNet18Training(recipe_of("resnet18", "recommended", ["size_px=64"]))
    safetensors.torch.save_file(plain.network.encoder.state_dict(), tmp_path / "start.safetensors")
    torch.manual_seed(1)
    wide = ResNet18Training(recipe_of("resnet18", "recommended", ["size_px=64", "residuals=true"]))
    assert wide.options == (("size_px", "64"), ("residuals", "True"))
    assert load_start(wide, tmp_path / "start.safetensors").missing == ()
    assert wide.network.encoder.conv1.weight.shape == (64, 6, 7, 7)
    pictures = torch.rand(2, 3, 64, 64)
    with torch.inference_mode():
        features = [method.network.eval().features(pictures) for method in (plain, wide)]
        assert torch.allclose(*features, atol=1e-5)
    wide.network.train().features(pictures).square().mean().backward()
    assert wide.network.encoder.conv1.weight.grad[:, 3:].abs().sum() > 0, "it learns what the residuals are good for"


def test_small_crops_are_for_networks_that_take_them(pairs_folder: Path, tmp_path: Path, capsys) -> None:
    arguments = [*TRAIN, "--data", str(pairs_folder), "--out", str(tmp_path / "run"), "--set", "small_share=0.5"]
    assert main(arguments) == 1
    assert "takes crops of one size only" in capsys.readouterr().err


def test_starting_weights_of_another_network_are_refused(tmp_path: Path) -> None:
    method = MesoInception4Training(RECOMMENDED)
    safetensors.torch.save_file({"stranger": torch.ones(2)}, tmp_path / "other.safetensors")
    with pytest.raises(WeightsError, match="Nothing in"):
        load_start(method, tmp_path / "other.safetensors")
    (tmp_path / "text.safetensors").write_text("no tensors")
    with pytest.raises(WeightsError, match="cannot be read"):
        load_start(method, tmp_path / "text.safetensors")


def test_a_run_says_what_it_was_and_goes_on_only_as_that(
    pairs_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "run"
    arguments = [*TRAIN, "--data", str(pairs_folder), "--out", str(out), "--set", "select_at=clean,jpeg:30"]
    assert main([*arguments, "--max-minutes", "0"]) == 0
    record = read_record(out)
    assert record.recipe == "smoke"
    assert "select_at=clean,jpeg:30" in record.changes
    assert record.selected_at == ("clean", "jpeg:30")
    assert len(record.data_hash) == 64
    assert record.margin == 0.87
    for other, said in (
        (["--set", "learning_rate=1"], "changes"),
        (["--recipe", "paper"], "recipe 'smoke'"),
        (["--seed", "9"], "seed"),
    ):
        assert main([*arguments, *other, "--resume"]) == 1
        assert said in capsys.readouterr().err
    assert read_record(out) == record
    monkeypatch.setattr("training.runs.training_run.source_commit", lambda: "0123456789ab")
    assert main([*arguments, "--resume"]) == 0
    ended = read_record(out)
    assert ended.stopped == "done"
    assert (ended.command, ended.started_at) == (record.command, record.started_at)
    assert "--resume" not in ended.command
    assert ended.commit == " and ".join(filter(None, [record.commit, "0123456789ab"]))


def test_starting_weights_leave_a_frozen_detector_as_it_is(tmp_path: Path) -> None:
    recipe = recipe_of("pixel_bleach", "smoke", [])
    method, other = PixelBleachTraining(recipe), PixelBleachTraining(recipe)
    frozen = {name: tensor.clone() for name, tensor in method.network.detector.state_dict().items()}
    state = {name: tensor + 1 for name, tensor in other.network.state_dict().items()}
    safetensors.torch.save_file(state, tmp_path / "start.safetensors")
    start = load_start(method, tmp_path / "start.safetensors")
    assert not any(name.startswith("detector.") for name in start.missing)
    assert all(torch.equal(tensor, frozen[name]) for name, tensor in method.network.detector.state_dict().items())
    assert torch.equal(method.network.generator.stages[0].weight, state["generator.stages.0.weight"])


def test_a_bleach_goes_on_only_before_its_own_detector(
    pairs_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "run"
    arguments = ["train", "pixel_bleach", "--recipe", "smoke", "--device", "cpu", "--batch-size", "2", "--steps", "2"]
    arguments += ["--data", str(pairs_folder), "--out", str(out)]
    assert main([*arguments, "--max-minutes", "0"]) == 0
    began = read_record(out).stands_before
    assert began == read_card(find_weights("meso_inception4")).reference
    replaced = WeightsReference(name="meso_inception4", weights_sha256="00" * 32)
    monkeypatch.setattr(PixelBleachTraining, "stands_before", replaced)
    assert main([*arguments, "--resume"]) == 1
    said = capsys.readouterr().err
    assert f"before the detector 'meso_inception4' with the SHA-256 {began.weights_sha256}" in said
    assert read_record(out).stands_before == began


def test_an_unknown_manipulation_is_said(
    pairs_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = [*TRAIN, "--data", str(pairs_folder), "--out", str(tmp_path / "run"), "--only-methods", "Deepfakes"]
    assert main(arguments) == 1
    assert "no manipulation 'Deepfakes'" in capsys.readouterr().err
    assert not (tmp_path / "run").exists()
