import copy

import timm
import torch
from torch import nn

from training.runs.depthwise import keep_slow_depthwise_float32


def _network() -> nn.Module:
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Conv2d(3, 8, 3, padding=1),
        nn.Conv2d(8, 8, 3, padding=1, groups=8),  # fast in bfloat16
        nn.Conv2d(8, 8, 5, padding=2, groups=8),
        nn.Conv2d(8, 8, 3, stride=2, padding=1, groups=8),
        nn.Conv2d(8, 8, 5, padding=2, groups=4),  # not depthwise
    )


def test_only_large_and_strided_depthwise_layers_change() -> None:
    assert keep_slow_depthwise_float32(_network()) == 2
    assert keep_slow_depthwise_float32(timm.create_model("resnet18")) == 0
    # by the table of EfficientNet: 18 layers of 5 x 5, and two strided ones of 3 x 3 (stages 2 and 4)
    assert keep_slow_depthwise_float32(timm.create_model("tf_efficientnet_b4")) == 20


def test_computes_in_float32_and_answers_in_the_type_of_its_input() -> None:
    layer = nn.Conv2d(8, 8, 5, padding=2, groups=8)
    x = torch.randn(2, 8, 9, 9)
    expected = layer(x.bfloat16().float())
    keep_slow_depthwise_float32(layer)
    with torch.autocast("cpu", torch.bfloat16):
        found = layer(x.bfloat16())
    assert found.dtype is torch.bfloat16
    assert torch.equal(found, expected.bfloat16())


def test_names_weights_and_gradients_stay() -> None:
    plain, changed = _network(), _network()
    keep_slow_depthwise_float32(changed)
    assert plain.state_dict().keys() == changed.state_dict().keys()
    x = torch.randn(2, 3, 16, 16)
    for network in (plain, changed):
        network(x).square().mean().backward()
    for ours, theirs in zip(changed.parameters(), plain.parameters(), strict=True):
        assert ours.grad is not None
        assert theirs.grad is not None
        torch.testing.assert_close(ours.grad, theirs.grad)


def test_a_copy_applies_its_own_weights() -> None:
    network = _network()
    keep_slow_depthwise_float32(network)
    average = copy.deepcopy(network)
    crops = torch.rand(1, 3, 32, 32)
    with torch.no_grad():
        before = average(crops)
        for parameter in network.parameters():
            parameter.zero_()
        assert torch.equal(average(crops), before)
