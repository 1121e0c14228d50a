"""The parts of a face by its mesh: regions with their outlines, the five points, and warps from mesh to mesh.

The 468 points are those of ``faces.mesh``, in MediaPipe's order; left and right are as seen in the picture.
"""

from enum import StrEnum
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.spatial import Delaunay

Mesh = NDArray[np.float32]
"""Points (x, y) of a face in pixels, shape (468, 2)."""


class MeshRegion(StrEnum):
    """A part of a face that forgeries replace."""

    OVAL = "oval"
    """The whole face, from the hairline to the chin."""
    NO_FOREHEAD = "no_forehead"
    """From the brows to the chin."""
    LOWER = "lower"
    """From the bridge of the nose to the chin."""
    FEATURES = "features"
    """Brows, eyes, nose and mouth, without cheeks and chin."""
    CHEEKS = "cheeks"
    """Both cheeks, each by itself."""
    MOUTH = "mouth"
    """Lips and the skin around them."""


def _points(text: str) -> NDArray[np.intp]:
    return np.array(text.split(), dtype=np.intp)


_OVAL: Final = _points(
    "10 338 297 332 284 251 389 356 454 323 361 288 397 365 379 378 400 377 152 148 176 149 150 136 172 58 132 93 234 "
    "127 162 21 54 103 67 109"
)
_BROWS: Final = _points("46 53 52 65 55 70 63 105 66 107 276 283 282 295 285 300 293 334 296 336")
_LEFT_EYE: Final = _points("33 7 163 144 145 153 154 155 133 173 157 158 159 160 161 246")
_RIGHT_EYE: Final = _points("263 249 390 373 374 380 381 382 362 398 384 385 386 387 388 466")
_NOSE: Final = _points("1 2 4 5 6 98 168 195 197 327 64 294")
_LIPS: Final = _points("61 146 91 181 84 17 314 405 321 375 291 409 270 269 267 0 37 39 40 185")
_AROUND_MOUTH: Final = _points("2 98 327 57 287 43 273 106 335 182 406 83 313 18 164 92 322 165 391 167 393")
_LEFT_CHEEK: Final = _points("118 117 123 147 187 205 36 101 50 207 206")
_RIGHT_CHEEK: Final = _points("347 346 352 376 411 425 266 330 280 427 426")
_BELOW_BROWS: Final = _points(
    "127 234 93 132 58 172 136 150 149 176 148 152 377 400 378 379 365 397 288 361 323 454 356"
)
_BELOW_EYES: Final = _points("93 132 58 172 136 150 149 176 148 152 377 400 378 379 365 397 288 361 323")
_BRIDGE: Final = _points("5 45 275 195")
_TIP, _LEFT_CORNER, _RIGHT_CORNER = 4, 61, 291

_OUTLINED: Final[dict[MeshRegion, tuple[NDArray[np.intp], ...]]] = {
    MeshRegion.OVAL: (_OVAL,),
    MeshRegion.NO_FOREHEAD: (np.concatenate([_BROWS, _BELOW_BROWS]),),
    MeshRegion.LOWER: (np.concatenate([_BRIDGE, _BELOW_EYES]),),
    MeshRegion.FEATURES: (np.concatenate([_BROWS, _LEFT_EYE, _RIGHT_EYE, _NOSE, _LIPS]),),
    MeshRegion.CHEEKS: (_LEFT_CHEEK, _RIGHT_CHEEK),
    MeshRegion.MOUTH: (np.concatenate([_LIPS, _AROUND_MOUTH]),),
}
"""The points whose convex hull a region is; several hulls for a region in several pieces."""

_STILL: Final = _points("33 133 362 263 168 6 197 10 151 9 127 356 234 454")
"""Points that hardly move with an expression: corners of the eyes, bridge of the nose, forehead, temples."""
_RIM: Final = 1.3
"""Size of the rim around a mesh to which a warp is continued, over that of its outline."""
_SUBPIXEL_BITS: Final = 4


def five_points(mesh: Mesh) -> tuple[tuple[float, float], ...]:
    """Return eyes, tip of the nose and corners of the mouth, as a face finder gives them."""
    places = (mesh[_LEFT_EYE].mean(axis=0), mesh[_RIGHT_EYE].mean(axis=0), *mesh[[_TIP, _LEFT_CORNER, _RIGHT_CORNER]])
    return tuple((float(x), float(y)) for x, y in places)


def region_outlines(mesh: Mesh, region: MeshRegion, growth: float = 1.0) -> tuple[NDArray[np.float32], ...]:
    """Return the convex outlines of a region's pieces.

    Args:
        mesh: The face.
        region: Which part of it.
        growth: Factor by which every piece is scaled about its middle.

    Returns:
        Vertices (x, y) in pixels in order around each piece, shape (N, 2); they may lie outside the picture.
    """
    outlines = []
    for indices in _OUTLINED[region]:
        hull = np.asarray(cv2.convexHull(mesh[indices])[:, 0, :], dtype=np.float32)
        middle = hull.mean(axis=0)
        outlines.append((middle + np.float32(growth) * (hull - middle)).astype(np.float32))
    return tuple(outlines)


def aligned(mesh: Mesh, to: Mesh) -> Mesh:
    """Return a mesh moved, turned and scaled so that its still points are nearest to another's, shape (468, 2)."""
    z, w = (points[_STILL].astype(np.float64) @ (1, 1j) for points in (mesh, to))
    scale = np.vdot(z - z.mean(), w - w.mean()) / np.vdot(z - z.mean(), z - z.mean()).real
    moved = w.mean() + scale * (mesh.astype(np.float64) @ (1, 1j) - z.mean())
    return np.stack([moved.real, moved.imag], axis=1).astype(np.float32)


def warp_to(mesh: Mesh, source: Mesh, width_px: int, height_px: int) -> NDArray[np.float32]:
    """Return where every pixel of a face comes from when the triangles of one mesh are filled from another's.

    Args:
        mesh: The face in the picture that is filled.
        source: The same points in the picture that is looked at.
        width_px, height_px: Size of the picture that is filled.

    Returns:
        Places (x, y) in the source in pixels, shape (H, W, 2), a little beyond the mesh as well; NaN elsewhere.
    """
    here, there = _with_rim(mesh), _with_rim(source)
    # Delaunay's triangles of the filled mesh cover its plane once, even where a turned face folds over.
    corners = Delaunay(here).simplices
    owner = np.full((height_px, width_px), -1, dtype=np.int32)
    vertices = np.rint(here * (1 << _SUBPIXEL_BITS)).astype(np.int32)
    for number, triangle in enumerate(vertices[corners]):
        cv2.fillConvexPoly(owner, triangle, number, shift=_SUBPIXEL_BITS)
    # The affine map of each triangle: places in the source = map @ (x, y, 1).
    homogeneous = np.concatenate([here[corners], np.ones((len(corners), 3, 1))], axis=2)
    maps = np.linalg.solve(homogeneous + 1e-9 * np.eye(3), there[corners])  # (T, 3, 2)
    places = np.full((height_px, width_px, 2), np.nan, dtype=np.float32)
    rows, columns = np.nonzero(owner >= 0)
    pixels = np.stack([columns, rows, np.ones(len(rows))], axis=1)
    places[rows, columns] = np.einsum("nk,nkc->nc", pixels, maps[owner[rows, columns]])
    return places


def _with_rim(mesh: Mesh) -> NDArray[np.float64]:
    """Return a mesh and a rim of points around it, shape (468 + 36, 2)."""
    outline = mesh[_OVAL].astype(np.float64)
    middle = outline.mean(axis=0)
    return np.concatenate([mesh.astype(np.float64), middle + _RIM * (outline - middle)])
