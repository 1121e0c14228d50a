"""Where the colour samples of a picture lie between its pixels: swscale asks, PyAV neither tells nor sets it."""

from fractions import Fraction
from typing import Final

import av
import numpy as np
from av.filter import Graph
from av.video.format import VideoFormat
from av.video.reformatter import Interpolation

from forensiclab.media.planes import PictureLayout, layout_of, load, store

_PLACES: Final = ("left", "unspecified", "center", "topleft", "top", "bottomleft", "bottom")
"""FFmpeg's names, the usual one first."""

_EXACT: Final = Interpolation.BICUBIC | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INT
_CHROMA_BLOCK = 16


def has_chroma_places(pixel_format: str) -> bool:
    """Whether a picture of this format has fewer samples of colour than pixels."""
    described = VideoFormat(pixel_format, _CHROMA_BLOCK, _CHROMA_BLOCK)
    is_reduced = (described.chroma_width(_CHROMA_BLOCK), described.chroma_height(_CHROMA_BLOCK)) != (
        _CHROMA_BLOCK,
        _CHROMA_BLOCK,
    )
    return is_reduced and len(described.components) >= 3 and not described.is_rgb


def place_of(picture: av.VideoFrame) -> str:
    """Find out where the colour samples of a picture lie, by converting noise in their place.

    Args:
        picture: As the decoder gave it; its samples are overwritten.

    Returns:
        FFmpeg's name of the place.
    """
    picture.make_writable()
    random = np.random.default_rng(0)
    for plane in picture.planes[1:]:
        plane.update(random.integers(64, 192, plane.buffer_size, dtype=np.uint8).tobytes())
    layout = layout_of(picture)  # its lines may have another length than before
    samples = memoryview(bytearray(layout.size_bytes))
    store(picture, layout, samples)
    wanted = picture.to_ndarray(format="rgb24", interpolation=_EXACT, threads=1)
    for place in _PLACES:
        found = Placer(layout, place).placed(load(layout, samples))
        if np.array_equal(wanted, found.to_ndarray(format="rgb24", interpolation=_EXACT, threads=1)):
            return place
    return _PLACES[0]


class Placer:
    """Says of pictures of one kind where their colour samples lie; the samples are not copied."""

    def __init__(self, layout: PictureLayout, place: str) -> None:
        """Prepare for pictures of this size and format; ``place`` as of ``place_of``."""
        self._graph = Graph()
        source = self._graph.add_buffer(
            width=layout.width, height=layout.height, format=VideoFormat(layout.pixel_format), time_base=Fraction(1, 25)
        )
        setter = self._graph.add("setparams", f"chroma_location={place}")
        sink = self._graph.add("buffersink")
        source.link_to(setter)
        setter.link_to(sink)
        self._graph.configure()
        self._count = 0

    def placed(self, picture: av.VideoFrame) -> av.VideoFrame:
        """Return the picture with the place set."""
        picture.pts = self._count
        self._count += 1
        self._graph.push(picture)
        placed = self._graph.pull()
        assert isinstance(placed, av.VideoFrame)
        return placed
