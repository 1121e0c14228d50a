"""Folders that are made of other folders: whose they are, their archives, what failed, how far it is."""

import csv
import sys
import time
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from forensiclab.core.errors import SettingsError
from forensiclab.core.files import whole_file, write_whole
from training.datasets.manifest import csv_text

SHARD_SIZE = 200
"""Crops in an archive. A finished archive is not made again when a broken run is repeated."""
FAILURES_FILE = "failures.csv"

_MEMBER_TIME = (2020, 1, 1, 0, 0, 0)
"""Of every member of an archive, so that the same crops give the same bytes."""

Failure = tuple[str, str]
"""(name, reason)."""


def shard_name(number: int) -> str:
    """Return the file name of the archive of that number."""
    return f"crops_{number:04d}.zip"


def png_bytes(picture: NDArray[np.uint8]) -> bytes:
    """Encode a picture without loss, uint8 RGB (H, W, 3) or grey (H, W); space is cheaper than time."""
    stored = picture[:, :, ::-1] if picture.ndim == 3 else picture
    return cv2.imencode(".png", stored, [cv2.IMWRITE_PNG_COMPRESSION, 1])[1].tobytes()


class ShardWriter:
    """An archive that is being filled; its members are stored as they are."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive

    def add(self, name: str, data: bytes) -> None:
        """Add a member."""
        self._archive.writestr(zipfile.ZipInfo(name, _MEMBER_TIME), data)


@contextmanager
def whole_shard(path: Path) -> Iterator[ShardWriter]:
    """Fill an archive; it appears under its name when the block ends without an error.

    Raises:
        WriteError: It cannot be written.
    """
    with whole_file(path) as partial, zipfile.ZipFile(partial, "w", zipfile.ZIP_STORED) as archive:
        yield ShardWriter(archive)


def claim(out: Path, source: Path, marker_name: str, recipe: str) -> None:
    """Take a folder for what is about to be written, or find that it holds the same already.

    Args:
        out: The folder; it is made.
        source: What is read; it must stay as it is.
        marker_name: The file that says what the folder holds.
        recipe: What it says, one line.

    Raises:
        SettingsError: ``out`` is the source or lies in it, holds something else, or cannot be written.
    """
    if out.resolve().is_relative_to(source.resolve()):
        raise SettingsError(f"What is made needs a folder of its own; {out} is, or lies in, the data themselves.")
    marker = out / marker_name
    try:
        out.mkdir(parents=True, exist_ok=True)
        before = marker.read_text(encoding="utf-8").strip() if marker.is_file() else None
    except OSError as error:
        raise SettingsError(f"'{out}' cannot be used: {error.strerror}.") from error
    if before is not None and before != recipe:
        raise SettingsError(f"{out} already holds another copy ({before}).")
    write_whole(marker, f"{recipe}\n")


def merge_failures(path: Path, failures: Iterable[Failure]) -> tuple[Failure, ...]:
    """Merge the failures of this run and of those that it continues into a file; none without any."""
    merged = tuple(dict.fromkeys([*read_failures(path), *failures]))
    write_failures(path, merged)
    return merged


def read_failures(path: Path) -> tuple[Failure, ...]:
    """Read what an earlier run wrote; nothing where it wrote no file."""
    if not path.is_file():
        return ()
    with path.open(newline="", encoding="utf-8") as file:
        return tuple((row["name"], row["reason"]) for row in csv.DictReader(file))


def write_failures(path: Path, failures: Iterable[Failure]) -> None:
    """Write what failed; without any the file is taken away."""
    failures = tuple(failures)
    if failures:
        write_whole(path, csv_text(("name", "reason"), failures))
    else:
        path.unlink(missing_ok=True)


class Progress:
    """One line on the error stream: how many are done, and how long the rest will take."""

    def __init__(self, what: str, total: int) -> None:
        """Start the clock for ``total`` of what is counted, such as ``archive``."""
        self._what = what
        self._total = total
        self._start_s = time.monotonic()
        self._made = 0

    def say(self, done: int, *, is_new: bool = True) -> None:
        """Say that ``done`` are done, counted from 1; ``is_new``: the last took time, it was not there already."""
        self._made += is_new
        left_s = (time.monotonic() - self._start_s) / max(self._made, 1) * (self._total - done)
        end = "\r" if sys.stderr.isatty() and done < self._total else "\n"
        minutes, seconds = divmod(int(left_s), 60)
        sys.stderr.write(f"{self._what} {done} of {self._total}, {minutes} min {seconds:02d} s left{end}")
        sys.stderr.flush()
