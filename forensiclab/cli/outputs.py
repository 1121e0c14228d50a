"""Writing the files of a result: one that fails does not stop the others."""

from collections.abc import Callable, Iterable
from pathlib import Path

from forensiclab.cli.terminal import say
from forensiclab.core.errors import ReportError, WriteError

STANDARD_OUTPUT = Path("-")


def write_all(writers: Iterable[Callable[[], Path]]) -> bool:
    """Write every file that can be written, and say which; the answer is whether all of them were."""
    is_whole = True
    for write in writers:
        try:
            say(f"wrote {write()}")
        except (ReportError, WriteError) as error:
            say(str(error))
            is_whole = False
    return is_whole
