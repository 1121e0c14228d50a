"""Cutting faces out for the detectors, and measuring how good they are."""

import math
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from forensiclab.core.geometry import Box, box_size_px, crop_region, scaled_box, whole_region
from forensiclab.core.records import Crop, CropRule, Face, FaceQuality, Picture, TrackedFace
from forensiclab.media.frame import QpMap

_SHARPNESS_SIDE_PX = 128

# The mean of five-point faces seen from the front, in units of the distance between the eyes.
_EYES_TO_MOUTH = 1.15
_NOSE_ON_THE_WAY = 0.49
"""Where the nose lies on the way from the eyes to the mouth, seen from the front."""
_NOSE_DEPTH = 0.45
"""How far the tip of the nose lies before the plane of eyes and mouth."""


def cut_crop(
    picture: Picture, tracked: TrackedFace, rule: CropRule, *, qp: QpMap | None, picture_type: str | None
) -> Crop:
    """Cut a face out of its frame under one crop rule; see ``cut_crops``."""
    return cut_crops(picture, tracked, (rule,), qp=qp, picture_type=picture_type)[0]


def cut_crops(
    picture: Picture,
    tracked: TrackedFace,
    rules: Sequence[CropRule],
    *,
    qp: QpMap | None,
    picture_type: str | None,
    frame_size_px: tuple[int, int] | None = None,
) -> tuple[Crop, ...]:
    """Cut a face out of its frame under several crop rules; its quality is measured once.

    The region is that of ``core.geometry.crop_region``; beyond the frame's edge the picture is reflected about its
    outermost pixels. A region larger than the crop is averaged over area, so that nothing aliases; a smaller one is
    interpolated linearly, which unlike a cubic draws no bright seams that the frame does not have. A region of
    the crop's own size is copied pixel by pixel.

    Args:
        picture: The whole frame at full size, shape (H, W, 3); its pixels need not be square.
        tracked: The face, in pixels of the displayed frame.
        rules: Crop rules of the detectors.
        qp: Quantisation parameters of the picture, None where the codec gives none.
        picture_type: ``I``, ``P``, ``B`` or None, for the record.
        frame_size_px: Width and height of the displayed frame; None where they are those of the picture. Where they
            differ, the resampling that brings a region to the size of the crop also makes its pixels square.

    Returns:
        One crop per rule, in order.
    """
    height, width = picture.shape[:2]
    frame_size_px = frame_size_px or (width, height)
    scale_xy = width / frame_size_px[0], height / frame_size_px[1]
    quality = measure_quality(picture, tracked.face, qp, scale_xy)
    regions = [crop_region(tracked.face.box_xyxy_px, rule.margin, *frame_size_px) for rule in rules]
    return tuple(
        Crop(
            tracked=tracked,
            rule=rule,
            region_xyxy_px=region,
            picture=cut_square(picture, whole_region(region, scale_xy), rule.size_px),
            quality=quality,
            picture_type=picture_type,
        )
        for rule, region in zip(rules, regions, strict=True)
    )


def cut_region(picture: NDArray[np.uint8], region: Box) -> NDArray[np.uint8]:
    """Take the pixels of a region given in whole pixels, reflected where it reaches beyond the picture.

    Args:
        picture: Shape (H, W) or (H, W, 3).
        region: At least one pixel wide and high; may lie anywhere.

    Returns:
        A view of the picture where the region lies in it, else a copy.
    """
    height, width = picture.shape[:2]
    left, top, right, bottom = (int(edge) for edge in region)
    if left >= 0 and top >= 0 and right <= width and bottom <= height:
        return picture[top:bottom, left:right]
    rows, cols = _reflected(top, bottom, height), _reflected(left, right, width)
    return picture[rows[:, None], cols]


def _reflected(start: int, end: int, extent: int) -> NDArray[np.int64]:
    """Fold indices [start, end) into [0, extent) about the centres of the outermost pixels: ``2 1 0 1 2 1 0``."""
    period = max(1, 2 * (extent - 1))
    folded = np.arange(start, end) % period
    return np.minimum(folded, period - folded) if extent > 1 else folded


def cut_square(picture: Picture, region: Box, size_px: int) -> Picture:
    """Copy a square region at another size, read-only, resampled as ``cut_crops`` says; shape (S, S, 3)."""
    part = cut_region(picture, region)
    height, width = part.shape[:2]
    if height == width == size_px:
        result = part.copy()
    else:
        interpolation = cv2.INTER_AREA if min(height, width) > size_px else cv2.INTER_LINEAR
        result = np.asarray(cv2.resize(part, (size_px, size_px), interpolation=interpolation), dtype=np.uint8)
    result.flags.writeable = False
    return result


def measure_quality(
    picture: Picture, face: Face, qp: QpMap | None, scale_xy: tuple[float, float] = (1.0, 1.0)
) -> FaceQuality:
    """Measure what decides whether a detector may judge a face.

    Args:
        picture: The whole frame, shape (H, W, 3).
        face: The face, in pixels of the displayed frame.
        qp: Quantisation parameters of the picture, None where the codec gives none.
        scale_xy: Pixels of the picture per pixel of the displayed frame.
    """
    in_picture = scaled_box(face.box_xyxy_px, scale_xy)
    yaw, pitch, roll = (None, None, None) if face.landmarks_xy_px is None else pose_deg(face.landmarks_xy_px)
    return FaceQuality(
        size_px=box_size_px(face.box_xyxy_px),
        sharpness=_sharpness(picture, in_picture),
        yaw_deg=yaw,
        pitch_deg=pitch,
        roll_deg=roll,
        qp_mean=None if qp is None else qp.mean_in(in_picture),
    )


def _sharpness(picture: Picture, box: Box) -> float:
    """Return the variance of the 3 x 3 Laplacian over the part of the box in the picture, at least one pixel of it."""
    height, width = picture.shape[:2]
    left, right = _inside(box[0], box[2], width)
    top, bottom = _inside(box[1], box[3], height)
    luma = cv2.cvtColor(np.ascontiguousarray(picture[top:bottom, left:right]), cv2.COLOR_RGB2GRAY)
    side = _SHARPNESS_SIDE_PX
    interpolation = cv2.INTER_AREA if min(luma.shape) > side else cv2.INTER_LINEAR
    luma = cv2.resize(luma, (side, side), interpolation=interpolation)
    return float(cv2.Laplacian(luma, cv2.CV_32F).var())


def _inside(start: float, end: float, extent: int) -> tuple[int, int]:
    first = min(max(0, round(start)), extent - 1)
    return first, max(first + 1, min(round(end), extent))


def pose_deg(
    landmarks_xy_px: tuple[tuple[float, float], ...],
) -> tuple[float | None, float | None, float | None]:
    """Estimate the pose of a head roughly from its five points.

    The model: the eyes and the corners of the mouth lie in a plane, the tip of the nose before it, seen from far away
    (scaled orthography). Turning the head moves the nose against the plane by depth x tan(angle) of the foreshortened
    side. That gives yaw from how far the nose lies beside the line from between the eyes to the middle of the mouth,
    and pitch from how far along that line it lies. Roll is the slope of the line through the eyes. The proportions are
    those of a mean face; with other faces and the finder's own errors expect about 10 degrees near the front, and
    worse beyond 45. It is meant to tell a frontal face from a turned one.

    Args:
        landmarks_xy_px: Left eye, right eye, nose, left and right corner of the mouth, as seen in the picture.

    Returns:
        (yaw, pitch, roll) in degrees. Yaw > 0: turned to the right of the picture; pitch > 0: turned up; roll > 0:
        tilted clockwise, as seen in the picture. All None where the points lie so that no face can be made of them.
    """
    left_eye, right_eye, nose, left_mouth, right_mouth = np.asarray(landmarks_xy_px, dtype=np.float64)
    across = right_eye - left_eye
    eye_distance = float(np.hypot(*across))
    if eye_distance < 1e-6:
        return None, None, None
    along_x, along_y = across / eye_distance
    eyes = (left_eye + right_eye) / 2
    to_mouth, to_nose = (left_mouth + right_mouth) / 2 - eyes, nose - eyes
    # In the axes of the face: x along the eyes, y down from them.
    mouth_x, mouth_y = along_x * to_mouth[0] + along_y * to_mouth[1], along_x * to_mouth[1] - along_y * to_mouth[0]
    nose_x, nose_y = along_x * to_nose[0] + along_y * to_nose[1], along_x * to_nose[1] - along_y * to_nose[0]
    if mouth_y < 1e-6:
        return None, None, None
    on_the_way = nose_y / mouth_y
    beside = (nose_x - on_the_way * mouth_x) / eye_distance
    yaw = math.atan(beside / _NOSE_DEPTH)
    pitch = math.atan((_NOSE_ON_THE_WAY - on_the_way) * _EYES_TO_MOUTH / _NOSE_DEPTH)
    roll = math.atan2(along_y, along_x)
    return math.degrees(yaw), math.degrees(pitch), math.degrees(roll)
