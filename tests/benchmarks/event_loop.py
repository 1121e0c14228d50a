"""Gaps in the window's event loop: an analysis with five detectors on a real clip, while the window is used.

    python -m tests.benchmarks.event_loop VIDEO [--detectors a,b] [--sampling all] [--seconds 120] [--json FILE]

The window opens the clip and analyses it, plays it, seeks, steps through the tracks and moves the inspector's
compression slider; the clip is queued once more, and that analysis is cancelled. A timer ticks every millisecond on
the main thread; between two ticks lies a gap. Printed are the median, the 99th percentile and the worst gap in wall
time and in processor time of the main thread, and how many are longer than a frame of a 60 Hz screen. Wall time holds
what other threads and programs took away; processor time is what the window's own code is to blame for. A gap may hold
several events that came together; the processor time of each event is printed, too. Methods without weights get seeded
ones: their speed is the same.
"""

import argparse
import gc
import json
import os
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Slot
from PySide6.QtWidgets import QApplication

from forensiclab.analysis.analyze import analyze
from forensiclab.analysis.events import AnalysisRequest, Event
from forensiclab.core.allocator import keep_freed_memory
from forensiclab.core.cancel import CancelToken
from forensiclab.core.options import DEFAULT_SAMPLING, SamplingPolicy
from forensiclab.detectors import known_methods
from forensiclab.detectors.base import Network, WeightsReference
from forensiclab.detectors.weights import (
    borrowed_tensors,
    fill,
    load_network,
    network_class,
    save_weights,
    weights_folders,
)
from forensiclab.gui.inspector.request_runner import RequestRunner
from forensiclab.gui.main_window import Factories, MainWindow
from forensiclab.gui.player.frame_fetcher import FrameFetcher
from forensiclab.gui.shell.main_thread_collector import MainThreadCollector
from forensiclab.gui.state.session import Session, SessionState
from forensiclab.gui.work.analysis_runner import AnalysisRunner
from forensiclab.inspection.requests import Answer, LevelScore
from tests.benchmarks.detectors import seeded_card

FIVE = ("compression_contrastive", "metric_learning", "xception", "tcnsc", "dcl")
SCREEN_FRAME_MS = 16.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Gaps:
    """Gaps of the event loop on the main thread, in milliseconds."""

    wall_ms: np.ndarray
    cpu_ms: np.ndarray
    event_cpu_ms: np.ndarray
    """Processor time of every single event on the main thread."""
    frames_shown: int
    crops_scored: int
    levels_scored: int
    """Scores of a crop at another compression, by the inspector."""
    ended: tuple[SessionState, ...]
    """How the analyses ended."""

    def lines(self) -> str:
        """For people."""
        rows = []
        kinds = (("wall time", self.wall_ms), ("processor time", self.cpu_ms), ("of one event", self.event_cpu_ms))
        for name, values in kinds:
            over = int((values > SCREEN_FRAME_MS).sum())
            rows.append(
                f"{name:15} median {np.median(values):6.2f} ms   p99 {np.percentile(values, 99):6.2f} ms   "
                f"worst {values.max():6.1f} ms   over {SCREEN_FRAME_MS:.0f} ms: {over} of {len(values)}"
            )
        rows.append(
            f"{self.frames_shown} frames shown, {self.crops_scored} crops scored, "
            f"{self.levels_scored} scores of crops compressed anew"
        )
        return "\n".join(rows)

    def write_json(self, path: Path) -> None:
        """For programs."""
        values = {
            "ended": [state.name.lower() for state in self.ended],
            "frames_shown": self.frames_shown,
            "crops_scored": self.crops_scored,
            "levels_scored": self.levels_scored,
            "wall_p99_ms": float(np.percentile(self.wall_ms, 99)),
            "wall_worst_ms": float(self.wall_ms.max()),
            "cpu_p99_ms": float(np.percentile(self.cpu_ms, 99)),
            "cpu_worst_ms": float(self.cpu_ms.max()),
            "event_cpu_worst_ms": float(self.event_cpu_ms.max()),
        }
        path.write_text(json.dumps(values, indent=2), encoding="utf-8")


class _Application(QApplication):
    """Measures every event of the main thread, with all that it leads to."""

    def __init__(self) -> None:
        super().__init__([])
        self.event_cpu_ms: list[float] = []
        self._is_inside = False

    def notify(self, receiver: QObject, event: QEvent) -> bool:
        if self._is_inside or threading.current_thread() is not threading.main_thread():
            return super().notify(receiver, event)
        self._is_inside, since_s = True, time.thread_time()
        try:
            return super().notify(receiver, event)
        finally:
            self._is_inside = False
            self.event_cpu_ms.append(1000 * (time.thread_time() - since_s))


class _Heartbeat(QObject):
    """Ticks as often as the event loop lets it."""

    def __init__(self) -> None:
        super().__init__()
        self.wall_ms: list[float] = []
        self.cpu_ms: list[float] = []
        self._last = time.perf_counter(), time.thread_time()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._on_timeout)
        self._timer.start(1)

    @Slot()
    def _on_timeout(self) -> None:
        now = time.perf_counter(), time.thread_time()
        self.wall_ms.append(1000 * (now[0] - self._last[0]))
        self.cpu_ms.append(1000 * (now[1] - self._last[1]))
        self._last = now


class _Hand(QObject):
    """Uses the window while it works, and ends the loop when time is up, or all is done and it has used everything.

    A fast machine is through with a short clip before the hand is: the hand goes on to the end of its round then, so
    that the player has played and the slider has moved whatever the machine.
    """

    ROUND = 28
    """Moves after which it begins again; four a second."""

    def __init__(self, window: MainWindow, requests: RequestRunner, next_clip: Path, seconds: float) -> None:
        super().__init__()
        self._window, self._next = window, next_clip
        self._until = time.monotonic() + seconds
        self._moves = self._uses = 0
        self.frames_shown = self.levels_scored = 0
        window.work.player.position_changed.connect(self._on_position_changed)
        requests.answered.connect(self._on_answered)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._on_timeout)
        self._timer.start(250)

    @Slot(float)
    def _on_position_changed(self, _pts_s: float) -> None:
        self.frames_shown += 1

    @Slot(object)
    def _on_answered(self, answer: Answer) -> None:
        self.levels_scored += isinstance(answer, LevelScore)

    def _use(self, session: Session) -> None:
        """Three seconds tracks, player and playhead, two seconds the inspector's slider, then its curve may fill."""
        window, phase = self._window, self._uses % self.ROUND
        tabs, compression = window.inspector.tabs, window.inspector.tabs.compression
        if phase < 12:
            tracks = list(session.tracks)
            window.verdicts.track_chosen.emit(tracks[self._uses % len(tracks)])
            if phase % 4 == 0:
                window.work.player.seek(session.end_s * (self._uses % 16) / 16)
            if phase % 4 == 2:
                window.work.player.toggle_play()
        elif phase == 12:
            window.work.player.pause()
            pages = [tabs.widget(i) for i in range(tabs.count())]
            tabs.setCurrentIndex(next(i for i, page in enumerate(pages) if page.isAncestorOf(compression)))
        elif phase < 20:
            compression.chooser.slider.setValue(
                (compression.chooser.slider.value() + 3) % compression.chooser.slider.maximum()
            )

    @Slot()
    def _on_timeout(self) -> None:
        window, session = self._window, self._window.shown
        self._moves += 1
        if self._moves == 2:
            window.open_paths([self._next])  # waits in the queue
        if self._moves == 3:
            window.evidence_list.step(-1)
        if session is not None and session.tracks:
            self._use(session)
            self._uses += 1
        states = [one.state for one in window.evidence.sessions]
        if time.monotonic() > self._until:
            QApplication.quit()
        elif states and states[0] not in (SessionState.WAITING, SessionState.RUNNING):
            if len(states) > 1 and states[1] is SessionState.RUNNING:
                window.progress.cancel_button.click()
            elif self._uses >= self.ROUND and SessionState.WAITING not in states:
                QApplication.quit()


def measure(app: _Application, clip: Path, detectors: Sequence[str], seconds: float, sampling: SamplingPolicy) -> Gaps:
    """Drive the window for at most ``seconds``; ``sampling`` as in ``AnalysisRequest``."""

    def with_detectors(request: AnalysisRequest, cancel: CancelToken) -> Iterator[Event]:
        return analyze(replace(request, detectors=tuple(detectors), sampling=sampling), cancel)

    requests = RequestRunner()
    factories = Factories(make_requests=lambda: requests)
    window = MainWindow(AnalysisRunner(analyze=with_detectors), FrameFetcher(), factories)
    window.resize(1366, 768)
    window.show()
    collector = MainThreadCollector()
    collector.start()
    window.open_paths([clip])
    heartbeat = _Heartbeat()
    with tempfile.TemporaryDirectory() as folder:
        again = Path(folder) / f"again{clip.suffix}"
        again.symlink_to(clip.absolute())
        hand = _Hand(window, requests, again, seconds)
        app.exec()
    sessions = window.evidence.sessions
    scored = sum(
        len(curve) for session in sessions for track in session.tracks.values() for curve in track.curves.values()
    )
    ended = tuple(session.state for session in sessions)
    window.close()
    collector.stop()
    gc.collect()
    return Gaps(
        wall_ms=np.array(heartbeat.wall_ms),
        cpu_ms=np.array(heartbeat.cpu_ms),
        event_cpu_ms=np.array(app.event_cpu_ms),
        frames_shown=hand.frames_shown,
        crops_scored=scored,
        levels_scored=hand.levels_scored,
        ended=ended,
    )


def _lend(network: Network, folder: Path) -> WeightsReference:
    """Store the detector within a network as weights of its own."""
    part = network.get_submodule(network.BORROWED)
    assert isinstance(part, Network)
    method = next(method for method in known_methods() if network_class(method) is type(part))
    return save_weights(part, folder, replace(seeded_card(method, part), name=folder.name)).reference


@contextmanager
def with_weights(names: Sequence[str]) -> Iterator[None]:
    """Seeded weights for the methods that have none installed, in a home of their own."""
    missing = [name for name in names if name not in weights_folders()]
    before = os.environ.get("FORENSICLAB_WEIGHTS")
    with tempfile.TemporaryDirectory() as folder:
        if missing:
            os.environ["FORENSICLAB_WEIGHTS"] = folder
        try:
            for name in missing:
                torch.manual_seed(0)
                network = load_network(name)
                card = seeded_card(name, network)
                if network.BORROWED:
                    card = replace(card, stands_before=_lend(network, Path(folder) / f"before_{name}"))
                    fill(network, network.state_dict() | borrowed_tensors(network, card), name)
                save_weights(network, Path(folder) / name, card)
            yield
        finally:
            if before is None:
                os.environ.pop("FORENSICLAB_WEIGHTS", None)
            else:
                os.environ["FORENSICLAB_WEIGHTS"] = before


def main() -> None:
    """Print the times."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("video", type=Path)
    parser.add_argument("--detectors", default=",".join(FIVE))
    parser.add_argument("--sampling", type=SamplingPolicy.parse, default=DEFAULT_SAMPLING)
    parser.add_argument("--seconds", type=float, default=120.0)
    parser.add_argument("--json", type=Path, help="write the figures into this file, too")
    options = parser.parse_args()
    keep_freed_memory()
    app = _Application()
    app.setStyle("Fusion")
    names = options.detectors.split(",")
    with tempfile.TemporaryDirectory() as config, with_weights(names):
        os.environ["FORENSICLAB_CONFIG"] = config  # the user's window stays as it is
        gaps = measure(app, options.video, names, options.seconds, options.sampling)
    if options.json:
        gaps.write_json(options.json)
    print(f"{options.video.name}, {', '.join(names)}")
    print(f"the analyses ended: {', '.join(state.name.lower() for state in gaps.ended)}")
    print(gaps.lines())


if __name__ == "__main__":
    main()
