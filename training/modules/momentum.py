"""Networks that follow another slowly."""

import copy
from typing import Generic, TypeVar

import torch
from torch import nn

Copied = TypeVar("Copied", bound=nn.Module)


class MomentumCopy(nn.Module, Generic[Copied]):
    """A copy of a module that takes no gradient and follows it: ``copy <- momentum * copy + (1 - momentum) * source``.

    BatchNorm's statistics follow as the parameters do; integers are copied.

    Args:
        source: What is followed; it is not kept.
        momentum: In [0, 1).

    Source: He et al., Momentum contrast, Eq. 2.
    Deviations: MoCo averages the parameters only; here the buffers follow too, since the copy may be what is shipped.
    """

    def __init__(self, source: Copied, momentum: float) -> None:
        super().__init__()
        if not 0 <= momentum < 1:
            raise ValueError(f"the momentum must be in [0, 1), not {momentum}")
        self.module: Copied = copy.deepcopy(source).requires_grad_(False)
        self.momentum = momentum

    @torch.no_grad()
    def follow(self, source: nn.Module) -> None:
        """Move towards the source's present values."""
        self._move(source, self.momentum)

    @torch.no_grad()
    def match(self, source: nn.Module) -> None:
        """Make it equal to the source."""
        self._move(source, 0.0)

    def _move(self, source: nn.Module, momentum: float) -> None:
        present = source.state_dict()
        for name, own in self.module.state_dict().items():
            if own.is_floating_point():
                own.lerp_(present[name].to(own.dtype), 1 - momentum)
            else:
                own.copy_(present[name])
