"""Compressed copies of folders of crops."""

import csv
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from forensiclab.core.errors import MediaError
from forensiclab.core.files import write_whole
from training.datasets.crops import INDEX_FILE, CropEntry, CropFolder, crop_stem
from training.datasets.levels import RECIPE_FILE, Levels
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """What was made of a folder."""

    made: int
    kept: int
    """Crops or clips that an earlier run had already made."""
    failures: tuple[Failure, ...]
    """(name, reason)."""


def compress_folder(
    source: CropFolder, levels: Levels, out: Path, *, split: str | None = None, jobs: int = 1
) -> Prepared:
    """Write a copy of a folder of crops, every crop compressed and stored again without loss.

    The copy has the same index (with a new column ``level``) and the same names; masks are copied as they are. A
    forgery gets the level of its original, so that a pair differs by the forgery alone. Broken off, it continues where
    it was.

    Args:
        source: The crops.
        levels: A level, a range from which each clip draws, or a preset.
        out: Where the copy goes; its own folder.
        split: Only this split; None = all.
        jobs: Encoders that run at the same time.

    Raises:
        SettingsError: ``out`` is or lies in the source, or holds a copy of another kind.
    """
    entries = source.select(split)
    claim(out, source.folder, RECIPE_FILE, f"{levels.text} of {len(entries)} crops of {source.folder.name}")
    shards = [entries[start : start + SHARD_SIZE] for start in range(0, len(entries), SHARD_SIZE)]
    made = kept = 0
    failures: list[Failure] = []
    progress = Progress("archive", len(shards))
    with ThreadPoolExecutor(jobs, thread_name_prefix="compress") as pool:
        for number, shard in enumerate(shards):
            path = out / shard_name(number)
            if path.is_file():
                kept += len(shard)
                continue
            failed = _write(path, source, shard, levels, pool)
            failures.extend(failed)
            made += len(shard) - len(failed)
            progress.say(number + 1)
    merged = merge_failures(out / FAILURES_FILE, failures)
    _write_index(out, source, shards, levels, {name for name, _ in merged})
    return Prepared(made=made, kept=kept, failures=merged)


def _write(
    path: Path, source: CropFolder, shard: Sequence[CropEntry], levels: Levels, pool: ThreadPoolExecutor
) -> list[Failure]:
    """Write one archive; what could not be compressed is left out and returned."""
    failed: list[Failure] = []

    def files(entry: CropEntry) -> list[tuple[str, bytes]] | str:
        try:
            picture, mask = levels.apply(source.picture(entry), entry.original or entry.name), source.mask(entry)
        except MediaError as error:
            return str(error)
        made = [(f"{crop_stem(entry.name)}.png", png_bytes(picture))]
        if mask is not None and entry.mask is not None:
            made.append((f"{crop_stem(entry.mask)}.png", png_bytes(mask)))
        return made

    with whole_shard(path) as archive:
        for entry, made in zip(shard, pool.map(files, shard), strict=True):
            if isinstance(made, str):
                failed.append((entry.name, made))
                continue
            for name, data in made:
                archive.add(name, data)
    return failed


def _write_index(
    out: Path, source: CropFolder, shards: Sequence[Sequence[CropEntry]], levels: Levels, failed: set[str]
) -> None:
    """Write the source's index with the new shards and levels, without the crops that failed."""
    place = {entry.name: (number, entry) for number, shard in enumerate(shards) for entry in shard}
    with (source.folder / INDEX_FILE).open(newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        columns = [name for name in reader.fieldnames or () if name not in ("shard", "level")]
        rows = []
        for row in reader:
            if row["name"] in place and row["name"] not in failed:
                number, entry = place[row["name"]]
                level = levels.draw(entry.original or entry.name)
                rows.append([*(row[name] for name in columns), str(level), shard_name(number)])
    write_whole(out / INDEX_FILE, csv_text([*columns, "level", "shard"], rows))
