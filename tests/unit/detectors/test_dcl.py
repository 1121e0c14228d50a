import pytest
import timm
import torch

from forensiclab.detectors.dcl import Dcl, cell_similarity

pytestmark = pytest.mark.slow  # networks at full size


@pytest.fixture(scope="module")
def network(seeded, pictures):
    return seeded(Dcl(), pictures(Dcl.INPUT, batch=3))


@pytest.fixture(scope="module")
def exact(network, pictures, in_float64):
    return in_float64(network, pictures(Dcl.INPUT, batch=3, size_px=128))


def test_golden(exact, check_golden):
    check_golden("dcl", exact.output)


def test_map_is_grad_cam(network, pictures, grad_cam):
    output, cam = grad_cam(network, network.encoder, pictures(Dcl.INPUT, size_px=160))
    torch.testing.assert_close(output.attention, cam, rtol=1e-4, atol=1e-4)


def test_is_timms_efficientnet_with_a_linear_classifier(network, pictures):
    crops = pictures(Dcl.INPUT, size_px=128)
    whole = timm.create_model("tf_efficientnet_b4", pretrained=False, num_classes=2).eval()
    linear = network.head.linear
    whole.load_state_dict(
        network.encoder.state_dict()
        | {"classifier.weight": linear.weight.detach(), "classifier.bias": linear.bias.detach()}
    )
    with torch.inference_mode():
        real, forged = whole(crops).unbind(dim=1)
        torch.testing.assert_close(network(crops).raw_score, forged - real, rtol=1e-5, atol=1e-5)


def test_self_similarity_is_the_cosine_of_cells():
    features = torch.randn(2, 5, 2, 3, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    similarity = cell_similarity(features)
    assert similarity.shape == (2, 6, 6)
    for sample in range(2):
        for i in range(6):
            for j in range(6):
                a, b = features[sample, :, i // 3, i % 3], features[sample, :, j // 3, j % 3]
                assert similarity[sample, i, j].item() == pytest.approx(
                    (a @ b / (a.norm() * b.norm())).item(), abs=1e-12
                )


def test_self_similarity_of_pictures(network, pictures):
    crops = pictures(Dcl.INPUT, size_px=160)
    with torch.inference_mode():
        similarity = network.self_similarity(crops)
        side = network.features(crops).shape[-1]
    assert similarity.shape == (2, side**2, side**2)
    torch.testing.assert_close(similarity.diagonal(dim1=1, dim2=2), torch.ones(2, side**2), rtol=0, atol=1e-5)
    torch.testing.assert_close(similarity, similarity.transpose(1, 2), rtol=0, atol=1e-5)
    assert float(similarity.min()) < 0.9
