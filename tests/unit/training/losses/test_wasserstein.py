"""The critic's game: Eq. 2 in the form of WGAN-GP."""

import math

import pytest
import torch
from torch import nn

from training.losses.wasserstein import gradient_penalty, wasserstein
from training.modules.critic import judged_by
from training.modules.feature_critic import FeatureCritic


def drawn(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def linear_critic(weights: torch.Tensor):
    return lambda features: (features * weights).flatten(1).sum(dim=1)


def test_distance_is_the_difference_of_the_means() -> None:
    pair, swapped = [3.0, -1.0, 0.5], [1.0, 1.0, 1.0]
    expected = sum(pair) / 3 - sum(swapped) / 3
    assert wasserstein(torch.tensor(pair), torch.tensor(swapped)).item() == pytest.approx(expected)


@pytest.mark.parametrize("length", [0.0, 1.0, 3.0])
def test_penalty_of_a_linear_critic_is_known(length: float) -> None:
    weights = torch.full((2, 2, 2), length / math.sqrt(8), dtype=torch.float64, requires_grad=True)
    penalty = gradient_penalty(linear_critic(weights), drawn(3, 2, 2, 2), drawn(3, 2, 2, 2, seed=1), torch.rand(3))
    assert penalty.item() == pytest.approx((length - 1) ** 2)
    penalty.backward()  # d/dw (|w| - 1)^2 = 2 (|w| - 1) w / |w|
    expected = 2 * (length - 1) / math.sqrt(8) if length else 0.0
    torch.testing.assert_close(weights.grad, torch.full((2, 2, 2), expected, dtype=torch.float64))


def test_penalty_is_taken_between_the_two_sample_by_sample() -> None:
    first, second, mix = drawn(3, 4), drawn(3, 4, seed=1), torch.tensor([0.0, 0.25, 1.0], dtype=torch.float64)
    expected = 0.0
    for a, b, share in zip(first, second, mix, strict=True):
        between = share * a + (1 - share) * b
        gradient = 3 * between**2  # of the sum of cubes
        expected += (math.sqrt(sum(value**2 for value in gradient.tolist())) - 1) ** 2 / 3
    found = gradient_penalty(lambda features: (features**3).sum(dim=1), first, second, mix)
    assert found.item() == pytest.approx(expected)


def test_critic_answers_each_sample_alone_and_has_no_normalisation() -> None:
    torch.manual_seed(0)
    critic = FeatureCritic(6, widths=(5, 4, 3)).double()
    features = drawn(3, 6, 9, 9)
    answers = critic(features)
    assert answers.shape == (3,)
    alone = torch.cat([critic(features[number : number + 1]) for number in range(3)])
    torch.testing.assert_close(answers, alone)
    assert not any(isinstance(module, nn.modules.batchnorm._BatchNorm) for module in critic.modules())
    kernels = [(layer.kernel_size[0], layer.stride[0]) for layer in critic.layers if isinstance(layer, nn.Conv2d)]
    assert kernels == [(1, 1), (3, 2), (3, 2)]


def test_critic_learns_the_order_and_a_frozen_answer_teaches_it_nothing() -> None:
    torch.manual_seed(0)
    critic = FeatureCritic(4, widths=(8, 8, 8))
    high, low = torch.randn(8, 2, 9, 9) + 1, torch.randn(8, 2, 9, 9)
    pair, swapped = torch.cat([high, low], dim=1), torch.cat([low, high], dim=1)
    optimizer = torch.optim.Adam(critic.parameters(), lr=1e-2, betas=(0.5, 0.9))
    distances = []
    for _ in range(15):
        distance = wasserstein(critic(pair), critic(swapped))
        loss = -distance + 10 * gradient_penalty(critic, pair, swapped, torch.rand(8))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        distances.append(float(distance.detach()))
    assert distances[-1] > abs(distances[0]) + 1

    optimizer.zero_grad()
    pair.requires_grad_()
    wasserstein(judged_by(critic, pair), judged_by(critic, swapped)).backward()
    assert all(parameter.grad is None for parameter in critic.parameters())
    assert float(pair.grad.abs().sum()) > 0
