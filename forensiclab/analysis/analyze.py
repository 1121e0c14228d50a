"""The whole analysis as one generator: command line, window, tests and cluster workers all loop over it."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime

from forensiclab.analysis import events
from forensiclab.analysis.aggregate import Aggregation, judge, score_video
from forensiclab.analysis.loading import loaded
from forensiclab.analysis.method import describe_method
from forensiclab.analysis.opening import chosen_detectors, hashed, opened, stream_warnings
from forensiclab.analysis.progress import Pace
from forensiclab.analysis.sampling import SamplingPolicy
from forensiclab.analysis.scoring import FaceCrops, Scorer
from forensiclab.analysis.skips import SkipKind, SkipLog
from forensiclab.analysis.tracking import LiveTrack
from forensiclab.core.cancel import CancelToken
from forensiclab.core.errors import Cancelled
from forensiclab.core.records import Exhibit, Skipped, StreamInfo, TrackedFace
from forensiclab.core.text import Sentence
from forensiclab.detectors.base import Detector
from forensiclab.detectors.runtime import choose_device, open_detector
from forensiclab.faces.crop import cut_crops
from forensiclab.faces.finder import FaceFinder
from forensiclab.faces.track import FaceTracker
from forensiclab.media.frame import Frame
from forensiclab.media.reader import MediaReader

WAITING_FACES = 1024
"""Faces that are cut and wait for their track to end, at most; beyond it the tracks are sampled more thinly."""

NO_FACE = Sentence("no face was found")
CANCELLED = Sentence("cancelled before it was scored")


def analyze(
    request: events.AnalysisRequest,
    cancel: CancelToken,
    *,
    open_detector: Callable[[str, str, str], Detector] = open_detector,
    make_finder: Callable[[str], FaceFinder] = FaceFinder,
) -> Iterator[events.Event]:
    """Analyse one exhibit: hash, decode once, find and track faces, score, aggregate, judge.

    The last event is ``AnalysisFinished``. When ``cancel`` is set, reading and scoring stop at the next frame or batch
    and the report holds what was found before, marked as partial.

    Args:
        request: What to analyse and how.
        cancel: Set by another thread to stop.
        open_detector: (name, device, precision) -> detector.
        make_finder: device -> face finder.

    Raises:
        SettingsError: An option of the request cannot be used.
        WeightsError, DeviceError: A detector cannot be opened; nothing has been read by then.
        MediaError: The file cannot be read as video or picture.
        Cancelled: Before the exhibit was hashed and the detectors were opened; there is nothing to report yet.
    """
    policy, aggregation = SamplingPolicy.parse(request.sampling), Aggregation.parse(request.aggregation)
    names = chosen_detectors(request.detectors)
    started_at = datetime.now(UTC)
    exhibit = yield from hashed(request.path, cancel)
    with MediaReader(request.path) as reader:
        yield events.ExhibitOpened(exhibit=exhibit, stream=reader.info)
        detectors = tuple(opened(names, request.device, request.precision, cancel, open_detector))
        finder = loaded(lambda: make_finder(str(choose_device(request.device))), cancel)
        analysis = _Analysis(request, policy, aggregation, detectors, finder, reader, cancel)
        yield from analysis.run()
        yield events.AnalysisFinished(report=analysis.report(exhibit, started_at))


class _Analysis:
    """The state of one analysis while the frames go by."""

    def __init__(
        self,
        request: events.AnalysisRequest,
        policy: SamplingPolicy,
        aggregation: Aggregation,
        detectors: tuple[Detector, ...],
        finder: FaceFinder,
        reader: MediaReader,
        cancel: CancelToken,
    ) -> None:
        self._request, self._policy, self._aggregation = request, policy, aggregation
        self._detectors, self._reader, self._cancel = detectors, reader, cancel
        self._skips = SkipLog()
        self._scorer = Scorer(detectors, self._skips)
        self._finder_name = finder.name
        self._tracker = FaceTracker(finder)
        self._live: dict[int, LiveTrack] = {}
        self._tracks: list[events.TrackResult] = []
        self._pace = Pace()
        self._cuts_s: list[float] = []
        self._frames_with_face = 0
        self._frames_sampled = 0
        self._share_read: float | None = None
        self._is_partial = False
        self._was_thinned = False

    def run(self) -> Iterator[events.Event]:
        """Read and score until the end, or until cancelled."""
        self._pace.start_reading()
        try:
            for frame in self._reader.frames(self._cancel):
                yield from self._see(frame)
            for track_id in self._tracker.finish():
                yield from self._end_track(track_id)
        except Cancelled:
            self._is_partial = True
            for track_id in list(self._live):
                yield from self._end_track(track_id)
        for skipped in self._skips.close_all():
            yield events.FramesSkipped(skipped=skipped)

    def _see(self, frame: Frame) -> Iterator[events.Event]:
        step = self._tracker.step(frame)
        if step.is_shot_cut:
            self._cuts_s.append(frame.pts_s)
            yield events.ShotCut(frame_index=frame.index, pts_s=frame.pts_s)
        for track_id in step.ended:
            yield from self._end_track(track_id)
        if step.faces:
            self._frames_with_face += 1
            yield from _as_events(self._skips.close("faces"))
            yield events.FacesSeen(frame_index=frame.index, pts_s=frame.pts_s, faces=step.faces)
            yield from self._sample(frame, step.faces)
        else:
            self._skips.add(SkipKind(stage="faces", reason=NO_FACE), frame.index, frame.pts_s)
        yield self._reading_progress(frame)

    def _sample(self, frame: Frame, faces: Sequence[TrackedFace]) -> Iterator[events.Event]:
        """Cut the faces that the sampling policy wants; score them now unless the policy waits for the track's end."""
        wanted = [face for face in faces if self._track(face.track_id).wants_next()]
        if not wanted:
            return
        self._frames_sampled += 1
        picture = frame.rgb()
        for face in wanted:
            crops = cut_crops(picture, face, self._scorer.rules, qp=frame.qp, picture_type=frame.picture_type)
            track = self._track(face.track_id)
            track.keep(FaceCrops(crops))
            if track.has_full_batch:
                yield from self._score(track, track.take_waiting())
        if sum(track.waiting for track in self._live.values()) > WAITING_FACES:
            self._was_thinned = True
            max(self._live.values(), key=lambda track: track.waiting).thin()

    def _end_track(self, track_id: int) -> Iterator[events.Event]:
        track = self._live.pop(track_id, None)
        if track is None:
            return
        waiting = track.take_waiting()
        scored_before = track.crops_scored
        try:
            yield from self._score(track, waiting)
        except Cancelled:
            self._is_partial = True
        done = track.crops_scored - scored_before
        for face in waiting[done:]:
            crop = face.crops[0]
            kind = SkipKind(stage="score", reason=CANCELLED, track_id=track_id)
            self._skips.add(kind, crop.frame_index, crop.pts_s)
        for detector in self._detectors:
            yield from _as_events(self._skips.close("score", track_id, detector.card.name))
        yield from _as_events(self._skips.close("score", track_id))
        result = track.result(
            self._tracker.path(track_id),
            self._detectors,
            self._reader.info.jpeg_quality,
            self._aggregation,
            self._skips,
        )
        self._tracks.append(result)
        yield events.TrackFinished(track=result)

    def _score(self, track: LiveTrack, faces: Sequence[FaceCrops]) -> Iterator[events.Event]:
        since = self._pace.now()
        left = len(faces)
        for scored in self._scorer.score(faces, self._cancel):
            track.add_scores(scored)
            self._pace.scored(len(scored), since)
            left -= len(scored)
            yield events.CropsScored(crops=scored)
            yield self._progress("score", len(faces) - left, len(faces), left)
            since = self._pace.now()

    def _reading_progress(self, frame: Frame) -> events.Progress:
        duration = self._reader.info.duration_s
        self._share_read = min(1.0, max(0.0, frame.pts_s / duration)) if duration else None
        return self._progress("read", frame.pts_s, duration, 0)

    def _progress(self, stage: str, done: float, total: float | None, left_here: int) -> events.Progress:
        waiting = sum(track.will_score for track in self._live.values()) + left_here
        return events.Progress(stage=stage, done=done, total=total, left_s=self._pace.left_s(self._share_read, waiting))

    def _track(self, track_id: int) -> LiveTrack:
        if track_id not in self._live:
            self._live[track_id] = LiveTrack(track_id, self._policy, self._request.contact_crops)
        return self._live[track_id]

    def report(self, exhibit: Exhibit, started_at: datetime) -> events.AnalysisReport:
        """What is known at the end."""
        tracks = tuple(sorted(self._tracks, key=lambda track: track.track_id))
        scores = tuple(
            score_video(detector.card.name, [(track.track_id, track.scores[i]) for track in tracks])
            for i, detector in enumerate(self._detectors)
        )
        verdict, reasons, conflict = judge(scores)
        coding = self._reader.coding()
        return events.AnalysisReport(
            exhibit=exhibit,
            stream=self._reader.info,
            coding=coding,
            method=describe_method(self._request, self._detectors, self._scorer.rules, self._finder_name),
            tracks=tracks,
            video=events.VideoResult(verdict=verdict, reasons=reasons, scores=scores, conflict=conflict),
            shot_cuts_s=tuple(self._cuts_s),
            frames_with_face=self._frames_with_face,
            frames_sampled=self._frames_sampled,
            crops_scored=sum(score.crops_scored for score in scores),
            skipped=self._skips.all(),
            warnings=tuple(self._warnings(self._reader.info, coding.end_note)),
            is_partial=self._is_partial,
            started_at=started_at.isoformat(timespec="seconds"),
            finished_at=datetime.now(UTC).isoformat(timespec="seconds"),
        )

    def _warnings(self, stream: StreamInfo, end_note: str | None) -> Iterator[str]:
        if end_note:
            yield end_note
        if self._is_partial:
            yield Sentence("The analysis was cancelled; the results cover only what was examined before.")
        if self._was_thinned:
            yield Sentence(
                "More than {0} sampled faces were held at once, so long tracks were sampled more thinly than asked "
                "for.",
                WAITING_FACES,
            )
        yield from stream_warnings(stream)


def _as_events(skipped: Sequence[Skipped]) -> Iterator[events.Event]:
    return (events.FramesSkipped(skipped=one) for one in skipped)
