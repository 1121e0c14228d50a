import math

import pytest
import torch

from training.losses.cosine import cosine_distance


def drawn(seed: int) -> torch.Tensor:
    return torch.randn(4, 5, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


def test_its_mean_is_equation_2() -> None:
    first, second = drawn(1), drawn(2)
    total = 0.0
    for a, b in zip(first.tolist(), second.tolist(), strict=True):
        for x, y in ((a, b), (b, a)):
            length = math.sqrt(sum(v * v for v in x)) * math.sqrt(sum(v * v for v in y))
            total += 1 - sum(v * w for v, w in zip(x, y, strict=True)) / length
    assert cosine_distance(first, second).mean().item() == pytest.approx(total / (2 * 4), rel=1e-12)


def test_closed_forms() -> None:
    z = drawn(1)
    torch.testing.assert_close(cosine_distance(z, 7 * z), torch.zeros(4, dtype=torch.float64))
    torch.testing.assert_close(cosine_distance(z, -0.1 * z), torch.full((4,), 2.0, dtype=torch.float64))
    axes = torch.eye(4, dtype=torch.float64)
    torch.testing.assert_close(cosine_distance(axes, axes.roll(1, 0)), torch.ones(4, dtype=torch.float64))


def test_both_sides_learn_and_only_the_direction() -> None:
    first, second = drawn(1).requires_grad_(), drawn(2).requires_grad_()
    cosine_distance(first, second).sum().backward()
    for z in (first, second):
        assert z.grad is not None
        assert z.grad.abs().amin(dim=1).max() > 0
        torch.testing.assert_close((z * z.grad).sum(dim=1), torch.zeros(4, dtype=torch.float64))
