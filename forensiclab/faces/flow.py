"""Carrying boxes from one frame to the next by optical flow."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from forensiclab.core.geometry import Box, box_size_px

_GRID = 7
_INNER = 0.8
"""Share of the box's width and height that the points cover: the rest shows more background than face."""
_WINDOW_PX, _LEVELS = 15, 3
_MIN_GOOD_SHARE = 0.25
_MIN_GOOD = 8
_MAX_SCALE = 1.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Motion:
    """A similarity that carries a face from one picture to the next; pictures are complex planes x + iy."""

    start: complex
    """A point of the first picture, pixels."""
    end: complex
    """Where that point is in the second."""
    turn: complex
    """Scale x exp(i angle) about the point."""

    def point(self, xy: tuple[float, float]) -> tuple[float, float]:
        """Carry a point."""
        moved = self.end + self.turn * (complex(*xy) - self.start)
        return moved.real, moved.imag

    def box(self, box: Box) -> Box:
        """Carry a box: its centre moves with the motion, its sides grow with the scale; it stays upright."""
        center_x, center_y = self.point(((box[0] + box[2]) / 2, (box[1] + box[3]) / 2))
        half_width, half_height = ((box[2] - box[0]) * abs(self.turn) / 2, (box[3] - box[1]) * abs(self.turn) / 2)
        return center_x - half_width, center_y - half_height, center_x + half_width, center_y + half_height


def follow(before: NDArray[np.uint8], after: NDArray[np.uint8], boxes: Sequence[Box]) -> list[Motion | None]:
    """Estimate how each box moves from one picture to the next.

    A grid of 7 x 7 points in the box is followed by pyramidal Lucas-Kanade flow to the second picture and back. Points
    that do not come back to where they started are dropped; the medians of the others give shift, scale and rotation.

    Args:
        before, after: Luma of the two frames, same shape (h, w).
        boxes: In pixels of ``before``.

    Returns:
        For each box its motion; None where too few points came back.

    Source: Z. Kalal et al., Forward-backward error: automatic detection of tracking failures, 2010 (Median Flow).
    Deviations: a bound on the error instead of its median; rotation beside scale; no check by patches (the caller's).
    """
    if not boxes:
        return []
    starts = np.stack([_grid(box) for box in boxes])  # (B, 49, 2)
    flat = starts.reshape(-1, 1, 2).astype(np.float32)
    ends, found = _flow(before, after, flat)
    backs, found_back = _flow(after, before, ends)
    height, width = before.shape
    inside = ((flat >= 0) & (flat <= (width - 1, height - 1))).all(axis=(1, 2))
    shape = starts.shape[:2]
    returned = (inside & (found[:, 0] == 1) & (found_back[:, 0] == 1)).reshape(shape)
    errors = np.linalg.norm(backs - flat, axis=2).reshape(shape)
    return [
        _motion(start, end, kept & (error < max(0.5, 0.03 * box_size_px(box))))
        for start, end, kept, error, box in zip(
            starts, ends.reshape(starts.shape), returned, errors, boxes, strict=True
        )
    ]


def _flow(
    before: NDArray[np.uint8], after: NDArray[np.uint8], points: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
    """Follow points of shape (N, 1, 2): where they went, shape (N, 1, 2), and whether they were found, shape (N, 1)."""
    ends, found, _ = cv2.calcOpticalFlowPyrLK(
        before,
        after,
        points,
        np.empty_like(points),
        winSize=(_WINDOW_PX, _WINDOW_PX),
        maxLevel=_LEVELS,
        criteria=(cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 20, 0.03),
    )
    return np.asarray(ends, dtype=np.float32), np.asarray(found, dtype=np.uint8)


def _grid(box: Box) -> NDArray[np.float64]:
    """Spread points evenly over the inner part of a box, shape (49, 2)."""
    margin = (1 - _INNER) / 2
    steps = np.linspace(margin, 1 - margin, _GRID)
    xs, ys = box[0] + steps * (box[2] - box[0]), box[1] + steps * (box[3] - box[1])
    return np.stack(np.meshgrid(xs, ys), axis=2).reshape(-1, 2)


def _motion(starts: NDArray[np.float64], ends: NDArray[np.float32], is_good: NDArray[np.bool_]) -> Motion | None:
    if is_good.sum() < max(_MIN_GOOD, _MIN_GOOD_SHARE * len(starts)):
        return None
    p, q = (points[is_good] @ np.array([1, 1j]) for points in (starts, ends))
    start = complex(np.median(p.real), np.median(p.imag))
    shifts = q - p
    end = start + complex(np.median(shifts.real), np.median(shifts.imag))
    arms = p - start
    is_long = np.abs(arms) > 0.25 * np.abs(arms).max()  # short arms magnify noise
    if not is_long.any():
        return Motion(start=start, end=end, turn=1)
    turns = (q - end)[is_long] / arms[is_long]
    scale = float(np.clip(np.median(np.abs(turns)), 1 / _MAX_SCALE, _MAX_SCALE))
    angle = float(np.median(np.angle(turns)))
    return Motion(start=start, end=end, turn=scale * complex(np.cos(angle), np.sin(angle)))
