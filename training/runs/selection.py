"""What the weights of a run are selected on."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from forensiclab.core.errors import SettingsError
from forensiclab.core.records import Picture
from forensiclab.detectors.base import Network
from training.batches.scoring import score_pictures
from training.datasets.crops import CropEntry, CropFolder
from training.datasets.degrade import parse_levels
from training.datasets.levels import LevelReader, Levels
from training.runs.loop import Measured, Validate
from training.statistics.metrics import auc


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectionSet:
    """Crops on which weights are selected."""

    name: str
    reader: LevelReader
    entries: tuple[CropEntry, ...]


def selection_sets(folders: Sequence[Path], reader: LevelReader, held: Sequence[CropEntry]) -> tuple[SelectionSet, ...]:
    """Return the held-out crops of the data and all crops of further folders.

    Raises:
        SettingsError: A folder cannot be read, or a set lacks real or forged crops.
    """
    sets = [SelectionSet(name="held-out parts", reader=reader, entries=tuple(held))] if held else []
    for path in folders:
        folder = CropFolder(path)
        sets.append(SelectionSet(name=path.resolve().name, reader=LevelReader(folder), entries=folder.entries))
    for one in sets:
        if len({entry.label for entry in one.entries}) < 2:
            raise SettingsError(f"Weights cannot be selected on {one.name}: it needs real and forged crops.")
    return tuple(sets)


def aucs_on(sets: Sequence[SelectionSet], levels: Sequence[str], device: torch.device) -> Validate:
    """Return what measures the AUC on every set at every level; each crop is compressed once for the whole run."""
    compressed: dict[tuple[str, str], list[Picture]] = {}

    def pictures(one: SelectionSet, level: Levels) -> list[Picture]:
        key = (one.name, level.text)
        if key not in compressed:
            compressed[key] = [one.reader.picture(entry, level) for entry in one.entries]
        return compressed[key]

    def measure(network: Network) -> tuple[Measured, ...]:
        found = []
        for one in sets:
            labels = np.array([entry.label for entry in one.entries])
            for text in levels:
                scores = score_pictures(network, pictures(one, parse_levels(text)), device)
                found.append(Measured(f"{one.name} {text}", auc(scores, labels)))
        return tuple(found)

    return measure
