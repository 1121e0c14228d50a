import subprocess
import sys
from pathlib import Path

import pytest
import torch

from training.modules.gather import gather_rows


def test_one_process_gets_its_own_rows_without_a_gradient() -> None:
    rows = torch.randn(3, 2, requires_grad=True)
    gathered = gather_rows(rows)
    assert torch.equal(gathered, rows)
    assert not gathered.requires_grad


PROCESS = """
import sys, torch
import torch.distributed as dist
from training.modules.gather import gather_rows
from training.modules.memory_bank import MemoryBank
rank, meeting, out = int(sys.argv[1]), sys.argv[2], sys.argv[3]
dist.init_process_group("gloo", init_method=f"file://{meeting}", rank=rank, world_size=2)
bank = MemoryBank(5, 2)
for step in range(2):
    bank.push(gather_rows(torch.full((2, 2), 10.0 * step + rank, requires_grad=True)))
torch.save(bank.state_dict(), f"{out}{rank}.pt")
dist.barrier()
dist.destroy_process_group()
"""


@pytest.mark.slow
def test_two_processes_fill_their_banks_alike(tmp_path: Path) -> None:
    started = [
        subprocess.Popen(
            [sys.executable, "-c", PROCESS, str(rank), str(tmp_path / "meeting"), str(tmp_path / "bank")],
            cwd=Path(__file__).parents[4],
        )
        for rank in range(2)
    ]
    assert [process.wait(timeout=120) for process in started] == [0, 0]
    first, second = (torch.load(tmp_path / f"bank{rank}.pt", weights_only=True) for rank in range(2))
    torch.testing.assert_close(first, second, rtol=0, atol=0)
    assert sorted(first["rows"][:, 0].tolist()) == [1, 10, 10, 11, 11]  # the last five of 0 0 1 1 10 10 11 11
