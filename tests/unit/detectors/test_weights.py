import hashlib
from dataclasses import replace

import pytest
import safetensors.torch
import torch

from forensiclab.core.errors import WeightsError
from forensiclab.detectors import cards, weights
from forensiclab.detectors.efficientnet_lite0 import EfficientNetLite0
from forensiclab.detectors.meso_inception4 import MesoInception4


@pytest.fixture
def installed(tmp_path, monkeypatch, make_card):
    """A folder of the user's with one seeded set of weights in it, named ``seeded``."""
    monkeypatch.setenv("FORENSICLAB_WEIGHTS", str(tmp_path))
    torch.manual_seed(1)
    network = MesoInception4()
    card = weights.save_weights(network, tmp_path / "seeded", make_card("seeded"))
    return network, card, tmp_path / "seeded"


def test_round_trip_keeps_the_answer(installed):
    network, card, _ = installed
    loaded, read = weights.load_weights("seeded")
    assert read == card
    pictures = torch.rand(2, 3, 256, 256)
    expected = network.eval()(pictures).raw_score
    assert torch.allclose(loaded(pictures).raw_score, expected, atol=2e-3)
    assert not any(parameter.requires_grad for parameter in loaded.parameters())


def test_by_folder_as_well_as_by_name(installed):
    assert weights.load_weights(installed[2])[1].name == "seeded"


def test_only_large_tensors_are_halved(tmp_path, make_card):
    weights.save_weights(EfficientNetLite0(), tmp_path / "lite", make_card("lite"))
    whole = safetensors.torch.load_file(tmp_path / "lite" / weights.WEIGHTS_FILE)
    stored = {name: tensor for name, tensor in whole.items() if tensor.is_floating_point()}
    small = {name for name, tensor in stored.items() if tensor.ndim == 1 or tensor.numel() <= 65_536}
    assert {stored[name].dtype for name in stored.keys() - small} == {torch.float16}
    assert {stored[name].dtype for name in small} == {torch.float32}
    assert "encoder.conv_stem.weight" in small


def test_one_changed_byte_is_noticed(installed):
    file = installed[2] / weights.WEIGHTS_FILE
    data = bytearray(file.read_bytes())
    data[-1] ^= 1
    file.write_bytes(data)
    with pytest.raises(WeightsError, match="SHA-256"):
        weights.load_weights("seeded")


def test_not_safetensors_even_with_the_right_hash(installed):
    _, card, folder = installed
    (folder / weights.WEIGHTS_FILE).write_bytes(b"no tensors")
    cards.write_card(replace(card, weights_sha256=hashlib.sha256(b"no tensors").hexdigest()), folder)
    with pytest.raises(WeightsError, match="not a safetensors file"):
        weights.load_weights("seeded")


def test_wrong_shapes_are_named(installed):
    network, _, _ = installed
    tensors = network.state_dict()
    tensors["hidden.weight"] = torch.zeros(3, 3)
    del tensors["output.bias"]
    tensors["extra"] = torch.zeros(1)
    with pytest.raises(WeightsError) as error:
        weights.fill(MesoInception4(), tensors, "file.safetensors")
    for part in ("file.safetensors", "'output.bias' is missing", "'extra' is unknown", "(3, 3) instead of (16, 1024)"):
        assert part in str(error.value)


@pytest.mark.parametrize("damage", ["", "{}", "not json", '{"name": 3}'])
def test_damaged_card_is_named(installed, damage):
    (installed[2] / cards.CARD_FILE).write_text(damage)
    with pytest.raises(WeightsError, match=r"card.json is not valid"):
        weights.load_weights("seeded")


def test_missing_weights_file(installed):
    (installed[2] / weights.WEIGHTS_FILE).unlink()
    with pytest.raises(WeightsError, match="cannot be read"):
        weights.load_weights("seeded")


def test_unknown_names_say_what_there_is(installed):
    with pytest.raises(WeightsError, match=r"Installed are: .*seeded"):
        weights.load_weights("nothing_such")
    with pytest.raises(WeightsError, match="no method 'nothing_such'"):
        weights.load_network("nothing_such")
    with pytest.raises(WeightsError, match="cannot be built with these options"):
        weights.load_network("meso_inception4", (("depth", "3"),))


def test_values_that_float16_cannot_hold_are_refused(tmp_path, make_card):
    network = EfficientNetLite0()
    with torch.no_grad():
        network.encoder.conv_head.weight[0, 0] = 1e6
    with pytest.raises(WeightsError, match=r"conv_head.weight"):
        weights.save_weights(network, tmp_path / "large", make_card("large"))


def test_shipped_weights_are_never_shadowed(installed, monkeypatch, tmp_path):
    shipped = tmp_path / "shipped"
    weights.save_weights(MesoInception4(), shipped / "seeded", replace(installed[1], title="The shipped one"))
    monkeypatch.setattr(weights, "shipped_home", lambda: shipped)
    assert weights.load_weights("seeded")[1].title == "The shipped one"
    assert weights.shipped_names() == ("seeded",)
