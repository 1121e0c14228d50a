"""A scripted exhibit for the window, and a guard against threads that are left behind."""

import gc
import io
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QCoreApplication, QEvent, QThread
from pytestqt.qtbot import QtBot

from forensiclab.analysis.events import (
    AnalysisFinished,
    AnalysisReport,
    AnalysisRequest,
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
    VideoResult,
)
from forensiclab.core.cancel import CancelToken
from forensiclab.core.errors import MediaError
from forensiclab.core.records import (
    Crop,
    CropRule,
    Exhibit,
    Face,
    FaceQuality,
    Picture,
    Skipped,
    StreamInfo,
    TrackedFace,
    TrackPath,
)
from forensiclab.core.scores import CropScore, DetectorScore, Verdict
from forensiclab.gui.inspector.request_runner import RequestRunner
from forensiclab.gui.main_window import Factories, MainWindow
from forensiclab.gui.player.frame_fetcher import FrameFetcher
from forensiclab.gui.reports.exports import ReportFactories
from forensiclab.gui.work.analysis_runner import AnalysisRunner
from forensiclab.inspection.requests import Answer, InspectedExhibit, InspectedFace, Request
from forensiclab.report.model import ReportDetails
from tests import builders

WIDTH, HEIGHT, RATE, FRAMES = 320, 180, 25.0, 50
DETECTORS = ("alpha", "beta")


def box_of(track_id: int, frame: int) -> tuple[float, float, float, float]:
    left = 20.0 + 150 * (track_id - 1) + frame
    return left, 40.0, left + 60, 110.0


def raw_score_of(track_id: int, detector: str, frame: int) -> float:
    return {1: 3.0, 2: -2.0}.get(track_id, 0.0) + 0.02 * frame + (0.5 if detector == "beta" else 0.0)


def make_stream(*, is_image: bool = False) -> StreamInfo:
    return builders.stream_info(WIDTH, HEIGHT, FRAMES, is_image=is_image, bit_rate_bps=200_000)


def make_exhibit(path: Path) -> Exhibit:
    return builders.exhibit(path)


def make_crop(track_id: int, frame: int, size_px: int = 64) -> ContactCrop:
    rng = np.random.default_rng(1000 * track_id + frame)
    picture = rng.integers(60, 200, (size_px, size_px, 3), dtype=np.uint8)
    box, region = box_of(track_id, frame), (0.0, 0.0, float(size_px), float(size_px))
    ramp = np.linspace(0, 1, 8, dtype=np.float32)
    face = Face(box_xyxy_px=box, landmarks_xy_px=None, confidence=None)
    crop = Crop(
        tracked=TrackedFace(track_id=track_id, frame_index=frame, pts_s=frame / RATE, face=face),
        rule=CropRule(size_px=size_px, margin=1.3), region_xyxy_px=region, picture=picture,
        picture_type="I" if frame % 25 == 0 else "P",
        quality=FaceQuality(
            size_px=70.0, sharpness=120.0, yaw_deg=None, pitch_deg=None, roll_deg=None, qp_mean=28.0 + frame % 5
        ),
    )  # fmt: skip
    scores = tuple(
        CropScore(
            detector=name, track_id=track_id, frame_index=frame, pts_s=frame / RATE, box_xyxy_px=box,
            region_xyxy_px=region, raw_score=raw_score_of(track_id, name, frame), attention=np.outer(ramp, ramp),
        )
        for name in DETECTORS
    )  # fmt: skip
    return ContactCrop(crop=crop, scores=scores)


VERDICTS = {1: Verdict.SUPPORTS_MANIPULATION, 2: Verdict.SUPPORTS_AUTHENTICITY}


def make_track(track_id: int, frames: range) -> TrackResult:
    crops = tuple(make_crop(track_id, frame) for frame in frames[::5])
    scores = tuple(
        DetectorScore(
            detector=name, raw_score=raw_score_of(track_id, name, 0), probability=0.913 if track_id == 1 else 0.081,
            verdict=VERDICTS[track_id], reasons=(f"Track {track_id} says so to {name}.",), band="qp 20-30",
            crops_scored=len(crops),
        )
        for name in DETECTORS
    )  # fmt: skip
    return TrackResult(
        track_id=track_id, start_s=frames[0] / RATE, end_s=frames[-1] / RATE,
        path=TrackPath(
            track_id=track_id,
            frame_indices=np.asarray(frames),
            pts_s=np.asarray(frames) / RATE,
            boxes_xyxy_px=np.asarray([box_of(track_id, frame) for frame in frames], np.float32),
        ),
        frames_with_face=len(frames), crop_scores=tuple(score for crop in crops for score in crop.scores),
        scores=scores, contact_sheet=crops[:3], median_face_px=70.0, median_qp=29.0,
    )  # fmt: skip


def make_report(path: Path, *, is_partial: bool = False, tracks: tuple[TrackResult, ...] = ()) -> AnalysisReport:
    found = tracks or (make_track(1, range(FRAMES)), make_track(2, range(FRAMES // 2)))
    coding = builders.coding_stats(
        FRAMES, picture_types=(("I", 2), ("P", 48)), gop_length_min=25, gop_length_median=25.0, gop_length_max=25
    )
    video = VideoResult(
        verdict=Verdict.SUPPORTS_MANIPULATION, reasons=("Both detectors reach their thresholds.",),
        scores=found[0].scores, conflict=False,
    )  # fmt: skip
    return builders.analysis_report(
        exhibit=make_exhibit(path), stream=make_stream(), coding=coding,
        method=builders.method_record(sampling="every:5"), tracks=found, video=video, shot_cuts_s=(1.0,),
        frames_with_face=FRAMES, frames_sampled=10, crops_scored=20, skipped=(make_skip(),), is_partial=is_partial,
    )  # fmt: skip


def make_skip() -> Skipped:
    return Skipped(
        first_frame_index=12, last_frame_index=13, start_s=0.48, end_s=0.52, frames=2, stage="crop",
        reason="the face is blurred", track_id=1,
    )  # fmt: skip


def faces_in(frame: int) -> FacesSeen:
    ids = (1, 2) if frame < FRAMES // 2 else (1,)
    return FacesSeen(
        frame_index=frame,
        pts_s=frame / RATE,
        faces=tuple(
            TrackedFace(
                track_id=track_id,
                frame_index=frame,
                pts_s=frame / RATE,
                face=Face(box_xyxy_px=box_of(track_id, frame), landmarks_xy_px=None, confidence=0.9),
            )
            for track_id in ids
        ),
    )


def whole_analysis(path: Path) -> Iterator[Event]:
    """Everything a good analysis of two tracks says."""
    yield Progress(stage="hash", done=0.0, total=1.0, left_s=None)
    yield ExhibitOpened(exhibit=make_exhibit(path), stream=make_stream())
    report = make_report(path)
    for frame in range(FRAMES):
        if frame == FRAMES // 2:
            yield ShotCut(frame_index=frame, pts_s=frame / RATE)
            yield TrackFinished(track=report.tracks[1])
        yield faces_in(frame)
        if frame % 5 == 0:
            for face in faces_in(frame).faces:
                yield CropsScored(crops=(make_crop(face.track_id, frame),))
        if frame == 14:
            yield FramesSkipped(skipped=make_skip())
        yield Progress(stage="read", done=frame / RATE, total=FRAMES / RATE, left_s=(FRAMES - frame) * 0.5)
    yield TrackFinished(track=report.tracks[0])
    yield AnalysisFinished(report=report)


@dataclass
class ScriptedAnalysis:
    """An engine that says what the test tells it to, and stops where the test wants it to wait."""

    pause_after: int | None = None
    """Events after which it waits for ``go``, None = never."""
    error: Exception | None = None
    """Raised after ``pause_after`` events (at the start if None)."""
    events: Callable[[Path], Iterator[Event]] = whole_analysis
    go: threading.Event = field(default_factory=threading.Event)
    paths: list[Path] = field(default_factory=list)
    """What was analysed, in the order of the starts."""
    closed: threading.Event = field(default_factory=threading.Event)

    def __call__(self, request: AnalysisRequest, cancel: CancelToken) -> Iterator[Event]:
        self.paths.append(request.path)
        try:
            if self.error is not None and self.pause_after is None:
                raise self.error
            for count, event in enumerate(self.events(request.path)):
                if count == self.pause_after:
                    if self.error is not None:
                        raise self.error
                    while not self.go.wait(0.005) and not cancel.is_cancelled:
                        pass
                if cancel.is_cancelled:
                    yield AnalysisFinished(report=make_report(request.path, is_partial=True))
                    return
                yield event
        finally:
            self.closed.set()


@dataclass(frozen=True)
class Shown:
    pts_s: float
    rgb: Picture


class ScriptedFrames:
    """Frames of one grey level each: the number of the frame."""

    def __init__(self, path: Path) -> None:
        if path.suffix == ".broken":
            raise MediaError(f"'{path}' cannot be shown.")
        self._frame = 0
        self.is_closed = False

    def frame_at(self, pts_s: float) -> Shown:
        self._frame = min(max(int(pts_s * RATE + 1e-6), 0), FRAMES - 1)
        return self._shown()

    def step(self, frames: int) -> Shown:
        self._frame = min(max(self._frame + frames, 0), FRAMES - 1)
        return self._shown()

    def close(self) -> None:
        self.is_closed = True

    def _shown(self) -> Shown:
        return Shown(self._frame / RATE, np.full((HEIGHT, WIDTH, 3), self._frame, np.uint8))


@dataclass
class ScriptedExport:
    written: list[tuple[Path, Path]] = field(default_factory=list)
    error: Exception | None = None

    details: list[ReportDetails] = field(default_factory=list)
    previews: list[ReportDetails] = field(default_factory=list)

    def __call__(self, report: AnalysisReport, details: ReportDetails, pdf_path: Path, json_path: Path) -> None:
        if self.error is not None:
            raise self.error
        self.details.append(details)
        pdf_path.write_bytes(b"pdf")
        json_path.write_bytes(b"json")
        self.written.append((pdf_path, json_path))

    def preview(self, report: AnalysisReport, details: ReportDetails, pixels_per_inch: float) -> tuple[bytes, ...]:
        """Two pages, one of them wider than the other."""
        self.previews.append(details)
        return png_of(800, 1130), png_of(1200, 1130)


def png_of(width_px: int, height_px: int) -> bytes:
    """A white picture."""
    file = io.BytesIO()
    Image.new("RGB", (width_px, height_px), "white").save(file, "PNG")
    return file.getvalue()


def running_threads() -> list[str]:
    """Names of the Qt threads that run, but for the caller's own."""
    threads = [o for o in gc.get_objects() if issubclass(type(o), QThread) and o is not QThread.currentThread()]
    return sorted(thread.objectName() for thread in threads if thread.isRunning())


@pytest.fixture(autouse=True, scope="module")
def collect_on_the_main_thread_only() -> Iterator[None]:
    """As in the program: a worker that collects a widget left by an earlier test would crash the process."""
    gc.collect()
    gc.freeze()
    gc.disable()
    yield
    gc.enable()
    gc.unfreeze()


@pytest.fixture(autouse=True)
def no_thread_left(collect_on_the_main_thread_only: None) -> Iterator[None]:
    """Fails a test that leaves a thread behind."""
    yield
    assert running_threads() == []
    gc.collect()


@pytest.fixture(autouse=True)
def settings_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of settings of one test: no window finds what another one saved."""
    folder = tmp_path / "config"
    monkeypatch.setenv("FORENSICLAB_CONFIG", str(folder))
    return folder


@pytest.fixture
def analysis() -> ScriptedAnalysis:
    return ScriptedAnalysis()


@pytest.fixture
def export() -> ScriptedExport:
    return ScriptedExport()


class NoEngine:
    """In place of the engine that the inspector asks: it can be asked nothing."""

    def open(self, exhibit: InspectedExhibit) -> None:
        raise MediaError("The scripted exhibit cannot be asked about.")

    def close(self) -> None:
        pass

    def answer(self, face: InspectedFace, request: Request, cancel: CancelToken) -> Answer:
        raise AssertionError


def scripted_factories(export: ScriptedExport) -> Factories:
    """Reports, thumbnails and the inspector without an engine."""
    return Factories(
        reports=ReportFactories(export=export, preview=export.preview),
        open_thumbnail=ScriptedFrames,
        make_requests=lambda: RequestRunner(make_engine=NoEngine),
    )


def dispose(window: MainWindow) -> None:
    """Close a window and take it apart at once, while all of its Python halves are there to listen."""
    window.close()
    window.deleteLater()
    QCoreApplication.sendPostedEvents(window, QEvent.Type.DeferredDelete.value)


@pytest.fixture
def window(
    qtbot: QtBot, no_thread_left: None, settings_of_its_own: Path, analysis: ScriptedAnalysis, export: ScriptedExport
) -> Iterator[MainWindow]:
    runner = AnalysisRunner(analyze=analysis)
    window = MainWindow(runner, FrameFetcher(open_frames=ScriptedFrames), scripted_factories(export))
    window.resize(1366, 768)
    with qtbot.waitExposed(window):
        window.show()
    yield window
    dispose(window)


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    path = tmp_path / "clip one.mp4"
    path.write_bytes(b"scripted")
    return path


@pytest.fixture
def exhibits() -> ModuleType:
    """The builders of this file, for tests that make events of their own."""
    return sys.modules[__name__]
