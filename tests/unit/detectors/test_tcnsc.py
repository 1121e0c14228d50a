import pytest
import timm
import torch

from forensiclab.detectors.tcnsc import Tcnsc


@pytest.fixture(scope="module")
def network(seeded, pictures):
    return seeded(Tcnsc(), pictures(Tcnsc.INPUT, batch=4, size_px=128))


@pytest.fixture(scope="module")
def crops(pictures):
    return pictures(Tcnsc.INPUT)


@pytest.fixture(scope="module")
def output(network, crops):
    with torch.inference_mode():
        return network(crops)


@pytest.fixture(scope="module")
def exact(network, pictures, in_float64):
    return in_float64(network, pictures(Tcnsc.INPUT, batch=3, size_px=128))


def test_golden(exact, check_golden):
    check_golden("tcnsc", exact.output)


def test_map_is_grad_cam(network, crops, grad_cam):
    output, cam = grad_cam(network, network.encoder, crops)
    torch.testing.assert_close(output.attention, cam, rtol=1e-4, atol=1e-4)


def test_is_timms_resnet_with_a_linear_classifier(network, crops, output):
    whole = timm.create_model("resnet18", pretrained=False, num_classes=2).eval()
    whole.load_state_dict(
        network.encoder.state_dict()
        | {"fc.weight": network.head.linear.weight.detach(), "fc.bias": network.head.linear.bias.detach()}
    )
    with torch.inference_mode():
        real, forged = whole(crops).unbind(dim=1)
    torch.testing.assert_close(output.raw_score, forged - real, rtol=1e-5, atol=1e-5)


def test_embedding_is_what_the_classifier_reads(network, crops, output):
    with torch.inference_mode():
        embedding = network.embed(crops)
        logits = network.head.logits(embedding)
    assert embedding.shape == (2, 512)
    torch.testing.assert_close(logits[:, 1] - logits[:, 0], output.raw_score, rtol=1e-5, atol=1e-5)
