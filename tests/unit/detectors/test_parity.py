"""Every detector in the program's runtime gives what torch gives in float32."""

import pytest
import torch

from forensiclab.detectors import DETECTORS, engines, network_cache
from forensiclab.detectors.engines import (
    PARITY_FLOAT32,
    PARITY_REDUCED,
    TorchEngine,
    parity_crops,
    probability_difference,
)
from forensiclab.detectors.runtime import choose_engine
from forensiclab.detectors.weights import load_network

CPU = torch.device("cpu")


@pytest.mark.slow
@pytest.mark.parametrize("method", DETECTORS)
def test_runtime_gives_the_probabilities_of_torch(method, seeded, make_card, tmp_path, monkeypatch):
    monkeypatch.setattr(network_cache, "user_cache_path", lambda *parts: tmp_path.joinpath(*parts))
    network = load_network(method)
    card = make_card(method, method=method, input_spec=network.input_spec, calibration=())
    seeded(network, card.input_spec.to_tensor(parity_crops(card.input_spec.size_px)))
    reference = TorchEngine(network, card.input_spec, CPU)
    for is_reduced in (False, True):
        engine = choose_engine(network, card, CPU, is_reduced=is_reduced)
        allowed = PARITY_FLOAT32 if engine.precision == "float32" else PARITY_REDUCED
        assert probability_difference(engine, reference, card) <= allowed
        small = sum(parameter.numel() for parameter in network.parameters()) < engines.WORTH_CONVERTING
        assert ("OpenVINO" in engine.device_name) is not small
