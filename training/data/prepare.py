"""Compressed copies of folders of crops."""

import csv
import io
import sys
import time
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from forensiclab.core.compression import Codec, CompressionLevel
from forensiclab.core.errors import MediaError, SettingsError
from forensiclab.core.records import Picture
from forensiclab.media.transcode import compress_picture
from training.data.crops import INDEX_FILE, CropEntry, CropFolder, crop_stem

SHARD_SIZE = 200
"""Crops in an archive. A finished archive is not made again when a broken run is repeated."""
RECIPE_FILE = "levels.txt"
FAILURES_FILE = "failures.csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelRange:
    """A compression level, or a range from which every clip draws its own."""

    text: str
    codec: Codec
    low: int | None
    high: int | None

    @classmethod
    def parse(cls, text: str) -> "LevelRange":
        """Read ``jpeg:50``, ``clean`` or a range such as ``crf:23-45``.

        Raises:
            SettingsError: It is neither.
        """
        name, _, numbers = text.strip().partition(":")
        first, dash, last = numbers.partition("-")
        low = CompressionLevel.parse(f"{name}:{first}" if first else name)
        high = CompressionLevel.parse(f"{name}:{last}") if dash else low
        if dash and (low.value is None or high.value is None or low.value > high.value):
            raise SettingsError(f"'{text}' is no range of levels; write the smaller number first, as in crf:23-45.")
        return cls(text=text.strip(), codec=low.codec, low=low.value, high=high.value)

    def draw(self, key: str) -> CompressionLevel:
        """The level of a clip: the same key always draws the same."""
        if self.low is None or self.high is None or self.low == self.high:
            return CompressionLevel(self.codec, self.low)
        rng = np.random.default_rng(zlib.crc32(f"{self.text} {key}".encode()))
        return CompressionLevel(self.codec, int(rng.integers(self.low, self.high + 1)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """What ``compress_folder`` did."""

    made: int
    kept: int
    """Crops that an earlier run had already made."""
    failures: tuple[tuple[str, str], ...]
    """(name, reason)."""


def compress_folder(
    source: CropFolder, levels: LevelRange, out: Path, *, split: str | None = None, jobs: int = 1
) -> Prepared:
    """Write a copy of a folder of crops, every crop compressed and stored again without loss.

    The copy has the same index (with a new column ``level``) and the same names. A forgery gets the level of its
    original, so that a pair differs by the forgery alone. Broken off, it continues where it was.

    Args:
        source: The crops.
        levels: A level, or the range from which each clip draws.
        out: Where the copy goes; its own folder.
        split: Only this split; None = all.
        jobs: Encoders that run at the same time.

    Raises:
        SettingsError: ``out`` is the source, or holds a copy of another kind.
    """
    if out.resolve() == source.folder.resolve():
        raise SettingsError("The compressed copy needs a folder of its own; --out names the data itself.")
    entries = source.select(split)
    out.mkdir(parents=True, exist_ok=True)
    recipe = f"{levels.text} of {len(entries)} crops of {source.folder.name}\n"
    marker = out / RECIPE_FILE
    if marker.is_file() and marker.read_text(encoding="utf-8") != recipe:
        raise SettingsError(f"{out} already holds another copy ({marker.read_text(encoding='utf-8').strip()}).")
    marker.write_text(recipe, encoding="utf-8")

    shards = [entries[start : start + SHARD_SIZE] for start in range(0, len(entries), SHARD_SIZE)]
    made = kept = 0
    failures: list[tuple[str, str]] = []
    start_time = time.monotonic()
    with ThreadPoolExecutor(jobs, thread_name_prefix="compress") as pool:
        for number, shard in enumerate(shards):
            path = out / _shard_name(number)
            if path.is_file():
                kept += len(shard)
                continue
            failed = _write_shard(path, source, shard, levels, pool)
            failures.extend(failed)
            made += len(shard) - len(failed)
            _say(number + 1, len(shards), made, start_time)
    failures = _all_failures(out / FAILURES_FILE, failures)
    _write_index(out, source, shards, levels, {name for name, _ in failures})
    return Prepared(made=made, kept=kept, failures=tuple(failures))


def _shard_name(number: int) -> str:
    return f"crops_{number:04d}.zip"


def _write_shard(
    path: Path, source: CropFolder, shard: Sequence[CropEntry], levels: LevelRange, pool: ThreadPoolExecutor
) -> list[tuple[str, str]]:
    """Write one archive; it appears under its name when it is whole."""

    def encode(entry: CropEntry) -> bytes | str:
        try:
            return _png(compress_picture(source.picture(entry), levels.draw(entry.original or entry.name)))
        except MediaError as error:
            return str(error)

    failed: list[tuple[str, str]] = []
    temporary = path.with_suffix(".part")
    with zipfile.ZipFile(temporary, "w", zipfile.ZIP_STORED) as archive:
        for entry, data in zip(shard, pool.map(encode, shard), strict=True):
            if isinstance(data, str):
                failed.append((entry.name, data))
            else:
                info = zipfile.ZipInfo(f"{crop_stem(entry.name)}.png", (2020, 1, 1, 0, 0, 0))
                archive.writestr(info, data)
    temporary.replace(path)
    return failed


def _png(picture: Picture) -> bytes:
    _, data = cv2.imencode(".png", picture[:, :, ::-1], [cv2.IMWRITE_PNG_COMPRESSION, 1])
    return data.tobytes()


def _all_failures(path: Path, failures: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The failures of this run and of those that it continues; kept in a file, which is not there without any."""
    if path.is_file():
        with path.open(newline="", encoding="utf-8") as file:
            before = [(row["name"], row["reason"]) for row in csv.DictReader(file)]
        failures = before + failures
    if failures:
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(("name", "reason"))
            writer.writerows(failures)
    return failures


def _write_index(
    out: Path, source: CropFolder, shards: Sequence[Sequence[CropEntry]], levels: LevelRange, failed: set[str]
) -> None:
    """The source's index with the new shards and levels, without the crops that failed."""
    place = {entry.name: (number, entry) for number, shard in enumerate(shards) for entry in shard}
    with (source.folder / INDEX_FILE).open(newline="", encoding="utf-8") as file:
        rows = csv.DictReader(file)
        columns = [name for name in rows.fieldnames or () if name not in ("shard", "level")] + ["level", "shard"]
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, columns, extrasaction="ignore")
        writer.writeheader()
        for row in _rows(rows):
            if row["name"] in place and row["name"] not in failed:
                number, entry = place[row["name"]]
                level = levels.draw(entry.original or entry.name)
                writer.writerow(row | {"level": str(level), "shard": _shard_name(number)})
    temporary = out / f"{INDEX_FILE}.part"
    temporary.write_text(text.getvalue(), encoding="utf-8", newline="")
    temporary.replace(out / INDEX_FILE)


def _rows(reader: "csv.DictReader[str]") -> Iterator[dict[str, str]]:
    yield from reader


def _say(done: int, total: int, made: int, start_time: float) -> None:
    elapsed = time.monotonic() - start_time
    left = elapsed / made * SHARD_SIZE * (total - done) if made else 0.0
    end = "\r" if sys.stderr.isatty() and done < total else "\n"
    sys.stderr.write(f"archive {done} of {total}, {int(left // 60)} min {int(left % 60):02d} s left{end}")
    sys.stderr.flush()
