import pytest
import torch
from torch.nn import functional as F

from training.losses.triplet import triplet_loss


def test_it_is_the_mean_over_all_triplets() -> None:
    drawn = torch.randn(6, 4, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    rows = F.normalize(drawn, dim=1)
    labels = torch.tensor([0.0, 1.0, 0.0, 1.0, 1.0, 0.0])
    hinges = []
    for a in range(6):
        for p in range(6):
            for n in range(6):
                if a != p and labels[a] == labels[p] != labels[n]:
                    near = sum((x - y) ** 2 for x, y in zip(rows[a].tolist(), rows[p].tolist(), strict=True))
                    far = sum((x - y) ** 2 for x, y in zip(rows[a].tolist(), rows[n].tolist(), strict=True))
                    hinges.append(max(near - far + 0.2, 0.0))
    assert len(hinges) == 6 * 2 * 3
    assert triplet_loss(rows, labels, 0.2).item() == pytest.approx(sum(hinges) / len(hinges), rel=1e-12)


def test_closed_forms() -> None:
    labels = torch.tensor([0.0, 1.0, 0.0, 1.0])
    same = torch.ones(4, 3)
    assert triplet_loss(same, labels, 0.2).item() == pytest.approx(0.2)  # nothing told apart: the margin
    apart = torch.eye(2)[[0, 1, 0, 1]]  # squared distance 2
    assert triplet_loss(apart, labels, 0.2).item() == 0
    assert triplet_loss(apart, labels, 2.5).item() == pytest.approx(0.5)


@pytest.mark.parametrize("labels", [[0.0, 0.0, 0.0], [0.0, 1.0]])
def test_a_batch_without_triplets_costs_nothing(labels: list[float]) -> None:
    rows = torch.randn(len(labels), 3, generator=torch.Generator().manual_seed(1)).requires_grad_()
    loss = triplet_loss(rows, torch.tensor(labels), 0.2)
    loss.backward()
    assert loss.item() == 0
    assert rows.grad is not None
    assert not rows.grad.any()
