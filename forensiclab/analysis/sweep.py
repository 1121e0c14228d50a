"""The sweep as one generator: every face that is chosen is compressed anew at every level, and scored."""

import shlex
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np

from forensiclab.analysis.conditions import reasons_to_abstain
from forensiclab.analysis.events import AnalysisRequest, ExhibitOpened, MethodRecord, Progress
from forensiclab.analysis.face_patch import MAX_PIXELS, CutFace, FacePatch, cut_at, cut_patch
from forensiclab.analysis.level_results import CropAnswer, DoneTrack, FaceAtLevel, flip_points, level_results
from forensiclab.analysis.loading import loaded
from forensiclab.analysis.method import describe_method
from forensiclab.analysis.opening import chosen_detectors, hashed, opened, stream_warnings
from forensiclab.analysis.progress import Pace
from forensiclab.analysis.robustness import (
    LEVELS,
    LevelSwept,
    SweepEvent,
    SweepFinished,
    SweepReport,
    SweepRequest,
    SweptTrack,
    TrackSwept,
    codec_name,
    strength,
)
from forensiclab.analysis.sampling import EvenKeeper
from forensiclab.analysis.scoring import BATCH, NOT_FINITE, predicted
from forensiclab.core.cancel import CancelToken
from forensiclab.core.compression import CLEAN, Codec, CompressionLevel
from forensiclab.core.errors import Cancelled, SettingsError
from forensiclab.core.records import Exhibit, StreamInfo, TrackedFace
from forensiclab.core.text import Sentence
from forensiclab.detectors.base import Detector
from forensiclab.detectors.runtime import choose_device, open_detector
from forensiclab.faces.finder import FaceFinder
from forensiclab.faces.track import FaceTracker
from forensiclab.media.frame import Frame
from forensiclab.media.reader import MediaReader

WAITING_BYTES = 512 << 20
"""Parts of frames that wait for their track to end, at most; beyond it the longest are sampled more thinly."""


def sweep(
    request: SweepRequest,
    cancel: CancelToken,
    *,
    open_detector: Callable[[str, str, str], Detector] = open_detector,
    make_finder: Callable[[str], FaceFinder] = FaceFinder,
) -> Iterator[SweepEvent]:
    """Find out how far the detectors' answers to an exhibit withstand more compression.

    Faces are found and tracked as by ``analyze``. Of every track some faces, evenly spread, are cut out with their
    surroundings and compressed at every level; each detector scores all of them. The last event is ``SweepFinished``.
    When ``cancel`` is set, the work stops at the next frame or level of a face; faces that were scored at every level
    by then are in the report, which is marked as partial.

    Args:
        request: What to sweep and how.
        cancel: Set by another thread to stop.
        open_detector: (name, device, precision) -> detector.
        make_finder: device -> face finder.

    Raises:
        SettingsError: An option of the request cannot be used.
        WeightsError, DeviceError: A detector cannot be opened; nothing has been read by then.
        MediaError: The file cannot be read as video or picture.
        Cancelled: Before any face was scored at every level; there is nothing to report yet.
    """
    levels = _levels(request)
    names = chosen_detectors(request.detectors)
    started_at = datetime.now(UTC)
    exhibit = yield from hashed(request.path, cancel)
    with MediaReader(request.path) as reader:
        yield ExhibitOpened(exhibit=exhibit, stream=reader.info)
        detectors = tuple(opened(names, request.device, request.precision, cancel, open_detector))
        finder = loaded(lambda: make_finder(str(choose_device(request.device))), cancel)
        state = _Sweep(request, levels, detectors, finder, reader, cancel)
        yield from state.run()
        if state.has_nothing:
            raise Cancelled
        report = state.report(exhibit, started_at)
        for result in report.levels:
            yield LevelSwept(result=result)
        yield SweepFinished(report=report)


def _levels(request: SweepRequest) -> tuple[CompressionLevel, ...]:
    """``clean`` and the levels that are asked for, from weak to strong."""
    if request.codec is Codec.CLEAN:
        raise SettingsError(Sentence("A sweep compresses with crf, jpeg or webp; 'clean' is always part of it."))
    if request.crops_per_track < 1:
        raise SettingsError(Sentence("A sweep needs at least one crop of a track, not {0}.", request.crops_per_track))
    asked = set(request.levels or LEVELS[request.codec]) - {CLEAN}
    others = sorted(str(level) for level in asked if level.codec is not request.codec)
    if others:
        raise SettingsError(
            Sentence("A sweep compresses with one codec: {0} is no level of {1}.", ", ".join(others), request.codec)
        )
    return CLEAN, *sorted(asked, key=strength)


class _LiveTrack:
    """The faces of a track that wait to be scored."""

    def __init__(self, crops: int) -> None:
        self._seen = -1
        self.keeper: EvenKeeper[FacePatch] = EvenKeeper(crops)
        self.has_too_large = False

    def wants_next(self) -> bool:
        """Whether the next face of the track is to be cut; counts it as seen."""
        self._seen += 1
        return self.keeper.wants(self._seen)

    @property
    def waiting_bytes(self) -> int:
        return sum(patch.picture.nbytes for patch in self.keeper.held())


class _Sweep:
    """The state of one sweep while the frames go by."""

    def __init__(
        self,
        request: SweepRequest,
        levels: tuple[CompressionLevel, ...],
        detectors: tuple[Detector, ...],
        finder: FaceFinder,
        reader: MediaReader,
        cancel: CancelToken,
    ) -> None:
        self._request, self._levels, self._detectors = request, levels, detectors
        self._reader, self._cancel = reader, cancel
        self._rules = tuple(dict.fromkeys(detector.input_spec.crop_rule for detector in detectors))
        self._finder_name = finder.name
        self._tracker = FaceTracker(finder)
        self._live: dict[int, _LiveTrack] = {}
        self._done: list[DoneTrack] = []
        self._pace = Pace()
        self._share_read: float | None = None
        self._is_partial = False
        self._was_thinned = False

    def run(self) -> Iterator[SweepEvent]:
        """Read and score until the end, or until cancelled."""
        self._pace.start_reading()
        try:
            for frame in self._reader.frames(self._cancel):
                step = self._tracker.step(frame)
                for track_id in step.ended:
                    yield from self._end_track(track_id)
                self._sample(frame, step.faces)
                yield self._reading_progress(frame)
            self._share_read = 1.0
            for track_id in self._tracker.finish():
                yield from self._end_track(track_id)
        except Cancelled:
            self._is_partial = True

    def _sample(self, frame: Frame, faces: Sequence[TrackedFace]) -> None:
        """Cut the faces out that may be among those that are scored."""
        crops = self._request.crops_per_track
        wanted = [face for face in faces if self._live.setdefault(face.track_id, _LiveTrack(crops)).wants_next()]
        picture = frame.rgb() if wanted else None
        for face in wanted:
            assert picture is not None
            track, box = self._live[face.track_id], face.face.box_xyxy_px
            patch = cut_patch(
                picture,
                track_id=face.track_id,
                frame_index=face.frame_index,
                pts_s=face.pts_s,
                box_xyxy_px=box,
                landmarks_xy_px=face.face.landmarks_xy_px,
                qp_mean=None if frame.qp is None else frame.qp.mean_in(box),
                picture_type=frame.picture_type,
                margins=[rule.margin for rule in self._rules],
            )
            if patch.picture.shape[0] * patch.picture.shape[1] > MAX_PIXELS:
                track.has_too_large = True
            else:
                track.keeper.keep(patch)
        while wanted and sum(track.waiting_bytes for track in self._live.values()) > WAITING_BYTES:
            largest = max(self._live.values(), key=lambda track: track.waiting_bytes)
            if len(largest.keeper) < 2:
                return
            self._was_thinned = True
            largest.keeper.thin()

    def _end_track(self, track_id: int) -> Iterator[SweepEvent]:
        track = self._live.pop(track_id, None)
        if track is None:
            return
        path = self._tracker.path(track_id)
        patches = track.keeper.chosen()
        faces: list[tuple[FaceAtLevel, ...]] = []
        try:
            for patch in patches:
                faces.append((yield from self._score(patch, len(faces), len(patches))))
        finally:
            done = SweptTrack(
                track_id=track_id,
                start_s=float(path.pts_s[0]),
                end_s=float(path.pts_s[-1]),
                frames_with_face=len(path.pts_s),
                median_face_px=float(np.median(path.face_sizes_px())),
                pts_s=tuple(patch.pts_s for patch in patches[: len(faces)]),
            )
            self._done.append(DoneTrack(track=done, faces=tuple(faces), has_too_large=track.has_too_large))
        yield TrackSwept(track=done)

    def _score(self, patch: FacePatch, done: int, total: int) -> Generator[Progress, None, tuple[FaceAtLevel, ...]]:
        """Compress a face at every level, and have it scored; ``done`` of ``total`` faces of the track are."""
        count = len(self._levels)
        cut: list[CutFace] = []
        for level in self._levels:
            self._cancel.check()
            since = self._pace.now()
            cut.append(cut_at(patch, level, self._rules))
            self._pace.scored(1, since)
            at = done * count + len(cut)
            yield self._progress("score", at, total * count, total * count - at)
        self._cancel.check()
        since = self._pace.now()
        columns = [self._ask(detector, cut) for detector in self._detectors]
        self._pace.scored(0, since)
        return tuple(
            FaceAtLevel(qp=one.quality.qp_mean, answers=tuple(column[i] for column in columns))
            for i, one in enumerate(cut)
        )

    def _ask(self, detector: Detector, cut: Sequence[CutFace]) -> list[CropAnswer]:
        """What a detector says about one face at every level."""
        rule = self._rules.index(detector.input_spec.crop_rule)
        reasons = [reasons_to_abstain(detector.card.conditions, one.quality) for one in cut]
        answers = [CropAnswer(raw_score=None, reason=Sentence.joined("; ", reason)) for reason in reasons]
        seen = [i for i, reason in enumerate(reasons) if not reason]
        for start in range(0, len(seen), BATCH):
            batch = seen[start : start + BATCH]
            scores = predicted(detector, np.stack([cut[i].crops[rule] for i in batch]), self._cancel).raw_scores
            for i, score in zip(batch, scores, strict=True):
                is_number = bool(np.isfinite(score))
                answers[i] = CropAnswer(
                    raw_score=float(score) if is_number else None, reason=None if is_number else NOT_FINITE
                )
        return answers

    def _reading_progress(self, frame: Frame) -> Progress:
        duration = self._reader.info.duration_s
        self._share_read = min(1.0, max(0.0, frame.pts_s / duration)) if duration else None
        return self._progress("read", frame.pts_s, duration, 0)

    def _progress(self, stage: str, done: float, total: float | None, left_here: int) -> Progress:
        faces = sum(min(len(track.keeper), self._request.crops_per_track) for track in self._live.values())
        left_s = self._pace.left_s(self._share_read, faces * len(self._levels) + left_here)
        return Progress(stage=stage, done=done, total=total, left_s=left_s)

    @property
    def has_nothing(self) -> bool:
        """Whether the sweep was cancelled before there was anything to report."""
        return self._is_partial and not any(done.faces for done in self._done)

    def report(self, exhibit: Exhibit, started_at: datetime) -> SweepReport:
        """What is known at the end."""
        tracks = sorted(self._done, key=lambda done: done.track.track_id)
        stream, coding = self._reader.info, self._reader.coding()
        cards = [detector.card for detector in self._detectors]
        levels = level_results(cards, self._levels, tracks, stream.jpeg_quality)
        return SweepReport(
            exhibit=exhibit,
            stream=stream,
            coding=coding,
            method=self._method(),
            codec=self._request.codec,
            tracks=tuple(done.track for done in tracks),
            levels=levels,
            flips=flip_points([card.name for card in cards], levels),
            warnings=tuple(self._warnings(stream, coding.end_note)),
            is_partial=self._is_partial,
            started_at=started_at.isoformat(timespec="seconds"),
            finished_at=datetime.now(UTC).isoformat(timespec="seconds"),
        )

    def _method(self) -> MethodRecord:
        """As of an analysis of the same crops, with the command that repeats the sweep."""
        request, defaults = self._request, SweepRequest(path=self._request.path)
        options = {
            "codec": codec_name(request.codec),
            "levels": ",".join(str(level.value) for level in self._levels[1:]),
            "crops": str(request.crops_per_track),
            "device": request.device,
            "precision": request.precision,
        }
        names = tuple(detector.card.name for detector in self._detectors)
        command = ["forensiclab", "sweep", str(request.path), "--detectors", ",".join(names)]
        for name, value in options.items():
            command += [f"--{name}", value]
        usual = {
            "codec": codec_name(defaults.codec),
            "levels": ",".join(str(level.value) for level in LEVELS[request.codec]),
            "crops": str(defaults.crops_per_track),
            "device": defaults.device,
            "precision": defaults.precision,
        }
        as_analysed = AnalysisRequest(
            path=request.path,
            detectors=names,
            device=request.device,
            precision=request.precision,
            sampling=f"per-track:{request.crops_per_track}",
        )
        return replace(
            describe_method(as_analysed, self._detectors, self._rules, self._finder_name),
            deviations=tuple(
                f"--{name} is {value} instead of {usual[name]}."
                for name, value in options.items()
                if value != usual[name]
            ),
            command=shlex.join(command),
        )

    def _warnings(self, stream: StreamInfo, end_note: str | None) -> Iterator[str]:
        if end_note:
            yield end_note
        if self._is_partial:
            yield Sentence(
                "The sweep was cancelled; the results cover only the faces that were scored at every level before."
            )
        if self._was_thinned:
            yield Sentence(
                "More than {0} MiB of faces were held at once, so long tracks were sampled more thinly than asked for.",
                WAITING_BYTES >> 20,
            )
        yield from stream_warnings(stream)
