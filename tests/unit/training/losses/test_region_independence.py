"""The regional independence loss against loops and in closed form."""

import math

import pytest
import torch

from training.losses.region_independence import (
    RegionMargins,
    moved_centers,
    region_independence_loss,
    region_vectors,
)

MARGINS = RegionMargins(real=0.1, forged=2.0, between=0.5)


def made(seed: int, *shape: int) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def test_regions_are_directions_of_what_each_map_sees() -> None:
    coarse, attention = made(0, 2, 5, 3, 3), made(1, 2, 4, 3, 3).abs()
    found = region_vectors(coarse, attention)
    for sample in range(2):
        for number in range(4):
            seen = torch.zeros(5, dtype=torch.float64)
            for channel in range(5):
                plane = coarse[sample, channel]
                plane = (plane - plane.mean()) / plane.std()
                seen[channel] = (plane * attention[sample, number]).sum()
            torch.testing.assert_close(found[sample, number], seen / seen.norm())


def test_centres_move_with_the_real_crops_of_the_batch() -> None:
    centers, regions, labels = made(0, 4, 5), made(1, 3, 4, 5), torch.tensor([0.0, 1.0, 0.0])
    expected = centers + 0.05 * ((regions[0] - centers) + (regions[2] - centers)) / 3
    torch.testing.assert_close(moved_centers(centers, regions, labels, 0.05), expected)


def test_is_the_sum_over_crops_and_pairs_of_maps() -> None:
    centers, regions = 0.1 * made(0, 4, 5), 0.5 * made(1, 3, 4, 5)
    labels, rate = torch.tensor([0.0, 1.0, 1.0]), 0.05
    within = 0.0
    for sample in range(3):
        distance = math.sqrt(float(((regions[sample] - centers) ** 2).sum()))
        within += max(0.0, MARGINS.forged - distance if labels[sample] else distance - MARGINS.real) / 3
    between = 0.0
    for first in range(4):
        for second in range(first + 1, 4):
            between += max(0.0, MARGINS.between - float((centers[first] - centers[second]).norm()))
    found = region_independence_loss(regions, centers, labels, rate, MARGINS)
    assert float(found) == pytest.approx(within + between / (4 * rate))


def test_costs_nothing_where_all_is_in_place() -> None:
    centers = torch.eye(4, dtype=torch.float64)
    regions = torch.stack([centers, -centers])  # a real crop at the centres, a forged one far off
    assert float(region_independence_loss(regions, centers, torch.tensor([0.0, 1.0]), 0.05, MARGINS)) == 0


def test_the_centres_are_pushed_apart_through_the_regions() -> None:
    regions = (torch.ones(1, 4, 3, dtype=torch.float64) + 0.01 * made(3, 1, 4, 3)).requires_grad_()
    centers = moved_centers(torch.zeros(4, 3, dtype=torch.float64), regions, torch.zeros(1), 0.05)
    region_independence_loss(regions, centers, torch.zeros(1), 0.05, MARGINS._replace(real=9.0)).backward()
    assert regions.grad is not None
    assert regions.grad.isfinite().all()
    assert float(regions.grad.abs().sum()) > 0
