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
from forensiclab.core.records import Picture
from forensiclab.faces.finder import FaceFinder
from forensiclab.forge.expression import Donor
from forensiclab.forge.families import Family, forge_crop
from training.data.compress import Prepared
from training.data.crops import INDEX_FILE, CropEntry, CropFolder, crop_stem
from training.data.shards import FAILURES_FILE, SHARD_SIZE, Failure, Progress, claim, merge_failures, shard_name
from training.data.writing import csv_text, png_bytes, whole_archive, write_whole
from training.forge.clips import RECIPE_FILE, ForgeSettings
from training.forge.face_path import MAX_POSE_DEG, Appearance, Points, face_color, pose_of

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
    maker = _Maker(source, real, settings)
    shards = [real[start : start + SHARD_SIZE] for start in range(0, len(real), SHARD_SIZE)]
    made = kept = 0
    failures: list[Failure] = []
    progress = Progress("archive", len(shards))
    with ThreadPoolExecutor(settings.jobs, thread_name_prefix="forge") as pool:
        for number, shard in enumerate(shards):
            path = out / shard_name(number)
            if path.is_file():
                kept += len(shard)
                continue
            made += len(shard)
            with whole_archive(path) as archive:
                rows: list[_Row] = []
                for crop in pool.map(maker.make, shard):
                    failures.extend(crop.failures)
                    for name, picture in crop.pictures:
                        archive.add(f"{name}.png", png_bytes(picture))
                    rows.extend(crop.rows)
                # Beside the crops, so that a run that continues knows what the archive holds.
                archive.add(_ROWS_FILE, csv_text(_ROW_COLUMNS, (row.cells() for row in rows)).encode())
            progress.say(number + 1)
    merged = merge_failures(out / FAILURES_FILE, failures)
    _write_index(source, out, len(shards))
    return Prepared(made=made, kept=kept, failures=merged)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """A crop of the new folder."""

    name: str
    real: str
    """Name of the real crop that it is, or was made from."""
    family: Family | None
    border_diff: float
    donor: str | None

    def cells(self) -> tuple[object, ...]:
        method = None if self.family is None else self.family.folder
        mask = None if self.family is None else _mask_name(self.name)
        return self.name, self.real, method, mask, f"{self.border_diff:.2f}", self.donor


_ROWS_FILE = "rows.csv"
_ROW_COLUMNS = ("name", "real", "method", "mask", "border_diff", "donor")


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


class _Maker:
    """Makes forgeries; faces are found once per crop. Several threads may use it at the same time."""

    def __init__(self, source: CropFolder, real: Sequence[CropEntry], settings: ForgeSettings) -> None:
        self._source = source
        self._settings = settings
        self._finder = FaceFinder(min_face_px=40)
        self._faces: dict[str, _Seen | None] = {}
        self._people: dict[str | None, list[CropEntry]] = {}
        self._clips: dict[str, list[CropEntry]] = {}
        for entry in real:
            self._people.setdefault(entry.part or entry.split, []).append(entry)
            self._clips.setdefault(entry.clip, []).append(entry)

    def make(self, entry: CropEntry) -> _Crop:
        """The real crop and its forgeries; or why there are none."""
        try:
            picture = self._source.picture(entry)
            face = self._face(entry)
        except MediaError as error:
            return _Crop(failures=((entry.name, str(error)),))
        stem = crop_stem(entry.name)
        pictures: list[tuple[str, NDArray[np.uint8]]] = [(stem, picture)]
        rows = [_Row(name=stem, real=entry.name, family=None, border_diff=0.0, donor=None)]
        if face is None:
            return _Crop(failures=((entry.name, "No face was found in it."),))
        failures: list[Failure] = []
        for family in self._settings.families:
            for number in range(self._settings.per_clip):
                name = f"{stem}_{family.folder}" + (f"_{number + 1}" if self._settings.per_clip > 1 else "")
                rng = np.random.default_rng((self._settings.seed, zlib.crc32(name.encode())))
                try:
                    donor = self._donor(entry, face, family, rng)
                    other = None if donor is None else self._as_donor(donor)
                    forgery = forge_crop(
                        family,
                        picture,
                        face.points,
                        rng,
                        None if other is None else other.picture,
                        None if other is None else other.landmarks_xy_px,
                    )
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
                        donor=None if donor is None else donor.name,
                    )
                )
        return _Crop(pictures=tuple(pictures), rows=tuple(rows), failures=tuple(failures))

    def _face(self, entry: CropEntry) -> _Seen | None:
        """The face of a crop; a tight crop gets a grey rim first, or the finder would misplace the points."""
        if entry.name not in self._faces:
            picture = self._source.picture(entry)
            rim = max(picture.shape[:2]) // 2
            framed = np.pad(picture, ((rim, rim), (rim, rim), (0, 0)), constant_values=127)
            found = [face for face in self._finder.find(framed) if face.landmarks_xy_px is not None]
            seen = None
            if found:
                surest = max(found, key=lambda face: face.confidence or 0.0)
                points = tuple((x - rim, y - rim) for x, y in surest.landmarks_xy_px or ())
                pose = pose_of(points)
                look = None
                if pose is not None:
                    look = Appearance(yaw_deg=pose[0], pitch_deg=pose[1], color_lab=face_color(picture, points))
                seen = _Seen(points=points, look=look)
            self._faces[entry.name] = seen
        return self._faces[entry.name]

    def _as_donor(self, entry: CropEntry) -> Donor | None:
        face = self._face(entry)
        return None if face is None else Donor(picture=self._source.picture(entry), landmarks_xy_px=face.points)

    def _donor(self, entry: CropEntry, face: _Seen, family: Family, rng: np.random.Generator) -> CropEntry | None:
        """The crop that a forgery takes a face or an expression from; None where it needs none.

        Raises:
            MediaError: A face swap needs one, and none fits.
        """
        match family:
            case Family.SELF_BLEND | Family.TEXTURE:
                return None
            case Family.EXPRESSION:
                frames = [other for other in self._clips[entry.clip] if other.name != entry.name]
                chosen = frames[rng.integers(len(frames))] if frames else None
                return chosen if chosen is not None and self._face(chosen) is not None else None
            case Family.FACE_SWAP:
                return self._alike(entry, face, rng)

    def _alike(self, entry: CropEntry, face: _Seen, rng: np.random.Generator) -> CropEntry:
        others = self._people[entry.part or entry.split]
        drawn = (others[place] for place in rng.permutation(len(others))[: 2 * _CANDIDATES])
        candidates = [other for other in drawn if other.clip != entry.clip][:_CANDIDATES]
        best, least = None, np.inf
        for other in candidates:
            try:
                seen = self._face(other)
            except MediaError:  # it is reported where its own turn comes
                continue
            if seen is None or seen.look is None or face.look is None:
                continue
            if face.look.pose_distance_deg(seen.look) <= MAX_POSE_DEG and face.look.distance(seen.look) < least:
                best, least = other, face.look.distance(seen.look)
        if best is None:
            raise MediaError(f"None of {len(candidates)} other crops shows a face whose head is turned alike.")
        return best


def _mask_name(name: str) -> str:
    return f"{name}_mask"


def _border_diff(real: Picture, forged: Picture) -> float:
    """Mean absolute difference along the border, grey levels."""
    difference = np.abs(real.astype(np.int16) - forged)
    edges = (difference[0], difference[-1], difference[1:-1, 0], difference[1:-1, -1])
    return float(np.concatenate(edges).mean())


def _write_index(source: CropFolder, out: Path, shards: int) -> None:
    """The index of all archives: the real crops' own columns, and what is new."""
    with (source.folder / INDEX_FILE).open(newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        columns = [column for column in reader.fieldnames or () if column not in (*_OWN_COLUMNS, "level")]
        known = {row["name"]: [row[column] for column in columns] for row in reader}
    rows = []
    for number in range(shards):
        name = shard_name(number)
        for row in _stored_rows(out / name):
            label = 1 if row["method"] else 0
            original = row["real"] if label else None
            # The real crop may be named with an ending that the copy does not have.
            own = (row["name"], label, original and crop_stem(original), row["method"], row["mask"])
            rows.append((*own, row["border_diff"] if label else None, row["donor"], name, *known[row["real"]]))
    write_whole(out / INDEX_FILE, csv_text((*_OWN_COLUMNS, *columns), rows))
