"""Compress pictures and clips in memory, and write clips."""

import io
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from threading import Lock
from types import MappingProxyType

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from forensiclab.core.cancel import CancelToken
from forensiclab.core.compression import Codec, CompressionLevel
from forensiclab.core.errors import MediaError
from forensiclab.core.files import whole_file
from forensiclab.core.records import Picture
from forensiclab.core.text import Sentence
from forensiclab.media.frame import QpMap
from forensiclab.media.x264 import code, decoded_rgb, encode, encoder_options, rate, yuv_frames

_DRIFT_FRAMES = 9
_DRIFT_TARGET = 5
"""A clip made of one picture: this many frames, of which this one is the picture itself."""

_DRIFT_NOISE = 1.0
"""Standard deviation of the noise on the other frames, grey levels, as of a camera in good light."""

KEPT_BYTES = 128 << 20
"""Levels of one picture that are kept, at most: all 52 of H.264 where the picture has up to 1.7 million pixels."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CompressedPicture:
    """What is left of a picture, and how strongly the encoder compressed it."""

    picture: Picture
    """Read-only, of the shape of the one that was compressed."""
    qp: QpMap | None
    """Measured in the bitstream; None but for H.264."""


def compress_picture(picture: Picture, level: CompressionLevel) -> Picture:
    """Return what is left of a picture after compression; see ``compress_and_measure``."""
    return compress_and_measure(picture, level).picture


def compress_and_measure(picture: Picture, level: CompressionLevel) -> CompressedPicture:
    """Compress a picture, and measure the quantisation.

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
    """A picture that is compressed at one level after the other; what they share is made once, and they are kept.

    Of the time that H.264 takes, the clip is up to half. Nearly all that is left is x264's own, and grows with the
    picture: it runs on one thread, because more of them make other pixels than those that calibrations were measured
    on, and nothing is gained by leaving after the frame that is wanted, because that one is coded last but one. So
    whoever will not wait has levels made ahead. Safe to share between threads: a level that is there waits for none
    that is being made.
    """

    def __init__(self, picture: Picture) -> None:
        """Take a picture; uint8 RGB, shape (H, W, 3), any size from 1 x 1."""
        self._picture = picture
        self._clip: list[av.VideoFrame] = []
        self._encoding = Lock()
        """An encoder writes into the frames that it is given."""
        self._kept: OrderedDict[CompressionLevel, _KeptLevel] = OrderedDict()
        """The least recently used first."""
        self._keeping = Lock()
        """Of ``_kept``; never held for long."""

    def prepare(self, levels: Sequence[CompressionLevel] = (), cancel: CancelToken | None = None) -> None:
        """Make the clip now, so that the first level takes no longer than the others, then levels.

        Args:
            levels: Those that should be there when they are asked for, the most urgent first. So many are made as are
                kept, within ``KEPT_BYTES``.
            cancel: Set by another thread when this is to end; the levels that were made stay.

        Raises:
            Cancelled: ``cancel`` was set.
        """
        with self._encoding:
            self._make_clip()
        sizes = accumulate(map(self._bytes_of, levels))
        wanted = [level for level, size in zip(levels, sizes, strict=True) if size <= KEPT_BYTES]
        missing = [level for level in wanted if self._kept_at(level) is None]  # the others count as used, and stay
        for level in missing:
            self.at(level, cancel)

    def at(self, level: CompressionLevel, cancel: CancelToken | None = None) -> CompressedPicture:
        """Return the picture at a level; see ``compress_and_measure``.

        Raises:
            Cancelled: ``cancel`` was set before the level was there; H.264 is left between two pictures of its clip.
        """
        if level.codec is Codec.CLEAN:
            return CompressedPicture(picture=self._picture, qp=None)
        kept = self._kept_at(level) or self._make(level, cancel or CancelToken())
        return CompressedPicture(picture=self._rgb(kept.samples), qp=kept.qp)

    def nearest(self, level: CompressionLevel) -> CompressionLevel | None:
        """Return the made level of this codec that is nearest to a level; None if there is none."""
        with self._keeping:
            there = [kept for kept in self._kept if kept.codec is level.codec]
        return min(there, key=lambda kept: abs((kept.value or 0) - (level.value or 0)), default=None)

    def _rgb(self, samples: NDArray[np.uint8]) -> Picture:
        return samples if samples.ndim == 3 else _cut(decoded_rgb(samples), self._picture.shape)

    def _kept_at(self, level: CompressionLevel) -> "_KeptLevel | None":
        with self._keeping:
            if level in self._kept:
                self._kept.move_to_end(level)
            return self._kept.get(level)

    def _keep(self, level: CompressionLevel, made: "_KeptLevel") -> "_KeptLevel":
        with self._keeping:
            self._kept[level] = made
            while sum(map(self._bytes_of, self._kept)) > KEPT_BYTES:
                self._kept.popitem(last=False)
        return made

    def _bytes_of(self, level: CompressionLevel) -> int:
        """Return what a level takes, but for its QP, which is a hundredth of it."""
        return self._picture.nbytes // 2 if level.codec is Codec.H264 else self._picture.nbytes

    def _make(self, level: CompressionLevel, cancel: CancelToken) -> "_KeptLevel":
        cancel.check()
        setting = level.value or 0
        if level.codec is Codec.H264:
            with self._encoding:  # for which another thread may have made it
                return self._kept_at(level) or self._keep(level, self._in_clip(setting, cancel))
        return self._keep(level, _KeptLevel(samples=STILL_ENCODERS[level.codec](self._picture, setting), qp=None))

    def _make_clip(self) -> None:
        self._clip = self._clip or list(yuv_frames(_drifting_clip(self._picture)))

    def _in_clip(self, crf: int, cancel: CancelToken) -> "_KeptLevel":
        self._make_clip()
        coded = code(self._clip, encoder_options(crf, "medium") | {"sc_threshold": "0"}, 25.0, cancel)
        frame = next(frame for frame in coded if frame.index == _DRIFT_TARGET)
        return _KeptLevel(samples=frame.samples(), qp=frame.qp)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _KeptLevel:
    """What is kept of a picture at a level."""

    samples: NDArray[np.uint8]
    """As decoded, shape (H, W, 3); of H.264 4:2:0 of even size, which takes half as much, shape (3 / 2 H, W)."""
    qp: QpMap | None


def compress_clip(pictures: Sequence[Picture], crf: int, frame_rate: float = 25) -> list[Picture]:
    """Return what is left of a clip's frames after x264 at a CRF (preset medium, 4:2:0).

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
    coded = code(yuv_frames(pictures), encoder_options(crf, "medium"), frame_rate)
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
        MediaError: The file exists, or there is no picture.
        WriteError: It cannot be written.
        ShapeError: The pictures differ in shape.
    """
    if path.exists() and not overwrite:
        raise MediaError(Sentence("'{0}' exists already; choose another name.", path))
    try:
        with (
            whole_file(path) as partial,
            av.open(str(partial.absolute()), "w", format="mp4", options={"fflags": "+bitexact"}) as container,
        ):
            stream = container.add_stream("libx264", rate=rate(frame_rate), options=encoder_options(crf, preset))
            for packet in encode(yuv_frames(pictures), stream.codec_context, stream.encode, frame_rate):
                container.mux(packet)
    except av.FFmpegError as error:
        raise MediaError(Sentence("'{0}' cannot be written: {1}.", path, error.strerror)) from error


def _as_jpeg(picture: Picture, quality: int) -> Picture:
    return _through_file(picture, "JPEG", quality=quality, subsampling="4:2:0")


def _as_webp(picture: Picture, quality: int) -> Picture:
    return _through_file(picture, "WEBP", quality=quality, method=4)


STILL_ENCODERS: Mapping[Codec, Callable[[Picture, int], Picture]] = MappingProxyType(
    {Codec.JPEG: _as_jpeg, Codec.WEBP: _as_webp}
)
"""What is left of a picture at a setting, for every codec that compresses pictures one by one."""


def _through_file(picture: Picture, file_format: str, **settings: int | str) -> Picture:
    """Store and load with Pillow."""
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, file_format, **settings)
    with Image.open(buffer) as stored:
        return _read_only(np.array(stored.convert("RGB"), dtype=np.uint8))


def _drifting_clip(picture: Picture) -> list[Picture]:
    """Move a camera past a picture, a pixel a frame along a diagonal; shape (H, W, 3) each."""
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


def _cut(padded: Picture, shape: tuple[int, ...]) -> Picture:
    return _read_only(padded[: shape[0], : shape[1]])


def _read_only(pixels: NDArray[np.uint8]) -> Picture:
    pixels = np.ascontiguousarray(pixels)
    pixels.flags.writeable = False
    return pixels
