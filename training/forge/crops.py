"""A folder of crops, real and forged, made from the real crops of another folder."""

import csv
import zlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from forensiclab.core.errors import MediaError, SettingsError
from forensiclab.core.files import write_whole
from forensiclab.core.records import Picture
from forensiclab.faces.finder import FaceFinder
from forensiclab.forge.expression import Donor
from forensiclab.forge.families import Family, apply, draw
from forensiclab.forge.mesh import Mesh, five_points
from training.batches.forge_on_the_fly import mesh_table
from training.datasets.crops import INDEX_FILE, CropEntry, CropFolder, crop_stem
from training.datasets.manifest import csv_text
from training.datasets.shards import (
    FAILURES_FILE,
    SHARD_SIZE,
    Failure,
    Progress,
    claim,
    merge_failures,
    png_bytes,
    shard_name,
    whole_shard,
)
from training.forge.clips import RECIPE_FILE, ForgeSettings
from training.forge.face_path import MAX_POSE_DEG, Appearance, Points, face_color, pose_of
from training.preparation.compress import Prepared

_CANDIDATES = 24
"""Crops among which the donor of a face swap is looked for."""
_OWN_COLUMNS = ("name", "label", "original", "method", "mask", "border_diff", "donor", "shard")


def forge_crops(source: CropFolder, out: Path, settings: ForgeSettings) -> Prepared:
    """Forge every real crop of a folder.

    The new folder holds the real crops and their forgeries, without loss, with masks; the other columns of the index
    are those of the real crop. Faces come from the same part of the data, where parts are known, else from the same
    split, and never from the same clip, so that nobody gets from one into another. Broken off, a run continues.

    Args:
        source: The crops; their forgeries are left out.
        out: A folder of its own.
        settings: What to make.

    Raises:
        SettingsError: There is no real crop, ``out`` is or lies in the source, or holds another data set.
    """
    real = tuple(entry for entry in source.entries if entry.label == 0)
    if not real:
        raise SettingsError(f"The crops in {source.folder} are all forged; forgeries are made from real ones.")
    families = ",".join(settings.families)
    recipe = f"{settings.per_clip} x {families} of {len(real)} crops of {source.folder.name}, seed {settings.seed}"
    claim(out, source.folder, RECIPE_FILE, recipe)
    index = _Index(source, out)
    maker = _Maker(source, real, settings)
    shards = [real[start : start + SHARD_SIZE] for start in range(0, len(real), SHARD_SIZE)]
    made = kept = 0
    failures: list[Failure] = []
    progress = Progress("archive", len(shards))
    with ThreadPoolExecutor(settings.jobs, thread_name_prefix="forge") as pool:
        for number, shard in enumerate(shards):
            path = out / shard_name(number)
            if path.is_file() and (before := index.count(path.name)):
                kept += before
                continue
            rows: list[_Row] = []
            with whole_shard(path) as archive:
                for crop in pool.map(maker.make, shard):
                    failures.extend(crop.failures)
                    rows.extend(crop.rows)
                    for name, picture in crop.pictures:
                        archive.add(f"{crop_stem(name)}.png", png_bytes(picture))
            index.add(path.name, rows)
            made += len(rows)
            progress.say(number + 1)
    return Prepared(made=made, kept=kept, failures=merge_failures(out / FAILURES_FILE, failures))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """A crop of the new folder."""

    name: str
    real: str
    """Name of the real crop that it is, or was made from."""
    family: Family | None = None
    border_diff: float = 0.0
    donor: str | None = None


class _Index:
    """The index of the new folder; written after every archive, so that a run that continues knows what they hold."""

    def __init__(self, source: CropFolder, out: Path) -> None:
        self._path = out / INDEX_FILE
        with (source.folder / INDEX_FILE).open(newline="", encoding="utf-8") as file:
            reader = csv.DictReader(file)
            self._kept = [name for name in reader.fieldnames or () if name not in (*_OWN_COLUMNS, "level")]
            self._known = {row["name"]: [row[name] for name in self._kept] for row in reader}
        self._rows: list[Sequence[object]] = []
        if self._path.is_file():
            with self._path.open(newline="", encoding="utf-8") as file:
                self._rows = [tuple(row.values()) for row in csv.DictReader(file)]
        self._place = _OWN_COLUMNS.index("shard")

    def count(self, shard: str) -> int:
        """Count the crops of an archive that are in it."""
        return sum(row[self._place] == shard for row in self._rows)

    def add(self, shard: str, rows: Sequence[_Row]) -> None:
        """Write the crops of an archive into it, in the place of what it said of that archive."""
        self._rows = [row for row in self._rows if row[self._place] != shard]
        for row in rows:
            own: tuple[object, ...] = (row.name, 0, None, None, None, None, None, shard)
            if row.family is not None:
                mask, border = _mask_name(row.name), f"{row.border_diff:.2f}"
                own = (row.name, 1, row.real, row.family.folder, mask, border, row.donor, shard)
            self._rows.append((*own, *self._known[row.real]))
        self._rows.sort(key=lambda row: str(row[self._place]))
        write_whole(self._path, csv_text((*_OWN_COLUMNS, *self._kept), self._rows))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Crop:
    """What was made of one real crop."""

    pictures: tuple[tuple[str, NDArray[np.uint8]], ...] = ()
    rows: tuple[_Row, ...] = ()
    failures: tuple[Failure, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """A crop's face."""

    points: Points
    look: Appearance | None
    """None where its pose cannot be told."""
    mesh: Mesh | None = None
    """Where it was found and sits right."""


class _Maker:
    """Makes forgeries; faces are found once per crop. Several threads may use it at the same time."""

    def __init__(self, source: CropFolder, real: Sequence[CropEntry], settings: ForgeSettings) -> None:
        self._source = source
        self._settings = settings
        self._finder = FaceFinder(min_face_px=40)
        self._meshes = mesh_table(source)
        self._faces: dict[str, _Seen | None] = {}
        self._people: dict[str | None, list[CropEntry]] = {}
        self._clips: dict[str, list[CropEntry]] = {}
        for entry in real:
            self._people.setdefault(entry.part or entry.split, []).append(entry)
            self._clips.setdefault(entry.clip, []).append(entry)

    def make(self, entry: CropEntry) -> _Crop:
        """Make the real crop and its forgeries; or say why there are none."""
        try:
            picture, face = self._source.picture(entry), self._face(entry)
        except MediaError as error:
            return _Crop(failures=((entry.name, str(error)),))
        if face is None:
            return _Crop(failures=((entry.name, "No face was found in it."),))
        pictures: list[tuple[str, NDArray[np.uint8]]] = [(entry.name, picture)]
        rows = [_Row(name=entry.name, real=entry.name)]
        failures: list[Failure] = []
        for family in self._settings.families:
            for number in range(self._settings.per_clip):
                end = f"_{number + 1}" if self._settings.per_clip > 1 else ""
                name = f"{crop_stem(entry.name)}_{family.folder}{end}"
                rng = np.random.default_rng((self._settings.seed, zlib.crc32(name.encode())))
                try:
                    other = self._donor(entry, face, family, rng)
                    donor = None if other is None else self._as_donor(other)
                    forgery = apply(draw(family, rng), picture, face.points, donor, face.mesh)
                except (MediaError, ValueError) as error:
                    failures.append((name, str(error)))
                    continue
                # Rounded up, so that 0 stays the only 0.
                mask = np.ceil(255 * forgery.mask).astype(np.uint8)
                pictures += [(name, forgery.picture), (_mask_name(name), mask)]
                rows.append(
                    _Row(
                        name=name,
                        real=entry.name,
                        family=family,
                        border_diff=_border_diff(picture, forgery.picture),
                        donor=None if other is None else other.name,
                    )
                )
        return _Crop(pictures=tuple(pictures), rows=tuple(rows), failures=tuple(failures))

    def _face(self, entry: CropEntry) -> _Seen | None:
        """Find the face of a crop: by its stored mesh, else by the face finder."""
        if entry.name not in self._faces:
            picture = self._source.picture(entry)
            mesh = self._mesh(entry, picture)
            points = five_points(mesh) if mesh is not None else self._found(picture)
            seen = None
            if points is not None:
                pose = pose_of(points)
                look = None
                if pose is not None:
                    look = Appearance(yaw_deg=pose[0], pitch_deg=pose[1], color_lab=face_color(picture, points))
                seen = _Seen(points=points, look=look, mesh=mesh)
            self._faces[entry.name] = seen
        return self._faces[entry.name]

    def _mesh(self, entry: CropEntry, picture: Picture) -> Mesh | None:
        if self._meshes is None or not self._meshes.is_sure(entry.name):
            return None
        found = self._meshes.mesh(entry.name, picture.shape[1], picture.shape[0])
        return None if found is None else found.points_xy_px

    def _found(self, picture: Picture) -> Points | None:
        """Find the five points; a tight crop gets a grey rim first, or the finder would misplace them."""
        rim = max(picture.shape[:2]) // 2
        framed = np.pad(picture, ((rim, rim), (rim, rim), (0, 0)), constant_values=127)
        found = [face for face in self._finder.find(framed) if face.landmarks_xy_px is not None]
        if not found:
            return None
        surest = max(found, key=lambda face: face.confidence or 0.0)
        return tuple((x - rim, y - rim) for x, y in surest.landmarks_xy_px or ())

    def _as_donor(self, entry: CropEntry) -> Donor | None:
        face = self._face(entry)
        if face is None:
            return None
        return Donor(picture=self._source.picture(entry), landmarks_xy_px=face.points, mesh=face.mesh)

    def _donor(self, entry: CropEntry, face: _Seen, family: Family, rng: np.random.Generator) -> CropEntry | None:
        """Choose the crop that a forgery takes a face or an expression from; None where it needs none.

        Raises:
            MediaError: A face swap needs one, and none fits.
        """
        match family:
            case Family.SELF_BLEND | Family.TEXTURE:
                return None
            case Family.EXPRESSION:
                frames = [other for other in self._clips[entry.clip] if other.name != entry.name]
                if not frames and face.mesh is not None:  # meshes of two people can be compared, their pixels cannot
                    frames = [one for one in self._people[entry.part or entry.split] if one.clip != entry.clip]
                chosen = frames[int(rng.integers(len(frames)))] if frames else None
                return chosen if chosen is not None and self._face(chosen) is not None else None
            case Family.FACE_SWAP:
                return self._alike(entry, face, rng)

    def _alike(self, entry: CropEntry, face: _Seen, rng: np.random.Generator) -> CropEntry:
        """Find the crop of another clip whose face fits best, among some that are drawn."""
        others = self._people[entry.part or entry.split]
        drawn = (others[int(place)] for place in rng.permutation(len(others)))
        best: CropEntry | None = None
        least, tried = np.inf, 0
        for other in drawn:
            if other.clip == entry.clip:
                continue
            if tried == _CANDIDATES:
                break
            tried += 1
            try:
                seen = self._face(other)
            except MediaError:  # it is reported where its own turn comes
                continue
            if seen is None or seen.look is None or face.look is None:
                continue
            if face.look.pose_distance_deg(seen.look) <= MAX_POSE_DEG and face.look.distance(seen.look) < least:
                best, least = other, face.look.distance(seen.look)
        if best is None:
            raise MediaError(f"None of {tried} crops of other clips shows a face whose head is turned alike.")
        return best


def _mask_name(name: str) -> str:
    return f"{name}_mask"


def _border_diff(real: Picture, forged: Picture) -> float:
    """Return the mean absolute difference along the border, grey levels."""
    difference = np.abs(real.astype(np.int16) - forged)
    edges = (difference[0], difference[-1], difference[1:-1, 0], difference[1:-1, -1])
    return float(np.concatenate(edges).mean())
