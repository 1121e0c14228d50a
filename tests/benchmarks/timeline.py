"""Time that the timeline takes on the main thread with a long exhibit: taking over, drawing, panning, zooming, playing.

    python -m tests.benchmarks.timeline [--points 2000000] [--detectors 5] [--tracks 40] [--size 1300x420]

The exhibit is made up: tracks one after the other, two at a time, every frame scored. Nothing but the window's own
drawing is measured, in processor time of the main thread; the median and the slowest step are printed in milliseconds.
"""

import argparse
import os
import time
from array import array
from collections.abc import Callable
from pathlib import Path

import numpy as np

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from numpy.typing import NDArray
from PySide6.QtWidgets import QApplication

from forensiclab.analysis.events import TrackResult
from forensiclab.core.records import Skipped, TrackPath
from forensiclab.core.scores import Verdict
from forensiclab.gui.state.selection import Selection
from forensiclab.gui.state.session import Curve, Session, TrackState
from forensiclab.gui.timeline.timeline import Timeline

RATE = 25.0


def main() -> None:
    """Print the times."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--points", type=int, default=2_000_000)
    parser.add_argument("--detectors", type=int, default=5)
    parser.add_argument("--tracks", type=int, default=40)
    parser.add_argument("--size", default="1300x420")
    options = parser.parse_args()
    app = QApplication([])
    app.setStyle("Fusion")
    timeline = Timeline()
    timeline.resize(*map(int, options.size.split("x")))
    timeline.show()
    app.processEvents()
    session = long_session(options.points, options.detectors, options.tracks)
    end_s, minutes = session.end_s, session.end_s / 60
    print(f"{options.points:,} points, {options.detectors} detectors, {options.tracks} tracks, {minutes:.0f} minutes")

    taken: list[float] = []
    timeline.set_session(session)
    timeline.select(Selection(track_id=1))
    while timeline.is_behind:
        taken.append(timed(timeline.refresh))
    told("take over, each piece", taken)
    viewport, canvas = timeline.canvas.viewport(), timeline.canvas

    def redraw(step: Callable[[int], object], steps: int = 40) -> list[float]:
        times = []
        for number in range(steps):
            started = time.thread_time()
            step(number)
            viewport.repaint()
            times.append(time.thread_time() - started)
        return times

    redraw(lambda _: canvas.repaint_all(), 3)
    told("redraw, everything in view", redraw(lambda _: canvas.repaint_all()))
    canvas.zoom(8, end_s / 2)
    told("pan step, an eighth in view", redraw(lambda _: canvas.shift(end_s / 2000)))
    told("zoom step", redraw(lambda number: canvas.zoom(1.25 if number < 30 else 0.8, end_s / 2)))
    canvas.show_all()
    viewport.repaint()
    told("playhead moves, nothing else", redraw(lambda number: timeline.set_position(number / RATE)))
    told("refresh with 16 new crops", redraw(lambda _: grow(session, timeline)))


def long_session(points: int, detectors: int, tracks: int) -> Session:
    """An exhibit of so many points, two faces at a time."""
    session = Session(Path("long.mp4"))
    random = np.random.default_rng(0)
    session.detectors.extend(f"detector_{number}" for number in range(detectors))
    frames = points // (detectors * tracks)
    for number in range(tracks):
        track = session.tracks[number + 1] = TrackState(number + 1)
        times = (number // 2 * (frames + 25) + np.arange(frames)) / RATE
        for name in session.detectors:
            curve = track.curves[name] = Curve()
            curve.pts_s = array("d", times.tobytes())
            curve.raw_scores = array("d", (random.standard_normal(frames) + 2 * np.sin(times / 60)).tobytes())
        track.add_box(float(times[0]), (0.0, 0.0, 1.0, 1.0))
        track.add_box(float(times[-1]), (0.0, 0.0, 1.0, 1.0))
        if number < tracks - 2:
            track.finish(result_of(number + 1, times))
            track.verdict = list(Verdict)[number % 4]
    times = np.arange(frames * tracks // 2) / RATE
    session.picture_pts_s = array("d", times.tobytes())
    session.picture_qp = array("d", random.normal(30, 3, len(times)).tobytes())
    session.picture_types.extend("I" if number % 50 == 0 else "P" for number in range(len(times)))
    session.shot_cuts_s.extend(np.arange(0, times[-1], 8.0).tolist())
    session.skipped.extend(
        Skipped(
            first_frame_index=int(start * RATE), last_frame_index=int(start * RATE) + 5, start_s=start,
            end_s=start + 0.2, frames=6, stage="crop", reason="the face is blurred", track_id=1 + number % tracks,
        )
        for number, start in enumerate(np.arange(3.0, times[-1], 30.0).tolist())
    )  # fmt: skip
    return session


def result_of(track_id: int, times: NDArray[np.float64]) -> TrackResult:
    """A finished track, as far as the timeline asks."""
    path = TrackPath(
        track_id=track_id,
        frame_indices=np.arange(len(times)),
        pts_s=times,
        boxes_xyxy_px=np.zeros((len(times), 4), np.float32),
    )
    return TrackResult(
        track_id=track_id, start_s=float(times[0]), end_s=float(times[-1]), path=path, frames_with_face=len(times),
        crop_scores=(), scores=(), contact_sheet=(), median_face_px=100.0, median_qp=None,
    )  # fmt: skip


def grow(session: Session, timeline: Timeline) -> None:
    """Score 16 more crops of the newest track, and show them."""
    track = session.tracks[max(session.tracks)]
    for curve in track.curves.values():
        last_s = curve.pts_s[-1]
        curve.pts_s.extend(last_s + (number + 1) / RATE for number in range(16))
        curve.raw_scores.extend([0.0] * 16)
    timeline.refresh()


def timed(work: Callable[[], object]) -> float:
    """Seconds that a piece of work takes."""
    started = time.thread_time()
    work()
    return time.thread_time() - started


def told(what: str, seconds: list[float]) -> None:
    """Print median and slowest."""
    print(f"{what:32} {np.median(seconds) * 1e3:7.2f} ms, slowest {max(seconds) * 1e3:7.2f} ms")


if __name__ == "__main__":
    main()
