"""Boxes and crop regions in pixels of the displayed frame: x to the right, y down, origin at the top left corner."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Box = tuple[float, float, float, float]
"""(left, top, right, bottom) in pixels; right and bottom are exclusive."""


def box_size_px(box: Box) -> float:
    """Return the longer side of a box, in pixels."""
    return max(box[2] - box[0], box[3] - box[1])


def box_center_px(box: Box) -> tuple[float, float]:
    """Return the centre (x, y) of a box, in pixels."""
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2


def scaled_box(box: Box, scale_xy: tuple[float, float]) -> Box:
    """Return a box in a picture that is so many times as wide and as high."""
    x, y = scale_xy
    return box[0] * x, box[1] * y, box[2] * x, box[3] * y


def whole_region(region: Box, scale_xy: tuple[float, float]) -> Box:
    """Return a region of a frame in whole pixels of a picture of it that has another size, at least one each way."""
    left, top, right, bottom = (float(round(edge)) for edge in scaled_box(region, scale_xy))
    return left, top, max(right, left + 1), max(bottom, top + 1)


def iou_matrix(a: Sequence[Box], b: Sequence[Box]) -> NDArray[np.float64]:
    """Compute the intersection over union of every box of ``a`` with every box of ``b``.

    Returns:
        Shape (len(a), len(b)), values in [0, 1]; empty boxes overlap nothing.
    """
    if not a or not b:
        return np.zeros((len(a), len(b)))
    boxes_a, boxes_b = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    top_left = np.maximum(boxes_a[:, None, :2], boxes_b[None, :, :2])
    bottom_right = np.minimum(boxes_a[:, None, 2:], boxes_b[None, :, 2:])
    overlap = np.clip(bottom_right - top_left, 0, None).prod(axis=2)
    area_a = np.clip(boxes_a[:, 2:] - boxes_a[:, :2], 0, None).prod(axis=1)
    area_b = np.clip(boxes_b[:, 2:] - boxes_b[:, :2], 0, None).prod(axis=1)
    union = area_a[:, None] + area_b[None, :] - overlap
    result: NDArray[np.float64] = np.divide(overlap, union, out=np.zeros_like(overlap), where=union > 0)
    return result


def crop_region(box: Box, margin: float, width_px: int, height_px: int) -> Box:
    """Place a square of side ``margin * max(w, h)`` about the centre of a face box.

    At the frame's edge the square is shifted, not shrunk; where it is larger than the frame it stays centred on that
    axis and reaches beyond the picture (whoever cuts it reflects the picture there).

    Args:
        box: Face box, pixels.
        margin: Side of the square over the longer side of the box, > 0.
        width_px, height_px: Size of the displayed frame.

    Returns:
        The square in whole pixels, so that a crop at its own scale is cut without resampling.

    Source: the cropping rule of the FaceForensics++ pipeline (1.3 x, about the centre), which shrinks at the edge.
    Deviations: shifted instead of shrunk, so that the scale of the face is the same everywhere in the frame.
    """
    side = max(1, round(margin * box_size_px(box)))
    center_x, center_y = box_center_px(box)
    left, top = (
        _shift_inside(round(center - side / 2), side, extent)
        for center, extent in ((center_x, width_px), (center_y, height_px))
    )
    return float(left), float(top), float(left + side), float(top + side)


def _shift_inside(start: int, side: int, extent: int) -> int:
    """Move an interval of length ``side`` into [0, extent); centre it where it does not fit."""
    if side >= extent:
        return (extent - side) // 2
    return min(max(start, 0), extent - side)
