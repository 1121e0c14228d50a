"""The sweep as one generator: every chosen face is recompressed at every level, and scored."""

import shlex
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np

from forensiclab.analysis.conditions import reasons_to_abstain
from forensiclab.analysis.events import AnalysisRequest, ExhibitOpened, MethodRecord, Progress
from forensiclab.analysis.face_patch import MAX_PIXELS, CutFace, FacePatch, cut_at, cut_patch
from forensiclab.analysis.face_stream import EndedTrack, FaceStream
from forensiclab.analysis.level_results import DoneTrack, FaceAtLevel, flip_points, level_results
from forensiclab.analysis.loading import loaded
from forensiclab.analysis.method import describe_method
from forensiclab.analysis.opening import chosen_detectors, hashed, opened, state_warnings, stream_warnings
from forensiclab.analysis.pace import Pace
from forensiclab.analysis.robustness import (
    LEVELS,
    LevelSwept,
    SweepEvent,
    SweepFinished,
    SweepReport,
    SweepRequest,
    SweptTrack,
    TrackSwept,
)
from forensiclab.analysis.scoring import BATCH, NOT_FINITE, predicted
from forensiclab.core.cancel import CancelToken
from forensiclab.core.compression import CLEAN, COMPRESSING, Codec, CompressionLevel
from forensiclab.core.errors import Cancelled, SettingsError
from forensiclab.core.geometry import scaled_box
from forensiclab.core.options import SamplingPolicy
from forensiclab.core.records import Exhibit, Picture, StreamInfo, TrackedFace
from forensiclab.core.text import Sentence
from forensiclab.detectors.base import Detector
from forensiclab.detectors.runtime import choose_device, open_detector
from forensiclab.faces.finder import FaceFinder
from forensiclab.media.frame import Frame
from forensiclab.media.probe import exhibit_state
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
    with MediaReader(request.path, is_trusted=False) as reader:
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
    """Return ``clean`` and the levels that are asked for, from weak to strong."""
    if request.codec is Codec.CLEAN:
        names = ", ".join(COMPRESSING)
        raise SettingsError(Sentence("A sweep compresses with one of {0}; 'clean' is always part of it.", names))
    if request.crops_per_track < 1:
        raise SettingsError(Sentence("A sweep needs at least one crop of a track, not {0}.", request.crops_per_track))
    asked = set(request.levels or LEVELS[request.codec]) - {CLEAN}
    others = sorted(str(level) for level in asked if level.codec is not request.codec)
    if others:
        raise SettingsError(
            Sentence("A sweep compresses with one codec: {0} is not a level of {1}.", ", ".join(others), request.codec)
        )
    return CLEAN, *sorted(asked, key=lambda level: level.strength)


def _values(levels: Sequence[CompressionLevel]) -> str:
    """Write levels of one codec as on the command line."""
    return ",".join(str(level.value) for level in levels)


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
        self._policy = SamplingPolicy("per-track", request.crops_per_track)
        self._stream = FaceStream(
            finder, self._policy, self._cut, room=WAITING_BYTES, size_of=lambda patch: patch.picture.nbytes
        )
        self._too_large: set[int] = set()
        """Tracks with faces that are too large to be recompressed."""
        self._done: list[DoneTrack] = []
        self._pace = Pace(reader.info.duration_s)
        self._is_partial = False

    def run(self) -> Iterator[SweepEvent]:
        """Read and score until the end, or until cancelled."""
        try:
            for seen in self._stream.over(self._reader.frames(self._cancel)):
                for ended in seen.ended:
                    yield from self._end_track(ended)
                yield self._pace.read(seen.pts_s, self._waiting)
            self._pace.has_read_all()
            for ended in self._stream.finish():
                yield from self._end_track(ended)
        except Cancelled:
            self._is_partial = True

    def _cut(self, picture: Picture, frame: Frame, tracked: TrackedFace) -> FacePatch | None:
        box = scaled_box(tracked.face.box_xyxy_px, frame.scale_xy)
        qp = None if frame.qp is None else frame.qp.mean_in(box)
        margins = [rule.margin for rule in self._rules]
        patch = cut_patch(picture, tracked, margins, qp_mean=qp, frame_size_px=frame.size_px)
        if patch.picture.shape[0] * patch.picture.shape[1] > MAX_PIXELS:
            self._too_large.add(tracked.track_id)
            return None
        return patch

    def _end_track(self, ended: EndedTrack[FacePatch]) -> Iterator[SweepEvent]:
        path, patches = ended.path, ended.faces
        faces: list[tuple[FaceAtLevel, ...]] = []
        try:
            for patch in patches:
                faces.append((yield from self._score(patch, len(faces), len(patches))))
        finally:
            done = SweptTrack(
                track_id=path.track_id,
                start_s=float(path.pts_s[0]),
                end_s=float(path.pts_s[-1]),
                frames_with_face=len(path.pts_s),
                median_face_px=float(np.median(path.face_sizes_px())),
                pts_s=tuple(patch.tracked.pts_s for patch in patches[: len(faces)]),
            )
            has_too_large = path.track_id in self._too_large
            self._done.append(DoneTrack(track=done, faces=tuple(faces), has_too_large=has_too_large))
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
            yield self._pace.scoring(done * count + len(cut), total * count, self._waiting)
        self._cancel.check()
        since = self._pace.now()
        columns = [self._ask(detector, cut) for detector in self._detectors]
        self._pace.scored(0, since)
        return tuple(
            FaceAtLevel(qp=one.quality.qp_mean, answers=tuple(column[i] for column in columns))
            for i, one in enumerate(cut)
        )

    def _ask(self, detector: Detector, cut: Sequence[CutFace]) -> list[float | str]:
        """Have a detector score one face at every level; where it does not, say why."""
        rule = self._rules.index(detector.input_spec.crop_rule)
        reasons = [reasons_to_abstain(detector.card.conditions, one.quality) for one in cut]
        answers: list[float | str] = [Sentence.joined("; ", reason) for reason in reasons]
        seen = [i for i, reason in enumerate(reasons) if not reason]
        for start in range(0, len(seen), BATCH):
            batch = seen[start : start + BATCH]
            scores = predicted(detector, np.stack([cut[i].crops[rule] for i in batch]), self._cancel).raw_scores
            for i, score in zip(batch, scores, strict=True):
                answers[i] = float(score) if np.isfinite(score) else NOT_FINITE
        return answers

    @property
    def _waiting(self) -> int:
        """Crops of the faces that wait."""
        return self._stream.waiting * len(self._levels)

    @property
    def has_nothing(self) -> bool:
        """Whether the sweep was cancelled before there was anything to report."""
        return self._is_partial and not any(done.faces for done in self._done)

    def report(self, exhibit: Exhibit, started_at: datetime) -> SweepReport:
        """Report what is known at the end."""
        tracks = sorted(self._done, key=lambda done: done.track.track_id)
        stream, coding = self._reader.info, self._reader.coding()
        state = exhibit_state(exhibit)
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
            warnings=(*state_warnings(state), *self._warnings(stream, coding.end_note)),
            is_partial=self._is_partial,
            started_at=started_at.isoformat(timespec="seconds"),
            finished_at=datetime.now(UTC).isoformat(timespec="seconds"),
            exhibit_state=state,
        )

    def _method(self) -> MethodRecord:
        """Describe an analysis of the same crops, with the command that repeats the sweep."""
        request, usual = self._request, SweepRequest(path=self._request.path)
        options = {
            "codec": (request.codec.cli_name, usual.codec.cli_name),
            "levels": (_values(self._levels[1:]), _values(LEVELS[request.codec])),
            "crops": (str(request.crops_per_track), str(usual.crops_per_track)),
            "device": (request.device, usual.device),
            "precision": (request.precision, usual.precision),
        }
        names = tuple(detector.card.name for detector in self._detectors)
        command = ["forensiclab", "sweep", str(request.path), "--detectors", ",".join(names)]
        for name, (value, _) in options.items():
            command += [f"--{name}", value]
        as_analysed = AnalysisRequest(
            path=request.path,
            detectors=names,
            device=request.device,
            precision=request.precision,
            sampling=self._policy,
        )
        return replace(
            describe_method(as_analysed, self._detectors, self._rules, self._finder_name),
            deviations=tuple(
                f"--{name} is {value} instead of {default}."
                for name, (value, default) in options.items()
                if value != default
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
        if self._stream.was_thinned:
            yield Sentence(
                "More than {0} MiB of faces were held at once, so long tracks were sampled more thinly than asked for.",
                WAITING_BYTES >> 20,
            )
        yield from stream_warnings(stream)
