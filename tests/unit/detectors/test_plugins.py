"""Methods from installed packages, and that the registry holds what it promises."""

import textwrap

import pytest
import torch

from forensiclab.__main__ import main
from forensiclab.core.errors import WeightsError
from forensiclab.detectors import DETECTORS, known_methods
from forensiclab.detectors.runtime import open_detector
from forensiclab.detectors.weights import load_network, network_class, save_weights

PLUGIN = """
    from typing import ClassVar
    from torch import Tensor, nn
    from forensiclab.detectors.base import InputSpec, Network, NetworkOutput
    from forensiclab.detectors.layers.heads import LinearHead

    class Tiny(Network):
        INPUT: ClassVar[InputSpec] = InputSpec(size_px=32)
        TITLE = "Tiny"
        PAPER = "None."
        ATTENTION = "Class activation map."
        CLAIMS = "None."

        def __init__(self) -> None:
            super().__init__()
            self.stem = nn.Conv2d(3, 4, 3, stride=4)
            self.head = LinearHead(4)

        def forward(self, pictures: Tensor) -> NetworkOutput:
            return self.head(self.stem(pictures).relu())
    """


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Install a package as an installer does: its module and its metadata on the path."""

    def put(entry: str, source: str = PLUGIN) -> None:
        site = tmp_path / "site"
        metadata = site / "tiny_detector-1.0.dist-info"
        metadata.mkdir(parents=True)
        (site / "tiny_detector.py").write_text(textwrap.dedent(source))
        (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: tiny-detector\nVersion: 1.0\n")
        (metadata / "entry_points.txt").write_text(f"[forensiclab.detectors]\n{entry}\n")
        monkeypatch.syspath_prepend(site)
        monkeypatch.setenv("FORENSICLAB_WEIGHTS", str(tmp_path / "weights"))

    return put


def test_installed_plugin_is_a_detector_like_any_other(install, tmp_path, make_card, capsys):
    install("tiny = tiny_detector:Tiny")
    assert main(["models", "list"]) == 0
    assert "tiny" in capsys.readouterr().out
    network = load_network("tiny")
    card = make_card("my_tiny", method="tiny", input_spec=network.input_spec)
    save_weights(network, tmp_path / "weights" / "my_tiny", card)
    detector = open_detector("my_tiny", "cpu")
    prediction = detector.predict(torch.zeros(2, 32, 32, 3, dtype=torch.uint8).numpy())
    assert prediction.raw_scores.shape == (2,)
    assert main(["models", "show", "my_tiny"]) == 0


def test_plugin_cannot_take_the_name_of_ours(install):
    install("xception = tiny_detector:Tiny")
    assert known_methods()["xception"] == DETECTORS["xception"]


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("tiny = tiny_detector:Missing", "cannot be loaded"),
        ("tiny = no_such_module:Tiny", "cannot be loaded"),
        ("tiny = tiny_detector:LinearHead", "is not a detector"),
    ],
)
def test_broken_plugin_is_named(install, entry, message):
    install(entry)
    with pytest.raises(WeightsError, match=message):
        network_class("tiny")


@pytest.mark.parametrize("method", DETECTORS)
def test_every_method_declares_its_contract(method):
    declared = network_class(method)
    assert 32 <= declared.INPUT.size_px <= 512
    assert 0.5 <= declared.INPUT.margin <= 2
    for text in (declared.TITLE, declared.PAPER, declared.ATTENTION, declared.CLAIMS):
        assert isinstance(text, str)
        assert text
    assert declared.ATTENTION.endswith(".")
    assert declared.CLAIMS.endswith(".")
