"""The capsules' loss against a loop and in closed form."""

import math

import pytest
import torch

from training.losses.capsule_cross_entropy import capsule_cross_entropy


def test_is_the_sum_over_the_components() -> None:
    capsules = torch.randn(3, 2, 4, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    labels = torch.tensor([1.0, 0.0, 1.0])
    expected = []
    for sample, label in zip(capsules, labels.long().tolist(), strict=True):
        total = 0.0
        for component in range(4):
            real, forged = (math.exp(float(sample[kind, component])) for kind in (0, 1))
            total -= math.log((forged if label else real) / (real + forged))
        expected.append(total)
    torch.testing.assert_close(capsule_cross_entropy(capsules, labels), torch.tensor(expected, dtype=torch.float64))


def test_equal_capsules_cost_a_bit_a_component() -> None:
    found = capsule_cross_entropy(torch.ones(1, 2, 4), torch.zeros(1))
    assert float(found) == pytest.approx(4 * math.log(2))
