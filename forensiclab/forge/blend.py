"""Laying one picture over another under a mask, and keeping the mask as the truth."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forensiclab.core.records import Picture


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Forgery:
    """A forged picture and the truth about it."""

    picture: Picture
    mask: NDArray[np.float32]
    """Shape (H, W), values in [0, 1]: the share that the forged layer has in each pixel. Where it is 0 the picture is
    the original, bit for bit."""


def lay_over(picture: Picture, layer: NDArray[np.float32], mask: NDArray[np.float32]) -> Forgery:
    """Mix a layer into a picture by a mask.

    Args:
        picture: What stays outside the mask.
        layer: What comes in, levels 0-255 (what is beyond is clipped), shape (H, W, 3).
        mask: Share of the layer, shape (H, W), values in [0, 1].

    Raises:
        ValueError: The mask is 0 everywhere: nothing would be forged.
    """
    if not mask.any():
        raise ValueError("the face lies outside the picture: no pixel would be forged")
    below = picture.astype(np.float32)
    mixed = below + (np.clip(layer, 0, 255) - below) * mask[..., None]
    forged = np.rint(mixed).astype(np.uint8)
    forged.setflags(write=False)
    mask.setflags(write=False)
    return Forgery(picture=forged, mask=mask)
