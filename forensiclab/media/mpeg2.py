"""The numbers that MPEG-1 and MPEG-2 give the pictures of a group: one that is left out is a missing picture."""

_PICTURE, _GROUP = b"\0\0\1\0", b"\0\0\1\xb8"
_B_PICTURE = 3

_ADJACENT_MIN = 4
"""I and P pictures that follow each other without a B picture between, from which on the stream is taken to have none.
"""


class TemporalReferences:
    """Follows the numbers of pictures in the order of presentation, packet by packet in the order of decoding.

    A B picture lies before the last I or P picture that was decoded; once the next I or P picture comes, all pictures
    up to the last one have come. Where a stream has no B pictures, each number follows the one before.

    Source: ISO/IEC 13818-2, 6.2.3 and 6.3.9 (``temporal_reference``), 6.2.2.6 (groups of pictures).
    """

    def __init__(self) -> None:
        self._last_anchor: int | None = None
        """Number of the last I or P picture of the group."""
        self._last: int | None = None
        self._seen = 0
        self._adjacent = 0

    def forget(self) -> None:
        """The next packet is not the one that follows."""
        self._last_anchor = self._last = None

    def take(self, packet: bytes) -> bool:
        """Take the next packet; whether pictures are missing before it that others need."""
        start = packet.find(_PICTURE)
        if start < 0 or len(packet) < start + 6:
            return False
        number, kind = packet[start + 4] << 2 | packet[start + 5] >> 6, packet[start + 5] >> 3 & 7
        if 0 <= packet.find(_GROUP) < start:
            self._last_anchor, self._last, self._seen = None, None, 0
        if number == self._last:
            return False  # the second field
        self._last = number
        anchor, seen = self._last_anchor, self._seen
        self._seen += 1
        if kind == _B_PICTURE:
            self._adjacent = -_ADJACENT_MIN
            return anchor is not None and number > anchor
        self._last_anchor = number
        if anchor is None:
            return False
        self._adjacent += number == anchor + 1
        if self._adjacent >= _ADJACENT_MIN:
            is_gap = number != anchor + 1
            self._seen = number + 1
        else:
            is_gap = seen < anchor + 1
            self._seen = max(self._seen, anchor + 2)
        return is_gap
