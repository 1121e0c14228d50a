"""What is known about a file before it is analysed."""

import hashlib
import os
from collections.abc import Generator
from datetime import UTC, datetime
from pathlib import Path

from forensiclab.core.cancel import CancelToken
from forensiclab.core.errors import MediaError
from forensiclab.core.files import open_ordinary
from forensiclab.core.records import Exhibit, ExhibitState, StreamInfo
from forensiclab.core.text import Sentence
from forensiclab.media.container import check_file
from forensiclab.media.reader import MediaReader

_CHUNK_BYTES = 1 << 20


def probe(path: Path) -> StreamInfo:
    """What the container and the first frame say.

    Raises:
        MediaError: The file cannot be read as a video or picture.
    """
    with MediaReader(path, threads=1, is_trusted=False) as reader:
        return reader.info


def take_in(path: Path, cancel: CancelToken | None = None) -> Exhibit:
    """Hash a file and note its size and time, whatever it contains; see ``take_in_steps``."""
    steps = take_in_steps(path, cancel)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            exhibit: Exhibit = end.value
            return exhibit


def take_in_steps(path: Path, cancel: CancelToken | None = None) -> Generator[tuple[int, int], None, Exhibit]:
    """Hash a file and note its size and time, a megabyte at a time.

    Args:
        path: The file; it is only read.
        cancel: Checked at every megabyte.

    Yields:
        (bytes done, bytes in all).

    Returns:
        The exhibit, as the generator's return value.

    Raises:
        MediaError: It cannot be read to its end, or changes meanwhile.
        Cancelled: ``cancel`` was asked to stop.
    """
    check_file(path)
    digest = hashlib.sha256()
    done = 0
    try:
        with open_ordinary(path) as file:
            before = os.fstat(file.fileno())
            # A file that is still being written may grow as fast as it is read.
            while done <= before.st_size and (chunk := file.read(_CHUNK_BYTES)):
                digest.update(chunk)
                done += len(chunk)
                if cancel is not None:
                    cancel.check()
                yield done, before.st_size
        after = path.stat()
    except OSError as error:
        raise MediaError(Sentence("'{0}' cannot be read to its end: {1}.", path, error.strerror)) from error
    if _identity(after) != _identity(before) or done != before.st_size:
        raise MediaError(
            Sentence("'{0}' changed while it was read; wait until it is complete, then open it again.", path)
        )
    return Exhibit(
        path=path,
        sha256=digest.hexdigest(),
        size_bytes=done,
        modified_utc=datetime.fromtimestamp(after.st_mtime, UTC).isoformat(timespec="seconds"),
    )


def exhibit_state(exhibit: Exhibit) -> ExhibitState:
    """Hash an exhibit again and compare it with its hash at intake."""
    try:
        with open_ordinary(exhibit.path) as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return ExhibitState.GONE
    except OSError:
        return ExhibitState.UNREADABLE
    return ExhibitState.MATCHES if digest == exhibit.sha256 else ExhibitState.DIFFERS


def _identity(state: os.stat_result) -> tuple[int, ...]:
    """Say which file it is, and which version of it."""
    return state.st_dev, state.st_ino, state.st_size, state.st_mtime_ns
