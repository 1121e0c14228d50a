"""The whole analysis as one generator: command line, window, tests and cluster workers all loop over it."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime

from forensiclab.analysis import events
from forensiclab.analysis.aggregate import judge, score_video
from forensiclab.analysis.face_stream import EndedTrack, FaceStream, SeenFrame
from forensiclab.analysis.loading import loaded
from forensiclab.analysis.method import describe_method
from forensiclab.analysis.opening import chosen_detectors, hashed, opened, state_warnings, stream_warnings
from forensiclab.analysis.pace import Pace
from forensiclab.analysis.scoring import FaceCrops, Scorer
from forensiclab.analysis.skips import SkipKind, SkipLog
from forensiclab.analysis.track_scores import TrackScores
from forensiclab.core.cancel import CancelToken
from forensiclab.core.errors import Cancelled
from forensiclab.core.records import Exhibit, Picture, Skipped, StreamInfo, TrackedFace
from forensiclab.core.text import Sentence
from forensiclab.detectors.base import Detector
from forensiclab.detectors.runtime import choose_device, open_detector
from forensiclab.faces.crop import cut_crops
from forensiclab.faces.finder import FaceFinder
from forensiclab.media.frame import Frame
from forensiclab.media.probe import exhibit_state
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
    names = chosen_detectors(request.detectors)
    started_at = datetime.now(UTC)
    exhibit = yield from hashed(request.path, cancel)
    with MediaReader(request.path, is_trusted=False) as reader:
        yield events.ExhibitOpened(exhibit=exhibit, stream=reader.info)
        detectors = tuple(opened(names, request.device, request.precision, cancel, open_detector))
        finder = loaded(lambda: make_finder(str(choose_device(request.device))), cancel)
        analysis = _Analysis(request, detectors, finder, reader, cancel)
        yield from analysis.run()
        yield events.AnalysisFinished(report=analysis.report(exhibit, started_at))


class _Analysis:
    """The state of one analysis while the frames go by."""

    def __init__(
        self,
        request: events.AnalysisRequest,
        detectors: tuple[Detector, ...],
        finder: FaceFinder,
        reader: MediaReader,
        cancel: CancelToken,
    ) -> None:
        self._request, self._detectors = request, detectors
        self._reader, self._cancel = reader, cancel
        self._skips = SkipLog()
        self._scorer = Scorer(detectors, self._skips)
        self._finder_name = finder.name
        self._stream = FaceStream(finder, request.sampling, self._cut, room=WAITING_FACES)
        self._scores: dict[int, TrackScores] = {}
        self._tracks: list[events.TrackResult] = []
        self._pace = Pace(reader.info.duration_s)
        self._cuts_s: list[float] = []
        self._frames_with_face = 0
        self._frames_sampled = 0
        self._is_partial = False

    def run(self) -> Iterator[events.Event]:
        """Read and score until the end, or until cancelled."""
        try:
            for seen in self._stream.over(self._reader.frames(self._cancel)):
                yield from self._see(seen)
            self._pace.has_read_all()
        except Cancelled:
            self._is_partial = True
        yield from self._tell_of_unread()
        for ended in self._stream.finish():
            yield from self._end_track(ended)
        for skipped in self._skips.close_all():
            yield events.FramesSkipped(skipped=skipped)

    def _cut(self, picture: Picture, frame: Frame, face: TrackedFace) -> FaceCrops:
        rules, size_px = self._scorer.rules, frame.size_px
        return FaceCrops(
            cut_crops(picture, face, rules, qp=frame.qp, picture_type=frame.picture_type, frame_size_px=size_px)
        )

    def _tell_of_unread(self) -> Iterator[events.Event]:
        """Frames that the reader left out before the frame that came last."""
        skipped = self._reader.take_skipped()
        if skipped:
            yield from _as_events(self._skips.close("faces"))
        for one in skipped:
            self._skips.add_whole(one)
            yield events.FramesSkipped(skipped=one)

    def _see(self, seen: SeenFrame[FaceCrops]) -> Iterator[events.Event]:
        yield from self._tell_of_unread()
        if seen.is_shot_cut:
            self._cuts_s.append(seen.pts_s)
            yield events.ShotCut(frame_index=seen.frame_index, pts_s=seen.pts_s)
        for ended in seen.ended:
            yield from self._end_track(ended)
        if seen.faces:
            self._frames_with_face += 1
            self._frames_sampled += seen.is_sampled
            yield from _as_events(self._skips.close("faces"))
            yield events.FacesSeen(frame_index=seen.frame_index, pts_s=seen.pts_s, faces=seen.faces)
        else:
            self._skips.add(SkipKind(stage="faces", reason=NO_FACE), seen.frame_index, seen.pts_s)
        for due in seen.due:
            yield from self._score(due.track_id, due.faces)
        yield self._pace.read(seen.pts_s, self._stream.waiting)

    def _end_track(self, ended: EndedTrack[FaceCrops]) -> Iterator[events.Event]:
        track_id, scores = ended.path.track_id, self._scores_of(ended.path.track_id)
        scored_before = scores.crops_scored
        try:
            yield from self._score(track_id, ended.faces)
        except Cancelled:
            self._is_partial = True
        for face in ended.faces[scores.crops_scored - scored_before :]:
            crop = face.crops[0]
            kind = SkipKind(stage="score", reason=CANCELLED, track_id=track_id)
            self._skips.add(kind, crop.frame_index, crop.pts_s)
        for detector in self._detectors:
            yield from _as_events(self._skips.close("score", track_id, detector.card.name))
        yield from _as_events(self._skips.close("score", track_id))
        result = scores.result(
            ended.path, self._detectors, self._reader.info.jpeg_quality, self._request.aggregation, self._skips
        )
        del self._scores[track_id]
        self._tracks.append(result)
        yield events.TrackFinished(track=result)

    def _score(self, track_id: int, faces: Sequence[FaceCrops]) -> Iterator[events.Event]:
        since, scores = self._pace.now(), self._scores_of(track_id)
        done = 0
        for scored in self._scorer.score(faces, self._cancel):
            scores.add(scored)
            self._pace.scored(len(scored), since)
            done += len(scored)
            yield events.CropsScored(crops=scored)
            yield self._pace.scoring(done, len(faces), self._stream.waiting)
            since = self._pace.now()

    def _scores_of(self, track_id: int) -> TrackScores:
        if track_id not in self._scores:
            self._scores[track_id] = TrackScores(self._request.contact_crops)
        return self._scores[track_id]

    def report(self, exhibit: Exhibit, started_at: datetime) -> events.AnalysisReport:
        """Report what is known at the end."""
        tracks = tuple(sorted(self._tracks, key=lambda track: track.track_id))
        scores = tuple(
            score_video(detector.card.name, [(track.track_id, track.scores[i]) for track in tracks])
            for i, detector in enumerate(self._detectors)
        )
        coding = self._reader.coding()
        state = exhibit_state(exhibit)
        return events.AnalysisReport(
            exhibit=exhibit,
            stream=self._reader.info,
            coding=coding,
            method=describe_method(self._request, self._detectors, self._scorer.rules, self._finder_name),
            tracks=tracks,
            video=judge(scores),
            shot_cuts_s=tuple(self._cuts_s),
            frames_with_face=self._frames_with_face,
            frames_sampled=self._frames_sampled,
            crops_scored=sum(score.crops_scored for score in scores),
            skipped=self._skips.all(),
            warnings=(*state_warnings(state), *self._warnings(self._reader.info, coding.end_note)),
            is_partial=self._is_partial,
            started_at=started_at.isoformat(timespec="seconds"),
            finished_at=datetime.now(UTC).isoformat(timespec="seconds"),
            exhibit_state=state,
        )

    def _warnings(self, stream: StreamInfo, end_note: str | None) -> Iterator[str]:
        if end_note:
            yield end_note
        if self._is_partial:
            yield Sentence("The analysis was cancelled; the results cover only what was examined before.")
        if self._stream.was_thinned:
            yield Sentence(
                "More than {0} sampled faces were held at once, so long tracks were sampled more thinly than asked "
                "for.",
                WAITING_FACES,
            )
        yield from stream_warnings(stream)


def _as_events(skipped: Sequence[Skipped]) -> Iterator[events.Event]:
    return (events.FramesSkipped(skipped=one) for one in skipped)
