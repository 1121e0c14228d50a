"""Made clips with a face that a made finder finds: a bright square on a dark, grainy ground."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from forensiclab.core.records import Face
from forensiclab.media.frame import Frame

SIZE_PX = (96, 80)
FACE_PX = 24

MakeFaces = Callable[..., Path]


@dataclass
class SquareFinder:
    """Finds bright squares, and counts how often it was asked."""

    asked: int = 0

    def find_in(self, frame: Frame) -> tuple[Face, ...]:
        self.asked += 1
        bright = cv2.morphologyEx((frame.luma() > 150).astype(np.uint8), cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8))
        count, _, stats, _ = cv2.connectedComponentsWithStats(bright)
        boxes = [stats[number, :4].tolist() for number in range(1, count) if stats[number, cv2.CC_STAT_AREA] > 60]
        boxes.sort(key=lambda box: -box[2] * box[3])
        return tuple(
            Face(box_xyxy_px=(x, y, x + w, y + h), landmarks_xy_px=None, confidence=1.0) for x, y, w, h in boxes
        )


class NoFinder:
    """Must not be asked."""

    def find_in(self, frame: Frame) -> tuple[Face, ...]:
        raise AssertionError(f"frame {frame.index} was searched")


def face_pictures(
    frames: int = 20,
    *,
    forged: Sequence[int] = (),
    faces: Sequence[int] = (FACE_PX,),
    size: tuple[int, int] = SIZE_PX,
    seed: int = 0,
) -> list[NDArray[np.uint8]]:
    """Bright squares that drift right by a pixel a frame; those whose number is in ``forged`` have a dark spot."""
    width, height = size
    ground = cv2.GaussianBlur(
        np.random.default_rng(seed).integers(0, 90, (height, width, 3), dtype=np.uint8), (0, 0), 1.5
    )
    pictures = []
    for number in range(frames):
        picture = ground.copy()
        for place, side in enumerate(faces):
            left, top = 8 + number + 44 * place, 28
            picture[top : top + side, left : left + side] = (230, 200, 180)
            if place in forged:
                third = side // 3
                picture[top + third : top + 2 * third, left + third : left + 2 * third] = (150, 40, 40)
        pictures.append(picture)
    return pictures


@pytest.fixture
def finder() -> SquareFinder:
    return SquareFinder()


@pytest.fixture
def make_faces(make_clip: MakeFaces, tmp_path: Path) -> MakeFaces:
    """Write a clip of ``face_pictures`` at a path below the test's folder."""

    def make(name: str, *, crf: int = 8, times_ms: Sequence[int] | None = None, **changes: object) -> Path:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        pictures = face_pictures(**changes)
        size = pictures[0].shape[1], pictures[0].shape[0]
        options = {"crf": str(crf), "preset": "ultrafast"}
        return make_clip(name, pictures=pictures, size=size, options=options, times_ms=times_ms)

    return make


@pytest.fixture
def make_mask(make_clip: MakeFaces, tmp_path: Path) -> MakeFaces:
    """Write the mask of a forged face: its middle third is white."""

    def make(name: str, *, frames: int = 20, face: int = 0, side: int = FACE_PX) -> Path:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        pictures = []
        for number in range(frames):
            picture = np.zeros((SIZE_PX[1], SIZE_PX[0], 3), np.uint8)
            left, top, third = 8 + number + 44 * face, 28, side // 3
            picture[top + third : top + 2 * third, left + third : left + 2 * third] = 255
            pictures.append(picture)
        return make_clip(name, pictures=pictures, size=SIZE_PX, options={"crf": "4", "preset": "ultrafast"})

    return make


@pytest.fixture
def no_finder() -> NoFinder:
    return NoFinder()
