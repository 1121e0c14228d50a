"""One face while it is being followed, and which found face continues it."""

import math
from array import array
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from forensiclab.core.geometry import Box, box_center_px, box_size_px, iou_matrix
from forensiclab.core.records import Face, TrackPath
from forensiclab.faces.appearance import appearance_of, likeness
from forensiclab.faces.flow import Motion

SAME_PLACE = 0.3
"""Overlap (IoU) from which two boxes are taken to show the same place."""

_ALLOWED_MISSES = 2
_NEAR = 0.5
_CENTER_GAIN, _SIZE_GAIN, _VELOCITY_GAIN = 0.5, 0.3, 0.3
_LIKE_IN_PLACE, _LIKE_AGAIN, _LIKE_ELSEWHERE = 0.2, 0.5, 0.65
"""Likeness that a found face needs: where the flow leads to it, in the place of a lost one, and near either."""
_MAX_GROWTH = 1.6
_IMPOSSIBLE = 1e6


def scaled_face(face: Face, scale: float) -> Face:
    """Scale a face to a picture of another size."""
    left, top, right, bottom = face.box_xyxy_px
    points = face.landmarks_xy_px
    return Face(
        box_xyxy_px=(left * scale, top * scale, right * scale, bottom * scale),
        landmarks_xy_px=None if points is None else tuple((x * scale, y * scale) for x, y in points),
        confidence=face.confidence,
    )


class FollowedFace:
    """A face that is being followed, in pixels of the luma that is tracked on."""

    def __init__(self, track_id: int, face: Face, luma: NDArray[np.uint8]) -> None:
        """Begin with a found face."""
        self.track_id = track_id
        self.face = face
        self.appearance = appearance_of(luma, face.box_xyxy_px)
        """As when the finder last saw it alone."""
        self.likeness = 1.0
        """Of the present box to that appearance."""
        self.is_crowded = False
        """Whether another face touches it."""
        self.lost_since_s: float | None = None
        self._velocity = 0j  # pixels per second
        self._passes = 1
        self._misses = 0

    @property
    def box(self) -> Box:
        return self.face.box_xyxy_px

    @property
    def is_lost(self) -> bool:
        return self.lost_since_s is not None

    @property
    def is_in_doubt(self) -> bool:
        """Whether the finder should look again soon."""
        return self.is_lost or self.is_crowded or self._misses > 0

    def move(self, motion: Motion, elapsed_s: float) -> None:
        """Go along with the flow."""
        points = self.face.landmarks_xy_px
        start = complex(*box_center_px(self.box))
        self.face = Face(
            box_xyxy_px=motion.box(self.box),
            landmarks_xy_px=None if points is None else tuple(motion.point(point) for point in points),
            confidence=None,
        )
        if elapsed_s > 0 and not self.is_crowded:  # beside another face the flow may be that one's
            velocity = (complex(*box_center_px(self.box)) - start) / elapsed_s
            self._velocity += _VELOCITY_GAIN * (velocity - self._velocity)

    def drift(self, elapsed_s: float) -> None:
        """Go on as before, while nothing is seen of it."""
        shift = self._velocity * elapsed_s
        self.move(Motion(start=0, end=shift, turn=1), 0.0)

    def lose(self, pts_s: float) -> None:
        """Note that nothing is seen of it from this time on, or from an earlier one."""
        if self.lost_since_s is None:
            self.lost_since_s = pts_s

    def miss(self, pts_s: float) -> None:
        """Note that the finder did not see it."""
        self._misses += 1
        if self._misses > min(self._passes, _ALLOWED_MISSES):
            self.lose(pts_s)

    def correct(self, found: Face, luma: NDArray[np.uint8]) -> None:
        """Take over what the finder saw: half of the shift, a third of the growth; all of it after a loss or a leap.

        The flow has moved the box already, so damping the rest takes out the finder's jitter without a lag.
        """
        is_near = not self.is_lost and iou_matrix([self.box], [found.box_xyxy_px])[0, 0] > _NEAR
        self.face = _blended(self.face, found) if is_near else found
        if not self.is_crowded:
            self.appearance = appearance_of(luma, self.box)
        self.likeness = likeness(self.appearance, luma, self.box)
        self.lost_since_s = None
        self._passes += 1
        self._misses = 0

    def cost_of(self, found: Face, overlap: float, luma: NDArray[np.uint8]) -> float:
        """Rate how badly a found face fits as its continuation.

        Returns:
            In [0, 3], the less the better; 1e6 where it cannot be. Where the flow leads to the found face, it must only
            not look quite different; in the place where this one was lost it must look like it, and elsewhere, within
            one face size and about as large, much like it.
        """
        similar = likeness(self.appearance, luma, found.box_xyxy_px)
        size, found_size = box_size_px(self.box), box_size_px(found.box_xyxy_px)
        distance = math.dist(box_center_px(self.box), box_center_px(found.box_xyxy_px))
        is_near = distance < size and max(size, found_size) < _MAX_GROWTH * min(size, found_size)
        fits = overlap > SAME_PLACE and similar > (_LIKE_AGAIN if self.is_lost else _LIKE_IN_PLACE)
        return (1 - overlap) + (1 - similar) if fits or (is_near and similar > _LIKE_ELSEWHERE) else _IMPOSSIBLE


def pair_up(
    followed: Sequence[FollowedFace], found: Sequence[Face], luma: NDArray[np.uint8]
) -> list[tuple[FollowedFace, Face]]:
    """Give found faces to followed ones, so that overlap and likeness are greatest in sum (Hungarian algorithm)."""
    overlaps = iou_matrix([track.box for track in followed], [face.box_xyxy_px for face in found])
    costs = np.full(overlaps.shape, _IMPOSSIBLE)
    for i, track in enumerate(followed):
        for j, face in enumerate(found):
            if math.dist(box_center_px(track.box), box_center_px(face.box_xyxy_px)) < 2 * box_size_px(track.box):
                costs[i, j] = track.cost_of(face, float(overlaps[i, j]), luma)
    rows, cols = linear_sum_assignment(costs)
    return [(followed[i], found[j]) for i, j in zip(rows, cols, strict=True) if costs[i, j] < _IMPOSSIBLE]


def _blended(followed: Face, found: Face) -> Face:
    """Go half of the way from where a face was carried to where it was found, and a third between the sizes."""
    (left, top, right, bottom), box = followed.box_xyxy_px, found.box_xyxy_px
    width = (right - left) + _SIZE_GAIN * ((box[2] - box[0]) - (right - left))
    height = (bottom - top) + _SIZE_GAIN * ((box[3] - box[1]) - (bottom - top))
    (x, y), (found_x, found_y) = box_center_px(followed.box_xyxy_px), box_center_px(box)
    x, y = x + _CENTER_GAIN * (found_x - x), y + _CENTER_GAIN * (found_y - y)
    points, found_points = followed.landmarks_xy_px, found.landmarks_xy_px
    if points is not None and found_points is not None:
        gain = _CENTER_GAIN
        found_points = tuple(
            (px + gain * (qx - px), py + gain * (qy - py))
            for (px, py), (qx, qy) in zip(points, found_points, strict=True)
        )
    return Face(
        box_xyxy_px=(x - width / 2, y - height / 2, x + width / 2, y + height / 2),
        landmarks_xy_px=found_points,
        confidence=found.confidence,
    )


class PathBuffer:
    """The boxes of a track as they come: 32 bytes a frame."""

    def __init__(self) -> None:
        self._frame_indices = array("q")
        self._pts_s = array("d")
        self._boxes = array("f")

    def add(self, frame_index: int, pts_s: float, box: Box) -> None:
        """Append a frame."""
        self._frame_indices.append(frame_index)
        self._pts_s.append(pts_s)
        self._boxes.extend(box)

    def path(self, track_id: int) -> TrackPath:
        """Copy what has come so far."""
        return TrackPath(
            track_id=track_id,
            frame_indices=np.array(self._frame_indices, dtype=np.int64),
            pts_s=np.array(self._pts_s, dtype=np.float64),
            boxes_xyxy_px=np.array(self._boxes, dtype=np.float32).reshape(-1, 4),
        )
