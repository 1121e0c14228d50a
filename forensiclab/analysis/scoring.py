"""Crops in, scores out: every detector over the same crops, each crop cut once per crop rule."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from forensiclab.analysis.conditions import reasons_to_abstain
from forensiclab.analysis.events import ContactCrop
from forensiclab.analysis.skips import SkipKind, SkipLog
from forensiclab.core.cancel import CancelToken
from forensiclab.core.records import Crop, CropRule
from forensiclab.core.scores import CropScore
from forensiclab.core.text import Sentence
from forensiclab.detectors.base import Detector

BATCH = 16
"""Crops that go through all detectors before the next ones do; also how often cancelling is looked at."""


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
            Cancelled: Between two batches; what was yielded before stays valid.
        """
        for start in range(0, len(faces), BATCH):
            cancel.check()
            yield self._score_batch(faces[start : start + BATCH])

    def _score_batch(self, faces: Sequence[FaceCrops]) -> tuple[ContactCrop, ...]:
        scores: list[list[CropScore]] = [[] for _ in faces]
        for detector in self._detectors:
            rule = self.rules.index(detector.input_spec.crop_rule)
            seen = [i for i, face in enumerate(faces) if self._may_judge(detector, face.crops[rule])]
            if not seen:
                continue
            prediction = detector.predict(np.stack([faces[i].crops[rule].picture for i in seen]))
            for i, raw_score, attention in zip(seen, prediction.raw_scores, prediction.attention, strict=True):
                crop = faces[i].crops[rule]
                if not np.isfinite(raw_score):
                    self._skip(detector, crop, Sentence("the network's score is not a finite number"))
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
