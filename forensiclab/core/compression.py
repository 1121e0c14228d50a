"""Codecs, and compression levels by name: ``clean``, ``crf:40``, ``jpeg:50``, ``webp:50``."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from forensiclab.core.errors import SettingsError
from forensiclab.core.text import Sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class CodecFacts:
    """All that the program knows of a codec, but for its encoder (``media.transcode``)."""

    title: str
    setting: Sentence
    """What its encoder is asked for, with a field for the number."""
    weakest: int
    strongest: int
    """Settings of the weakest and of the strongest compression; a quality falls, a CRF rises."""
    first: int
    """The setting that is looked at first."""
    step: int
    """Between the settings of a complete curve, which begins at the weakest."""
    is_calibrated: bool
    """Whether calibrations are fitted on it."""
    axis: str
    """What its settings are, at the axis of a plot."""

    @property
    def is_quality(self) -> bool:
        """Whether a higher setting is a weaker compression."""
        return self.weakest > self.strongest

    @property
    def span(self) -> int:
        """Strength of the strongest level; see ``CompressionLevel.strength``."""
        return abs(self.strongest - self.weakest)


_NONE = CodecFacts(
    title="none", setting=Sentence("as it is"), weakest=0, strongest=0, first=0, step=1, is_calibrated=True, axis=""
)


class Codec(StrEnum):
    """What a picture or a clip is compressed with, its facts beside it; the value is its word in a level's name."""

    facts: CodecFacts

    def __new__(cls, word: str, facts: CodecFacts = _NONE) -> Self:
        codec = str.__new__(cls, word)
        codec._value_ = word
        codec.facts = facts
        return codec

    CLEAN = "clean"
    H264 = (
        "crf",
        CodecFacts(
            title="H.264",
            setting=Sentence("CRF {0}"),
            weakest=0,
            strongest=51,
            first=23,
            step=3,
            is_calibrated=True,
            axis="CRF asked of x264",
        ),
    )
    JPEG = (
        "jpeg",
        CodecFacts(
            title="JPEG",
            setting=Sentence("quality {0}"),
            weakest=100,
            strongest=1,
            first=50,
            step=5,
            is_calibrated=True,
            axis="JPEG quality",
        ),
    )
    WEBP = (
        "webp",
        CodecFacts(
            title="WebP",
            setting=Sentence("quality {0}"),
            weakest=100,
            strongest=1,
            first=50,
            step=5,
            is_calibrated=False,
            axis="WebP quality",
        ),
    )

    @property
    def cli_name(self) -> str:
        """What the command line and the result's JSON call it: ``h264``."""
        return self.name.lower()


COMPRESSING: tuple[Codec, ...] = tuple(codec for codec in Codec if codec is not Codec.CLEAN)
"""The codecs that change a picture."""


@dataclass(frozen=True, slots=True)
class CompressionLevel:
    """A codec and its setting: a request to an encoder, not a measurement."""

    codec: Codec
    value: int | None = None
    """x264 CRF (0-51, higher = stronger) or a quality (1-100, higher = weaker); None for ``clean``."""

    def __post_init__(self) -> None:
        if self.codec is Codec.CLEAN:
            if self.value is not None:
                raise SettingsError(Sentence("The compression level 'clean' takes no number."))
            return
        low, high = _limits(self.codec)
        if self.value is None or not low <= self.value <= high:
            raise SettingsError(
                Sentence("The level of '{0}' must be from {1} to {2}, not {3}.", self.codec, low, high, self.value)
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
                Sentence("'{0}' is not a compression level; write clean, or one of {1}.", text, level_ranges())
            ) from error

    @classmethod
    def of_strength(cls, codec: Codec, strength: int) -> Self:
        """Return the level of a codec with a strength from 0, the weakest, to ``codec.facts.span``."""
        facts = codec.facts
        return cls(codec, facts.weakest - strength if facts.is_quality else facts.weakest + strength)

    @property
    def strength(self) -> int:
        """Rank among the levels of its codec: 0 is the weakest; ``clean`` comes before it, at -1."""
        return -1 if self.value is None else abs(self.value - self.codec.facts.weakest)

    @property
    def setting(self) -> Sentence:
        """What the encoder is asked for: ``CRF 30``, ``quality 50``; ``as it is`` for ``clean``."""
        setting = self.codec.facts.setting
        return setting if self.value is None else setting.filled(self.value)

    def __str__(self) -> str:
        return str(self.codec) if self.value is None else f"{self.codec}:{self.value}"


def level_ranges() -> str:
    """Return the levels that there are, as on the command line: ``crf:0-51, jpeg:1-100``."""
    return ", ".join("{}:{}-{}".format(codec, *_limits(codec)) for codec in COMPRESSING)


def _limits(codec: Codec) -> tuple[int, int]:
    facts = codec.facts
    return min(facts.weakest, facts.strongest), max(facts.weakest, facts.strongest)


CLEAN = CompressionLevel(Codec.CLEAN)
