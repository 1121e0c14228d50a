"""Another expression: a face's own mouth, jaw and brows moved as in another frame, or as drawn.

Mirrors reenactment such as Face2Face, where identity and pose stay and the expression is another's: the pixels are the
person's own, warped by a smooth field, with a slightly other light and sharpness as of a rendered face.
"""

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from forensiclab.core.records import Picture
from forensiclab.forge.blend import Forgery, lay_over
from forensiclab.forge.face_swap import Alignment, align
from forensiclab.forge.hull import HullShape, Landmarks, face_frame, face_hull, feather, fill, to_face, to_pixels
from forensiclab.forge.mesh import Mesh
from forensiclab.forge.self_blend import Range, Texture, with_texture
from forensiclab.forge.warp import KNOTS_LEFT, KNOTS_SPAN, KNOTS_TOP, field_px, knots_uv, pull, spread

_KNOTS = 65
_HULL = HullShape(forehead=0.75, chin=1.8, width=0.88)
"""Nothing moves outside it."""
_REACH = np.array([(0.17, 0.17)] * 2 + [(0.28, 0.14), (0.28, 0.15), (0.32, 0.25)] + [(0.2, 0.16)] * 4)
"""How far each control carries its surroundings along, (u, v) standard deviations by the order of ``_controls``."""
_STILL = 0.14
"""The same for the eyes and the tip of the nose, which hold theirs still."""
_MAX_MOVE = 0.16
"""Greatest displacement of a control: with the reaches above, the field never folds."""
_ACTS_FROM, _ACTS_FULLY = 0.004, 0.02
"""Displacements between which the mask rises from 0 to 1."""
_MOUTH_WIDTH = 0.75
"""Of a mouth seen from the front; across one that is seen narrower, less is moved."""
_MIN_FLOW_PX = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Donor:
    """Another picture of a face, and its five points."""

    picture: Picture
    landmarks_xy_px: Landmarks
    mesh: Mesh | None = None
    """Where it is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpressionRecipe:
    """What an expression is drawn from; lengths are in shares of the distance from the eyes to the mouth."""

    opening: Range = (-0.03, 0.08)
    """How far the lower lip goes down; the jaw goes along."""
    smile: float = 0.08
    """Greatest displacement of the corners of the mouth, outwards and up or inwards and down."""
    twist: float = 0.03
    """Greatest displacement of the mouth to a side."""
    raising: Range = (-0.05, 0.09)
    """How far the brows go up."""
    frown: Range = (0.0, 0.04)
    """How far their inner ends go together."""
    least: float = 0.05
    """The largest displacement is at least this."""
    following: Range = (0.9, 1.2)
    """Factor by which the differences of another frame are taken over."""
    brightness: float = 0.04
    """Greatest relative change of all channels together, and half of it of each by itself."""
    textures: tuple[Texture, ...] = (Texture.KEPT, Texture.SOFTENED, Texture.SOFTENED, Texture.SHARPENED)
    softening: Range = (1.15, 1.7)
    sharpening: Range = (0.2, 0.5)


DEFAULT_EXPRESSION = ExpressionRecipe()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ExpressionPlan:
    """One draw from a recipe."""

    moves_uv: NDArray[np.float64]
    """Displacements of the controls in face coordinates, shape (9, 2): corners of the mouth, upper and lower lip, chin,
    left brow (outer, inner), right brow (inner, outer)."""
    following: float
    gain: NDArray[np.float64]
    """What colours are multiplied by, shape (3,)."""
    texture: Texture
    texture_amount: float


def draw_expression(rng: np.random.Generator, recipe: ExpressionRecipe = DEFAULT_EXPRESSION) -> ExpressionPlan:
    """Draw one expression from a recipe."""
    opening, raising, frown = (float(rng.uniform(*ends)) for ends in (recipe.opening, recipe.raising, recipe.frown))
    smile, twist, lopsided = (float(rng.uniform(-1, 1)) for _ in range(3))
    smile, twist = smile * recipe.smile, twist * recipe.twist
    left, right = raising * (1 + 0.3 * lopsided), raising * (1 - 0.3 * lopsided)
    moves = np.array(
        [
            (twist - smile, -0.5 * smile + 0.25 * opening),
            (twist + smile, -0.5 * smile + 0.25 * opening),
            (twist, -0.2 * opening),
            (twist, opening),
            (0.5 * twist, 0.9 * opening),
            (0.0, -0.8 * left),
            (frown, -left + 0.5 * frown),
            (-frown, -right + 0.5 * frown),
            (0.0, -0.8 * right),
        ]
    )
    largest = np.hypot(*moves.T).max()
    texture = recipe.textures[rng.integers(len(recipe.textures))]
    amounts = {Texture.SOFTENED: recipe.softening, Texture.SHARPENED: recipe.sharpening}
    shade = recipe.brightness
    return ExpressionPlan(
        moves_uv=moves * max(1.0, recipe.least / max(largest, 1e-6)),
        following=float(rng.uniform(*recipe.following)),
        gain=1 + rng.uniform(-shade, shade) + rng.uniform(-shade / 2, shade / 2, 3),
        texture=texture,
        texture_amount=float(rng.uniform(*amounts.get(texture, (0.0, 0.0)))),
    )


def apply_expression(
    picture: Picture, landmarks_xy_px: Landmarks, plan: ExpressionPlan, donor: Donor | None = None
) -> Forgery:
    """Give a face another expression.

    Args:
        picture: A face crop or a whole frame, shape (H, W, 3).
        landmarks_xy_px: Its five points.
        plan: What was drawn.
        donor: Another frame of the same person: half of the drawn displacements and all that differs between the two
            frames is used. None = the drawn displacements alone.

    Raises:
        ValueError: The points do not form a face, or it lies outside the picture.
    """
    height, width = picture.shape[:2]
    frame = face_frame(landmarks_xy_px)
    controls = _controls(landmarks_xy_px, frame)
    if donor is not None:
        plan = followed(plan, differences(picture, landmarks_xy_px, donor))
    moves = plan.moves_uv * (min(1.0, float(np.ptp(controls[:2, 0])) / _MOUTH_WIDTH), 1.0)
    length = np.maximum(np.hypot(*moves.T), 1e-9)
    moves = moves * np.minimum(1, _MAX_MOVE / length)[:, None]
    field = _field(landmarks_xy_px, frame, controls, moves)
    mask = spread(_acting(field), frame, width, height, cv2.INTER_LINEAR)
    mask = np.where(mask < 1 / 255, np.float32(0), np.minimum(mask, np.float32(1)))
    moved = pull(picture, -field_px(field, frame, width, height))
    layer = with_texture(moved, plan.texture, plan.texture_amount) * plan.gain.astype(np.float32)
    return lay_over(picture, layer, mask)


def _controls(landmarks_xy_px: Landmarks, frame: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the places that move, in face coordinates, shape (9, 2)."""
    points = to_face(frame, np.asarray(landmarks_xy_px, dtype=np.float64))
    left_eye, right_eye, _, left_corner, right_corner = points
    mouth = (left_corner + right_corner) / 2
    down = np.array([0.0, 1.0])
    brow = -0.3 * down
    across = (right_eye - left_eye) * 0.28
    return np.array(
        [
            left_corner,
            right_corner,
            mouth - 0.08 * down,
            mouth + 0.13 * down,
            mouth + 0.5 * down,
            left_eye + brow - across,
            left_eye + brow + across,
            right_eye + brow - across,
            right_eye + brow + across,
        ]
    )


def followed(plan: ExpressionPlan, differences_uv: NDArray[np.float64]) -> ExpressionPlan:
    """Adapt the plan to a frame whose controls differ from those of another frame by ``differences``."""
    return replace(plan, moves_uv=0.5 * plan.moves_uv + plan.following * differences_uv)


def differences(picture: Picture, landmarks_xy_px: Landmarks, donor: Donor) -> NDArray[np.float64]:
    """Measure how far each control of a face is from its place in another frame, in face coordinates, shape (9, 2).

    The other frame is aligned by the five points; what is left is followed with pyramidal Lucas-Kanade, there and back,
    less what the eyes and the nose seem to move. 0 where the way back does not end at the start.

    Raises:
        ValueError: The points do not form a face.
    """
    frame = face_frame(landmarks_xy_px)
    controls = _controls(landmarks_xy_px, frame)
    height, width = picture.shape[:2]
    unit_px = float(np.hypot(*frame[:, 0]))
    motion = align(donor.landmarks_xy_px, landmarks_xy_px, Alignment.SIMILARITY)
    other = cv2.warpAffine(donor.picture, motion, (width, height), borderMode=cv2.BORDER_REFLECT_101)
    here, there = (np.asarray(cv2.cvtColor(seen, cv2.COLOR_RGB2GRAY), dtype=np.uint8) for seen in (picture, other))
    anchors = to_face(frame, np.asarray(landmarks_xy_px, dtype=np.float64))[:3]
    starts = to_pixels(frame, np.concatenate([controls, anchors])).astype(np.float32)
    side = max(_MIN_FLOW_PX, round(0.3 * unit_px))

    def tracked(
        first: NDArray[np.uint8], second: NDArray[np.uint8], points: NDArray[np.float32]
    ) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
        ends, is_found, _ = cv2.calcOpticalFlowPyrLK(
            first, second, points, np.empty_like(points), winSize=(side, side), maxLevel=2
        )
        return np.asarray(ends, dtype=np.float32), np.asarray(is_found)[:, 0] == 1

    ends, is_found = tracked(here, there, starts)
    back, is_back = tracked(there, here, ends)
    miss_px = np.hypot(*(back - starts).T)
    is_good = is_found & is_back & (miss_px < max(1.0, 0.05 * unit_px))
    ways = np.linalg.solve(frame[:, :2], (ends - starts).T.astype(np.float64)).T
    still = ways[9:][is_good[9:]]
    rest = still.mean(axis=0) if len(still) else np.zeros(2)
    return np.asarray(np.where(is_good[:9, None], ways[:9] - rest, 0.0), dtype=np.float64)


def _field(
    landmarks_xy_px: Landmarks,
    frame: NDArray[np.float64],
    controls: NDArray[np.float64],
    moves: NDArray[np.float64],
) -> NDArray[np.float32]:
    """Return displacements at knots, shape (65, 65, 2): those of the controls around them, still at eyes and nose."""
    knots = knots_uv(_KNOTS)

    def nearness(points: NDArray[np.float64], reach: NDArray[np.float64]) -> NDArray[np.float64]:
        squares = (((knots[:, :, None, :] - points) / reach) ** 2).sum(axis=3)  # (65, 65, N)
        return np.asarray(np.exp(-squares / 2))

    anchors = to_face(frame, np.asarray(landmarks_xy_px, dtype=np.float64))[:3]
    free = np.prod(1 - nearness(anchors, np.full((3, 2), _STILL)), axis=2)
    outline = to_face(frame, face_hull(landmarks_xy_px, _HULL).astype(np.float64))
    corners = ((outline - (KNOTS_LEFT, KNOTS_TOP)) * ((_KNOTS - 1) / KNOTS_SPAN)).astype(np.float32)
    window = feather(fill(corners, _KNOTS, _KNOTS), 1.5) * free
    # Around where a control arrives, so that there what is fetched is what was at the control.
    shares = nearness(controls + moves, _REACH)
    shares /= np.maximum(1, shares.sum(axis=2, keepdims=True))  # controls that overlap do not add up
    field = shares @ moves * window[..., None]
    return np.asarray(field, dtype=np.float32)


def _acting(field: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return where a field acts, at the knots, shape (65, 65): a smooth cover of the places that it displaces."""
    size = np.hypot(field[..., 0], field[..., 1])
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (7, 7))
    cover = cv2.GaussianBlur(cv2.dilate(size, disc), (9, 9), 1.8)
    rise = np.clip((cover - _ACTS_FROM) / (_ACTS_FULLY - _ACTS_FROM), 0, 1)
    return np.asarray(rise * rise * (3 - 2 * rise), dtype=np.float32)
