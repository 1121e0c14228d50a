"""Compression levels by name: ``clean``, ``crf:40``, ``jpeg:50``, ``webp:50``."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from forensiclab.core.errors import SettingsError
from forensiclab.core.text import Sentence


class Codec(StrEnum):
    """What a picture or a clip is compressed with; the value is the word used on the command line."""

    CLEAN = "clean"
    H264 = "crf"
    JPEG = "jpeg"
    WEBP = "webp"


_RANGES = {Codec.H264: (0, 51), Codec.JPEG: (1, 100), Codec.WEBP: (1, 100)}


@dataclass(frozen=True, slots=True)
class CompressionLevel:
    """A codec and its setting: a request to an encoder, not a measurement."""

    codec: Codec
    value: int | None = None
    """x264 CRF (0-51, higher = stronger) or JPEG/WebP quality (1-100, higher = weaker); None for ``clean``."""

    def __post_init__(self) -> None:
        limits = _RANGES.get(self.codec)
        if limits is None:
            if self.value is not None:
                raise SettingsError(Sentence("The compression level 'clean' takes no number."))
        elif self.value is None or not limits[0] <= self.value <= limits[1]:
            raise SettingsError(
                Sentence(
                    "The level of '{0}' must be from {1} to {2}, not {3}.", self.codec, limits[0], limits[1], self.value
                )
            )

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a level as it is written on the command line.

        Raises:
            SettingsError: The text names no codec or a level out of its range.
        """
        name, _, number = text.strip().partition(":")
        try:
            return cls(Codec(name), int(number) if number else None)
        except ValueError as error:
            raise SettingsError(
                Sentence("'{0}' is no compression level; write clean, crf:0-51, jpeg:1-100 or webp:1-100.", text)
            ) from error

    def __str__(self) -> str:
        return str(self.codec) if self.value is None else f"{self.codec}:{self.value}"


CLEAN = CompressionLevel(Codec.CLEAN)
