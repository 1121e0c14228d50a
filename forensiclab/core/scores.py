"""Scores, calibration and verdicts: what a detector says, and what may be said because of it."""

import math
from dataclasses import dataclass
from enum import StrEnum

from forensiclab.core.geometry import Box
from forensiclab.core.records import AttentionMap
from forensiclab.core.text import Sentence


class Verdict(StrEnum):
    """What the evidence supports."""

    SUPPORTS_MANIPULATION = "supports manipulation"
    SUPPORTS_AUTHENTICITY = "supports authenticity"
    INCONCLUSIVE = "inconclusive"
    NOT_ASSESSABLE = "not assessable"

    @property
    def words(self) -> Sentence:
        """The value, as the window can translate it."""
        match self:
            case Verdict.SUPPORTS_MANIPULATION:
                return Sentence("supports manipulation")
            case Verdict.SUPPORTS_AUTHENTICITY:
                return Sentence("supports authenticity")
            case Verdict.INCONCLUSIVE:
                return Sentence("inconclusive")
            case Verdict.NOT_ASSESSABLE:
                return Sentence("not assessable")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CropScore:
    """What one detector says about one crop."""

    detector: str
    track_id: int
    frame_index: int
    pts_s: float
    box_xyxy_px: Box
    region_xyxy_px: Box
    """The square of the frame that the attention map covers."""
    raw_score: float
    """Any scale; higher = more likely forged."""
    attention: AttentionMap | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BandCalibration:
    """Calibration and thresholds of one detector for one band of compression, fitted on held-out data.

    The probability is ``1 / (1 + exp(-(slope * raw_score + intercept)))`` with equal prior odds (Platt 1999); real and
    forged crops weigh the same in the fit.
    """

    name: str
    qp_min: float
    qp_max: float
    """The band holds pictures whose measured in-face QP is in [qp_min, qp_max)."""
    jpeg_quality_min: int
    jpeg_quality_max: int
    """For JPEG pictures: estimated quality in [min, max]."""
    slope: float
    intercept: float
    manipulation_threshold: float
    """A probability at or above it supports manipulation."""
    authenticity_threshold: float
    """A probability at or below it supports authenticity."""
    false_alarm_rate: float
    """Measured share of real crops of the calibration set at or above ``manipulation_threshold``."""
    miss_rate: float
    """Measured share of forged crops of the calibration set at or below ``authenticity_threshold``."""
    n_real: int
    n_forged: int
    levels: tuple[str, ...]
    """The compression levels it was fitted on, as written on the command line (``clean``, ``jpeg:50``, ``crf:40``)."""

    def probability(self, raw_score: float) -> float:
        """Return the calibrated probability of "forged", in (0, 1)."""
        z = self.slope * raw_score + self.intercept
        return 1 / (1 + math.exp(-z)) if z >= 0 else math.exp(z) / (1 + math.exp(z))

    def verdict(self, probability: float) -> Verdict:
        """Judge a calibrated probability in this band."""
        if probability >= self.manipulation_threshold:
            return Verdict.SUPPORTS_MANIPULATION
        if probability <= self.authenticity_threshold:
            return Verdict.SUPPORTS_AUTHENTICITY
        return Verdict.INCONCLUSIVE


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidatedConditions:
    """Where a detector was measured; outside it abstains. None = no bound."""

    min_face_px: float | None = None
    min_sharpness: float | None = None
    max_abs_yaw_deg: float | None = None
    max_abs_pitch_deg: float | None = None
    max_qp: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectorScore:
    """What one detector says about a track or a video."""

    detector: str
    raw_score: float | None
    """None where no crop could be scored."""
    probability: float | None
    """None where the detector has no calibration for the exhibit."""
    verdict: Verdict
    reasons: tuple[str, ...]
    band: str | None
    """Name of the compression band whose calibration was used."""
    crops_scored: int
    std: float | None = None
    """Sample standard deviation of the raw scores of a track's crops; of a video, that of the track that decides. None
    for fewer than two crops."""
