"""Write files whole or not at all: beside their place first, then moved there in one step. Read them bounded."""

import contextlib
import errno
import os
import secrets
import stat
from collections.abc import Iterator
from io import BufferedReader
from pathlib import Path

from forensiclab.core.errors import WriteError
from forensiclab.core.text import Sentence


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file, and the folders that lead to it.

    Args:
        path: A file that is there already is replaced and keeps its permissions; a link is followed.
        content: Text is stored as UTF-8 with its line ends as they are.

    Raises:
        WriteError: It cannot be written; what was there before is untouched.
    """
    with whole_file(path) as partial:
        partial.write_bytes(content.encode() if isinstance(content, str) else content)


@contextlib.contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Hand out an empty file beside ``path``, for a writer of any kind; it takes that name when the block ends.

    After an error, Ctrl+C included, it is removed and ``path`` is as it was.

    Args:
        path: As in ``write_whole``.

    Raises:
        WriteError: It cannot be written, or the block raised ``OSError``.
    """
    partial: Path | None = None
    try:
        place = Path(os.path.realpath(path))
        mode = _mode(place)
        place.parent.mkdir(parents=True, exist_ok=True)
        partial = _beside(place)
        partial.touch(0o600 if mode is not None else 0o666, exist_ok=False)
        yield partial
        with partial.open("rb+") as file:
            os.fsync(file.fileno())
        if mode is not None:
            partial.chmod(mode)
        partial.replace(place)
    except OSError as error:
        raise write_error(error, path) from error
    finally:
        if partial is not None:
            with contextlib.suppress(OSError):
                partial.unlink(missing_ok=True)


def open_ordinary(path: Path) -> BufferedReader:
    """Open an ordinary file for reading, and nothing that may wait for a writer or never end.

    Raises:
        OSError: It cannot be opened, or is a folder, a pipe or a device.
    """
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    descriptor = os.open(path, flags)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.ENODEV, "it is not an ordinary file", str(path))
    return os.fdopen(descriptor, "rb")


def read_bounded(path: Path, most_bytes: int) -> bytes:
    """Return the content of an ordinary file; a pipe or a device, which may never end, is not opened for reading.

    Raises:
        OSError: It cannot be read, is not an ordinary file, or is larger than ``most_bytes``.
    """
    with open_ordinary(path) as file:
        content = file.read(most_bytes + 1)
    if len(content) > most_bytes:
        raise OSError(errno.EFBIG, f"it is larger than {most_bytes >> 20} MiB", str(path))
    return content


def check_room_beside(path: Path) -> None:
    """Find out whether a file can be written in the folder of ``path``, before work is done for it.

    Raises:
        WriteError: It cannot.
    """
    partial = _beside(path)
    try:
        partial.touch(exist_ok=False)
        partial.unlink()
    except OSError as error:
        raise write_error(error, path) from error


def write_error(error: OSError | ValueError, path: Path) -> WriteError:
    """Put what the system says about a file that cannot be written into a sentence with what to do."""
    return WriteError(Sentence("{0} was not written: {1}.", path, _why(error, path)))


def _beside(path: Path) -> Path:
    return path.with_name(f".forensiclab-{secrets.token_hex(6)}.part")


def _why(error: OSError | ValueError, path: Path) -> str:
    if isinstance(error, ValueError):  # a path that no system takes
        return str(error)
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Sentence("the disk is full; make room, or choose another disk")
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return Sentence("the folder {0} may not be written to; choose another one", path.parent)
    if error.errno == errno.ENAMETOOLONG:
        return Sentence("its name is too long; choose a shorter one")
    if error.errno == errno.EISDIR:
        return Sentence("it is a folder; name a file in it")
    if error.errno == errno.ENODEV:
        return Sentence("it is a device, not a file; choose another name")
    return f"{error.strerror or error}"


def _mode(place: Path) -> int | None:
    """Permissions of the file that is replaced; None if there is none."""
    try:
        mode = place.stat().st_mode
    except FileNotFoundError:
        return None
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, "is a folder")
    if not stat.S_ISREG(mode):
        raise OSError(errno.ENODEV, "is a device")
    return stat.S_IMODE(mode)
