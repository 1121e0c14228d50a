"""Self-blended faces: a face laid over itself, changed a little, so that only the traces of forging are new.

Source: Shiohara & Yamasaki, Detecting Deepfakes with Self-Blended Images, CVPR 2022, section 3.
Deviations: the region comes from the 468 points of a mesh, or from five points where there is no mesh, instead of 81;
several regions are drawn from, not the whole face alone; the changes go to the face only, never to the background, so
that everything outside the mask stays the original; what would have been a change of the background (a sharper face
than its surroundings) is drawn as sharpening of the face; JPEG and a generator's low resolution are added.
"""

from dataclasses import dataclass
from enum import StrEnum

import cv2
import numpy as np
from numpy.typing import NDArray

from forensiclab.core.errors import ShapeError
from forensiclab.core.records import Picture
from forensiclab.forge.blend import Forgery, lay_over
from forensiclab.forge.hull import (
    MARGIN_LANDMARKS,
    HullShape,
    Landmarks,
    face_frame,
    face_hull,
    feather,
    fill,
    scaled_landmarks,
    to_pixels,
)
from forensiclab.forge.mesh import Mesh, MeshRegion, five_points, region_outlines
from forensiclab.forge.warp import field_px, move_points, pull

Range = tuple[float, float]
"""Both ends of a uniform distribution."""

_GRID = 7
"""Knots of a warp along each axis."""
_SHARPENING_PX = 1.2
"""Standard deviation of the Gaussian whose loss is added back."""
_GENERATED_SHARPENING = 0.8
"""Share that sharpening adds to a face that was brought back from a low resolution."""
_LUMA = np.array([0.299, 0.587, 0.114])


class Texture(StrEnum):
    """What is done to the fine structure of the face that is laid over."""

    KEPT = "kept"
    SOFTENED = "softened"
    """Scaled down and up again, as a generator of a low resolution gives it."""
    SHARPENED = "sharpened"
    RECOMPRESSED = "recompressed"
    """Through JPEG, as if it came from another file."""
    GENERATED = "generated"
    """Scaled down and up again and then sharpened, as swapped faces of a low resolution are brought back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BlendRecipe:
    """What a self-blended face is drawn from; lengths are in shares of the distance from the eyes to the mouth."""

    forehead: Range = (0.35, 0.8)
    chin: Range = (1.3, 1.7)
    width: Range = (0.72, 0.98)
    outline_warp: float = 0.06
    """Standard deviation of the random deformation of the outline."""
    feather: Range = (0.04, 0.2)
    """Standard deviation of the Gaussian that softens the rim."""
    opacities: tuple[float, ...] = (0.5, 0.75, 1.0, 1.0, 1.0)
    """One of them, each as likely, is the share of the new face inside the mask."""
    shift: float = 0.05
    """Greatest displacement of the face along each axis."""
    scale: float = 0.05
    """Greatest relative change of its size."""
    rotation_deg: float = 2.0
    face_warp: float = 0.02
    """Standard deviation of the random deformation of the face."""
    brightness: float = 0.12
    """Greatest change of all channels together, in shares of the face's mean colour."""
    tint: float = 0.07
    """Greatest change of each channel by itself, in the same shares: a dark face is tinted by less."""
    contrast: float = 0.12
    """Greatest relative change."""
    saturation: float = 0.25
    """Greatest relative change."""
    hue_deg: float = 7.0
    textures: tuple[Texture, ...] = (
        Texture.KEPT,
        Texture.SOFTENED,
        Texture.SHARPENED,
        Texture.RECOMPRESSED,
        Texture.GENERATED,
    )
    """One of them, each as likely, is used."""
    softening: Range = (1.3, 3.0)
    """Factor by which the face is scaled down."""
    sharpening: Range = (0.4, 1.2)
    """Share of the fine structure that is added once more."""
    jpeg_quality: tuple[int, int] = (40, 85)
    regions: tuple[MeshRegion, ...] = (
        MeshRegion.OVAL,
        MeshRegion.OVAL,
        MeshRegion.NO_FOREHEAD,
        MeshRegion.NO_FOREHEAD,
        MeshRegion.LOWER,
        MeshRegion.FEATURES,
        MeshRegion.CHEEKS,
        MeshRegion.MOUTH,
    )
    """One of them, each as likely, is laid over where the face has a mesh."""
    growth: Range = (0.86, 1.08)
    """Factor by which such a region is shrunk or grown."""


DEFAULT_RECIPE = BlendRecipe()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BlendPlan:
    """One draw from a recipe: applied to every frame of a video it gives the same forgery, moved with the face."""

    shape: HullShape
    outline_warp: NDArray[np.float32]
    """Displacements (u, v) at the knots, in face coordinates, shape (7, 7, 2)."""
    feather: float
    opacity: float
    shift_uv: tuple[float, float]
    scale: float
    rotation_deg: float
    face_warp: NDArray[np.float32]
    """As ``outline_warp``."""
    color: NDArray[np.float64]
    """Matrix that is applied to the difference of a colour from the face's mean colour, shape (3, 3)."""
    color_gain: NDArray[np.float64]
    """What the mean colour is multiplied by, shape (3,)."""
    texture: Texture
    texture_amount: float
    """Factor, share or JPEG quality; not used where the texture is kept."""
    region: MeshRegion
    """What is laid over where the face has a mesh; else it is ``shape``."""
    growth: float


def self_blend(
    picture: Picture,
    landmarks_xy_px: Landmarks | None,
    rng: np.random.Generator,
    recipe: BlendRecipe = DEFAULT_RECIPE,
) -> Forgery:
    """Forge a face by laying it over itself, changed a little.

    Args:
        picture: A face crop or a whole frame with one face, shape (H, W, 3).
        landmarks_xy_px: The five points; None for a crop of margin 1.3, where their usual place is taken.
        rng: Where the forgery is drawn from; the same state gives the same forgery.
        recipe: How far it may go.

    Raises:
        ShapeError: The picture is not RGB.
        ValueError: The points do not form a face, or it lies outside the picture.
    """
    return apply_blend(picture, landmarks_xy_px, draw_blend(rng, recipe))


def draw_blend(rng: np.random.Generator, recipe: BlendRecipe = DEFAULT_RECIPE) -> BlendPlan:
    """Draw one forgery from a recipe."""

    def up_to(limit: float) -> float:
        return float(rng.uniform(-limit, limit))

    knots = (_GRID, _GRID, 2)
    texture = recipe.textures[rng.integers(len(recipe.textures))]
    amounts = {
        Texture.KEPT: (0.0, 0.0),
        Texture.SOFTENED: recipe.softening,
        Texture.SHARPENED: recipe.sharpening,
        Texture.RECOMPRESSED: recipe.jpeg_quality,
        Texture.GENERATED: recipe.softening,
    }
    return BlendPlan(
        shape=HullShape(
            forehead=float(rng.uniform(*recipe.forehead)),
            chin=float(rng.uniform(*recipe.chin)),
            width=float(rng.uniform(*recipe.width)),
        ),
        outline_warp=recipe.outline_warp * rng.standard_normal(knots, dtype=np.float32),
        feather=float(rng.uniform(*recipe.feather)),
        opacity=float(recipe.opacities[rng.integers(len(recipe.opacities))]),
        shift_uv=(up_to(recipe.shift), up_to(recipe.shift)),
        scale=1 + up_to(recipe.scale),
        rotation_deg=up_to(recipe.rotation_deg),
        face_warp=recipe.face_warp * rng.standard_normal(knots, dtype=np.float32),
        color=_color_matrix(
            np.deg2rad(up_to(recipe.hue_deg)), 1 + up_to(recipe.saturation), 1 + up_to(recipe.contrast)
        ),
        color_gain=1 + up_to(recipe.brightness) + rng.uniform(-recipe.tint, recipe.tint, 3),
        texture=texture,
        texture_amount=float(rng.uniform(*amounts[texture])),
        region=recipe.regions[rng.integers(len(recipe.regions))],
        growth=float(rng.uniform(*recipe.growth)),
    )


def apply_blend(
    picture: Picture, landmarks_xy_px: Landmarks | None, plan: BlendPlan, mesh: Mesh | None = None
) -> Forgery:
    """Carry out a forgery that has been drawn.

    Args:
        picture, landmarks_xy_px: As in ``self_blend``.
        plan: What was drawn.
        mesh: The face's mesh, where it is known: its region replaces the average face round the five points.

    Raises:
        ShapeError, ValueError: As in ``self_blend``.
    """
    if picture.ndim != 3 or picture.shape[2] != 3 or picture.dtype != np.uint8:
        raise ShapeError(f"A picture ({picture.dtype})", "(H, W, 3), uint8", picture.shape)
    height, width = picture.shape[:2]
    landmarks = landmarks_xy_px or scaled_landmarks(MARGIN_LANDMARKS, width, height)
    if mesh is not None:
        landmarks = five_points(mesh)
    frame = face_frame(landmarks)
    unit_px = float(np.hypot(*frame[:, 0]))
    outlines = (face_hull(landmarks, plan.shape),) if mesh is None else region_outlines(mesh, plan.region, plan.growth)
    region = np.zeros((height, width), dtype=np.float32)
    for outline in outlines:
        region = np.maximum(region, fill(_deformed(outline, frame, plan.outline_warp), width, height))
    mask = feather(region, plan.feather * unit_px) * np.float32(plan.opacity)
    layer = with_texture(_moved(picture, frame, plan), plan.texture, plan.texture_amount)
    return lay_over(picture, _recolored(layer, mask, plan), mask)


def _color_matrix(hue_rad: float, saturation: float, contrast: float) -> NDArray[np.float64]:
    """Combine hue, saturation and contrast in one matrix that keeps grey grey, shape (3, 3)."""
    around = np.full(3, 1 / np.sqrt(3))
    cross = np.cross(np.eye(3), around)
    rotation = np.eye(3) + np.sin(hue_rad) * cross + (1 - np.cos(hue_rad)) * (cross @ cross)
    luma = np.tile(_LUMA, (3, 1))
    matrix: NDArray[np.float64] = contrast * (luma + saturation * (np.eye(3) - luma)) @ rotation
    return matrix


def _deformed(
    outline_xy_px: NDArray[np.float32], frame: NDArray[np.float64], warp: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Move the vertices of an outline by a warp, shape (N, 2)."""
    points = outline_xy_px.astype(np.float64)
    moved: NDArray[np.float32] = (points + move_points(points, frame, warp) @ frame[:, :2].T).astype(np.float32)
    return moved


def _moved(picture: Picture, frame: NDArray[np.float64], plan: BlendPlan) -> Picture:
    """Shift, scale, rotate and warp the whole picture about the middle of the face, shape (H, W, 3)."""
    height, width = picture.shape[:2]
    center = to_pixels(frame, np.array([[0.0, 0.5]]))[0]
    motion = cv2.getRotationMatrix2D((float(center[0]), float(center[1])), plan.rotation_deg, plan.scale)
    motion[:, 2] += frame[:, :2] @ np.asarray(plan.shift_uv)
    back = np.asarray(cv2.invertAffineTransform(motion), dtype=np.float64)
    return pull(picture, field_px(plan.face_warp, frame, width, height), back)


def with_texture(layer: Picture, texture: Texture, amount: float) -> NDArray[np.float32]:
    """Change the fine structure of a picture by a factor, share or quality; levels, shape (H, W, 3)."""
    height, width = layer.shape[:2]
    levels = layer.astype(np.float32)
    match texture:
        case Texture.SOFTENED:
            small = (max(1, round(width / amount)), max(1, round(height / amount)))
            shrunk = cv2.resize(levels, small, interpolation=cv2.INTER_AREA)
            return np.asarray(cv2.resize(shrunk, (width, height), interpolation=cv2.INTER_CUBIC), dtype=np.float32)
        case Texture.GENERATED:
            soft = with_texture(layer, Texture.SOFTENED, amount)
            return _sharpened(soft, _GENERATED_SHARPENING, amount)
        case Texture.SHARPENED:
            return _sharpened(levels, amount, _SHARPENING_PX)
        case Texture.RECOMPRESSED:
            return _through_jpeg(layer, round(amount)).astype(np.float32)
        case Texture.KEPT:
            return levels


def _sharpened(levels: NDArray[np.float32], share: float, sigma_px: float) -> NDArray[np.float32]:
    """Add a share of what a Gaussian takes away; levels, shape (H, W, 3)."""
    smooth = np.asarray(cv2.GaussianBlur(levels, (0, 0), sigma_px), dtype=np.float32)
    return levels + np.float32(share) * (levels - smooth)


def _through_jpeg(picture: Picture, quality: int) -> Picture:
    """Compress and decompress; shape (H, W, 3)."""
    # OpenCV takes its three channels for blue, green, red; their order decides which lose their detail.
    options = [cv2.IMWRITE_JPEG_QUALITY, quality]
    _, coded = cv2.imencode(".jpg", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), options)
    decoded = cv2.imdecode(coded, cv2.IMREAD_COLOR)
    assert decoded is not None
    return np.asarray(cv2.cvtColor(decoded, cv2.COLOR_BGR2RGB), dtype=np.uint8)


def _recolored(layer: NDArray[np.float32], mask: NDArray[np.float32], plan: BlendPlan) -> NDArray[np.float32]:
    """Change colours about the mean colour under the mask, so that contrast does not change the brightness."""
    mean = np.asarray(cv2.mean(layer, (mask > 0).astype(np.uint8))[:3])
    offset = plan.color_gain * mean - plan.color @ mean
    return np.asarray(cv2.transform(layer, np.column_stack([plan.color, offset])), dtype=np.float32)
