"""Pictures (JPEG, PNG, WebP, ...): read with Pillow, handed on as a video of one frame."""

import struct
import warnings
import zlib
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.video.frame import PictureType
from numpy.typing import NDArray
from PIL import Image, ImageOps

from forensiclab.core.errors import MediaError
from forensiclab.core.records import StreamInfo
from forensiclab.core.text import Sentence
from forensiclab.media.limits import MAX_PIXELS, MAX_SIDE_PX
from forensiclab.media.transparency import ON_WHITE

_FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "TIFF", "GIF", "AVIF", "PPM", "JPEG2000", "TGA", "ICO")

_VIDEO_FORMATS = ("GIF", "PNG", "AVIF")
"""Formats whose animations FFmpeg reads as videos."""

_DAMAGE = (
    *(OSError, EOFError, SyntaxError, ValueError, RuntimeError, LookupError, TypeError, ArithmeticError),
    *(AttributeError, MemoryError, struct.error, zlib.error),
)
"""What Pillow's decoders raise for damaged pictures."""

_EXIF_ORIENTATION = 0x0112
_ORIENTATIONS = {
    2: (0, True),
    3: (180, False),
    4: (180, True),
    5: (270, True),
    6: (90, False),
    7: (90, True),
    8: (270, False),
}
"""EXIF orientation -> (clockwise rotation, mirrored left to right before it)."""

_BITS_BY_MODE = {"1": 1, "I": 16, "I;16": 16, "I;16B": 16, "I;16L": 16, "F": 32}


def check_size(path: Path, width_px: int, height_px: int) -> None:
    """Refuse pictures that no evidence has and no memory holds.

    Raises:
        MediaError: A side or the area is 0 or absurdly large.
    """
    if width_px < 1 or height_px < 1:
        raise MediaError(
            Sentence(
                "'{0}' declares a picture of {1} x {2} pixels; there is nothing to examine.", path, width_px, height_px
            )
        )
    if max(width_px, height_px) > MAX_SIDE_PX or width_px * height_px > MAX_PIXELS:
        raise MediaError(
            Sentence(
                "'{0}' declares a picture of {1} x {2} pixels; at most {3} pixels a side and {4} million in all are "
                "read.",
                path,
                width_px,
                height_px,
                MAX_SIDE_PX,
                MAX_PIXELS // 1_000_000,
            )
        )


def read_still(path: Path) -> tuple[StreamInfo, av.VideoFrame, list[str]] | None:
    """Read a picture, turned upright as its EXIF orientation says.

    Transparent pictures are put on white; colours are taken as sRGB; grey values of 16 bits are scaled to 8.

    Returns:
        What is known, the displayed picture as an rgb24 frame, and sentences where the file holds more pictures than
        the first, or the picture is transparent; None where the file is no picture, or an animation that the video
        decoder reads.

    Raises:
        MediaError: A picture, but damaged or too large.
    """
    Image.init()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what Pillow only warns of is either refused below or does not matter
        try:
            image = Image.open(path, formats=[name for name in _FORMATS if name in Image.OPEN])
        except Image.DecompressionBombError as error:
            raise MediaError(
                Sentence("'{0}' declares more than {1} million pixels.", path, MAX_PIXELS // 1_000_000)
            ) from error
        except _DAMAGE:
            return None  # no picture, or one in its first bytes only: the video decoder has the last word
        try:
            with image:
                return _read(path, image)
        except _DAMAGE as error:
            raise MediaError(
                Sentence("'{0}' is a damaged or truncated {1} picture: {2}.", path, image.format, error)
            ) from error


def _read(path: Path, image: Image.Image) -> tuple[StreamInfo, av.VideoFrame, list[str]] | None:
    check_size(path, *image.size)
    pictures = getattr(image, "n_frames", 1)
    if pictures > 1 and image.format in _VIDEO_FORMATS:
        return None
    mode, stored_size, tables = image.mode, image.size, getattr(image, "quantization", None)
    container = str(image.format).lower()
    rotation_deg, is_mirrored = _ORIENTATIONS.get(image.getexif().get(_EXIF_ORIENTATION, 1), (0, False))
    pixels, is_transparent = _displayed_rgb(image)
    frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
    frame.pict_type, frame.pts, frame.time_base = PictureType.I, 0, Fraction(1)
    height_px, width_px = pixels.shape[:2]
    info = StreamInfo(
        container=container,
        codec=container,
        profile=None,
        pixel_format=mode,
        bit_depth=_BITS_BY_MODE.get(mode, 8),
        width_px=width_px,
        height_px=height_px,
        coded_width_px=stored_size[0],
        coded_height_px=stored_size[1],
        rotation_deg=rotation_deg,
        is_mirrored=is_mirrored,
        sample_aspect_ratio="1:1",
        color_space="rgb",
        color_primaries="unknown",
        color_transfer="unknown",
        color_range="full",
        is_hdr=False,
        is_interlaced=False,
        is_image=True,
        average_frame_rate=None,
        duration_s=None,
        declared_frames=1,
        n_streams=1,
        stream_index=0,
        has_audio=False,
        bit_rate_bps=None,
        encoder=_software(image),
        encoder_settings=None,
        requested_crf=None,
        jpeg_quality=jpeg_quality(tables) if tables else None,
    )
    is_collection = pictures > 1 and container != "mpo"  # an MPO's other pictures are previews and depth maps
    notes: list[str] = []
    if is_collection:
        notes.append(Sentence("The file holds {0} pictures; only the first was examined.", pictures))
    if is_transparent:
        notes.append(ON_WHITE)
    return info, frame, notes


def _displayed_rgb(image: Image.Image) -> tuple[NDArray[np.uint8], bool]:
    """Decode a picture to upright RGB, shape (H, W, 3), on white where it is transparent."""
    upright: Image.Image = ImageOps.exif_transpose(image)
    if upright.mode in _BITS_BY_MODE and _BITS_BY_MODE[upright.mode] == 16:
        grey = np.asarray(upright, dtype=np.float64) / 257
        upright = Image.fromarray(np.clip(np.rint(grey), 0, 255).astype(np.uint8))
    is_transparent = False
    if upright.has_transparency_data:
        with_alpha = upright.convert("RGBA")
        is_transparent = int(np.asarray(with_alpha.getchannel("A")).min()) < 255
        upright = Image.alpha_composite(Image.new("RGBA", with_alpha.size, "white"), with_alpha)
    return np.array(upright.convert("RGB"), dtype=np.uint8), is_transparent


def _software(image: Image.Image) -> str | None:
    """The program named in the picture's EXIF data."""
    text = image.getexif().get(0x0131)
    return str(text).strip("\0 ") or None if text else None


# ---- quality of a JPEG -----------------------------------------------------------------------------------------------

# fmt: off
_LUMA_TABLE = np.array([
    16, 11, 10, 16, 24, 40, 51, 61,      12, 12, 14, 19, 26, 58, 60, 55,
    14, 13, 16, 24, 40, 57, 69, 56,      14, 17, 22, 29, 51, 87, 80, 62,
    18, 22, 37, 56, 68, 109, 103, 77,    24, 35, 55, 64, 81, 104, 113, 92,
    49, 64, 78, 87, 103, 121, 120, 101,  72, 92, 95, 98, 112, 100, 103, 99,
])
_CHROMA_TABLE = np.array([
    17, 18, 24, 47, 99, 99, 99, 99,  18, 21, 26, 66, 99, 99, 99, 99,
    24, 26, 56, 99, 99, 99, 99, 99,  47, 66, 99, 99, 99, 99, 99, 99,
] + [99] * 32)
# fmt: on


def jpeg_quality(tables: dict[int, Sequence[int]]) -> int:
    """The quality 1-100 whose standard tables come nearest to a file's own, by the sum of absolute differences.

    Args:
        tables: Quantisation tables by id, 64 values each in rows; 0 is luma, 1 chroma.

    Source: ITU-T T.81, Annex K.1 (tables); the Independent JPEG Group's ``jpeg_quality_scaling`` (scaling).
    """
    standard = {0: _LUMA_TABLE, 1: _CHROMA_TABLE}
    known = [(np.asarray(values), standard[key]) for key, values in tables.items() if key in standard]
    return min(
        range(1, 101),
        key=lambda quality: sum(int(np.abs(own - _scaled(table, quality)).sum()) for own, table in known),
    )


def _scaled(table: NDArray[np.int_], quality: int) -> NDArray[np.int_]:
    scale = 5000 // quality if quality < 50 else 200 - 2 * quality
    return np.clip((table * scale + 50) // 100, 1, 255)
