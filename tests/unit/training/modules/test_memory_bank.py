import pytest
import torch
from torch import Tensor

from training.modules.memory_bank import MemoryBank


def numbered(*numbers: int) -> Tensor:
    return torch.tensor(numbers, dtype=torch.float32)[:, None].expand(-1, 2)


def held(bank: MemoryBank) -> list[int]:
    return sorted(int(row[0]) for row in bank.read())


def test_first_in_first_out() -> None:
    bank = MemoryBank(5, 2)
    assert len(bank) == 0
    assert bank.read().shape == (0, 2)
    bank.push(numbered(1, 2, 3))
    assert held(bank) == [1, 2, 3]
    bank.push(numbered(4, 5, 6))  # wraps round: 1 goes
    assert held(bank) == [2, 3, 4, 5, 6]
    bank.push(numbered(7))
    assert held(bank) == [3, 4, 5, 6, 7]
    bank.push(numbered())
    assert held(bank) == [3, 4, 5, 6, 7]


def test_it_equals_a_list_that_is_cut() -> None:
    bank, number = MemoryBank(7, 2), 0
    kept: list[int] = []
    for count in (3, 2, 7, 1, 5, 6, 4):
        pushed = list(range(number, number + count))
        number += count
        bank.push(numbered(*pushed))
        kept = (kept + pushed)[-7:]
        assert held(bank) == kept


def test_of_more_than_it_holds_the_last_stay() -> None:
    bank = MemoryBank(3, 2)
    bank.push(numbered(*range(10)))
    assert held(bank) == [7, 8, 9]
    bank.push(numbered(10))
    assert held(bank) == [8, 9, 10]


def test_what_was_read_stays_as_it_was_and_has_no_gradient() -> None:
    bank = MemoryBank(2, 2)
    bank.push(numbered(1, 2).clone().requires_grad_())
    before = bank.read()
    bank.push(numbered(3, 4))
    assert [int(row[0]) for row in before] == [1, 2]
    assert not before.requires_grad
    assert held(bank) == [3, 4]


def test_random_at_first() -> None:
    bank = MemoryBank(50, 8, is_random_at_first=True)
    assert len(bank) == 50
    torch.testing.assert_close(bank.read().norm(dim=1), torch.ones(50))
    bank.push(torch.zeros(49, 8))
    assert int((bank.read().norm(dim=1) > 0).sum()) == 1


def test_a_checkpoint_holds_all_of_it() -> None:
    whole, resumed = MemoryBank(5, 2), MemoryBank(5, 2)
    whole.push(numbered(1, 2, 3, 4))
    resumed.load_state_dict(whole.state_dict())
    for bank in (whole, resumed):
        bank.push(numbered(5, 6))
    torch.testing.assert_close(resumed.state_dict(), whole.state_dict(), rtol=0, atol=0)
    assert held(resumed) == [2, 3, 4, 5, 6]


@pytest.mark.parametrize(("size", "width"), [(0, 2), (2, 0)])
def test_an_empty_bank_is_refused(size: int, width: int) -> None:
    with pytest.raises(ValueError, match="size and a width"):
        MemoryBank(size, width)
