"""Face swaps: the face of one picture laid over the face of another.

The classical pipeline: align by the five points, fit the colours, blend; no network. Poses and expressions should be
alike; what differs is stretched by an affine alignment or a warp, or stays as it is under a similarity.
"""

from dataclasses import dataclass
from enum import StrEnum

import cv2
import numpy as np
from numpy.typing import NDArray

from forensiclab.core.records import Picture
from forensiclab.forge.blend import Forgery, lay_over
from forensiclab.forge.hull import HullShape, Landmarks, face_frame, face_hull, feather, fill, to_face
from forensiclab.forge.warp import field_px, knots_uv, pull


class Alignment(StrEnum):
    """Which transform takes the donor's five points to those of the target, by least squares."""

    SIMILARITY = "similarity"
    """Shift, rotation and one scale: the donor keeps the proportions of its face."""
    AFFINE = "affine"
    """Stretch and shear as well: the points meet more closely."""
    WARP = "warp"
    """A smooth warp as well: the points meet."""


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

_COLOR_SCALE_RANGE = (0.7, 1.3)
_MAX_CORRECTION = np.float32(24)
_SOLVED_AT_PX = 80
_RIM_PX = 2
_CUT_FEATHER, _ROUNDING = 0.06, 0.3
"""Where the donor's picture cuts the face: the greatest softness of the rim, and the radius of the corners; in shares
of the distance from the eyes to the mouth."""
_ROUNDED_AT_PX = 16
"""Length of that distance in the picture in which corners are rounded."""
_WARP_KNOTS = 25
_WARP_REACH = 0.5
"""How far a point carries its surroundings along, in shares of the distance from the eyes to the mouth."""


def draw_swap(rng: np.random.Generator) -> SwapRecipe:
    """Draw how a face is swapped: region, alignment and blending; the colours are always fitted."""
    alignments, blendings = tuple(Alignment), tuple(Blending)
    return SwapRecipe(
        forehead=float(rng.uniform(0.35, 0.6)),
        chin=float(rng.uniform(1.3, 1.6)),
        width=float(rng.uniform(0.74, 0.9)),
        alignment=alignments[rng.integers(len(alignments))],
        blending=blendings[rng.integers(len(blendings))],
        feather=float(rng.uniform(0.06, 0.16)),
    )


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
        ValueError: The points do not form a face, or no part of the face is in both pictures.
    """
    height, width = target.shape[:2]
    unit_px = float(np.hypot(*face_frame(target_landmarks_xy_px)[:, 0]))
    face_frame(donor_landmarks_xy_px)
    sigma_px = recipe.feather * unit_px
    motion = align(donor_landmarks_xy_px, target_landmarks_xy_px, recipe.alignment)
    if recipe.alignment is Alignment.WARP:
        layer = _warped(donor, donor_landmarks_xy_px, target_landmarks_xy_px, motion, (width, height))
    else:
        border = cv2.BORDER_REFLECT_101
        moved = cv2.warpAffine(donor, motion, (width, height), flags=cv2.INTER_LINEAR, borderMode=border)
        layer = np.asarray(moved, dtype=np.uint8)
    shape = HullShape(forehead=recipe.forehead, chin=recipe.chin, width=recipe.width)
    # Where both have a face: behind the cheek of a donor that is turned comes its background.
    donor_hull = face_hull(donor_landmarks_xy_px, shape) @ motion[:, :2].T + motion[:, 2]
    hull = fill(face_hull(target_landmarks_xy_px, shape), width, height)
    hull = np.minimum(hull, fill(donor_hull.astype(np.float32), width, height))
    region = hull * _covered(donor, motion, (width, height), sigma_px)
    if not np.array_equal(region, hull):  # a harder rim leaves more of a face that the donor's picture cuts
        sigma_px = min(sigma_px, _CUT_FEATHER * unit_px)
        region = _rounded(hull * _covered(donor, motion, (width, height), sigma_px), unit_px)
    if not region.any():
        raise ValueError("no part of the face is in both pictures: no pixel would be forged")
    levels = layer.astype(np.float32)
    if recipe.has_color_transfer:
        levels = transfer_color(levels, target.astype(np.float32), skin(region > 0, target_landmarks_xy_px, unit_px))
    mask = feather(region, sigma_px)
    if recipe.blending is Blending.POISSON:
        levels = continued(target, levels, mask > 0)
    return lay_over(target, levels, mask)


def align(source: Landmarks, destination: Landmarks, alignment: Alignment) -> NDArray[np.float64]:
    """Fit the affine transform, or similarity, that takes points nearest to others by least squares.

    Returns:
        Matrix for ``cv2.warpAffine``, shape (2, 3).
    """
    start, end = np.asarray(source, dtype=np.float64), np.asarray(destination, dtype=np.float64)
    if alignment is not Alignment.SIMILARITY:
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
    Deviations: CIE Lab instead of l-alpha-beta; the spread is changed by a factor of 0.7 to 1.3 at most, so that a flat
    face does not turn into noise.
    """
    measured = region.astype(np.uint8)
    lab, lab_reference = (cv2.cvtColor(levels / np.float32(255), cv2.COLOR_RGB2LAB) for levels in (layer, reference))
    (mean, deviation), (aim, aimed_deviation) = (cv2.meanStdDev(seen, mask=measured) for seen in (lab, lab_reference))
    spread = np.clip(aimed_deviation / np.maximum(deviation, 1e-3), *_COLOR_SCALE_RANGE)
    fitted = cv2.transform(lab, np.column_stack([np.diagflat(spread), aim - spread * mean]))
    rgb = np.asarray(cv2.cvtColor(fitted, cv2.COLOR_LAB2RGB), dtype=np.float32)
    return np.asarray(np.clip(rgb * np.float32(255), 0, 255), dtype=np.float32)


def _warped(
    donor: Picture, start: Landmarks, end: Landmarks, motion: NDArray[np.float64], size: tuple[int, int]
) -> Picture:
    """Align a donor so that its points meet the target's: affine, and a smooth field for what is left; (H, W, 3)."""
    frame = face_frame(end)
    points = np.asarray(start, dtype=np.float64) @ motion[:, :2].T + motion[:, 2]
    there, here = to_face(frame, points), to_face(frame, np.asarray(end, dtype=np.float64))

    def nearness(places: NDArray[np.float64]) -> NDArray[np.float64]:
        squares = ((places[..., None, :] - here) ** 2).sum(axis=-1)
        return np.asarray(np.exp(-squares / (2 * _WARP_REACH**2)))

    # The ridge keeps points that all but coincide, as in a profile, from pulling against each other.
    weights = np.linalg.solve(nearness(here) + 0.02 * np.eye(len(here)), there - here)
    field = field_px((nearness(knots_uv(_WARP_KNOTS)) @ weights).astype(np.float32), frame, *size)
    back = np.asarray(cv2.invertAffineTransform(motion), dtype=np.float64)
    in_donor = (field.astype(np.float64) @ back[:, :2].T).astype(np.float32)
    return pull(donor, in_donor, back, cv2.INTER_LINEAR)


def _covered(
    donor: Picture, motion: NDArray[np.float64], size: tuple[int, int], sigma_px: float
) -> NDArray[np.float32]:
    """Return 1 where the moved donor has pixels, further from its edge than the rim's softness reaches; (H, W)."""
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


def skin(region: NDArray[np.bool_], landmarks_xy_px: Landmarks, unit_px: float) -> NDArray[np.bool_]:
    """Cut out eyes and mouth, whose colours say little about the skin's; keep the region where nothing is left."""
    left_eye, right_eye, _, *corners = np.asarray(landmarks_xy_px, dtype=np.float64)
    left = region.astype(np.uint8)
    for place, radius in ((left_eye, 0.22), (right_eye, 0.22), (np.mean(corners, axis=0), 0.36)):
        center = (round(float(place[0])), round(float(place[1])))
        cv2.circle(left, center, round(radius * unit_px), 0, cv2.FILLED)
    return left > 0 if left.any() else region


def _rounded(region: NDArray[np.float32], unit_px: float) -> NDArray[np.float32]:
    """Round off the corners that the edge of the donor's picture cuts into a face; shape (H, W).

    What is thinner than the rounding is kept as it is where nothing else would be left.
    """
    height, width = region.shape
    scale = min(1.0, _ROUNDED_AT_PX / unit_px)
    small = cv2.resize(region, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else region
    side = 2 * round(_ROUNDING * unit_px * scale) + 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    opened = cv2.resize(cv2.morphologyEx(small, cv2.MORPH_OPEN, disc), (width, height))
    rounded = np.minimum(region, np.asarray(opened, dtype=np.float32))
    return rounded if rounded.max() > 0.5 else region


def continued(target: Picture, levels: NDArray[np.float32], region: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Bring a layer to the target's colours at the rim of a region by a smooth correction; levels, shape (H, W, 3).

    Source: Perez et al., Poisson Image Editing, SIGGRAPH 2003, Eq. 7-8 (the correction is their membrane).
    Deviations: solved on a picture of at most 80 px, as the membrane is smooth, and looked up from there; at most 24
    levels, so that hair or glasses under the rim do not bleed over the face; the soft mask hides the seam that remains.
    """
    left, top, width, height = cv2.boundingRect(region.astype(np.uint8))
    around = np.s_[max(0, top - _RIM_PX) : top + height + _RIM_PX, max(0, left - _RIM_PX) : left + width + _RIM_PX]
    levels = levels.copy()
    levels[around] += _correction(target[around], levels[around], region[around])
    return levels


def _correction(target: Picture, levels: NDArray[np.float32], region: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Compute what makes a layer meet the target around a region when added; levels, shape (H, W, 3)."""
    height, width = region.shape
    scale = min(1.0, _SOLVED_AT_PX / max(height, width))
    small = (max(1, round(width * scale)), max(1, round(height * scale)))
    layer = np.clip(np.rint(levels), 0, 255).astype(np.uint8)
    # The solver needs known pixels on all sides of the region, also where the face leaves the picture.
    padded_target, padded_layer = (
        cv2.copyMakeBorder(
            cv2.resize(picture, small, interpolation=cv2.INTER_AREA), *(_RIM_PX,) * 4, cv2.BORDER_REFLECT
        )
        for picture in (target, layer)
    )
    covered = cv2.resize(region.astype(np.float32), small, interpolation=cv2.INTER_AREA) > 0
    padded_region = np.pad(covered.astype(np.uint8) * 255, _RIM_PX)
    left, top, covered_width, covered_height = cv2.boundingRect(padded_region)
    center = (left + covered_width // 2, top + covered_height // 2)
    cloned = cv2.seamlessClone(padded_layer, padded_target, padded_region, center, cv2.NORMAL_CLONE)
    correction = (cloned.astype(np.float32) - padded_layer)[_RIM_PX:-_RIM_PX, _RIM_PX:-_RIM_PX]
    np.clip(correction, -_MAX_CORRECTION, _MAX_CORRECTION, out=correction)
    return np.asarray(cv2.resize(correction, (width, height), interpolation=cv2.INTER_LINEAR), dtype=np.float32)
