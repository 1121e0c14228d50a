"""Runs and weights are opened alike, and say where they come from."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import safetensors.torch
import torch

from forensiclab.core.errors import SettingsError, WeightsError
from forensiclab.detectors.base import MethodCard, Network, WeightsReference
from forensiclab.detectors.cards import read_card
from forensiclab.detectors.pixel_bleach import PixelBleach
from forensiclab.detectors.weights import find_weights, load_network, load_weights, save_weights
from training.evaluation.detectors import load_run, open_for_evaluation
from training.runs.loop import SELECTED_FILE
from training.runs.run_record import RECORD_FILE, RunRecord, read_record, write_record


@pytest.fixture
def network() -> Network:
    torch.manual_seed(0)
    return load_network("meso_inception4").eval()


def record(**changes: object) -> RunRecord:
    fields: dict[str, object] = {
        "method": "meso_inception4",
        "network": "meso_inception4",
        "recipe": "paper",
        "changes": ("steps=2",),
        "options": (),
        "command": "python -m training train meso_inception4 --data /home/someone/crops",
        "seed": 5,
        "data": ("crops", "crops-crf40"),
        "data_hash": "abc",
        "train_methods": ("Deepfakes",),
        "train_levels": ("clean", "crf:40"),
        "margin": 1.3,
        "n_groups": 9,
        "n_selection": 4,
        "selection_parts": (),
        "crop_widths_px": (),
        "selected_at": ("clean",),
        "started_from": "random weights",
        "hardware": "a processor",
        "environment": "a platform",
        "commit": "0123",
        "started_at": "2026-01-01T00:00:00+00:00",
    }
    return RunRecord(**(fields | changes))


def crops() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (3, 256, 256, 3), dtype=np.uint8)


def test_a_run_is_measured_with_its_selected_weights(network: Network, tmp_path: Path) -> None:
    run = tmp_path / "run_1"
    write_record(record(), run)
    with pytest.raises(SettingsError, match="no selected weights yet"):
        open_for_evaluation(str(run), "cpu")
    safetensors.torch.save_file(network.state_dict(), run / SELECTED_FILE)
    one = open_for_evaluation(str(run), "cpu")
    expected = network(one.detector.input_spec.to_tensor(crops())).raw_score.detach().numpy()
    assert one.detector.predict(crops()).raw_scores == pytest.approx(expected, abs=1e-5)
    card = one.detector.card
    assert (one.name, card.method, card.calibration) == ("run_1", "meso_inception4", ())
    assert card.weights_sha256 == hashlib.sha256((run / SELECTED_FILE).read_bytes()).hexdigest()
    assert card.input_spec.margin == 1.3
    assert "/home/someone" not in card.recipe
    assert card.trained_on == (
        "crops: 9 pairs of a forgery and its original; 4 crops of other parts selected the weights",
        "crops-crf40: the same crops compressed",
    )
    origin = one.origin
    assert (origin.recipe, origin.changes, origin.seed, origin.commit) == ("paper", ("steps=2",), 5, "0123")
    assert (origin.train_data, origin.train_methods) == (("crops", "crops-crf40"), ("Deepfakes",))
    assert (origin.train_levels, origin.train_data_hash) == (("clean", "crf:40"), "abc")


def test_a_run_of_other_weights_is_refused(tmp_path: Path) -> None:
    write_record(record(), tmp_path)
    safetensors.torch.save_file({"a": torch.zeros(1)}, tmp_path / SELECTED_FILE)
    with pytest.raises(WeightsError, match="do not fit"):
        open_for_evaluation(str(tmp_path), "cpu")
    (tmp_path / SELECTED_FILE).write_bytes(b"no tensors")
    with pytest.raises(SettingsError, match="cannot be read"):
        open_for_evaluation(str(tmp_path), "cpu")


@pytest.mark.parametrize(
    ("command", "recipe", "changes", "methods"),
    [
        ("python -m training train dcl --recipe paper --set a=1 --set b=2", "paper", ("a=1", "b=2"), ()),
        ("python -m training train dcl --only-methods X,Y --seed 1", "recommended", (), ("X", "Y")),
        ("python -m training train dcl --preset smoke", "smoke", (), ()),
        ("imported from weights.h5", None, (), ()),
    ],
)
def test_a_card_says_what_its_command_said(
    network: Network,
    tmp_path: Path,
    make_card: Callable[..., MethodCard],
    command: str,
    recipe: str | None,
    changes: tuple[str, ...],
    methods: tuple[str, ...],
) -> None:
    card = make_card(name="mine", recipe=command, seed=3, trained_on=("crops: 9 pairs", "crops-crf40: the same"))
    save_weights(network, tmp_path / "mine", card)
    one = open_for_evaluation(str(tmp_path / "mine"), "cpu")
    assert (one.name, one.title, one.backbone) == ("mine", str(tmp_path / "mine"), None)
    assert (one.origin.recipe, one.origin.changes, one.origin.train_methods) == (recipe, changes, methods)
    assert (one.origin.seed, one.origin.train_data) == (3, ("crops", "crops-crf40"))
    assert one.origin.train_data_hash is None


def test_a_run_may_train_the_network_of_another_method(network: Network, tmp_path: Path) -> None:
    run = tmp_path / "run_1"
    write_record(record(method="metric_learning", recipe="single_ce"), run)
    safetensors.torch.save_file(network.state_dict(), run / SELECTED_FILE)
    one = open_for_evaluation(str(run), "cpu")
    assert one.detector.card.method == "meso_inception4"
    assert one.origin.method == "metric_learning"


def bleach_run(run: Path, **changes: object) -> PixelBleach:
    """A run of a generator before the detector that ships."""
    torch.manual_seed(0)
    network = PixelBleach("meso_inception4")
    network.detector.load_state_dict(load_weights("meso_inception4")[0].state_dict())
    fields = {"method": "pixel_bleach", "network": "pixel_bleach", "options": (("backbone", "meso_inception4"),)}
    write_record(record(**(fields | {"changes": ("detector=meso_inception4",)} | changes)), run)
    safetensors.torch.save_file(network.state_dict(), run / SELECTED_FILE)
    return network


def test_a_run_says_what_it_stands_before(tmp_path: Path) -> None:
    reference = WeightsReference(name="as_it_was", weights_sha256="12" * 32)
    bleach_run(tmp_path / "new", stands_before=reference)
    assert read_record(tmp_path / "new").stands_before == reference
    network, card = load_run(tmp_path / "new")  # it needs nothing that is installed: it holds its detector
    assert card.stands_before == reference
    with pytest.raises(WeightsError, match="stand before the detector 'as_it_was', which is not installed"):
        save_weights(network, tmp_path / "exported", card)


def test_the_record_of_an_older_run_names_its_detector_by_the_recipe(tmp_path: Path) -> None:
    network = bleach_run(tmp_path / "old")
    file = tmp_path / "old" / RECORD_FILE
    older = json.loads(file.read_text())
    del older["stands_before"]
    file.write_text(json.dumps(older))
    loaded, card = load_run(tmp_path / "old")
    assert card.stands_before == read_card(find_weights("meso_inception4")).reference
    stored = save_weights(loaded, tmp_path / "exported", replace(card, name="exported"))
    again = load_weights(tmp_path / "exported")[0]
    assert stored.stands_before == card.stands_before
    for name, tensor in network.detector.state_dict().items():
        assert torch.equal(again.state_dict()[f"detector.{name}"], tensor)


def test_a_run_before_a_detector_that_was_replaced_is_measured_but_not_stored(tmp_path: Path) -> None:
    network = bleach_run(tmp_path / "run")
    state = network.state_dict()
    state["detector.output.bias"] = state["detector.output.bias"] + 1
    safetensors.torch.save_file(state, tmp_path / "run" / SELECTED_FILE)
    loaded, card = load_run(tmp_path / "run")
    assert torch.equal(loaded.state_dict()["detector.output.bias"], state["detector.output.bias"])
    with pytest.raises(WeightsError, match="not the one that is installed as 'meso_inception4'"):
        save_weights(loaded, tmp_path / "exported", card)
