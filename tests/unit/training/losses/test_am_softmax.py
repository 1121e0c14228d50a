"""AM-softmax against a loop."""

import math

import torch
from torch.nn import functional as F

from training.losses.am_softmax import am_softmax_loss


def made(seed: int, *shape: int) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def test_is_the_softmax_of_cosines_with_a_margin() -> None:
    embeddings, weights, labels = made(0, 4, 6), made(1, 2, 6), torch.tensor([0.0, 1.0, 1.0, 0.0])
    scale, margin = 30.0, 0.5
    expected = []
    for row, label in zip(embeddings, labels.long().tolist(), strict=True):
        cosines = [float(row @ weight / (row.norm() * weight.norm())) for weight in weights]
        won, lost = math.exp(scale * (cosines[label] - margin)), math.exp(scale * cosines[1 - label])
        expected.append(-math.log(won / (won + lost)))
    found = am_softmax_loss(embeddings, weights, labels, scale, margin)
    torch.testing.assert_close(found, torch.tensor(expected, dtype=torch.float64))


def test_lengths_do_not_matter_and_the_margin_costs() -> None:
    embeddings, weights, labels = made(0, 4, 6), made(1, 2, 6), torch.tensor([0, 1, 1, 0])
    plain = am_softmax_loss(embeddings, weights, labels, 10.0, 0.0)
    torch.testing.assert_close(am_softmax_loss(7 * embeddings, 0.1 * weights, labels, 10.0, 0.0), plain)
    cosines = F.normalize(embeddings, dim=1) @ F.normalize(weights, dim=1).T
    torch.testing.assert_close(plain, F.cross_entropy(10 * cosines, labels, reduction="none"))
    assert bool((am_softmax_loss(embeddings, weights, labels, 10.0, 0.3) > plain).all())
