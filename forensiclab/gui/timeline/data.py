"""What the timeline draws of one exhibit, taken over from its session bit by bit."""

from array import array
from bisect import insort
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from forensiclab.core.records import Skipped
from forensiclab.core.scores import Verdict
from forensiclab.gui.state.session import Session, TrackState
from forensiclab.gui.timeline.series import Series

PICTURE_TYPES = ("I", "P", "B", "?")

_PIECE = 25_000
"""Values taken over at once: a few milliseconds."""


@dataclass(slots=True)
class TrackBar:
    """A track as a bar in one of the lanes."""

    track_id: int
    start_s: float
    end_s: float
    lane: int
    verdict: Verdict | None = None


@dataclass(slots=True)
class DetectorCurves:
    """The curves of one detector: finished tracks as segments of one series, the others each on its own."""

    finished: Series = field(default_factory=Series)
    segment_of: dict[int, int] = field(default_factory=dict)
    """Number of a finished track's segment."""
    track_of: list[int] = field(default_factory=list)
    """The track of each segment."""
    running: dict[int, Series] = field(default_factory=dict)
    taken: dict[int, int] = field(default_factory=dict)
    """How many values of each running track's curve are here."""

    def of_track(self, track_id: int) -> tuple[Series, int] | None:
        """Return where a track's curve is: a series and the number of its segment; None where it has none."""
        if track_id in self.segment_of:
            return self.finished, self.segment_of[track_id]
        return (self.running[track_id], 0) if track_id in self.running else None

    def tracks(self) -> list[int]:
        """Return every track that has a curve."""
        return [*self.segment_of, *self.running]

    @property
    def extent(self) -> tuple[float, float] | None:
        """Lowest and highest raw score; None while there is none."""
        found = [extent for series in (self.finished, *self.running.values()) if (extent := series.extent)]
        return (min(low for low, _ in found), max(high for _, high in found)) if found else None


class TimelineData:
    """Grows with its session: ``feed`` takes over what is new, in pieces, so that the window stays live."""

    def __init__(self) -> None:
        self.detectors: dict[str, DetectorCurves] = {}
        self.bars: dict[int, TrackBar] = {}
        self.lanes = 0
        self.qp = Series()
        """QP under the face where it is known."""
        self.pictures: dict[str, Series] = {kind: Series() for kind in PICTURE_TYPES}
        """By picture type: the QP under the face at each picture, NaN where it is not known."""
        self.skipped: list[Skipped] = []
        self._skip_from = array("d")
        self._skip_to = array("d")
        self.version = 0
        """Another number whenever something is new."""
        self._lane_ends: list[float] = []
        self._open_tracks: list[TrackState] = []
        self._tracks: dict[int, TrackState] = {}
        """The session's own, to see whether it was replaced."""
        self._tracks_taken = 0
        self._skips: list[Skipped] = []
        """The session's own, to see whether it was replaced."""
        self._skips_taken = 0
        self._seen_skips: set[Skipped] = set()
        self._skip_starts: dict[tuple[int | None, str | None], list[float]] = {}
        """By the track and the detector that they concern (None = all), ascending."""
        self._pictures_taken = 0

    def fits(self, session: Session) -> bool:
        """Return whether everything here is still in the session; if not, begin with a new one."""
        return session.tracks is self._tracks or self.bars.keys() <= session.tracks.keys()

    def feed(self, session: Session) -> Iterator[None]:
        """Take over what is new. Each step takes a few milliseconds; what is left comes with the next call."""
        if session.tracks is not self._tracks:
            self._tracks, self._tracks_taken = session.tracks, 0
        for name in session.detectors:
            if name not in self.detectors:
                self.detectors[name] = DetectorCurves()
                self.version += 1
        yield from self._feed_skips(session)
        yield from self._feed_tracks(session)
        yield from self._feed_pictures(session)

    def skips_at(self, start_s: float, end_s: float) -> list[Skipped]:
        """Return what was not scored between two times."""
        starts, ends = self.skip_spans()
        return [self.skipped[i] for i in np.flatnonzero((starts <= end_s) & (ends >= start_s)).tolist()]

    def skip_spans(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return start and end of all that was not scored, shape (N,) each, seconds, in the order of ``skipped``."""
        return np.array(self._skip_from), np.array(self._skip_to)

    def _feed_skips(self, session: Session) -> Iterator[None]:
        if session.skipped is not self._skips:
            self._skips, self._skips_taken = session.skipped, 0
        for skip in session.skipped[self._skips_taken :]:
            self._skips_taken += 1
            if skip in self._seen_skips:
                continue
            self.version += 1
            self._seen_skips.add(skip)
            self.skipped.append(skip)
            self._skip_from.append(skip.start_s)
            self._skip_to.append(skip.end_s)
            insort(self._skip_starts.setdefault((skip.track_id, skip.detector), []), skip.start_s)
            for name, curves in self.detectors.items():
                if skip.detector not in (None, name):
                    continue
                concerned = list(self._tracks_at(skip.start_s)) if skip.track_id is None else [skip.track_id]
                for track_id in concerned:
                    if found := curves.of_track(track_id):
                        found[0].mark_gaps(found[1], np.asarray([skip.start_s]))
            yield

    def _tracks_at(self, pts_s: float) -> Iterator[int]:
        return (bar.track_id for bar in self.bars.values() if bar.start_s <= pts_s <= bar.end_s)

    def _feed_tracks(self, session: Session) -> Iterator[None]:
        for track in list(islice(session.tracks.values(), self._tracks_taken, None)):
            self._tracks_taken += 1
            bar = self.bars.get(track.track_id)
            if bar is None:
                self._open_tracks.append(track)
            elif track.verdict is not bar.verdict:
                bar.verdict = track.verdict
                self.version += 1
        for track in list(self._open_tracks):
            self._stretch_bar(track)  # first: a curve without a bar cannot be drawn, and this may end at any yield
            for name, curve in list(track.curves.items()):
                curves = self.detectors.setdefault(name, DetectorCurves())
                if track.track_id in curves.segment_of:
                    continue
                if track.result is not None and len(curve) <= _PIECE and track.track_id not in curves.running:
                    segment = curves.finished.begin_segment()
                    curves.finished.add(np.array(curve.pts_s), np.array(curve.raw_scores))
                    self._close(curves, segment, track.track_id, name)
                    yield
                    continue
                taken = curves.taken.get(track.track_id, 0)
                while taken < len(curve):
                    piece = slice(taken, taken + _PIECE)
                    series = curves.running.setdefault(track.track_id, Series())
                    series.add(np.array(curve.pts_s[piece]), np.array(curve.raw_scores[piece]))
                    taken = curves.taken[track.track_id] = taken + len(curve.pts_s[piece])
                    self._mark_gaps(series, 0, track.track_id, name)
                    self.version += 1
                    yield
            if track.result is not None:
                yield from self._finish(track)
                self._open_tracks.remove(track)

    def _stretch_bar(self, track: TrackState) -> None:
        """Let a track's bar reach as far as is known."""
        times = [curve.pts_s for curve in track.curves.values() if len(curve)]
        if track.result is not None:
            start_s, end_s = track.result.start_s, track.result.end_s
        elif track.last_pts_s is not None:
            start_s, end_s = min([track.last_pts_s, *(own[0] for own in times)]), track.last_pts_s
        elif times:
            start_s, end_s = min(own[0] for own in times), max(own[-1] for own in times)
        else:
            return
        bar = self.bars.get(track.track_id)
        if bar is None:
            lane = next((i for i, end in enumerate(self._lane_ends) if end < start_s), len(self._lane_ends))
            self._lane_ends[lane : lane + 1] = [end_s]
            self.lanes = len(self._lane_ends)
            bar = self.bars[track.track_id] = TrackBar(track.track_id, start_s, end_s, lane)
        elif track.result is None:
            start_s = min(start_s, bar.start_s)
        elif (start_s, end_s, track.verdict) == (bar.start_s, bar.end_s, bar.verdict):
            return
        bar.start_s, bar.end_s, bar.verdict = start_s, end_s, track.verdict
        self._lane_ends[bar.lane] = max(self._lane_ends[bar.lane], end_s)
        self.version += 1

    def _finish(self, track: TrackState) -> Iterator[None]:
        """Move a track's curves to those that no longer grow, one a step."""
        for name, curves in self.detectors.items():
            series = curves.running.pop(track.track_id, None)
            curves.taken.pop(track.track_id, None)
            if series is not None:
                self._close(curves, curves.finished.add_segment(series), track.track_id, name)
                yield

    def _close(self, curves: DetectorCurves, segment: int, track_id: int, detector: str) -> None:
        """Note that a segment is the whole curve of a track."""
        curves.segment_of[track_id] = segment
        curves.track_of.append(track_id)
        self._mark_gaps(curves.finished, segment, track_id, detector)
        self.version += 1

    def _mark_gaps(self, series: Series, segment: int, track_id: int, detector: str) -> None:
        for concerned in ((None, None), (None, detector), (track_id, None), (track_id, detector)):
            if starts := self._skip_starts.get(concerned):
                series.mark_gaps(segment, np.asarray(starts))

    def _feed_pictures(self, session: Session) -> Iterator[None]:
        while self._pictures_taken < len(session.picture_types):
            piece = slice(self._pictures_taken, self._pictures_taken + _PIECE)
            times, qp = np.array(session.picture_pts_s[piece]), np.array(session.picture_qp[piece])
            types = np.asarray(session.picture_types[piece], dtype="U1")
            known = np.isfinite(qp)
            self.qp.add(times[known], qp[known])
            for kind, series in self.pictures.items():
                chosen = types == kind
                series.add(times[chosen], qp[chosen])
            self._pictures_taken += len(types)
            self.version += 1
            yield
