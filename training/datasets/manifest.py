"""The manifest: which videos of a data set there are, and what is known about each."""

import csv
import hashlib
import io
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from pathlib import Path

from forensiclab.core.errors import SettingsError
from forensiclab.core.files import write_whole
from training.datasets.crops import INDEX_FILE, CropFolder

MANIFEST_FILE = "manifest.csv"
SPLITS = ("train", "val", "test")
PICTURE_ENDINGS = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff")


class Medium(StrEnum):
    """What a row of the manifest points at."""

    VIDEO = "video"
    """A video or a picture in which faces have to be found."""
    FACES = "faces"
    """A folder or tar archive of face sequences that are cut out already."""
    CROP = "crop"
    """One picture of a folder of crops; ``path`` is its archive and ``id`` its name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoEntry:
    """One row: a video at one compression."""

    data_set: str
    method: str | None
    """Manipulation that made a forgery, such as ``Deepfakes``; None for real videos and where it is not known."""
    compression: str | None
    """The data set's own label, such as ``c23``; None where it has but one."""
    id: str
    """Unique among the videos of its label, method and compression."""
    label: int
    """0 real, 1 forged."""
    original: str | None
    """Id of the real video that a forgery was made from, None where that is not known."""
    source: str
    """Videos that share people or scenes share it; splits are drawn by it."""
    split: str | None
    """``train``, ``val``, ``test``; None = in none of them."""
    path: str
    """Of the file, relative to the root of the data set, with forward slashes."""
    mask: str | None
    """Path of the video of the forged pixels, likewise; None where there is none."""
    medium: Medium = Medium.VIDEO

    @property
    def kind(self) -> str:
        """``real``, the manipulation, or ``forged`` where that is not known."""
        return self.method or ("forged" if self.label else "real")


def write_manifest(entries: Sequence[VideoEntry], path: Path) -> None:
    """Write a manifest; the file appears when it is whole."""
    write_whole(path, manifest_text(entries))


def manifest_text(entries: Sequence[VideoEntry]) -> str:
    """Write the manifest as CSV, one column per field of ``VideoEntry``."""
    return csv_text([field.name for field in fields(VideoEntry)], (_cells(entry) for entry in entries))


def read_manifest(path: Path) -> tuple[VideoEntry, ...]:
    """Read a manifest.

    Raises:
        SettingsError: The file cannot be read, lacks a column, or has a row that makes no sense.
    """
    try:
        with path.open(newline="", encoding="utf-8") as file:
            rows = csv.DictReader(file)
            missing = [field.name for field in fields(VideoEntry) if field.name not in (rows.fieldnames or ())]
            if missing:
                raise SettingsError(f"The manifest {path} has no column {' and no column '.join(missing)}.")
            return tuple(_entry(row, path, line) for line, row in enumerate(rows, start=2))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise SettingsError(f"The manifest {path} cannot be read: {error}.") from error


def check_manifest(entries: Sequence[VideoEntry], *, is_one_class_wanted: bool = False) -> tuple[str, ...]:
    """Refuse lists that nothing can be trained or measured on.

    Args:
        entries: The videos that are to be prepared.
        is_one_class_wanted: Whether real videos alone are what was asked for.

    Returns:
        Sentences about what is usable but should be known.

    Raises:
        SettingsError: There is no video, two rows are the same video, or all videos have one label.
    """
    if not entries:
        raise SettingsError("The list holds no video.")
    for (label, kind, compression, name), count in Counter(map(_identity, entries)).items():
        if count > 1:
            at = f" at {compression}" if compression else ""
            raise SettingsError(f"The list has {count} rows for the {_word(label)} video '{name}' ({kind}){at}.")
    labels = {entry.label for entry in entries}
    if len(labels) == 1 and not is_one_class_wanted:
        raise SettingsError(
            f"The list holds {_word(labels.pop())} videos only; detectors learn from real and forged ones. "
            "Look whether the other half was downloaded, or ask for '--methods real' if real faces are all you want."
        )
    notes = []
    for split in SPLITS:
        found = {entry.label for entry in entries if entry.split == split}
        if len(found) == 1 and len(labels) == 2:
            notes.append(f"The split '{split}' holds {_word(found.pop())} videos only.")
    split_of = {(entry.compression, entry.id): entry.split for entry in entries if entry.label == 0}
    torn = sum(
        split_of.get((entry.compression, entry.original), entry.split) != entry.split
        for entry in entries
        if entry.label == 1 and entry.original is not None
    )
    if torn:
        notes.append(f"{torn} of the forged videos lie in another split than the real one that they were made from.")
    return tuple(notes)


def data_hash(folder: CropFolder | Path) -> str:
    """Hash the index and the names, sizes and CRC-32 sums of all pictures in a folder of crops by SHA-256.

    Archives hold those sums, so that nothing is decoded and archives are not read through; loose files are read.

    Returns:
        64 hexadecimal digits.

    Raises:
        SettingsError: The index or an archive cannot be read.
    """
    root = folder.folder if isinstance(folder, CropFolder) else folder
    digest = hashlib.sha256()
    try:
        digest.update((root / INDEX_FILE).read_bytes())
        for path in sorted(root.rglob("*")):
            name = path.relative_to(root).as_posix()
            if path.suffix == ".zip":
                with zipfile.ZipFile(path) as archive:
                    for member in sorted(archive.infolist(), key=lambda info: info.filename):
                        digest.update(f"\n{name}/{member.filename} {member.file_size} {member.CRC}".encode())
            elif path.suffix.lower() in PICTURE_ENDINGS:
                digest.update(f"\n{name} {path.stat().st_size} {zlib.crc32(path.read_bytes())}".encode())
    except (OSError, zipfile.BadZipFile) as error:
        raise SettingsError(f"The crops in {root} cannot be read: {error}.") from error
    return digest.hexdigest()


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Write a table as CSV; None becomes an empty cell."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue()


def _identity(entry: VideoEntry) -> tuple[int, str, str, str]:
    return entry.label, entry.kind, entry.compression or "", entry.id


def _word(label: int) -> str:
    return "forged" if label else "real"


def _cells(entry: VideoEntry) -> list[object]:
    return [getattr(entry, field.name) for field in fields(VideoEntry)]


def _entry(row: dict[str, str | None], path: Path, line: int) -> VideoEntry:
    label, split, medium, name, file = (row[column] for column in ("label", "split", "medium", "id", "path"))
    if label not in ("0", "1") or not name or not file or not row["data_set"]:
        raise SettingsError(
            f"Line {line} of {path} needs a data set, an id, a path and a label 0 (real) or 1 (forged)."
        )
    if split and split not in SPLITS:
        raise SettingsError(f"Line {line} of {path} has the split '{split}'; splits are {', '.join(SPLITS)}.")
    if medium not in tuple(Medium):
        raise SettingsError(f"Line {line} of {path} has the medium '{medium}'; media are {', '.join(Medium)}.")
    return VideoEntry(
        data_set=row["data_set"],
        method=row["method"] or None,
        compression=row["compression"] or None,
        id=name,
        label=int(label),
        original=row["original"] or None,
        source=row["source"] or name,
        split=split or None,
        path=file,
        mask=row["mask"] or None,
        medium=Medium(medium),
    )
