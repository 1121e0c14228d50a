"""Types of arguments that several commands take, and the arguments that they share."""

import argparse
from pathlib import Path

from forensiclab.core.compression import CompressionLevel
from forensiclab.core.errors import SettingsError


def levels(text: str) -> tuple[CompressionLevel, ...]:
    """Read ``clean,jpeg:50,crf:40`` as levels, each once."""
    try:
        levels = tuple(CompressionLevel.parse(level) for level in text.split(","))
    except SettingsError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
    return tuple(dict.fromkeys(levels))


def positive(text: str) -> int:
    """Read a whole number above 0."""
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a whole number above 0")
    return value


def names(text: str) -> tuple[str, ...]:
    """Read ``A,B`` as names, each once."""
    return tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))


def add_measured_sets(parser: argparse.ArgumentParser) -> None:
    """Add ``--data``, ``--copy`` and ``--by``: what something is measured on."""
    parser.add_argument(
        "--data",
        action="append",
        required=True,
        metavar="DIR[:SPLIT]",
        help="A folder of crops: index.csv and zip or loose files, perhaps one split of it; may be repeated.",
    )
    parser.add_argument(
        "--copy",
        action="append",
        default=[],
        type=Path,
        metavar="DIR",
        help="A copy of the data that 'compress' made at one level; that level is measured too. May be repeated.",
    )
    parser.add_argument(
        "--by", choices=["method"], help="Also measure the forgeries of each manipulation against all real crops."
    )


def add_mixture(parser: argparse.ArgumentParser) -> None:
    """Add the options that mix a run's batches and select its weights."""
    parser.add_argument(
        "--reals",
        action="append",
        default=[],
        metavar="DIR[=WEIGHT]",
        help="A folder of real crops with meshes, for the recipe's real_share; may be repeated, with weights.",
    )
    parser.add_argument(
        "--select-on",
        type=Path,
        action="append",
        default=[],
        metavar="DIR",
        help="A folder of crops on which weights are selected beside the held-out parts; may be repeated.",
    )
