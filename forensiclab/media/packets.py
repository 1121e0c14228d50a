"""What packets say before they are decoded: whether frames are missing before one, and whether one shows a picture."""

from collections import deque
from dataclasses import dataclass
from statistics import median

from av.packet import Packet
from av.video.codeccontext import VideoCodecContext
from av.video.stream import VideoStream

from forensiclab.media.h264 import FrameNumbers
from forensiclab.media.mpeg2 import TemporalReferences

_PREDICTING = frozenset(
    "vp8 vp9 av1 mpeg1video mpeg2video mpeg4 msmpeg4v1 msmpeg4v2 msmpeg4v3 wmv1 wmv2 wmv3 vc1 h261 h263 h263p flv1 "
    "theora rv30 rv40 vp6 vp6f svq1 svq3".split()
)
"""Codecs of which times show that a picture is missing. Most number none; H.264 numbers its reference frames, and the
decoder of HEVC misses those that a picture names."""

_SEEN_MIN, _REMEMBERED = 8, 16
"""Intervals between packets from which it is known whether the rate is constant, and that are remembered."""

_NOMINAL_MIN = 4
"""Intervals that must be the nominal one before it is believed in."""

_SAME_SHARE, _SAME_S = 0.15, 0.0021
"""How far intervals of a constant rate may differ: of the interval, and for times in whole milliseconds."""

_REPEAT_BYTES = 8
"""Packets of MPEG-4 up to this size only say that the picture before stays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """What is known of a packet before it is decoded."""

    time_s: float | None
    """When it is shown, else decoded, as the file says."""
    missing_s: tuple[float, float] | None
    """The packets between which frames are missing, as times in the file: the one before, and this one."""
    is_hidden: bool
    """Whether it shows no picture of its own, by design: an invisible reference, a second field, what an edit list
    leaves out, a repetition."""


class PacketWatch:
    """Looks at the packets of a stream in the order of decoding."""

    def __init__(self, stream: VideoStream, interval_s: float | None, *, has_presentation_times: bool) -> None:
        """Begin before the first packet.

        Args:
            stream: Whose packets come.
            interval_s: Nominal time from one frame to the next, None where the file names no rate.
            has_presentation_times: Whether the container has any; else the decoding times are taken.
        """
        self._has_presentation_times = has_presentation_times
        self._codec = stream.codec_context.codec.canonical_name
        self._numbers = FrameNumbers(_extradata(stream.codec_context)) if self._codec == "h264" else None
        self._references = TemporalReferences() if self._codec in ("mpeg1video", "mpeg2video") else None
        self._interval_s = interval_s
        self._intervals_s: deque[float] = deque(maxlen=_REMEMBERED)
        self._last_decoded_s: float | None = None
        self._last_time_s: float | None = None

    def forget(self) -> None:
        """The next packet is not the one that follows: the file was searched."""
        self._last_decoded_s = self._last_time_s = None
        if self._numbers is not None:
            self._numbers.forget()
        if self._references is not None:
            self._references.forget()

    def take(self, packet: "Packet[VideoStream]") -> Arrival:
        """Look at the next packet."""
        unit = float(packet.time_base)
        decoded = packet.dts if packet.dts is not None else packet.pts
        decoded_s = None if decoded is None else decoded * unit
        has_own = packet.pts is not None and (self._has_presentation_times or packet.dts is None)
        time_s = packet.pts * unit if has_own and packet.pts is not None else decoded_s
        is_hidden = packet.is_discard
        if self._numbers is not None:
            is_gap, is_second = self._numbers.take(bytes(packet))
            is_hidden |= is_second
        else:
            is_gap = self._codec in _PREDICTING and self._is_late(decoded_s)
            if self._references is not None:
                is_gap |= self._references.take(bytes(packet))
            is_hidden |= _is_invisible(self._codec, bytes(packet))
        before_s = self._last_time_s if self._last_time_s is not None else decoded_s
        missing_s = None
        if is_gap and before_s is not None and time_s is not None:
            missing_s = (min(before_s, time_s), time_s)
        elif is_gap:
            missing_s = (0.0, 0.0)
        self._last_decoded_s, self._last_time_s = decoded_s, time_s
        return Arrival(time_s=time_s, missing_s=missing_s, is_hidden=is_hidden)

    def _is_late(self, decoded_s: float | None) -> bool:
        """Whether a packet comes later than a constant rate lets it, by whole intervals."""
        if decoded_s is None or self._last_decoded_s is None:
            return False
        interval_s = decoded_s - self._last_decoded_s
        usual_s = self._usual_s()
        is_late = False
        if usual_s is not None and interval_s > usual_s:
            frames = round(interval_s / usual_s)
            is_late = frames > 1 and abs(interval_s - frames * usual_s) <= _tolerance_s(usual_s) + 0.001 * frames
        self._intervals_s.append(interval_s)
        return is_late

    def _usual_s(self) -> float | None:
        """The interval of a constant rate; None where the rate varies, or is not known yet."""
        seen = self._intervals_s
        if len(seen) < _SEEN_MIN:
            nominal_s = self._interval_s
            agrees = nominal_s is not None and all(_is_same(one, nominal_s) for one in seen)
            return nominal_s if agrees and len(seen) >= _NOMINAL_MIN else None
        usual_s = median(seen)
        others = sum(not _is_same(one, usual_s) for one in seen)
        same = [one for one in seen if _is_same(one, usual_s)]
        return sum(same) / len(same) if usual_s > 0 and others <= 1 else None


def _tolerance_s(interval_s: float) -> float:
    return max(_SAME_SHARE * interval_s, _SAME_S)


def _is_same(interval_s: float, usual_s: float) -> bool:
    return abs(interval_s - usual_s) <= _tolerance_s(usual_s)


def _extradata(context: VideoCodecContext) -> bytes | None:
    data = context.extradata
    return None if data is None else bytes(data)


def _is_invisible(codec: str, packet: bytes) -> bool:
    """Whether a packet is only a reference for others, or a repetition.

    Source: RFC 6386, 9.1 (VP8's ``show_frame``); VP9 bitstream specification, 6.2 (``show_existing_frame``,
    ``show_frame``) and Annex B (superframes, which always show a frame).
    """
    if codec == "vp8":
        return not packet[0] >> 4 & 1
    if codec == "vp9":
        profile = packet[0] >> 5 & 1 | packet[0] >> 3 & 2
        bits = int.from_bytes(packet[:2].ljust(2, b"\0"), "big") << (5 if profile == 3 else 4)
        is_superframe = packet[-1] & 0xE0 == 0xC0
        return not is_superframe and not bits >> 15 & 1 and not bits >> 13 & 1
    return codec == "mpeg4" and len(packet) <= _REPEAT_BYTES and packet[:4] == b"\0\0\1\xb6"
