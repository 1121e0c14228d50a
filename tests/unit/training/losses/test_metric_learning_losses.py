"""Losses of metric learning against their equations written out sample by sample, and against closed forms."""

import math

import cv2
import numpy as np
import pytest
import torch
from torch.autograd import gradcheck

from training.losses.attention_transfer import attention_transfer
from training.losses.pair_distance import pair_distance
from training.losses.pixel_cross_entropy import cell_targets, pixel_cross_entropy
from training.losses.radius import radius_loss

LABELS = torch.tensor([0.0, 1.0, 0.0, 1.0])


def drawn(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def test_radius_is_eq_6_line_by_line() -> None:
    embeddings = drawn(4, 3) * torch.tensor([[0.01], [0.3], [2.0], [9.0]], dtype=torch.float64)
    expected = []
    for embedding, label in zip(embeddings.tolist(), LABELS.tolist(), strict=True):
        length = math.sqrt(sum(value * value for value in embedding))
        expected.append(max(0.0, 5.0 - length) if label else max(0.0, length - 0.1))
    found = radius_loss(embeddings, LABELS, inner=0.1, outer=5.0)
    torch.testing.assert_close(found, torch.tensor(expected, dtype=torch.float64))
    assert found[0] == 0.0 < found[2], "a real crop inside its radius costs nothing, one outside does"
    assert found[3] == 0.0 < found[1], "so does a forgery inside"


def test_radius_pulls_with_unit_length_and_not_at_all_at_home() -> None:
    embeddings = torch.tensor([[3.0, 4.0], [3.0, 4.0], [0.05, 0.0], [30.0, 0.0], [0.0, 0.0]], dtype=torch.float64)
    embeddings.requires_grad_()
    labels = torch.tensor([0.0, 1.0, 0.0, 1.0, 1.0])
    radius_loss(embeddings, labels, inner=0.1, outer=18.0).sum().backward()
    expected = [[0.6, 0.8], [-0.6, -0.8], [0.0, 0.0], [0.0, 0.0], [0.0, 0.0]]
    torch.testing.assert_close(embeddings.grad, torch.tensor(expected, dtype=torch.float64))


def test_pair_distance_is_the_length_of_the_difference() -> None:
    high, low = drawn(4, 3), drawn(4, 3, seed=1)
    expected = [math.dist(a, b) for a, b in zip(high.tolist(), low.tolist(), strict=True)]
    torch.testing.assert_close(pair_distance(high, low), torch.tensor(expected, dtype=torch.float64))
    assert gradcheck(pair_distance, (high.requires_grad_(), low.requires_grad_()))
    same = torch.ones(1, 3, requires_grad=True)
    pair_distance(same, torch.ones(1, 3)).sum().backward()
    assert torch.equal(same.grad, torch.zeros(1, 3)), "equal embeddings have no gradient, not an infinite one"


def test_transfer_is_the_third_term_of_eq_5() -> None:
    high, low = drawn(3, 2, 4).sigmoid(), drawn(3, 2, 4, seed=1).sigmoid()
    expected = []
    for of_high, of_low in zip(high.flatten(1).tolist(), low.flatten(1).tolist(), strict=True):
        length_high, length_low = math.hypot(*of_high), math.hypot(*of_low)
        squares = ((a / length_high - b / length_low) ** 2 for a, b in zip(of_high, of_low, strict=True))
        expected.append(math.sqrt(sum(squares)))
    torch.testing.assert_close(attention_transfer(high, low), torch.tensor(expected, dtype=torch.float64))
    assert gradcheck(lambda moved: attention_transfer(high, moved), (low.requires_grad_(),))


def test_transfer_sees_where_and_not_how_much() -> None:
    maps = drawn(2, 3, 3).sigmoid()
    torch.testing.assert_close(attention_transfer(maps, 0.01 * maps), torch.zeros(2, dtype=torch.float64))
    left, right = torch.tensor([[[1.0, 0.0]]]), torch.tensor([[[0.0, 1.0]]])
    assert attention_transfer(left, right).item() == pytest.approx(math.sqrt(2))


def test_transfer_moves_only_the_low_map_and_stays_finite_where_both_are_0() -> None:
    high, low = torch.zeros(2, 3, 3, requires_grad=True), torch.zeros(2, 3, 3, requires_grad=True)
    attention_transfer(high, low).sum().backward()
    assert high.grad is None
    assert bool(torch.isfinite(low.grad).all())


def test_pixels_are_eq_5_cell_by_cell() -> None:
    logits, target = 3 * drawn(3, 2, 4), drawn(3, 2, 4, seed=1).sigmoid()
    expected = []
    for own, truth in zip(logits.flatten(1).tolist(), target.flatten(1).tolist(), strict=True):
        total = 0.0
        for logit, share in zip(own, truth, strict=True):
            attention = 1 / (1 + math.exp(-logit))
            total -= share * math.log(attention) + (1 - share) * math.log(1 - attention)
        expected.append(total / len(own))
    torch.testing.assert_close(pixel_cross_entropy(logits, target), torch.tensor(expected, dtype=torch.float64))
    assert gradcheck(lambda moved: pixel_cross_entropy(moved, target), (logits.requires_grad_(),))


def test_pixels_of_an_undecided_map_cost_ln_2_and_of_a_sure_one_nothing() -> None:
    truth = torch.tensor([[[1.0, 0.0]]])
    assert pixel_cross_entropy(torch.zeros(1, 1, 2), truth).item() == pytest.approx(math.log(2))
    assert pixel_cross_entropy(torch.tensor([[[200.0, -200.0]]]), truth).item() == 0.0
    assert pixel_cross_entropy(torch.tensor([[[-200.0, 200.0]]]), truth).item() == pytest.approx(200.0)


@pytest.mark.parametrize(("side", "cells"), [(299, 19), (64, 4), (64, 5), (7, 7)])
def test_cells_hold_the_share_of_their_area(side: int, cells: int) -> None:
    masks = np.random.default_rng(side).integers(0, 60, (2, side, side), dtype=np.uint8)
    found = cell_targets(torch.from_numpy(masks), cells, cells)
    by_area = [cv2.resize(np.float32(mask > 25), (cells, cells), interpolation=cv2.INTER_AREA) for mask in masks]
    np.testing.assert_allclose(found.numpy(), np.stack(by_area), atol=1e-4)


def test_a_pixel_is_forged_above_a_tenth_of_white() -> None:
    masks = torch.tensor([[[25, 26], [0, 255]]], dtype=torch.uint8)
    assert torch.equal(cell_targets(masks, 2, 2), torch.tensor([[[0.0, 1.0], [0.0, 1.0]]]))
    assert cell_targets(masks, 1, 1).item() == 0.5, "a cell that is forged in half keeps its share"
