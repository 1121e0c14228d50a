"""Sets of crops that detectors are measured on, and the scores of all their crops at several levels."""

import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from forensiclab.core.compression import CompressionLevel
from forensiclab.core.errors import MediaError, SettingsError
from forensiclab.core.records import Picture
from forensiclab.detectors.base import Detector, InputSpec
from forensiclab.detectors.weights import network_class
from training.datasets.crops import CROP_MARGIN, CropEntry, CropFolder
from training.datasets.fitting import fit_margin
from training.datasets.levels import copy_level
from training.evaluation.localisation import CellCounts, count_cells, forged_cells
from training.evaluation.lost import LostVideo, lost_videos
from training.evaluation.measure import CropFailure, LevelScores, video_key
from training.evaluation.protocols import Selection

_BATCH = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """A folder of crops on which figures are measured, as it was named."""

    data: Path
    split: str | None

    @classmethod
    def parse(cls, text: str, split: str | None = None) -> "Measurement":
        """Read ``DIR`` or ``DIR:SPLIT``; ``split`` is that of a folder that names none."""
        folder, colon, named = text.rpartition(":")
        if colon and folder and not Path(text).exists():
            return cls(data=Path(folder), split=named)
        return cls(data=Path(text), split=split)

    @property
    def title(self) -> str:
        """The name on the card, without the folder's place on this machine."""
        return self.data.resolve().name if self.split is None else f"{self.data.resolve().name} ({self.split})"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CropSet:
    """Crops that detectors are measured on."""

    folder: CropFolder
    selection: Selection
    entries: tuple[CropEntry, ...]
    copies: tuple[CropFolder, ...] = ()
    """Compressed copies of the folder, so that their levels need not be encoded again."""
    lost: tuple[LostVideo, ...] = ()

    @property
    def name(self) -> str:
        """Of the folder, without its place on this machine."""
        return self.folder.title

    @property
    def split(self) -> str | None:
        return self.selection.split

    @property
    def compression(self) -> str | None:
        """The data set's own label, where all crops share one."""
        labels = {entry.compression for entry in self.entries}
        return labels.pop() if len(labels) == 1 else None

    @property
    def title(self) -> str:
        """Name, label of the compression and split."""
        name = " ".join(filter(None, (self.name, self.selection.compression)))
        return name if self.split is None else f"{name} ({self.split})"


def open_set(folder: CropFolder, selection: Selection, copies: Sequence[CropFolder] = ()) -> CropSet:
    """Choose the crops of a folder.

    Args:
        folder: The crops.
        selection: Which of them.
        copies: Compressed copies; those of other folders are left aside.

    Raises:
        SettingsError: The split or a manipulation is not there, or the crops have one label only.
    """
    of_split = folder.select(selection.split)
    have = {entry.method for entry in of_split if entry.label == 1 and entry.method}
    missing = [name for name in selection.methods if name not in have]
    if missing:
        raise SettingsError(
            f"The crops in {folder.folder} have no forgeries made by {', '.join(missing)}; they have: "
            f"{', '.join(sorted(have)) or 'none that names its manipulation'}."
        )
    entries = selection.select(of_split)
    if len({entry.label for entry in entries}) < 2:
        raise SettingsError(
            f"The crops in {folder.folder} ({selection}) have one label only; real and forged ones are needed."
            if entries
            else f"The folder {folder.folder} has no crops of {selection}."
        )
    return CropSet(
        folder=folder,
        selection=selection,
        entries=entries,
        copies=tuple(copy for copy in copies if is_copy(copy, folder)),
        lost=lost_videos(folder, selection),
    )


def is_copy(copy: CropFolder, folder: CropFolder) -> bool:
    """Whether all crops of ``copy`` are those of ``folder``: by name, video and the data set's own compression."""
    pairs = ((entry, folder.entry(entry.name)) for entry in copy.entries)
    return all(own is not None and video_key(own) == video_key(entry) for entry, own in pairs)


def score_levels(
    detectors: Sequence[Detector], crops: CropSet, levels: Sequence[CompressionLevel]
) -> Iterator[LevelScores]:
    """Score every crop at every level; each crop is compressed once for all detectors.

    Crops are compressed at the size in which they are stored, then cut to the detector's margin and resized as the
    program does it. A crop that cannot be read at a level is a failure of that level, and only of that crop.
    """
    progress = _Progress(len(crops.entries) * len(levels))
    for level in levels:
        reader = CropReader(crops, level)
        failures: list[CropFailure] = []
        scored: list[CropEntry] = []
        parts: list[list[_Part]] = [[] for _ in detectors]
        for start in range(0, len(crops.entries), _BATCH):
            batch: list[_Seen] = []
            asked = crops.entries[start : start + _BATCH]
            for entry in asked:
                try:
                    batch.append(reader.read(entry, has_mask=any(_can_localise(detector) for detector in detectors)))
                except MediaError as error:
                    failures.append(CropFailure(entry=entry, reason=str(error)))
            if batch:
                scored.extend(seen.entry for seen in batch)
                for detector, found in zip(detectors, parts, strict=True):
                    found.append(_score(detector, batch, crops.folder.margin))
            progress.advance(len(asked), str(level))
        yield LevelScores(
            level=level,
            entries=tuple(scored),
            scores=tuple(_joined([part.scores for part in found]) for found in parts),
            cells=tuple(_joined_cells([part.cells for part in found]) for found in parts),
            failures=tuple(failures),
        )


def whole(found: Iterator[LevelScores]) -> Iterator[LevelScores]:
    """Return the same scores, refusing a missing crop.

    Raises:
        MediaError: A crop could not be read: figures without it would be of another set.
    """
    for at in found:
        if at.failures:
            raise MediaError(f"{len(at.failures)} crops cannot be scored at {at.level}: {at.failures[0].reason}")
        yield at


class _Seen(NamedTuple):
    """A crop as it was read."""

    entry: CropEntry
    picture: Picture
    mask: NDArray[np.uint8] | None
    """All zero for a real crop; None where it is not known or not needed."""


class _Part(NamedTuple):
    scores: NDArray[np.float32]
    cells: CellCounts | None


class CropReader:
    """Reads crops at one level: from the copy that has it, else compressed now."""

    def __init__(self, crops: CropSet, level: CompressionLevel) -> None:
        self._folder, self._level = crops.folder, level
        self._copy = next((copy for copy in crops.copies if copy_level(copy) == str(level)), None)

    def read(self, entry: CropEntry, *, has_mask: bool) -> _Seen:
        """Read a crop, and its mask where one is needed and known.

        Raises:
            MediaError: Either is missing or unreadable.
        """
        picture = self.picture(entry)
        if not has_mask:
            return _Seen(entry, picture, None)
        mask = np.zeros(picture.shape[:2], np.uint8) if entry.label == 0 else self._folder.mask(entry)
        return _Seen(entry, picture, mask)

    def picture(self, entry: CropEntry) -> Picture:
        """Read a crop; uint8 RGB, shape (H, W, 3).

        Raises:
            MediaError: It is missing or unreadable.
        """
        stored = None if self._copy is None else self._copy.entry(entry.name)
        if self._copy is not None and stored is not None:
            return self._copy.picture(stored)
        return compress(self._folder.picture(entry), self._level)


def compress(picture: Picture, level: CompressionLevel) -> Picture:
    """Compress a picture, importing ``media.transcode`` (and av with it) only where a level needs it."""
    if level.value is None:
        return picture
    from forensiclab.media.transcode import compress_picture

    return compress_picture(picture, level)


def cut_for(picture: Picture, spec: InputSpec, margin: float) -> Picture:
    """Cut a stored crop of some margin as a detector takes it, shape (S, S, 3)."""
    return fit_margin(picture, spec.margin * CROP_MARGIN / margin, spec.size_px)


def _can_localise(detector: Detector) -> bool:
    return network_class(detector.card.method).MAP_IS_PROBABILITY


def _score(detector: Detector, batch: Sequence[_Seen], margin: float) -> _Part:
    spec = detector.input_spec
    predicted = detector.predict(np.stack([cut_for(seen.picture, spec, margin) for seen in batch]))
    if not _can_localise(detector):
        return _Part(predicted.raw_scores, None)
    height, width = predicted.attention.shape[1:]
    counts = [
        (0, 0, 0)
        if seen.mask is None
        else count_cells(attention, forged_cells(cut_for(seen.mask, spec, margin), height, width))
        for seen, attention in zip(batch, predicted.attention, strict=True)
    ]
    return _Part(predicted.raw_scores, CellCounts(*np.array(counts, np.int64).T))


def _joined(parts: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
    return np.concatenate(parts) if parts else np.zeros(0, np.float32)


def _joined_cells(parts: Sequence[CellCounts | None]) -> CellCounts | None:
    known = [part for part in parts if part is not None]
    return CellCounts(*(np.concatenate(counts) for counts in zip(*known, strict=True))) if known else None


class _Progress:
    """One line on standard error: how far, how long."""

    def __init__(self, total: int) -> None:
        self._total, self._done, self._start = total, 0, time.monotonic()
        self._said = 0.0

    def advance(self, crops: int, level: str) -> None:
        self._done += crops
        elapsed = time.monotonic() - self._start
        is_live = sys.stderr.isatty()
        if elapsed - self._said < (0.1 if is_live else 20) and self._done < self._total:
            return
        self._said = elapsed
        left = elapsed / self._done * (self._total - self._done)
        start, end = ("\r\x1b[K", "\n" if self._done == self._total else "") if is_live else ("", "\n")
        sys.stderr.write(f"{start}{level}: {self._done} of {self._total} crops, {int(left)} s left{end}")
        sys.stderr.flush()
