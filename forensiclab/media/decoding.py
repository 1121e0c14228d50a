"""From packets to sound pictures: what rests on lost or damaged frames is held back, and each packet accounted for."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, cast

import av
import numpy as np
from av.codec.context import CodecContext, Flags, ThreadType
from av.container.input import InputContainer
from av.packet import Packet
from av.video.codeccontext import VideoCodecContext
from av.video.frame import PictureType
from av.video.stream import VideoStream
from numpy.typing import NDArray

from forensiclab.core.text import Sentence
from forensiclab.media.clock import BestEffort
from forensiclab.media.frame import Frame, Orientation
from forensiclab.media.ledger import FRAMES_MISSING, NO_KEY_FRAME, Ledger
from forensiclab.media.limits import MAX_DAMAGE, MAX_DAMAGE_IN_A_ROW
from forensiclab.media.packets import PacketWatch
from forensiclab.media.transparency import plain_picture

_MARKS_KEY_FRAMES: Final = frozenset("h264 hevc vvc vp8 vp9 av1".split())
"""Codecs for which an I picture need not be one from which everything can be decoded."""

_ALPHA_DECODERS: Final = {"vp8": "libvpx", "vp9": "libvpx-vp9"}
_KEYS_REMEMBERED = 64


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Decoded:
    """A sound picture."""

    picture: av.VideoFrame
    """Without transparency."""
    orientation: Orientation
    pixel_aspect: float
    """Width of a stored pixel over its height, before it is turned."""
    pixel_format: str
    """As the decoder gave it."""
    in_file_s: float | None
    """Presentation time as FFmpeg's best effort gives it, None where the file gives none."""
    follows_hole: bool
    """Whether frames before it are missing, or were held back."""
    stored_qp: NDArray[np.int32] | None = None
    """QP of the stored picture's macroblocks where they were taken from the picture already."""

    def frame(self, *, index: int, pts_s: float) -> Frame:
        """Make a frame of it, in the shape in which it is shown."""
        return Frame(
            self.picture,
            index=index,
            pts_s=pts_s,
            follows_hole=self.follows_hole,
            orientation=self.orientation,
            pixel_aspect=self.pixel_aspect,
            stored_qp=self.stored_qp,
        )


class PictureDecoder:
    """Decodes a stream from where its container stands, in the order of presentation."""

    def __init__(
        self, container: InputContainer, stream: VideoStream, interval_s: float | None, pixel_aspect: float
    ) -> None:
        """Begin with a stream whose decoder has not been opened yet.

        Args:
            container: Open, standing before the first packet.
            stream: Its picture stream.
            interval_s: Nominal time from one frame to the next, None where the file names no rate.
            pixel_aspect: Width of a stored pixel over its height.
        """
        self._pixel_aspect = pixel_aspect
        self._container, self._stream, self._interval_s = container, stream, interval_s
        self._codec = stream.codec_context.codec.canonical_name
        self._context = _decoder_with_alpha(stream) or stream.codec_context
        self._context.flags |= Flags.copy_opaque  # so that a picture names its packet
        self._key_numbers: deque[int] = deque(maxlen=_KEYS_REMEMBERED)
        self.is_transparent = False
        """Whether any picture so far let something behind it show through."""
        self._is_h264 = self._codec == "h264"
        self._has_times = container.format.name != "avi"  # FFmpeg makes presentation times up for it
        self._watch = PacketWatch(stream, interval_s, has_presentation_times=self._has_times)
        self.ledger = Ledger()
        self.stop_reason: str | None = None
        """Why decoding stopped before the end of the file, as the end of a sentence."""
        self.missing_s: list[tuple[float, float]] = []
        """Where frames are missing from the file: the times in it of the packets before and after."""
        self.first_s: float | None = None
        self.end_s: float | None = None
        """When the first picture of all packets begins and the last one ends, as times in the file."""

    def pictures(self) -> Iterator[Decoded]:
        """The sound pictures from where the container stands now; accounts begin with it."""
        self.ledger = ledger = Ledger()
        self._watch.forget()
        self._hole_from: int | None = None
        if self._context is not self._stream.codec_context and self._context.is_open:
            self._context.flush_buffers()
        unit = self._stream.time_base
        interval = round(self._interval_s / unit) if self._interval_s and unit else None
        self._times = BestEffort(interval, has_presentation_times=self._has_times)
        packets = self._container.demux(self._stream)
        in_a_row = 0
        while True:
            try:
                packet = next(packets)
            except StopIteration:
                ledger.settle_all()
                return
            except (av.FFmpegError, OSError) as error:
                ledger.settle_all()
                self.stop_reason = Sentence("the file cannot be read further ({0})", error.strerror)
                return
            faults_before = ledger.faults
            sound = self._take(packet)
            in_a_row = 0 if sound else in_a_row + ledger.faults - faults_before
            while sound:
                yield sound.pop(0)  # so that no picture is held here after it has been handed on
            if in_a_row >= MAX_DAMAGE_IN_A_ROW or ledger.faults >= MAX_DAMAGE:
                self.stop_reason = Sentence("{0} parts of it cannot be decoded", ledger.faults)
                ledger.stop(_count_rest(packets))
                return

    def _take(self, packet: "Packet[VideoStream]") -> list[Decoded]:
        """The sound pictures that come out where this packet goes in."""
        if not packet.size:
            return self._sort_out(self._decode(packet, None))
        arrival = self._watch.take(packet)
        self._note_extent(packet, arrival.time_s)
        is_ordered = self._has_times or not self._context.has_b_frames
        number = self.ledger.enter(arrival.time_s, is_ordered=is_ordered, is_hidden=arrival.is_hidden)
        packet.opaque = number
        if packet.is_keyframe:
            self._key_numbers.append(number)
        if number == 0 and not packet.is_keyframe and not self._context.codec.intra_only:
            self.ledger.lose(0, NO_KEY_FRAME)
        sound: list[Decoded] = []
        if arrival.missing_s is not None:
            self.missing_s.append(arrival.missing_s)
            self._hole_from = number
            sound += self._begin_again()
            self.ledger.lose(number, FRAMES_MISSING)
        if self._is_h264 and packet.is_keyframe and self.ledger.is_resting_on_loss:
            # The decoder itself knows from which picture on a recovery point is good, but only if it knows of the loss.
            sound += self._begin_again()
            self.ledger.recover(number, arrival.time_s)
        return sound + self._sort_out(self._decode(packet, number))

    def _note_extent(self, packet: "Packet[VideoStream]", time_s: float | None) -> None:
        if time_s is None:
            return
        duration_s = float((packet.duration or 0) * packet.time_base) or self._interval_s or 0.0
        self.first_s = time_s if self.first_s is None else min(self.first_s, time_s)
        self.end_s = time_s + duration_s if self.end_s is None else max(self.end_s, time_s + duration_s)

    def _decode(self, packet: "Packet[VideoStream]", number: int | None) -> list[av.VideoFrame]:
        try:
            return self._context.decode(packet if packet.size else None)
        except av.FFmpegError:
            # With frame threads the decoder answers later, in order.
            is_immediate = self._context.thread_type == ThreadType.SLICE
            self.ledger.fail(number if is_immediate else None)
            return []

    def _begin_again(self) -> list[Decoded]:
        """Take what the decoder still has of H.264, and let it forget; it then gives nothing that rests on a loss."""
        if not self._is_h264:
            return []
        context = self._context
        try:
            rest = context.decode(None) if context.is_open else []
        except av.FFmpegError:
            rest = []
        context.flush_buffers()
        return self._sort_out(rest)

    def _sort_out(self, pictures: list[av.VideoFrame]) -> list[Decoded]:
        sound = []
        for picture in pictures:
            number = picture.opaque if isinstance(picture.opaque, int) else None
            is_sound = self.ledger.leave(number, is_sound=not picture.is_corrupt, is_key=self._is_key(picture, number))
            time = self._times.time(picture.pts, picture.dts)
            if not is_sound:
                continue
            unit = self._stream.time_base
            is_behind_gap = self._hole_from is not None and (number is None or number >= self._hole_from)
            shown, orientation, is_transparent = plain_picture(picture, self._codec)
            self.is_transparent |= is_transparent
            sound.append(
                Decoded(
                    picture=shown,
                    orientation=orientation,
                    pixel_aspect=self._pixel_aspect,
                    pixel_format=picture.format.name,
                    in_file_s=None if time is None or unit is None else float(time * unit),
                    follows_hole=bool(self.ledger.lost) or is_behind_gap,
                )
            )
            if is_behind_gap:
                self._hole_from = None
        return sound

    def _is_key(self, picture: av.VideoFrame, number: int | None) -> bool:
        """Whether every picture that is shown after this one can be decoded without those before it."""
        if self._is_h264:
            return False  # ``_take`` knows
        kind = PictureType(picture.pict_type)
        is_intra = kind in (PictureType.I, PictureType.NONE) and self._codec not in _MARKS_KEY_FRAMES
        is_flagged = self._context is not self._stream.codec_context and number in self._key_numbers
        return picture.key_frame or is_intra or is_flagged  # libvpx does not mark them


def _decoder_with_alpha(stream: VideoStream) -> VideoCodecContext | None:
    """A decoder that reads the transparency of VP8 and VP9, which FFmpeg's own leave out; None where there is none."""
    name = _ALPHA_DECODERS.get(stream.codec_context.codec.canonical_name)
    if stream.metadata.get("alpha_mode") != "1" or name not in av.codecs_available:
        return None
    context = cast(VideoCodecContext, CodecContext.create(name, "r"))
    context.options = stream.codec_context.options
    return context


def _count_rest(packets: "Iterator[Packet[VideoStream]]") -> int:
    """Packets that are left in the file, as far as it can be read."""
    count = 0
    try:
        for packet in packets:
            count += packet.size > 0
    except (av.FFmpegError, OSError):
        pass
    return count
