"""What the bitstream says about its coding: quantisation, picture types, times, encoder settings."""

import re
import statistics
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import cast

import av
import numpy as np
from av.sidedata.encparams import VideoEncParams, VideoEncParamsType
from av.sidedata.sidedata import SideData, SideDataContainer
from av.sidedata.sidedata import Type as SideDataType
from numpy.typing import NDArray

from forensiclab.core.records import CodingStats, PacketCount

MACROBLOCK_PX = 16
"""Side of an H.264 macroblock."""

EXPORT_QP = {"export_side_data": "venc_params"}
"""Option of FFmpeg's decoders that makes ``macroblock_qp`` possible."""

_UUID_BYTES = 16
_CRF = re.compile(r"\bcrf=(\d+(?:\.\d+)?)")
_RATE_CONTROL = re.compile(r"\brc=(\w+)")

_SAME_INTERVAL = 0.1
"""Intervals between frames that differ by less than this share (and a millisecond) count as one frame rate."""


def side_data_of(frame: av.VideoFrame) -> Mapping[SideDataType, SideData]:
    """What the decoder attached to a frame, by type; nothing where PyAV does not know one of the types."""
    return {item.type: item for item in _side_data(frame)}


def _side_data(frame: av.VideoFrame) -> Iterable[SideData]:
    try:
        # Not frame.side_data: the frame would keep it, it keeps the frame, and pictures would pile up until the
        # garbage collector looks for cycles.
        return cast(Iterable[SideData], SideDataContainer(frame))  # type: ignore[call-arg]
    except ValueError:  # PyAV has no name for EXIF, for one, and then gives none of the others either
        return ()


def macroblock_qp(frame: av.VideoFrame) -> NDArray[np.int32] | None:
    """Measured luma QP of every macroblock of the stored picture.

    Only H.264 has it: FFmpeg exports nothing for HEVC and AV1, and VP9's and MPEG-2's numbers are on other scales.
    For more than 8 bits FFmpeg counts from ``-6 * (bit depth - 8)`` upwards; the offset is taken off, so that a QP
    means the same quantiser step, relative to the picture's range, at every depth. Blocks coded without residual
    carry the QP they inherit; blocks coded as plain samples (I_PCM) have QP 0.

    Returns:
        Shape (rows, cols), values in [-12, 51] (0 to 51 for 8 bits), None where the frame carries none.

    Source: ITU-T H.264, 7.4.2.1.1 (QpBdOffset) and 7.4.5 (QP of a macroblock).
    """
    side_data = cast(VideoEncParams | None, side_data_of(frame).get(SideDataType.VIDEO_ENC_PARAMS))
    if side_data is None or side_data.codec_type != VideoEncParamsType.H264 or side_data.nb_blocks == 0:
        return None
    # Five int32 per block: x, y, width, height, delta of the QP. PyAV's own qp_map makes a Python object for each.
    blocks = np.frombuffer(cast(bytes, side_data), dtype=np.uint8, offset=side_data.blocks_offset)
    blocks = blocks[: side_data.nb_blocks * side_data.block_size].reshape(side_data.nb_blocks, side_data.block_size)
    x, y, _, _, delta = np.ascontiguousarray(blocks[:, :20]).view(np.int32).T
    rows, cols = y.max() // MACROBLOCK_PX + 1, x.max() // MACROBLOCK_PX + 1
    offset = 6 * (frame.format.components[0].bits - 8)
    qp = np.zeros((rows, cols), dtype=np.int32)
    qp[y // MACROBLOCK_PX, x // MACROBLOCK_PX] = side_data.qp + delta - offset
    return qp


def encoder_settings(frame: av.VideoFrame) -> str | None:
    """What x264 or x265 wrote into the bitstream about itself, verbatim; None where the frame carries no such text."""
    for side_data in _side_data(frame):
        if side_data.type is not SideDataType.SEI_UNREGISTERED:
            continue
        text = bytes(side_data)[_UUID_BYTES:].rstrip(b"\0").decode("ascii", errors="replace")
        if text.startswith(("x264", "x265")):
            return text
    return None


def requested_crf(settings: str | None) -> float | None:
    """The CRF in the settings that an encoder wrote; None where it was not asked for one."""
    if settings is None:
        return None
    rate_control = _RATE_CONTROL.search(settings)
    crf = _CRF.search(settings)
    return float(crf[1]) if crf and (rate_control is None or rate_control[1] == "crf") else None


class CodingCounter:
    """Collects the statistics of a stream frame by frame, in constant memory."""

    def __init__(self) -> None:
        self._frames = 0
        self._types: Counter[str] = Counter()
        self._gop_lengths: Counter[int] = Counter()
        self._since_intra: int | None = None
        self._qp_sum = 0
        self._qp_blocks = 0
        self._qp_frames: Counter[int] = Counter()
        self._first_s: float | None = None
        self._last_s: float | None = None
        self._last_is_exact = True
        self._intervals_us: Counter[int] = Counter()

    @property
    def frames_read(self) -> int:
        return self._frames

    def add(
        self,
        *,
        picture_type: str | None,
        qp: NDArray[np.int32] | None,
        pts_s: float,
        is_time_exact: bool,
        follows_hole: bool = False,
    ) -> None:
        """Count one frame, in the order of presentation.

        Args:
            picture_type: ``I``, ``P``, ``B`` or None.
            qp: Its macroblocks' QP, any shape, or None.
            pts_s: Its presentation time.
            is_time_exact: Whether the file itself gives this time; intervals to made-up times are not counted.
            follows_hole: Whether frames before it are missing; then neither the interval nor the GOP is counted.
        """
        if follows_hole:
            self._since_intra = None
        self._frames += 1
        self._types[picture_type or "?"] += 1
        if self._since_intra is not None:
            self._since_intra += 1
        if picture_type == "I":
            if self._since_intra is not None:
                self._gop_lengths[self._since_intra] += 1
            self._since_intra = 0
        if qp is not None:
            self._qp_sum += int(qp.sum())
            self._qp_blocks += qp.size
            self._qp_frames[max(0, round(float(qp.mean())))] += 1
        if self._last_s is None:
            self._first_s = pts_s
        elif is_time_exact and self._last_is_exact and not follows_hole:
            self._intervals_us[round((pts_s - self._last_s) * 1e6)] += 1
        self._last_s, self._last_is_exact = pts_s, is_time_exact

    def stats(self, *, bad_times: int, packets: PacketCount, end_note: str | None) -> CodingStats:
        """What has been counted so far."""
        intervals_s = [interval / 1e6 for interval in self._intervals_us]
        shortest, longest = min(intervals_s, default=None), max(intervals_s, default=None)
        return CodingStats(
            frames_read=self._frames,
            picture_types=tuple((name, self._types[name]) for name in "IPB?" if self._types[name]),
            gop_length_min=min(self._gop_lengths, default=None),
            gop_length_median=_median(self._gop_lengths),
            gop_length_max=max(self._gop_lengths, default=None),
            qp_mean=self._qp_sum / self._qp_blocks if self._qp_blocks else None,
            qp_histogram=tuple(self._qp_frames[qp] for qp in range(max(self._qp_frames, default=-1) + 1)),
            frame_interval_min_s=shortest,
            frame_interval_max_s=longest,
            is_variable_frame_rate=(shortest is not None and longest is not None and _are_different(shortest, longest)),
            repeated_or_negative_times=bad_times,
            first_pts_s=self._first_s,
            last_pts_s=self._last_s,
            packets=packets,
            end_note=end_note,
        )


def _are_different(shortest_s: float, longest_s: float) -> bool:
    """Whether two intervals are more than rounding (a time base of milliseconds is common) apart."""
    return longest_s - shortest_s > max(_SAME_INTERVAL * shortest_s, 0.0015)


def _median(counts: Counter[int]) -> float | None:
    values: Iterable[int] = counts.elements()
    return float(statistics.median(values)) if counts else None
