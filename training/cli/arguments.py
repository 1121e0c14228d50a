"""Types of arguments that several commands take."""

import argparse

from forensiclab.core.compression import CompressionLevel
from forensiclab.core.errors import SettingsError


def levels(text: str) -> tuple[CompressionLevel, ...]:
    """``clean,jpeg:50,crf:40`` -> levels, each once."""
    try:
        levels = tuple(CompressionLevel.parse(level) for level in text.split(","))
    except SettingsError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
    return tuple(dict.fromkeys(levels))


def positive(text: str) -> int:
    """A whole number above 0."""
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a whole number above 0")
    return value


def names(text: str) -> tuple[str, ...]:
    """``A,B`` -> names, each once."""
    return tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))
