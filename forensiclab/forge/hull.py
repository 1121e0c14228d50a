"""The region of a face in a picture, built from its five points.

Face coordinates: the origin is half way between the eyes, ``u`` points to the right of the upright face and ``v`` down
to the mouth; the unit is the distance from the eyes to the mouth. In them all faces look alike, whatever their size,
place and roll.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Landmarks = Sequence[tuple[float, float]]
"""Left eye, right eye, nose, left and right corner of the mouth (x, y) in pixels, as seen in the picture."""

MARGIN_LANDMARKS = ((0.37, 0.42), (0.63, 0.42), (0.50, 0.57), (0.39, 0.71), (0.61, 0.71))
"""Five points of a frontal face in a crop of margin 1.3, in shares of its side.

Measured with MTCNN on 115 frames of 23 clips: medians, made symmetrical about the middle (the faces measured look to
one side more often than to the other); the standard deviation is 0.05 across and 0.02 down.
"""

TIGHT_LANDMARKS = ((0.30, 0.29), (0.71, 0.29), (0.51, 0.49), (0.34, 0.74), (0.69, 0.74))
"""Five points of a face in a crop that ends at the brow, the chin and the cheeks, in shares of its side.

Measured with MTCNN on 259 face crops of the Deepfake Detection Challenge, with a rim added to them (without one MTCNN
misplaces the points): medians; the standard deviation is 0.05.
"""

_MIN_UNIT_PX = 0.5
_OUTLINE_POINTS = 64
_SUBPIXEL_BITS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class HullShape:
    """Which part of a face is meant, in face coordinates."""

    forehead: float = 0.65
    """How far above the eyes it ends: the brows are at 0.35, the hair begins at 0.7 to 0.9."""
    chin: float = 1.6
    """How far below the eyes it ends: the chin of most faces is at 1.6 to 1.75."""
    width: float = 0.9
    """Over the width of the whole face, from ear to ear."""


def scaled_landmarks(shares: Landmarks, width_px: int, height_px: int) -> tuple[tuple[float, float], ...]:
    """Scale five points given in shares of a crop's sides to pixels of a crop of that size."""
    return tuple((x * width_px, y * height_px) for x, y in shares)


def face_frame(landmarks_xy_px: Landmarks) -> NDArray[np.float64]:
    """Return the similarity that takes face coordinates (u, v, 1) to pixels.

    Returns:
        Shape (2, 3): the axes u and v in pixels per unit, then the origin.

    Raises:
        ValueError: These are not five finite points, or all lie in one place.
    """
    points = np.asarray(landmarks_xy_px, dtype=np.float64)
    if points.shape != (5, 2) or not np.isfinite(points).all():
        raise ValueError(f"a face needs five finite points (x, y), not an array of shape {points.shape}")
    eyes, mouth = points[:2].mean(axis=0), points[3:].mean(axis=0)
    down = mouth - eyes
    across = np.linalg.norm(points[1] - points[0])
    length = np.linalg.norm(down)
    # A face that looks up or down is foreshortened; the distance of its eyes then tells its size.
    unit = max(float(length), 0.8 * float(across))
    if length < _MIN_UNIT_PX or unit < _MIN_UNIT_PX:
        raise ValueError(f"eyes and mouth are only {length:.2f} px apart: no face can be laid over such points")
    down *= unit / length
    return np.array([[down[1], down[0], eyes[0]], [-down[0], down[1], eyes[1]]])


def face_hull(landmarks_xy_px: Landmarks, shape: HullShape | None = None) -> NDArray[np.float32]:
    """Draw the smooth convex outline of a face from five points.

    Two half ellipses, widest at the cheekbones; the side towards which the face looks is narrower by as much as the
    nose is off the middle. All five points are inside.

    Returns:
        Vertices (x, y) in pixels, shape (N, 2), in order around the face; they may lie outside the picture.

    Raises:
        ValueError: As in ``face_frame``.
    """
    shape = shape or HullShape()
    frame = face_frame(landmarks_xy_px)
    points = to_face(frame, np.asarray(landmarks_xy_px, dtype=np.float64))
    half_width = max(1.95 * float(np.abs(points[1, 0] - points[0, 0])) / 2, 0.8)
    turn = float(np.clip(points[2, 0] / half_width, -0.5, 0.5))
    angle = np.linspace(0, 2 * np.pi, _OUTLINE_POINTS, endpoint=False)
    right, below = np.cos(angle), np.sin(angle)
    cheek = 0.3
    u = shape.width * half_width * right * (1 - turn * np.sign(right))
    v = cheek + below * np.where(below < 0, shape.forehead + cheek, shape.chin - cheek)
    outline = to_pixels(frame, np.concatenate([np.stack([u, v], axis=1), points]))
    return np.asarray(cv2.convexHull(outline.astype(np.float32))[:, 0, :], dtype=np.float32)


def to_pixels(frame: NDArray[np.float64], points_uv: NDArray[np.float64]) -> NDArray[np.float64]:
    """Map points in face coordinates to pixels, both of shape (N, 2)."""
    pixels: NDArray[np.float64] = points_uv @ frame[:, :2].T + frame[:, 2]
    return pixels


def to_face(frame: NDArray[np.float64], points_xy_px: NDArray[np.float64]) -> NDArray[np.float64]:
    """Map pixels to face coordinates, both of shape (N, 2)."""
    return np.asarray(np.linalg.solve(frame[:, :2], (points_xy_px - frame[:, 2]).T).T, dtype=np.float64)


def fill(outline_xy_px: NDArray[np.float32], width_px: int, height_px: int) -> NDArray[np.float32]:
    """Return a mask, 1 inside an outline and 0 outside, with an anti-aliased rim; shape (H, W)."""
    mask = np.zeros((height_px, width_px), dtype=np.uint8)
    corners = np.rint(outline_xy_px * (1 << _SUBPIXEL_BITS)).astype(np.int32)
    cv2.fillPoly(mask, [corners], 255, lineType=cv2.LINE_AA, shift=_SUBPIXEL_BITS)
    return mask.astype(np.float32) / np.float32(255)


def feather(mask: NDArray[np.float32], sigma_px: float) -> NDArray[np.float32]:
    """Soften the rim of a mask by a Gaussian that ends after three standard deviations; shape (H, W).

    Weights below 1/255 become 0, so that what is not 0 can move an 8-bit value.
    """
    if sigma_px > 0:
        size = 2 * max(1, round(3 * sigma_px)) + 1
        mask = np.asarray(cv2.GaussianBlur(mask, (size, size), sigma_px), dtype=np.float32)
    return np.where(mask < 1 / 255, np.float32(0), np.minimum(mask, np.float32(1)))
