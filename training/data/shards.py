"""Folders that are made of other folders: whose they are, their archives, what failed, how far it is."""

import csv
import sys
import time
from collections.abc import Iterable
from pathlib import Path

from forensiclab.core.errors import SettingsError
from training.data.writing import csv_text, write_whole

SHARD_SIZE = 200
"""Crops in an archive. A finished archive is not made again when a broken run is repeated."""
FAILURES_FILE = "failures.csv"

Failure = tuple[str, str]
"""(name, reason)."""


def shard_name(number: int) -> str:
    """File name of the archive of that number."""
    return f"crops_{number:04d}.zip"


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
    """The failures of this run and of those that it continues; kept in a file, which is not there without any."""
    before: list[Failure] = []
    if path.is_file():
        with path.open(newline="", encoding="utf-8") as file:
            before = [(row["name"], row["reason"]) for row in csv.DictReader(file)]
    merged = tuple(dict.fromkeys([*before, *failures]))
    write_failures(path, merged)
    return merged


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
        """``done`` are done, counted from 1; ``is_new``: the last took time, it was not there already."""
        self._made += is_new
        left_s = (time.monotonic() - self._start_s) / max(self._made, 1) * (self._total - done)
        end = "\r" if sys.stderr.isatty() and done < self._total else "\n"
        minutes, seconds = divmod(int(left_s), 60)
        sys.stderr.write(f"{self._what} {done} of {self._total}, {minutes} min {seconds:02d} s left{end}")
        sys.stderr.flush()
