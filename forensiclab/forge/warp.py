"""Smooth displacement fields over a face.

A field is given at knots that are spread evenly over a square in face coordinates (see ``hull``), as displacements in
the same coordinates: so it moves, turns and grows with the face.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from forensiclab.core.records import Picture
from forensiclab.forge.hull import to_face

KNOTS_LEFT, KNOTS_TOP, KNOTS_SPAN = -2.0, -1.5, 4.0
"""The square in face coordinates over which knots are spread: the head and some of what is around it."""


def knots_uv(count: int) -> NDArray[np.float64]:
    """Return the places (u, v) of ``count`` x ``count`` knots, shape (count, count, 2)."""
    steps = np.linspace(0, KNOTS_SPAN, count)
    return np.stack(np.meshgrid(KNOTS_LEFT + steps, KNOTS_TOP + steps), axis=-1)


def spread(
    knots: NDArray[np.float32], frame: NDArray[np.float64], width_px: int, height_px: int, flags: int = cv2.INTER_CUBIC
) -> NDArray[np.float32]:
    """Interpolate values at knots at the pixels of a picture; outside the square the outermost values go on.

    Args:
        knots: Shape (K, K) or (K, K, C).
        frame: Of the face, as ``face_frame`` gives it.
        width_px, height_px: Size of the picture.
        flags: How OpenCV interpolates between knots.

    Returns:
        Shape (H, W) or (H, W, C).
    """
    spacing = KNOTS_SPAN / (knots.shape[0] - 1)
    to_pixels = frame @ np.array([[spacing, 0, KNOTS_LEFT], [0, spacing, KNOTS_TOP], [0, 0, 1]])
    values = cv2.warpAffine(knots, to_pixels, (width_px, height_px), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(values, dtype=np.float32)


def field_px(
    moves_uv: NDArray[np.float32], frame: NDArray[np.float64], width_px: int, height_px: int
) -> NDArray[np.float32]:
    """Turn displacements at knots in face coordinates, (K, K, 2), into pixels at every pixel, shape (H, W, 2)."""
    return spread((moves_uv.astype(np.float64) @ frame[:, :2].T).astype(np.float32), frame, width_px, height_px)


def move_points(
    points_xy_px: NDArray[np.float64], frame: NDArray[np.float64], moves_uv: NDArray[np.float32]
) -> NDArray[np.float64]:
    """Return the displacements (u, v) at single points, shape (N, 2), in face coordinates."""
    scale = (moves_uv.shape[0] - 1) / KNOTS_SPAN
    places = ((to_face(frame, points_xy_px) - (KNOTS_LEFT, KNOTS_TOP)) * scale).astype(np.float32)
    moves = cv2.remap(
        moves_uv, places[:, None, 0], places[:, None, 1], cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(moves[:, 0, :], dtype=np.float64)


def pull(
    picture: Picture,
    displacement_px: NDArray[np.float32],
    back: NDArray[np.float64] | None = None,
    interpolation: int = cv2.INTER_CUBIC,
) -> Picture:
    """Fetch every pixel from where a displacement, and then an affine transform, lead back to.

    Args:
        picture: What is fetched from, of any size; reflected beyond its edge.
        displacement_px: What is added to a pixel's place, shape (H, W, 2).
        back: Transform of the result's coordinates to the picture's, shape (2, 3); None = the same coordinates. It
            acts on the pixel's own place; the displacement is added in the picture's coordinates.
        interpolation: OpenCV's flag.

    Returns:
        Shape (H, W, 3).
    """
    height, width = displacement_px.shape[:2]
    affine = np.eye(2, 3, dtype=np.float32) if back is None else back.astype(np.float32)
    x, y = np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32)[:, None]
    from_x = displacement_px[..., 0] + affine[0, 0] * x + affine[0, 1] * y + affine[0, 2]
    from_y = displacement_px[..., 1] + affine[1, 0] * x + affine[1, 1] * y + affine[1, 2]
    pulled = cv2.remap(picture, from_x, from_y, interpolation, borderMode=cv2.BORDER_REFLECT_101)
    return np.asarray(pulled, dtype=np.uint8)
