"""Folders of face crops: an ``index.csv`` and zip shards or loose files."""

import csv
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from forensiclab.core.errors import MediaError, SettingsError
from forensiclab.core.records import Picture

INDEX_FILE = "index.csv"
MESH_FILE = "mesh.npz"
"""The meshes of the crops' faces, where they were found (``training.datasets.mesh``)."""
CROP_MARGIN = 0.87
"""Side of the stored crops over the longer side of the face finder's box, as ``python -m training margin`` measures it:
median 0.87 (80 % from 0.80 to 0.95) on 120 real crops of ``dfdc_faces``, 0.89 (0.85 to 0.94) on 80 ``ffpp_crops``."""
MASK_THRESHOLD = 0.1
"""A mask's pixel is forged above this share of full white."""
_PICTURE_ENDINGS = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff")


@dataclass(frozen=True, slots=True, kw_only=True)
class CropEntry:
    """One row of an index. Columns that an index does not have are None."""

    name: str
    """Path inside the folder or its archives; the ending may be left out."""
    label: int
    """0 real, 1 forged."""
    clip: str
    """Crops of one clip share it: label, method and the column ``video``; the name where there is no such column."""
    split: str | None
    part: str | None
    """Part of the data set; parts share no clips."""
    original: str | None
    """Name of the real crop of the clip that a forgery was made from."""
    source_width_px: int | None
    """Width of the region of the frame that the crop shows, before it was resized."""
    border_diff: float | None
    """Mean absolute difference to the original along the crop's border, 0-255; small = same frame, same box."""
    shard: str | None
    method: str | None = None
    """Manipulation that made a forgery, such as ``Deepfakes``; None for real crops and where it is not known."""
    data_set: str | None = None
    """Key of the data set, such as ``ffpp``."""
    compression: str | None = None
    """The data set's own label of its compression, such as ``c23``."""
    pts_s: float | None = None
    """Presentation time of the frame that the crop was cut from."""
    margin: float | None = None
    """Side of the crop over the longer side of the face finder's box."""
    mask: str | None = None
    """Name of the picture of the forged pixels (grey, 255 = forged), stored like the crop; None where it is unknown."""


class CropFolder:
    """Crops in a folder, read when asked for. Reading from several threads at once is safe.

    Args:
        folder: Holds ``index.csv`` with at least the columns ``name`` and ``label``, and the pictures: in zip archives
            (the column ``shard`` says which; without it all archives of the folder are searched) or as loose files.

    Raises:
        SettingsError: There is no such folder or index, or the index cannot be used.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.entries = _read_index(folder / INDEX_FILE)
        self._archives = {path.name: _open_archive(path) for path in sorted(folder.glob("*.zip"))}
        self._members = {name: _by_stem(archive.namelist()) for name, archive in self._archives.items()}
        self._by_name = {entry.name: entry for entry in self.entries}

    @property
    def title(self) -> str:
        """What records and cards call the folder: data set and compression where all crops share one, else its name."""
        sets = {(entry.data_set, entry.compression) for entry in self.entries}
        (data_set, compression) = sets.pop() if len(sets) == 1 else (None, None)
        return "-".join(filter(None, (data_set, compression))) if data_set else self.folder.resolve().name

    @property
    def compression(self) -> str | None:
        """The data set's own label of its compression, where all crops share one."""
        labels = {entry.compression for entry in self.entries}
        return labels.pop() if len(labels) == 1 else None

    @property
    def margin(self) -> float:
        """Side of the crops over the longer side of the face finder's box: the index's, else ``CROP_MARGIN``."""
        return self.entries[0].margin or CROP_MARGIN

    def entry(self, name: str) -> CropEntry | None:
        """Return the row of that name, None where there is none."""
        return self._by_name.get(name)

    def select(self, split: str | None) -> tuple[CropEntry, ...]:
        """Return the entries of a split, all entries for None.

        Raises:
            SettingsError: The split has no crop.
        """
        chosen = self.entries if split is None else tuple(e for e in self.entries if e.split == split)
        if not chosen:
            have = ", ".join(sorted({e.split for e in self.entries if e.split})) or "none"
            raise SettingsError(f"The crops in {self.folder} have no split '{split}'; their splits are: {have}.")
        return chosen

    def picture(self, entry: CropEntry) -> Picture:
        """Read and decode a crop.

        Returns:
            uint8 RGB, shape (H, W, 3).

        Raises:
            MediaError: The crop is missing or not a picture.
        """
        data = np.frombuffer(self._read(entry), dtype=np.uint8)
        decoded = cv2.imdecode(data, cv2.IMREAD_COLOR_RGB) if data.size else None
        if decoded is None:
            raise MediaError(f"The crop '{entry.name}' in {self.folder} is not a picture that can be read.")
        return np.asarray(decoded, dtype=np.uint8)

    def mask(self, entry: CropEntry) -> NDArray[np.uint8] | None:
        """Read the forged pixels of a crop as the data set gives them.

        Returns:
            Grey levels, 255 = forged, shape (H, W) of the crop; None where the index names no mask.

        Raises:
            MediaError: The mask that the index names is missing or no picture.
        """
        if entry.mask is None:
            return None
        data = np.frombuffer(self._read(entry, entry.mask), dtype=np.uint8)
        decoded = cv2.imdecode(data, cv2.IMREAD_GRAYSCALE) if data.size else None
        if decoded is None:
            raise MediaError(f"The mask '{entry.mask}' in {self.folder} is not a picture that can be read.")
        return np.asarray(decoded, dtype=np.uint8)

    def _read(self, entry: CropEntry, name: str | None = None) -> bytes:
        name = name or entry.name
        stem = crop_stem(name)
        shards = self._archives if entry.shard is None else (entry.shard,)
        for shard in shards:
            member = self._members.get(shard, {}).get(stem)
            if member is not None:
                try:
                    return self._archives[shard].read(member)
                except (zipfile.BadZipFile, OSError) as error:
                    raise MediaError(f"'{member}' in {self.folder / shard} cannot be read: {error}.") from error
        for path in (self.folder / (stem + ending) for ending in (Path(name).suffix, *_PICTURE_ENDINGS)):
            if path.is_file():
                return path.read_bytes()
        raise MediaError(f"The picture '{name}' named in {self.folder / INDEX_FILE} is not in that folder.")


def crop_stem(name: str) -> str:
    """Strip the ending of a picture format from a crop's name; other dots belong to the name."""
    ending = Path(name).suffix
    return name[: -len(ending)] if ending.lower() in _PICTURE_ENDINGS else name


def _by_stem(names: Iterable[str]) -> dict[str, str]:
    return {crop_stem(name): name for name in names if not name.endswith("/")}


def _open_archive(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError) as error:
        raise SettingsError(f"The archive {path} cannot be read: {error}.") from error


def _read_index(path: Path) -> tuple[CropEntry, ...]:
    if not path.is_file():
        raise SettingsError(f"There is no folder of crops at {path.parent}: it has no {INDEX_FILE}.")
    try:
        with path.open(newline="", encoding="utf-8") as file:
            rows = csv.DictReader(file)
            missing = [column for column in ("name", "label") if column not in (rows.fieldnames or ())]
            if missing:
                raise SettingsError(f"The index {path} has no column {' and no column '.join(missing)}.")
            entries = tuple(_entry(row, path, number) for number, row in enumerate(rows, start=2))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise SettingsError(f"The index {path} cannot be read: {error}.") from error
    if not entries:
        raise SettingsError(f"The index {path} lists no crops.")
    return entries


def _entry(row: dict[str, str | None], path: Path, line: int) -> CropEntry:
    name, label = row["name"], row["label"]
    if not name or label not in ("0", "1"):
        raise SettingsError(f"Line {line} of {path} needs a name and a label 0 (real) or 1 (forged), not '{label}'.")
    video = row.get("video")
    method, time, margin = row.get("method") or None, row.get("pts_s"), row.get("margin")
    width, border = row.get("source_width_px"), row.get("border_diff")
    try:
        return CropEntry(
            name=name,
            label=int(label),
            clip="/".join(filter(None, (label, method, video))) if video else name,
            split=row.get("split") or None,
            part=row.get("part") or None,
            original=row.get("original") or None,
            source_width_px=int(width) if width else None,
            border_diff=float(border) if border else None,
            shard=row.get("shard") or None,
            method=method,
            data_set=row.get("data_set") or None,
            compression=row.get("compression") or None,
            pts_s=float(time) if time else None,
            margin=float(margin) if margin else None,
            mask=row.get("mask") or None,
        )
    except ValueError as error:
        raise SettingsError(f"Line {line} of {path} has a number that cannot be read: {error}.") from error
