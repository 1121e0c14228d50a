"""Reading a file once, from the first frame to the last."""

from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

import av

from forensiclab.core.cancel import CancelToken
from forensiclab.core.records import CodingStats, StreamInfo
from forensiclab.core.text import Sentence
from forensiclab.media.bitstream import CodingCounter
from forensiclab.media.clock import Clock
from forensiclab.media.frame import Frame
from forensiclab.media.source import Source, time_in_file_s

_ENDS_EARLY_S = 1.0
"""Pictures that end this much before the declared end: something is lost."""


class MediaReader:
    """A video or a picture, read in one forward pass with a software decoder.

    Opening decodes the first frame, so that ``info`` is complete and a file without any frame is refused at once::

        with MediaReader(path) as reader:
            for frame in reader.frames():
                ...
            statistics = reader.coding()
    """

    def __init__(self, path: Path, *, threads: int = 0) -> None:
        """Open a file.

        Args:
            path: A video or a picture.
            threads: Of the decoder; 0 = one per core.

        Raises:
            MediaError: It does not exist, is no ordinary readable file, is no video or picture, is too damaged for a
                single frame, or its pictures are absurdly large.
        """
        self._source = Source(path, threads=threads, with_qp=True)
        self._clock = Clock(self._source.interval_s)
        self._counter = CodingCounter()
        self._is_finished = False
        self._first_s = self._end_s = 0.0

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
        """The frames in the order of presentation, each decoded once; a second call goes on where the first ended.

        Damaged packets and frames are skipped and counted; ``coding().end_note`` says so.

        Raises:
            Cancelled: ``cancel`` was asked to stop; checked before every frame.
        """
        while True:
            if cancel is not None:
                cancel.check()
            decoded = self._source.next_frame()
            if decoded is None:
                self._is_finished = True
                return
            frame = self._count(decoded)
            del decoded  # or this generator would hold a picture while the next one is decoded
            yield frame
            del frame

    def _count(self, decoded: av.VideoFrame) -> Frame:
        time = self._clock.stamp(time_in_file_s(decoded))
        frame = Frame(decoded, index=self._counter.frames_read, pts_s=time.pts_s)
        if frame.index == 0:
            self._first_s = frame.pts_s
        self._end_s = frame.pts_s + float(decoded.duration * (decoded.time_base or 0))
        self._counter.add(
            picture_type=frame.picture_type,
            qp=None if frame.qp is None else frame.qp.values,
            pts_s=frame.pts_s,
            is_time_exact=time.is_exact,
        )
        return frame

    def coding(self) -> CodingStats:
        """What was measured in the frames that have been read so far."""
        return self._counter.stats(bad_times=self._clock.bad_times, end_note=self._note())

    def _note(self) -> str | None:
        """Sentences about what was not read."""
        source = self._source
        notes = [source.note] if source.note else []
        missing_s = (self.info.duration_s or 0.0) - (self._end_s - self._first_s)
        if source.stop_reason:
            notes.append(Sentence("Reading stopped at {0:.2f} s: {1}.", self._end_s, source.stop_reason))
        elif self._is_finished and missing_s > _ENDS_EARLY_S:
            notes.append(
                Sentence(
                    "The pictures end at {0:.2f} s, {1:.2f} s before the end that the file declares: it may "
                    "be truncated.",
                    self._end_s,
                    missing_s,
                )
            )
        if source.damaged:
            notes.append(Sentence("{0} damaged packets or frames were skipped.", source.damaged))
        return Sentence.joined(" ", notes) if notes else None
