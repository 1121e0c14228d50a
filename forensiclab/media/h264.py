"""The numbers that H.264 gives its reference frames: a number that is left out is a frame that is missing."""

from collections.abc import Iterator
from dataclasses import dataclass

_SLICE, _IDR_SLICE, _PARAMETERS = 1, 5, 7
"""Types of NAL units: ITU-T H.264, table 7-1."""

_HEADER_BYTES = 64
"""Of a slice: more than its header takes up to the field flags."""

_WITH_CHROMA_FORMAT = {100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135}
"""Profiles whose sequence parameters name the chroma format."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parameters:
    """What is needed of the sequence parameters."""

    frame_number_bits: int
    may_leave_out: bool
    has_fields: bool
    has_planes: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Slice:
    """The beginning of a picture."""

    is_reference: bool
    is_idr: bool
    frame_number: int
    field: int | None
    """0 top, 1 bottom, None where a whole frame is coded."""


class FrameNumbers:
    """Follows the frame numbers of a stream, packet by packet, in the order of decoding.

    Source: ITU-T H.264, 7.3.2.1.1 (sequence parameters), 7.3.3 (slice header), 7.4.3 (``frame_num``), 8.2.5.2 (gaps).
    Deviations: a memory operation that resets the numbers (number 5, which cameras and x264 don't use) counts as a gap.
    """

    def __init__(self, extradata: bytes | None) -> None:
        """Begin before the first packet; ``extradata`` is the codec's, as the container has it."""
        self._length_bytes = 0
        """Of the length before every NAL unit; 0 where start codes part them."""
        self._parameters: _Parameters | None = None
        self._last: _Slice | None = None
        self._last_reference = 0
        if extradata and extradata[0] == 1 and len(extradata) > 8:
            self._length_bytes = (extradata[4] & 3) + 1
            self._learn(extradata[8 : 8 + int.from_bytes(extradata[6:8], "big")])
        elif extradata:
            self._read(extradata)

    def forget(self) -> None:
        """The next packet is not the one that follows: the file was searched."""
        self._last = None

    def take(self, packet: bytes) -> tuple[bool, bool]:
        """Take the next packet.

        Returns:
            Whether reference frames are missing before it, and whether it is only the second field of a frame.
        """
        before, parameters_before = self._last, self._parameters
        found = self._read(packet)
        if found is None or self._parameters is None:
            return False, False
        self._last = found
        if found.is_reference:
            expected_from, self._last_reference = self._last_reference, found.frame_number
        else:
            expected_from = self._last_reference
        if before is None or found.is_idr:
            if found.is_idr:
                self._last_reference = 0
            return False, False
        is_second = (
            found.field is not None and before.field == 1 - found.field and before.frame_number == found.frame_number
        )
        follows = (expected_from, (expected_from + 1) % (1 << self._parameters.frame_number_bits))
        is_new_sequence = self._parameters != parameters_before
        is_gap = found.frame_number not in follows and not self._parameters.may_leave_out and not is_new_sequence
        if is_gap and not found.is_reference:
            self._last_reference = found.frame_number - 1  # tell of it once
        return is_gap, is_second

    def _read(self, data: bytes) -> _Slice | None:
        """The first slice in a packet; sequence parameters before it are learnt."""
        for unit in self._units(data):
            if not unit:
                continue
            kind = unit[0] & 31
            if kind == _PARAMETERS:
                self._learn(unit)
            elif kind in (_SLICE, _IDR_SLICE) and self._parameters is not None:
                return self._slice(unit, self._parameters)
        return None

    def _units(self, data: bytes) -> Iterator[bytes]:
        """The beginnings of the NAL units of a packet."""
        if self._length_bytes and not data.startswith(b"\0\0\0\1"):
            start = 0
            while start + self._length_bytes < len(data):
                begin = start + self._length_bytes
                start = begin + int.from_bytes(data[start:begin], "big")
                yield data[begin : min(start, begin + _HEADER_BYTES)]
            return
        begin = data.find(b"\0\0\1")
        while begin >= 0:
            end = data.find(b"\0\0\1", begin + 3)
            yield data[begin + 3 : min(len(data) if end < 0 else end, begin + 3 + _HEADER_BYTES)]
            begin = end

    def _learn(self, unit: bytes) -> None:
        bits = _Bits(unit[1:])
        try:
            self._parameters = _sequence_parameters(bits)
        except IndexError:
            return

    def _slice(self, unit: bytes, parameters: _Parameters) -> _Slice | None:
        bits = _Bits(unit[1:])
        try:
            for _ in range(3):  # first macroblock, type, picture parameters
                bits.golomb()
            if parameters.has_planes:
                bits.take(2)
            number = bits.take(parameters.frame_number_bits)
            field = None
            if parameters.has_fields and bits.take(1):
                field = bits.take(1)
        except IndexError:
            return None
        is_idr = unit[0] & 31 == _IDR_SLICE
        return _Slice(is_reference=bool(unit[0] >> 5 & 3), is_idr=is_idr, frame_number=number, field=field)


def _sequence_parameters(bits: "_Bits") -> _Parameters:
    profile = bits.take(8)
    bits.take(16)  # constraints, level
    bits.golomb()
    has_planes = False
    if profile in _WITH_CHROMA_FORMAT:
        chroma = bits.golomb()
        has_planes = chroma == 3 and bool(bits.take(1))
        bits.golomb()
        bits.golomb()
        bits.take(1)
        if bits.take(1):  # scaling matrices
            for number in range(8 if chroma != 3 else 12):
                if bits.take(1):
                    _skip_scaling(bits, 16 if number < 6 else 64)
    number_bits = bits.golomb() + 4
    order_kind = bits.golomb()
    if order_kind == 0:
        bits.golomb()
    elif order_kind == 1:
        bits.take(1)
        bits.golomb()
        bits.golomb()
        for _ in range(bits.golomb()):
            bits.golomb()
    bits.golomb()  # reference frames
    may_leave_out = bool(bits.take(1))
    bits.golomb()
    bits.golomb()
    has_fields = not bits.take(1)
    return _Parameters(
        frame_number_bits=min(number_bits, 16),
        may_leave_out=may_leave_out,
        has_fields=has_fields,
        has_planes=has_planes,
    )


def _skip_scaling(bits: "_Bits", count: int) -> None:
    last = following = 8
    for _ in range(count):
        if following:
            following = (last + bits.signed_golomb()) % 256
        last = following or last


class _Bits:
    """Bits of a NAL unit, from the most significant on; IndexError at the end."""

    def __init__(self, unit: bytes) -> None:
        plain = unit.replace(b"\0\0\3", b"\0\0")  # the byte that keeps start codes from arising
        self._value, self._left = int.from_bytes(plain, "big"), 8 * len(plain)

    def take(self, count: int) -> int:
        if count > self._left:
            raise IndexError
        self._left -= count
        return self._value >> self._left & ((1 << count) - 1)

    def golomb(self) -> int:
        """An unsigned Exp-Golomb code."""
        zeros = 0
        while not self.take(1):
            zeros += 1
        return (1 << zeros) - 1 + self.take(zeros)

    def signed_golomb(self) -> int:
        code = self.golomb()
        return (code + 1) // 2 if code % 2 else -(code // 2)
