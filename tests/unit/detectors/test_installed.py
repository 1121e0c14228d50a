import pytest
import torch

from forensiclab.core.errors import WeightsError
from forensiclab.detectors import DETECTORS
from forensiclab.detectors.cards import CARD_FILE
from forensiclab.detectors.devices import list_devices
from forensiclab.detectors.installed import (
    how_to_get,
    installed_weights,
    method_facts,
    methods_without_weights,
    verify_weights,
)
from forensiclab.detectors.weights import WEIGHTS_FILE, load_network, save_weights, shipped_names


@pytest.fixture
def home(tmp_path, monkeypatch, make_card):
    """A folder with two sets of imported weights, one of which has a damaged card."""
    monkeypatch.setenv("FORENSICLAB_WEIGHTS", str(tmp_path))
    save_weights(load_network("meso4"), tmp_path / "mine", make_card("mine", method="meso4"))
    (tmp_path / "torn").mkdir()
    (tmp_path / "torn" / CARD_FILE).write_text("{")
    return tmp_path


def test_weights_are_listed_with_their_cards_also_damaged_ones(home):
    listed = {weights.name: weights for weights in installed_weights()}
    assert list(listed)[: len(shipped_names())] == list(shipped_names())
    assert not listed["mine"].is_shipped
    assert listed["mine"].card.method == "meso4"
    assert listed["torn"].card is None
    assert str(home / "torn" / CARD_FILE) in listed["torn"].problem
    assert listed[shipped_names()[0]].is_shipped


def test_methods_without_weights_are_the_rest(home):
    missing = methods_without_weights()
    assert "meso4" not in missing
    assert "meso_inception4" not in missing
    assert set(missing) < set(DETECTORS)
    assert all(missing[0] in command for command in how_to_get(missing[0]))


def test_a_method_says_what_it_is():
    facts = method_facts("meso4")
    assert facts.input_spec.size_px == 256
    assert facts.paper
    with pytest.raises(WeightsError, match="no method 'nothing'"):
        method_facts("nothing")


def test_verifying_finds_a_changed_file(home):
    assert verify_weights("mine").name == "mine"
    file = home / "mine" / WEIGHTS_FILE
    file.write_bytes(file.read_bytes()[:-1] + b"?")
    with pytest.raises(WeightsError, match="not the ones that the card describes"):
        verify_weights("mine")


def test_the_cpu_is_always_there():
    devices = list_devices()
    assert devices[0].name == "cpu"
    assert [device.is_automatic for device in devices].count(True) == 1
    if not torch.cuda.is_available():
        assert len(devices) == 1
