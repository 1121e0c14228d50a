"""Speed of every stage and of the whole, against the plain pipeline, in one run on one clip.

    python -m tests.benchmarks.pipeline VIDEO [--detector NAME] [--plain-frames 60] [--repeats 2]

The plain pipeline is what most tools do: OpenCV decodes, MTCNN searches every full-size frame, and torch scores one
crop at a time. It runs on the first ``--plain-frames`` frames only; its fps is over those. Peak memory is measured in a
process of its own, for the clip and for the same clip played four times over.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import torch
from facenet_pytorch import MTCNN

from forensiclab.analysis.analyze import analyze
from forensiclab.analysis.events import AnalysisFinished, AnalysisReport, AnalysisRequest
from forensiclab.core.allocator import keep_freed_memory
from forensiclab.core.cancel import CancelToken
from forensiclab.core.options import SamplingPolicy
from forensiclab.detectors.base import Detector
from forensiclab.detectors.runtime import open_detector
from forensiclab.faces.crop import cut_region
from forensiclab.faces.finder import FaceFinder
from forensiclab.faces.track import FaceTracker
from forensiclab.media.reader import MediaReader
from forensiclab.media.transcode import encode_clip


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("video", type=Path)
    parser.add_argument("--detector", default="meso_inception4")
    parser.add_argument("--plain-frames", type=int, default=60)
    parser.add_argument("--repeats", type=int, default=2)
    parser.add_argument("--peak-only", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    keep_freed_memory()
    if options.peak_only:
        whole(options.video, options.detector, SamplingPolicy("per-track", 32))
        status = Path("/proc/self/status").read_text(encoding="ascii")
        print(int(status.partition("VmHWM:")[2].split()[0]) / 1024)
        return
    with MediaReader(options.video) as reader:
        info = reader.info
        frames = sum(1 for _ in reader.frames())
    print(
        f"{options.video.name}: {frames} frames, {info.width_px} x {info.height_px}, {torch.get_num_threads()} threads"
    )
    detector = open_detector(options.detector, "cpu")
    stages: list[tuple[str, int, Callable[[], object]]] = [
        ("decode, times, QP", frames, lambda: decode(options.video)),
        ("decode + RGB of every frame", frames, lambda: decode(options.video, to_rgb=True)),
        ("decode + find + track", frames, lambda: track(options.video)),
        (f"score ({options.detector}), crops/s", 64, lambda: score(detector)),
        (
            "whole, 32 crops a track",
            frames,
            lambda: whole(options.video, options.detector, SamplingPolicy("per-track", 32)),
        ),
        ("whole, every frame", frames, lambda: whole(options.video, options.detector, SamplingPolicy("all"))),
        (
            "plain pipeline",
            min(frames, options.plain_frames),
            lambda: plain(options.video, detector, options.plain_frames),
        ),
    ]
    fps = {name: count / best_of(options.repeats, work) for name, count, work in stages}
    for name, value in fps.items():
        print(f"{name:36} {value:9.1f} /s   {value / fps['plain pipeline']:6.1f} x plain")
    with tempfile.TemporaryDirectory() as folder:
        longer = Path(folder) / "longer.mp4"
        repeat_clip(options.video, longer, times=4)
        for path, label in ((options.video, "this clip"), (longer, "four times over")):
            print(f"peak memory, {label:23} {peak_mib(path, options.detector):9.0f} MiB")


def best_of(repeats: int, work: Callable[[], object]) -> float:
    """Shortest wall time in seconds: what the code needs when nothing else disturbs it."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def decode(video: Path, to_rgb: bool = False) -> None:
    """Read every frame, its time and QP."""
    with MediaReader(video) as reader:
        for frame in reader.frames():
            if to_rgb:
                frame.rgb()


def track(video: Path) -> None:
    """Find and track, without cutting crops."""
    tracker = FaceTracker(FaceFinder())
    with MediaReader(video) as reader:
        for frame in reader.frames():
            tracker.step(frame)


def score(detector: Detector) -> None:
    """Score 64 crops of noise."""
    size = detector.input_spec.size_px
    detector.predict(np.random.default_rng(0).integers(0, 256, (64, size, size, 3), dtype=np.uint8))


def whole(video: Path, detector: str, sampling: SamplingPolicy) -> AnalysisReport:
    """The analysis as the program runs it."""
    request = AnalysisRequest(path=video, detectors=(detector,), device="cpu", sampling=sampling)
    for event in analyze(request, CancelToken()):
        if isinstance(event, AnalysisFinished):
            return event.report
    raise SystemExit("The analysis ended without a report.")


def plain(video: Path, detector: Detector, frames: int) -> None:
    """OpenCV, MTCNN on every full-size frame, torch eager one crop at a time."""
    finder = MTCNN(keep_all=True, device="cpu").eval()
    capture = cv2.VideoCapture(str(video))
    for _ in range(frames):
        is_read, bgr = capture.read()
        if not is_read:
            break
        rgb = cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB)
        boxes, _ = finder.detect(rgb)
        for left, top, right, bottom in boxes if boxes is not None else ():
            side = 1.3 * max(right - left, bottom - top)
            x, y = (left + right) / 2 - side / 2, (top + bottom) / 2 - side / 2
            square = cut_region(rgb, tuple(float(round(v)) for v in (x, y, x + side, y + side)))
            size = detector.input_spec.size_px
            detector.predict(cv2.resize(square, (size, size))[None])
    capture.release()


def repeat_clip(video: Path, target: Path, times: int) -> None:
    """The same pictures several times in one file."""

    def pictures():
        for _ in range(times):
            with MediaReader(video) as reader:
                for frame in reader.frames():
                    yield frame.rgb()

    encode_clip(pictures(), target, crf=23, frame_rate=25, preset="ultrafast")


def peak_mib(video: Path, detector: str) -> float:
    """Peak resident memory of one analysis in a fresh process, MiB (Linux: getrusage would give the parent's)."""
    command = [sys.executable, "-m", "tests.benchmarks.pipeline", str(video), "--detector", detector, "--peak-only"]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(result.stdout.split()[-1])


if __name__ == "__main__":
    main()
