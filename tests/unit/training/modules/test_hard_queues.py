"""Queues of hard keys: what goes in, and that it is still there after a checkpoint."""

import io

import pytest
import torch
from torch.nn import functional as F

from training.modules.hard_queues import Hardness, HardQueues, Selection, hard_rows

LABELS = torch.tensor([0.0, 1.0, 0.0, 1.0])


def made_keys(seed: int, rows: int = 4, width: int = 3) -> torch.Tensor:
    return F.normalize(torch.randn(rows, width, generator=torch.Generator().manual_seed(seed)), dim=1)


def made_queues(hardness: Hardness, *, is_random: bool = False) -> HardQueues:
    return HardQueues(6, 3, hardness=hardness, prototype_decay=0.9, is_random_at_first=is_random)


@pytest.mark.parametrize(
    ("hardness", "expected"),
    [
        (Hardness(Selection.ALL), [0, 1, 2, 3]),
        (Hardness(Selection.THRESHOLD, threshold=0.5), [1, 3]),
        (Hardness(Selection.HARDEST, hardest=3), [0, 1, 3]),
        (Hardness(Selection.HARDEST, hardest=9), [0, 1, 2, 3]),
    ],
)
def test_rows_that_are_let_in(hardness: Hardness, expected: list[int]) -> None:
    assert hard_rows(torch.tensor([0.5, 0.9, -0.2, 0.6]), hardness).tolist() == expected


def test_prototypes_follow_the_mean_key_of_their_class() -> None:
    queues = made_queues(Hardness(Selection.ALL))
    first, second = made_keys(0), made_keys(1)
    queues.push(first, LABELS)
    queues.push(second, LABELS)
    for label in (0, 1):
        rows = LABELS.eq(label)
        expected = 0.9 * (0.1 * first[rows].mean(dim=0)) + 0.1 * second[rows].mean(dim=0)
        torch.testing.assert_close(queues.prototypes[label], expected)


def test_keys_near_the_other_classs_prototype_go_into_the_queue_of_their_own() -> None:
    queues = made_queues(Hardness(Selection.THRESHOLD, threshold=0.5))
    east, north = torch.tensor([1.0, 0.0, 0.0]), torch.tensor([0.0, 1.0, 0.0])
    queues.push(torch.stack([east, north, east, north]), LABELS)
    assert len(queues.read(0)) == len(queues.read(1)) == 0  # both classes at a right angle: nothing is hard
    like_real = F.normalize(0.9 * east + 0.1 * north, dim=0)
    queues.push(torch.stack([east, like_real, east, north]), LABELS)
    assert len(queues.read(0)) == 0
    torch.testing.assert_close(queues.read(1), like_real.unsqueeze(0))


def test_a_class_that_is_not_in_the_batch_leaves_all_as_it_is() -> None:
    queues = made_queues(Hardness(Selection.HARDEST))
    queues.push(made_keys(0), LABELS)
    before = queues.prototypes[1].clone(), queues.read(1)
    queues.push(made_keys(1), torch.zeros(4))
    torch.testing.assert_close(queues.prototypes[1], before[0])
    torch.testing.assert_close(queues.read(1), before[1])


def test_all_of_it_survives_a_checkpoint() -> None:
    queues, fresh = (made_queues(Hardness(Selection.ALL), is_random=is_random) for is_random in (False, True))
    queues.push(made_keys(0), LABELS)
    file = io.BytesIO()
    torch.save(queues.state_dict(), file)
    file.seek(0)
    fresh.load_state_dict(torch.load(file, weights_only=True))
    for each in (queues, fresh):
        each.push(made_keys(1), LABELS)
        each.push(made_keys(2), LABELS)
    for label in (0, 1):
        assert len(queues.read(label)) == 6
        assert torch.equal(fresh.read(label), queues.read(label))
    assert torch.equal(fresh.prototypes, queues.prototypes)


def test_no_gradient_flows_into_the_keys() -> None:
    keys = made_keys(0).requires_grad_()
    queues = made_queues(Hardness(Selection.ALL))
    queues.push(keys, LABELS)
    assert not queues.read(0).requires_grad
    assert not queues.prototypes.requires_grad
