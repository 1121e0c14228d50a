"""Losses of pixel bleach against their equations written out crop by crop, and against closed forms."""

import math

import pytest
import torch
from torch.autograd import gradcheck

from training.losses.bleach_size import bleach_size
from training.losses.compression_remedy import compression_remedy


def drawn(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


@pytest.mark.parametrize("flags", [(True, False, True), (True, True, True), (False, False, False)])
def test_remedy_is_eq_5_crop_by_crop(flags: tuple[bool, ...]) -> None:
    bleached, target = drawn(3, 5), drawn(3, 5, seed=1)
    wrong, right = 0.0, 0.0
    for own, goal, is_wrong in zip(bleached.tolist(), target.tolist(), flags, strict=True):
        if is_wrong:
            wrong += sum((a - b) ** 2 for a, b in zip(own, goal, strict=True))
        else:
            right += sum(a**2 for a in own)
    remedy = compression_remedy(bleached, target, torch.tensor(flags))
    assert remedy.wrong.item() == pytest.approx(math.sqrt(wrong / 3))
    assert remedy.right.item() == pytest.approx(math.sqrt(right / 3))


def test_remedy_has_the_gradient_of_its_own_crops_and_none_where_there_are_none() -> None:
    flags, target = torch.tensor([True, False]), drawn(2, 4, seed=1)
    assert gradcheck(lambda moved: tuple(compression_remedy(moved, target, flags)), (drawn(2, 4).requires_grad_(),))
    for half, others in (("wrong", 1), ("right", 0)):
        bleached = drawn(2, 4).requires_grad_()
        getattr(compression_remedy(bleached, target, flags), half).backward()
        assert torch.equal(bleached.grad[others], torch.zeros(4, dtype=torch.float64))
        assert float(bleached.grad[1 - others].norm()) == pytest.approx(1 / math.sqrt(2))
    bleached = drawn(2, 4).requires_grad_()
    compression_remedy(bleached, target, torch.tensor([False, False])).wrong.backward()
    assert torch.equal(bleached.grad, torch.zeros(2, 4, dtype=torch.float64))


def test_size_is_eq_6_pixel_by_pixel() -> None:
    bleached, crops = drawn(2, 3, 4, 4), drawn(2, 3, 4, 4, seed=1)
    squares = [(50 * (a - b)) ** 2 for a, b in zip(bleached.flatten().tolist(), crops.flatten().tolist(), strict=True)]
    assert bleach_size(bleached, crops, 50.0).item() == pytest.approx(math.sqrt(sum(squares) / len(squares)))
    assert bleach_size(crops + 0.01, crops, 50.0).item() == pytest.approx(0.5)
    assert gradcheck(lambda moved: bleach_size(moved, crops, 50.0), (bleached.requires_grad_(),))


def test_no_bleach_costs_nothing_and_has_no_gradient() -> None:
    bleached = torch.ones(1, 3, 2, 2, requires_grad=True)
    size = bleach_size(bleached, torch.ones(1, 3, 2, 2), 50.0)
    size.backward()
    assert size.item() == 0.0
    assert torch.equal(bleached.grad, torch.zeros(1, 3, 2, 2))
