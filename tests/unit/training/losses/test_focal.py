"""The focal loss against a loop and in closed form."""

import math

import torch
from torch.nn import functional as F

from training.losses.focal import focal_loss

SCORES = torch.tensor([2.0, -1.0, 0.0, 30.0, -30.0], dtype=torch.float64)
LABELS = torch.tensor([1.0, 1.0, 0.0, 0.0, 0.0], dtype=torch.float64)


def test_is_cross_entropy_times_the_missing_probability_squared() -> None:
    expected = []
    for score, label in zip(SCORES.tolist(), LABELS.tolist(), strict=True):
        true = 1 / (1 + math.exp(-score if label == 1 else score))
        expected.append(-((1 - true) ** 2) * math.log(true))
    torch.testing.assert_close(focal_loss(SCORES, LABELS, 2.0), torch.tensor(expected, dtype=torch.float64))


def test_without_gamma_it_is_cross_entropy() -> None:
    expected = F.binary_cross_entropy_with_logits(SCORES, LABELS, reduction="none")
    torch.testing.assert_close(focal_loss(SCORES, LABELS, 0.0), expected)


def test_a_certain_answer_has_a_finite_gradient_that_is_next_to_nothing() -> None:
    scores = torch.tensor([100.0, -100.0], requires_grad=True)
    focal_loss(scores, torch.tensor([1.0, 1.0]), 2.0).sum().backward()
    assert scores.grad is not None
    assert scores.grad.isfinite().all()
    assert float(scores.grad[0].abs()) < 1e-6
    assert float(scores.grad[1]) < -0.9
