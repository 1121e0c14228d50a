"""Forgeries made from real crops while a batch is put together."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from forensiclab.core.errors import SettingsError
from forensiclab.core.records import Picture
from forensiclab.forge.expression import Donor
from forensiclab.forge.families import Family, forge_crop
from forensiclab.forge.hull import MARGIN_LANDMARKS, TIGHT_LANDMARKS, Landmarks, scaled_landmarks
from forensiclab.forge.mesh import Mesh, five_points
from training.batches.batches import CropGroup, Forge, Mask
from training.batches.framing import FramedFolder
from training.datasets.crops import CROP_MARGIN, MESH_FILE, CropEntry, CropFolder
from training.datasets.mesh import Framing, MeshTable

_WIDE_MARGIN = 1.3
"""Of the crops on which ``MARGIN_LANDMARKS`` were found."""
_TRIES = 3
"""Donors that are tried; a face whose head is turned otherwise does not fit."""


def forger(families: Sequence[str], folder: CropFolder, groups: Sequence[CropGroup]) -> Forge:
    """Return a maker of forgeries of some kinds, each as likely; a kind that is named twice is twice as likely.

    Where the folder has meshes, they decide which pixels are forged, donors of swaps and expressions are other people,
    and a donor that does not fit is replaced by another, at last by a self-blend. Elsewhere the average place of a
    face's five points is taken.

    Args:
        families: Names of ``forensiclab.forge.families.Family``.
        folder: The crops; their margin tells where a face's five points usually are.
        groups: Donors are drawn from all real crops in them.

    Raises:
        SettingsError: There is no such family, or the meshes cannot be read.
    """
    kinds = [Family.parse(name) for name in families]
    reals = list({entry.name: entry for group in groups for entry in group if entry.label == 0}.values())
    meshes = mesh_table(folder)

    def mesh_of(entry: CropEntry, picture: Picture) -> Mesh | None:
        if isinstance(folder, FramedFolder):
            return folder.mesh(entry)
        if meshes is None or not meshes.is_sure(entry.name):
            return None
        found = meshes.mesh(entry.name, picture.shape[1], picture.shape[0])
        return None if found is None else found.points_xy_px

    def donor(rng: np.random.Generator) -> Donor:
        entry = reals[int(rng.integers(len(reals)))]
        picture = folder.picture(entry)
        mesh = mesh_of(entry, picture)
        points = usual_landmarks(folder.margin, picture) if mesh is None else five_points(mesh)
        return Donor(picture=picture, landmarks_xy_px=points, mesh=mesh)

    def forge(entry: CropEntry, picture: Picture, rng: np.random.Generator) -> tuple[Picture, Mask]:
        family = kinds[int(rng.integers(len(kinds)))]
        mesh = mesh_of(entry, picture)
        points = usual_landmarks(folder.margin, picture) if mesh is None else five_points(mesh)
        takes_donor = family is Family.FACE_SWAP or (family is Family.EXPRESSION and mesh is not None)
        for _ in range(_TRIES if takes_donor else 1):
            try:
                made = forge_crop(family, picture, points, rng, donor(rng) if takes_donor else None, mesh)
                break
            except ValueError:  # this donor's head is turned otherwise, or its picture ends before the face does
                continue
        else:
            made = forge_crop(Family.SELF_BLEND, picture, points, rng, None, mesh)
        return made.picture, np.ceil(255 * made.mask).astype(np.uint8)  # so that 0 stays the only 0

    return forge


def made_pairs(folder: CropFolder) -> tuple[CropGroup, ...]:
    """Return pairs whose forgeries are yet to be made: every real training crop with itself, labelled forged.

    Raises:
        SettingsError: The folder has no real training crop whose mesh sits right, with its middle part in the crop.
    """
    meshes = mesh_table(folder)
    if meshes is None:
        raise SettingsError(f"{folder.folder} has no {MESH_FILE}; 'python -m training mesh {folder.folder}' makes it.")
    reals = [
        entry
        for entry in folder.select("train" if any(entry.split == "train" for entry in folder.entries) else None)
        if entry.label == 0 and meshes.is_sure(entry.name) and meshes.is_inside(entry.name)
    ]
    if not reals:
        raise SettingsError(f"{folder.folder} has no real crop for training with a whole face in it.")
    return tuple((entry, replace(entry, label=1, original=entry.name)) for entry in reals)


def mesh_table(folder: CropFolder) -> MeshTable | None:
    """Return the meshes of a folder, None where they have not been found.

    Raises:
        SettingsError: They cannot be read.
    """
    path: Path = folder.folder / MESH_FILE
    return MeshTable(path) if path.is_file() else None


def framing_of(folder: CropFolder) -> Framing:
    """Return how a folder's real crops frame their faces.

    Raises:
        SettingsError: The folder has no meshes.
    """
    meshes = mesh_table(folder)
    if meshes is None:
        raise SettingsError(
            f"To mix other crops with those of {folder.folder}, they are cut alike by their meshes; "
            f"'python -m training mesh {folder.folder}' finds them."
        )
    return meshes.framing([entry for entry in folder.entries if entry.label == 0])


def usual_landmarks(margin: float, picture: Picture) -> Landmarks:
    """Return where the five points of a face usually are in crops of a margin; pixels.

    The points known for the nearer of two margins, moved about the centre as the margin asks.
    """
    height, width = picture.shape[:2]
    is_wide = abs(margin - _WIDE_MARGIN) < abs(margin - CROP_MARGIN)
    known, at = (MARGIN_LANDMARKS, _WIDE_MARGIN) if is_wide else (TIGHT_LANDMARKS, CROP_MARGIN)
    points = scaled_landmarks(known, width, height)
    center = (width / 2, height / 2)
    return tuple(
        (center[0] + (x - center[0]) * at / margin, center[1] + (y - center[1]) * at / margin) for x, y in points
    )
