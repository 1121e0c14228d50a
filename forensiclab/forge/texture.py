"""A generated mouth: its region passes through a code of low resolution and is redrawn from it.

Mirrors learnt renderers such as NeuralTextures, which redraw the region around the mouth: what comes out of a
decoder is the face without the fine texture that the code does not hold, on a grid that the decoder's up-sampling
leaves. No network is needed for such traces: the code here is a small picture with few levels and, for lips and teeth,
the strongest of the cosine coefficients of what it lacks.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from forensiclab.core.records import Picture
from forensiclab.forge.blend import Forgery, lay_over
from forensiclab.forge.hull import HullShape, Landmarks, face_frame, face_hull, feather, fill, to_face, to_pixels
from forensiclab.forge.mesh import Mesh, MeshRegion, region_outlines
from forensiclab.forge.self_blend import Range

_FACE = HullShape(chin=1.75, width=0.88)
"""The region ends where the face does, as in one that is turned."""
_PLAIN_WIDTH = 0.5
"""Where a mouth is known by its mesh, its region grows by as much as the drawn half width exceeds this."""
_BLOCK = 8
_OUTLINE_POINTS = 48


@dataclass(frozen=True, slots=True, kw_only=True)
class TextureRecipe:
    """What a generated mouth is drawn from; lengths are in shares of the distance from the eyes to the mouth."""

    width: Range = (0.5, 0.68)
    """Half the width of the region, which is at least as wide as the mouth."""
    above: Range = (0.28, 0.42)
    """How far it reaches above the line between the corners of the mouth."""
    below: Range = (0.42, 0.62)
    feather: Range = (0.04, 0.1)
    """Standard deviation of the Gaussian that softens the rim."""
    patch_cells: tuple[int, int] = (7, 12)
    """Blocks of 8 samples along each side of the drawn patch."""
    reduction: tuple[int, ...] = (2, 4)
    """Factor between the patch and its code; one of them."""
    step: Range = (2.0, 6.0)
    """Distance of the levels of the code, of 255."""
    threshold: Range = (6.0, 14.0)
    """Smallest cosine coefficient that is kept; the larger, the smoother."""
    grid: Range = (0.0, 0.012)
    """Relative height of the grid that up-sampling leaves."""
    stretch: float = 0.06
    """Greatest relative change of the mouth's height, and half of it of its width."""
    shift: float = 0.02
    shade: float = 0.03
    """Greatest relative change of the colours, of all channels together and, half of it, of each."""


DEFAULT_TEXTURE = TextureRecipe()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TexturePlan:
    """One draw from a recipe: applied to every frame of a video it gives the same generator."""

    width: float
    above: float
    below: float
    feather: float
    roundness: float
    """Exponent of the outline: 2 = an ellipse, more = nearer to a rectangle."""
    patch_px: int
    """Side of the patch; a multiple of 8 and of the reduction."""
    reduction: int
    step: float
    threshold: float
    grid: float
    stretch: tuple[float, float]
    shift_uv: tuple[float, float]
    gain: NDArray[np.float64]
    """Shape (3,)."""


def draw_texture(rng: np.random.Generator, recipe: TextureRecipe = DEFAULT_TEXTURE) -> TexturePlan:
    """Draw one generated mouth from a recipe."""

    def up_to(limit: float) -> float:
        return float(rng.uniform(-limit, limit))

    low, high = recipe.patch_cells
    return TexturePlan(
        width=float(rng.uniform(*recipe.width)),
        above=float(rng.uniform(*recipe.above)),
        below=float(rng.uniform(*recipe.below)),
        feather=float(rng.uniform(*recipe.feather)),
        roundness=float(rng.uniform(2.0, 3.5)),
        patch_px=_BLOCK * int(rng.integers(low, high + 1)),
        reduction=int(recipe.reduction[rng.integers(len(recipe.reduction))]),
        step=float(rng.uniform(*recipe.step)),
        threshold=float(rng.uniform(*recipe.threshold)),
        grid=float(rng.uniform(*recipe.grid)),
        stretch=(1 + up_to(recipe.stretch / 2), 1 + up_to(recipe.stretch)),
        shift_uv=(up_to(recipe.shift), up_to(recipe.shift)),
        gain=1 + up_to(recipe.shade) + rng.uniform(-recipe.shade / 2, recipe.shade / 2, 3),
    )


def apply_texture(picture: Picture, landmarks_xy_px: Landmarks, plan: TexturePlan, mesh: Mesh | None = None) -> Forgery:
    """Redraw the region around a mouth.

    Args:
        picture: A face crop or a whole frame, shape (H, W, 3).
        landmarks_xy_px: Its five points.
        plan: What was drawn.
        mesh: Of the face, where it is known: the region is then the mouth's own, and ends where the face does.

    Raises:
        ValueError: The points do not form a face, or its mouth lies outside the picture.
    """
    height, width = picture.shape[:2]
    frame = face_frame(landmarks_xy_px)
    unit_px = float(np.hypot(*frame[:, 0]))
    corners = to_face(frame, np.asarray(landmarks_xy_px, dtype=np.float64))[3:]
    mouth = corners.mean(axis=0)
    half_width = max(plan.width, 0.6 * float(np.ptp(corners[:, 0])))
    outline = to_pixels(frame, mouth + _outline(half_width, plan)).astype(np.float32)
    region = fill(outline, width, height)
    face = face_hull(landmarks_xy_px, _FACE)
    if mesh is not None:
        face = region_outlines(mesh, MeshRegion.OVAL)[0]
        growth = 1 + max(0.0, plan.width - _PLAIN_WIDTH)
        region = fill(region_outlines(mesh, MeshRegion.MOUTH, growth)[0], width, height)
    mask = feather(np.minimum(region, fill(face, width, height)), plan.feather * unit_px)

    # The patch covers the region, its soft rim and what the stretch moves in.
    reach = max(half_width, plan.above, plan.below) + 3 * plan.feather + 0.1
    per_sample = 2 * reach / plan.patch_px
    corner = mouth - reach + per_sample / 2
    to_picture = frame @ np.array([[per_sample, 0, corner[0]], [0, per_sample, corner[1]], [0, 0, 1]])
    size = (plan.patch_px, plan.patch_px)
    patch = cv2.warpAffine(
        _as_coarse(picture, per_sample * unit_px),
        to_picture,
        size,
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REFLECT_101,
    )
    drawn = _decoded(np.asarray(patch, dtype=np.float32), plan)
    changed = np.array([[plan.stretch[0], 0, plan.shift_uv[0]], [0, plan.stretch[1], plan.shift_uv[1]]])
    changed[:, 2] += mouth - changed[:, :2] @ mouth
    back = np.vstack([frame, (0, 0, 1)]) @ np.vstack([changed, (0, 0, 1)])
    placed = back[:2] @ np.array([[per_sample, 0, corner[0]], [0, per_sample, corner[1]], [0, 0, 1]])
    layer = cv2.warpAffine(drawn, placed, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return lay_over(picture, np.asarray(layer, dtype=np.float32) * plan.gain.astype(np.float32), mask)


def _outline(half_width: float, plan: TexturePlan) -> NDArray[np.float64]:
    """Outline a rounded box about the middle of the mouth, in face coordinates, shape (N, 2)."""
    angle = np.linspace(0, 2 * np.pi, _OUTLINE_POINTS, endpoint=False)
    power = 2 / plan.roundness
    right, down = np.cos(angle), np.sin(angle)
    u = half_width * np.sign(right) * np.abs(right) ** power
    v = np.where(down < 0, plan.above, plan.below) * np.sign(down) * np.abs(down) ** power
    return np.stack([u, v], axis=1)


def _as_coarse(picture: Picture, samples_px: float) -> Picture:
    """Remove what samples this far apart would alias; shape (H, W, 3)."""
    if samples_px <= 1:
        return picture
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), 0.4 * samples_px), dtype=np.uint8)


def _decoded(patch: NDArray[np.float32], plan: TexturePlan) -> NDArray[np.float32]:
    """Code a patch and draw it from its code; levels, shape (P, P, 3)."""
    size = patch.shape[0]
    small = (size // plan.reduction,) * 2
    code = np.rint(cv2.resize(patch, small, interpolation=cv2.INTER_AREA) / plan.step) * plan.step
    base = cv2.resize(code.astype(np.float32), (size, size), interpolation=cv2.INTER_CUBIC)
    basis = _cosines()
    cells = size // _BLOCK
    lacking = (patch - base).reshape(cells, _BLOCK, cells, _BLOCK, 3).transpose(0, 2, 4, 1, 3)
    coefficients = basis @ lacking @ basis.T  # (cells, cells, 3, 8, 8)
    coefficients[np.abs(coefficients) < plan.threshold] = 0
    kept = basis.T @ (np.rint(coefficients / plan.step) * plan.step) @ basis
    drawn = base + kept.transpose(0, 3, 1, 4, 2).reshape(size, size, 3)
    # A transposed convolution whose kernel is not a multiple of its stride reaches some samples more often than others.
    row = np.where(np.arange(size) % plan.reduction == 0, 1.0, -1.0 / (plan.reduction - 1))
    grid = 1 + plan.grid * np.add.outer(row, row) / 2
    return np.asarray(drawn * grid[..., None], dtype=np.float32)


def _cosines() -> NDArray[np.float32]:
    """Return the orthonormal cosine basis of 8 samples, one wave a row, shape (8, 8)."""
    waves = np.cos(np.pi * (np.arange(_BLOCK) + 0.5) * np.arange(_BLOCK)[:, None] / _BLOCK)
    waves *= np.sqrt(2 / _BLOCK)
    waves[0] /= np.sqrt(2)
    return np.asarray(waves, dtype=np.float32)
