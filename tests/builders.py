"""Records of an analysis with plain values; a test names the fields that it is about."""

from pathlib import Path
from typing import Any

from forensiclab.analysis.events import AnalysisReport, MethodRecord, VideoResult
from forensiclab.core.records import CodingStats, Exhibit, PacketCount, StreamInfo
from forensiclab.core.scores import BandCalibration, ValidatedConditions, Verdict
from forensiclab.detectors.base import InputSpec, MethodCard

RATE = 25.0
FRAMES = 150


def exhibit(path: Path = Path("exhibit.mp4"), **changes: Any) -> Exhibit:
    known = {"sha256": "5" * 64, "size_bytes": 123_456, "modified_utc": "2025-01-02T03:04:05+00:00"}
    return Exhibit(path=path, **{**known, **changes})


def stream_info(width_px: int = 640, height_px: int = 480, frames: int = FRAMES, **changes: Any) -> StreamInfo:
    """Return an H.264 video of so many frames, neither cropped nor turned."""
    known: dict[str, Any] = {
        "container": "mov,mp4", "codec": "h264", "profile": "High", "pixel_format": "yuv420p", "bit_depth": 8,
        "coded_width_px": width_px, "coded_height_px": height_px, "rotation_deg": 0, "is_mirrored": False,
        "sample_aspect_ratio": "1:1", "color_space": "bt709", "color_primaries": "bt709", "color_transfer": "bt709",
        "color_range": "tv", "is_hdr": False, "is_interlaced": False, "is_image": False, "average_frame_rate": RATE,
        "duration_s": frames / RATE, "declared_frames": frames, "n_streams": 1, "stream_index": 0, "has_audio": False,
        "bit_rate_bps": None, "encoder": None, "encoder_settings": None, "requested_crf": None, "jpeg_quality": None,
    }  # fmt: skip
    return StreamInfo(width_px=width_px, height_px=height_px, **{**known, **changes})


def coding_stats(frames: int = FRAMES, **changes: Any) -> CodingStats:
    """Return what was counted in a video whose every packet became a frame."""
    known: dict[str, Any] = {
        "picture_types": (("P", frames),), "gop_length_min": None, "gop_length_median": None, "gop_length_max": None,
        "qp_mean": 29.0, "qp_histogram": (), "frame_interval_min_s": 1 / RATE, "frame_interval_max_s": 1 / RATE,
        "is_variable_frame_rate": False, "repeated_or_negative_times": 0, "first_pts_s": 0.0,
        "last_pts_s": (frames - 1) / RATE,
        "packets": PacketCount(
            packets=frames, pictures=frames, damaged=0, undecodable=0, withheld=0, hidden=0, unread=0
        ),
        "end_note": None,
    }  # fmt: skip
    return CodingStats(frames_read=frames, **{**known, **changes})


def band(name: str = "light", **changes: Any) -> BandCalibration:
    known: dict[str, Any] = {
        "qp_min": 0, "qp_max": 29, "jpeg_quality_min": 70, "jpeg_quality_max": 100, "slope": 1.0, "intercept": 0.0,
        "manipulation_threshold": 0.9, "authenticity_threshold": 0.1, "false_alarm_rate": 0.05, "miss_rate": 0.05,
        "n_real": 100, "n_forged": 100, "levels": ("clean",),
    }  # fmt: skip
    return BandCalibration(name=name, **{**known, **changes})


def method_card(name: str = "made", **changes: Any) -> MethodCard:
    """Return the card of a MesoInception-4 that says nothing, without calibration."""
    known: dict[str, Any] = {
        "method": "meso_inception4", "options": (), "input_spec": InputSpec(size_px=256), "title": "Made",
        "weights_sha256": "0" * 64, "weights_licence": "", "data_licence": "", "trained_on": (), "started_from": "",
        "recipe": "", "seed": None, "hardware": "", "duration_min": None, "commit": None, "date": "",
        "calibration": (), "calibrated_on": None, "conditions": ValidatedConditions(), "figures": (),
        "evaluated_by": None, "known_limits": (),
    }  # fmt: skip
    return MethodCard(name=name, **{**known, **changes})


def method_record(**changes: Any) -> MethodRecord:
    known: dict[str, Any] = {
        "software": "ForensicLab", "version": "0", "commit": None, "python": "3.11", "platform": "test",
        "libraries": (), "device": "cpu", "precision": "float32", "threads": 1, "deterministic": True, "seed": None,
        "sampling": "all", "aggregation": "mean", "crop_rules": (), "face_finder": "mtcnn", "detectors": (),
        "deviations": (), "command": "test",
    }  # fmt: skip
    return MethodRecord(**{**known, **changes})


def analysis_report(frames: int = FRAMES, **changes: Any) -> AnalysisReport:
    """Return the report of a video in which no face was found."""
    known: dict[str, Any] = {
        "exhibit": exhibit(), "stream": stream_info(frames=frames), "coding": coding_stats(frames),
        "method": method_record(), "tracks": (),
        "video": VideoResult(verdict=Verdict.NOT_ASSESSABLE, reasons=(), scores=(), conflict=False),
        "shot_cuts_s": (), "frames_with_face": 0, "frames_sampled": 0, "crops_scored": 0, "skipped": (),
        "warnings": (), "is_partial": False,
        "started_at": "2025-01-02T03:04:05+00:00", "finished_at": "2025-01-02T03:05:05+00:00",
    }  # fmt: skip
    return AnalysisReport(**{**known, **changes})
