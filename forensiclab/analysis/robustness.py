"""How scores hold when faces are recompressed: the levels of a curve, flip points, what a sweep finds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from forensiclab.analysis.events import ExhibitOpened, MethodRecord, Progress, VideoResult
from forensiclab.core.compression import CLEAN, COMPRESSING, Codec, CompressionLevel
from forensiclab.core.records import CodingStats, Exhibit, ExhibitState, StreamInfo
from forensiclab.core.scores import DetectorScore, Verdict

LEVELS: Final[Mapping[Codec, tuple[CompressionLevel, ...]]] = MappingProxyType(
    {
        codec: tuple(
            CompressionLevel.of_strength(codec, strength)
            for strength in range(0, codec.facts.span + 1, codec.facts.step)
        )
        for codec in COMPRESSING
    }
)
"""The levels of a complete curve, weakest first; the exhibit as it is (``clean``) comes before them."""


def flip_point(levels: Sequence[CompressionLevel], verdicts: Sequence[Verdict]) -> CompressionLevel | None:
    """Find the level from which on the verdict is no longer that of the exhibit as it is.

    Args:
        levels: ``clean`` and levels of one codec, in any order.
        verdicts: One per level.

    Returns:
        The weakest level from which on, to the strongest, no verdict is that of ``clean``; None where the strongest
        still has it, or ``clean`` is not among the levels.
    """
    ordered = sorted(zip(levels, verdicts, strict=True), key=lambda pair: pair[0].strength)
    if not ordered or ordered[0][0] != CLEAN:
        return None
    before = ordered[0][1]
    flip = None
    for level, verdict in reversed(ordered):
        if verdict is before:
            break
        flip = level
    return flip


# ---- a sweep: several crops of every track at every level ------------------------------------------------------------

CROPS_PER_TRACK = 8
"""Of a track that are recompressed, unless asked for otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepRequest:
    """What to sweep and how."""

    path: Path
    codec: Codec = Codec.H264
    levels: tuple[CompressionLevel, ...] = ()
    """Of the codec; empty = ``LEVELS``. The exhibit as it is comes before them in any case."""
    detectors: tuple[str, ...] = ()
    """Names of weights; empty = ``default_names``, ``("all",)`` = all that are installed."""
    device: str = "auto"
    precision: str = "float32"
    crops_per_track: int = CROPS_PER_TRACK


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackAtLevel:
    """One track at one level."""

    track_id: int
    median_qp: float | None
    """Measured under the face: after compression for H.264, in the exhibit for ``clean``; None for the others."""
    scores: tuple[DetectorScore, ...]
    """One per detector, in the order of the request; from the mean raw score of the crops."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelResult:
    """The exhibit at one level."""

    level: CompressionLevel
    tracks: tuple[TrackAtLevel, ...]
    video: VideoResult


@dataclass(frozen=True, slots=True, kw_only=True)
class SweptTrack:
    """A track, and which of its faces were recompressed."""

    track_id: int
    start_s: float
    end_s: float
    frames_with_face: int
    median_face_px: float
    pts_s: tuple[float, ...]
    """When the faces that were scored at every level are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FlipPoint:
    """From which level on a verdict is another one; see ``flip_point``."""

    detector: str | None
    """None = the verdict of all detectors together."""
    track_id: int | None
    """None = the video."""
    level: CompressionLevel | None
    """None where the verdict does not change for good, or it is not known."""
    is_known: bool
    """False where no calibration fits the exhibit, or none any level: then there is nothing to compare."""
    before: Verdict
    after: Verdict | None
    """At that level."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepReport:
    """What a sweep found."""

    exhibit: Exhibit
    stream: StreamInfo
    coding: CodingStats
    method: MethodRecord
    codec: Codec
    tracks: tuple[SweptTrack, ...]
    levels: tuple[LevelResult, ...]
    """``clean`` first, then from weak to strong."""
    flips: tuple[FlipPoint, ...]
    """Of the video first: all detectors together, then each; then of every track, detector by detector."""
    warnings: tuple[str, ...]
    is_partial: bool
    """True if it was cancelled: what is here was scored at every level before."""
    started_at: str
    finished_at: str
    """ISO 8601 with zone."""
    exhibit_state: ExhibitState = ExhibitState.MATCHES
    """What had become of the exhibit when the last frame had been read."""

    @property
    def detectors(self) -> tuple[str, ...]:
        """Names, in the order of the scores."""
        return tuple(record.card.name for record in self.method.detectors)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackSwept:
    """Event: the faces of a track are scored at all levels."""

    track: SweptTrack


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelSwept:
    """Event: what is known about a level, at the end of the sweep."""

    result: LevelResult


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepFinished:
    """The last event."""

    report: SweepReport


SweepEvent = ExhibitOpened | Progress | TrackSwept | LevelSwept | SweepFinished
