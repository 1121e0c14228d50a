"""Face swaps: the face of one picture laid over the face of another.

The classical pipeline: align by the five points, fit the colours, blend; no network. Poses and expressions should be
alike; what differs is stretched by an affine alignment or stays as it is under a similarity.
"""

from dataclasses import dataclass
from enum import StrEnum

import cv2
import numpy as np
from numpy.typing import NDArray

from forensiclab.core.records import Picture
from forensiclab.forge.blend import Forgery, lay_over
from forensiclab.forge.hull import HullShape, Landmarks, face_frame, face_hull, feather, fill


class Alignment(StrEnum):
    """Which transform takes the donor's five points to those of the target, by least squares."""

    SIMILARITY = "similarity"
    """Shift, rotation and one scale: the donor keeps the proportions of its face."""
    AFFINE = "affine"
    """Stretch and shear as well: the points meet more closely."""


class Blending(StrEnum):
    """How the donor's face is joined to the target."""

    FEATHER = "feather"
    """Mixed under the soft mask."""
    POISSON = "poisson"
    """As well, and before that brought to the target's colours at the rim (Perez et al., SIGGRAPH 2003)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SwapRecipe:
    """How a face is swapped."""

    forehead: float = 0.5
    chin: float = 1.5
    width: float = 0.85
    """Which part of the face is swapped, as in ``HullShape``."""
    alignment: Alignment = Alignment.SIMILARITY
    blending: Blending = Blending.FEATHER
    has_color_transfer: bool = True
    feather: float = 0.1
    """Standard deviation of the Gaussian that softens the rim, in shares of the distance from the eyes to the mouth."""


DEFAULT_SWAP = SwapRecipe()

_COLOR_SCALE_RANGE = (0.6, 1.6)
_MAX_CORRECTION = np.float32(24)


def swap_face(
    target: Picture,
    target_landmarks_xy_px: Landmarks,
    donor: Picture,
    donor_landmarks_xy_px: Landmarks,
    recipe: SwapRecipe = DEFAULT_SWAP,
) -> Forgery:
    """Lay the donor's face over the target's.

    Where the donor's picture ends before the face does, the mask ends there too.

    Args:
        target: The picture that is forged, shape (H, W, 3).
        target_landmarks_xy_px: Its five points.
        donor: The picture that the face comes from, of any size.
        donor_landmarks_xy_px: Its five points.
        recipe: How.

    Returns:
        The target with the donor's face; the same for the same arguments.

    Raises:
        ValueError: The points are no face, or no part of the face is in both pictures.
    """
    height, width = target.shape[:2]
    unit_px = float(np.hypot(*face_frame(target_landmarks_xy_px)[:, 0]))
    face_frame(donor_landmarks_xy_px)
    sigma_px = recipe.feather * unit_px
    motion = align(donor_landmarks_xy_px, target_landmarks_xy_px, recipe.alignment)
    layer = cv2.warpAffine(donor, motion, (width, height), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REFLECT_101)
    shape = HullShape(forehead=recipe.forehead, chin=recipe.chin, width=recipe.width)
    region = fill(face_hull(target_landmarks_xy_px, shape), width, height) * _covered(
        donor, motion, (width, height), sigma_px
    )
    if not region.any():
        raise ValueError("no part of the face is in both pictures: no pixel would be forged")
    levels = layer.astype(np.float32)
    if recipe.has_color_transfer:
        levels = transfer_color(levels, target.astype(np.float32), region > 0)
    mask = feather(region, sigma_px)
    if recipe.blending is Blending.POISSON:
        levels = _continued(target, levels, mask > 0)
    return lay_over(target, levels, mask)


def align(source: Landmarks, destination: Landmarks, alignment: Alignment) -> NDArray[np.float64]:
    """The transform that takes points nearest to others by least squares.

    Returns:
        Matrix for ``cv2.warpAffine``, shape (2, 3).
    """
    start, end = np.asarray(source, dtype=np.float64), np.asarray(destination, dtype=np.float64)
    if alignment is Alignment.AFFINE:
        solution = np.linalg.lstsq(np.column_stack([start, np.ones(len(start))]), end, rcond=None)[0]
        return np.asarray(solution.T)
    # As complex numbers a similarity is w = a z + b, and least squares has a closed form.
    z, w = start @ (1, 1j), end @ (1, 1j)
    a = np.vdot(z - z.mean(), w - w.mean()) / np.vdot(z - z.mean(), z - z.mean()).real
    b = w.mean() - a * z.mean()
    return np.array([[a.real, -a.imag, b.real], [a.imag, a.real, b.imag]])


def transfer_color(
    layer: NDArray[np.float32], reference: NDArray[np.float32], region: NDArray[np.bool_]
) -> NDArray[np.float32]:
    """Give a picture the mean and the spread of another's colours in a region, in CIE Lab.

    Args:
        layer, reference: Levels 0-255, shape (H, W, 3).
        region: Where both are measured, shape (H, W), not empty.

    Returns:
        The layer in its new colours, everywhere; levels 0-255, shape (H, W, 3).

    Source: Reinhard et al., Color Transfer between Images, IEEE CG&A 2001.
    Deviations: CIE Lab instead of l-alpha-beta; the spread is changed by a factor of 0.6 to 1.6 at most, so that a flat
    face does not turn into noise.
    """
    lab, lab_reference = (cv2.cvtColor(levels / np.float32(255), cv2.COLOR_RGB2LAB) for levels in (layer, reference))
    inside, inside_reference = lab[region], lab_reference[region]
    spread = inside_reference.std(axis=0) / np.maximum(inside.std(axis=0), 1e-3)
    fitted = (lab - inside.mean(axis=0)) * np.clip(spread, *_COLOR_SCALE_RANGE) + inside_reference.mean(axis=0)
    rgb = cv2.cvtColor(fitted.astype(np.float32), cv2.COLOR_LAB2RGB)
    return np.asarray(np.clip(rgb, 0, 1) * 255, dtype=np.float32)


def _covered(
    donor: Picture, motion: NDArray[np.float64], size: tuple[int, int], sigma_px: float
) -> NDArray[np.float32]:
    """1 where the moved donor has pixels, further from its edge than the rim's softness reaches; shape (H, W)."""
    present = np.ones(donor.shape[:2], dtype=np.uint8)
    # One pixel of rim more, so that a donor that fills the target exactly is not eroded from the target's own edge.
    shifted = motion.copy()
    shifted[:, 2] += 1
    width, height = size
    moved = cv2.warpAffine(present, shifted, (width + 2, height + 2), flags=cv2.INTER_NEAREST)
    reach = 2 * round(3 * sigma_px) + 1
    kernel = np.ones((reach, reach), dtype=np.uint8)
    inner = np.asarray(cv2.erode(moved, kernel, borderType=cv2.BORDER_REPLICATE), dtype=np.float32)
    return inner[1:-1, 1:-1]


def _continued(target: Picture, levels: NDArray[np.float32], region: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Bring a layer to the target's colours at the rim of a region by a smooth correction; levels, shape (H, W, 3).

    Source: Perez et al., Poisson Image Editing, SIGGRAPH 2003, Eq. 7-8 (the correction is their membrane).
    Deviations: the correction is at most 24 levels, so that hair or glasses under the rim do not bleed over the face;
    the soft mask hides the seam that remains.
    """
    layer = np.clip(np.rint(levels), 0, 255).astype(np.uint8)
    # The solver needs known pixels on all sides of the region, also where the face leaves the picture.
    rim = 2
    padded_target, padded_layer = (
        cv2.copyMakeBorder(picture, rim, rim, rim, rim, cv2.BORDER_REFLECT_101) for picture in (target, layer)
    )
    padded_region = np.pad(region.astype(np.uint8) * 255, rim)
    left, top, width, height = cv2.boundingRect(padded_region)
    center = (left + width // 2, top + height // 2)
    cloned = cv2.seamlessClone(padded_layer, padded_target, padded_region, center, cv2.NORMAL_CLONE)
    correction = np.asarray(cloned, dtype=np.float32)[rim:-rim, rim:-rim] - layer
    np.clip(correction, -_MAX_CORRECTION, _MAX_CORRECTION, out=correction)
    return levels + correction
