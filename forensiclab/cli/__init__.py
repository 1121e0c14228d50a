"""The command line: the same engine as the window, without a display."""

import argparse
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NoReturn

from forensiclab import __version__
from forensiclab.cli.terminal import StandardOutputError, has_unsaid, plain_streams, print_text, say, show
from forensiclab.core.cancel import CancelToken
from forensiclab.core.errors import Cancelled, ForensicLabError
from forensiclab.core.text import escaped

DONE, FAILED, USAGE, NOT_ASSESSABLE = 0, 1, 2, 3
COMMANDS = ("analyze", "sweep", "models", "demo")


def is_command_line(arguments: Sequence[str]) -> bool:
    """Return whether these arguments are a command or an option; without either, the window opens the files."""
    return bool(arguments) and (arguments[0] in COMMANDS or arguments[0].startswith("-"))


def run(arguments: Sequence[str]) -> int:
    """Carry out one command and return the exit code: 0 done, 1 failed, 2 usage, 3 some input not assessable.

    Raises:
        SystemExit: After a text of argparse: with 0 after help, with 2 after wrong usage.
    """
    with plain_streams():
        try:
            code = _carry_out(arguments)
        except StandardOutputError as error:
            if not error.is_unread:
                say(str(error))
            return FAILED
        return FAILED if has_unsaid() and code == DONE else code


def _carry_out(arguments: Sequence[str]) -> int:
    token = CancelToken()
    try:
        options = _parser().parse_args(arguments)
        with _cancelled_by_signals(token):
            code: int = options.carry_out(options, token)
            return code
    except StandardOutputError:
        raise
    except ForensicLabError as error:
        say(str(error))
    except Cancelled:
        say("Cancelled before there was anything to report.")
    return FAILED


@contextmanager
def _cancelled_by_signals(token: CancelToken) -> Iterator[None]:
    """Ctrl+C and SIGTERM cancel, so that what was found is kept; a second Ctrl+C ends at once."""

    def cancel(number: int, frame: object) -> None:
        if token.is_cancelled:
            raise KeyboardInterrupt
        token.cancel()
        show("\n")  # the line of progress stays
        say("Stopping; what was found so far is kept.")

    before = [(number, signal.signal(number, cancel)) for number in (signal.SIGINT, signal.SIGTERM)]
    try:
        yield
    finally:
        for number, handler in before:
            signal.signal(number, handler)


class _Parser(argparse.ArgumentParser):
    """Says what is wrong with the arguments as one line; file names that a shell filled in are arguments as well."""

    def error(self, message: str) -> NoReturn:
        super().error(escaped(message))

    def _print_message(self, message: str, file: object = None) -> None:
        if file is sys.stdout:
            print_text(message)
        else:
            show(message)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="forensiclab",
        description="Judge face videos that were compressed, offline. Without a command, the window opens.",
        epilog="Exit codes: 0 done, 1 failed, 2 usage, 3 some input not assessable. "
        "Progress goes to standard error, results to standard output.",
    )
    parser.add_argument("--version", action="version", version=f"ForensicLab {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    from forensiclab.cli import analyze, demo, models, sweep

    for command in (analyze, sweep, models, demo):
        command.add_to(commands)
    return parser
