"""What is kept of a track's scores until it ends."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from forensiclab.analysis.aggregate import score_track
from forensiclab.analysis.events import ContactCrop, TrackResult
from forensiclab.analysis.sampling import EvenKeeper
from forensiclab.analysis.skips import SkipLog
from forensiclab.core.options import Aggregation
from forensiclab.core.records import TrackPath
from forensiclab.core.scores import CropScore
from forensiclab.detectors.base import Detector


class TrackScores:
    """The scores of one track without maps, and a few of its crops with them."""

    def __init__(self, contact_crops: int) -> None:
        """Begin with nothing scored; keep ``contact_crops`` of the crops."""
        self._contact: EvenKeeper[ContactCrop] = EvenKeeper(contact_crops)
        self._scores: list[CropScore] = []
        self._face_px: list[float] = []
        self._qp: list[float] = []
        self.crops_scored = 0

    def add(self, scored: Sequence[ContactCrop]) -> None:
        """Take in what the detectors said about a batch."""
        for one in scored:
            if self._contact.wants(self.crops_scored):
                self._contact.keep(one)
            self.crops_scored += 1
            self._scores += [replace(score, attention=None) for score in one.scores]
            self._face_px.append(one.crop.quality.size_px)
            if one.crop.quality.qp_mean is not None:
                self._qp.append(one.crop.quality.qp_mean)

    def result(
        self,
        path: TrackPath,
        detectors: Sequence[Detector],
        jpeg_quality: int | None,
        aggregation: Aggregation,
        skips: SkipLog,
    ) -> TrackResult:
        """Sum up the track at its end."""
        qp = float(np.median(self._qp)) if self._qp else None
        return TrackResult(
            track_id=path.track_id,
            start_s=float(path.pts_s[0]),
            end_s=float(path.pts_s[-1]),
            path=path,
            frames_with_face=len(path.pts_s),
            crop_scores=tuple(self._scores),
            scores=tuple(
                score_track(
                    detector.card,
                    [score.raw_score for score in self._scores if score.detector == detector.card.name],
                    skips.reasons("score", path.track_id, detector.card.name),
                    qp,
                    jpeg_quality,
                    aggregation,
                )
                for detector in detectors
            ),
            contact_sheet=self._contact.chosen(),
            median_face_px=float(np.median(self._face_px)) if self._face_px else float(np.median(path.face_sizes_px())),
            median_qp=qp,
        )
