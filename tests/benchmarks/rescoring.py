"""How long one face takes at another level: a preview of the crop, and the full answer of every detector.

``python -m tests.benchmarks.rescoring VIDEO [--detectors a,b]``: the face of the largest track of a video, as the
inspector asks for it. A preview compresses and cuts; an answer compresses, measures, cuts and scores. Every level is
asked for once: nothing that was made for an earlier one is counted, but for what levels share.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import torch

from forensiclab.analysis.rescoring import FacePatch, FaceProbe
from forensiclab.analysis.robustness import LEVELS
from forensiclab.core.allocator import keep_freed_memory
from forensiclab.core.compression import CLEAN, Codec, CompressionLevel
from forensiclab.core.geometry import box_size_px
from forensiclab.core.records import TrackedFace
from forensiclab.detectors.runtime import open_detector
from forensiclab.detectors.weights import shipped_names
from forensiclab.faces.finder import FaceFinder
from forensiclab.faces.track import FaceTracker
from forensiclab.media.reader import MediaReader

_FRAMES = 40


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("video", type=Path)
    parser.add_argument("--detectors", default="", help="names of weights; default: those that ship")
    options = parser.parse_args()
    keep_freed_memory()
    detectors = [open_detector(name, "cpu") for name in options.detectors.split(",") if name]
    detectors = detectors or [open_detector(name, "cpu") for name in shipped_names()]
    face = largest_face(options.video)
    with MediaReader(options.video) as reader:
        info = reader.info
    size = box_size_px(face.face.box_xyxy_px)
    print(f"{options.video.name}: {info.width_px} x {info.height_px}, a face of {size:.0f} px at {face.pts_s:.2f} s")
    print(f"torch threads: {torch.get_num_threads()}")
    probe = FaceProbe(options.video, info, [])
    start = time.perf_counter()
    patch = patch_of(probe, face)
    print(f"{'opening the file, finding the frame':44} {1000 * (time.perf_counter() - start):7.1f} ms")
    height, width = patch.picture.shape[:2]
    print(f"compressed: {width} x {height} pixels")
    rule = detectors[0].input_spec.crop_rule
    for codec in (Codec.H264, Codec.JPEG, Codec.WEBP):
        probe.preview(patch, LEVELS[codec][0], rule)
        say(f"preview, {codec}", LEVELS[codec][1:], lambda level: probe.preview(patch, level, rule))
    for detector in detectors:
        alone = FaceProbe(options.video, info, [detector])
        alone.answer(patch, CLEAN)
        again = patch_of(probe, face)  # none of whose levels was made before
        say(f"answer of {detector.card.name}, crf", LEVELS[Codec.H264], partial(alone.answer, again))
    probe.close()


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


def patch_of(probe: FaceProbe, face: TrackedFace) -> FacePatch:
    """The part of its frame that a face needs."""
    return probe.patch(
        track_id=face.track_id,
        frame_index=face.frame_index,
        pts_s=face.pts_s,
        box_xyxy_px=face.face.box_xyxy_px,
        landmarks_xy_px=face.face.landmarks_xy_px,
    )


def say(name: str, levels: tuple[CompressionLevel, ...], work: Callable[[CompressionLevel], object]) -> None:
    """Print the median and the longest time over the levels."""
    times = []
    for level in levels:
        start = time.perf_counter()
        work(level)
        times.append(1000 * (time.perf_counter() - start))
    print(f"{name:44} {statistics.median(times):7.1f} ms   at most {max(times):7.1f} ms")


if __name__ == "__main__":
    main()
