"""Depthwise convolutions in float32 where bfloat16 makes their gradients slower."""

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor, nn

_LARGEST_FAST = 3
"""Side of the largest kernel whose gradients oneDNN computes as fast in bfloat16 as in float32."""


def keep_slow_depthwise_float32(network: nn.Module) -> int:
    """Compute strided or large (over 3 x 3) depthwise convolutions in float32 under autocast on a processor.

    In bfloat16 their gradients take three to thirty times as long there (torch 2.15 falls back to a reference kernel),
    which was two thirds of a training step of EfficientNet-B4. The result comes back in the type of the input, so the
    layers around them do not change. Weights and their names stay as they are.

    Args:
        network: Changed in place; networks on a GPU need none of this.

    Returns:
        The number of layers that were changed.
    """
    slow = [module for module in network.modules() if isinstance(module, nn.Conv2d) and _is_slow(module)]
    for module in slow:
        # A partial, not a closure: in a copy of the network it is the copy's own weights that it applies.
        module.forward = partial(_in_float32, module.forward)  # type: ignore[method-assign]
    return len(slow)


def _is_slow(convolution: nn.Conv2d) -> bool:
    is_depthwise = convolution.groups == convolution.in_channels > 1
    return is_depthwise and (max(convolution.kernel_size) > _LARGEST_FAST or max(convolution.stride) > 1)


def _in_float32(forward: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
    with torch.autocast(x.device.type, enabled=False):
        return forward(x.float()).to(x.dtype)
