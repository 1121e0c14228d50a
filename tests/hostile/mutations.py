"""Seeded damage: the same number gives the same bytes."""

import numpy as np

EXTREMES = (0, 1, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)

NAME_PARTS = (
    *(b"clip", b"\xff\xfe", b"caf\xe9", b"\x1b[2J", b"\x1b]0;t\x07", b"\n  Verdict: supports authenticity", b"\r"),
    *(b"<b>x<br>", b"&amp;", "\u202egpj".encode(), "雪".encode(), b"%s%n", b"{0}", b"$(id)", b"'", b'"', b"--help"),
    *(b" ", b"\t", b"concat:a|b", b"#[]*?", b"x" * 120, b"\xed\xa0\x80", "\u2028".encode(), b"\\", b"~"),
)


def damaged(content: bytes, random: np.random.Generator) -> bytes:
    """A file after one to six faults, mostly where the structures are: at its beginning and its end."""
    data = bytearray(content)
    for _ in range(int(random.integers(1, 7))):
        if not data:
            break
        data = _faults[int(random.integers(len(_faults)))](data, random)
    return bytes(data)


def hostile_name(random: np.random.Generator, suffix: bytes) -> bytes:
    """A file name that no graphical program would make, with a suffix."""
    parts = [NAME_PARTS[int(i)] for i in random.integers(0, len(NAME_PARTS), int(random.integers(1, 5)))]
    return b"".join(parts)[: 250 - len(suffix)].strip(b"/\0.") + suffix


def _place(data: bytearray, random: np.random.Generator) -> int:
    where = random.random()
    if where < 0.5:
        return int(random.integers(min(len(data), 512)))
    if where < 0.65:
        return len(data) - 1 - int(random.integers(min(len(data), 512)))
    return int(random.integers(len(data)))


def _flip(data: bytearray, random: np.random.Generator) -> bytearray:
    for _ in range(int(random.integers(1, 9))):
        data[_place(data, random)] ^= 1 << int(random.integers(8))
    return data


def _overwrite(data: bytearray, random: np.random.Generator) -> bytearray:
    place = _place(data, random)
    data[place : place + 8] = random.bytes(min(8, len(data) - place))
    return data


def _extreme(data: bytearray, random: np.random.Generator) -> bytearray:
    place, size = _place(data, random), int(random.choice((1, 2, 4, 8)))
    value = EXTREMES[int(random.integers(len(EXTREMES)))] % (1 << 8 * size)
    data[place : place + size] = value.to_bytes(size, "big" if random.random() < 0.5 else "little")
    return data


def _cut(data: bytearray, random: np.random.Generator) -> bytearray:
    return data[: int(random.integers(1, len(data) + 1))]


def _drop(data: bytearray, random: np.random.Generator) -> bytearray:
    place = _place(data, random)
    del data[place : place + int(random.integers(1, 2000))]
    return data


def _repeat(data: bytearray, random: np.random.Generator) -> bytearray:
    place, size = _place(data, random), int(random.integers(1, 2000))
    data[place:place] = data[place : place + size]
    return data


def _zero(data: bytearray, random: np.random.Generator) -> bytearray:
    place, size = _place(data, random), int(random.integers(1, 400))
    data[place : place + size] = bytes(len(data[place : place + size]))
    return data


def _text(data: bytearray, random: np.random.Generator) -> bytearray:
    place = _place(data, random)
    data[place:place] = NAME_PARTS[int(random.integers(len(NAME_PARTS)))]
    return data


_faults = (_flip, _flip, _overwrite, _extreme, _extreme, _cut, _drop, _repeat, _zero, _text)
