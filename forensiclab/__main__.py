"""Entry point: without a command the window, else the command line."""

import logging
import multiprocessing
import os
import sys
from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Run ForensicLab and return its exit code: 0 done, 1 failed, 2 usage, 3 some input not assessable.

    Args:
        argv: Arguments without the program's name; those of the process if None.
    """
    multiprocessing.freeze_support()
    arguments = list(sys.argv[1:] if argv is None else argv)
    from forensiclab.core.allocator import keep_freed_memory

    keep_freed_memory()
    from forensiclab import cli

    if cli.is_command_line(arguments):
        return cli.run(arguments)
    return _open_window(arguments)


def _open_window(files: list[str]) -> int:
    from forensiclab.core.preflight import why_no_window

    reason = why_no_window()
    if reason:
        sys.stderr.write(f"forensiclab: {reason}\n")
        return 1
    import torch  # noqa: F401 - before Qt, or its libraries fail to load on Windows

    from forensiclab.analysis.loading import is_loading
    from forensiclab.gui.app import run

    code = run(files)
    if is_loading():
        # A library's call cannot be broken off, and nobody waits for what it makes. All that the window had to write is
        # written, and what is being put into the cache gets its name there only when it is whole.
        logging.shutdown()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    return code


if __name__ == "__main__":
    sys.exit(main())
