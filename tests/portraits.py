"""Small real clips and pictures of people, made from the demo's portrait."""

from pathlib import Path

import numpy as np
from PIL import Image

from forensiclab.core.records import Picture
from forensiclab.core.resources import resource_path
from forensiclab.media.reader import MediaReader
from forensiclab.media.transcode import encode_clip

FRAMES, WIDTH, HEIGHT = 6, 160, 128


def portrait(person: int, frame: int = 0) -> Picture:
    """The demo's portrait as one of several people, filmed by a camera that moves; shape (HEIGHT, WIDTH, 3)."""
    with Image.open(resource_path("demo", "astronaut.jpg")) as file:
        picture = np.asarray(file.convert("RGB"))
    left, top = 224 - WIDTH // 2 + frame, 118 - HEIGHT // 2 + person
    seen = picture[top : top + HEIGHT, left : left + WIDTH].astype(np.float32)
    tint = np.array([(1, 1, 1), (0.85, 0.95, 1.05), (1.05, 0.9, 0.8), (0.7, 0.7, 0.72)][person % 4])
    return np.clip(seen * tint, 0, 255).astype(np.uint8)


def film(path: Path, person: int) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    encode_clip((portrait(person, frame) for frame in range(FRAMES)), path, crf=8, frame_rate=25)
    return path


def frames_of(path: Path) -> list[Picture]:
    with MediaReader(path) as reader:
        return [frame.rgb() for frame in reader.frames()]


def files_in(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
