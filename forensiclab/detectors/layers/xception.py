"""Xception in stretches, and cut in two between its blocks 7 and 8."""

from collections import OrderedDict
from itertools import islice
from typing import Final

import timm
from torch import Tensor, nn

MIDDLE_CHANNELS: Final = 728
"""Channels between the two halves."""
_FIRST_OF_TAIL: Final = "block8"
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


def _halves() -> tuple[list[tuple[str, nn.Module]], list[tuple[str, nn.Module]]]:
    """Return names and layers of an untrained network, before and after the cut, in the order in which they run."""
    layers = list(XceptionStream().named_children())
    cut = [name for name, _ in layers].index(_FIRST_OF_TAIL)
    return layers[:cut], layers[cut:]


class XceptionHead(nn.Sequential):
    """First convolution to block 7: pictures (B, 3, S, S) -> mid-level features (B, 728, h, w), 19 x 19 at 299.

    Block 7 ends in a sum, not in an activation: the features may be negative. Layers and parameters have timm's names,
    so weights of the whole network load with ``strict=False``.
    """

    def __init__(self) -> None:
        super().__init__(OrderedDict(_halves()[0]))


class XceptionTail(nn.Sequential):
    """Block 8 to the last ReLU: mid-level features (B, 728, h, w) -> (B, 2048, h', w'), 10 x 10 at 299.

    Layers and parameters have timm's names.
    """

    def __init__(self) -> None:
        super().__init__(OrderedDict(_halves()[1]))
