import math

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from training.losses.video_contrastive import video_contrastive_loss


def unit(rows: int, seed: int, width: int = 6) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return F.normalize(torch.randn(rows, width, dtype=torch.float64, generator=generator), dim=1)


def dot(a: list[float], b: list[float]) -> float:
    return sum(x * y for x, y in zip(a, b, strict=True))


def test_it_is_its_equation() -> None:
    weak, positive, negatives, tau = unit(3, 1), unit(3, 2), unit(5, 3), 0.07
    expected = []
    for z, near in zip(weak.tolist(), positive.tolist(), strict=True):
        powers = [math.exp(dot(z, u) / tau) for u in [near, *negatives.tolist()]]
        expected.append(-math.log(powers[0] / sum(powers)))
    assert video_contrastive_loss(weak, positive, negatives, tau).tolist() == pytest.approx(expected, rel=1e-12)


def test_closed_forms() -> None:
    axes = torch.eye(6, dtype=torch.float64)
    here, elsewhere = axes[:1], axes[1:]
    at_positive = video_contrastive_loss(here, here, elsewhere, 0.07).item()
    assert at_positive == pytest.approx(math.log1p(5 * math.exp(-1 / 0.07)))
    assert video_contrastive_loss(here, here, here.expand(5, -1), 0.07).item() == pytest.approx(math.log(6))
    assert video_contrastive_loss(here, -here, elsewhere[:0], 0.07).item() == 0  # nothing to confuse it with
    hot = video_contrastive_loss(here, elsewhere[:1], axes[2:], 1e9).item()
    assert hot == pytest.approx(math.log(5))  # without any temperature: chance


def test_only_the_weak_crops_learn() -> None:
    weak, positive, negatives = (unit(rows, rows).requires_grad_() for rows in (3, 3, 5))
    positive = unit(3, 9).requires_grad_()
    video_contrastive_loss(weak, positive, negatives, 0.07).sum().backward()
    assert positive.grad is None
    assert negatives.grad is None
    everything = torch.cat((positive[:, None], negatives.expand(3, -1, -1)), dim=1)  # (B, 1 + K, D)
    shares = (torch.einsum("bd,bkd->bk", weak, everything) / 0.07).softmax(dim=1)
    expected = (torch.einsum("bk,bkd->bd", shares, everything) - positive) / 0.07
    torch.testing.assert_close(weak.grad, expected.detach())


def test_it_does_not_overflow_in_single_precision() -> None:
    here = torch.eye(4)[:1]
    loss = video_contrastive_loss(here, -here, here.expand(1000, -1), 0.01)
    assert loss.item() == pytest.approx(200 + math.log(1000), rel=1e-5)
