from dataclasses import replace

import pytest
import torch

from forensiclab.core.errors import WeightsError
from forensiclab.detectors.meso_inception4 import MesoInception4
from forensiclab.detectors.pixel_bleach import BACKBONES, BleachGenerator, PixelBleach, balanced_offset
from forensiclab.detectors.weights import network_class

pytestmark = pytest.mark.slow  # networks at full size


def bleach_of(network, pictures):
    """The same, read off the paper step by step; pixels in [0, 1]."""
    detector, spec = network.detector, network.input_spec
    mean, std = (torch.tensor(values).view(1, 3, 1, 1) for values in (spec.mean, spec.std))
    phi = detector.embed(pictures)
    target = torch.stack(
        [-2 * p + (0.7 if s > 0 else -0.7) * p for p, s in zip(phi, detector.score_embedding(phi), strict=True)]
    )
    bleach = network.generator(target)
    crop = 2 * (pictures * std + mean) - 1
    return bleach, (crop + 0.25 * bleach).clamp(-1, 1)


@pytest.fixture(scope="module")
def network(seeded, pictures):
    return seeded(PixelBleach("meso_inception4", strength=0.25), pictures(MesoInception4.INPUT, batch=4))


@pytest.fixture(scope="module")
def crops(network, pictures):
    return pictures(network.input_spec)


@pytest.fixture(scope="module")
def output(network, crops):
    with torch.inference_mode():
        return network(crops)


@pytest.fixture(scope="module")
def exact(network, pictures, in_float64):
    return in_float64(network, pictures(MesoInception4.INPUT, batch=3))


def test_golden(exact, check_golden):
    check_golden("pixel_bleach", exact.output)


def test_only_the_generator_learns(network):
    assert not any(parameter.requires_grad for parameter in network.detector.parameters())
    assert all(parameter.requires_grad for parameter in network.generator.parameters())


def test_a_training_step_leaves_the_detector_as_it_is(network, crops):
    frozen = {name: value.clone() for name, value in network.detector.state_dict().items()}
    made = {name: value.clone() for name, value in network.state_dict().items()}
    optimiser = torch.optim.SGD([p for p in network.parameters() if p.requires_grad], lr=1.0)
    network.train()(crops).raw_score.sum().backward()
    optimiser.step()
    for name, value in network.detector.state_dict().items():
        assert torch.equal(value, frozen[name]), f"training changed the frozen detector's {name}"
    assert not torch.equal(network.generator.stages[-2].weight, made["generator.stages.12.weight"])
    network.load_state_dict(made)
    network.eval().zero_grad(set_to_none=True)


def test_train_mode_leaves_the_detector_in_eval_mode(network):
    network.train()
    assert network.training
    assert all(module.training for module in network.generator.modules())
    assert not any(module.training for module in network.detector.modules())
    network.eval()
    assert not any(module.training for module in network.modules())


@pytest.mark.parametrize("m", [-0.7, 0.0, 0.7])
def test_balanced_offset(m):
    phi = torch.tensor([[1.0, 2.0], [3.0, 0.5], [4.0, 1.0]])
    offset = balanced_offset(phi, torch.tensor([2.5, -0.1, 0.0]), m)
    torch.testing.assert_close(offset, torch.stack([(m - 2) * phi[0], (-m - 2) * phi[1], -2 * phi[2]]))


def test_bleach_is_what_the_paper_says(network, crops, output):
    with torch.inference_mode():
        result = network.bleach(crops)
        bleach, bleached = bleach_of(network, crops)
    torch.testing.assert_close(result.bleach, bleach)
    torch.testing.assert_close(result.bleached, bleached, rtol=0, atol=1e-5)
    assert float(result.bleach.abs().max()) <= 1.0
    assert float(result.bleach.abs().max()) > 1e-3
    torch.testing.assert_close(result.raw_score, output.raw_score)
    torch.testing.assert_close(result.attention, output.attention)


def test_scores_before_and_after_are_the_frozen_detectors(network, crops):
    with torch.inference_mode():
        result = network.bleach(crops)
        before = network.detector(crops)
        after = network.detector((result.bleached + 1) / 2)  # this backbone takes pixels in [0, 1]
    torch.testing.assert_close(result.raw_score_before, before.raw_score)
    torch.testing.assert_close(result.raw_score, after.raw_score, rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(result.attention, after.attention, rtol=1e-3, atol=1e-4)
    assert not torch.equal(result.raw_score, result.raw_score_before)


def test_strength_zero_is_the_frozen_detector(network, crops):
    with torch.inference_mode():
        before = network.detector(crops)
        result = network.bleach(crops, strength=0.0)
    torch.testing.assert_close(result.raw_score, before.raw_score, rtol=0, atol=0)
    torch.testing.assert_close(result.attention, before.attention, rtol=0, atol=0)


def test_strength_and_balance_belong_to_the_weights(network):
    other = PixelBleach("meso_inception4", strength=0.5, balance=0.0)
    other.load_state_dict(network.state_dict())
    assert other.strength.item() == pytest.approx(0.25)
    assert other.balance.item() == pytest.approx(0.7)
    assert PixelBleach("meso_inception4").strength.item() == pytest.approx(0.01)


@pytest.mark.parametrize("backbone", list(BACKBONES))
def test_every_backbone(backbone, pictures):
    torch.manual_seed(0)
    network = PixelBleach(backbone).eval()
    spec = network.input_spec
    assert spec == network_class(backbone).INPUT

    has_a_size_of_its_own = backbone in ("meso_inception4", "f3net")
    crops = pictures(spec, batch=1, size_px=None if has_a_size_of_its_own else 96)
    with torch.inference_mode():
        phi = network.detector.embed(crops)
        score = network.detector.score_embedding(phi)
        assert phi.shape == (1, BACKBONES[backbone])
        assert score.shape == (1,)
        torch.testing.assert_close(score, network.detector(crops).raw_score, rtol=1e-4, atol=1e-4)
        bleach = network.generate(phi, score)
    assert bleach.shape == (1, 3, spec.size_px, spec.size_px)
    assert float(bleach.std()) > 0.0

    # One grey level is one grey level on each backbone's scale, and black and white stay what they are.
    grey = torch.tensor([0.0, 100.0, 255.0]).view(3, 1, 1, 1).expand(3, 3, 2, 2)
    for sign in (1, -1):
        lighter = network.add(spec.normalise(grey), torch.full_like(grey, sign), strength=0.2)
        torch.testing.assert_close(lighter, spec.normalise((grey + sign * 25.5).clamp(0, 255)))
    assert torch.equal(network.add(spec.normalise(grey), torch.ones_like(grey), strength=0.0), spec.normalise(grey))


@pytest.mark.parametrize("embedding", sorted(set(BACKBONES.values())))
def test_generator_starts_from_8_by_8_whatever_the_embedding(embedding):
    generator = BleachGenerator(embedding, 256).eval()
    offset = torch.randn(1, embedding, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        seed = generator.entry(offset)
    assert seed.shape == (1, 32, 8, 8)
    assert float(seed.std()) > 0.0
    if embedding == 2048:
        assert torch.equal(seed.flatten(), offset[0]), "2048 values are only reshaped"


@pytest.mark.parametrize(
    "sides",
    [(8, 18, 37, 74, 149, 299), (8, 16, 32, 64, 128, 256), (8, 14, 28, 56, 112, 224), (8, 16, 32, 64, 128)],
    ids=lambda s: str(s[-1]),
)
def test_generator_passes_through_the_sides(sides):
    generator = BleachGenerator(2048, sides[-1]).eval()
    seen, x = [8], torch.zeros(1, 32, 8, 8)
    with torch.inference_mode():
        for layer in generator.stages:
            x = layer(x)
            if x.shape[-1] != seen[-1]:
                seen.append(x.shape[-1])
    assert tuple(seen) == sides
    assert x.shape[1] == 3
    assert float(x.abs().max()) <= 1.0


def test_a_detector_of_small_crops(pictures, seeded, check_contract, check_gradients):
    spec = replace(network_class("resnet50").INPUT, size_px=128)
    network = seeded(PixelBleach("resnet50", size_px="128"), pictures(spec, batch=4))
    assert network.input_spec == spec
    crops = pictures(spec)
    with torch.inference_mode():
        output = network(crops)
        bleach = network.bleach(crops).bleach
    assert bleach.shape == crops.shape
    assert float(bleach.std()) > 1e-3
    check_contract(network, crops, output, side=4)
    check_gradients(network, crops)
    assert [layer.out_channels for layer in network.generator.stages if hasattr(layer, "out_channels")] == [
        256,
        128,
        64,
        3,
    ]


def test_refuses_what_it_cannot_bleach():
    with pytest.raises(WeightsError, match=r"tcnsc.*xception"):
        PixelBleach("tcnsc")
    with pytest.raises(WeightsError, match="380"):
        BleachGenerator(2048, 380)
