"""What the program and a process that decodes for it say to each other."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from forensiclab.core.records import StreamInfo
from forensiclab.media.frame import Orientation
from forensiclab.media.planes import PictureLayout
from forensiclab.media.source import Standing

# ---- orders ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """Open a file and stand at its first frame."""

    path: Path
    threads: int
    with_qp: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Next:
    """Give the next frame."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seek:
    """Stand at the last key frame before a time in the file."""

    in_file_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Restart:
    """Stand at the first frame again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Close:
    """Let go of the file."""


Order = Open | Next | Seek | Restart | Close

# ---- answers ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """The file is open."""

    info: StreamInfo
    interval_s: float | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SentPicture:
    """A frame whose samples lie in shared memory until the next one is asked for."""

    memory: str
    """Name of the shared memory."""
    start: int
    """Where the samples begin in it."""
    layout: PictureLayout
    chroma_place: str | None
    """Where its colour samples lie (see ``chroma``); None where each pixel has its own."""
    orientation: Orientation
    pixel_aspect: float
    pixel_format: str
    in_file_s: float | None
    follows_hole: bool
    stored_qp: NDArray[np.int32] | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sent:
    """The next frame, and what is known by then."""

    picture: SentPicture | None
    """None at the end."""
    standing: Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """Whether the container could be searched."""

    is_done: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """The file is closed; the next order is to open one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """What was ordered cannot be done."""

    sentence: str


Answer = Opened | Sent | Sought | Closed | Refused
