"""Where the main face of a clip is, frame by frame, and which clips fit together."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import msgspec
import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from forensiclab.core.errors import MediaError
from forensiclab.core.files import write_whole
from forensiclab.core.geometry import box_size_px
from forensiclab.core.records import Picture
from forensiclab.faces.crop import pose_deg
from forensiclab.faces.finder import FaceFinder
from forensiclab.faces.track import FaceTracker
from forensiclab.forge.hull import face_frame, face_hull, fill
from forensiclab.media.reader import MediaReader
from training.preparation.compress_clips import clip_rate

Points = tuple[tuple[float, float], ...]
"""The five points of a face, pixels."""

MAX_POSE_DEG = 25.0
"""Difference of two heads, in yaw and pitch together, above which one face cannot be laid over the other."""
_MIN_UNIT_PX = 12.0
"""Least distance from the eyes to the mouth: below it there is nothing to forge."""
_SMOOTHING_FRAMES = 1.5
_DEGREES, _LEVELS = 8.0, 20.0
"""Differences of pose, and of colour in Lab, that weigh the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Appearance:
    """What has to be alike for one face to be laid over another."""

    yaw_deg: float
    pitch_deg: float
    color_lab: tuple[float, float, float]
    """Mean over the face; L in [0, 100]."""

    def pose_distance_deg(self, other: "Appearance") -> float:
        return abs(self.yaw_deg - other.yaw_deg) + abs(self.pitch_deg - other.pitch_deg)

    def distance(self, other: "Appearance") -> float:
        """Measure how badly two faces fit, 0 = not at all."""
        color = sum(abs(a - b) for a, b in zip(self.color_lab, other.color_lab, strict=True))
        return self.pose_distance_deg(other) / _DEGREES + color / _LEVELS


@dataclass(frozen=True, slots=True, kw_only=True)
class FacePath:
    """The main face of a clip."""

    frame_rate: float
    width_px: int
    height_px: int
    appearance: Appearance
    """The median pose, and the colour in one frame."""
    landmarks_xy_px: tuple[Points | None, ...]
    """Per frame; None where the face is not seen."""

    @property
    def seen(self) -> tuple[int, ...]:
        """Indices of the frames in which the face is seen, ascending."""
        return tuple(index for index, points in enumerate(self.landmarks_xy_px) if points is not None)

    def points(self, index: int) -> Points | None:
        """Return the points in a frame; None where the face is not seen, and beyond the last frame."""
        return self.landmarks_xy_px[index] if index < len(self.landmarks_xy_px) else None

    def save(self, path: Path) -> None:
        """Write it as JSON."""
        write_whole(path, msgspec.json.encode(self))

    @classmethod
    def load(cls, path: Path) -> "FacePath":
        """Read what ``save`` wrote.

        Raises:
            MediaError: The file is damaged.
        """
        try:
            return msgspec.json.decode(path.read_bytes(), type=FacePath)
        except (OSError, msgspec.DecodeError) as error:
            raise MediaError(f"'{path}' cannot be read: {error}. Delete it; it is made again.") from error


def follow_face(clip: Path, finder: FaceFinder) -> FacePath:
    """Follow the face that is largest over the whole clip; its points are smoothed over time.

    Raises:
        MediaError: The clip cannot be read, or shows no face, or one that is too small.
    """
    tracker = FaceTracker(finder)
    tracks: dict[int, dict[int, Points]] = {}
    sizes: dict[int, float] = {}
    colors: dict[int, tuple[float, float, float]] = {}
    count = 0
    with MediaReader(clip, threads=1) as reader:
        for frame in reader.frames():
            count += 1
            for tracked in tracker.step(frame).faces:
                points = tracked.face.landmarks_xy_px
                if points is None:
                    continue
                track = tracked.track_id
                tracks.setdefault(track, {})[frame.index] = points
                sizes[track] = sizes.get(track, 0.0) + box_size_px(tracked.face.box_xyxy_px)
                if track not in colors:
                    colors[track] = face_color(frame.rgb(), points)
        info, rate = reader.info, clip_rate(reader)
    if not tracks:
        raise MediaError(f"No face was found in any frame of '{clip}'.")
    main = max(sizes, key=lambda track: sizes[track])
    paths = _smoothed(tracks[main])
    unit_px = float(np.median([np.hypot(*face_frame(points)[:, 0]) for points in paths.values()]))
    if unit_px < _MIN_UNIT_PX:
        raise MediaError(
            f"The face in '{clip}' is too small to be forged: {unit_px:.0f} px from the eyes to the mouth."
        )
    poses = [pose for pose in (pose_of(points) for points in paths.values()) if pose is not None]
    if not poses:
        raise MediaError(f"The face in '{clip}' is never seen so that its pose can be told.")
    yaw, pitch = np.median(poses, axis=0)
    return FacePath(
        frame_rate=rate,
        width_px=info.width_px,
        height_px=info.height_px,
        appearance=Appearance(yaw_deg=float(yaw), pitch_deg=float(pitch), color_lab=colors[main]),
        landmarks_xy_px=tuple(paths.get(index) for index in range(count)),
    )


def pose_of(points: Points) -> tuple[float, float] | None:
    """Return yaw and pitch in degrees; None where the points make no face."""
    yaw, pitch, _ = pose_deg(points)
    return None if yaw is None or pitch is None else (yaw, pitch)


def face_color(picture: Picture, points: Points) -> tuple[float, float, float]:
    """Return the mean colour of a face in CIE Lab; that of the whole picture where the face lies outside."""
    height, width = picture.shape[:2]
    inside = fill(face_hull(points), width, height) > 0.5
    region = inside if inside.any() else np.ones_like(inside)
    mean = np.asarray(cv2.mean(picture, region.astype(np.uint8))[:3], dtype=np.float32) / np.float32(255)
    light, green_red, blue_yellow = cv2.cvtColor(mean[None, None], cv2.COLOR_RGB2LAB)[0, 0].tolist()
    return light, green_red, blue_yellow


def best_start(target: FacePath, donor: FacePath, step: int = 5) -> int:
    """Find where in the donor's seen frames to begin, so that poses agree best, frame by frame.

    Returns:
        A position in ``donor.seen``, a multiple of ``step``.
    """
    wanted, offered = _poses(target), _poses(donor)
    places = np.arange(0, len(wanted), step)
    distances = [
        float(np.abs(wanted[places] - offered[(start + places) % len(offered)]).mean())
        for start in range(0, len(offered), step)
    ]
    return step * int(np.argmin(distances))


def matched(numbers: Sequence[str], looks: Sequence[Appearance], rounds: int) -> list[tuple[str, str]]:
    """Pair clips that look alike: ``rounds`` times every clip once, the best fitting first.

    The one that is left over of an odd number goes with a clip that has a partner already. No pair comes twice.

    Args:
        numbers: Of the clips, at least two.
        looks: Of their faces.
        rounds: Partners for every clip; fewer where there are fewer others.
    """
    order = sorted(
        ((i, j) for i in range(len(numbers)) for j in range(i + 1, len(numbers))),
        key=lambda pair: looks[pair[0]].distance(looks[pair[1]]),
    )
    chosen: list[tuple[int, int]] = []
    for _ in range(rounds):
        taken: set[int] = set()
        used = set(chosen)
        fresh = [pair for pair in order if pair not in used]
        for pair in fresh:
            if not taken.intersection(pair):
                chosen.append(pair)
                taken.update(pair)
        for left in set(range(len(numbers))) - taken:
            late = next((pair for pair in fresh if left in pair and pair not in chosen), None)
            if late is not None:
                chosen.append(late)
    return sorted((numbers[i], numbers[j]) for i, j in chosen)


def _poses(path: FacePath) -> NDArray[np.float64]:
    """Return yaw and pitch at every seen frame, shape (N, 2); the median where they cannot be told."""
    usual = (path.appearance.yaw_deg, path.appearance.pitch_deg)
    points = (path.landmarks_xy_px[index] for index in path.seen)
    return np.array([(pose_of(five) or usual) if five is not None else usual for five in points])


def _smoothed(points: dict[int, Points]) -> dict[int, Points]:
    """Smooth points over the frames that follow each other."""
    frames = np.array(sorted(points))
    values = np.array([points[frame] for frame in frames.tolist()], dtype=np.float64)
    runs = np.split(np.arange(len(frames)), np.flatnonzero(np.diff(frames) > 1) + 1)
    smooth = np.concatenate([gaussian_filter1d(values[run], _SMOOTHING_FRAMES, axis=0, mode="nearest") for run in runs])
    return {
        frame: tuple((float(x), float(y)) for x, y in five) for frame, five in zip(frames.tolist(), smooth, strict=True)
    }
