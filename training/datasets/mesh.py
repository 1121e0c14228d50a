"""Meshes of crops, stored beside them: found once, read by everything that forges faces."""

import zipfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from forensiclab.core.errors import MediaError, SettingsError
from forensiclab.core.files import whole_file
from forensiclab.faces.mesh import MESH_POINTS, FaceMesh, MeshFinder
from training.datasets.crops import MESH_FILE, CropEntry, CropFolder
from training.datasets.shards import Failure, Progress

SURE_SCORE = 10.0
"""From this score on a mesh sits right: on 99 of 100 DFDC crops."""
_AT_ONCE = 2000
"""Crops after which progress is said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredMeshes:
    """What was stored."""

    crops: int
    sure: int
    """Crops whose score is at least ``SURE_SCORE``."""
    failures: tuple[Failure, ...]
    """Crops that cannot be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Framing:
    """How crops frame their faces, in terms of the mesh: medians over a folder."""

    side_over_mesh: float
    """Side of a crop over the longer side of the mesh in it."""
    offset: tuple[float, float]
    """Middle of the mesh less the middle of the crop, in shares of the crop's side."""


class MeshTable:
    """The meshes of a folder.

    Args:
        path: The file that ``store_meshes`` wrote.

    Raises:
        SettingsError: It cannot be read, or holds something else.
    """

    def __init__(self, path: Path) -> None:
        try:
            with np.load(path, allow_pickle=False) as stored:
                names, self._points, self._scores = stored["names"], stored["points"], stored["scores"]
        except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
            # numpy's own words of a file that is no archive invite to load pickles.
            reason = (error.strerror or error) if isinstance(error, OSError) else "it does not hold arrays"
            raise SettingsError(f"The meshes in {path} cannot be read: {reason}. 'mesh' finds them again.") from error
        if self._points.shape != (len(names), MESH_POINTS, 2) or self._scores.shape != (len(names),):
            raise SettingsError(f"{path} does not hold meshes of {MESH_POINTS} points. 'mesh' finds them again.")
        self._rows = {str(name): row for row, name in enumerate(names)}

    def mesh(self, name: str, width_px: int, height_px: int) -> FaceMesh | None:
        """Return the mesh of a crop in its pixels, whatever its score; None where the crop has none."""
        row = self._rows.get(name)
        if row is None:
            return None
        points = self._points[row].astype(np.float32) * np.array((width_px, height_px), dtype=np.float32)
        return FaceMesh(points_xy_px=points, score=float(self._scores[row]))

    def is_sure(self, name: str) -> bool:
        """Return whether a crop has a mesh that sits right."""
        row = self._rows.get(name)
        return row is not None and float(self._scores[row]) >= SURE_SCORE

    def is_inside(self, name: str) -> bool:
        """Return whether a crop holds the middle half of its mesh, along both axes."""
        row = self._rows.get(name)
        if row is None:
            return False
        low, high = (np.percentile(self._points[row].astype(np.float32), share, axis=0) for share in (25, 75))
        return bool((low >= 0).all() and (high <= 1).all())

    def framing(self, entries: Sequence[CropEntry]) -> Framing:
        """Measure how square crops frame their faces.

        Raises:
            SettingsError: None of them has a mesh that sits right.
        """
        rows = [self._rows[entry.name] for entry in entries if self.is_sure(entry.name)]
        if not rows:
            raise SettingsError("None of the crops has a mesh that sits right; find them with 'mesh'.")
        points = self._points[rows].astype(np.float32)
        low, high = points.min(axis=1), points.max(axis=1)
        x, y = np.median((low + high) / 2 - 0.5, axis=0)
        return Framing(
            side_over_mesh=float(1 / np.median((high - low).max(axis=1))),
            offset=(float(x), float(y)),
        )


def store_meshes(folder: CropFolder, finder: MeshFinder, *, jobs: int = 1) -> StoredMeshes:
    """Find the mesh of every crop of a folder, real and forged, and store them in ``mesh.npz`` beside the index.

    Args:
        folder: The crops.
        finder: Finds them.
        jobs: Crops that are read at the same time.

    Raises:
        WriteError: The file cannot be written.
    """
    names: list[str] = []
    points: list[NDArray[np.float16]] = []
    scores: list[float] = []
    failures: list[Failure] = []

    def find(entry: CropEntry) -> FaceMesh | MediaError:
        try:
            picture = folder.picture(entry)
        except MediaError as error:
            return error
        found = finder.find(picture, margin=entry.margin)
        size = np.array(picture.shape[1::-1], dtype=np.float32)
        return FaceMesh(points_xy_px=found.points_xy_px / size, score=found.score)

    blocks = [folder.entries[start : start + _AT_ONCE] for start in range(0, len(folder.entries), _AT_ONCE)]
    progress = Progress(f"block of {_AT_ONCE} crops", len(blocks))
    with ThreadPoolExecutor(jobs, thread_name_prefix="mesh") as pool:
        for number, block in enumerate(blocks, start=1):
            for entry, found in zip(block, pool.map(find, block), strict=True):
                if isinstance(found, MediaError):
                    failures.append((entry.name, str(found)))
                else:
                    names.append(entry.name)
                    points.append(found.points_xy_px.astype(np.float16))
                    scores.append(found.score)
            progress.say(number)
    with whole_file(folder.folder / MESH_FILE) as partial, partial.open("wb") as file:
        np.savez(
            file,
            names=np.array(names, dtype=np.str_),
            points=np.stack(points) if points else np.zeros((0, MESH_POINTS, 2), np.float16),
            scores=np.array(scores, dtype=np.float32),
        )
    return StoredMeshes(crops=len(names), sure=sum(score >= SURE_SCORE for score in scores), failures=tuple(failures))
