"""What a face looks like, coarsely: enough to tell two faces in one scene apart."""

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from forensiclab.core.geometry import Box, box_center_px
from forensiclab.faces.crop import cut_region

Appearance = NDArray[np.uint8]
"""Luma of a face box at 24 x 24."""

_SIDE_PX, _AROUND_PX = 24, 32


def appearance_of(luma: NDArray[np.uint8], box: Box) -> Appearance:
    """Sample a face.

    Args:
        luma: Shape (h, w).
        box: The face, in pixels of that picture; may reach beyond it.
    """
    return _sampled(luma, box, 1.0, _SIDE_PX)


def likeness(appearance: Appearance, luma: NDArray[np.uint8], box: Box) -> float:
    """Compare a box with a face seen before.

    Returns:
        The largest normalised correlation over shifts of up to a sixth of the box, in [-1, 1]: insensitive to
        brightness and contrast, and to a box that is a little off. 1 where both are flat, 0 where one is.
    """
    around = _sampled(luma, box, _AROUND_PX / _SIDE_PX, _AROUND_PX)
    is_flat, is_flat_around = appearance.std() < 1, around.std() < 1
    if is_flat or is_flat_around:
        return float(is_flat and is_flat_around)
    scores = cv2.matchTemplate(around, appearance, cv2.TM_CCOEFF_NORMED)
    return float(np.clip(scores, -1, 1).max())


def _sampled(luma: NDArray[np.uint8], box: Box, enlarged: float, size_px: int) -> NDArray[np.uint8]:
    """Sample a box, enlarged about its centre, at a fixed size."""
    center_x, center_y = box_center_px(box)
    half_width, half_height = (box[2] - box[0]) * enlarged / 2, (box[3] - box[1]) * enlarged / 2
    left, top = math.floor(center_x - half_width), math.floor(center_y - half_height)
    right, bottom = max(left + 1, round(center_x + half_width)), max(top + 1, round(center_y + half_height))
    patch = cut_region(luma, (left, top, right, bottom))
    interpolation = cv2.INTER_AREA if min(patch.shape) > size_px else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(patch, (size_px, size_px), interpolation=interpolation), dtype=np.uint8)
