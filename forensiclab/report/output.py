"""Write a result's file: whole or not at all, never over the evidence and never over somebody else's file."""

import contextlib
import os
import re
import stat
from collections.abc import Iterable
from enum import Enum
from pathlib import Path
from typing import Final

from forensiclab.core.errors import ReportError
from forensiclab.core.files import check_room_beside, write_error, write_whole
from forensiclab.core.records import Exhibit
from forensiclab.core.text import Sentence

_HEAD_BYTES: Final = 4096
_NAME_BYTES: Final = 250
"""Longest name of a file; most file systems allow 255 bytes."""


class FileKind(Enum):
    """What results are written as, and how a file of that kind begins; no other file is replaced by one."""

    JSON = re.compile(rb'\s*\{\s*"schema_version"')
    PDF = re.compile(rb"%PDF-")
    CSV = re.compile(rb"level,scope,")
    PNG = re.compile(rb"\x89PNG\r\n\x1a\n.*ForensicLab", re.DOTALL)
    SVG = re.compile(rb"<\?xml.*ForensicLab", re.DOTALL)


def write_file(content: bytes, path: Path, evidence: Path, kind: FileKind) -> Path:
    """Write a result, whole or not at all.

    Args:
        content: Of the file.
        path: Where it goes; a result of the same kind that is there already is replaced.
        evidence: The examined file, which is never written to.
        kind: Of the content.

    Returns:
        ``path``.

    Raises:
        ReportError, WriteError: See ``check_target``; or the disk is full.
    """
    check_target(path, (evidence,), kind)
    write_whole(path, content)
    return path


def check_target(path: Path, evidence: Iterable[Path], kind: FileKind) -> None:
    """Refuse a place where no result can or may go, before any work is done for it.

    Raises:
        ReportError: The path is a piece of evidence, a folder, a pipe, a device or a file of another kind, or lies in a
            folder that does not exist.
        WriteError: It cannot be looked at, or its folder cannot be written to.
    """
    if any(is_same_place(path, exhibit) for exhibit in evidence):
        raise ReportError(Sentence("{0} is the examined file itself; choose another name for the report.", path))
    try:
        if not path.parent.is_dir():
            raise ReportError(
                Sentence("The folder {0} does not exist; make it, or choose another one for the report.", path.parent)
            )
        with contextlib.suppress(FileNotFoundError):
            _check_node(path, kind)
    except (OSError, ValueError) as error:
        raise write_error(error, path) from error
    check_room_beside(path)


def check_targets(targets: Iterable[tuple[Path, FileKind]], evidence: Iterable[Path]) -> None:
    """Check every place that a command shall write to, and that no two are the same.

    Raises:
        ReportError, WriteError: See ``check_target``; or two of them are the same file.
    """
    exhibits, before = tuple(evidence), list[Path]()
    for path, kind in targets:
        check_target(path, exhibits, kind)
        if any(is_same_place(path, other) for other in before):
            raise ReportError(Sentence("Two outputs have the same name, {0}; give each its own.", path))
        before.append(path)


def check_folder(folder: Path) -> None:
    """Make a folder for results if it is not there, and try whether files can be written in it.

    Raises:
        ReportError: It is a file, or cannot be made.
        WriteError: It cannot be written to.
    """
    if folder.exists() and not folder.is_dir():
        raise ReportError(Sentence("{0} is a file; name a folder for the results of several exhibits.", folder))
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise ReportError(Sentence("The folder {0} cannot be made: {1}.", folder, why)) from error
    check_room_beside(folder / "result")


def is_same_place(path: Path, other: Path) -> bool:
    """Return whether two paths mean the same file, or would if it were there."""
    try:
        return path.samefile(other)
    except (OSError, ValueError):  # one of them is not there: then their places are compared
        return os.path.normcase(os.path.realpath(path)) == os.path.normcase(os.path.realpath(other))


class ResultNames:
    """Names for the results of several exhibits in one folder: each its own, and short enough for a file system."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def name(self, exhibit: Exhibit, targets: Iterable[tuple[Path, FileKind]]) -> str:
        """Return a name without suffix: that of the exhibit, the beginning of its hash and, if need be, a number.

        Args:
            exhibit: The examined file.
            targets: Folder and kind of every file that shall have this name; a file of another kind keeps its own.
        """
        wanted = tuple(targets)
        number = 1
        while True:
            tail = f"-{exhibit.sha256[:8]}" + (f"-{number}" if number > 1 else "")
            stem = exhibit.path.stem
            while stem and len(os.fsencode(f"{stem}{tail}.json")) > _NAME_BYTES:
                stem = stem[:-1]
            name = stem + tail
            is_free = name.casefold() not in self._taken
            if is_free and all(
                _is_replaceable(folder / f"{name}.{kind.name.lower()}", kind) for folder, kind in wanted
            ):
                self._taken.add(name.casefold())
                return name
            number += 1


def _check_node(path: Path, kind: FileKind) -> None:
    mode = path.stat().st_mode
    if stat.S_ISDIR(mode):
        raise ReportError(Sentence("{0} is a folder; name a file in it for the report.", path))
    if not stat.S_ISREG(mode):
        raise ReportError(Sentence("{0} is not an ordinary file (a pipe or a device); name a file.", path))
    if not os.access(path, os.W_OK):
        raise ReportError(Sentence("{0} is protected against being written to; choose another name.", path))
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if head and not kind.value.match(head):
        raise ReportError(
            Sentence(
                "{0} is there already and is not a {1} file of ForensicLab; choose another name, or move it away.",
                path,
                kind.name,
            )
        )


def _is_replaceable(path: Path, kind: FileKind) -> bool:
    try:
        _check_node(path, kind)
    except FileNotFoundError:
        return True
    except (OSError, ReportError):
        return False
    return True
