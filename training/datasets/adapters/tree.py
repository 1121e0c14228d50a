"""What the layouts of several data sets share: folders by name, videos in them, and splits that are drawn."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from training.datasets.manifest import PICTURE_ENDINGS, VideoEntry

VIDEO_ENDINGS = (".mp4", ".avi", ".mov", ".mkv", ".webm", ".m4v", ".mpg", ".mpeg", ".wmv")
VAL_SHARE = 0.1
"""Of the training videos, where a set has no list for validation."""


def subfolder(folder: Path, *names: str) -> Path | None:
    """Find the folder of one of these names; case, blanks, ``-`` and ``_`` make no difference."""
    wanted = {_plain(name) for name in names}
    found = (path for path in _children(folder) if path.is_dir() and _plain(path.name) in wanted)
    return next(found, None)


def videos_in(folder: Path, *, with_pictures: bool = False) -> tuple[Path, ...]:
    """List the videos of a folder by name; those of its subfolder ``videos`` where it has one."""
    endings = VIDEO_ENDINGS + PICTURE_ENDINGS if with_pictures else VIDEO_ENDINGS
    inner = subfolder(folder, "videos") or folder
    return tuple(path for path in _children(inner) if path.is_file() and path.suffix.lower() in endings)


def compression_folders(folder: Path) -> tuple[tuple[str, Path], ...]:
    """List the subfolders ``raw`` (or ``c0``), ``c23``, ``c40`` as (label, folder), least compressed first."""
    found = [("c0" if path.name == "raw" else path.name, path) for path in _children(folder) if path.is_dir()]
    return tuple(
        sorted(((c, path) for c, path in found if re.fullmatch(r"c\d+", c)), key=lambda item: int(item[0][1:]))
    )


def original_by_name(name: str, originals: Iterable[str]) -> str | None:
    """Find the original whose name begins a forgery's (followed by its end, ``_``, ``-``, ``.`` or a blank).

    Of several the longest.
    """
    fitting = [real for real in originals if re.match(rf"{re.escape(real)}(?:$|[_\-. ])", name)]
    return max(fitting, key=len, default=None)


def draw_sources(sources: Sequence[str], share: float, seed: int) -> frozenset[str]:
    """Draw sources that together hold at least ``share`` of the videos, but never all of them.

    Args:
        sources: Of every video.
        share: Of the videos, in [0, 1].
        seed: The same seed draws the same, whatever the order of the videos.
    """
    sizes = dict.fromkeys(sorted(set(sources)), 0)
    for name in sources:
        sizes[name] += 1
    drawn: set[str] = set()
    count = 0
    for name in np.random.default_rng(seed).permutation(list(sizes)).tolist():
        if count >= share * len(sources) or len(drawn) == len(sizes) - 1:
            break
        drawn.add(name)
        count += sizes[name]
    return frozenset(drawn)


def with_drawn_val(
    entries: Sequence[VideoEntry], seed: int, share: float = VAL_SHARE
) -> tuple[tuple[VideoEntry, ...], str]:
    """Move whole sources from ``train`` to ``val``, and say so in a sentence."""
    sources = [entry.source for entry in entries if entry.split == "train"]
    drawn = draw_sources(sources, share, seed)
    moved = tuple(
        replace(entry, split="val") if entry.split == "train" and entry.source in drawn else entry for entry in entries
    )
    return moved, (
        f"The set has no list for validation: {len(drawn)} of the {len(set(sources))} sources of its training videos "
        f"were drawn for 'val' with seed {seed}."
    )


def count_of(number: int, what: str) -> str:
    """Say ``1 video``, ``2 videos``."""
    return f"{number} {what}{'' if number == 1 else 's'}"


def _children(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else []


def _plain(name: str) -> str:
    return re.sub(r"[ \-_]", "", name).lower()
