"""Compressing pictures and clips in memory, and writing clips."""

import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from pathlib import Path
from threading import Lock

import av
import cv2
import numpy as np
from av.codec.context import CodecContext
from av.packet import Packet
from av.video.codeccontext import VideoCodecContext
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc, Interpolation
from av.video.stream import VideoStream
from numpy.typing import NDArray
from PIL import Image

from forensiclab.core.compression import Codec, CompressionLevel
from forensiclab.core.errors import MediaError, ShapeError
from forensiclab.core.records import Picture
from forensiclab.core.text import Sentence
from forensiclab.media.bitstream import EXPORT_QP
from forensiclab.media.frame import Frame, QpMap

_DRIFT_FRAMES = 9
_DRIFT_TARGET = 5
"""A clip made of one picture: this many frames, of which this one is the picture itself."""

_DRIFT_NOISE = 1.0
"""Standard deviation of the noise on the other frames, grey levels, as of a camera in good light."""

_BT709 = 1
"""AVCOL_SPC_BT709 of FFmpeg; PyAV has no name for it."""

_AVX_512F = 13
"""``CV_CPU_AVX_512F``, which OpenCV's Python module has no name for."""

_X264 = "threads=1:lookahead_threads=1:chromaloc=1" + (":asm=avx2" if cv2.checkHardwareSupport(_AVX_512F) else "")
"""x264's rate control depends on the number of threads; one makes the bytes the same on every machine. ``chromaloc``
says that the chroma samples lie where swscale puts them, or they would be shown half a pixel to the left. With AVX-512,
x264's macroblock tree gives another result from time to time; with AVX2 the same pictures always give the same."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CompressedPicture:
    """What is left of a picture, and how strongly the encoder compressed it."""

    picture: Picture
    """Read-only, of the shape of the one that was compressed."""
    qp: QpMap | None
    """Measured in the bitstream; None but for H.264."""


def compress_picture(picture: Picture, level: CompressionLevel) -> Picture:
    """What is left of a picture after compression; see ``compress_and_measure``."""
    return compress_and_measure(picture, level).picture


def compress_and_measure(picture: Picture, level: CompressionLevel) -> CompressedPicture:
    """What is left of a picture after compression, with the quantisation that was measured.

    JPEG and WebP store it at the quality, with 4:2:0 chroma. H.264 puts it into a clip of nine frames, as if a camera
    with a little noise drifted past it by a pixel a frame, and returns what the sixth frame, a P or B picture that
    shows the picture where it is, has become: so it went through motion compensation, deblocking and rate control as
    frames of videos do, and still lies exactly on the input.

    Args:
        picture: uint8 RGB, shape (H, W, 3), any size from 1 x 1.
        level: What to ask of the encoder.

    Returns:
        A read-only picture of the same shape; for ``clean`` the picture itself.
    """
    return PictureAtLevels(picture).at(level)


class PictureAtLevels:
    """A picture that is compressed at one level after the other; what the levels share is made once.

    Of the time that H.264 takes, the clip is up to half. Nearly all that is left is x264's own, and grows with the
    picture: it runs on one thread, because more of them make other pixels than those that calibrations were measured
    on, and nothing is gained by leaving after the frame that is wanted, because that one is coded last but one. Safe to
    share between threads.
    """

    def __init__(self, picture: Picture) -> None:
        """Take a picture; uint8 RGB, shape (H, W, 3), any size from 1 x 1."""
        self._picture = picture
        self._clip: list[av.VideoFrame] = []
        self._lock = Lock()
        """An encoder writes into the frames that it is given."""
        self._last: tuple[int, CompressedPicture] | None = None
        """CRF and result: a preview and a score of the same level may be asked for at once."""

    def prepare(self) -> None:
        """Make the clip now, so that the first level takes no longer than the others."""
        with self._lock:
            self._make_clip()

    def at(self, level: CompressionLevel) -> CompressedPicture:
        """The picture at a level; see ``compress_and_measure``."""
        picture = self._picture
        match level.codec:
            case Codec.CLEAN:
                return CompressedPicture(picture=picture, qp=None)
            case Codec.JPEG:
                stored = _through_file(picture, "JPEG", quality=level.value, subsampling="4:2:0")
            case Codec.WEBP:
                stored = _through_file(picture, "WEBP", quality=level.value, method=4)
            case Codec.H264:
                with self._lock:
                    return self._in_clip(level.value or 0)
        return CompressedPicture(picture=stored, qp=None)

    def _make_clip(self) -> None:
        self._clip = self._clip or list(_yuv_frames(_drifting_clip(self._picture)))

    def _in_clip(self, crf: int) -> CompressedPicture:
        if self._last is None or self._last[0] != crf:
            self._make_clip()
            coded = _code(self._clip, _encoder_options(crf, "medium") | {"sc_threshold": "0"}, 25.0)
            frame = next(frame for frame in coded if frame.index == _DRIFT_TARGET)
            self._last = crf, CompressedPicture(picture=_cut(frame.rgb(), self._picture.shape), qp=frame.qp)
        return self._last[1]


def compress_clip(pictures: Sequence[Picture], crf: int, frame_rate: float = 25) -> list[Picture]:
    """What is left of the frames of a clip after x264 at a CRF (preset medium, 4:2:0).

    Args:
        pictures: Frames in order, uint8 RGB, all of one shape (H, W, 3).
        crf: 0-51, higher = stronger.
        frame_rate: Frames a second; the rate control spends fewer bits on frames that are shown for a shorter time.

    Returns:
        As many read-only pictures of the same shape.

    Raises:
        MediaError: There is no picture.
        ShapeError: The pictures differ in shape.
    """
    coded = _code(_yuv_frames(pictures), _encoder_options(crf, "medium"), frame_rate)
    return [_cut(frame.rgb(), pictures[0].shape) for frame in coded]


def encode_clip(
    pictures: Iterable[Picture],
    path: Path,
    *,
    crf: int,
    frame_rate: float,
    preset: str = "medium",
    overwrite: bool = False,
) -> None:
    """Write pictures as an MP4 file (H.264, 4:2:0, BT.709); the same pictures give the same bytes.

    Pictures of odd sizes lose nothing: the last column or row is repeated to make the size even.

    Args:
        pictures: Frames in order, uint8 RGB, all of one shape; read one by one.
        path: The file to write; it appears under this name only when it is complete.
        crf: 0-51, higher = stronger.
        frame_rate: Frames a second.
        preset: x264's preset, speed against size.
        overwrite: Whether a file that exists is replaced.

    Raises:
        MediaError: The file exists, there is no picture, or it cannot be written.
        ShapeError: The pictures differ in shape.
    """
    if path.exists() and not overwrite:
        raise MediaError(Sentence("'{0}' exists already; choose another name.", path))
    partial = path.with_name(path.name + ".part")
    try:
        with av.open(str(partial.absolute()), "w", format="mp4", options={"fflags": "+bitexact"}) as container:
            stream = container.add_stream("libx264", rate=_rate(frame_rate), options=_encoder_options(crf, preset))
            for packet in _encode(_yuv_frames(pictures), stream.codec_context, stream.encode, frame_rate):
                container.mux(packet)
        partial.replace(path)
    except (av.FFmpegError, OSError) as error:
        raise MediaError(Sentence("'{0}' cannot be written: {1}.", path, error.strerror)) from error
    finally:
        partial.unlink(missing_ok=True)


def _through_file(picture: Picture, file_format: str, **settings: int | str | None) -> Picture:
    """Store and load with Pillow."""
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, file_format, **settings)
    with Image.open(buffer) as stored:
        return _read_only(np.array(stored.convert("RGB"), dtype=np.uint8))


def _drifting_clip(picture: Picture) -> list[Picture]:
    """A camera's drift past a picture, a pixel a frame along a diagonal; shape (H, W, 3) each."""
    height, width, _ = picture.shape
    reach = max(_DRIFT_TARGET, _DRIFT_FRAMES - 1 - _DRIFT_TARGET)
    wide = np.pad(picture, ((reach, reach), (reach, reach), (0, 0)), mode="symmetric")
    random = np.random.default_rng(0)  # the same noise at every level, so that levels compare
    clip = []
    for number in range(_DRIFT_FRAMES):
        start = reach + number - _DRIFT_TARGET
        moved = wide[start : start + height, start : start + width]
        if number != _DRIFT_TARGET:
            noise = random.standard_normal((height, width, 1), dtype=np.float32) * _DRIFT_NOISE
            moved = np.clip(np.rint(moved + noise), 0, 255).astype(np.uint8)
        clip.append(moved)
    return clip


def _code(pictures: Iterable[av.VideoFrame], options: dict[str, str], frame_rate: float) -> Iterator[Frame]:
    """Encode and decode in memory; the frames are those of the encoder, padded to even sizes, in order."""
    encoder, decoder = CodecContext.create("libx264", "w"), CodecContext.create("h264", "r")
    encoder.options = options
    decoder.thread_count = 1
    decoder.options = EXPORT_QP
    packets = chain(_encode(pictures, encoder, encoder.encode, frame_rate), [None])
    decoded = (frame for packet in packets for frame in decoder.decode(packet))
    for index, frame in enumerate(decoded):
        yield Frame(frame, index=index, pts_s=index / frame_rate)


def _encode(
    pictures: Iterable[av.VideoFrame],
    encoder: VideoCodecContext,
    encode: Callable[[av.VideoFrame | None], "list[Packet[VideoStream]]"],
    frame_rate: float,
) -> "Iterator[Packet[VideoStream]]":
    """Encode pictures of one size, the first of which sets up the encoder."""
    is_set_up = False
    for picture in pictures:
        if not is_set_up:
            _set_up(encoder, picture, frame_rate)
            is_set_up = True
        yield from encode(picture)
    if not is_set_up:
        raise MediaError(Sentence("A clip needs at least one picture."))
    yield from encode(None)


def _encoder_options(crf: int, preset: str) -> dict[str, str]:
    return {"crf": str(crf), "preset": preset, "x264-params": _X264}


def _rate(frame_rate: float) -> Fraction:
    return Fraction(frame_rate).limit_denominator(1001)


def _set_up(encoder: VideoCodecContext, first: av.VideoFrame, frame_rate: float) -> None:
    encoder.width, encoder.height = first.width, first.height
    encoder.pix_fmt = "yuv420p"
    encoder.framerate = _rate(frame_rate)
    encoder.time_base = 1 / encoder.framerate
    encoder.colorspace, encoder.color_range = _BT709, ColorRange.MPEG
    encoder.color_primaries, encoder.color_trc = ColorPrimaries.BT709, ColorTrc.BT709


def _yuv_frames(pictures: Iterable[Picture]) -> Iterator[av.VideoFrame]:
    """Pictures of one shape as the encoder takes them."""
    shape: tuple[int, ...] | None = None
    for number, picture in enumerate(pictures):
        shape = shape or picture.shape
        _check_shape(picture, shape)
        yield _yuv_frame(picture, number)


def _yuv_frame(picture: Picture, number: int) -> av.VideoFrame:
    """RGB -> limited-range BT.709 4:2:0 of even size, the last row and column repeated where needed."""
    height, width, _ = picture.shape
    even = np.pad(picture, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
    frame = av.VideoFrame.from_ndarray(even, format="rgb24").reformat(
        format="yuv420p",
        dst_colorspace=Colorspace.ITU709,
        dst_color_range=ColorRange.MPEG,
        interpolation=Interpolation.BICUBIC | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INP,
        threads=1,
    )
    frame.pts = number
    return frame


def _check_shape(picture: Picture, shape: tuple[int, ...]) -> None:
    if picture.shape != shape or picture.ndim != 3 or picture.shape[2] != 3 or picture.dtype != np.uint8:
        raise ShapeError(f"A picture of the clip ({picture.dtype})", f"{shape}, uint8 RGB as the first", picture.shape)


def _cut(padded: Picture, shape: tuple[int, ...]) -> Picture:
    return _read_only(padded[: shape[0], : shape[1]])


def _read_only(pixels: NDArray[np.uint8]) -> Picture:
    pixels = np.ascontiguousarray(pixels)
    pixels.flags.writeable = False
    return pixels
