"""Rows of all processes together."""

import torch
import torch.distributed as dist
from torch import Tensor


@torch.no_grad()
def gather_rows(rows: Tensor) -> Tensor:
    """Gather what all processes hold, in the order of their ranks, so that every process fills its banks alike.

    Args:
        rows: Shape (B, ...); the same B in every process.

    Returns:
        Detached, shape (B * processes, ...); the rows themselves where there is one process.
    """
    rows = rows.detach()
    if not (dist.is_available() and dist.is_initialized()) or dist.get_world_size() == 1:
        return rows
    parts = [torch.empty_like(rows) for _ in range(dist.get_world_size())]
    dist.all_gather(parts, rows.contiguous())
    return torch.cat(parts)
