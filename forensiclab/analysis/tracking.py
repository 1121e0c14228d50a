"""One track while it is alive: which of its faces wait, which were scored, what is kept of them."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from forensiclab.analysis.aggregate import Aggregation, score_track
from forensiclab.analysis.events import ContactCrop, TrackResult
from forensiclab.analysis.sampling import EvenKeeper, SamplingPolicy
from forensiclab.analysis.scoring import BATCH, FaceCrops
from forensiclab.analysis.skips import SkipLog
from forensiclab.core.records import TrackPath
from forensiclab.core.scores import CropScore
from forensiclab.detectors.base import Detector


class LiveTrack:
    """Holds at most twice the sampled faces of a track, its scores without maps, and a few crops with them."""

    def __init__(self, track_id: int, policy: SamplingPolicy, contact_crops: int) -> None:
        self.track_id = track_id
        self._policy = policy
        self._seen = -1
        self._keeper: EvenKeeper[FaceCrops] = EvenKeeper(policy.number if policy.is_deferred else 1)
        self._batch: list[FaceCrops] = []
        self._contact: EvenKeeper[ContactCrop] = EvenKeeper(contact_crops)
        self._scores: list[CropScore] = []
        self._face_px: list[float] = []
        self._qp: list[float] = []
        self.crops_scored = 0

    def wants_next(self) -> bool:
        """Whether the next face of the track is to be cut; counts it as seen."""
        self._seen += 1
        return self._keeper.wants(self._seen) if self._policy.is_deferred else self._policy.wants(self._seen)

    def keep(self, face: FaceCrops) -> None:
        """Keep a wanted face until it is scored."""
        if self._policy.is_deferred:
            self._keeper.keep(face)
        else:
            self._batch.append(face)

    def thin(self) -> None:
        """Let go of every other waiting face of a deferred track."""
        self._keeper.thin()

    @property
    def waiting(self) -> int:
        """Faces held."""
        return len(self._keeper) + len(self._batch)

    @property
    def will_score(self) -> int:
        """Faces of those held that would be scored if the track ended now."""
        return min(len(self._keeper), self._policy.number) + len(self._batch)

    @property
    def has_full_batch(self) -> bool:
        """Whether enough faces wait to be scored before the track has ended."""
        return len(self._batch) >= BATCH

    def take_waiting(self) -> tuple[FaceCrops, ...]:
        """The faces to score now, by time; they no longer wait."""
        faces = self._keeper.chosen() if self._policy.is_deferred else tuple(self._batch)
        self._keeper, self._batch = EvenKeeper(1), []
        return faces

    def add_scores(self, scored: Sequence[ContactCrop]) -> None:
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
        """What is known about the track at its end."""
        qp = float(np.median(self._qp)) if self._qp else None
        return TrackResult(
            track_id=self.track_id,
            start_s=float(path.pts_s[0]),
            end_s=float(path.pts_s[-1]),
            path=path,
            frames_with_face=len(path.pts_s),
            crop_scores=tuple(self._scores),
            scores=tuple(
                score_track(
                    detector.card,
                    [score.raw_score for score in self._scores if score.detector == detector.card.name],
                    skips.reasons("score", self.track_id, detector.card.name),
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
