"""How soon the inspector shows a crop after its compression slider was moved, from the first moment of a face on.

``python -m tests.benchmarks.slider VIDEO [--moves 24] [--seed 0]``: the face of the largest track of a video. As soon
as its first level is there, the slider jumps to a level drawn anew twice a second, and levels are made ahead in between
as in the window. Printed is how long after each jump the first crop came, which may be the nearest level that was
there, and how long until the level itself came, where it did before the next jump.
"""

import argparse
import os
import random
import statistics
import time
from collections.abc import Sequence
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from forensiclab.core.allocator import keep_freed_memory
from forensiclab.core.compression import Codec, CompressionLevel
from forensiclab.core.geometry import box_size_px
from forensiclab.core.records import CropRule
from forensiclab.gui.inspector.compression.level_axis import level_at, nearest_first, strongest_at
from forensiclab.gui.inspector.compression.view import SETTLE_MS
from forensiclab.gui.inspector.request_runner import RequestRunner
from forensiclab.inspection.requests import Answer, InspectedExhibit, InspectedFace, PrepareRequest, Preview
from forensiclab.media.reader import MediaReader
from tests.benchmarks.rescoring import largest_face

RULE = CropRule(size_px=128, margin=0.87)
JUMP_MS = 500
FIRST_CRF = 23


class _Answers:
    """The crops that came, and when."""

    def __init__(self, requests: RequestRunner) -> None:
        self.came: list[tuple[float, CompressionLevel]] = []
        requests.answered.connect(self._on_answered)

    def _on_answered(self, answer: Answer) -> None:
        if isinstance(answer, Preview):
            self.came.append((time.perf_counter(), answer.level))


def main() -> None:
    """Print the times."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("video", type=Path)
    parser.add_argument("--moves", type=int, default=24)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    keep_freed_memory()
    QApplication([])
    found = largest_face(options.video)
    with MediaReader(options.video) as reader:
        exhibit = InspectedExhibit(path=options.video, stream=reader.info)
    face = InspectedFace(tracked=found)
    print(f"{options.video.name}: a face of {box_size_px(found.face.box_xyxy_px):.0f} px")
    requests = RequestRunner()
    try:
        first_ms, own_ms = jump(requests, exhibit, face, options.moves, random.Random(options.seed))
    finally:
        requests.shutdown()
    say("first crop after a jump", first_ms, options.moves)
    say("the level itself", own_ms, options.moves)


def jump(
    requests: RequestRunner, exhibit: InspectedExhibit, face: InspectedFace, moves: int, draw: random.Random
) -> tuple[list[float], list[float]]:
    """Milliseconds until the first crop and until the level itself, of those jumps after which they came."""
    answers = _Answers(requests)
    start = CompressionLevel(Codec.H264, FIRST_CRF)
    requests.set_exhibit(exhibit)
    requests.set_face(face)
    requests.preview(start, RULE)
    make_ahead(requests, start)
    while not answers.came:
        wait(5)
    first_ms, own_ms = [], []
    for _ in range(moves):
        level = level_at(Codec.H264, draw.randint(0, strongest_at(Codec.H264)))
        before, since_s = len(answers.came), time.perf_counter()
        requests.preview(level, RULE, with_stand_in=True)
        wait(SETTLE_MS)
        make_ahead(requests, level)
        wait(JUMP_MS - SETTLE_MS)
        came = [(1000 * (at_s - since_s), shown) for at_s, shown in answers.came[before:]]
        first_ms += [took_ms for took_ms, _ in came[:1]]
        own_ms += [took_ms for took_ms, shown in came if shown == level][:1]
    return first_ms, own_ms


def make_ahead(requests: RequestRunner, level: CompressionLevel) -> None:
    """As the window does when the slider rests."""
    requests.prepare(PrepareRequest(levels=nearest_first(level), margin=RULE.margin))


def wait(ms: int) -> None:
    """Let the event loop run."""
    loop = QEventLoop()
    QTimer.singleShot(ms, loop.quit)
    loop.exec()


def say(what: str, took_ms: Sequence[float], moves: int) -> None:
    """Print a line."""
    middle = f"median {statistics.median(took_ms):4.0f} ms, worst {max(took_ms):4.0f} ms, " if took_ms else ""
    print(f"{what + ':':25} {middle}after {len(took_ms)} of {moves} jumps")


if __name__ == "__main__":
    main()
