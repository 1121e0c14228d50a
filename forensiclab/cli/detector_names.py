"""The option that chooses detectors, alike for every command that runs some."""

import argparse
from collections.abc import Sequence


def add_detectors(parser: argparse.ArgumentParser, default: Sequence[str], said: str) -> None:
    """Declare ``--detectors``.

    Args:
        parser: Of the command.
        default: Names; none of them = those that run by default.
        said: What the default is, in words.
    """
    parser.add_argument(
        "--detectors",
        default=",".join(default),
        metavar="A,B",
        help=f"names of weights, or all; default: {said} that ship but bleaches",
    )


def chosen_detectors(options: argparse.Namespace) -> tuple[str, ...]:
    """Return the names in the order given."""
    return tuple(name.strip() for name in options.detectors.split(",") if name.strip())
