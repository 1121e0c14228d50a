"""Weights that stand before a detector: only their own are stored, and the detector must be the one that they name."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest
import safetensors
import safetensors.torch
import torch

from forensiclab.analysis.opening import chosen_detectors
from forensiclab.cli import run as program
from forensiclab.core.errors import WeightsError
from forensiclab.detectors.base import WeightsReference
from forensiclab.detectors.cards import CARD_FILE, write_card
from forensiclab.detectors.importing import ImportRequest, import_weights
from forensiclab.detectors.installed import how_to_get, installed_weights, method_facts
from forensiclab.detectors.meso_inception4 import MesoInception4
from forensiclab.detectors.pixel_bleach import PixelBleach
from forensiclab.detectors.weights import WEIGHTS_FILE, load_weights, save_weights, shipped_names


@pytest.fixture
def home(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("FORENSICLAB_WEIGHTS", str(tmp_path))
    return tmp_path


@pytest.fixture
def frozen(home, make_card):
    """The card of an installed detector named ``frozen``."""
    torch.manual_seed(1)
    return save_weights(MesoInception4(), home / "frozen", make_card("frozen"))


@pytest.fixture
def network(frozen) -> PixelBleach:
    torch.manual_seed(2)
    network = PixelBleach("meso_inception4", strength=0.25)
    network.detector.load_state_dict(load_weights("frozen")[0].state_dict())
    return network.eval()


@pytest.fixture
def bleach_card(frozen, network, make_card):
    options = (("backbone", "meso_inception4"), ("strength", "0.25"), ("balance", "0.7"))
    return make_card(
        "bleach", method="pixel_bleach", options=options, input_spec=network.input_spec, stands_before=frozen.reference
    )


@pytest.fixture
def bleach(home, network, bleach_card):
    """The card of an installed bleach before ``frozen``."""
    return save_weights(network, home / "bleach", bleach_card)


def test_only_what_is_its_own_is_stored(home, bleach, frozen):
    stored = safetensors.torch.load_file(home / "bleach" / WEIGHTS_FILE)
    assert {name.partition(".")[0] for name in stored} == {"generator", "strength", "balance"}
    with safetensors.safe_open(home / "bleach" / WEIGHTS_FILE, "pt") as file:
        assert file.metadata()["stands_before"] == frozen.weights_sha256
    on_card = json.loads((home / "bleach" / CARD_FILE).read_text())["stands_before"]
    assert on_card == {"name": "frozen", "weights_sha256": frozen.weights_sha256}


def test_the_hash_of_the_file_stands_for_the_detector_as_well(home, network, bleach, frozen):
    data = (home / "frozen" / WEIGHTS_FILE).read_bytes()
    other = safetensors.torch.save(safetensors.torch.load(data), metadata={"note": "the same values in another file"})
    (home / "frozen" / WEIGHTS_FILE).write_bytes(other)
    changed = replace(frozen, weights_sha256=hashlib.sha256(other).hexdigest())
    write_card(changed, home / "frozen")
    again = save_weights(network, home / "again", replace(bleach, name="again", stands_before=changed.reference))
    assert again.weights_sha256 != bleach.weights_sha256


def test_both_together_are_the_network(network, bleach):
    loaded, card = load_weights("bleach")
    assert card == bleach
    for name, tensor in network.detector.state_dict().items():
        assert torch.equal(loaded.detector.state_dict()[name], tensor), f"{name} is not the installed detector's"
    pictures = torch.rand(2, 3, 256, 256)
    with torch.inference_mode():
        torch.testing.assert_close(loaded(pictures).raw_score, network(pictures).raw_score, rtol=0, atol=2e-3)


def test_a_card_from_before_this_field_still_loads(home, frozen):
    file = home / "frozen" / CARD_FILE
    card = json.loads(file.read_text())
    assert card.pop("stands_before") is None
    del card["card_sha256"]
    text = json.dumps(card, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    file.write_text(json.dumps({**card, "card_sha256": hashlib.sha256(text.encode()).hexdigest()}))
    assert load_weights("frozen")[1] == frozen


def test_a_missing_detector(home, bleach, frozen):
    (home / "frozen" / CARD_FILE).unlink()
    with pytest.raises(WeightsError, match="'bleach' stand before the detector 'frozen', which is not inst") as error:
        load_weights("bleach")
    assert frozen.weights_sha256 in str(error.value)


def test_a_detector_that_was_replaced(home, bleach, frozen, make_card):
    torch.manual_seed(9)
    now = save_weights(MesoInception4(), home / "frozen", make_card("frozen"))
    with pytest.raises(WeightsError, match="train 'bleach' again") as error:
        load_weights("bleach")
    assert frozen.weights_sha256 in str(error.value)
    assert now.weights_sha256 in str(error.value)


def test_a_damaged_detector(home, bleach):
    file = home / "frozen" / WEIGHTS_FILE
    data = bytearray(file.read_bytes())
    data[-1] ^= 1
    file.write_bytes(data)
    with pytest.raises(WeightsError, match="Install the detector 'frozen' again"):
        load_weights("bleach")


def test_what_changes_the_crop_is_used_only_when_it_is_asked_for(home, bleach, frozen, monkeypatch):
    monkeypatch.setattr("forensiclab.detectors.weights.shipped_home", lambda: home)
    assert set(shipped_names()) == {frozen.name, bleach.name}
    assert chosen_detectors(()) == (frozen.name,)
    assert chosen_detectors((bleach.name,)) == (bleach.name,)


def test_a_card_that_names_no_detector(home, bleach):
    write_card(replace(bleach, stands_before=None), home / "bleach")
    with pytest.raises(WeightsError, match="does not say which detector"):
        load_weights("bleach")


def test_another_detector_within_is_not_stored(home, network, bleach_card):
    with torch.no_grad():
        network.detector.output.bias += 1e-4
    with pytest.raises(WeightsError, match=r"not the one that is installed as 'frozen': the tensor 'detector\.output"):
        save_weights(network, home / "bleach", bleach_card)
    assert not (home / "bleach").exists()


def test_nothing_is_stored_before_a_detector_that_is_not_installed(home, network, bleach_card):
    elsewhere = replace(bleach_card, stands_before=WeightsReference(name="elsewhere", weights_sha256="0" * 64))
    with pytest.raises(WeightsError, match="'elsewhere', which is not installed"):
        save_weights(network, home / "bleach", elsewhere)


def test_the_list_says_what_cannot_be_used(home, bleach, capsys):
    assert program(["models", "list"]) == 0
    assert "3 calibrated bands, before frozen" in capsys.readouterr().out
    (home / "frozen" / CARD_FILE).unlink()
    listed = {weights.name: weights for weights in installed_weights()}["bleach"]
    assert listed.card == bleach
    assert "not installed" in listed.problem
    assert program(["models", "list"]) == 0
    assert "stand before the detector 'frozen', which is not installed" in capsys.readouterr().out


def test_show_and_verify_name_both_hashes(home, bleach, frozen, capsys):
    assert program(["models", "show", "bleach"]) == 0
    assert f"Used with: frozen, SHA-256 {frozen.weights_sha256}" in capsys.readouterr().out
    assert program(["models", "verify", "bleach"]) == 0
    hashes = bleach.weights_sha256, frozen.weights_sha256
    said = "bleach: weights and card intact, SHA-256 {}, before frozen, SHA-256 {}\n".format(*hashes)
    assert capsys.readouterr().out == said
    (home / "frozen" / WEIGHTS_FILE).write_bytes(b"other")
    assert program(["models", "verify", "bleach"]) == 1
    assert "bleach: FAILED. The weights" in capsys.readouterr().out


def request(file, **changes) -> ImportRequest:
    fields = {"file": file, "method": "pixel_bleach", "name": "taken", "source": "somewhere", "licence": "MIT"}
    return ImportRequest(**(fields | {"options": (("backbone", "meso_inception4"),)} | changes))


@pytest.mark.parametrize("options", [(), (("backbone", "meso_inception4"),)])
@pytest.mark.parametrize("has_detector", [False, True])
def test_a_generator_is_imported(bleach, frozen, network, has_detector, options, tmp_path):
    file = tmp_path / "given.safetensors"
    state = network.state_dict()
    safetensors.torch.save_file({k: v for k, v in state.items() if has_detector or not k.startswith("detector.")}, file)
    card = import_weights(request(file, stands_before="frozen", options=options))
    assert dict(card.options)["backbone"] == "meso_inception4"
    assert card.stands_before == frozen.reference
    assert card.input_spec == frozen.input_spec
    pictures = torch.rand(1, 3, 256, 256)
    with torch.inference_mode():
        scores = [load_weights(name)[0](pictures).raw_score for name in ("taken", "bleach")]
    assert torch.equal(*scores)


def test_what_to_do_without_weights_names_the_other_detector(home, capsys):
    assert program(["models", "verify", "pixel_bleach"]) == 1
    said = capsys.readouterr().out
    assert "--set detector=DETECTOR" in said
    assert "--name NAME --before DETECTOR" in said
    commands = how_to_get("pixel_bleach", stands_before_another=method_facts("pixel_bleach").stands_before_another)
    assert [command.split()[-1] for command in commands] == ["detector=DETECTOR", "DETECTOR"]
    assert not method_facts("meso4").stands_before_another


def test_imports_that_do_not_fit_their_detector(home, bleach, network, tmp_path):
    own = home / "bleach" / WEIGHTS_FILE
    with pytest.raises(WeightsError, match="--before NAME"):
        import_weights(request(own))
    with pytest.raises(WeightsError, match="no weights named 'nothing'"):
        import_weights(request(own, stands_before="nothing"))
    with pytest.raises(WeightsError, match="do not fit PixelBleach"):
        import_weights(request(own, stands_before="frozen", options=(("backbone", "resnet50"),)))
    with pytest.raises(WeightsError, match="leave --before out"):
        import_weights(request(own, method="meso_inception4", options=(), stands_before="frozen"))
    state = network.state_dict()
    safetensors.torch.save_file(
        state | {"detector.output.bias": state["detector.output.bias"] + 1}, tmp_path / "given.safetensors"
    )
    with pytest.raises(WeightsError, match="not the one that is installed as 'frozen'"):
        import_weights(request(tmp_path / "given.safetensors", stands_before="frozen"))
    assert not (home / "taken").exists()
