import numpy as np
import pytest
import torch

from forensiclab.core.errors import DeviceError, ShapeError
from forensiclab.detectors.base import NetworkOutput
from forensiclab.detectors.engines import TorchEngine
from forensiclab.detectors.meso_inception4 import MesoInception4
from forensiclab.detectors.runtime import NetworkDetector, choose_device


@pytest.fixture
def crops():
    return np.random.default_rng(0).integers(0, 256, (5, 256, 256, 3), dtype=np.uint8)


@pytest.fixture
def on_torch(make_card):
    """Put a network behind the torch engine on the CPU."""

    def build(network):
        card = make_card()
        return NetworkDetector(card, "", TorchEngine(network, card.input_spec, torch.device("cpu")))

    return build


@pytest.fixture
def detector(on_torch):
    torch.manual_seed(0)
    return on_torch(MesoInception4())


def test_prediction_fits_its_contract(detector, crops):
    prediction = detector.predict(crops)
    assert prediction.raw_scores.shape == (5,)
    assert prediction.raw_scores.dtype == np.float32
    assert prediction.attention.shape == (5, 8, 8)
    assert prediction.attention.min() >= 0
    assert prediction.attention.max() <= 1


def test_same_result_twice_and_alone(detector, crops):
    first, second = detector.predict(crops), detector.predict(crops)
    assert np.array_equal(first.raw_scores, second.raw_scores)
    assert detector.predict(crops[2:3]).raw_scores[0] == pytest.approx(first.raw_scores[2], abs=1e-5)


def test_empty_batch(detector):
    assert len(detector.predict(np.zeros((0, 256, 256, 3), np.uint8)).raw_scores) == 0


@pytest.mark.parametrize("shape", [(5, 128, 128, 3), (256, 256, 3), (1, 256, 256, 4)])
def test_other_shapes_are_refused(detector, shape):
    with pytest.raises(ShapeError, match=r"\(B, 256, 256, 3\)"):
        detector.predict(np.zeros(shape, np.uint8))


def test_other_types_are_refused(detector):
    with pytest.raises(ShapeError, match="uint8"):
        detector.predict(np.zeros((1, 256, 256, 3), np.float32))


class Hungry(MesoInception4):
    """Runs out of memory with more than ``room`` crops at once."""

    room = 2

    def forward(self, pictures):
        if len(pictures) > self.room:
            raise torch.OutOfMemoryError("scripted")
        return NetworkOutput(pictures.mean(dim=(1, 2, 3)), torch.zeros(len(pictures), 1, 1))


def test_out_of_memory_halves_the_batch_and_loses_nothing(on_torch, crops):
    detector = on_torch(Hungry())
    scores = detector.predict(crops).raw_scores
    assert scores == pytest.approx(crops.reshape(5, -1).mean(axis=1) / 255, abs=1e-5)


def test_not_one_crop_fits(on_torch, crops):
    network = Hungry()
    network.room = 0
    with pytest.raises(DeviceError, match="Not even one crop fits into the memory of cpu"):
        on_torch(network).predict(crops)


def test_devices():
    assert choose_device("cpu").type == "cpu"
    assert choose_device("auto").type in {"cpu", "cuda"}
    for name in ("gpu", "cuda:x", ""):
        with pytest.raises(DeviceError, match="There is no device"):
            choose_device(name)


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU here")
def test_missing_gpu_is_said():
    with pytest.raises(DeviceError, match="0 CUDA devices"):
        choose_device("cuda")
