"""Stored crops at the size and the margin that a network takes."""

import cv2
import numpy as np

from forensiclab.core.records import Picture
from training.datasets.crops import CROP_MARGIN


def fit(picture: Picture, size_px: int) -> Picture:
    """Resize a crop to the network's size as the program does (``faces.crop``): linear to grow, by area to shrink."""
    if picture.shape[:2] == (size_px, size_px):
        return picture
    interpolation = cv2.INTER_AREA if size_px < min(picture.shape[:2]) else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(picture, (size_px, size_px), interpolation=interpolation), dtype=np.uint8)


def fit_margin(picture: Picture, margin: float, size_px: int) -> Picture:
    """Cut a stored crop as the program would have cut it for a detector with another margin.

    Args:
        picture: uint8 RGB, square, cut with ``CROP_MARGIN``.
        margin: Of the detector. Where it is wider than the crop's own, the whole crop is used: there is no more.
        size_px: Side of the result.
    """
    side = picture.shape[0]
    inner = min(side, max(1, round(side * margin / CROP_MARGIN)))
    start = (side - inner) // 2
    return fit(np.ascontiguousarray(picture[start : start + inner, start : start + inner]), size_px)
