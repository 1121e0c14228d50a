"""What the inspector asks of the engine about one face, and what the engine answers. No Qt."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import ClassVar, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from forensiclab.core.cancel import CancelToken
from forensiclab.core.compression import CompressionLevel
from forensiclab.core.records import Crop, CropRule, Picture, StreamInfo, TrackedFace
from forensiclab.core.scores import DetectorScore

MIN_MARGIN = 1.3
"""Faces are cut out of their frame at least this wide, so that most detectors share a part of the frame."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectedExhibit:
    """The file that the faces are cut from, and where detectors run."""

    path: Path
    stream: StreamInfo
    device: str = "auto"
    precision: str = "float32"


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectedFace:
    """A face of an exhibit."""

    tracked: TrackedFace
    qp_mean: float | None = None
    """Measured under the face in the exhibit."""

    @classmethod
    def of(cls, crop: Crop) -> Self:
        """Take the face that a crop shows."""
        return cls(tracked=crop.tracked, qp_mean=crop.quality.qp_mean)


# ---- requests --------------------------------------------------------------------------------------------------------


class Queue(Enum):
    """Requests of one queue are answered one after the other, on a thread of their own."""

    PICTURES = "pictures"
    """They need no detector, and wait for none."""
    STAND_INS = "stand-ins"
    ANSWERS = "answers"
    PREPARATIONS = "preparations"


@dataclass(frozen=True, slots=True)
class PrepareRequest:
    """What a face needs at any level made ready, so that its first preview takes no longer than the next ones.

    Then levels, so that their previews come at once.
    """

    queue: ClassVar = Queue.PREPARATIONS
    levels: tuple[CompressionLevel, ...] = ()
    """The most urgent first; as many are made as are kept."""
    margin: float = MIN_MARGIN
    """Of the crops that will be asked for."""


@dataclass(frozen=True, slots=True)
class PreviewRequest:
    """The crop as it looks at a level."""

    queue: ClassVar = Queue.PICTURES
    level: CompressionLevel
    rule: CropRule


@dataclass(frozen=True, slots=True)
class StandInRequest:
    """The crop at the nearest level that is there, this one if it is, to be shown until the preview comes."""

    queue: ClassVar = Queue.STAND_INS
    level: CompressionLevel
    rule: CropRule


@dataclass(frozen=True, slots=True)
class ScoreRequest:
    """What a detector says about the face at a level."""

    queue: ClassVar = Queue.ANSWERS
    level: CompressionLevel
    detector: str


@dataclass(frozen=True, slots=True)
class BleachRequest:
    """The face bleached."""

    queue: ClassVar = Queue.ANSWERS
    weights: str | None = None
    """None = the first that are installed."""
    gain: float = 10.0
    strength: float | None = None
    """None = the strength that the weights were trained for."""


@dataclass(frozen=True, slots=True)
class SpectrumRequest:
    """The power spectrum of the face as it is in the exhibit."""

    queue: ClassVar = Queue.PICTURES
    rule: CropRule
    """How it is cut where there is no reference; where there is one, as its faces were cut."""


Request = PreviewRequest | SpectrumRequest | StandInRequest | BleachRequest | ScoreRequest | PrepareRequest
"""Within a queue, the kinds named first go first."""


# ---- answers ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Preview:
    """A crop at a level."""

    level: CompressionLevel
    picture: Picture
    """Shape (S, S, 3)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelScore:
    """What one detector says about one face at one level; small, so that many can be kept."""

    level: CompressionLevel
    score: DetectorScore
    qp_mean: float | None
    """Measured under the face: after compression for H.264, in the exhibit for ``clean``; None for the others."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Bleaching:
    """What a bleach does to a face. The bleach and the bleached crop are generated pixels, never evidence."""

    installed: tuple[str, ...]
    """Names of the installed bleach weights. Where there are none, there is nothing else."""
    weights: str | None = None
    failure: str = ""
    """Why these weights cannot be used, as a sentence; there are no pictures and scores then."""
    original: Picture | None = None
    """Shape (S, S, 3), as are the next two."""
    bleach: Picture | None = None
    """Times the gain, about mid grey."""
    gain: float | None = None
    bleached: Picture | None = None
    before: DetectorScore | None = None
    after: DetectorScore | None = None
    strength: float | None = None
    trained_strength: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class UsualSpectrum:
    """What is usual among crops of real faces at one level."""

    level: CompressionLevel
    frequencies: NDArray[np.float64]
    """Cycles per pixel of the crop, shape (BINS,)."""
    low: NDArray[np.float64]
    """Log10 of the power: 5 % of the crops lie below it, shape (BINS,)."""
    median: NDArray[np.float64]
    high: NDArray[np.float64]
    """5 % of the crops lie above it, shape (BINS,)."""
    n_real: int
    min_source_px: int
    """Width of the smallest of the crops in its frame."""
    data: str
    """Name of the data set."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Spectrum:
    """The power spectrum of a crop, and what is usual among real faces."""

    log_power: NDArray[np.float64]
    """Log10 of the power in bins of equal width from 0 to 0.5 cycles per pixel, shape (BINS,)."""
    source_px: float
    """Width of the crop in its frame; a smaller one is enlarged, and has less fine detail."""
    usual: tuple[UsualSpectrum, ...]
    """One per level; empty where none is installed."""


Answer = Preview | LevelScore | Bleaching | Spectrum


class InspectionEngine(Protocol):
    """Answers requests about faces of one exhibit at a time. Belongs to one thread alone."""

    def open(self, exhibit: InspectedExhibit) -> None:
        """Work on this exhibit from now on; nothing is read before the first request."""
        ...

    def answer(self, face: InspectedFace, request: Request, cancel: CancelToken) -> Answer | None:
        """Answer a request; None where there is nothing to say. What is prepared stops when ``cancel`` is set.

        Raises:
            Cancelled: ``cancel`` was set.
            MediaError: The exhibit cannot be read.
            ForensicLabError: What was asked for cannot be had: weights that are missing, a device that is not there.
        """
        ...

    def close(self) -> None:
        """Let go of the file, and of what was cut from it."""
        ...


MakeEngine = Callable[[], InspectionEngine]
