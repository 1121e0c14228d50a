"""What a figure is drawn from, and what comes out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from forensiclab.core.compression import CompressionLevel
from forensiclab.core.files import whole_file, write_whole
from training.datasets.crops import CropEntry
from training.datasets.manifest import csv_text
from training.evaluation.detectors import Evaluated
from training.evaluation.folders import CropSet
from training.plots.style import look


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PlotRequest:
    """What to draw."""

    detectors: tuple[Evaluated, ...]
    """Empty for figures of crops alone."""
    crops: CropSet
    levels: tuple[CompressionLevel, ...]
    seed: int
    """Of whatever is random: samples were drawn with it, intervals and layouts are."""

    @property
    def data(self) -> str:
        """Data and sample size, for the title."""
        n_forged = sum(entry.label for entry in self.crops.entries)
        return f"{self.crops.title}: {len(self.crops.entries) - n_forged} real and {n_forged} forged crops"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Drawn:
    """A figure and the numbers in it."""

    figure: Figure
    columns: tuple[str, ...]
    rows: tuple[tuple[str | float | int, ...], ...]

    def write(self, path: Path) -> Path:
        """Write the picture, and its numbers beside it as CSV.

        Returns:
            The path of the numbers.

        Raises:
            WriteError: The file cannot be written.
        """
        table = path.with_suffix(".csv")
        rows = ([f"{v:.6g}" if isinstance(v, float) else v for v in row] for row in self.rows)
        with whole_file(path) as picture:
            with look():
                self.figure.savefig(picture, format="png", metadata={"Software": None})
            write_whole(table, csv_text(self.columns, rows))
        return table


Draw = Callable[[PlotRequest], Drawn]


def drawn(draw: Draw, request: PlotRequest) -> Drawn:
    """Draw in the common look."""
    with look():
        return draw(request)


def sampled(crops: CropSet, n: int | None, seed: int) -> CropSet:
    """Sample at most ``n`` crops, as many real as forged where there are enough, in the order of the index."""
    if n is None or n >= len(crops.entries):
        return crops
    rng = np.random.default_rng(seed)
    chosen: list[int] = []
    for label, share in ((0, n // 2), (1, n - n // 2)):
        members = [number for number, entry in enumerate(crops.entries) if entry.label == label]
        chosen += rng.permutation(members)[:share].tolist()
    return replace(crops, entries=tuple(crops.entries[number] for number in sorted(chosen)))


def of_label(entries: Sequence[CropEntry], label: int) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    """Tell which entries have a label, shape (N,)."""
    return np.array([entry.label == label for entry in entries], np.bool_)
