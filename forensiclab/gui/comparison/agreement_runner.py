"""Compares detectors crop by crop on a worker thread: with an hour of film that takes seconds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from PySide6.QtCore import QObject, Signal

from forensiclab.analysis.agreement import DetectorCrops, PairAgreement, agreement
from forensiclab.core.scores import BandCalibration, DetectorScore
from forensiclab.detectors.base import MethodCard
from forensiclab.gui.state.session import Curve, TrackState
from forensiclab.gui.work.task_runner import Task, TaskRunner


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FinishedTrack:
    """The scores of a track that no longer change, so that another thread may read them."""

    track_id: int
    curves: Mapping[str, Curve]
    scores: tuple[DetectorScore, ...]


def finished_tracks(tracks: Sequence[TrackState]) -> list[FinishedTrack]:
    """Return those tracks that have ended."""
    return [
        FinishedTrack(track_id=track.track_id, curves=dict(track.curves), scores=track.result.scores)
        for track in tracks
        if track.result is not None
    ]


def compare(
    tracks: Sequence[FinishedTrack], names: Sequence[str], cards: Mapping[str, MethodCard]
) -> tuple[PairAgreement, ...]:
    """Return how far these detectors agree over all crops of these tracks. For a worker thread."""
    crops = []
    for name in names:
        for track in tracks:
            curve = track.curves.get(name)
            if curve is None or not len(curve):
                continue
            times, first = np.unique(np.array(curve.pts_s), return_index=True)
            scores = np.array(curve.raw_scores)[first]
            band = _band(track.scores, name, cards.get(name))
            crops.append(
                DetectorCrops(detector=name, track_id=track.track_id, pts_s=times, raw_scores=scores, band=band)
            )
    return agreement(crops)


def _band(scores: Sequence[DetectorScore], name: str, card: MethodCard | None) -> BandCalibration | None:
    used = next((score.band for score in scores if score.detector == name), None)
    if card is None or used is None:
        return None
    return next((band for band in card.calibration if band.name == used), None)


class AgreementRunner(QObject):
    """Has the agreement computed; of several questions only the newest is answered."""

    answered = Signal(object, object)
    """The key that the question had, and a tuple of ``PairAgreement`` or, after an error, its sentence."""

    def __init__(self, tasks: TaskRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._task: Task[tuple[PairAgreement, ...]] | None = None
        self._key: object = None

    @property
    def key(self) -> object:
        """Of the question that was asked last."""
        return self._key

    def ask(
        self, key: object, tracks: Sequence[FinishedTrack], names: Sequence[str], cards: Mapping[str, MethodCard]
    ) -> None:
        """Compare these detectors over these tracks."""
        self.forget()
        self._key = key
        work = partial(compare, tuple(tracks), tuple(names), dict(cards))
        unexpected = self.tr("The detectors could not be compared.")
        self._task = self._tasks.submit(self, work, done=self._tell, failed=self._tell, unexpected=unexpected)

    def forget(self) -> None:
        """Drop the question."""
        if self._task is not None:
            self._task.drop()
        self._task = self._key = None

    def _tell(self, answer: tuple[PairAgreement, ...] | str) -> None:
        self._task = None
        self.answered.emit(self._key, answer)
