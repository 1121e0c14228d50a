"""Synthetic scenes: textured patches that move over a textured ground, and a finder that is told where they are."""

from collections.abc import Callable, Sequence

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from forensiclab.core.geometry import Box
from forensiclab.core.records import Face
from forensiclab.media.frame import Frame

Found = Sequence[tuple[Box, float]]


def texture(seed: int, height: int, width: int, *, cell_px: int = 12) -> NDArray[np.uint8]:
    """Smooth random grey texture, shape (height, width): something for the optical flow to hold on to."""
    cells = (
        np.random.default_rng(seed).integers(30, 226, (height // cell_px + 2, width // cell_px + 2)).astype(np.uint8)
    )
    return cv2.resize(cells, (width, height), interpolation=cv2.INTER_CUBIC)


def frame_of(luma: NDArray[np.uint8], index: int, *, fps: float = 25.0) -> Frame:
    """A decoded frame that shows a grey picture."""
    return frame_of_rgb(np.repeat(luma[:, :, None], 3, axis=2), index, fps=fps)


def frame_of_rgb(rgb: NDArray[np.uint8], index: int, *, fps: float = 25.0) -> Frame:
    """A decoded frame that shows a picture."""
    return Frame(av.VideoFrame.from_ndarray(rgb, format="rgb24"), index=index, pts_s=index / fps)


class Scene:
    """Square patches over a ground, painted in order: later ones hide earlier ones."""

    def __init__(self, width: int = 320, height: int = 180, *, seed: int = 0) -> None:
        self.ground = texture(seed, height, width, cell_px=20)
        self.width, self.height = width, height

    def frame(self, index: int, patches: Sequence[tuple[NDArray[np.uint8], float, float]], fps: float = 25.0) -> Frame:
        """Patches with their top left corners (x, y); they may lie partly or wholly outside."""
        luma = self.ground.copy()
        for patch, x, y in patches:
            shift = np.array([[1, 0, x], [0, 1, y]], dtype=np.float64)
            cv2.warpAffine(patch, shift, (self.width, self.height), dst=luma, borderMode=cv2.BORDER_TRANSPARENT)
        return frame_of(luma, index, fps=fps)


def box_at(x: float, y: float, side: float) -> Box:
    return x, y, x + side, y + side


def face_at(box: Box, confidence: float = 1.0) -> Face:
    left, top, right, bottom = box
    at = ((0.3, 0.4), (0.7, 0.4), (0.5, 0.6), (0.35, 0.8), (0.65, 0.8))
    points = tuple((left + u * (right - left), top + v * (bottom - top)) for u, v in at)
    return Face(box_xyxy_px=box, landmarks_xy_px=points, confidence=confidence)


class ScriptedFinder:
    """Finds what the script says for each frame index, and remembers when it was asked."""

    def __init__(self, script: Callable[[int], Found]) -> None:
        self._script = script
        self.asked: list[int] = []
        self.least_px: list[float] = []

    def find_in(self, frame: Frame, *, is_thorough: bool = False, at_least_px: float = 0.0) -> tuple[Face, ...]:
        self.asked.append(frame.index)
        self.least_px.append(at_least_px)
        return tuple(face_at(box, confidence) for box, confidence in self._script(frame.index))
