"""OpenVINO against torch, the cache of converted networks, and networks that take turns."""

import os
import subprocess
import sys

import numpy as np
import pytest
import torch

from forensiclab.core.errors import DeviceError, SettingsError
from forensiclab.detectors import engines, network_cache, runtime
from forensiclab.detectors.base import NetworkOutput
from forensiclab.detectors.engines import OpenVinoEngine, TorchEngine, parity_crops, probability_difference, traced
from forensiclab.detectors.meso_inception4 import MesoInception4
from forensiclab.detectors.weights import save_weights

CPU = torch.device("cpu")

converts = pytest.mark.slow
"""Converting a network takes torch and OpenVINO several seconds."""


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setattr(network_cache, "user_cache_path", lambda *parts: tmp_path.joinpath("cache", *parts))
    monkeypatch.setattr(network_cache, "user_data_path", lambda *parts: tmp_path.joinpath("data", *parts))
    return tmp_path / "cache"


@pytest.fixture
def network():
    torch.manual_seed(2)
    return MesoInception4().eval()


def test_converting_reports_nothing_over_the_network():
    pytest.importorskip("openvino.tools.ovc.telemetry_utils")
    # In a process of its own: here another test may have imported OpenVINO first.
    code = "import forensiclab.detectors.engines; from openvino.tools.ovc.telemetry_utils import tm; print(tm.__name__)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120)
    assert done.stdout.strip() == "openvino.tools.ovc.telemetry_stub"


def test_traced_as_one_flat_graph_for_any_batch():
    torch.manual_seed(2)
    network = MesoInception4()  # in train mode, and its parameters want gradients
    graph = traced(network, 256)
    pictures = torch.rand(3, 3, 256, 256)
    for value, expected in zip(graph(pictures), network(pictures), strict=True):
        torch.testing.assert_close(value, expected)
    assert len(list(graph.graph.inputs())) == 1, "the pictures, and no module whose layers are put in one by one"
    assert not {"prim::CallMethod", "prim::GetAttr"} & {node.kind() for node in graph.graph.nodes()}


@converts
def test_same_scores_and_maps_as_torch(network, make_card, cache):
    card = make_card()
    crops = parity_crops(256)
    converted, reference = OpenVinoEngine(network, card), TorchEngine(network, card.input_spec, CPU)
    assert probability_difference(converted, reference, card) <= engines.PARITY_FLOAT32
    np.testing.assert_allclose(converted.run(crops).attention, reference.run(crops).attention, atol=1e-3)
    np.testing.assert_array_equal(converted.run(crops).raw_scores, converted.run(crops).raw_scores)
    assert "OpenVINO" in converted.device_name
    assert converted.precision == "float32"


@converts
def test_converted_once_and_a_changed_copy_is_not_used(network, make_card, cache, monkeypatch):
    import openvino

    made = []
    convert = openvino.convert_model
    monkeypatch.setattr(openvino, "convert_model", lambda *a, **k: made.append(1) or convert(*a, **k))
    for _ in range(2):
        OpenVinoEngine(network, make_card())
    assert len(made) == 1
    (binary,) = cache.rglob("network.bin")
    binary.write_bytes(bytes(byte ^ 1 for byte in binary.read_bytes()))
    OpenVinoEngine(network, make_card())
    assert len(made) == 2
    OpenVinoEngine(network, make_card())
    assert len(made) == 2, "the damaged copy was replaced"


@converts
def test_another_network_does_not_answer_in_its_place(network, make_card, cache, tmp_path):
    """Somebody who can write to the cache but has no key puts a network there that he has sealed himself."""
    other = MesoInception4().eval()
    with pytest.MonkeyPatch.context() as foreign:
        foreign.setattr(network_cache, "user_data_path", lambda *parts: tmp_path.joinpath("foreign", *parts))
        OpenVinoEngine(other, make_card())
    engine = OpenVinoEngine(network, make_card())
    reference = TorchEngine(network, make_card().input_spec, CPU)
    assert probability_difference(engine, reference, make_card()) <= engines.PARITY_FLOAT32


@converts
@pytest.mark.parametrize("blocked", ["cache", "data"])
def test_without_a_cache_torch_runs_with_one_warning(network, make_card, cache, monkeypatch, caplog, blocked):
    (cache.parent / blocked).write_text("a file in place of the folder")
    monkeypatch.setattr(runtime, "WORTH_CONVERTING", 1)
    runtime._warn_once.cache_clear()
    for name in ("one", "two"):
        engine = runtime.choose_engine(network, make_card(name), CPU, is_reduced=False)
        assert isinstance(engine, TorchEngine)
    (record,) = caplog.records
    assert "Without OpenVINO: the cache " in record.getMessage()


@converts
def test_what_an_ended_process_left_over_is_removed_and_what_is_being_written_stays(network, make_card, cache):
    OpenVinoEngine(network, make_card())
    (home,) = {folder.parent.parent for folder in cache.rglob("network.bin")}
    old, new = home / "partial-old", home / "partial-new"
    for folder in (old, new):
        folder.mkdir()
    os.utime(old, (1, 1))
    OpenVinoEngine(network, make_card(weights_sha256="ab" * 32))
    assert not old.exists()
    assert new.is_dir()
    assert len(list(home.iterdir())) == 3


@converts
def test_engine_that_differs_is_refused(network, make_card, cache, monkeypatch):
    OpenVinoEngine(network, make_card())
    with torch.no_grad():
        network.output.bias += 1.0  # the cache still holds the old one under the same hash
    with pytest.raises(DeviceError, match="differs from torch"):
        OpenVinoEngine(network, make_card())


@converts
def test_small_networks_stay_with_torch_and_large_ones_are_converted(network, make_card, cache, monkeypatch):
    engine = runtime.choose_engine(network, make_card(), CPU, is_reduced=False)
    assert isinstance(engine, TorchEngine)
    monkeypatch.setattr(runtime, "WORTH_CONVERTING", 1)
    engine = runtime.choose_engine(network, make_card(), CPU, is_reduced=False)
    assert isinstance(engine, OpenVinoEngine)


def test_torch_takes_over_where_openvino_fails(network, make_card, monkeypatch, caplog):
    def fail(*args, **kwargs):
        raise DeviceError("scripted")

    monkeypatch.setattr(runtime, "WORTH_CONVERTING", 1)
    monkeypatch.setattr(runtime, "OpenVinoEngine", fail)
    assert isinstance(runtime.choose_engine(network, make_card(), CPU, is_reduced=False), TorchEngine)
    assert "runs without OpenVINO: scripted" in caplog.text


@converts
def test_network_that_openvino_cannot_convert_is_a_sentence(make_card, cache):
    class Odd(MesoInception4):
        def forward(self, pictures):
            output = super().forward(pictures)
            return NetworkOutput(torch.logit(output.raw_score.sigmoid()), output.attention)

    with pytest.raises(DeviceError, match="OpenVINO cannot run"):
        OpenVinoEngine(Odd().eval(), make_card())


@converts
def test_network_that_torch_cannot_trace_is_a_sentence(make_card, cache):
    class Odd(MesoInception4):
        def forward(self, pictures):
            half, _ = divmod(pictures.shape[-1], 2)  # a tensor while it is traced
            return super().forward(pictures[..., : 2 * half])

    with pytest.raises(DeviceError, match="OpenVINO cannot run"):
        OpenVinoEngine(Odd().eval(), make_card())


@converts
def test_reduced_precision_only_where_the_cpu_has_it(network, make_card, cache, monkeypatch):
    monkeypatch.setattr(runtime, "WORTH_CONVERTING", 1)
    monkeypatch.setattr(OpenVinoEngine, "has_bfloat16", staticmethod(lambda: False))
    assert runtime.choose_engine(network, make_card(), CPU, is_reduced=True).precision == "float32"


@converts
@pytest.mark.skipif(not OpenVinoEngine.has_bfloat16(), reason="this CPU has no bfloat16")
def test_reduced_precision_stays_close(network, make_card, cache, monkeypatch):
    monkeypatch.setattr(runtime, "WORTH_CONVERTING", 1)
    engine = runtime.choose_engine(network, make_card(), CPU, is_reduced=True)
    assert engine.precision == "bfloat16"
    reference = TorchEngine(network, make_card().input_spec, CPU)
    assert 0 < probability_difference(engine, reference, make_card()) <= engines.PARITY_REDUCED


def test_unknown_precision(tmp_path):
    with pytest.raises(SettingsError, match="float32 or reduced"):
        runtime.open_detector("any", "cpu", "half")


class Cramped(MesoInception4):
    """Does not fit beside another one of its kind; being on the device is pretended."""

    inside: "list[Cramped]" = []  # noqa: RUF012

    def to(self, device):
        if str(device) == "cpu" and self in self.inside:
            self.inside.remove(self)
        elif str(device) == "meta" and self not in self.inside:
            if self.inside:
                raise torch.OutOfMemoryError("scripted")
            self.inside.append(self)
        return self

    def __eq__(self, other):
        return self is other

    __hash__ = MesoInception4.__hash__


def test_networks_that_do_not_fit_together_take_turns(make_card, monkeypatch):
    Cramped.inside.clear()
    spec = make_card().input_spec
    first = TorchEngine(Cramped(), spec, torch.device("meta"))
    second = TorchEngine(Cramped(), spec, torch.device("meta"))
    assert Cramped.inside == [second._network]
    monkeypatch.setattr(type(spec), "to_tensor", lambda self, crops, device: torch.zeros(len(crops), 3, 256, 256))
    first.run(parity_crops(256))
    assert Cramped.inside == [first._network]


def test_saved_weights_open_with_their_own_margin(network, make_card, tmp_path, monkeypatch):
    from dataclasses import replace

    monkeypatch.setenv("FORENSICLAB_WEIGHTS", str(tmp_path))
    card = make_card("own")
    save_weights(network, tmp_path / "own", replace(card, input_spec=replace(card.input_spec, margin=1.1)))
    assert runtime.open_detector("own", "cpu").input_spec.margin == 1.1
