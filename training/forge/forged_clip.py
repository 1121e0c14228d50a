"""One clip forged frame by frame, and its files."""

import tempfile
from collections.abc import Generator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d, median_filter

from forensiclab.core.errors import MediaError
from forensiclab.core.records import Picture
from forensiclab.forge.expression import Donor, ExpressionPlan, differences, followed
from forensiclab.forge.families import Plan, apply
from forensiclab.media.reader import MediaReader
from forensiclab.media.transcode import encode_clip
from training.forge.face_path import FacePath
from training.preparation.compress_clips import clip_frames

_MEDIAN_FRAMES, _SMOOTHING_FRAMES = 5, 2.0
"""How the differences of expressions are smoothed over time: a median, then a Gaussian."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """A real clip whose face is known."""

    number: str
    path: Path
    face: FacePath


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """A file of the forged clip."""

    path: Path
    crf: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What became of a clip."""

    frames: int
    forged: int
    left_out: str | None
    """Why frames in which the face is seen were left as they are: the first reason; None = none were."""


def write_real(clip: Clip, outputs: Sequence[Output]) -> None:
    """Encode a real clip from its decoded frames.

    Raises:
        MediaError: It cannot be read or written.
    """
    for output in outputs:
        with MediaReader(clip.path, threads=1) as reader:
            encode_clip(clip_frames(reader), output.path, crf=output.crf, frame_rate=clip.face.frame_rate)


def write_forged(
    target: Clip, plan: Plan, donor: tuple[Clip, int] | None, outputs: Sequence[Output], mask: Output | None
) -> Made:
    """Forge a clip and encode it from the forged frames, and its mask.

    Frames without the face stay as they are; their mask is empty. The masks are exact for the forged frames before
    they are encoded, but for one level of 255 that studio range loses.

    Args:
        target: The clip that is forged.
        plan: What was drawn, for all frames.
        donor: Where other faces come from, and which of its seen frames the first is; they follow each other, and
            begin again when the clip is over.
        outputs, mask: The files to write.

    Raises:
        MediaError: A clip cannot be read or written, or no frame could be forged.
    """
    made: Made
    with tempfile.TemporaryFile() as spool:
        made = _forge(target, plan, donor, spool)
        for output in outputs:
            spool.seek(0)
            with MediaReader(target.path, threads=1) as reader:
                frames = (_pasted(frame, _next_patch(spool)) for frame in clip_frames(reader))
                encode_clip(frames, output.path, crf=output.crf, frame_rate=target.face.frame_rate)
        if mask is not None:
            spool.seek(0)
            shape = (target.face.height_px, target.face.width_px)
            masks = (_mask(shape, _next_patch(spool)) for _ in range(made.frames))
            encode_clip(masks, mask.path, crf=mask.crf, frame_rate=target.face.frame_rate)
    return made


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Patch:
    """What a forgery changes in a frame; empty where it changes nothing."""

    left: int
    top: int
    pixels: NDArray[np.uint8]
    """RGB and the mask, shape (h, w, 4)."""


def _forge(target: Clip, plan: Plan, donor: tuple[Clip, int] | None, spool: IO[bytes]) -> Made:
    """Forge frame after frame and store what changes."""
    frames = forged = 0
    reason: str | None = None
    plans: dict[int, ExpressionPlan] = {}
    if isinstance(plan, ExpressionPlan) and donor is not None:
        plans, donor = _expressions(target, plan, donor), None
    faces = None if donor is None else _faces(*donor)
    try:
        with MediaReader(target.path, threads=1) as reader:
            for picture in clip_frames(reader):
                points = target.face.points(frames)
                frames += 1
                patch = _EMPTY
                if points is not None:
                    try:
                        face = None if faces is None else next(faces)
                        forgery = apply(plans.get(frames - 1, plan), picture, points, face)
                    except ValueError as error:
                        reason = reason or f"frame {frames - 1}: {error}"
                    else:
                        patch = _cut(forgery.picture, forgery.mask)
                        forged += 1
                _store(spool, patch)
    finally:
        if faces is not None:
            faces.close()
    if not forged:
        raise MediaError(f"No frame of '{target.path}' could be forged ({reason or 'it shows no face'}).")
    return Made(frames=frames, forged=forged, left_out=reason)


def _expressions(target: Clip, plan: ExpressionPlan, donor: tuple[Clip, int]) -> dict[int, ExpressionPlan]:
    """Plan every frame after the expressions of another stretch of the clip, smoothed over time."""
    found: dict[int, NDArray[np.float64]] = {}
    faces = _faces(*donor)
    try:
        with MediaReader(target.path, threads=1) as reader:
            for frame in reader.frames():
                points = target.face.points(frame.index)
                if points is not None:
                    with suppress(ValueError):  # it is told where the frame is to be forged
                        found[frame.index] = differences(frame.rgb(), points, next(faces))
    finally:
        faces.close()
    if not found:
        return {}
    steady = median_filter(np.stack(list(found.values())), size=(_MEDIAN_FRAMES, 1, 1), mode="nearest")
    smooth = gaussian_filter1d(steady, _SMOOTHING_FRAMES, axis=0, mode="nearest")
    return {index: followed(plan, moves) for index, moves in zip(found, smooth, strict=True)}


def _faces(clip: Clip, start: int) -> Generator[Donor, None, None]:
    """Yield the frames of a clip in which its face is seen, again and again, from one of them on."""
    skip = clip.face.seen[start % len(clip.face.seen)]
    is_over = False
    while not is_over:
        is_over = True
        with MediaReader(clip.path, threads=1) as reader:
            for frame in reader.frames():
                points = clip.face.points(frame.index) if frame.index >= skip else None
                if points is not None:
                    is_over = False
                    yield Donor(picture=frame.rgb(), landmarks_xy_px=points)
        skip = 0
    raise MediaError(f"The face in '{clip.path}' cannot be found again: the file has changed.")


def _cut(picture: Picture, mask: NDArray[np.float32]) -> _Patch:
    """Cut the smallest part of a frame that holds all of the mask; levels are rounded up, so that only 0 is 0."""
    levels = np.ceil(255 * mask).astype(np.uint8)
    rows, columns = np.flatnonzero(levels.any(axis=1)), np.flatnonzero(levels.any(axis=0))
    top, bottom, left, right = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
    part = np.dstack([picture[top:bottom, left:right], levels[top:bottom, left:right]])
    return _Patch(left=int(left), top=int(top), pixels=part)


def _store(spool: IO[bytes], patch: _Patch) -> None:
    height, width = patch.pixels.shape[:2]
    spool.write(np.array([patch.left, patch.top, width, height], dtype="<i4").tobytes())
    spool.write(patch.pixels.tobytes())


def _next_patch(spool: IO[bytes]) -> _Patch:
    left, top, width, height = np.frombuffer(spool.read(16), dtype="<i4").tolist()
    pixels = np.frombuffer(spool.read(4 * width * height), dtype=np.uint8).reshape(height, width, 4)
    return _Patch(left=left, top=top, pixels=pixels)


_EMPTY = _Patch(left=0, top=0, pixels=np.zeros((0, 0, 4), dtype=np.uint8))


def _place(patch: _Patch) -> tuple[slice, slice]:
    height, width = patch.pixels.shape[:2]
    return slice(patch.top, patch.top + height), slice(patch.left, patch.left + width)


def _pasted(picture: Picture, patch: _Patch) -> Picture:
    """Paste the forged part into a frame."""
    forged = picture.copy()
    forged[_place(patch)] = patch.pixels[..., :3]
    return forged


def _mask(shape: tuple[int, int], patch: _Patch) -> Picture:
    """Return the mask of a whole frame, grey, shape (H, W, 3)."""
    mask = np.zeros((*shape, 3), dtype=np.uint8)
    mask[_place(patch)] = patch.pixels[..., 3:]
    return mask
