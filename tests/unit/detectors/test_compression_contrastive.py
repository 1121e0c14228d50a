import pytest
import torch

from forensiclab.detectors.compression_contrastive import CompressionContrastive
from forensiclab.detectors.layers.mlp import TwoLayerPerceptron

pytestmark = pytest.mark.slow  # networks at full size


@pytest.fixture(scope="module")
def network(seeded, pictures):
    return seeded(CompressionContrastive(), pictures(CompressionContrastive.INPUT, batch=4, size_px=128))


@pytest.fixture(scope="module")
def exact(network, pictures, in_float64):
    return in_float64(network, pictures(CompressionContrastive.INPUT, batch=3, size_px=128))


def test_golden(exact, check_golden):
    check_golden("compression_contrastive", exact.output)


def test_map_is_grad_cam(network, pictures, grad_cam):
    output, cam = grad_cam(network, network.encoder, pictures(CompressionContrastive.INPUT, size_px=128))
    assert cam.shape == (2, 4, 4)
    assert float(cam.std()) > 0.0
    torch.testing.assert_close(output.attention, cam, rtol=1e-4, atol=1e-4)


def test_score_is_the_difference_of_the_predictors_logits(network, pictures):
    crops = pictures(CompressionContrastive.INPUT, size_px=96)
    with torch.inference_mode():
        z = network.embed(crops)
        real, forged = network.logits(z).unbind(dim=1)
        output = network(crops)
    assert z.shape == (2, 512)
    assert not torch.allclose(z.norm(dim=1), torch.ones(2))
    torch.testing.assert_close(output.raw_score, forged - real)


@pytest.mark.parametrize("shared_gradient", [True, False])
def test_pull_back_is_the_backward_pass(shared_gradient):
    generator = torch.Generator().manual_seed(3)
    mlp = TwoLayerPerceptron(7, 11, 4).double()
    x = torch.randn(5, 7, generator=generator, dtype=torch.float64, requires_grad=True)
    gradient = torch.randn(*((4,) if shared_gradient else (5, 4)), generator=generator, dtype=torch.float64)
    (mlp(x) * gradient).sum().backward()
    torch.testing.assert_close(mlp.pull_back(x.detach(), gradient), x.grad)
