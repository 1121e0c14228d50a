"""A real video and all that was made from it: one unit of preparation, so that its crops come in pairs."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from training.datasets.manifest import VideoEntry

Versions = tuple[VideoEntry, ...]
"""One video at every compression, from the least compressed on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Videos that are prepared together."""

    lead: Versions
    """A real video, or a forgery whose original is not there."""
    forgeries: tuple[Versions, ...] = ()
    """Made from it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexRow:
    """One row of the index of a folder of crops; the fields are its columns. See ``CropEntry``."""

    name: str
    label: int
    split: str | None
    part: str
    original: str | None = None
    video: str
    source_width_px: int
    border_diff: float | None = None
    shard: str | None = None
    method: str | None
    data_set: str
    compression: str | None
    pts_s: float | None = None
    margin: float | None = None
    mask: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something that was not as it should be, and with which file."""

    file: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRecord:
    """What came of a group."""

    rows: tuple[IndexRow, ...]
    """Without their shards, which are not known yet."""
    failures: tuple[Problem, ...]
    """What could not be used."""
    notes: tuple[Problem, ...]
    """What was used all the same."""


def member_name(row: IndexRow, name: str) -> str:
    """Name a picture of a row in the archive of its group, which holds all compressions."""
    return f"{row.compression or 'crops'}/{name}.png"


def make_groups(entries: Iterable[VideoEntry]) -> tuple[Group, ...]:
    """Gather videos into groups, in the order in which their first one is listed."""
    versions: dict[tuple[int, str, str], list[VideoEntry]] = {}
    for entry in entries:
        versions.setdefault((entry.label, entry.kind, entry.id), []).append(entry)
    ordered = [tuple(sorted(found, key=_compression_rank)) for found in versions.values()]
    originals = {found[0].id for found in ordered if found[0].label == 0}
    made_from: dict[str, list[Versions]] = {name: [] for name in originals}
    groups = []
    for found in ordered:
        first = found[0]
        if first.label == 1 and first.original in made_from:
            made_from[first.original].append(found)
        else:
            groups.append(found)
    return tuple(
        Group(lead=found, forgeries=tuple(made_from[found[0].id]) if found[0].label == 0 else ()) for found in groups
    )


def _compression_rank(entry: VideoEntry) -> int:
    """Rank ``c0`` < ``c23`` < ``c40``; what has no number counts as not compressed."""
    number = re.search(r"\d+", entry.compression or "")
    return int(number[0]) if number else 0
