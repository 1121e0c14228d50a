import pytest
import torch

from training.losses.embedding_l1 import embedding_l1


def test_it_is_its_equation() -> None:
    generator = torch.Generator().manual_seed(1)
    weak, strong = (torch.randn(3, 4, dtype=torch.float64, generator=generator) for _ in range(2))
    expected = [
        sum(abs(a - b) for a, b in zip(x, y, strict=True)) for x, y in zip(weak.tolist(), strong.tolist(), strict=True)
    ]
    assert embedding_l1(weak, strong).tolist() == pytest.approx(expected, rel=1e-12)


def test_equal_embeddings_cost_nothing_and_both_sides_learn() -> None:
    z = torch.tensor([[1.0, -2.0]])
    assert embedding_l1(z, z.clone()).item() == 0
    weak, strong = z.clone().requires_grad_(), torch.zeros(1, 2, requires_grad=True)
    embedding_l1(weak, strong).sum().backward()
    assert weak.grad is not None
    assert strong.grad is not None
    assert weak.grad.tolist() == [[1.0, -1.0]]
    assert strong.grad.tolist() == [[-1.0, 1.0]]
