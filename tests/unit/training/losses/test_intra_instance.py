"""The intra-instance losses against loops and in closed form."""

import math

import pytest
import torch

from training.losses.intra_instance import intra_forged_loss, intra_real_loss, split_cells

TAU = 0.07


def made_features(batch: int = 2, channels: int = 5, side: int = 3) -> torch.Tensor:
    rng = torch.Generator().manual_seed(batch)
    return torch.randn(batch, channels, side, side, generator=rng, dtype=torch.float64)


def cosine(a: torch.Tensor, b: torch.Tensor) -> float:
    return float(a @ b / (a.norm() * b.norm()))


def cells(features: torch.Tensor) -> list[torch.Tensor]:
    """Cells of one map, row by row."""
    return [features[:, row, column] for row in range(features.shape[1]) for column in range(features.shape[2])]


def test_forged_is_the_papers_sum_over_pairs_of_cells() -> None:
    features = made_features()
    forged = torch.zeros(2, 9, dtype=torch.bool)
    forged[0, [0, 4]] = True
    forged[1, [1, 2, 3, 8]] = True
    real = ~forged
    real[0, 7] = False  # belongs to neither part
    expected = []
    for sample in range(2):
        cell = cells(features[sample])
        reals = [c for c, is_real in zip(cell, real[sample], strict=True) if is_real]
        forgeds = [c for c, is_forged in zip(cell, forged[sample], strict=True) if is_forged]
        among = sum(math.exp(cosine(a, b) / TAU) for a in reals for b in reals)
        across = sum(math.exp(cosine(a, b) / TAU) for a in forgeds for b in reals)
        expected.append(-math.log(among / (among + across)))
    found = intra_forged_loss(features, forged, real, TAU)
    torch.testing.assert_close(found, torch.tensor(expected, dtype=torch.float64))


def test_real_is_the_papers_sum_of_the_gram_matrix() -> None:
    features = made_features(batch=1)
    cell = cells(features[0])
    expected = -math.log(sum(math.exp(cosine(a, b) / TAU) for a in cell for b in cell))
    assert float(intra_real_loss(features, TAU)) == pytest.approx(expected)


def test_real_reaches_its_bound_when_all_cells_are_alike_up_to_scale() -> None:
    scales = torch.rand(1, 1, 3, 3, dtype=torch.float64) + 0.5
    features = scales * torch.tensor([1.0, -2.0, 0.5], dtype=torch.float64).view(1, 3, 1, 1)
    bound = -(2 * math.log(9) + 1 / TAU)
    assert float(intra_real_loss(features, TAU)) == pytest.approx(bound)
    assert float(intra_real_loss(made_features(batch=1), TAU)) > bound


def test_forged_in_closed_form() -> None:
    # One real and one forged cell at a right angle: -log(e^(1 / tau) / (e^(1 / tau) + e^0)).
    features = torch.eye(2, dtype=torch.float64).view(1, 2, 1, 2)
    forged = torch.tensor([[False, True]])
    found = intra_forged_loss(features, forged, ~forged, tau=1.0)
    assert float(found) == pytest.approx(math.log(1 + math.exp(-1)))


def test_forged_cells_are_not_pulled_together() -> None:
    features = made_features(batch=1).requires_grad_()
    forged = torch.zeros(1, 9, dtype=torch.bool)
    forged[0, :4] = True
    moved = features.detach().clone()
    # Forged cells turned within the space at a right angle to every real cell: nothing changes for the loss.
    flat = moved.flatten(2)
    flat[:, :, 4:] = 0
    flat[:, 0, 4:] = 1.0
    flat[:, 0, :4] = 0
    before = intra_forged_loss(moved, forged, ~forged, TAU)
    flat[:, 1:, :4] = flat[:, 1:, :4].flip(1)
    torch.testing.assert_close(intra_forged_loss(moved, forged, ~forged, TAU), before)
    intra_forged_loss(features, forged, ~forged, TAU).sum().backward()
    assert features.grad is not None
    assert float(features.grad.abs().sum(dim=1).min()) > 0, "a cell of either part gets no gradient"


def test_no_crop_gives_no_loss_and_a_gradient_of_zero() -> None:
    features = made_features().requires_grad_()
    none = torch.zeros(2, dtype=torch.bool)
    masks = torch.zeros(2, 9, dtype=torch.bool)
    total = intra_forged_loss(features[none], masks[none], masks[none], TAU).sum()
    total.backward()
    assert total.item() == 0
    assert features.grad is not None
    assert float(features.grad.abs().max()) == 0


def test_cells_by_the_share_of_their_area() -> None:
    masks = torch.zeros(2, 8, 8)
    masks[0, :4, :4] = 1.0  # a whole cell
    masks[0, 4, 4] = 0.1  # a trace: 0.1 / 16 of the cell
    masks[0, 0, 7] = 1.0  # 1 / 16 of the cell
    forged, real = split_cells(masks, 2, 2)
    assert forged.tolist() == [[True, True, False, False], [False] * 4]
    assert real.tolist() == [[False, False, True, False], [True] * 4]
