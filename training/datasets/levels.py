"""Crops at levels of compression: from prepared copies of a folder, or compressed when they are asked for."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np

from forensiclab.core.compression import Codec, CompressionLevel
from forensiclab.core.errors import SettingsError
from forensiclab.core.records import Picture
from training.datasets.crops import CropEntry, CropFolder

RECIPE_FILE = "levels.txt"
"""In a compressed copy: its level or range, then what it is a copy of."""
OFFICIAL_LEVELS = {"raw": "clean", "c0": "clean", "c23": "crf:23", "c40": "crf:40"}
"""What the labels of FaceForensics++ stand for."""


_OPENCV = {Codec.JPEG: (".jpg", cv2.IMWRITE_JPEG_QUALITY), Codec.WEBP: (".webp", cv2.IMWRITE_WEBP_QUALITY)}
"""Codecs in which OpenCV is faster than ``media.transcode``."""


class Levels(Protocol):
    """What crops are compressed with: a level, a range of levels, or a preset (``training.datasets.degrade``)."""

    @property
    def text(self) -> str:
        """As it is written on the command line."""
        ...

    def draw(self, key: str) -> object:
        """Return what a clip draws, to be written into an index; the same key always draws the same."""
        ...

    def apply(self, picture: Picture, key: str) -> Picture:
        """Return a crop of that clip at its level."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelRange:
    """A compression level, or a range from which every clip draws its own."""

    text: str
    codec: Codec
    low: int | None
    high: int | None

    @classmethod
    def parse(cls, text: str) -> "LevelRange":
        """Read ``jpeg:50``, ``clean`` or a range such as ``crf:23-45``.

        Raises:
            SettingsError: It is neither.
        """
        name, _, numbers = text.strip().partition(":")
        first, dash, last = numbers.partition("-")
        low = CompressionLevel.parse(f"{name}:{first}" if first else name)
        high = CompressionLevel.parse(f"{name}:{last}") if dash else low
        if dash and (low.value is None or high.value is None or low.value > high.value):
            raise SettingsError(f"'{text}' is not a range of levels; write the smaller number first, as in crf:23-45.")
        return cls(text=text.strip(), codec=low.codec, low=low.value, high=high.value)

    def draw(self, key: str) -> CompressionLevel:
        """Return the level of a clip: the same key always draws the same."""
        if self.low is None or self.high is None or self.low == self.high:
            return CompressionLevel(self.codec, self.low)
        rng = np.random.default_rng(zlib.crc32(f"{self.text} {key}".encode()))
        return CompressionLevel(self.codec, int(rng.integers(self.low, self.high + 1)))

    def apply(self, picture: Picture, key: str) -> Picture:
        """Return a crop compressed at the level of its clip; uint8 RGB, shape (H, W, 3)."""
        return compress(picture, self.draw(key))


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelChoice:
    """Several levels; every clip draws one of them, each as likely."""

    levels: tuple[Levels, ...]

    @property
    def text(self) -> str:
        """As it is written on the command line."""
        return ",".join(level.text for level in self.levels)

    def of(self, key: str) -> Levels:
        """Return what a clip draws: the same key always draws the same."""
        rng = np.random.default_rng(zlib.crc32(f"{self.text} {key}".encode()))
        return self.levels[int(rng.integers(len(self.levels)))]

    def draw(self, key: str) -> object:
        """Return what a clip draws, to be written into an index."""
        return self.of(key).draw(key)

    def apply(self, picture: Picture, key: str) -> Picture:
        """Return a crop compressed at the level of its clip; uint8 RGB, shape (H, W, 3)."""
        return self.of(key).apply(picture, key)


class LevelReader:
    """Reads crops at any level.

    Args:
        folder: The crops as they are.
        copies: Compressed copies of them, or the same crops at another of the data set's own compressions; a level that
            none of them has is made when it is asked for.

    Raises:
        SettingsError: A copy does not say its level.
    """

    def __init__(self, folder: CropFolder, copies: Sequence[CropFolder] = ()) -> None:
        self.folder = folder
        self.level = OFFICIAL_LEVELS.get(folder.compression or "")
        """At which the crops were compressed by their data set; None where that is not known."""
        self._copies = {copy_level(copy): copy for copy in copies}
        if self.level is not None:
            self._copies.setdefault(self.level, folder)

    def picture(self, entry: CropEntry, levels: Levels) -> Picture:
        """Return a crop at a level, or at the level that its clip draws from a range; uint8 RGB, shape (H, W, 3).

        Raises:
            MediaError: The crop is missing or unreadable.
        """
        key = entry.original or entry.name
        if isinstance(levels, LevelChoice):
            levels = levels.of(key)
        copy = self._copies.get(levels.text)
        if copy is not None and (stored := copy.entry(entry.name)) is not None:
            return copy.picture(stored)
        return levels.apply(self.folder.picture(entry), key)


def copy_level(copy: CropFolder) -> str:
    """Return the level or range of a compressed copy, as asked for, or what its data set's own label stands for.

    Raises:
        SettingsError: The folder does not say one.
    """
    marker = copy.folder / RECIPE_FILE
    try:
        return marker.read_text(encoding="utf-8").split(" of ")[0].strip()
    except OSError as error:
        if copy.compression in OFFICIAL_LEVELS:
            return OFFICIAL_LEVELS[copy.compression]
        raise SettingsError(
            f"{copy.folder} is not a compressed copy: it has no {RECIPE_FILE}. Make one with 'compress'."
        ) from error


def compress(picture: Picture, level: CompressionLevel) -> Picture:
    """Compress as ``media.transcode.compress_picture`` does, but JPEG and WebP by OpenCV, which is faster.

    Args:
        picture: uint8 RGB, shape (H, W, 3).
        level: Any; ``clean`` gives the picture back.
    """
    if level.value is None:
        return picture
    if level.codec not in _OPENCV:
        from forensiclab.media.transcode import compress_picture  # training without x264 needs no av

        return compress_picture(picture, level)
    ending, flag = _OPENCV[level.codec]
    _, data = cv2.imencode(ending, picture[:, :, ::-1], [flag, level.value])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR_RGB), dtype=np.uint8)
