"""Crops of another folder, cut as those of the first are, so that a mixture shows all faces alike."""

import zlib
from pathlib import Path

import numpy as np

from forensiclab.core.errors import MediaError
from forensiclab.core.records import Picture
from forensiclab.forge.mesh import Mesh
from training.datasets.crops import MESH_FILE, CropEntry, CropFolder
from training.datasets.mesh import Framing, MeshTable


class FramedFolder(CropFolder):
    """Crops with surroundings, cut about their meshes to the framing of another folder, or somewhat wider.

    Where a crop ends before the wanted square does, the square is moved into it, and is no larger than the crop.

    Args:
        folder: Holds crops and ``mesh.npz``.
        framing: Of the folder that the crops are mixed with.
        widest: Every crop draws the side of its square from 1 to this many times what the framing asks for; always the
            same for the same crop.

    Raises:
        SettingsError: The crops or their meshes cannot be read.
    """

    def __init__(self, folder: Path, framing: Framing, widest: float = 1.0) -> None:
        super().__init__(folder)
        self._framing = framing
        self._widest = widest
        self._meshes = MeshTable(folder / MESH_FILE)

    def picture(self, entry: CropEntry) -> Picture:
        """Read a crop and cut it; uint8 RGB, shape (S, S, 3).

        Raises:
            MediaError: The crop is missing, is not a picture, or has no mesh.
        """
        whole = super().picture(entry)
        left, top, side = self._square(entry, whole.shape[1], whole.shape[0])
        return np.ascontiguousarray(whole[top : top + side, left : left + side])

    def mesh(self, entry: CropEntry) -> Mesh:
        """Return the mesh of a crop in the pixels of what ``picture`` cuts.

        Raises:
            MediaError: As ``picture``.
        """
        height, width = super().picture(entry).shape[:2]
        left, top, _ = self._square(entry, width, height)
        return (self._found(entry, width, height) - (left, top)).astype(np.float32)

    def _square(self, entry: CropEntry, width_px: int, height_px: int) -> tuple[int, int, int]:
        """Return left, top and side of what is cut."""
        mesh = self._found(entry, width_px, height_px)
        low, high = mesh.min(axis=0), mesh.max(axis=0)
        framed = float((high - low).max()) * self._framing.side_over_mesh
        x, y = (low + high) / 2 - framed * np.asarray(self._framing.offset)
        drawn = np.random.default_rng(zlib.crc32(entry.name.encode())).uniform(1, self._widest)
        side = min(round(framed * drawn), width_px, height_px)
        left, top = (
            int(np.clip(round(middle - side / 2), 0, end - side)) for middle, end in ((x, width_px), (y, height_px))
        )
        return left, top, side

    def _found(self, entry: CropEntry, width_px: int, height_px: int) -> Mesh:
        found = self._meshes.mesh(entry.name, width_px, height_px)
        if found is None:
            raise MediaError(f"The crop '{entry.name}' in {self.folder} has no mesh; find them again with 'mesh'.")
        return found.points_xy_px
