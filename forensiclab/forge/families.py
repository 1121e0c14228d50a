"""The families of forgeries, and one way to make any of them.

A plan is drawn once and applied to every frame of a clip, so that the forgery is the same throughout::

    plan = draw(Family.EXPRESSION, rng)
    forgery = apply(plan, picture, landmarks_xy_px, donor)
"""

from enum import StrEnum
from typing import Self

import cv2
import numpy as np

from forensiclab.core.errors import SettingsError, ShapeError
from forensiclab.core.records import Picture
from forensiclab.forge.blend import Forgery
from forensiclab.forge.expression import Donor, ExpressionPlan, apply_expression, draw_expression
from forensiclab.forge.face_swap import SwapRecipe, draw_swap, swap_face
from forensiclab.forge.hull import Landmarks, face_frame
from forensiclab.forge.mesh import Mesh, five_points
from forensiclab.forge.mesh_swap import express_mesh, swap_mesh
from forensiclab.forge.self_blend import BlendPlan, apply_blend, draw_blend
from forensiclab.forge.texture import TexturePlan, apply_texture, draw_texture

Plan = BlendPlan | ExpressionPlan | SwapRecipe | TexturePlan
"""One drawn forgery, of any family."""

_AROUND_PX = 8
_AROUND = np.array([(-2.4, -1.7), (2.4, 2.8)])
"""The part of a picture that a forgery can touch or look at, in face coordinates, with room for what is moved in."""


class Family(StrEnum):
    """What is forged, by the word used on the command line."""

    SELF_BLEND = "self_blend"
    """The face laid over itself, changed a little: traces of swapped faces such as Deepfakes."""
    EXPRESSION = "expression"
    """Mouth, jaw and brows moved as in another frame: reenactment such as Face2Face."""
    FACE_SWAP = "face_swap"
    """Another person's face, aligned, coloured and blended: FaceSwap."""
    TEXTURE = "texture"
    """The mouth redrawn from a code of low resolution: NeuralTextures."""

    @property
    def folder(self) -> str:
        """Name of the method in data sets, which no published data set uses."""
        return _FOLDERS[self]

    @property
    def mirrors(self) -> str:
        """The method of FaceForensics++ whose kind of forgery it is."""
        return _MIRRORED[self]

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a family's name.

        Raises:
            SettingsError: There is no such family.
        """
        try:
            return cls(text.strip())
        except ValueError as error:
            raise SettingsError(f"There is no family of forgeries '{text}'; there are: {', '.join(cls)}.") from error


_FOLDERS = {
    Family.SELF_BLEND: "SelfBlend",
    Family.EXPRESSION: "ExpressionWarp",
    Family.FACE_SWAP: "FaceSwapBlend",
    Family.TEXTURE: "MouthTexture",
}
_MIRRORED = {
    Family.SELF_BLEND: "Deepfakes",
    Family.EXPRESSION: "Face2Face",
    Family.FACE_SWAP: "FaceSwap",
    Family.TEXTURE: "NeuralTextures",
}


def draw(family: Family, rng: np.random.Generator) -> Plan:
    """Draw one forgery of a family."""
    match family:
        case Family.SELF_BLEND:
            return draw_blend(rng)
        case Family.EXPRESSION:
            return draw_expression(rng)
        case Family.FACE_SWAP:
            return draw_swap(rng)
        case Family.TEXTURE:
            return draw_texture(rng)


def apply(
    plan: Plan,
    picture: Picture,
    landmarks_xy_px: Landmarks,
    donor: Donor | None = None,
    mesh: Mesh | None = None,
) -> Forgery:
    """Carry out a forgery that has been drawn. Only the surroundings of the face are worked on.

    Args:
        plan: What was drawn.
        picture: A face crop or a whole frame, shape (H, W, 3).
        landmarks_xy_px: The five points of the face.
        donor: For a face swap the other person's face, which it needs; for an expression another frame of the same
            person, which it may have; where both have a mesh it may be another person's. The others take nothing from
            it.
        mesh: Of the face, where it is known: regions and warps then follow the face itself.

    Raises:
        ShapeError: The picture is not RGB.
        ValueError: The points do not form a face, it lies outside the picture, or a face swap has no donor.
    """
    if picture.ndim != 3 or picture.shape[2] != 3 or picture.dtype != np.uint8:
        raise ShapeError(f"A picture ({picture.dtype})", "(H, W, 3), uint8", picture.shape)
    height, width = picture.shape[:2]
    left, top, right, bottom = surroundings(landmarks_xy_px, width, height)
    if (left, top, right, bottom) == (0, 0, width, height):
        return _carry_out(plan, picture, landmarks_xy_px, donor, mesh)
    inner_points = [(x - left, y - top) for x, y in landmarks_xy_px]
    inner_mesh = None if mesh is None else (mesh - (left, top)).astype(np.float32)
    inner = _carry_out(plan, np.ascontiguousarray(picture[top:bottom, left:right]), inner_points, donor, inner_mesh)
    forged, mask = picture.copy(), np.zeros((height, width), dtype=np.float32)
    forged[top:bottom, left:right], mask[top:bottom, left:right] = inner.picture, inner.mask
    forged.setflags(write=False)
    mask.setflags(write=False)
    return Forgery(picture=forged, mask=mask)


def forge_crop(
    family: Family,
    picture: Picture,
    landmarks_xy_px: Landmarks,
    rng: np.random.Generator,
    donor: Donor | None = None,
    mesh: Mesh | None = None,
) -> Forgery:
    """Draw a forgery of a crop and carry it out: about 5 to 13 ms at 224 px on one core.

    Args:
        family: Of the forgery.
        picture: The crop, shape (H, W, 3).
        landmarks_xy_px: Its five points: found, or the usual ones of such crops (``hull.TIGHT_LANDMARKS``,
            ``hull.MARGIN_LANDMARKS`` through ``hull.scaled_landmarks``).
        rng: Where it is drawn from; the same state gives the same forgery.
        donor, mesh: As in ``apply``.

    Raises:
        ShapeError, ValueError: As in ``apply``.
    """
    return apply(draw(family, rng), picture, landmarks_xy_px, donor, mesh)


def _carry_out(
    plan: Plan, picture: Picture, landmarks_xy_px: Landmarks, donor: Donor | None, mesh: Mesh | None
) -> Forgery:
    donor_mesh = None if donor is None else donor.mesh
    match plan:
        case BlendPlan():
            return apply_blend(picture, landmarks_xy_px, plan, mesh)
        case ExpressionPlan():
            if mesh is not None and donor_mesh is not None:
                return express_mesh(picture, mesh, donor_mesh, plan)
            return apply_expression(picture, landmarks_xy_px, plan, donor)
        case TexturePlan():
            return apply_texture(picture, five_points(mesh) if mesh is not None else landmarks_xy_px, plan, mesh)
        case SwapRecipe():
            if donor is None:
                raise ValueError("a face swap needs a donor: the face of another person and its five points")
            if mesh is not None and donor_mesh is not None:
                return swap_mesh(picture, mesh, donor.picture, donor_mesh, plan)
            return swap_face(picture, landmarks_xy_px, donor.picture, donor.landmarks_xy_px, plan)


def surroundings(landmarks_xy_px: Landmarks, width: int, height: int) -> tuple[int, int, int, int]:
    """Return the part of a picture that a forgery is made in: left, top, right, bottom in whole pixels.

    Raises:
        ValueError: The points do not form a face, or it lies outside the picture.
    """
    frame = face_frame(landmarks_xy_px)
    corners = cv2.transform(np.stack(np.meshgrid(*_AROUND.T), axis=-1), frame).reshape(-1, 2)
    left, top = np.floor(corners.min(axis=0) - _AROUND_PX).astype(int)
    right, bottom = np.ceil(corners.max(axis=0) + _AROUND_PX).astype(int)
    left, top, right, bottom = max(0, int(left)), max(0, int(top)), min(width, int(right)), min(height, int(bottom))
    if left >= right or top >= bottom:
        raise ValueError("the face lies outside the picture: no pixel would be forged")
    return left, top, right, bottom
