"""Choosing faces of a track evenly, in one pass and without knowing how long the track will be."""

from typing import Generic, TypeVar

Item = TypeVar("Item")


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
