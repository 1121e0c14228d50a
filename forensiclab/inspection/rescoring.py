"""One face of an exhibit, recompressed and scored again."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from forensiclab.analysis import face_patch
from forensiclab.analysis.conditions import reasons_to_abstain
from forensiclab.analysis.face_patch import FacePatch, cut_at, cut_patch
from forensiclab.analysis.level_results import score_at
from forensiclab.analysis.scoring import NOT_FINITE
from forensiclab.core.cancel import CancelToken
from forensiclab.core.compression import CompressionLevel
from forensiclab.core.options import Aggregation
from forensiclab.core.records import CropRule, FaceQuality, Picture, StreamInfo, TrackedFace
from forensiclab.core.scores import DetectorScore
from forensiclab.detectors.base import Detector
from forensiclab.inspection.requests import LevelScore
from forensiclab.media.player import FrameServer

_ALONE = Aggregation("mean")
"""Of one crop."""


class FaceRescorer:
    """Scores faces of an exhibit again at other levels. One thread at a time may ask for a ``patch`` or an ``answer``.

    ``clean`` is the exhibit as it is; every other level is one more compression on top of what it went through.
    """

    def __init__(self, path: Path, stream: StreamInfo, detectors: Sequence[Detector]) -> None:
        """Work on a file, which is opened with the first face; answers come in the order of the detectors."""
        self._path = path
        self._jpeg_quality = stream.jpeg_quality
        self._detectors = tuple(detectors)
        self._frames: FrameServer | None = None

    def patch(self, tracked: TrackedFace, *, qp_mean: float | None = None, margin: float = 1.3) -> FacePatch:
        """Read the frame of a face and take the part that the detectors need.

        Args:
            tracked: The face, as the analysis found it.
            qp_mean: As the analysis measured it.
            margin: Of the widest crop that will be asked for, beside those of the detectors.

        Raises:
            MediaError: The exhibit cannot be read any more.
        """
        if self._frames is None:
            self._frames = FrameServer(self._path)
        # A little later: the frame that is shown then is the one that begins at this time, whatever rounding does.
        frame = self._frames.stored_at(tracked.pts_s + 1e-4)
        margins = (margin, *(detector.input_spec.margin for detector in self._detectors))
        return cut_patch(frame.rgb, tracked, margins, qp_mean=qp_mean, frame_size_px=frame.frame_size_px)

    def prepare(
        self, patch: FacePatch, levels: Sequence[CompressionLevel] = (), cancel: CancelToken | None = None
    ) -> None:
        """Make now what a face needs at every level, then levels. Any thread may ask; see ``face_patch.prepare``."""
        face_patch.prepare(patch, levels, cancel)

    def preview(self, patch: FacePatch, level: CompressionLevel, rule: CropRule | None = None) -> Picture:
        """Cut the crop as it looks at a level, shape (S, S, 3). Any thread may ask for it.

        Args:
            patch, level: The face, and what to compress it with.
            rule: How it is cut; None = as for the first detector.

        Raises:
            MediaError: The face is too large to be recompressed.
        """
        rule = rule or self._detectors[0].input_spec.crop_rule
        return cut_at(patch, level, (rule,)).crops[0]

    def stand_in(
        self, patch: FacePatch, level: CompressionLevel, rule: CropRule
    ) -> tuple[CompressionLevel, Picture] | None:
        """Return what can be shown at once in place of a level. Any thread may ask; see ``face_patch.stand_in``."""
        return face_patch.stand_in(patch, level, rule)

    def answer(self, patch: FacePatch, level: CompressionLevel) -> tuple[LevelScore, ...]:
        """Have every detector score a face at a level, in order.

        Raises:
            MediaError: The face is too large to be recompressed.
            DeviceError: Not even one crop fits into a device's memory.
        """
        cut = cut_at(patch, level, [detector.input_spec.crop_rule for detector in self._detectors])
        return tuple(
            LevelScore(level=level, score=self._ask(detector, crop, cut.quality, level), qp_mean=cut.quality.qp_mean)
            for detector, crop in zip(self._detectors, cut.crops, strict=True)
        )

    def close(self) -> None:
        """Let go of the file."""
        if self._frames is not None:
            self._frames.close()
        self._frames = None

    def _ask(self, detector: Detector, crop: Picture, quality: FaceQuality, level: CompressionLevel) -> DetectorScore:
        reasons = reasons_to_abstain(detector.card.conditions, quality)
        raw_scores: list[float] = []
        if not reasons:
            raw_scores = [float(detector.predict(np.stack([crop])).raw_scores[0])]
            if not np.isfinite(raw_scores[0]):
                raw_scores, reasons = [], (NOT_FINITE,)
        return score_at(detector.card, raw_scores, reasons, quality.qp_mean, level, self._jpeg_quality, _ALONE)
