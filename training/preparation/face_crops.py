"""From a video to the crops of its faces: which frames, which faces, and the same boxes in other versions of it."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from forensiclab.core.errors import MediaError
from forensiclab.core.geometry import box_center_px, box_size_px, crop_region
from forensiclab.core.records import Crop, CropRule, Face, Picture, TrackedFace
from forensiclab.faces.crop import cut_crop, cut_region
from forensiclab.media.frame import Frame
from forensiclab.media.reader import MediaReader

if TYPE_CHECKING:
    from forensiclab.faces.finder import FaceFinder

Masks = dict[tuple[int, int], NDArray[np.uint8]]
"""(track id, frame index) -> grey levels of the shape of the crop, 255 = forged; without the frames that have none."""

MAX_FACES = 3
"""Faces of a video that come into question."""
_MAX_FACES_A_FRAME = 5
_NEAR, _MAX_GROWTH = 1.0, 1.6
"""From one chosen frame to the next a face moves by less than its size and grows by less than this factor."""


class FrameSizeError(MediaError):
    """The frames of two versions of a video differ in size: the boxes of one don't fit the other."""


class FaceSource(Protocol):
    """What is asked of a face finder."""

    def find_in(self, frame: Frame) -> tuple[Face, ...]:
        """Return the faces of a frame, in its pixels."""
        ...


class ProgramFinder:
    """The program's own face finder, loaded when the first frame comes, once in a process and with one thread.

    With more threads torch's sums come out in another order, and boxes would depend on the machine.
    """

    def find_in(self, frame: Frame) -> tuple[Face, ...]:
        """Return the faces of a frame, in its pixels, from the largest to the smallest."""
        return _program_finder().find_in(frame)


@cache
def _program_finder() -> "FaceFinder":
    import torch

    from forensiclab.faces.finder import FaceFinder  # face sequences are taken over without it

    torch.set_num_threads(1)
    return FaceFinder()


@dataclass(frozen=True, slots=True, kw_only=True)
class CropSettings:
    """How crops are made."""

    frames: int = 32
    """The most of a video, evenly spread over its time."""
    margin: float = 1.3
    """Side of the square over the longer side of the face's box."""
    size_px: int = 0
    """Side of the crops; 0 = as many pixels as the frame has there, so that nothing is resampled."""
    seed: int = 1
    """Of where in its share of the time each frame lies."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cuts:
    """Crops of one version of a video."""

    crops: tuple[Crop, ...]
    """In the order of presentation; ``track_id`` says whose."""
    frame_size_px: tuple[int, int]
    """Width and height."""
    frames_read: int
    end_note: str | None
    """What was not read, as a sentence."""

    def of(self, track_id: int) -> tuple[Crop, ...]:
        """Return the crops of one face."""
        return tuple(crop for crop in self.crops if crop.track_id == track_id)


def find_faces(path: Path, finder: FaceSource, settings: CropSettings, rng: np.random.Generator) -> Cuts:
    """Choose frames of a video, find the faces in them and cut them out, in one pass.

    Faces of neighbouring chosen frames are the same one where they lie near each other and are about as large. The
    ``MAX_FACES`` faces that were found most often are kept, numbered from 1: the most often found first, of equals the
    largest.

    Args:
        path: A video or a picture.
        finder: Finds faces.
        settings: How many frames, and how the crops are cut.
        rng: Draws the phase of the chosen times.

    Raises:
        MediaError: It cannot be read, or none of its chosen frames shows a face.
    """
    tracks: list[list[Crop]] = []
    chosen = 0
    with MediaReader(path, threads=1) as reader:
        for frame in _on_screen(reader.frames(), frame_times(_duration_s(reader, path), settings.frames, rng)):
            chosen += 1
            faces = finder.find_in(frame)[:_MAX_FACES_A_FRAME]
            if not faces:
                continue
            picture = frame.rgb()
            taken: set[int] = set()
            for face in faces:
                crop = _cut(frame, picture, face, 0, settings)
                number = _continued(tracks, crop, taken)
                taken.add(number)
                if number == len(tracks):
                    tracks.append([])
                tracks[number].append(crop)
        if not tracks:
            raise MediaError(f"No face was found in any of {chosen} frames of '{path}'.")
        best = sorted(tracks, key=lambda track: (-len(track), -sum(crop.quality.size_px for crop in track)))[:MAX_FACES]
        crops = [
            replace(crop, tracked=replace(crop.tracked, track_id=number))
            for number, track in enumerate(best, start=1)
            for crop in track
        ]
        crops.sort(key=lambda crop: (crop.frame_index, crop.track_id))
        return _cuts(crops, reader)


def cut_again(path: Path, pattern: Sequence[Crop], frame_size_px: tuple[int, int], settings: CropSettings) -> Cuts:
    """Cut the same boxes out of the same frames of another version of a video, in one pass.

    Args:
        path: The other version.
        pattern: Crops of the first; frames that this version does not have are left out.
        frame_size_px: Width and height of the first version's frames.
        settings: As for the first.

    Raises:
        MediaError: It cannot be read.
        FrameSizeError: Its frames have another size.
    """
    wanted = _by_frame(pattern)
    crops = []
    with MediaReader(path, threads=1) as reader:
        width, height = reader.info.width_px, reader.info.height_px
        if (width, height) != frame_size_px:
            raise FrameSizeError(
                f"'{path}' has frames of {width} x {height} pixels, the version in which its faces were found of "
                f"{frame_size_px[0]} x {frame_size_px[1]}: the boxes of one don't fit the other."
            )
        for frame in reader.frames():
            if frame.index not in wanted:
                continue
            picture = frame.rgb()
            for crop in wanted[frame.index]:
                face = Face(box_xyxy_px=crop.box_xyxy_px, landmarks_xy_px=None, confidence=None)
                crops.append(_cut(frame, picture, face, crop.track_id, settings))
        return _cuts(crops, reader)


def cut_masks(path: Path, pattern: Sequence[Crop], frame_size_px: tuple[int, int]) -> Masks:
    """Cut the regions of crops out of the video of their masks.

    Args:
        path: The masks, frame by frame; often shorter than the video.
        pattern: The crops.
        frame_size_px: Width and height of the video's frames; masks of another size are brought to it.

    Raises:
        MediaError: It cannot be read.
    """
    wanted = _by_frame(pattern)
    masks = {}
    with MediaReader(path, threads=1) as reader:
        for frame in reader.frames():
            if frame.index not in wanted:
                continue
            grey = frame.luma()
            if (frame.width_px, frame.height_px) != frame_size_px:
                grey = np.asarray(cv2.resize(grey, frame_size_px, interpolation=cv2.INTER_LINEAR), dtype=np.uint8)
            for crop in wanted[frame.index]:
                region = np.ascontiguousarray(cut_region(grey, crop.region_xyxy_px))
                masks[crop.track_id, frame.index] = _like(region, crop.picture)
    return masks


def in_box(crop: Crop, values: NDArray[np.float32]) -> float:
    """Average what is known of a crop's pixels over the part of the crop that the face's box covers.

    Args:
        crop: The crop.
        values: Shape (H, W) of its picture.
    """
    left, top, right, _ = crop.region_xyxy_px
    scale = crop.picture.shape[0] / (right - left)
    x0, y0, x1, y1 = (
        round((edge - start) * scale) for edge, start in zip(crop.box_xyxy_px, (left, top) * 2, strict=True)
    )
    inner = values[max(0, y0) : max(1, y1), max(0, x0) : max(1, x1)]
    return float(inner.mean()) if inner.size else 0.0


def frame_times(duration_s: float, frames: int, rng: np.random.Generator) -> list[float]:
    """Choose times in the middle of ``frames`` equal parts of a video, all shifted by the same phase.

    The phase is drawn from the part's middle half, so that another seed gives other frames, yet none at the very ends.
    """
    phase = rng.uniform(0.25, 0.75)
    return [(number + phase) * duration_s / frames for number in range(frames)]


def _duration_s(reader: MediaReader, path: Path) -> float:
    """Read the duration from the container; else count the frames in a pass of their own."""
    if reader.info.duration_s:
        return reader.info.duration_s
    if reader.info.is_image:
        return 0.0
    last_s = interval_s = 0.0
    with MediaReader(path, threads=1) as counting:
        for frame in counting.frames():
            last_s, interval_s = frame.pts_s, frame.pts_s - last_s
    return last_s + interval_s


def _on_screen(frames: Iterator[Frame], times_s: Sequence[float]) -> Iterator[Frame]:
    """Yield the frames on screen at ascending times, each once; times count from the first frame on."""
    number = 0
    before: Frame | None = None
    start_s = 0.0
    for frame in frames:
        if before is None:
            start_s = frame.pts_s
        elif number < len(times_s) and start_s + times_s[number] < frame.pts_s:
            while number < len(times_s) and start_s + times_s[number] < frame.pts_s:
                number += 1
            yield before
        before = frame
    if before is not None and number < len(times_s):
        yield before


def _cut(frame: Frame, picture: Picture, face: Face, track_id: int, settings: CropSettings) -> Crop:
    box = face.box_xyxy_px
    left, _, right, _ = crop_region(box, settings.margin, frame.width_px, frame.height_px)
    rule = CropRule(size_px=settings.size_px or round(right - left), margin=settings.margin)
    tracked = TrackedFace(track_id=track_id, frame_index=frame.index, pts_s=frame.pts_s, face=face)
    return cut_crop(picture, tracked, rule, qp=None, picture_type=frame.picture_type)


def _cuts(crops: Sequence[Crop], reader: MediaReader) -> Cuts:
    coding = reader.coding()
    return Cuts(
        crops=tuple(crops),
        frame_size_px=(reader.info.width_px, reader.info.height_px),
        frames_read=coding.frames_read,
        end_note=coding.end_note,
    )


def _by_frame(crops: Sequence[Crop]) -> dict[int, list[Crop]]:
    by_frame: dict[int, list[Crop]] = {}
    for crop in crops:
        by_frame.setdefault(crop.frame_index, []).append(crop)
    return by_frame


def _continued(tracks: Sequence[Sequence[Crop]], crop: Crop, taken: set[int]) -> int:
    """Return the track that a crop continues; ``len(tracks)`` for a new one."""
    size = box_size_px(crop.box_xyxy_px)
    best, best_distance = len(tracks), _NEAR * size
    for number, track in enumerate(tracks):
        last = track[-1].box_xyxy_px
        last_size = box_size_px(last)
        distance = math.dist(box_center_px(last), box_center_px(crop.box_xyxy_px))
        is_as_large = max(size, last_size) < _MAX_GROWTH * min(size, last_size)
        if number not in taken and is_as_large and distance < best_distance:
            best, best_distance = number, distance
    return best


def _like(region: NDArray[np.uint8], picture: Picture) -> NDArray[np.uint8]:
    """Return a square region at the size of a crop."""
    side = picture.shape[0]
    if region.shape[0] == side:
        return region
    interpolation = cv2.INTER_AREA if region.shape[0] > side else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(region, (side, side), interpolation=interpolation), dtype=np.uint8)
