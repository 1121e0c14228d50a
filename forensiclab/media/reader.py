"""Reading a file once, from the first frame to the last."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

from forensiclab.core.cancel import CancelToken
from forensiclab.core.records import CodingStats, PacketCount, Skipped, StreamInfo
from forensiclab.core.text import Sentence
from forensiclab.media.bitstream import CodingCounter
from forensiclab.media.clock import Clock
from forensiclab.media.decoding import Decoded
from forensiclab.media.frame import Frame
from forensiclab.media.holes import Holes, reading_notes, size_notes
from forensiclab.media.isolated import IsolatedSource
from forensiclab.media.ledger import LostFrame
from forensiclab.media.source import NOTHING_READ, Source


class MediaReader:
    """A video or a picture, read in one forward pass with a software decoder.

    Opening decodes the first frame, so that ``info`` is complete and a file without any frame is refused at once::

        with MediaReader(path) as reader:
            for frame in reader.frames():
                ...
            statistics = reader.coding()
    """

    def __init__(self, path: Path, *, threads: int = 0, is_trusted: bool = True) -> None:
        """Open a file.

        Args:
            path: A video or a picture.
            threads: Of the decoder; 0 = one per core.
            is_trusted: Whether the file was made by whoever reads it. Any other is decoded in a process of its own,
                which may crash or hang without harm.

        Raises:
            MediaError: It does not exist, is no ordinary readable file, is no video or picture, is too damaged for a
                single frame, or its pictures are absurdly large.
        """
        kind = Source if is_trusted else IsolatedSource
        self._source: Source | IsolatedSource = kind(path, threads=threads, with_qp=True)
        self._clock = Clock(self._source.interval_s)
        self._counter = CodingCounter()
        self._holes = Holes()
        self._sizes: list[tuple[float, tuple[int, int]]] = []
        """From which time on pictures are stored in which size."""
        self._standing = NOTHING_READ
        self._is_finished = False

    @property
    def info(self) -> StreamInfo:
        """What is known about the picture stream that is read."""
        return self._source.info

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file; ``info`` and ``coding`` stay valid."""
        self._source.close()

    def frames(self, cancel: CancelToken | None = None) -> Iterator[Frame]:
        """The sound frames in the order of presentation, each decoded once; a second call goes on where one ended.

        What is damaged, cannot be decoded, or rests on frames that are, is left out: ``take_skipped`` lists it.

        Raises:
            Cancelled: ``cancel`` was asked to stop; checked before every frame.
        """
        while True:
            if cancel is not None:
                cancel.check()
            step = self._source.next_step()
            self._standing = step.standing
            if step.decoded is None:
                self._holes.add(step.standing.lost, self._counter.frames_read, self._clock)
                self._is_finished = True
                return
            frame = self._count(step.decoded, step.standing.lost)
            del step  # or this generator would hold a picture while the next one is decoded
            yield frame
            del frame

    def take_skipped(self) -> tuple[Skipped, ...]:
        """Runs of frames that were left out since this was asked last; they lie before the frame that came last."""
        return self._holes.take()

    def _count(self, decoded: Decoded, lost: Sequence[LostFrame]) -> Frame:
        time = self._clock.stamp(decoded.in_file_s)
        frame = decoded.frame(index=self._counter.frames_read, pts_s=time.pts_s)
        size_px = decoded.picture.width, decoded.picture.height
        if not self._sizes or self._sizes[-1][1] != size_px:
            self._sizes.append((frame.pts_s, size_px))
        self._holes.add(lost, frame.index, self._clock)
        self._counter.add(
            picture_type=frame.picture_type,
            qp=None if frame.qp is None else frame.qp.values,
            pts_s=frame.pts_s,
            is_time_exact=time.is_exact,
            follows_hole=frame.follows_hole,
        )
        return frame

    def coding(self) -> CodingStats:
        """What was measured in the frames that have been read so far."""
        count = self._with_unread(self._standing.count)
        declared = self.info.declared_frames if self._is_finished else None
        notes = reading_notes(replace(self._standing, count=count), self._holes, self._clock, declared)
        note = Sentence.joined(" ", [*size_notes(self._sizes), *notes]) or None
        return self._counter.stats(bad_times=self._clock.bad_times, packets=count, end_note=note)

    def _with_unread(self, count: PacketCount) -> PacketCount:
        """Count what was not read yet, as far as the file says how much it is."""
        declared = self.info.declared_frames
        if self._is_finished or declared is None or declared <= count.packets:
            return count
        return replace(count, packets=declared, unread=count.unread + declared - count.packets)
