"""Xception cut in two between its blocks 7 and 8."""

from collections import OrderedDict
from typing import Final

from torch import nn

from forensiclab.detectors.layers.stream import XceptionStream

MIDDLE_CHANNELS: Final = 728
"""Channels between the two halves."""
_FIRST_OF_TAIL: Final = "block8"


def _halves() -> tuple[list[tuple[str, nn.Module]], list[tuple[str, nn.Module]]]:
    """Names and layers of an untrained network, before and after the cut, in the order in which they run."""
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
