"""The mesh of a face: 468 points on it, and how sure it is that a face is there.

Source: Kartynnik et al., Real-time Facial Surface Geometry from Monocular Video on Mobile GPUs, 2019 (MediaPipe's face
    mesh); the network ships unchanged in ``resources/faces``.
"""

import threading
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from forensiclab.core.errors import WeightsError
from forensiclab.core.records import Picture
from forensiclab.core.resources import resource_path

MESH_POINTS = 468
_INPUT_PX = 192
_CROP_OVER_MESH = 1.5
"""Side of the square that the network sees over the longer side of the mesh in it."""
_USUAL_MARGINS = (0.9, 1.3)
_PASSES = 2
"""The second looks at the square about the mesh that the first found."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FaceMesh:
    """The mesh of one face."""

    points_xy_px: NDArray[np.float32]
    """Shape (468, 2), in pixels of the picture; they may lie outside it. Their order is MediaPipe's."""
    score: float
    """A logit: above 0 the network takes it for a face; on faces that are seen well, above 10."""


class MeshFinder:
    """Fits a mesh to the face in the middle of a crop; loaded once, a few milliseconds a crop on one core.

    Several threads may use it at the same time; the network itself takes one crop after the other.

    Args:
        path: The network; None = the one that ships.

    Raises:
        WeightsError: The network cannot be read.
    """

    def __init__(self, path: Path | None = None) -> None:
        import openvino  # training reads stored meshes without it

        path = path or resource_path("faces", "face_landmark.tflite")
        core = openvino.Core()
        try:
            model = core.read_model(path)
        except RuntimeError as error:
            raise WeightsError(f"The network of the face mesh, '{path}', cannot be read: {error}.") from error
        compiled = core.compile_model(model, "CPU", {"INFERENCE_NUM_THREADS": 1, "NUM_STREAMS": 1})
        self._request = compiled.create_infer_request()
        self._lock = threading.Lock()

    def find(self, crop: Picture, *, margin: float | None = None) -> FaceMesh:
        """Fit the mesh to the face of a crop.

        Args:
            crop: uint8 RGB, shape (H, W, 3), with the face in its middle.
            margin: Side of the crop over the longer side of the face finder's box; where it is not known, a tight and a
                wide one are tried, and the surer mesh is taken.
        """
        tried = _USUAL_MARGINS if margin is None else (margin,)
        return max((self._find(crop, one) for one in tried), key=lambda mesh: mesh.score)

    def _find(self, crop: Picture, margin: float) -> FaceMesh:
        height, width = crop.shape[:2]
        # A face finder's box is about as long as the mesh.
        square = _Square(x_px=width / 2, y_px=height / 2, side_px=max(height, width) * _CROP_OVER_MESH / margin)
        for _ in range(_PASSES):
            points, score = self._run(crop, square)
            low, high = points.min(axis=0), points.max(axis=0)
            x, y = (low + high) / 2
            square = _Square(x_px=float(x), y_px=float(y), side_px=float((high - low).max()) * _CROP_OVER_MESH)
        return FaceMesh(points_xy_px=points, score=score)

    def _run(self, crop: Picture, square: "_Square") -> tuple[NDArray[np.float32], float]:
        scale = _INPUT_PX / square.side_px
        left, top = square.x_px - square.side_px / 2, square.y_px - square.side_px / 2
        # Pixel centres lie at halves: the middle of the first input pixel is at half of one of its sides.
        motion = np.array([[scale, 0, (0.5 - left) * scale - 0.5], [0, scale, (0.5 - top) * scale - 0.5]])
        interpolation = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        seen = cv2.warpAffine(
            crop, motion, (_INPUT_PX, _INPUT_PX), flags=interpolation, borderMode=cv2.BORDER_REFLECT_101
        )
        with self._lock:
            found = self._request.infer([(seen.astype(np.float32) / np.float32(255))[None]])
            values = sorted((np.array(value).ravel() for value in found.values()), key=len)
        score, points = float(values[0][0]), values[1].reshape(MESH_POINTS, 3)[:, :2]
        return (points / scale + (left, top)).astype(np.float32), score


@dataclass(frozen=True, slots=True, kw_only=True)
class _Square:
    """Where the network looks, in pixels of the crop."""

    x_px: float
    y_px: float
    side_px: float
