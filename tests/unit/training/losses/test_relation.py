import math

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from training.losses.relation import relation_loss


def unit(rows: int, seed: int, width: int = 6) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return F.normalize(torch.randn(rows, width, dtype=torch.float64, generator=generator), dim=1)


def by_loops(weak: Tensor, strong: Tensor, bank: Tensor, tau_weak: float, tau_strong: float) -> list[float]:
    """Eq. 1-4, one number at a time."""

    def relations(z: list[float], tau: float) -> list[float]:
        powers = [math.exp(sum(a * b for a, b in zip(z, past, strict=True)) / tau) for past in bank.tolist()]
        return [power / sum(powers) for power in powers]

    losses = []
    for z_weak, z_strong in zip(weak.tolist(), strong.tolist(), strict=True):
        p_weak, p_strong = relations(z_weak, tau_weak), relations(z_strong, tau_strong)
        losses.append(-sum(p * math.log(q) for p, q in zip(p_weak, p_strong, strict=True)))
    return losses


def test_it_is_its_equations() -> None:
    weak, strong, bank = unit(3, 1), unit(3, 2), unit(7, 3)
    loss = relation_loss(weak, strong, bank, 0.04, 0.1)
    assert loss.tolist() == pytest.approx(by_loops(weak, strong, bank, 0.04, 0.1), rel=1e-12)


def test_a_bank_that_is_equally_far_gives_log_k() -> None:
    bank = torch.eye(6, dtype=torch.float64)[:5]
    away = torch.eye(6, dtype=torch.float64)[5:]  # orthogonal to all of it
    assert relation_loss(away, away, bank, 0.04, 0.1).item() == pytest.approx(math.log(5))


def test_an_empty_bank_costs_nothing() -> None:
    strong = unit(3, 2).requires_grad_()
    loss = relation_loss(unit(3, 1), strong, unit(0, 3), 0.04, 0.1)
    loss.sum().backward()
    assert loss.tolist() == [0, 0, 0]
    assert strong.grad is not None
    assert not strong.grad.any()


def test_a_sharp_target_leaves_the_nearest_alone() -> None:
    """tau_weak -> 0: the target is the nearest past embedding; the loss is its log probability."""
    weak, strong, bank = unit(4, 1), unit(4, 2), unit(9, 3)
    nearest = (weak @ bank.T).argmax(dim=1)
    expected = F.cross_entropy(strong @ bank.T / 0.1, nearest, reduction="none")
    torch.testing.assert_close(relation_loss(weak, strong, bank, 1e-5, 0.1), expected)


def test_the_same_relations_cost_no_more_than_their_entropy() -> None:
    weak, bank = unit(4, 1), unit(9, 3)
    target = (weak @ bank.T / 0.1).softmax(dim=1)
    entropy = -(target * target.log()).sum(dim=1)
    torch.testing.assert_close(relation_loss(weak, weak, bank, 0.1, 0.1), entropy)
    assert (relation_loss(weak, unit(4, 2), bank, 0.1, 0.1) > entropy).all()


def test_only_the_strong_side_learns() -> None:
    weak, strong, bank = unit(4, 1).requires_grad_(), unit(4, 2).requires_grad_(), unit(9, 3)
    relation_loss(weak, strong, bank, 0.04, 0.1).sum().backward()
    assert weak.grad is None
    p_weak, p_strong = (weak @ bank.T / 0.04).softmax(dim=1), (strong @ bank.T / 0.1).softmax(dim=1)
    torch.testing.assert_close(strong.grad, ((p_strong - p_weak) @ bank / 0.1).detach())
