"""Frames at any time of a video, for a player."""

from bisect import bisect_right
from dataclasses import dataclass
from pathlib import Path

from forensiclab.core.errors import MediaError
from forensiclab.core.records import Picture, StreamInfo
from forensiclab.core.text import Sentence
from forensiclab.media.clock import Clock
from forensiclab.media.frame import Frame
from forensiclab.media.isolated import IsolatedSource

_CACHE_BYTES = 256 << 20
_BYTES_PER_PIXEL = 3
"""A decoded picture takes 1.5 (4:2:0) to 6 (4:4:4, 16 bits)."""

_MIN_RUN, _MAX_RUN = 4, 120
"""Frames in the cache, whatever their size."""

_BEFORE_S = 0.0001
"""Less than the time between any two frames."""

_NEAR_S = 3.0
"""To a time at most this far ahead it is quicker to decode on than to seek."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ShownFrame:
    """What a player shows."""

    pts_s: float
    rgb: Picture


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StoredFrame:
    """What a face is cut from."""

    rgb: Picture
    """With the stored pixels, which may not be square, in the displayed orientation."""
    frame_size_px: tuple[int, int]
    """Width and height of the displayed frame."""


class FrameServer:
    """Serves the frame that is shown at a time, and its neighbours; belongs to one thread.

    Keeps a bounded run of neighbouring decoded frames around the cursor. Outside it, it seeks to the key frame before
    and decodes on from there. Only streams without times (raw bitstreams) are decoded from the start again.
    The file is decoded in a process of its own. Times are those of ``MediaReader``, except after a jump backwards
    inside the file, where seeking is ambiguous.
    """

    def __init__(self, path: Path, *, max_side_px: int | None = None) -> None:
        """Open a file and show its first frame.

        Args:
            path: A video or a picture.
            max_side_px: Reduce what is shown to this, as ``Frame.rgb`` does.

        Raises:
            MediaError: It cannot be read.
        """
        self._source = IsolatedSource(path)
        self._max_side_px = max_side_px
        self._has_times = True
        self._run: list[Frame] = []
        """Neighbouring frames; the source stands behind the last."""
        self._cursor = 0
        self._is_at_end = False
        self._clock = Clock(self._source.interval_s)
        info = self._source.info
        picture_bytes = info.width_px * info.height_px * _BYTES_PER_PIXEL
        self._capacity = min(max(_CACHE_BYTES // picture_bytes, _MIN_RUN), _MAX_RUN)
        self._decode_one()
        self._start_s = self._run[0].pts_s
        self._shift_s = self._clock.shift_s

    @property
    def info(self) -> StreamInfo:
        """What is known about the stream."""
        return self._source.info

    def close(self) -> None:
        """Let go of the file and the pictures."""
        self._source.close()
        self._run = []

    def frame_at(self, pts_s: float) -> ShownFrame:
        """The frame on the screen at a time: the last that begins at or before it, else the first.

        Raises:
            MediaError: The file has gone meanwhile.
        """
        self._go_to(pts_s)
        return self._shown()

    def stored_at(self, pts_s: float) -> StoredFrame:
        """Return the frame on the screen at a time with its stored pixels, and put the cursor there.

        Raises:
            MediaError: The file has gone meanwhile.
        """
        self._go_to(pts_s)
        frame = self._run[self._cursor]
        return StoredFrame(rgb=frame.stored_rgb(), frame_size_px=frame.size_px)

    def whole_at(self, pts_s: float) -> ShownFrame:
        """The frame on the screen at a time in its own size, whatever ``max_side_px`` is; the cursor stays.

        Raises:
            MediaError: The file has gone meanwhile.
        """
        cursor_s = self._run[self._cursor].pts_s
        self._go_to(pts_s)
        frame = self._run[self._cursor]
        self._go_to(cursor_s)
        return ShownFrame(pts_s=frame.pts_s, rgb=frame.rgb())

    def step(self, frames: int) -> ShownFrame:
        """Move the cursor by some frames, back if negative, and show what is there; stops at either end.

        Raises:
            MediaError: The file has gone meanwhile.
        """
        for _ in range(frames):
            if self._cursor + 1 < len(self._run) or self._decode_one():
                self._cursor += 1
        for _ in range(-frames):
            if self._cursor == 0 and self._run[0].pts_s > self._start_s:
                self._extend_backwards()
            self._cursor = max(self._cursor - 1, 0)
        return self._shown()

    def _go_to(self, pts_s: float) -> None:
        """Put the cursor on the frame that is on the screen at a time."""
        is_behind = self._start_s < self._run[0].pts_s > pts_s
        is_far_ahead = self._has_times and not self._is_at_end and pts_s > self._run[-1].pts_s + _NEAR_S
        if is_behind or is_far_ahead:
            self._go_before(pts_s)
        while self._run[-1].pts_s <= pts_s and self._decode_one():
            pass
        self._cursor = max(bisect_right(self._run, pts_s, key=lambda frame: frame.pts_s) - 1, 0)

    def _shown(self) -> ShownFrame:
        frame = self._run[self._cursor]
        return ShownFrame(pts_s=frame.pts_s, rgb=frame.rgb(self._max_side_px))

    def _decode_one(self) -> bool:
        """Append the next frame to the run; False at the end of the file."""
        decoded = None if self._is_at_end else self._source.next_step().decoded
        if decoded is None:
            self._is_at_end = True
            return False
        self._has_times = decoded.in_file_s is not None
        # Which frame of the file it is cannot be known after seeking, and no player needs it.
        self._run.append(decoded.frame(index=-1, pts_s=self._clock.stamp(decoded.in_file_s).pts_s))
        if len(self._run) > self._capacity:
            del self._run[0]
            self._cursor = max(self._cursor - 1, 0)
        return True

    def _begin_run(self, shift_s: float) -> None:
        self._run = []
        self._cursor = 0
        self._is_at_end = False
        self._clock = Clock(self._source.interval_s, shift_s)

    def _go_before(self, pts_s: float) -> None:
        """Begin the run anew at a key frame at or before a time; at the first frame where there is none."""
        back_s = 0.0
        # Containers seek by decoding time, and the pictures before an open key frame may be lost: look further back.
        while self._has_times and pts_s - back_s > self._start_s:
            if not self._source.seek(pts_s - self._shift_s - back_s):
                break
            self._begin_run(self._shift_s)
            if self._decode_one() and self._run[0].pts_s <= pts_s:
                return
            back_s = max(2 * back_s, 1.0)
        self._source.restart()
        self._begin_run(0.0)
        if not self._decode_one():
            raise MediaError(Sentence("The video that is shown can no longer be decoded; open it again."))

    def _extend_backwards(self) -> None:
        """Begin the run anew with frames before its first one, and put the cursor on what was its first."""
        first_s = self._run[0].pts_s
        self._go_before(first_s - _BEFORE_S)
        while self._run[-1].pts_s < first_s and self._decode_one():
            pass
        self._cursor = max(bisect_right(self._run, first_s, key=lambda frame: frame.pts_s) - 1, 0)
