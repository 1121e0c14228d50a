"""The seam and its loss against loops and in closed form."""

import math

import pytest
import torch

from training.losses.boundary import boundary_loss, boundary_target


def test_the_seam_is_where_both_pictures_have_equal_shares() -> None:
    masks = torch.tensor([[[0.0, 0.25, 0.5, 1.0]], [[0.0, 0.0, 0.0, 0.0]]])
    expected = torch.tensor([[[0.0, 0.75, 1.0, 0.0]], [[0.0, 0.0, 0.0, 0.0]]])
    torch.testing.assert_close(boundary_target(masks, 1), expected)


def test_a_weak_layer_has_the_seam_of_a_full_one() -> None:
    masks = torch.rand(2, 6, 6, generator=torch.Generator().manual_seed(0))
    masks[:, 0, 0] = 1.0
    torch.testing.assert_close(boundary_target(0.5 * masks, 3), boundary_target(masks, 3))


def test_a_hard_mask_has_a_seam_along_its_rim_only() -> None:
    masks = torch.zeros(1, 9, 9)
    masks[0, 2:, 2:] = 1.0
    target = boundary_target(masks, 3)[0]
    for row in range(9):
        for column in range(9):
            window = masks[0, max(0, row - 1) : row + 2, max(0, column - 1) : column + 2]
            share = float(window.mean())
            assert float(target[row, column]) == pytest.approx(4 * share * (1 - share), abs=1e-6)
    assert float(target[5, 5]) == 0
    assert float(target[4, 2]) > 0.8


def test_the_loss_is_cross_entropy_by_pixel() -> None:
    rng = torch.Generator().manual_seed(1)
    logits = torch.randn(2, 3, 3, generator=rng, dtype=torch.float64)
    target = torch.rand(2, 3, 3, generator=rng, dtype=torch.float64)
    expected = []
    for sample in range(2):
        total = 0.0
        for logit, wanted in zip(logits[sample].flatten().tolist(), target[sample].flatten().tolist(), strict=True):
            found = 1 / (1 + math.exp(-logit))
            total -= wanted * math.log(found) + (1 - wanted) * math.log(1 - found)
        expected.append(total / 9)
    torch.testing.assert_close(boundary_loss(logits, target), torch.tensor(expected, dtype=torch.float64))
