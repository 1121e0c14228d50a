"""Command line of training: ``python -m training COMMAND``."""

import sys

from forensiclab.core.allocator import keep_freed_memory


def main(arguments: list[str] | None = None) -> int:
    """Run a command; returns the exit code: 0 done, 1 failed, 2 usage."""
    keep_freed_memory()  # before torch makes its first large buffer
    from training.cli import run

    return run(sys.argv[1:] if arguments is None else arguments)


if __name__ == "__main__":
    sys.exit(main())
