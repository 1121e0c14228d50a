"""Another person's face laid over a face by its mesh, and another expression by moving the mesh.

With 468 points known on both sides nothing has to be guessed: triangles of one face are filled from the other's, the
region is the face's own, and what moves is what differs between two meshes.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from forensiclab.core.records import Picture
from forensiclab.forge.blend import Forgery, lay_over
from forensiclab.forge.expression import ExpressionPlan
from forensiclab.forge.face_swap import Blending, SwapRecipe, continued, skin, transfer_color
from forensiclab.forge.hull import face_frame, feather, fill
from forensiclab.forge.mesh import Mesh, MeshRegion, aligned, five_points, region_outlines, warp_to
from forensiclab.forge.self_blend import with_texture

_REGIONS = (MeshRegion.OVAL, MeshRegion.NO_FOREHEAD, MeshRegion.FEATURES)
_GROWTH = (0.9, 1.05)
"""Region and size of it follow from the recipe's forehead and width, whose ranges end here."""
_MAX_MOVE = 0.2
"""Greatest displacement of a point, in shares of the distance from the eyes to the mouth."""
_RIM_REACH = 0.25
"""How far from the rim of the face its points move less, in shares of the distance from the eyes to the mouth."""
_TURNED_AWAY = 0.35
"""How far the noses of two faces may be from each other between their cheeks, in shares of the face's width."""


def swap_mesh(target: Picture, mesh: Mesh, donor: Picture, donor_mesh: Mesh, recipe: SwapRecipe) -> Forgery:
    """Fill the triangles of a face from another person's.

    Args:
        target: The picture that is forged, shape (H, W, 3).
        mesh: Of its face.
        donor: The picture that the face comes from, of any size.
        donor_mesh: Of the donor's face.
        recipe: Colours, blending and rim; its forehead and width choose the region.

    Raises:
        ValueError: The heads are turned too differently, or no part of the face is in both pictures.
    """
    if abs(turn(mesh) - turn(donor_mesh)) > _TURNED_AWAY:
        raise ValueError("the heads are turned too differently: the donor's face lacks a side")
    height, width = target.shape[:2]
    places = warp_to(mesh, donor_mesh, width, height)
    is_known = np.isfinite(places[..., 0])
    donor_height, donor_width = donor.shape[:2]
    x, y = np.nan_to_num(places[..., 0], nan=-1), np.nan_to_num(places[..., 1], nan=-1)
    is_known &= (x >= 0) & (y >= 0) & (x <= donor_width - 1) & (y <= donor_height - 1)
    layer = cv2.remap(donor, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101).astype(np.float32)
    points = five_points(mesh)
    unit_px = float(np.hypot(*face_frame(points)[:, 0]))
    region = _filled(mesh, _region(recipe), _growth(recipe), width, height) * is_known
    sigma_px = recipe.feather * unit_px
    # Softened inwards: outside the region there may be nothing of the donor.
    reach = 2 * round(1.5 * sigma_px) + 1
    region = np.asarray(cv2.erode(region, np.ones((reach, reach), np.uint8)), dtype=np.float32)
    mask = feather(region, sigma_px) * is_known
    if not (region > 0).any():
        raise ValueError("no part of the face is in both pictures: no pixel would be forged")
    if recipe.has_color_transfer:
        layer = transfer_color(layer, target.astype(np.float32), skin(region > 0, points, unit_px))
    if recipe.blending is Blending.POISSON:
        layer = continued(target, layer, mask > 0)
    return lay_over(target, layer, mask)


def express_mesh(picture: Picture, mesh: Mesh, other: Mesh, plan: ExpressionPlan) -> Forgery:
    """Move the mouth, the jaw, the lids and the brows of a face to where another face has them.

    Args:
        picture: The picture that is forged, shape (H, W, 3).
        mesh: Of its face.
        other: Of another frame or person, in its own picture's pixels.
        plan: How far, and what is done to light and sharpness.

    Raises:
        ValueError: The face lies outside the picture.
    """
    height, width = picture.shape[:2]
    points = five_points(mesh)
    unit_px = float(np.hypot(*face_frame(points)[:, 0]))
    moves = plan.following * (aligned(other, mesh) - mesh)
    length = np.maximum(np.hypot(*moves.T), 1e-6)
    moves = moves * np.minimum(1, _MAX_MOVE * unit_px / length)[:, None] * _freedom(mesh, unit_px)[:, None]
    moved = (mesh + moves).astype(np.float32)
    places = warp_to(moved, mesh, width, height)
    is_known = np.isfinite(places[..., 0])
    x, y = np.nan_to_num(places[..., 0], nan=-1), np.nan_to_num(places[..., 1], nan=-1)
    layer = cv2.remap(picture, x, y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101)
    layer = with_texture(np.asarray(layer, dtype=np.uint8), plan.texture, plan.texture_amount)
    region = _filled(moved, MeshRegion.OVAL, 0.97, width, height) * is_known
    grid_x, grid_y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    distance = np.where(is_known, np.hypot(x - grid_x, y - grid_y), np.float32(0))
    acting = np.clip(cv2.GaussianBlur(distance, (0, 0), 0.08 * unit_px) / (0.02 * unit_px), 0, 1)
    mask = feather((region * acting).astype(np.float32), 0.05 * unit_px) * is_known
    return lay_over(picture, layer * plan.gain.astype(np.float32), mask)


def turn(mesh: Mesh) -> float:
    """Return how far a head is turned: place of the nose between the cheeks, from -0.5 (left in the picture) to 0.5."""
    left, right, tip = (mesh[index] for index in (234, 454, 4))
    across = right - left
    share = float(np.dot(tip - left, across) / max(float(np.dot(across, across)), 1e-6))
    return float(np.clip(share, 0, 1)) - 0.5


def _region(recipe: SwapRecipe) -> MeshRegion:
    low, high = 0.35, 0.6  # as ``draw_swap`` draws the forehead
    share = np.clip((high - recipe.forehead) / (high - low), 0, 0.999)
    return _REGIONS[int(share * len(_REGIONS))]


def _growth(recipe: SwapRecipe) -> float:
    return float(np.interp(recipe.width, (0.74, 0.9), _GROWTH))  # as ``draw_swap`` draws the width


def _filled(mesh: Mesh, region: MeshRegion, growth: float, width_px: int, height_px: int) -> NDArray[np.float32]:
    mask = np.zeros((height_px, width_px), dtype=np.float32)
    for outline in region_outlines(mesh, region, growth):
        mask = np.maximum(mask, fill(outline, width_px, height_px))
    return mask


def _freedom(mesh: Mesh, unit_px: float) -> NDArray[np.float32]:
    """Return how freely each point moves, shape (468,): not at all at the rim of the face, wholly inside it."""
    outline = region_outlines(mesh, MeshRegion.OVAL)[0]
    inside = [cv2.pointPolygonTest(outline, (float(x), float(y)), True) for x, y in mesh]
    freedom = np.clip(np.array(inside, dtype=np.float32) / np.float32(_RIM_REACH * unit_px), 0, 1)
    return np.asarray(freedom, dtype=np.float32)
