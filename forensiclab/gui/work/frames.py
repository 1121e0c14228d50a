"""Where the window's pictures of an exhibit come from: what it asks of a decoder, and the program's own."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from forensiclab.core.records import Picture
from forensiclab.media.player import FrameServer


class ShownFrame(Protocol):
    """A frame as the player gets it."""

    @property
    def pts_s(self) -> float: ...
    @property
    def rgb(self) -> Picture: ...


class Frames(Protocol):
    """Where the frames come from: ``media.player.FrameServer``, or a test's own."""

    def frame_at(self, pts_s: float) -> ShownFrame: ...
    def step(self, frames: int) -> ShownFrame: ...
    def whole_at(self, pts_s: float) -> ShownFrame: ...
    def close(self) -> None: ...


OpenFrames = Callable[[Path], Frames]

MAX_SIDE_PX = 1920
"""Longer pictures are reduced to this before they are drawn."""


def open_frames(path: Path) -> Frames:
    """Open a file for showing.

    Raises:
        MediaError: It cannot be read.
    """
    return FrameServer(path, max_side_px=MAX_SIDE_PX)
