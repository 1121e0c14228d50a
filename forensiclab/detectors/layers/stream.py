"""Xception run in stretches, so that two of them can exchange features on the way."""

from collections import OrderedDict
from itertools import islice
from typing import Final

import timm
from torch import Tensor, nn

_POOLING: Final = ("global_pool", "fc")


class XceptionStream(nn.Sequential):
    """Xception from its first convolution to its last ReLU, for any number of input channels.

    Layers and parameters have timm's names.
    """

    def __init__(self, channels_in: int = 3, first_stride: int = 2) -> None:
        """Make an untrained stream; ``first_stride`` 1 is for an input that is at half the size already."""
        network = timm.create_model("legacy_xception", pretrained=False, num_classes=0)
        layers = OrderedDict((name, layer) for name, layer in network.named_children() if name not in _POOLING)
        first = nn.Conv2d(channels_in, 32, 3, stride=first_stride, bias=False)
        nn.init.kaiming_normal_(first.weight, mode="fan_out", nonlinearity="relu")  # as timm does
        layers["conv1"] = first
        super().__init__(layers)

    def stretch(self, x: Tensor, first: str, last: str) -> Tensor:
        """Run the layers from ``first`` to ``last``, both included; their names are timm's (``conv1``, ``block7``)."""
        names = list(self._modules)
        for layer in islice(self, names.index(first), names.index(last) + 1):
            x = layer(x)
        return x
