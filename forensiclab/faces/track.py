"""The same face over time."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from forensiclab.core.geometry import Box, box_center_px, box_size_px, iou_matrix
from forensiclab.core.records import Face, TrackedFace, TrackPath
from forensiclab.faces.appearance import likeness
from forensiclab.faces.flow import follow
from forensiclab.faces.followed_face import SAME_PLACE, FollowedFace, PathBuffer, pair_up, scaled_face
from forensiclab.faces.shots import ShotDetector
from forensiclab.media.frame import Frame

_LUMA_SIDE_PX = 640
_RETRY_FRAMES = 3
_ALL_SIZES_EVERY = 8
"""Passes of the finder from one that looks for faces of all sizes to the next."""
_SIZE_SHARE = 0.5
"""In the passes between, faces are looked for from this share of the smallest followed face on."""
_SURE = 0.95
"""Confidence from which a found face begins a track."""
_LIKE_BEFORE = 0.5
"""Likeness below which a followed box no longer shows the face."""
_TOUCHING, _ON_ONE_FACE = 0.1, 0.5
"""Overlap (IoU) of two tracks from which they touch, and from which they are taken to lie on one face."""


class FaceSource(Protocol):
    """What the tracker asks of a face finder."""

    def find_in(self, frame: Frame, *, is_thorough: bool = False, at_least_px: float = 0.0) -> tuple[Face, ...]:
        """Find the faces of a frame, in its pixels: carefully where a shot begins, or only those of a size."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackStep:
    """What the tracker knows after a frame."""

    faces: tuple[TrackedFace, ...]
    """The faces in this frame, by track id."""
    is_shot_cut: bool
    """Whether a new shot begins with this frame."""
    ended: tuple[int, ...]
    """Tracks that get no more faces, ascending; every id comes once, here or from ``FaceTracker.finish``."""


class FaceTracker:
    """Follows the faces of a video from frame to frame.

    The finder is asked on the first frame, then every ``find_every`` frames, where a new shot begins or frames are
    missing (there all tracks end), when a track is lost, and every third frame while a track is in doubt: lost, missed
    by the finder, or touching another one. In between, boxes and points follow the optical flow. Seven of eight passes
    look only for faces of at least half the size of the smallest followed one: a much smaller face that comes into a
    shot is found up to 80 frames later.

    - A track begins where the finder is sure of a face (confidence >= 0.95), and is reported at once. One it is less
      sure of can only continue a track: finding it again proves nothing, as what looks a little like a face in a still
      background does so in every frame. A face is therefore missing from the report until the finder is sure of it.
    - A track is lost where its points do not come back (``flow.follow``), where it no longer looks as when the finder
      last saw it, where another track lies on the same face and looks more like it, or where the finder missed it three
      times running (twice if it had found it only once).
    - A lost track goes on with its last velocity, unreported. A face found there that looks like it within ``bridge_s``
      continues it. After that, or once it has left the frame, it ends, and a face that comes back is a new track.
    - Found faces are given to tracks by overlap and appearance together (Hungarian algorithm), so that two faces that
      cross keep their numbers unless they look alike.

    Boxes may reach beyond the frame where the face does. Track ids count from 1 in the order in which they begin.
    Nothing depends on the clock or on chance.
    """

    def __init__(self, finder: FaceSource, *, find_every: int = 10, bridge_s: float = 0.5) -> None:
        """Begin with an empty scene.

        Args:
            finder: Finds the faces of a frame.
            find_every: Frames from one regular pass of the finder to the next, >= 1.
            bridge_s: For how long a lost track may be found again, seconds.
        """
        if find_every < 1:
            raise ValueError(f"find_every must be at least 1, not {find_every}")
        self._finder = finder
        self._find_every = find_every
        self._bridge_s = bridge_s
        self._shots = ShotDetector()
        self._tracks: list[FollowedFace] = []
        self._paths: dict[int, PathBuffer] = {}
        self._last_luma: NDArray[np.uint8] | None = None
        self._last_pts_s = 0.0
        self._frames_since_find = 0
        self._passes = 0

    def step(self, frame: Frame) -> TrackStep:
        """Take the next frame. Frames come in order; a shot also ends where their size changes."""
        luma = frame.luma(_LUMA_SIDE_PX)
        last = self._last_luma
        is_cut = self._shots.is_cut(luma) or (last is not None and last.shape != luma.shape)
        is_new_shot = last is None or is_cut or frame.follows_hole
        ended: list[int] = []
        is_loss = False
        if last is not None and not is_new_shot:
            is_loss = self._follow(last, luma, frame.pts_s)
        else:
            ended += self._end(self._tracks)
        self._frames_since_find += 1
        frame_over_luma = frame.width_px / luma.shape[1]
        if is_new_shot or is_loss or self._is_find_due():
            self._frames_since_find = 0
            at_least_px = 0.0 if is_new_shot else self._smallest_wanted_px() * frame_over_luma
            found = self._finder.find_in(frame, is_thorough=is_new_shot, at_least_px=at_least_px)
            self._associate([scaled_face(face, 1 / frame_over_luma) for face in found], luma, frame.pts_s)
        ended += self._end([track for track in self._tracks if self._is_over(track, luma.shape, frame.pts_s)])
        self._last_luma, self._last_pts_s = luma, frame.pts_s
        return TrackStep(faces=self._report(frame, frame_over_luma), is_shot_cut=is_cut, ended=tuple(sorted(ended)))

    def finish(self) -> tuple[int, ...]:
        """End the tracks that are left, because the stream has ended; ascending ids."""
        return tuple(sorted(self._end(self._tracks)))

    def path(self, track_id: int) -> TrackPath:
        """Return where a track's face was so far, in every frame in which it was reported.

        Raises:
            KeyError: No such track was ever reported.
        """
        return self._paths[track_id].path(track_id)

    def _smallest_wanted_px(self) -> float:
        """Return the size in the luma from which this pass looks for faces: every few passes all of them (0)."""
        self._passes = (self._passes + 1) % _ALL_SIZES_EVERY
        if self._passes == 0 or not self._tracks:
            return 0.0
        return _SIZE_SHARE * min(box_size_px(track.box) for track in self._tracks)

    def _is_find_due(self) -> bool:
        waited = self._frames_since_find
        return waited >= self._find_every or (
            waited >= _RETRY_FRAMES and any(track.is_in_doubt for track in self._tracks)
        )

    def _follow(self, before: NDArray[np.uint8], after: NDArray[np.uint8], pts_s: float) -> bool:
        """Carry all tracks over to the next frame; say whether one was lost."""
        elapsed_s = pts_s - self._last_pts_s
        seen = [track for track in self._tracks if not track.is_lost]
        for track in self._tracks:
            if track.is_lost:
                track.drift(elapsed_s)
        for track, motion in zip(seen, follow(before, after, [track.box for track in seen]), strict=True):
            if motion is None:
                track.drift(elapsed_s)
                track.lose(pts_s)
                continue
            track.move(motion, elapsed_s)
            track.likeness = likeness(track.appearance, after, track.box)
            if track.likeness < _LIKE_BEFORE:
                track.lose(pts_s)
        self._part([track for track in seen if not track.is_lost], pts_s)
        return any(track.is_lost for track in seen)

    def _part(self, seen: Sequence[FollowedFace], pts_s: float) -> None:
        """Mark tracks that touch; where two lie on one face, lose the one that looks less like it."""
        boxes = [track.box for track in seen]
        overlaps = iou_matrix(boxes, boxes)
        np.fill_diagonal(overlaps, 0)
        for track, row in zip(seen, overlaps, strict=True):
            track.is_crowded = bool((row > _TOUCHING).any())
        for i, j in np.argwhere(np.triu(overlaps > _ON_ONE_FACE)):
            min(seen[i], seen[j], key=lambda track: track.likeness).lose(pts_s)

    def _associate(self, found: Sequence[Face], luma: NDArray[np.uint8], pts_s: float) -> None:
        """Give found faces to tracks, begin tracks with those left over, count the misses of the others."""
        pairs = pair_up(self._tracks, found, luma)
        for track, face in pairs:
            track.correct(face, luma)
        continued = {id(track) for track, _ in pairs}
        given = {id(face) for _, face in pairs}
        seen = [track for track in self._tracks if id(track) in continued]
        missed = [track for track in self._tracks if id(track) not in continued]
        for track in missed:
            track.miss(pts_s)
        for face in found:
            box = face.box_xyxy_px
            if id(face) in given or (face.confidence or 0.0) < _SURE or _overlapping(box, seen):
                continue  # the last: the finder saw a known face twice
            for track in _overlapping(box, missed):
                track.lose(pts_s)  # another face has taken its place
            track_id = len(self._paths) + 1
            self._paths[track_id] = PathBuffer()
            seen.append(FollowedFace(track_id, face, luma))
        self._tracks = [*missed, *seen]

    def _is_over(self, track: FollowedFace, shape: tuple[int, ...], pts_s: float) -> bool:
        """Say whether a lost track has left the frame or been lost for too long."""
        if track.lost_since_s is None:
            return False
        x, y = box_center_px(track.box)
        return not (0 <= x < shape[1] and 0 <= y < shape[0]) or pts_s - track.lost_since_s >= self._bridge_s

    def _end(self, tracks: Sequence[FollowedFace]) -> list[int]:
        """Forget tracks and return their ids."""
        gone = {id(track) for track in tracks}
        self._tracks = [track for track in self._tracks if id(track) not in gone]
        return [track.track_id for track in tracks]

    def _report(self, frame: Frame, scale: float) -> tuple[TrackedFace, ...]:
        """Return the faces that are seen in this frame, in its pixels, and note them in their paths."""
        faces = []
        for track in self._tracks:
            if track.is_lost:
                continue
            face = scaled_face(track.face, scale)
            self._paths[track.track_id].add(frame.index, frame.pts_s, face.box_xyxy_px)
            faces.append(TrackedFace(track_id=track.track_id, frame_index=frame.index, pts_s=frame.pts_s, face=face))
        return tuple(sorted(faces, key=lambda tracked: tracked.track_id))


def _overlapping(box: Box, tracks: Sequence[FollowedFace]) -> list[FollowedFace]:
    overlaps = iou_matrix([box], [track.box for track in tracks])
    return [track for track, overlap in zip(tracks, overlaps[0], strict=True) if overlap > SAME_PLACE]
