"""Pictures that let something show through: they are put on white, as paper is."""

from typing import Final

import av
import numpy as np
from av.video.reformatter import Interpolation
from numpy.typing import NDArray

from forensiclab.core.text import Sentence
from forensiclab.media.frame import Orientation

ON_WHITE: Final = Sentence("Parts of the picture are transparent; it was examined on a white ground.")

_SIDE_DATA_WITH_METADATA: Final = frozenset(("png", "apng"))
"""Codecs whose side data (colour profiles) has metadata of its own, which PyAV frees though it is not its to free."""

_EXACT: Final = Interpolation.BICUBIC | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INT


def plain_picture(picture: av.VideoFrame, codec: str) -> tuple[av.VideoFrame, Orientation, bool]:
    """Return a picture without transparency, how it is to be turned, and whether anything showed through.

    Args:
        picture: As the decoder gave it; returned itself where it is opaque by its format.
        codec: FFmpeg's name of the codec.
    """
    is_unsafe = codec in _SIDE_DATA_WITH_METADATA
    if is_unsafe:  # the side data is not touched, but for this
        orientation = Orientation(rotation_deg=round(-picture.rotation / 90) % 4 * 90)
    else:
        orientation = Orientation.of_frame(picture)
    has_alpha = picture.format.has_palette or any(component.is_alpha for component in picture.format.components)
    if not is_unsafe and not has_alpha:
        return picture, orientation, False
    try:
        rgba = np.asarray(picture.to_ndarray(format="rgba", interpolation=_EXACT, threads=1), dtype=np.uint8)
    except (av.FFmpegError, OSError, ValueError):
        return picture, orientation, False  # whoever converts it next says so
    plain = av.VideoFrame.from_ndarray(on_white(rgba), format="rgb24")
    plain.pts, plain.dts, plain.pict_type = picture.pts, picture.dts, picture.pict_type
    if picture.time_base is not None:
        plain.time_base = picture.time_base
    plain.duration = picture.duration
    return plain, orientation, bool((rgba[..., 3] < 255).any())


def on_white(rgba: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Put a picture of shape (H, W, 4) on white; shape (H, W, 3)."""
    alpha = rgba[..., 3:].astype(np.uint32)
    return ((rgba[..., :3] * alpha + 255 * (255 - alpha) + 127) // 255).astype(np.uint8)
