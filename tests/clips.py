"""Small clips, made with av."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

MakeClip = Callable[..., Path]


def moving_pictures(count: int, width: int, height: int) -> list[NDArray[np.uint8]]:
    """Noise that moves, so that every frame differs and every block has something to code."""
    random = np.random.default_rng(7)
    texture = random.integers(30, 226, (height, width + 2 * count, 3), dtype=np.uint8)
    return [np.ascontiguousarray(texture[:, 2 * i : 2 * i + width]) for i in range(count)]


@pytest.fixture
def make_clip(tmp_path: Path) -> MakeClip:
    """Write a clip; returns its path."""

    def make(
        name: str = "clip.mp4",
        *,
        frames: int = 12,
        size: tuple[int, int] = (64, 48),
        codec: str = "libx264",
        pixel_format: str = "yuv420p",
        options: dict[str, str] | None = None,
        container_options: dict[str, str] | None = None,
        times_ms: Sequence[int] | None = None,
        rotation_ccw: float | None = None,
        hflip: bool = False,
        pictures: Sequence[NDArray[np.uint8]] | None = None,
    ) -> Path:
        path = tmp_path / name
        width, height = size
        with av.open(str(path), "w", options=container_options or {}) as container:
            stream = container.add_stream(codec, rate=25, options=options or {})
            stream.width, stream.height, stream.pix_fmt = width, height, pixel_format
            if times_ms is not None:
                stream.codec_context.time_base = Fraction(1, 1000)
            if rotation_ccw is not None:
                stream.set_display_rotation(rotation_ccw, hflip=hflip)
            for number, picture in enumerate(pictures or moving_pictures(frames, width, height)):
                frame = av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(format=pixel_format)
                frame.pts = number if times_ms is None else times_ms[number]
                container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
        return path

    return make
