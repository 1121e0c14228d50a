import pytest
import torch
from torch import nn

from training.modules.momentum import MomentumCopy


def source() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4))


def test_it_starts_equal_takes_no_gradient_and_is_another_module() -> None:
    network = source()
    copy = MomentumCopy(network, 0.9)
    torch.testing.assert_close(copy.module.state_dict(), network.state_dict(), rtol=0, atol=0)
    assert not any(parameter.requires_grad for parameter in copy.parameters())
    assert all(parameter.requires_grad for parameter in network.parameters())
    with torch.no_grad():
        network[0].weight.zero_()
    assert copy.module[0].weight.any()


def test_it_follows_parameters_and_statistics_by_the_formula() -> None:
    network = source()
    copy = MomentumCopy(network, 0.9)
    before = {name: tensor.clone() for name, tensor in copy.module.state_dict().items()}
    network(torch.randn(8, 3))  # moves the statistics of BatchNorm
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.add_(1.0)
    copy.follow(network)
    for name, present in network.state_dict().items():
        followed = copy.module.state_dict()[name]
        if present.is_floating_point():
            assert not torch.equal(present, before[name]), name
            torch.testing.assert_close(followed, 0.9 * before[name] + 0.1 * present)
        else:
            assert int(followed) == int(present) == 1


def test_many_steps_forget_the_start_as_a_power_of_the_momentum() -> None:
    network = nn.Linear(1, 1, bias=False).double()
    copy = MomentumCopy(network, 0.9)
    start = copy.module.weight.item()
    with torch.no_grad():
        network.weight.fill_(5.0)
    for _ in range(20):
        copy.follow(network)
    assert copy.module.weight.item() == pytest.approx(5 + (start - 5) * 0.9**20)


def test_it_can_be_set_equal() -> None:
    network = source()
    copy = MomentumCopy(network, 0.9)
    with torch.no_grad():
        network[0].weight.fill_(3.0)
    copy.match(network)
    torch.testing.assert_close(copy.module.state_dict(), network.state_dict(), rtol=0, atol=0)


@pytest.mark.parametrize("momentum", [-0.1, 1.0])
def test_a_momentum_out_of_range_is_refused(momentum: float) -> None:
    with pytest.raises(ValueError, match=r"\[0, 1\)"):
        MomentumCopy(source(), momentum)
