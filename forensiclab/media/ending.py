"""Whether a file ends where it says that it ends."""

from pathlib import Path

_GIF_END, _PNG_END = b"\x3b", b"IEND\xaeB\x60\x82"
_TAIL_BYTES = 64
"""Where the end mark is looked for: a few bytes may follow it."""


def is_cut_off(path: Path, container: str) -> bool:
    """Whether an animation lacks its end mark, or a file of the RIFF kind (AVI, WebP) some of the bytes it declares.

    Args:
        path: The file.
        container: As FFmpeg names it. Of other containers nothing is known here.
    """
    try:
        with path.open("rb") as file:
            head = file.read(12)
            size = file.seek(0, 2)
            file.seek(max(0, size - _TAIL_BYTES))
            tail = file.read()
    except OSError:
        return False
    if container == "gif":
        return _GIF_END not in tail
    if container == "apng":
        return _PNG_END not in tail
    if head[:4] == b"RIFF":
        return size < 8 + int.from_bytes(head[4:8], "little") and head[4:8] != b"\xff" * 4
    return False
