"""Options of an analysis that are written as text: which faces of a track are scored, how their scores are joined."""

import re
from dataclasses import dataclass
from typing import Final, Self

from forensiclab.core.errors import SettingsError
from forensiclab.core.text import Sentence


@dataclass(frozen=True, slots=True)
class SamplingPolicy:
    """``all``, ``every:K`` (each K-th face of a track) or ``per-track:N`` (N faces evenly spread over each track)."""

    kind: str
    number: int = 1

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a policy as it is written on the command line.

        Raises:
            SettingsError: The text is none of the three forms, or the number is not from 1 to 100,000.
        """
        match = re.fullmatch(r"all|(every|per-track):(\d{1,6})", text.strip())
        number = int(match[2]) if match and match[2] else 1
        if match is None or not 1 <= number <= 100_000:
            raise SettingsError(
                Sentence("'{0}' is not a sampling policy; write all, every:K or per-track:N with a number >= 1.", text)
            )
        return cls(match[1] or "all", number)

    @property
    def is_deferred(self) -> bool:
        """Whether a track must have ended before it is known which of its crops are scored."""
        return self.kind == "per-track"

    def wants(self, seen: int) -> bool:
        """For ``all`` and ``every:K``: say whether the face number ``seen`` (from 0) of a track is scored."""
        return seen % self.number == 0

    def __str__(self) -> str:
        return self.kind if self.kind == "all" else f"{self.kind}:{self.number}"


@dataclass(frozen=True, slots=True)
class Aggregation:
    """How the raw scores of a track's crops become one: ``mean``, ``median`` or ``top:P`` (mean of the highest P %)."""

    kind: str
    percent: int = 100

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a rule as it is written on the command line.

        Raises:
            SettingsError: The text is none of the three forms.
        """
        match = re.fullmatch(r"mean|median|top:(\d{1,3})", text.strip())
        percent = int(match[1]) if match and match[1] else 100
        if match is None or not 1 <= percent <= 100:
            raise SettingsError(
                Sentence(
                    "'{0}' is not a rule for a track's score; write mean, median or top:P with P from 1 to 100.", text
                )
            )
        return cls(match[0].partition(":")[0], percent)

    def __str__(self) -> str:
        return f"top:{self.percent}" if self.kind == "top" else self.kind


DEFAULT_SAMPLING: Final = SamplingPolicy("per-track", 32)
DEFAULT_AGGREGATION: Final = Aggregation("mean")
