"""Decoded pictures as bytes: how they get from one process to another."""

from dataclasses import dataclass
from multiprocessing.shared_memory import SharedMemory

import av
import numpy as np
from numpy.typing import NDArray

_ALIGNED_BYTES = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureLayout:
    """What is known of a picture but for its samples."""

    width: int
    height: int
    pixel_format: str
    planes: tuple[tuple[int, int], ...]
    """(lines, bytes a line) of each."""
    colorspace: int
    color_range: int
    color_primaries: int
    color_trc: int
    picture_type: int

    @property
    def size_bytes(self) -> int:
        """What its samples take."""
        return sum(_aligned(lines * line_bytes) for lines, line_bytes in self.planes)


def layout_of(picture: av.VideoFrame) -> PictureLayout:
    """Describe a picture whose lines follow each other downwards (see ``sendable``)."""
    return PictureLayout(
        width=picture.width,
        height=picture.height,
        pixel_format=picture.format.name,
        planes=tuple((plane.height, plane.line_size) for plane in picture.planes),
        colorspace=int(picture.colorspace),
        color_range=int(picture.color_range),
        color_primaries=int(picture.color_primaries),
        color_trc=int(picture.color_trc),
        picture_type=int(picture.pict_type),
    )


def sendable(picture: av.VideoFrame) -> av.VideoFrame:
    """The picture itself, or a copy of one whose lines are stored from the last to the first."""
    if all(plane.line_size > 0 for plane in picture.planes):
        return picture
    copy = picture.reformat(format="rgb24", threads=1)
    copy.pict_type = picture.pict_type
    return copy


def buffer_of(memory: SharedMemory) -> memoryview:
    """Return the bytes of shared memory that is open."""
    assert memory.buf is not None
    return memory.buf


def store(picture: av.VideoFrame, layout: PictureLayout, buffer: memoryview) -> None:
    """Copy the samples of a picture into a buffer of at least ``layout.size_bytes``."""
    start = 0
    for plane, (lines, line_bytes) in zip(picture.planes, layout.planes, strict=True):
        size = lines * line_bytes
        source = np.frombuffer(memoryview(plane), dtype=np.uint8, count=size)
        np.frombuffer(buffer, dtype=np.uint8, count=size, offset=start)[:] = source
        start += _aligned(size)


def load(layout: PictureLayout, buffer: memoryview) -> av.VideoFrame:
    """Make a picture of what was stored."""
    picture = av.VideoFrame(layout.width, layout.height, layout.pixel_format)
    start = 0
    for plane, (lines, line_bytes) in zip(picture.planes, layout.planes, strict=True):
        size = lines * line_bytes
        source = _lines(buffer[start : start + size], lines, line_bytes)
        target = _lines(memoryview(plane), lines, plane.line_size)
        used = min(line_bytes, plane.line_size)
        target[:, :used] = source[:, :used]
        start += _aligned(size)
    picture.colorspace, picture.color_range = layout.colorspace, layout.color_range
    picture.color_primaries, picture.color_trc = layout.color_primaries, layout.color_trc
    picture.pict_type = layout.picture_type
    return picture


def _lines(buffer: memoryview, lines: int, line_bytes: int) -> NDArray[np.uint8]:
    return np.frombuffer(buffer, dtype=np.uint8, count=lines * line_bytes).reshape(lines, line_bytes)


def _aligned(size: int) -> int:
    return -(-size // _ALIGNED_BYTES) * _ALIGNED_BYTES
