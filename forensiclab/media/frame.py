"""A decoded frame, converted only where and at the size it is asked for."""

from dataclasses import dataclass
from functools import cached_property

import av
import numpy as np
from av.sidedata.sidedata import Type as SideDataType
from av.video.frame import PictureType
from av.video.reformatter import Colorspace, Interpolation
from numpy.typing import NDArray

from forensiclab.core.errors import MediaError
from forensiclab.core.geometry import Box
from forensiclab.core.records import Picture
from forensiclab.core.text import Sentence
from forensiclab.media.bitstream import MACROBLOCK_PX, macroblock_qp, side_data_of

_EXACT = Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INT
"""Without these two swscale is up to three grey levels off and repeats chroma samples instead of interpolating them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Orientation:
    """How the stored picture must be turned to be displayed: mirrored left to right first, then rotated clockwise."""

    rotation_deg: int = 0
    """0, 90, 180 or 270, clockwise."""
    is_mirrored: bool = False

    @classmethod
    def of_frame(cls, frame: av.VideoFrame) -> "Orientation":
        """Read a frame's display matrix, rounded to quarter turns; without one, what else is known of its rotation."""
        side_data = side_data_of(frame).get(SideDataType.DISPLAYMATRIX)
        if side_data is None:
            return cls(rotation_deg=round(-frame.rotation / 90) % 4 * 90)
        # A point (x, y) of the stored picture is shown at (a x + c y, b x + d y), up to a shift.
        a, b, _, c, d = (float(number) for number in np.frombuffer(memoryview(side_data), dtype=np.int32)[:5])
        is_mirrored = a * d - b * c < 0
        if is_mirrored:
            a, b = -a, -b
        if a == b == 0:
            return UPRIGHT
        angle = np.degrees(np.arctan2(b, a))
        return cls(rotation_deg=round(angle / 90) % 4 * 90, is_mirrored=is_mirrored)

    def displayed_size(self, width: int, height: int) -> tuple[int, int]:
        """Stored size -> displayed size, both (width, height)."""
        return (height, width) if self.rotation_deg % 180 else (width, height)

    def apply(self, stored: NDArray[np.generic]) -> NDArray[np.generic]:
        """Turn an array of shape (H, W) or (H, W, C) into the displayed orientation; a view where possible."""
        turned = stored[:, ::-1] if self.is_mirrored else stored
        return np.rot90(turned, -(self.rotation_deg // 90))


UPRIGHT = Orientation()


def square_size(width: int, height: int, pixel_aspect: float) -> tuple[int, int]:
    """Size of a picture once its pixels are square: one side grows, none shrinks."""
    if pixel_aspect >= 1:
        return max(1, round(width * pixel_aspect)), height
    return width, max(1, round(height / pixel_aspect))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class QpMap:
    """Quantisation parameters of one frame's macroblocks, in the orientation of the displayed frame."""

    values: NDArray[np.int32]
    """Shape (rows, cols); H.264's QP of the luma samples, on the scale of 8-bit video."""
    block_px: int
    """Side of a block."""
    origin_xy_px: tuple[int, int] = (0, 0)
    """Top left corner of the first block, <= 0: a rotated picture may begin with blocks that reach beyond it."""

    @property
    def mean(self) -> float:
        return float(self.values.mean())

    def mean_in(self, box: Box) -> float | None:
        """Mean QP under a box, every block weighed by the area that the box covers; None where it covers none."""
        weights_x = self._coverage(box[0] - self.origin_xy_px[0], box[2] - self.origin_xy_px[0], self.values.shape[1])
        weights_y = self._coverage(box[1] - self.origin_xy_px[1], box[3] - self.origin_xy_px[1], self.values.shape[0])
        area = float(weights_x.sum() * weights_y.sum())
        return float(weights_y @ self.values @ weights_x) / area if area > 0 else None

    def _coverage(self, start: float, end: float, blocks: int) -> NDArray[np.float64]:
        """Length of the overlap of [start, end) with each of a row of blocks, shape (blocks,)."""
        edges = np.arange(blocks + 1) * self.block_px
        overlap: NDArray[np.float64] = np.clip(np.minimum(edges[1:], end) - np.maximum(edges[:-1], start), 0, None)
        return overlap


class Frame:
    """One decoded frame of a video, or a picture.

    Keeps the decoder's picture and converts it when asked, so that a frame nobody looks at costs no conversion. Keep
    a frame only as long as you need it: it holds its uncompressed picture.

    The displayed frame is what a viewer sees: turned, and with square pixels. Where the stored ones are not square,
    ``stored_rgb`` has them as they are, so that whoever cuts a part out resamples once.
    """

    def __init__(
        self,
        decoded: av.VideoFrame,
        *,
        index: int,
        pts_s: float,
        follows_hole: bool = False,
        orientation: Orientation | None = None,
        pixel_aspect: float = 1.0,
        stored_qp: NDArray[np.int32] | None = None,
    ) -> None:
        """Take a decoded picture.

        Args:
            decoded: As the decoder gave it.
            index, pts_s, follows_hole: See the attributes.
            orientation: How it is to be turned; None = as its side data says.
            pixel_aspect: Width of a stored pixel over its height, before it is turned.
            stored_qp: QP of the stored picture's macroblocks; None = as its side data says.
        """
        self._stored_qp = stored_qp
        self._decoded = decoded
        self._orientation = orientation or Orientation.of_frame(decoded)
        self.index = index
        """Position in the order of presentation, from 0."""
        self.pts_s = pts_s
        """Presentation time, >= 0, larger than that of the frame before."""
        self.follows_hole = follows_hole
        """Whether frames before it are missing, or were not handed on."""
        self._square_size = square_size(decoded.width, decoded.height, pixel_aspect)
        self.width_px, self.height_px = self._orientation.displayed_size(*self._square_size)
        self.picture_type = _PICTURE_TYPES.get(PictureType(decoded.pict_type))
        """``I``, ``P``, ``B``, or None where the decoder does not say."""

    @property
    def size_px(self) -> tuple[int, int]:
        """Width and height of the displayed frame."""
        return self.width_px, self.height_px

    @property
    def scale_xy(self) -> tuple[float, float]:
        """Pixels of ``stored_rgb`` and of ``qp`` per pixel of the displayed frame."""
        width, height = self._orientation.displayed_size(self._decoded.width, self._decoded.height)
        return width / self.width_px, height / self.height_px

    @cached_property
    def qp(self) -> QpMap | None:
        """Measured quantisation parameters, in pixels of ``stored_rgb``; None where the codec gives none."""
        stored = macroblock_qp(self._decoded) if self._stored_qp is None else self._stored_qp
        if stored is None:
            return None
        rows, cols = stored.shape
        orientation = self._orientation
        displayed = np.ascontiguousarray(orientation.apply(stored), dtype=np.int32)
        displayed.flags.writeable = False
        # What the last block reaches beyond the stored picture's right and bottom edge may be on the left or top now.
        beyond_x, beyond_y = cols * MACROBLOCK_PX - self._decoded.width, rows * MACROBLOCK_PX - self._decoded.height
        turns = orientation.rotation_deg // 90
        left, right = (beyond_x, 0) if orientation.is_mirrored else (0, beyond_x)
        sides = [left, 0, right, beyond_y]  # left, top, right, bottom; a quarter turn clockwise moves bottom to left
        sides = sides[-turns:] + sides[:-turns] if turns else sides
        return QpMap(values=displayed, block_px=MACROBLOCK_PX, origin_xy_px=(-sides[0], -sides[1]))

    def rgb(self, max_side_px: int | None = None) -> Picture:
        """The displayed frame as RGB.

        The matrix and the range are those that the stream declares. Undeclared they are BT.601 and limited, as for
        FFmpeg and OpenCV, with which such clips are usually made and with which detectors are trained. Samples of more
        than 8 bits are rounded to 8. HDR is not tone mapped: the transfer curve and the primaries stay as coded, so
        HDR looks flat, and nothing is invented.

        Args:
            max_side_px: Reduce the picture in the same step so that its longer side is at most this; never enlarges.

        Returns:
            Read-only uint8, shape (H, W, 3).
        """
        return self._convert("rgb24", self._size_within(max_side_px))

    def stored_rgb(self) -> Picture:
        """Like ``rgb``, but with the stored pixels, which may not be square."""
        return self._convert("rgb24", (self._decoded.width, self._decoded.height))

    def samples(self) -> NDArray[np.uint8]:
        """The samples as they were decoded, neither converted nor turned, one plane below the other.

        Returns:
            Of 8-bit 4:2:0 of even size, half as much as ``rgb``: uint8, shape (3 / 2 H, W).
        """
        return np.asarray(self._decoded.to_ndarray(), dtype=np.uint8)

    def luma(self, max_side_px: int | None = None) -> NDArray[np.uint8]:
        """The displayed frame in grey, full range: like ``rgb``, but cheaper.

        Returns:
            Read-only uint8, shape (H, W).
        """
        # swscale takes grey for BT.601; told that the source is too, it hands the luma samples through.
        return self._convert("gray", self._size_within(max_side_px), matrix=Colorspace.ITU601)

    def _size_within(self, max_side_px: int | None) -> tuple[int, int]:
        """Width and height of the frame with square pixels, not turned yet, whose longer side is at most this."""
        width, height = self._square_size
        scale = 1.0 if max_side_px is None else min(1.0, max_side_px / max(width, height))
        return max(1, round(width * scale)), max(1, round(height * scale))

    def _convert(self, pixel_format: str, size: tuple[int, int], matrix: Colorspace | None = None) -> NDArray[np.uint8]:
        decoded = self._decoded
        is_smaller = size[0] < decoded.width or size[1] < decoded.height
        try:
            stored = decoded.to_ndarray(
                format=pixel_format,
                width=size[0],
                height=size[1],
                src_colorspace=matrix,
                dst_colorspace=matrix,
                interpolation=(Interpolation.AREA if is_smaller else Interpolation.BICUBIC) | _EXACT,
                threads=1,  # setting up swscale's threads costs more than it gains
            )
        except (av.FFmpegError, OSError, ValueError) as error:
            raise MediaError(
                Sentence("A picture has the pixel format {0}, which cannot be converted.", decoded.format.name)
            ) from error
        displayed = np.ascontiguousarray(self._orientation.apply(stored), dtype=np.uint8)
        displayed.flags.writeable = False
        return displayed


_PICTURE_TYPES = {
    PictureType.I: "I",
    PictureType.SI: "I",
    PictureType.BI: "I",
    PictureType.P: "P",
    PictureType.S: "P",
    PictureType.SP: "P",
    PictureType.B: "B",
}
