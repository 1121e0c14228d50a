"""A video or picture as a row of decoded frames that goes on over whatever is damaged."""

from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import av
from av.container.input import InputContainer
from av.video.stream import VideoStream

from forensiclab.core.errors import MediaError
from forensiclab.core.records import StreamInfo
from forensiclab.core.text import Sentence
from forensiclab.media.container import check_file, describe, open_video
from forensiclab.media.still import read_still

_MAX_DAMAGE_IN_A_ROW = 500
_MAX_DAMAGE = 10_000
"""So many packets or frames that cannot be decoded, and decoding stops."""


def time_in_file_s(frame: av.VideoFrame) -> float | None:
    """Presentation time as the file gives it, None where it gives none."""
    return None if frame.pts is None or frame.time_base is None else float(frame.pts * frame.time_base)


class Source:
    """An open file, standing at its first frame. One thread at a time."""

    def __init__(self, path: Path, *, threads: int = 0, with_qp: bool = False) -> None:
        """Open a file and decode its first frame.

        Args:
            path: A video or a picture.
            threads: Of the decoder; 0 = one per core.
            with_qp: Whether frames shall carry their quantisation parameters.

        Raises:
            MediaError: It cannot be read as either.
        """
        check_file(path)
        self._path = path
        self._threads = threads
        self._with_qp = with_qp
        self._container: InputContainer | None = None
        self.info: StreamInfo
        self.note: str | None = None
        """What else the file holds that is not read, as a sentence."""
        self.interval_s: float | None = None
        """Nominal time from one frame to the next, None where the file names no rate."""
        self.damaged = 0
        """Packets and frames that were skipped because they are damaged."""
        self.stop_reason: str | None = None
        """Why decoding stopped before the end of the file, as the end of a sentence."""

        still = read_still(path)
        if still is not None:
            self.info, picture, self.note = still
            self._picture: av.VideoFrame | None = picture
            self._frames: Iterator[av.VideoFrame] = iter([picture])
            return
        self._picture = None
        self._container, self._stream = open_video(path, threads=threads, with_qp=with_qp)
        try:
            self._frames = _decode(self, self._container, self._stream)
            first = next(self._frames, None)
            if first is None:
                raise MediaError(
                    Sentence("Not one frame of '{0}' can be decoded; it is damaged or cut off at the start.", path)
                )
            self.info = describe(path, self._container, self._stream, first)
        except MediaError:
            self.close()
            raise
        self._frames = chain([first], self._frames)
        rate = self._stream.guessed_rate or self._stream.average_rate
        self.interval_s = float(1 / rate) if rate else None

    def close(self) -> None:
        """Let go of the file; what is known about it stays valid."""
        self._frames, self._picture = iter(()), None
        if self._container is not None:
            self._container.close()

    def next_frame(self) -> av.VideoFrame | None:
        """The next frame in the order of presentation, None at the end; damage is skipped and counted."""
        return next(self._frames, None)

    def seek(self, in_file_s: float) -> bool:
        """Stand at the last key frame that the container knows at or before a time in the file.

        Returns:
            False where the container cannot seek; then nothing has changed.
        """
        if self._container is None or self._stream.time_base is None:
            return False
        try:
            self._container.seek(int(in_file_s / self._stream.time_base), stream=self._stream)
        except (av.FFmpegError, OverflowError):
            return False
        self._frames = _decode(self, self._container, self._stream)
        return True

    def restart(self) -> None:
        """Stand at the first frame again.

        Raises:
            MediaError: The file has gone or has changed meanwhile.
        """
        if self._picture is not None:
            self._frames = iter([self._picture])
        elif self._container is not None:
            self._container.close()
            check_file(self._path)
            self._container, self._stream = open_video(self._path, threads=self._threads, with_qp=self._with_qp)
            self._frames = _decode(self, self._container, self._stream)


def _decode(source: Source, container: InputContainer, stream: VideoStream) -> Iterator[av.VideoFrame]:
    """Decode from where the container stands; counts damage in ``source``."""
    in_a_row = 0
    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets)
        except StopIteration:
            return
        except (av.FFmpegError, OSError) as error:
            source.stop_reason = Sentence("the file cannot be read further ({0})", error.strerror)
            return
        good: list[av.VideoFrame] = []
        bad = 1
        if not packet.is_corrupt:
            try:
                decoded = packet.decode()
            except av.FFmpegError:
                pass
            else:
                # A frame whose missing parts the decoder has invented is no evidence.
                good = [frame for frame in decoded if not frame.is_corrupt]
                bad = len(decoded) - len(good)
        source.damaged += bad
        in_a_row = 0 if good else in_a_row + bad
        while good:
            yield good.pop(0)  # so that no frame is held here after it has been handed on
        if in_a_row >= _MAX_DAMAGE_IN_A_ROW or source.damaged >= _MAX_DAMAGE:
            source.stop_reason = Sentence("{0} parts of it cannot be decoded", source.damaged)
            return
