"""H.264 by x264: the same pictures give the same bytes on every machine."""

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from itertools import chain

import av
import cv2
import numpy as np
from av.codec.context import CodecContext
from av.packet import Packet
from av.video.codeccontext import VideoCodecContext
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc, Interpolation
from av.video.stream import VideoStream
from numpy.typing import NDArray

from forensiclab.core.cancel import CancelToken
from forensiclab.core.errors import MediaError, ShapeError
from forensiclab.core.records import Picture
from forensiclab.core.text import Sentence
from forensiclab.media.bitstream import EXPORT_QP
from forensiclab.media.frame import Frame

_BT709 = 1
"""AVCOL_SPC_BT709 of FFmpeg; PyAV has no name for it."""

_AVX_512F = 13
"""``CV_CPU_AVX_512F``, which OpenCV's Python module has no name for."""

_X264 = "threads=1:lookahead_threads=1:chromaloc=1" + (":asm=avx2" if cv2.checkHardwareSupport(_AVX_512F) else "")
"""x264's rate control depends on the number of threads; one makes the bytes the same on every machine. ``chromaloc``
says that the chroma samples lie where swscale puts them, or they would be shown half a pixel to the left. With AVX-512,
x264's macroblock tree gives another result from time to time; with AVX2 the same pictures always give the same."""


def code(
    pictures: Iterable[av.VideoFrame], options: dict[str, str], frame_rate: float, cancel: CancelToken | None = None
) -> Iterator[Frame]:
    """Encode and decode in memory; the frames are those of the encoder, padded to even sizes, in order.

    The encoder gives nothing before it has all pictures of a short clip, and then packet by packet: it can be abandoned
    between two.

    Args:
        pictures: As of ``yuv_frames``.
        options: Of the encoder.
        frame_rate: Frames a second.
        cancel: Set by another thread to abandon it.

    Raises:
        Cancelled: ``cancel`` was set.
        MediaError: There is no picture.
    """
    encoder, decoder = CodecContext.create("libx264", "w"), CodecContext.create("h264", "r")
    encoder.options = options
    decoder.thread_count = 1
    decoder.options = EXPORT_QP
    packets = _until(cancel or CancelToken(), encode(pictures, encoder, encoder.encode_lazy, frame_rate))
    decoded = (frame for packet in chain(packets, [None]) for frame in decoder.decode(packet))
    for index, frame in enumerate(decoded):
        yield Frame(frame, index=index, pts_s=index / frame_rate)


def _until(cancel: CancelToken, packets: "Iterator[Packet[VideoStream]]") -> "Iterator[Packet[VideoStream]]":
    cancel.check()
    for packet in packets:
        yield packet
        cancel.check()


def encode(
    pictures: Iterable[av.VideoFrame],
    encoder: VideoCodecContext,
    send: Callable[[av.VideoFrame | None], "Iterable[Packet[VideoStream]]"],
    frame_rate: float,
) -> "Iterator[Packet[VideoStream]]":
    """Encode pictures of one size, the first of which sets up the encoder.

    Args:
        pictures: As of ``yuv_frames``, read one by one.
        encoder: One that is not open yet.
        send: Its method, or its stream's, that takes a picture, or None at the end, and gives packets.
        frame_rate: Frames a second.

    Raises:
        MediaError: There is no picture.
    """
    is_set_up = False
    for picture in pictures:
        if not is_set_up:
            _set_up(encoder, picture, frame_rate)
            is_set_up = True
        yield from send(picture)
    if not is_set_up:
        raise MediaError(Sentence("A clip needs at least one picture."))
    yield from send(None)


def encoder_options(crf: int, preset: str) -> dict[str, str]:
    """Options of libx264 for a CRF of 0-51 and one of its presets."""
    return {"crf": str(crf), "preset": preset, "x264-params": _X264}


def rate(frame_rate: float) -> Fraction:
    """Frames a second as a fraction, of which 30000 / 1001 is one."""
    return Fraction(frame_rate).limit_denominator(1001)


def _set_up(encoder: VideoCodecContext, first: av.VideoFrame, frame_rate: float) -> None:
    encoder.width, encoder.height = first.width, first.height
    encoder.pix_fmt = "yuv420p"
    encoder.framerate = rate(frame_rate)
    encoder.time_base = 1 / encoder.framerate
    encoder.colorspace, encoder.color_range = _BT709, ColorRange.MPEG
    encoder.color_primaries, encoder.color_trc = ColorPrimaries.BT709, ColorTrc.BT709


def yuv_frames(pictures: Iterable[Picture]) -> Iterator[av.VideoFrame]:
    """Pictures of one shape as the encoder takes them.

    Args:
        pictures: uint8 RGB, all of one shape (H, W, 3); read one by one.

    Raises:
        ShapeError: The pictures differ in shape.
    """
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


def decoded_rgb(samples: NDArray[np.uint8]) -> Picture:
    """``Frame.samples`` of a coded picture -> its ``Frame.rgb``; shape (3 / 2 H, W) -> (H, W, 3)."""
    frame = av.VideoFrame.from_ndarray(samples, format="yuv420p")
    frame.colorspace, frame.color_range = _BT709, ColorRange.MPEG
    return Frame(frame, index=0, pts_s=0.0).rgb()
