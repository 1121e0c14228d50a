"""A video or picture as a row of sound frames that goes on over whatever is damaged or missing."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import av
from av.container.input import InputContainer
from av.video.stream import VideoStream

from forensiclab.core.errors import MediaError
from forensiclab.core.records import PacketCount, StreamInfo
from forensiclab.core.text import Sentence
from forensiclab.media.container import check_file, describe, open_video, pixel_aspect, stream_notes
from forensiclab.media.decoding import Decoded, PictureDecoder
from forensiclab.media.ending import is_cut_off
from forensiclab.media.frame import UPRIGHT
from forensiclab.media.ledger import LostFrame
from forensiclab.media.still import read_still
from forensiclab.media.transparency import ON_WHITE

_COUNTED_FROM_ZERO = ("matroska", "flv")
"""Containers whose declared duration begins at time 0, not with the first picture."""

_ENDS_EARLY_S, _ENDS_EARLY_WITH_SOUND_S = 0.1, 1.0
"""Pictures that end this much before the declared end: something is lost. Where only the duration of the whole file is
declared, sound may be longer than the pictures."""

MISSING_TOLD = 5
"""Places where frames are missing that are told of one by one."""

_ONE_PICTURE = PacketCount(packets=1, pictures=1, damaged=0, undecodable=0, withheld=0, hidden=0, unread=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What is known about the reading of a file when a frame comes, or at its end."""

    count: PacketCount
    """Where the packets went since the file was opened or searched last."""
    lost: tuple[LostFrame, ...] = ()
    """The frames that were not handed on since the frame before, in order."""
    notes: tuple[str, ...] = ()
    """What else the file holds that is not read, and how its pictures were made visible, as sentences."""
    missing_s: tuple[tuple[float, float], ...] = ()
    """Where frames are missing from the file, the first few: the times in it of the packets before and after."""
    n_missing: int = 0
    """At how many places frames are missing."""
    stop_reason: str | None = None
    """Why decoding stopped before the end of the file, as the end of a sentence."""
    end_s: float | None = None
    """When the last picture of the packets so far ends, as a time in the file, whether it was decoded or not."""
    missing_end_s: float | None = None
    """How much is missing at the end; None where that is nothing, or not known."""
    is_cut_off: bool = False
    """Whether the file lacks its end; see ``ending``."""


NOTHING_READ = Standing(
    count=PacketCount(packets=0, pictures=0, damaged=0, undecodable=0, withheld=0, hidden=0, unread=0)
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Step:
    """The next frame of a file, and what is known by then."""

    decoded: Decoded | None
    """None at the end."""
    standing: Standing


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
        self._still_notes: list[str] = []
        self.interval_s: float | None = None
        """Nominal time from one frame to the next, None where the file names no rate."""

        still = read_still(path)
        if still is not None:
            self.info, picture, self._still_notes = still
            self._decoder: PictureDecoder | None = None
            self._still: Decoded | None = Decoded(
                picture=picture,
                orientation=UPRIGHT,
                pixel_aspect=1.0,
                pixel_format="rgb24",
                in_file_s=0.0,
                follows_hole=False,
            )
            self._frames: Iterator[Decoded] = iter([self._still])
            return
        self._still = None
        self._container, self._stream = open_video(path, threads=threads, with_qp=with_qp)
        try:
            self._begin(self._container, self._stream)
            first = next(self._frames, None)
            if first is None:
                raise MediaError(
                    Sentence("Not one frame of '{0}' can be decoded; it is damaged or cut off at the start.", path)
                )
            _check_format(path, first)
            self.info = describe(path, self._container, self._stream, first)
        except MediaError:
            self.close()
            raise
        self._frames = chain([first], self._frames)

    def close(self) -> None:
        """Let go of the file; what is known about it stays valid."""
        self._frames, self._still = iter(()), None
        if self._container is not None:
            self._container.close()

    def next_step(self) -> Step:
        """Take the next sound frame in the order of presentation, and say what is known by then."""
        decoded = next(self._frames, None)
        return Step(decoded=decoded, standing=self._standing(is_end=decoded is None))

    def _standing(self, *, is_end: bool) -> Standing:
        decoder = self._decoder
        if decoder is None or self._container is None:
            return Standing(count=_ONE_PICTURE, notes=tuple(self._still_notes))
        notes = (*self._stream_notes, *([ON_WHITE] if decoder.is_transparent else []))
        return Standing(
            count=decoder.ledger.count(),
            lost=tuple(decoder.ledger.take_lost()),
            notes=notes,
            missing_s=tuple(decoder.missing_s[:MISSING_TOLD]),
            n_missing=len(decoder.missing_s),
            stop_reason=decoder.stop_reason,
            end_s=decoder.end_s,
            missing_end_s=self._missing_end_s(decoder) if is_end else None,
            is_cut_off=is_end and is_cut_off(self._path, self.info.container),
        )

    def _missing_end_s(self, decoder: PictureDecoder) -> float | None:
        """How much is missing at the end, once all packets were read; None where that is nothing, or not known."""
        if self.info.duration_s is None or decoder.first_s is None or decoder.end_s is None:
            return None
        is_from_zero = self.info.container.startswith(_COUNTED_FROM_ZERO)
        missing_s = self.info.duration_s + (0.0 if is_from_zero else decoder.first_s) - decoder.end_s
        is_of_stream = self.info.n_streams == 1 or self._stream.duration is not None
        tolerance_s = max(_ENDS_EARLY_S, 1.5 * (self.interval_s or 0)) if is_of_stream else _ENDS_EARLY_WITH_SOUND_S
        return missing_s if missing_s > tolerance_s else None

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
        assert self._decoder is not None
        self._frames = self._decoder.pictures()
        return True

    def restart(self) -> None:
        """Stand at the first frame again.

        Raises:
            MediaError: The file has gone or has changed meanwhile.
        """
        if self._still is not None:
            self._frames = iter([self._still])
        elif self._container is not None:
            self._container.close()
            check_file(self._path)
            self._container, self._stream = open_video(self._path, threads=self._threads, with_qp=self._with_qp)
            self._begin(self._container, self._stream)

    def _begin(self, container: InputContainer, stream: VideoStream) -> None:
        """Stand before the first packet of a container that was just opened."""
        self._stream_notes = stream_notes(container, stream)
        rate = stream.guessed_rate or stream.average_rate
        self.interval_s = float(1 / rate) if rate else None
        self._decoder = PictureDecoder(container, stream, self.interval_s, pixel_aspect(stream))
        self._frames = self._decoder.pictures()


def _check_format(path: Path, first: Decoded) -> None:
    """Refuse pictures that cannot be made visible, before anything is made of them."""
    try:
        first.picture.reformat(width=2, height=2, format="rgb24")
    except (av.FFmpegError, OSError, ValueError) as error:
        raise MediaError(
            Sentence(
                "The pictures of '{0}' have the pixel format {1}, which cannot be converted to colours here; convert "
                "the file first.",
                path,
                first.pixel_format,
            )
        ) from error
