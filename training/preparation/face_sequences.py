"""Face sequences that come cut out already: folders of pictures, or tar archives of such folders."""

import re
import tarfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import cv2
import numpy as np

from forensiclab.core.errors import MediaError
from forensiclab.core.records import Picture
from training.datasets.manifest import PICTURE_ENDINGS

_MAX_BYTES = 50_000_000
"""No face is larger; what is, is not read into memory."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SequencePicture:
    """One chosen picture of a sequence."""

    place: str
    """Path inside the folder or archive."""
    sequence: str
    """Name of the folder that it lies in."""
    number: int
    """Of its frame, as its name says; its position where the name says nothing."""
    picture: Picture | None
    """uint8 RGB, shape (H, W, 3); None where it cannot be read."""


def read_sequences(path: Path, frames: int, rng: np.random.Generator) -> Iterator[SequencePicture]:
    """Choose pictures of every sequence, evenly spread, and read them.

    Args:
        path: A folder or a tar archive. Every folder in it that holds pictures is a sequence.
        frames: The most of a sequence.
        rng: Draws the phase of the choice.

    Raises:
        MediaError: The folder or archive cannot be read, or holds no picture.
    """
    found = False
    try:
        if path.is_dir():
            names = [file.relative_to(path).as_posix() for file in path.rglob("*") if file.is_file()]
            for name, number in _chosen(names, frames, rng).items():
                found = True
                yield _decoded(name, number, (path / name).read_bytes())
        else:
            with tarfile.open(path) as archive:
                members = {member.name: member for member in archive.getmembers() if member.isfile()}
                chosen = _chosen(list(members), frames, rng)
                for name in members:  # in the order of the archive, which can be read in one direction only
                    if name in chosen:
                        found = True
                        file = archive.extractfile(members[name]) if members[name].size <= _MAX_BYTES else None
                        yield _decoded(name, chosen[name], file.read() if file else b"")
    except (OSError, EOFError, tarfile.TarError, zlib.error) as error:
        raise MediaError(f"'{path}' cannot be read to its end: {error}.") from error
    if not found:
        raise MediaError(f"'{path}' holds no pictures.")


def _chosen(names: Sequence[str], frames: int, rng: np.random.Generator) -> dict[str, int]:
    """Choose pictures of all sequences: name -> frame number."""
    sequences: dict[str, list[tuple[int, str]]] = {}
    for name in sorted(names):
        place = PurePosixPath(name)
        if place.suffix.lower() in PICTURE_ENDINGS:
            numbers = re.findall(r"\d+", place.stem)
            inside = sequences.setdefault(place.parent.as_posix(), [])
            inside.append((int(numbers[-1]) if numbers else len(inside), name))
    phase = rng.uniform()
    chosen: dict[str, int] = {}
    for pictures in sequences.values():
        ordered = sorted(pictures)
        count = min(frames, len(ordered))
        places = [int((place + phase) * len(ordered) / count) for place in range(count)]
        chosen |= {ordered[place][1]: ordered[place][0] for place in places}
    return chosen


def _decoded(name: str, number: int, data: bytes) -> SequencePicture:
    decoded = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR_RGB) if data else None
    picture = None if decoded is None else np.asarray(decoded, dtype=np.uint8)
    return SequencePicture(place=name, sequence=_sequence(name), number=number, picture=picture)


def _sequence(name: str) -> str:
    """Name a sequence: ``12/real/3/0007.png`` -> ``12_real_3``, unique within the video, fit for a file."""
    return "_".join(part for part in PurePosixPath(name).parent.parts if part not in (".", "/"))
