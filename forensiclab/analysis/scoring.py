"""Crops in, scores out: every detector over the same crops, each crop cut once per crop rule."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forensiclab.analysis.conditions import reasons_to_abstain
from forensiclab.analysis.events import ContactCrop
from forensiclab.analysis.skips import SkipKind, SkipLog
from forensiclab.core.cancel import CancelToken
from forensiclab.core.records import Crop, CropRule
from forensiclab.core.scores import CropScore
from forensiclab.core.text import Sentence
from forensiclab.detectors.base import Detector, Prediction

BATCH = 16
"""Crops that go through all detectors before the next ones do."""

NOT_FINITE = Sentence("the network's score is not a finite number")
"""Why a crop has no score although the detector saw it."""

_STEP_PIXELS = BATCH * 128 * 128
"""Pixels that go through a detector on a processor between two looks at whether to stop, at least one crop: a heavy
network takes a few tenths of a second for them. Not by the clock, so that the same crops always go together."""


@dataclass(frozen=True, slots=True, eq=False)
class FaceCrops:
    """One face of one frame under every crop rule in use, in the order of ``Scorer.rules``."""

    crops: tuple[Crop, ...]


class Scorer:
    """Runs every detector over batches of faces."""

    def __init__(self, detectors: Sequence[Detector], skips: SkipLog) -> None:
        self._detectors = tuple(detectors)
        self._skips = skips
        self.rules: tuple[CropRule, ...] = tuple(dict.fromkeys(d.input_spec.crop_rule for d in detectors))
        """The different crop rules of the detectors; that of the first detector comes first."""

    def score(self, faces: Sequence[FaceCrops], cancel: CancelToken) -> Iterator[tuple[ContactCrop, ...]]:
        """Score faces of one track in ascending time, a batch at a time.

        A detector whose validated conditions a face does not meet does not see it; the skip is logged.

        Raises:
            Cancelled: The batch that was under way is lost; what was yielded before stays valid.
        """
        for start in range(0, len(faces), BATCH):
            yield self._score_batch(faces[start : start + BATCH], cancel)

    def _score_batch(self, faces: Sequence[FaceCrops], cancel: CancelToken) -> tuple[ContactCrop, ...]:
        scores: list[list[CropScore]] = [[] for _ in faces]
        for detector in self._detectors:
            rule = self.rules.index(detector.input_spec.crop_rule)
            seen = [i for i, face in enumerate(faces) if self._may_judge(detector, face.crops[rule])]
            if not seen:
                continue
            prediction = predicted(detector, np.stack([faces[i].crops[rule].picture for i in seen]), cancel)
            for i, raw_score, attention in zip(seen, prediction.raw_scores, prediction.attention, strict=True):
                crop = faces[i].crops[rule]
                if not np.isfinite(raw_score):
                    self._skip(detector, crop, NOT_FINITE)
                    continue
                scores[i].append(
                    CropScore(
                        detector=detector.card.name,
                        track_id=crop.track_id,
                        frame_index=crop.frame_index,
                        pts_s=crop.pts_s,
                        box_xyxy_px=crop.box_xyxy_px,
                        region_xyxy_px=crop.region_xyxy_px,
                        raw_score=float(raw_score),
                        attention=attention,
                    )
                )
        return tuple(
            ContactCrop(crop=face.crops[0], scores=tuple(own)) for face, own in zip(faces, scores, strict=True)
        )

    def _may_judge(self, detector: Detector, crop: Crop) -> bool:
        reasons = reasons_to_abstain(detector.card.conditions, crop.quality)
        if reasons:
            self._skip(detector, crop, Sentence.joined("; ", reasons))
            return False
        self._skips.close("score", crop.track_id, detector.card.name)
        return True

    def _skip(self, detector: Detector, crop: Crop, reason: str) -> None:
        kind = SkipKind(stage="score", reason=reason, track_id=crop.track_id, detector=detector.card.name)
        self._skips.add(kind, crop.frame_index, crop.pts_s)


def predicted(detector: Detector, crops: NDArray[np.uint8], cancel: CancelToken) -> Prediction:
    """Ask a detector about crops of shape (B, S, S, 3); on a processor in small steps.

    Raises:
        Cancelled: Between two steps.
    """
    step = BATCH
    if detector.device_name.startswith("cpu"):
        step = max(1, min(BATCH, _STEP_PIXELS // detector.input_spec.size_px**2))
    parts = []
    for start in range(0, len(crops), step):
        cancel.check()
        parts.append(detector.predict(crops[start : start + step]))
    return Prediction(
        raw_scores=np.concatenate([part.raw_scores for part in parts]),
        attention=np.concatenate([part.attention for part in parts]),
    )
