"""First in, first out: embeddings of past crops."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class MemoryBank(nn.Module):
    """Keeps the last K embeddings; they are buffers, so a checkpoint has them.

    Args:
        size: Number K of embeddings.
        width: Their width D.
        is_random_at_first: Starts full of random unit vectors (as the authors of DCL do); otherwise empty.
    """

    rows: Tensor
    position: Tensor
    filled: Tensor

    def __init__(self, size: int, width: int, *, is_random_at_first: bool = False) -> None:
        super().__init__()
        if size < 1 or width < 1:
            raise ValueError(f"a bank needs a size and a width, not {size} and {width}")
        first = F.normalize(torch.randn(size, width), dim=1) if is_random_at_first else torch.zeros(size, width)
        self.register_buffer("rows", first)
        self.register_buffer("position", torch.zeros((), dtype=torch.long))
        self.register_buffer("filled", torch.tensor(size if is_random_at_first else 0))

    def __len__(self) -> int:
        return int(self.filled)

    def read(self) -> Tensor:
        """Return a copy of the embeddings that were put in, shape (len, D); it has no gradient."""
        return self.rows[: len(self)].clone()

    @torch.no_grad()
    def push(self, embeddings: Tensor) -> None:
        """Put embeddings in, shape (B, D); the oldest give way. Of more than K the last K stay."""
        size = self.rows.shape[0]
        new = embeddings.detach()[-size:].to(self.rows.dtype)
        places = (int(self.position) + torch.arange(new.shape[0], device=self.rows.device)) % size
        self.rows[places] = new
        self.position.fill_((int(self.position) + new.shape[0]) % size)
        self.filled.fill_(min(size, len(self) + new.shape[0]))
