"""Writing a report's file: whole or not at all, and never over the evidence."""

import errno
import os
import secrets
from pathlib import Path

from forensiclab.core.errors import ReportError
from forensiclab.core.text import Sentence


def write_file(content: bytes, path: Path, evidence: Path) -> Path:
    """Write a file beside its final place, then move it there in one step.

    Args:
        content: Of the file.
        path: Where it goes; a report that is there already is replaced.
        evidence: The examined file, which is never written to.

    Returns:
        ``path``.

    Raises:
        ReportError: The path is the evidence itself, a folder, or in a folder that does not exist or cannot be written
            to, or the disk is full.
    """
    check_target(path, evidence)
    partial = path.with_name(f".forensiclab-{secrets.token_hex(6)}.part")
    try:
        with partial.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise ReportError(Sentence("The report {0} was not written: {1}.", path, _why(error, path))) from error
    return path


def check_target(path: Path, evidence: Path) -> None:
    """Refuse a place where no report can or may go, before any work is done for it.

    Raises:
        ReportError: As in ``write_file``.
    """
    if _is_same_file(path, evidence):
        raise ReportError(Sentence("{0} is the examined file itself; choose another name for the report.", path))
    try:
        is_folder, has_home = path.is_dir(), path.parent.is_dir()
    except OSError as error:
        raise ReportError(Sentence("The report {0} was not written: {1}.", path, _why(error, path))) from error
    if is_folder:
        raise ReportError(Sentence("{0} is a folder; name a file in it for the report.", path))
    if not has_home:
        raise ReportError(
            Sentence("The folder {0} does not exist; make it, or choose another one for the report.", path.parent)
        )


def _is_same_file(path: Path, evidence: Path) -> bool:
    try:
        return path.samefile(evidence)
    except OSError:  # one of them is not there: then their places are compared
        return Path(os.path.realpath(path)) == Path(os.path.realpath(evidence))


def _why(error: OSError, path: Path) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Sentence("the disk is full; make room, or choose another disk")
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return Sentence("the folder {0} may not be written to; choose another one", path.parent)
    if error.errno == errno.ENAMETOOLONG:
        return Sentence("its name is too long; choose a shorter one")
    return f"{error.strerror or error}"
