import math

import pytest
import torch

from training.losses.log_gan import log_gan


def test_it_is_its_equation() -> None:
    weak, strong = [0.3, -1.2, 2.0], [-0.4, 0.1, 1.5]

    def judged(logit: float) -> float:
        return 1 / (1 + math.exp(-logit))

    expected = sum(math.log(judged(w)) + math.log(1 - judged(s)) for w, s in zip(weak, strong, strict=True)) / 3
    value = log_gan(torch.tensor(weak, dtype=torch.float64), torch.tensor(strong, dtype=torch.float64))
    assert value.item() == pytest.approx(expected, rel=1e-12)


def test_closed_forms() -> None:
    nothing = torch.zeros(5)
    assert log_gan(nothing, nothing).item() == pytest.approx(-2 * math.log(2))
    sure = torch.full((5,), 100.0)
    assert log_gan(sure, -sure).item() == pytest.approx(0, abs=1e-6)  # a discriminator that is always right: the most
    assert log_gan(-sure, sure).item() == pytest.approx(-200)  # always wrong, and finite
