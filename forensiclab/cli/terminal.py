"""Standard output and standard error: foreign names can only be read there, and a broken stream is a sentence."""

import errno
import io
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TextIO

from forensiclab.core.errors import ForensicLabError
from forensiclab.core.text import escaped

_BROKEN = (OSError, ValueError, AttributeError)
"""What a stream raises that is full, closed, or was never there (None)."""


class StandardOutputError(ForensicLabError):
    """A result could not be written to standard output."""

    def __init__(self, error: Exception) -> None:
        super().__init__(f"Standard output cannot be written to: {_why(error)}.")
        self.is_unread = isinstance(error, BrokenPipeError)
        """Whether the reader at the other end had enough, which need not be said."""


_unsaid: list[str] = []
"""What this run could not write to standard error."""


def has_unsaid() -> bool:
    """Return whether a sentence for the user could not be written in this run."""
    return bool(_unsaid)


def say(text: str) -> None:
    """Write a sentence to standard error, as one line; what cannot be written is remembered, never raised."""
    if not _written(f"forensiclab: {escaped(text)}\n"):
        _unsaid.append(text)


def show(text: str) -> None:
    """Write progress to standard error as it is; nobody misses what cannot be written."""
    _written(text)


def print_lines(*lines: str) -> None:
    """Write a result to standard output, each text as one line.

    Raises:
        StandardOutputError: It is full or closed.
    """
    print_text("".join(f"{escaped(line)}\n" for line in lines))


def print_text(text: str) -> None:
    """Write a text of the program's own to standard output as it is.

    Raises:
        StandardOutputError: It is full or closed.
    """
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except _BROKEN as error:
        raise _lost_output(error) from error


def print_json(text: str) -> None:
    """Write JSON to standard output, in UTF-8 whatever the terminal's encoding is.

    Raises:
        StandardOutputError: It is full or closed.
    """
    try:
        sys.stdout.flush()
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.buffer.write(text.encode())
        else:
            sys.stdout.write(text)
        sys.stdout.flush()
    except _BROKEN as error:
        raise _lost_output(error) from error


@contextmanager
def plain_streams() -> Iterator[None]:
    """Let both streams take any character, and warnings of the program appear as sentences."""
    _unsaid.clear()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    handler = _Warnings(logging.WARNING)
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        yield
    finally:
        root.removeHandler(handler)


class _Warnings(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        say(record.getMessage())


def _written(text: str) -> bool:
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except _BROKEN:
        _silence(sys.stderr)
        return False
    except RuntimeError:  # a signal came while something was being written
        return False
    return True


def _lost_output(error: Exception) -> StandardOutputError:
    _silence(sys.stdout)
    return StandardOutputError(error)


def _silence(stream: TextIO | None) -> None:
    """Send what is left in a stream's buffer nowhere, or Python would try it again and complain when it ends."""
    if stream is None:
        return
    with suppress(*_BROKEN):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def _why(error: Exception) -> str:
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "the disk is full; make room, or choose another disk"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return "it is closed"
