"""What the analysis says while it runs, and what is known when it ends."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from forensiclab.core.options import DEFAULT_AGGREGATION, DEFAULT_SAMPLING, Aggregation, SamplingPolicy
from forensiclab.core.records import (
    CodingStats,
    Crop,
    Exhibit,
    ExhibitState,
    Skipped,
    StreamInfo,
    TrackedFace,
    TrackPath,
)
from forensiclab.core.scores import CropScore, DetectorScore, Verdict
from forensiclab.detectors.base import MethodCard


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectorRecord:
    """A detector as it ran."""

    card: MethodCard
    device: str
    precision: str
    attention_note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodRecord:
    """How the result came about: enough to repeat it."""

    software: str
    version: str
    commit: str | None
    python: str
    platform: str
    libraries: tuple[tuple[str, str], ...]
    """(name, version)."""
    device: str
    precision: str
    threads: int
    deterministic: bool
    seed: int | None
    """None where nothing in the analysis draws random numbers."""
    sampling: str
    """As on the command line: ``all``, ``every:5``, ``per-track:32``."""
    aggregation: str
    """As on the command line: ``mean``, ``median``, ``top:10``."""
    crop_rules: tuple[str, ...]
    face_finder: str
    detectors: tuple[DetectorRecord, ...]
    deviations: tuple[str, ...]
    """Options that differ from the defaults, as sentences; empty where none does."""
    command: str
    """The command line that repeats the analysis."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ContactCrop:
    """A crop kept for the report and the window, with every detector's answer to it."""

    crop: Crop
    """Under the crop rule of the first detector."""
    scores: tuple[CropScore, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TrackResult:
    """What is known about one track."""

    track_id: int
    start_s: float
    end_s: float
    path: TrackPath
    frames_with_face: int
    crop_scores: tuple[CropScore, ...]
    """Every score of every detector, by time, without attention maps."""
    scores: tuple[DetectorScore, ...]
    """One per detector, in the order of the request."""
    contact_sheet: tuple[ContactCrop, ...]
    """Some crops evenly spread over the track, with attention maps."""
    median_face_px: float
    median_qp: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoResult:
    """What is known about the whole exhibit."""

    verdict: Verdict
    reasons: tuple[str, ...]
    scores: tuple[DetectorScore, ...]
    """One per detector, in the order of the request."""
    conflict: bool
    """Whether one detector supports manipulation while another supports authenticity."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AnalysisReport:
    """Everything that is reported about one exhibit."""

    exhibit: Exhibit
    stream: StreamInfo
    coding: CodingStats
    method: MethodRecord
    tracks: tuple[TrackResult, ...]
    video: VideoResult
    shot_cuts_s: tuple[float, ...]
    frames_with_face: int
    frames_sampled: int
    crops_scored: int
    """Summed over the detectors: a crop that all of five scored counts five times."""
    skipped: tuple[Skipped, ...]
    warnings: tuple[str, ...]
    is_partial: bool
    """True if it was cancelled: what is here was found before."""
    started_at: str
    finished_at: str
    """ISO 8601 with zone."""
    exhibit_state: ExhibitState = ExhibitState.MATCHES
    """What had become of the exhibit when the last frame had been read."""


# ---- events, in the order in which they come -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ExhibitOpened:
    """The file is hashed and its streams are known."""

    exhibit: Exhibit
    stream: StreamInfo


Stage = Literal["hash", "read", "score"]
"""What is under way: ``read`` decodes, finds, tracks and scores as it goes, ``score`` is what is left at the end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far the work is."""

    stage: Stage
    done: float
    total: float | None
    """Same unit as ``done``; None if unknown."""
    left_s: float | None
    """Estimated time left for the whole analysis, None while unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FacesSeen:
    """The faces in one frame; comes for every frame that has one."""

    frame_index: int
    pts_s: float
    faces: tuple[TrackedFace, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShotCut:
    """A new shot begins with this frame; all tracks end before it."""

    frame_index: int
    pts_s: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CropsScored:
    """A batch of crops of one track with every detector's scores, attention maps included."""

    crops: tuple[ContactCrop, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FramesSkipped:
    """A run of skipped frames is complete."""

    skipped: Skipped


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackFinished:
    """All crops of a track are scored."""

    track: TrackResult


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalysisFinished:
    """The last event."""

    report: AnalysisReport


Event = ExhibitOpened | Progress | FacesSeen | ShotCut | CropsScored | FramesSkipped | TrackFinished | AnalysisFinished


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalysisRequest:
    """What to analyse and how."""

    path: Path
    detectors: tuple[str, ...] = ()
    """Names of weights; empty = ``default_names``, ``("all",)`` = all that are installed."""
    device: str = "auto"
    precision: str = "float32"
    """``float32`` or ``reduced``; see ``detectors.runtime.open_detector``."""
    sampling: SamplingPolicy = DEFAULT_SAMPLING
    aggregation: Aggregation = DEFAULT_AGGREGATION
    contact_crops: int = 12
    """How many crops a track keeps for the contact sheet."""
