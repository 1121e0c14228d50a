"""The game between two heads and a critic that tells in which order their features stand."""

from collections.abc import Callable

import torch
from torch import Tensor


def wasserstein(pair: Tensor, swapped: Tensor) -> Tensor:
    """Measure how well a critic tells features in one order from the same in the other.

    Args:
        pair: The critic's answers to concat(V_H, V_L), shape (B,).
        swapped: Its answers to concat(V_L, V_H), shape (B,).

    Returns:
        Scalar; the heads lower it, the critic raises it.

    Source: Cao et al., Metric learning for anti-compression facial forgery detection, Eq. 2, in the form of WGAN-GP,
        which section 3.3 says is used; Gulrajani et al., Improved training of Wasserstein GANs, Eq. 3.
    Deviations: Eq. 2 prints the logarithms of another GAN and applies the heads twice.
    """
    return (pair - swapped).mean()


def gradient_penalty(critic: Callable[[Tensor], Tensor], first: Tensor, second: Tensor, mix: Tensor) -> Tensor:
    """Measure how far the critic's gradient is from length 1 between two batches.

    Args:
        critic: Features (B, C, h, w) -> answers (B,). It is differentiated twice: call this in float32.
        first: Features, shape (B, C, h, w), detached.
        second: Features, shape (B, C, h, w), detached.
        mix: Where between them the gradient is taken, drawn from [0, 1], shape (B,).

    Returns:
        Mean over the batch of (length - 1)^2, scalar, before its weight of 10.

    Source: Gulrajani et al., Improved training of Wasserstein GANs, Eq. 3, second term.
    """
    share = mix.view(-1, *[1] * (first.ndim - 1))
    between = (share * first + (1 - share) * second).requires_grad_()
    (gradient,) = torch.autograd.grad(critic(between).sum(), between, create_graph=True)
    length: Tensor = torch.linalg.vector_norm(gradient.flatten(1), dim=1)  # (B,)
    return (length - 1).square().mean()
