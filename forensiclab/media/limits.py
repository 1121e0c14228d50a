"""What a file may ask for, in one place: beyond these bounds it is refused, or left, with a sentence."""

from typing import Final

MAX_SIDE_PX: Final = 16384
MAX_PIXELS: Final = 150_000_000
"""Largest pictures that are read; 16K video (15360 x 8640) has 133 million pixels."""

MAX_STREAMS: Final = 100
"""Streams in a file; FFmpeg keeps a decoder for each of them."""

MAX_TEXT: Final = 4096
"""Characters of a text in a file's metadata that are kept: settings of an encoder take about a thousand."""

MAX_DAMAGE_IN_A_ROW: Final = 500
MAX_DAMAGE: Final = 10_000
"""Packets or pictures that are damaged, and decoding stops."""

MAX_ANSWER_S: Final = 120.0
"""Time that a decoding process may take for one picture; the largest take seconds."""

MAX_CLOSING_S: Final = 2.0
"""Time that it may take to let go of a file before it is ended."""

MAX_MEMORY_BYTES: Final = 16 << 30
"""Address space of a decoding process, where the system can bound it: several times what the largest pictures take."""
