"""The inter-instance loss against a loop and in closed form."""

import math

import pytest
import torch
from torch.nn import functional as F

from training.losses.inter_instance import inter_instance_loss


def unit(rows: int, width: int, seed: int) -> torch.Tensor:
    rng = torch.Generator().manual_seed(seed)
    return F.normalize(torch.randn(rows, width, generator=rng, dtype=torch.float64), dim=1)


def test_is_the_papers_sum() -> None:
    query, key = unit(5, 6, 0), unit(5, 6, 1)
    labels = torch.tensor([0.0, 1.0, 1.0, 0.0, 1.0])
    banks = unit(7, 6, 2), unit(4, 6, 3)  # real, forged
    tau = 0.07
    expected = []
    for row in range(5):
        positive = math.exp(float(query[row] @ key[row]) / tau)
        negatives = banks[1] if labels[row] == 0 else banks[0]
        others = sum(math.exp(float(query[row] @ negative) / tau) for negative in negatives)
        expected.append(-math.log(positive / (positive + others)))
    found = inter_instance_loss(query, key, labels, *banks, tau)
    torch.testing.assert_close(found, torch.tensor(expected, dtype=torch.float64))


def test_without_negatives_it_costs_nothing() -> None:
    query, key = unit(2, 3, 0), unit(2, 3, 1)
    empty = torch.zeros(0, 3, dtype=torch.float64)
    found = inter_instance_loss(query, key, torch.tensor([0.0, 1.0]), empty, unit(5, 3, 2), 0.1)
    assert float(found[0]) > 0
    assert float(found[1]) == 0


def test_when_all_are_alike_it_is_the_logarithm_of_their_number() -> None:
    same = unit(1, 4, 5)
    found = inter_instance_loss(same, same, torch.zeros(1), same, same.repeat(9, 1), 0.07)
    assert float(found) == pytest.approx(math.log(10))


def test_only_the_query_gets_a_gradient() -> None:
    query, key, bank = (unit(3, 4, seed).requires_grad_() for seed in range(3))
    inter_instance_loss(query, key, torch.tensor([0.0, 1.0, 1.0]), bank, bank, 0.07).sum().backward()
    assert query.grad is not None
    assert float(query.grad.abs().sum(dim=1).min()) > 0
    assert key.grad is None
    assert bank.grad is None
