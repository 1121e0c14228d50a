import pytest
import timm
import torch

from forensiclab.detectors.layers.attention import RegressionAttention
from forensiclab.detectors.layers.xception import XceptionHead, XceptionTail
from forensiclab.detectors.metric_learning import Branch, MetricLearning

pytestmark = pytest.mark.slow  # networks at full size


@pytest.fixture(scope="module")
def network(seeded, pictures):
    return seeded(MetricLearning(), pictures(MetricLearning.INPUT, batch=4, size_px=128))


@pytest.fixture(scope="module")
def exact(network, pictures, in_float64):
    return in_float64(network, pictures(MetricLearning.INPUT, batch=3, size_px=96))


def test_golden(exact, check_golden):
    check_golden("metric_learning", exact.output)


def test_head_and_tail_are_timms_whole_network(pictures):
    torch.manual_seed(0)
    whole = timm.create_model("legacy_xception", pretrained=False, num_classes=0, global_pool="").eval()
    head, tail = XceptionHead().eval(), XceptionTail().eval()
    weights = whole.state_dict()
    assert set(head.state_dict()) | set(tail.state_dict()) == set(weights)
    assert not set(head.state_dict()) & set(tail.state_dict())
    assert not head.load_state_dict(weights, strict=False).missing_keys
    assert not tail.load_state_dict(weights, strict=False).missing_keys
    crops = pictures(MetricLearning.INPUT, size_px=128)
    with torch.inference_mode():
        torch.testing.assert_close(tail(head(crops)), whole(crops), rtol=0, atol=0)


def test_attention_is_a_separable_convolution_and_a_sigmoid():
    attention = RegressionAttention(2)
    with torch.no_grad():
        attention.depthwise.weight.zero_()
        attention.depthwise.weight[0, 0, 1, 0] = 1.0  # the left neighbour's first channel
        attention.depthwise.weight[1, 0, 1, 1] = 1.0  # the second channel itself
        attention.pointwise.weight.copy_(torch.tensor([2.0, -3.0]).view(1, 2, 1, 1))
    features = torch.arange(2 * 3 * 3, dtype=torch.float32).reshape(1, 2, 3, 3)
    left = torch.nn.functional.pad(features[:, 0], (1, 0))[:, :, :3]
    expected = torch.sigmoid(2 * left - 3 * features[:, 1])
    torch.testing.assert_close(attention(features), expected)
    torch.testing.assert_close(attention(torch.zeros(1, 2, 3, 3)), torch.full((1, 3, 3), 0.5))


def test_score_is_the_distance_of_the_attended_embedding(network, pictures):
    crops = pictures(MetricLearning.INPUT, size_px=96)
    with torch.inference_mode():
        output = network(crops)
        features = network.branch.head(crops)
        mask = network.branch.attention(features)
        embedding = network.tail(features * mask[:, None]).mean(dim=(2, 3))
    assert embedding.shape == (2, 2048)
    assert float(embedding.min()) >= 0.0
    torch.testing.assert_close(output.attention, mask)
    torch.testing.assert_close(output.raw_score, embedding.square().sum(dim=1).sqrt(), rtol=1e-5, atol=1e-6)


def test_two_branches_share_a_tail(network, pictures):
    """What training does: a second branch, its features concatenated with the first's through one tail."""
    torch.manual_seed(0)
    high, crops = Branch().eval(), pictures(MetricLearning.INPUT, size_px=96)
    with torch.inference_mode():
        of_high, of_low = high(crops), network.branch(crops)
        both = network.embed_features(torch.cat([of_high[0], of_low[0]]), torch.cat([of_high[1], of_low[1]]))
        torch.testing.assert_close(both[2:].norm(dim=1), network(crops).raw_score, rtol=1e-3, atol=1e-3)


def test_distance_has_a_finite_gradient_at_the_origin(network, pictures):
    """Training drives the embeddings of reals to 0, where the length of a vector has a corner."""
    norm = network.tail.bn4
    before = {name: value.clone() for name, value in norm.state_dict().items()}
    torch.nn.init.zeros_(norm.weight)
    torch.nn.init.zeros_(norm.bias)
    output = network(pictures(MetricLearning.INPUT, size_px=64))
    output.raw_score.sum().backward()
    norm.load_state_dict(before)
    assert output.raw_score.tolist() == [0.0, 0.0]
    assert all(bool(torch.isfinite(parameter.grad).all()) for parameter in network.parameters())
    network.zero_grad(set_to_none=True)
