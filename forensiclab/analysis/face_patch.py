"""The part of a frame that shows a face, recompressed and cut for detectors. Any thread may do it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from forensiclab.core.cancel import CancelToken
from forensiclab.core.compression import CLEAN, CompressionLevel
from forensiclab.core.errors import MediaError
from forensiclab.core.geometry import Box, crop_region, whole_region
from forensiclab.core.records import CropRule, FaceQuality, Picture, TrackedFace
from forensiclab.core.text import Sentence
from forensiclab.faces.crop import cut_square, measure_quality
from forensiclab.media.transcode import CompressedPicture, PictureAtLevels

_BLOCK_PX = 16
"""Side of a macroblock; the part of the frame begins where one does, so that blocks lie as in the exhibit."""

_AROUND_PX = 16
"""Taken on each side of what detectors see: what lies beside a block bears on how it is predicted."""

MAX_PIXELS = 1 << 24
"""A face and its surroundings of more than this are not recompressed, so that memory stays bounded."""

_TOO_LARGE = Sentence(
    "The face at {0:.2f} s takes {1} x {2} pixels with its surroundings; at most {3} million are compressed again."
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FacePatch:
    """A face with enough of its frame around it to be recompressed and cut under every crop rule."""

    tracked: TrackedFace
    """In pixels of the displayed frame."""
    picture: Picture
    """Part of the frame as stored, shape (H, W, 3)."""
    origin_xy_px: tuple[int, int]
    """Where it begins in the stored frame: a multiple of 16."""
    frame_size_px: tuple[int, int]
    """Width and height of the displayed frame."""
    scale_xy: tuple[float, float] = (1.0, 1.0)
    """Stored pixels per pixel of the displayed frame: not 1 where pixels are not square."""
    qp_mean: float | None
    """Measured under the face in the exhibit; None where its codec gives none."""


def cut_patch(
    frame: Picture,
    tracked: TrackedFace,
    margins: Sequence[float],
    *,
    qp_mean: float | None,
    frame_size_px: tuple[int, int] | None = None,
) -> FacePatch:
    """Take the part of a frame that crops of these margins need.

    Args:
        frame: The whole frame as stored, shape (H, W, 3).
        tracked: The face, in pixels of the displayed frame.
        margins: At least one.
        qp_mean: Measured under the face; None where the codec gives none.
        frame_size_px: Width and height of the displayed frame; None where they are those of the stored one.
    """
    height, width = frame.shape[:2]
    frame_size_px = frame_size_px or (width, height)
    scale_xy = width / frame_size_px[0], height / frame_size_px[1]
    shown = (crop_region(tracked.face.box_xyxy_px, margin, *frame_size_px) for margin in margins)
    regions = np.array([whole_region(region, scale_xy) for region in shown])
    left, top = (_start(float(edge) - _AROUND_PX) for edge in regions[:, :2].min(axis=0))
    right, bottom = (_end(float(edge) + _AROUND_PX) for edge in regions[:, 2:].max(axis=0))
    part = frame[top : min(bottom, height), left : min(right, width)].copy()
    part.flags.writeable = False
    return FacePatch(
        tracked=tracked,
        picture=part,
        origin_xy_px=(left, top),
        frame_size_px=frame_size_px,
        scale_xy=scale_xy,
        qp_mean=qp_mean,
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CutFace:
    """A face at a level, as detectors are given it."""

    crops: tuple[Picture, ...]
    """One per crop rule, in order, shape (S, S, 3)."""
    quality: FaceQuality
    """At that level; ``qp_mean`` as for ``LevelScore``."""


def cut_at(patch: FacePatch, level: CompressionLevel, rules: Sequence[CropRule]) -> CutFace:
    """Compress a face and cut it.

    Raises:
        MediaError: The face is too large to be recompressed.
        ValueError: The patch is too small for one of the rules.
    """
    if level != CLEAN and _is_too_large(patch):
        height, width = patch.picture.shape[:2]
        raise MediaError(_TOO_LARGE.filled(patch.tracked.pts_s, width, height, MAX_PIXELS // 1_000_000))
    compressed = _at_levels(patch).at(level)
    return CutFace(
        crops=tuple(_cut(compressed.picture, patch, rule) for rule in rules),
        quality=_quality(compressed, patch, level),
    )


def prepare(patch: FacePatch, levels: Sequence[CompressionLevel] = (), cancel: CancelToken | None = None) -> None:
    """Make now what a face needs at every level, then levels; nothing where it is too large to be recompressed.

    See ``PictureAtLevels.prepare`` for the levels, and for what ends this.
    """
    if not _is_too_large(patch):
        _at_levels(patch).prepare(levels, cancel)


def stand_in(patch: FacePatch, level: CompressionLevel, rule: CropRule) -> tuple[CompressionLevel, Picture] | None:
    """Return what can be shown at once: the nearest of the levels that are there, and the crop at it.

    None where there is none of this codec.
    """
    nearest = _at_levels(patch).nearest(level)
    return None if nearest is None else (nearest, cut_at(patch, nearest, (rule,)).crops[0])


def _is_too_large(patch: FacePatch) -> bool:
    height, width = patch.picture.shape[:2]
    return bool(height * width > MAX_PIXELS)


@lru_cache(maxsize=2)
def _at_levels(patch: FacePatch) -> PictureAtLevels:
    """Keep what was made of a face: it is looked at level by level, by one detector after the other."""
    return PictureAtLevels(patch.picture)


def _cut(picture: Picture, patch: FacePatch, rule: CropRule) -> Picture:
    """Cut the face under a crop rule where it would be cut from the whole frame; shape (S, S, 3)."""
    region = crop_region(patch.tracked.face.box_xyxy_px, rule.margin, *patch.frame_size_px)
    region = whole_region(region, patch.scale_xy)
    (left, top), (height, width) = patch.origin_xy_px, picture.shape[:2]
    stored = (round(size * scale) for size, scale in zip(patch.frame_size_px, patch.scale_xy, strict=True))
    limits = zip((left, top), (width, height), stored, strict=True)
    for axis, (start, extent, in_frame) in enumerate(limits):
        # Beyond the patch there is nothing, unless there is nothing beyond it in the frame either.
        if (region[axis] < start > 0) or (region[axis + 2] > start + extent < in_frame):
            raise ValueError(f"the patch is too small for crops of margin {rule.margin}; ask for one with that margin")
    return cut_square(picture, _moved(region, (left, top)), rule.size_px)


def _quality(compressed: CompressedPicture, patch: FacePatch, level: CompressionLevel) -> FaceQuality:
    """Measure the face at a level; of the exhibit as it is, take its own QP."""
    face = patch.tracked.face
    left, top = (start / scale for start, scale in zip(patch.origin_xy_px, patch.scale_xy, strict=True))
    points = face.landmarks_xy_px
    face = replace(
        face,
        box_xyxy_px=_moved(face.box_xyxy_px, (left, top)),
        landmarks_xy_px=points and tuple((x - left, y - top) for x, y in points),
    )
    quality = measure_quality(compressed.picture, face, compressed.qp, patch.scale_xy)
    return replace(quality, qp_mean=patch.qp_mean) if level == CLEAN else quality


def _moved(box: Box, origin_xy_px: tuple[float, float]) -> Box:
    """Return a box in the coordinates of a part that begins there."""
    left, top = origin_xy_px
    return box[0] - left, box[1] - top, box[2] - left, box[3] - top


def _start(edge: float) -> int:
    return max(0, int(edge // _BLOCK_PX) * _BLOCK_PX)


def _end(edge: float) -> int:
    return max(0, int(-(-edge // _BLOCK_PX)) * _BLOCK_PX)
