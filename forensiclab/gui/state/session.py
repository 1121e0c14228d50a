"""What is known so far about one exhibit: a model without widgets, fed with events; every widget shows a part of it."""

from array import array
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from forensiclab.analysis.aggregate import judge
from forensiclab.analysis.events import (
    AnalysisFinished,
    AnalysisReport,
    ContactCrop,
    CropsScored,
    Event,
    ExhibitOpened,
    FacesSeen,
    FramesSkipped,
    Progress,
    ShotCut,
    TrackFinished,
    TrackResult,
)
from forensiclab.analysis.skips import frames_by_reason
from forensiclab.core.geometry import Box
from forensiclab.core.records import Exhibit, Skipped, StreamInfo
from forensiclab.core.scores import CropScore, Verdict

KEPT_CROPS_BYTES = 128 * 2**20
"""How much memory the crops of one exhibit may take in the window; beyond it, they are thinned evenly."""

_SAME_FRAME_S = 0.02
"""A box belongs to a frame if its time is no farther away than this (or half a frame where the rate is known)."""


class SessionState(Enum):
    """How far the analysis of an exhibit is."""

    WAITING = auto()
    RUNNING = auto()
    DONE = auto()
    CANCELLED = auto()
    FAILED = auto()

    @property
    def is_over(self) -> bool:
        """Whether nothing more comes, unless it is restarted."""
        return self not in (SessionState.WAITING, SessionState.RUNNING)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownFace:
    """A face as the player draws it."""

    track_id: int
    box_xyxy_px: Box
    verdict: Verdict | None


class Curve:
    """Raw scores of one detector for one track, in the order in which they came."""

    def __init__(self) -> None:
        self.pts_s = array("d")
        self.raw_scores = array("d")

    def __len__(self) -> int:
        return len(self.pts_s)

    def add(self, score: CropScore) -> None:
        self.pts_s.append(score.pts_s)
        self.raw_scores.append(score.raw_score)


class TrackState:
    """What is known so far about one track."""

    def __init__(self, track_id: int) -> None:
        self.track_id = track_id
        self.curves: dict[str, Curve] = {}
        self.crops: list[ContactCrop] = []
        self.result: TrackResult | None = None
        self.verdict: Verdict | None = None
        """What all detectors together support, None before the track has ended."""
        self._pts_s = array("d")
        self._boxes = array("f")
        self._crops_seen = 0
        self._keep_every = 1

    @property
    def last_pts_s(self) -> float | None:
        return self._pts_s[-1] if self._pts_s else None

    def add_box(self, pts_s: float, box: Box) -> None:
        self._pts_s.append(pts_s)
        self._boxes.extend(box)

    def box_at(self, pts_s: float, tolerance_s: float) -> Box | None:
        """Return the box of the frame nearest to ``pts_s``, None where none is within ``tolerance_s``."""
        after = bisect_left(self._pts_s, pts_s)
        near = [i for i in (after - 1, after) if 0 <= i < len(self._pts_s)]
        best = min(near, key=lambda i: abs(self._pts_s[i] - pts_s), default=None)
        if best is None or abs(self._pts_s[best] - pts_s) > tolerance_s:
            return None
        left, top, right, bottom = self._boxes[4 * best : 4 * best + 4]
        return left, top, right, bottom

    def add_crop(self, crop: ContactCrop) -> None:
        for score in crop.scores:
            self.curves.setdefault(score.detector, Curve()).add(score)
        if self._crops_seen % self._keep_every == 0:
            self.crops.append(crop)
        self._crops_seen += 1

    def thin_crops(self) -> int:
        """Drop every second kept crop, and keep half as many from now on. Returns the bytes that were freed."""
        dropped = self.crops[1::2]
        self.crops = self.crops[::2]
        self._keep_every *= 2
        return sum(map(_crop_bytes, dropped))

    def finish(self, result: TrackResult) -> None:
        self.result = result
        self.verdict = judge(result.scores).verdict
        self._pts_s = array("d", result.path.pts_s.astype(np.float64).tobytes())
        self._boxes = array("f", result.path.boxes_xyxy_px.astype(np.float32).tobytes())


class Session:
    """Everything the window knows about one exhibit. Filled by ``add``; the widgets only read it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.state = SessionState.WAITING
        self.error = ""
        """Why the analysis failed, as a sentence; empty unless it did."""
        self.exhibit: Exhibit | None = None
        self.stream: StreamInfo | None = None
        self.progress: Progress | None = None
        self.share_read: float | None = None
        """How much of the exhibit has been read, in [0, 1]; None while that is not known."""
        self.tracks: dict[int, TrackState] = {}
        self.detectors: list[str] = []
        """Names of the detectors, in the order of their first score."""
        self.shot_cuts_s: list[float] = []
        self.skipped: list[Skipped] = []
        self.report: AnalysisReport | None = None
        self.picture_pts_s = array("d")
        self.picture_qp = array("d")
        """Mean QP under the first face of each scored frame, NaN where it is not known; beside ``picture_types``."""
        self.picture_types: list[str] = []
        self._picture_frames: set[int] = set()
        self._kept_bytes = 0
        self._kept_limit = KEPT_CROPS_BYTES

    @property
    def end_s(self) -> float:
        """Where the exhibit ends as far as is known: declared duration or last time seen, whichever is later."""
        seen = [t.last_pts_s for t in self.tracks.values() if t.last_pts_s is not None]
        declared = self.stream.duration_s if self.stream and self.stream.duration_s else 0.0
        read = self.report.coding.last_pts_s if self.report and self.report.coding.last_pts_s else 0.0
        return max([declared, read, *seen])

    def add(self, event: Event) -> None:
        """Take in one event of the analysis."""
        match event:
            case ExhibitOpened():
                self.exhibit, self.stream = event.exhibit, event.stream
            case Progress():
                self.progress = event
                if event.stage == "read" and event.total:
                    self.share_read = min(max(event.done / event.total, 0.0), 1.0)
            case FacesSeen():
                for face in event.faces:
                    self._track(face.track_id).add_box(face.pts_s, face.face.box_xyxy_px)
            case ShotCut():
                self.shot_cuts_s.append(event.pts_s)
            case CropsScored():
                for crop in event.crops:
                    self._add_crop(crop)
            case FramesSkipped():
                self.skipped.append(event.skipped)
            case TrackFinished():
                self._track(event.track.track_id).finish(event.track)
            case AnalysisFinished():
                self._finish(event.report)

    def limit_crops(self, limit_bytes: int) -> None:
        """Keep no more crops than fit into ``limit_bytes``, and never more than ``KEPT_CROPS_BYTES``."""
        self._kept_limit = min(limit_bytes, KEPT_CROPS_BYTES)
        self._thin_crops()

    def faces_at(self, pts_s: float) -> list[ShownFace]:
        """Return the faces of the frame shown at ``pts_s``."""
        rate = self.stream.average_frame_rate if self.stream else None
        tolerance_s = min(_SAME_FRAME_S, 0.5 / rate) if rate else _SAME_FRAME_S
        return [
            ShownFace(track_id=track.track_id, box_xyxy_px=box, verdict=track.verdict)
            for track in self.tracks.values()
            if (box := track.box_at(pts_s, tolerance_s)) is not None
        ]

    def curve(self, track_id: int, detector: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return times and raw scores of one track and detector, ascending, with NaN where frames were skipped.

        Returns:
            Two arrays of shape (N,): seconds and raw scores.
        """
        points = self.tracks[track_id].curves.get(detector, Curve())
        times, scores = np.asarray(points.pts_s), np.asarray(points.raw_scores)
        order = np.argsort(times, kind="stable")
        times, scores = times[order], scores[order]
        starts = [
            skip.start_s
            for skip in self.skipped
            if skip.track_id in (None, track_id) and skip.detector in (None, detector)
        ]
        gaps = np.unique(np.searchsorted(times, starts)) if starts else np.empty(0, np.int64)
        gaps = gaps[(gaps > 0) & (gaps < len(times))]
        return np.insert(times, gaps, times[gaps]), np.insert(scores, gaps, np.nan)

    def skipped_by_reason(self) -> list[tuple[str, int]]:
        """Return the reasons for frames without a score and how many frames each concerns, the most frequent first."""
        count: Counter[str] = Counter()
        for (reason, _), frames in frames_by_reason(self.skipped).items():
            count[reason] += frames
        return count.most_common()

    def _track(self, track_id: int) -> TrackState:
        return self.tracks.setdefault(track_id, TrackState(track_id))

    def _add_crop(self, crop: ContactCrop) -> None:
        track = self._track(crop.crop.track_id)
        before = len(track.crops)
        track.add_crop(crop)
        self.detectors.extend(name for name in track.curves if name not in self.detectors)
        if crop.crop.frame_index not in self._picture_frames:
            self._picture_frames.add(crop.crop.frame_index)
            self.picture_pts_s.append(crop.crop.pts_s)
            self.picture_qp.append(np.nan if crop.crop.quality.qp_mean is None else crop.crop.quality.qp_mean)
            self.picture_types.append(crop.crop.picture_type or "?")
        if len(track.crops) > before:
            self._kept_bytes += _crop_bytes(crop)
            self._thin_crops()

    def _thin_crops(self) -> None:
        while self._kept_bytes > self._kept_limit:
            fullest = max(self.tracks.values(), key=lambda candidate: len(candidate.crops), default=None)
            if fullest is None or len(fullest.crops) < 2:
                break
            self._kept_bytes -= fullest.thin_crops()

    def _finish(self, report: AnalysisReport) -> None:
        self.report = report
        self.shot_cuts_s = list(report.shot_cuts_s)
        self.skipped = list(report.skipped)
        for result in report.tracks:
            self._track(result.track_id).finish(result)
        reported = {result.track_id for result in report.tracks}
        self.tracks = {track_id: track for track_id, track in self.tracks.items() if track_id in reported}


def _crop_bytes(crop: ContactCrop) -> int:
    maps = sum(score.attention.nbytes for score in crop.scores if score.attention is not None)
    return crop.crop.picture.nbytes + maps
