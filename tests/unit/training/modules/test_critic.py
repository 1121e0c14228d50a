import torch
from torch import nn

from training.modules.critic import judged_by


def test_the_answer_is_the_critics_and_only_the_inputs_learn() -> None:
    torch.manual_seed(0)
    critic = nn.Sequential(nn.Linear(3, 4), nn.LeakyReLU(0.2), nn.Linear(4, 1))
    inputs = torch.randn(5, 3, requires_grad=True)
    answer = judged_by(critic, inputs)
    torch.testing.assert_close(answer, critic(inputs))
    answer.sum().backward()
    assert all(parameter.grad is None for parameter in critic.parameters())
    assert inputs.grad is not None
    assert inputs.grad.any()


def test_one_backward_pass_gives_each_side_its_own_gradient() -> None:
    """A critic that raises what its input lowers: both gradients are those of two separate passes."""
    torch.manual_seed(0)
    critic = nn.Linear(3, 1).double()
    inputs = torch.randn(5, 3, dtype=torch.float64, requires_grad=True)
    (judged_by(critic, inputs).square().sum() - critic(inputs.detach()).square().sum()).backward()
    answers = critic(inputs).detach()  # (5, 1)
    torch.testing.assert_close(inputs.grad, 2 * answers @ critic.weight.detach())
    torch.testing.assert_close(critic.weight.grad, -2 * answers.T @ inputs.detach())
