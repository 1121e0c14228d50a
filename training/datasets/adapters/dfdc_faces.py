"""The DFDC face crops: a folder of finished crops, from which a copy with masks is made."""

import csv
import zipfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from forensiclab.core.errors import MediaError, SettingsError
from forensiclab.core.files import write_whole
from training.datasets.adapters import Listing, ListingOptions
from training.datasets.crops import INDEX_FILE, CropEntry, CropFolder, crop_stem
from training.datasets.manifest import Medium, VideoEntry, csv_text
from training.datasets.pairing import difference_mask, is_aligned
from training.datasets.shards import FAILURES_FILE, Failure, Progress, claim, png_bytes, whole_shard, write_failures

DATA_SET = "dfdc_faces"
MARKER_FILE = "prepared.txt"


@dataclass(frozen=True, slots=True, kw_only=True)
class CopiedCrops:
    """What a copy holds."""

    crops: int
    masks: int
    aligned: int
    """Forgeries that show the frame of their original; the others can have no mask."""
    failures: tuple[Failure, ...]


def list_crops(root: Path, options: ListingOptions) -> Listing:
    """List the crops, one of each clip; splits and originals are those of the index.

    Raises:
        SettingsError: It is not a folder of crops in archives that the index names.
    """
    entries = tuple(
        VideoEntry(
            data_set=DATA_SET,
            method=entry.method,
            compression=entry.compression,
            id=entry.name,
            label=entry.label,
            original=entry.original,
            source=entry.part or entry.original or entry.name,
            split=entry.split,
            path=_shard(entry, root),
            mask=None,
            medium=Medium.CROP,
        )
        for entry in CropFolder(root).entries
    )
    return Listing(entries=entries)


def copy_with_masks(entries: Sequence[VideoEntry], root: Path, out: Path, *, jobs: int = 1) -> CopiedCrops:
    """Copy crops as they are, and put a mask beside every forgery that shows the frame of its original.

    The pictures keep their bytes and their names; the index gets the columns ``data_set`` and ``mask``. A crop that is
    no picture is left out and listed. Archives that an earlier run finished are kept.

    Args:
        entries: The crops to copy.
        root: Their folder.
        out: Where the copy goes.
        jobs: Crops that are worked on at the same time.

    Raises:
        SettingsError: ``out`` holds something else or cannot be written, or the index has no archives.
    """
    wanted = {entry.id for entry in entries}
    source = CropFolder(root)
    crops = [entry for entry in source.entries if entry.name in wanted]
    claim(out, root, MARKER_FILE, f"{len(crops)} crops of {root.name} with difference masks")
    shards: dict[str, list[CropEntry]] = {}
    for entry in crops:
        shards.setdefault(_shard(entry, root), []).append(entry)
    progress = Progress("archive", len(shards))
    with ThreadPoolExecutor(jobs, thread_name_prefix="masks") as pool:
        for number, (shard, inside) in enumerate(shards.items(), start=1):
            is_new = not (out / shard).is_file()
            if is_new:
                _write(out / shard, source, inside, pool)
            progress.say(number, is_new=is_new)
    return _write_index(out, source, shards)


def _shard(entry: CropEntry, root: Path) -> str:
    if entry.shard is None:
        raise SettingsError(f"The index of {root} does not say in which archive '{entry.name}' is: it needs 'shard'.")
    return entry.shard


def _write(path: Path, source: CropFolder, entries: Sequence[CropEntry], pool: ThreadPoolExecutor) -> None:
    """Write one archive: the crops that can be read, each followed by its mask."""
    try:
        opened = zipfile.ZipFile(source.folder / path.name)
    except (OSError, zipfile.BadZipFile) as error:
        raise SettingsError(
            f"The archive {source.folder / path.name}, which the index names, cannot be read."
        ) from error
    with opened as archive:
        members = {crop_stem(name): name for name in archive.namelist()}

        def files(entry: CropEntry) -> list[tuple[str, bytes]]:
            try:
                picture = source.picture(entry)
            except MediaError:
                return []  # listed when the index is written
            member = members[crop_stem(entry.name)]
            made = [(member, archive.read(member))]
            original = source.entry(entry.original) if entry.original and is_aligned(entry) else None
            if original is not None:
                try:
                    mask = difference_mask(picture, source.picture(original))
                except MediaError:
                    return made
                if mask is not None:
                    made.append((f"{_mask_name(entry)}.png", png_bytes(mask)))
            return made

        with whole_shard(path) as copy:
            for found in pool.map(files, entries):
                for name, data in found:
                    copy.add(name, data)


def _write_index(out: Path, source: CropFolder, shards: dict[str, list[CropEntry]]) -> CopiedCrops:
    """Write the source's index, as far as the archives hold its crops."""
    masks: dict[str, str] = {}
    copied: set[str] = set()
    failures: list[Failure] = []
    for shard, entries in shards.items():
        with zipfile.ZipFile(out / shard) as archive:
            stems = {crop_stem(name) for name in archive.namelist()}
        for entry in entries:
            if crop_stem(entry.name) in stems:
                copied.add(entry.name)
            else:
                failures.append((entry.name, _reason(source, entry)))
            if _mask_name(entry) in stems:
                masks[entry.name] = _mask_name(entry)
    with (source.folder / INDEX_FILE).open(newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        columns = [name for name in reader.fieldnames or () if name not in ("data_set", "mask")]
        rows = [
            [*(row[name] for name in columns), DATA_SET, masks.get(row["name"])]
            for row in reader
            if row["name"] in copied
        ]
    write_failures(out / FAILURES_FILE, failures)
    write_whole(out / INDEX_FILE, csv_text([*columns, "data_set", "mask"], rows))
    aligned = sum(is_aligned(entry) for entries in shards.values() for entry in entries if entry.label)
    return CopiedCrops(crops=len(copied), masks=len(masks), aligned=aligned, failures=tuple(failures))


def _reason(source: CropFolder, entry: CropEntry) -> str:
    try:
        source.picture(entry)
    except MediaError as error:
        return str(error)
    return "It was not readable when it was copied."


def _mask_name(entry: CropEntry) -> str:
    return f"{crop_stem(entry.name)}_mask"
