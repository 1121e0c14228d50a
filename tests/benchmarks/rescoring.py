"""How long one face takes at another level: a preview of the crop, and the full answer of every detector.

``python -m tests.benchmarks.rescoring VIDEO [--detectors a,b]``: the face of the largest track of a video, as the
inspector asks for it. A preview compresses and cuts; an answer compresses, measures, cuts and scores. What all levels
share is made with the first, unless the face was made ready before, as the window does when a face is selected: first
levels and later ones are printed apart. Then levels are made ahead from the first place of the slider, as the window
does while compression is looked at: how long until all of H.264 are there, or as many as are kept, and how long a
preview of those takes. Processor time is that of this thread, whatever else the machine does.
"""

import argparse
import statistics
import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import TypeVar

import torch

from forensiclab.analysis.face_patch import FacePatch
from forensiclab.analysis.robustness import LEVELS
from forensiclab.core.allocator import keep_freed_memory
from forensiclab.core.compression import CLEAN, Codec, CompressionLevel
from forensiclab.core.geometry import box_size_px
from forensiclab.core.records import TrackedFace
from forensiclab.detectors.runtime import open_detector
from forensiclab.detectors.weights import default_names
from forensiclab.faces.finder import FaceFinder
from forensiclab.faces.track import FaceTracker
from forensiclab.gui.inspector.compression.level_axis import nearest_first
from forensiclab.inspection.rescoring import FaceRescorer
from forensiclab.media.reader import MediaReader
from forensiclab.media.transcode import KEPT_BYTES

Asked = TypeVar("Asked")

_FRAMES = 40

_FACES = 8
"""So many times the first level is measured."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("video", type=Path)
    parser.add_argument("--detectors", default="", help="names of weights; default: those that ship")
    options = parser.parse_args()
    keep_freed_memory()
    detectors = [open_detector(name, "cpu") for name in options.detectors.split(",") if name]
    detectors = detectors or [open_detector(name, "cpu") for name in default_names()]
    face = largest_face(options.video)
    with MediaReader(options.video) as reader:
        info = reader.info
    size = box_size_px(face.face.box_xyxy_px)
    print(f"{options.video.name}: {info.width_px} x {info.height_px}, a face of {size:.0f} px at {face.pts_s:.2f} s")
    print(f"torch threads: {torch.get_num_threads()}")
    rescorer = FaceRescorer(options.video, info, [])
    say("opening the file, finding the frame", [1], lambda _: patch_of(rescorer, face))
    patches = [patch_of(rescorer, face) for _ in range(_FACES)]  # none of whose levels was made before
    height, width = patches[0].picture.shape[:2]
    print(f"compressed: {width} x {height} pixels")
    rule = detectors[0].input_spec.crop_rule
    first = LEVELS[Codec.H264][len(LEVELS[Codec.H264]) // 2]
    say("first level of a face, crf", patches[::2], lambda patch: rescorer.preview(patch, first, rule))
    say("making a face ready", patches[1::2], rescorer.prepare)
    patches = [patch_of(rescorer, face) for _ in range(_FACES)]
    ready = made_ready(rescorer, patches)
    say("first level of a face that is ready, crf", ready, lambda patch: rescorer.preview(patch, first, rule))
    for codec in (Codec.H264, Codec.JPEG, Codec.WEBP):
        say(f"later levels, {codec}", LEVELS[codec], lambda level: rescorer.preview(patches[-1], level, rule))
    ahead = nearest_first(CompressionLevel(Codec.H264, 23))
    again = patch_of(rescorer, face)
    rescorer.prepare(again)
    say(f"making {len(ahead)} levels ahead, crf", [ahead], partial(rescorer.prepare, again))
    there = ahead[: KEPT_BYTES // (again.picture.nbytes // 2)]
    say(f"{len(there)} levels made ahead, crf", there, lambda level: rescorer.preview(again, level, rule))
    for detector in detectors:
        alone = FaceRescorer(options.video, info, [detector])
        alone.answer(patches[0], CLEAN)
        again = patch_of(rescorer, face)  # none of whose levels was made before
        say(f"answer of {detector.card.name}, crf", LEVELS[Codec.H264], partial(alone.answer, again))
    rescorer.close()


def largest_face(video: Path) -> TrackedFace:
    """The largest face in the first frames."""
    tracker, faces = FaceTracker(FaceFinder()), []
    with MediaReader(video) as reader:
        for frame in reader.frames():
            faces += tracker.step(frame).faces
            if frame.index >= _FRAMES:
                break
    if not faces:
        raise SystemExit("No face was found in the first frames.")
    return max(faces, key=lambda face: box_size_px(face.face.box_xyxy_px))


def patch_of(rescorer: FaceRescorer, face: TrackedFace) -> FacePatch:
    """The part of its frame that a face needs."""
    return rescorer.patch(face)


def made_ready(rescorer: FaceRescorer, patches: Iterable[FacePatch]) -> Iterator[FacePatch]:
    """Each face as it is when it has been looked at for a moment, before its first level."""
    for patch in patches:
        rescorer.prepare(patch)
        yield patch


def say(name: str, asked: Iterable[Asked], work: Callable[[Asked], object]) -> None:
    """Print the median and the longest time, and the median of the processor time of the thread."""
    wall_ms, cpu_ms = [], []
    for one in asked:
        start = time.perf_counter(), time.thread_time()
        work(one)
        wall_ms.append(1000 * (time.perf_counter() - start[0]))
        cpu_ms.append(1000 * (time.thread_time() - start[1]))
    times = f"{statistics.median(wall_ms):7.1f} ms   at most {max(wall_ms):7.1f} ms"
    print(f"{name:44} {times}   processor {statistics.median(cpu_ms):6.1f} ms")


if __name__ == "__main__":
    main()
