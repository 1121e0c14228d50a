"""A running average of a network's weights."""

import copy

import torch

from forensiclab.detectors.base import Network


class WeightAverage:
    """Exponential moving average of parameters and floating-point buffers (BatchNorm statistics included).

    Early on, the average follows faster: the decay of update n is ``min(decay, (1 + n) / (10 + n))``, so the random
    start is forgotten soon.

    Args:
        network: The network to follow.
        decay: In [0, 1); 0 = a copy of the last weights.
    """

    def __init__(self, network: Network, decay: float) -> None:
        self.decay = decay
        self.updates = 0
        self.network = copy.deepcopy(network).eval().requires_grad_(False)

    @torch.no_grad()
    def update(self, network: Network) -> None:
        """Move towards the network's present weights."""
        decay = min(self.decay, (1 + self.updates) / (10 + self.updates))
        self.updates += 1
        present = network.state_dict()
        for name, average in self.network.state_dict().items():
            if average.is_floating_point():
                average.lerp_(present[name].to(average.dtype), 1 - decay)
            else:
                average.copy_(present[name])
