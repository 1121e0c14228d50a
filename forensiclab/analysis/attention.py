"""Attention maps made visible: coloured over the crop, or placed in the frame. The only place where that is done."""

from functools import cache

import cv2
import matplotlib as mpl
import numpy as np
from numpy.typing import NDArray

from forensiclab.core.errors import ShapeError
from forensiclab.core.geometry import Box
from forensiclab.core.records import AttentionMap, Picture

COLORMAPS = ("inferno", "viridis", "cividis")
"""Perceptually uniform: equal steps of attention look equally large, in grey print and to colour-blind readers too."""


def overlay(picture: Picture, attention: AttentionMap, opacity: float = 0.5, colormap: str = "inferno") -> Picture:
    """Lay the coloured attention map over a picture.

    The map is blended with the same opacity everywhere, so that a colour means the same attention wherever it is.

    Args:
        picture: Shape (H, W, 3), uint8 RGB.
        attention: Shape (h, w), values in [0, 1]; it covers the whole picture.
        opacity: Share of the map in the blend, in [0, 1].
        colormap: One of ``COLORMAPS``.

    Returns:
        Shape (H, W, 3), uint8 RGB, read-only.

    Raises:
        ShapeError: The picture or the map has another shape.
        ValueError: There is no such colour map, or the opacity is out of its range.
    """
    if picture.ndim != 3 or picture.shape[2] != 3:
        raise ShapeError("A picture", "(H, W, 3)", picture.shape)
    if not 0 <= opacity <= 1:
        raise ValueError(f"the opacity must be from 0 to 1, not {opacity}")
    colors = colored(resize(attention, picture.shape[1], picture.shape[0]), colormap)
    blended = np.rint((1 - opacity) * picture + opacity * colors).astype(np.uint8)
    blended.flags.writeable = False
    return blended


def colored(attention: AttentionMap, colormap: str = "inferno") -> Picture:
    """Colour an attention map of shape (h, w); shape (h, w, 3).

    Raises:
        ValueError: There is no such colour map.
    """
    steps = _colors(colormap)
    indices = np.rint(np.clip(attention, 0, 1) * (len(steps) - 1)).astype(np.intp)
    return steps[indices]


def to_frame(attention: AttentionMap, region: Box, width: int, height: int) -> AttentionMap:
    """Place an attention map where it belongs in the frame.

    Args:
        attention: Shape (h, w), values in [0, 1].
        region: The square of the frame that the map covers, in pixels; it may reach beyond the frame.
        width: Of the displayed frame, pixels.
        height: Of the displayed frame, pixels.

    Returns:
        Shape (height, width), values in [0, 1]; 0 outside the region.

    Raises:
        ShapeError: The map is not two-dimensional.
    """
    left, top, right, bottom = (round(edge) for edge in region)
    placed = np.zeros((height, width), np.float32)
    x_from, x_to = max(left, 0), min(right, width)
    y_from, y_to = max(top, 0), min(bottom, height)
    if x_from < x_to and y_from < y_to:
        whole = resize(attention, right - left, bottom - top)
        placed[y_from:y_to, x_from:x_to] = whole[y_from - top : y_to - top, x_from - left : x_to - left]
    return placed


def resize(attention: AttentionMap, width: int, height: int) -> AttentionMap:
    """Resize an attention map, cubic, kept within [0, 1].

    Raises:
        ShapeError: The map is not two-dimensional.
    """
    if attention.ndim != 2:
        raise ShapeError("An attention map", "(h, w)", attention.shape)
    larger = cv2.resize(np.asarray(attention, np.float32), (width, height), interpolation=cv2.INTER_CUBIC)
    clipped: AttentionMap = np.clip(larger, 0, 1)
    return clipped


@cache
def _colors(name: str) -> NDArray[np.uint8]:
    """Return the 256 colours of a map, shape (256, 3)."""
    if name not in COLORMAPS:
        raise ValueError(f"there is no colour map '{name}'; there are: {', '.join(COLORMAPS)}")
    colors: NDArray[np.uint8] = mpl.colormaps[name](np.arange(256), bytes=True)[:, :3]
    return colors
