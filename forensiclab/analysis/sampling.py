"""Which faces of a track are scored, decided in one pass and without knowing how long the track will be."""

import re
from dataclasses import dataclass
from typing import Generic, Self, TypeVar

from forensiclab.core.errors import SettingsError
from forensiclab.core.text import Sentence

Item = TypeVar("Item")


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
                Sentence("'{0}' is no sampling policy; write all, every:K or per-track:N with a number >= 1.", text)
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


class EvenKeeper(Generic[Item]):
    """Keeps items evenly spread over a stream of unknown length, never more than ``2 * capacity`` of them.

    It keeps every item at first; whenever ``2 * capacity`` are held it drops every other one and doubles the distance
    between those it will still accept. The choice depends on the order alone, so it is the same at every run.
    """

    __slots__ = ("_capacity", "_held", "_stride")

    def __init__(self, capacity: int) -> None:
        if capacity < 1:
            raise ValueError(f"a keeper needs room for at least one item, not {capacity}")
        self._capacity = capacity
        self._stride = 1
        self._held: list[Item] = []

    def wants(self, seen: int) -> bool:
        """Say whether item number ``seen`` (from 0) would be kept: ask before making an item that is costly to make."""
        return seen % self._stride == 0

    def keep(self, item: Item) -> None:
        """Keep the item that was wanted."""
        self._held.append(item)
        if len(self._held) == 2 * self._capacity:
            self.thin()

    def thin(self) -> None:
        """Drop every other held item and accept half as many from now on."""
        self._held = self._held[::2]
        self._stride *= 2

    def __len__(self) -> int:
        return len(self._held)

    def held(self) -> tuple[Item, ...]:
        """Return all held items, in order."""
        return tuple(self._held)

    def chosen(self) -> tuple[Item, ...]:
        """Choose at most ``capacity`` of the held items, evenly spread, first and last among them, in order."""
        count = len(self._held)
        if count <= self._capacity:
            return tuple(self._held)
        if self._capacity == 1:
            return (self._held[count // 2],)
        steps = self._capacity - 1
        return tuple(self._held[(2 * i * (count - 1) + steps) // (2 * steps)] for i in range(self._capacity))
