"""The records that travel through the program, from an exhibit to what is known about it.

All are frozen; units are in the field names. Those that hold arrays compare by identity.
"""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from forensiclab.core.geometry import Box

Picture = NDArray[np.uint8]
"""uint8 RGB, shape (H, W, 3), read-only, origin at the top left of the displayed frame."""

AttentionMap = NDArray[np.float32]
"""Where a detector looked: shape (h, w), values in [0, 1]. Not evidence of forgery."""


SkipStage = Literal["read", "faces", "crop", "score"]
"""Where a frame, or a face in it, was left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exhibit:
    """The file under examination, as it was at intake."""

    path: Path
    sha256: str
    size_bytes: int
    modified_utc: str
    """ISO 8601 time of the last change of the file, from the file system."""


class ExhibitState(StrEnum):
    """What has become of an exhibit since its intake."""

    MATCHES = "matches"
    DIFFERS = "differs"
    GONE = "gone"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamInfo:
    """What the container and the first frames say about the picture stream that is analysed."""

    container: str
    codec: str
    profile: str | None
    pixel_format: str
    bit_depth: int
    width_px: int
    """Of the displayed frame: turned, and with square pixels."""
    height_px: int
    coded_width_px: int
    """Of the stored picture."""
    coded_height_px: int
    rotation_deg: int
    """Clockwise rotation that the player must apply: 0, 90, 180 or 270."""
    is_mirrored: bool
    sample_aspect_ratio: str
    color_space: str
    color_primaries: str
    color_transfer: str
    color_range: str
    is_hdr: bool
    is_interlaced: bool
    is_image: bool
    average_frame_rate: float | None
    duration_s: float | None
    declared_frames: int | None
    n_streams: int
    stream_index: int
    has_audio: bool
    bit_rate_bps: int | None
    encoder: str | None
    """What the container's tags say wrote it."""
    encoder_settings: str | None
    """What the encoder wrote into the bitstream about itself (x264's or x265's SEI), verbatim."""
    requested_crf: float | None
    """The CRF named in those settings: a request, not what was measured."""
    jpeg_quality: int | None
    """For JPEG pictures: the quality whose standard tables come nearest to the file's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PacketCount:
    """Where the packets of the picture stream went; ``packets`` is the sum of all the others."""

    packets: int
    """Those in the file, as far as it was read or says."""
    pictures: int
    """Pictures that were handed on."""
    damaged: int
    """The decoder refused the packet, or invented parts of its picture."""
    undecodable: int
    """The decoder gave no picture, for example because what it needs is not in the file."""
    withheld: int
    """Decoded, but from frames that are missing or damaged: what it shows is not what was recorded."""
    hidden: int
    """Packets that show no picture of their own by design: references, second fields, repetitions, and what an edit
    list leaves out."""
    unread: int
    """Not read because reading stopped, or was cancelled."""

    def __post_init__(self) -> None:
        parts = (self.pictures, self.damaged, self.undecodable, self.withheld, self.hidden, self.unread)
        if min(parts) < 0 or self.packets != sum(parts):
            raise ValueError(f"{self.packets} packets are not the sum of {parts}")


@dataclass(frozen=True, slots=True, kw_only=True)
class CodingStats:
    """What was measured in the bitstream while the frames were read."""

    frames_read: int
    picture_types: tuple[tuple[str, int], ...]
    """(type, count) for I, P, B and '?' (unknown), where the count is not 0."""
    gop_length_min: int | None
    gop_length_median: float | None
    gop_length_max: int | None
    """Frames from one I picture to the next, None before a second I picture has been seen."""
    qp_mean: float | None
    """Mean quantisation parameter over all macroblocks read, None where the codec gives none."""
    qp_histogram: tuple[int, ...]
    """Share of frames by their rounded mean QP as counts, index = QP; empty where the codec gives none."""
    frame_interval_min_s: float | None
    frame_interval_max_s: float | None
    is_variable_frame_rate: bool
    repeated_or_negative_times: int
    """Frames whose presentation time was missing, or not after that of the frame before; they got a later one."""
    first_pts_s: float | None
    last_pts_s: float | None
    packets: PacketCount
    end_note: str | None
    """What was not read, is missing or could not be used, as sentences; None where that is nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """One face in one frame."""

    box_xyxy_px: Box
    landmarks_xy_px: tuple[tuple[float, float], ...] | None
    """Left eye, right eye, nose, left and right corner of the mouth, as seen in the picture; None if not known."""
    confidence: float | None
    """Of the face finder, in [0, 1]; None where the box was tracked instead of found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackedFace:
    """A face that belongs to a track."""

    track_id: int
    frame_index: int
    pts_s: float
    face: Face


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TrackPath:
    """Where the face of one track was over time; small enough to keep for every frame of an hour."""

    track_id: int
    frame_indices: NDArray[np.int64]
    """Shape (N,), ascending."""
    pts_s: NDArray[np.float64]
    """Shape (N,)."""
    boxes_xyxy_px: NDArray[np.float32]
    """Shape (N, 4)."""

    def face_sizes_px(self) -> NDArray[np.float32]:
        """Return the longer side of the face box at every frame, shape (N,)."""
        sizes: NDArray[np.float32] = (self.boxes_xyxy_px[:, 2:] - self.boxes_xyxy_px[:, :2]).max(axis=1)
        return sizes


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceQuality:
    """Measured facts that decide whether a detector may judge a face."""

    size_px: float
    """Longer side of the face box in the displayed frame."""
    sharpness: float
    """Variance of the Laplacian of the luma of the face, resized to 128 x 128; grey levels squared."""
    yaw_deg: float | None
    pitch_deg: float | None
    roll_deg: float | None
    """Rough pose from the five points; None where they are not known."""
    qp_mean: float | None
    """Mean quantisation parameter of the macroblocks under the face; None where the codec gives none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CropRule:
    """How a face is cut out for a detector: see ``core.geometry.crop_region``."""

    size_px: int
    margin: float

    def __post_init__(self) -> None:
        if self.size_px < 1 or self.margin <= 0:
            raise ValueError(f"a crop needs a positive size and margin, not {self.size_px} px and {self.margin}")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Crop:
    """The picture of a face that a detector is given."""

    tracked: TrackedFace
    rule: CropRule
    region_xyxy_px: Box
    """The square of the frame that the picture shows; it may reach beyond the frame."""
    picture: Picture
    """Shape (rule.size_px, rule.size_px, 3)."""
    quality: FaceQuality
    picture_type: str | None

    @property
    def track_id(self) -> int:
        return self.tracked.track_id

    @property
    def frame_index(self) -> int:
        return self.tracked.frame_index

    @property
    def pts_s(self) -> float:
        return self.tracked.pts_s

    @property
    def box_xyxy_px(self) -> Box:
        return self.tracked.face.box_xyxy_px


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """Frames (or faces in them) that went in and did not come out as a score; neighbours with one reason are merged."""

    first_frame_index: int
    last_frame_index: int
    start_s: float
    end_s: float
    frames: int
    """How many frames of the range were skipped for this reason."""
    stage: SkipStage
    reason: str
    track_id: int | None = None
    detector: str | None = None
