"""A sheet of crops under a detector's attention maps at several levels of compression."""

from itertools import chain

import numpy as np

from forensiclab.analysis.attention import overlay
from forensiclab.core.compression import CLEAN
from training.evaluation.folders import CropReader, cut_for
from training.plots.model import Drawn, PlotRequest
from training.plots.style import NAMES, panels


def draw(request: PlotRequest) -> Drawn:
    """Draw a row per crop: as the detector sees it, then under its map at each level, detector by detector."""
    n_levels = len(request.levels)
    columns = len(request.detectors) * (1 + n_levels)
    figure, axes = panels(
        len(request.crops.entries),
        columns,
        f"Attention maps; the number is the raw score (higher = forged)\n{request.data}",
        width_in=1.6,
        height_in=1.8,
        shares_axes=False,
    )
    rows: list[tuple[str | float | int, ...]] = []
    readers = [CropReader(request.crops, level) for level in (CLEAN, *request.levels)]
    for line, entry in zip(axes, request.crops.entries, strict=True):
        pictures = [reader.picture(entry) for reader in readers]
        for number, one in enumerate(request.detectors):
            spec = one.detector.input_spec
            seen = np.stack([cut_for(picture, spec, request.crops.folder.margin) for picture in pictures])
            predicted = one.detector.predict(seen[1:])
            first, *others = line[number * (1 + n_levels) : (number + 1) * (1 + n_levels)]
            first.imshow(seen[0])
            title = " ".join(filter(None, (NAMES[entry.label], entry.method)))
            first.set_title(f"{one.name}\n{title}" if line is axes[0] else title, fontsize=8)
            first.set_ylabel(_short(entry.name), fontsize=6)
            for at, panel in enumerate(others):
                panel.imshow(overlay(seen[1 + at], predicted.attention[at]))
                score = float(predicted.raw_scores[at])
                panel.set_title(f"{request.levels[at]}: {score:.2f}", fontsize=8)
                rows.append((one.name, entry.name, entry.label, str(request.levels[at]), score))
    for panel in chain.from_iterable(axes):
        panel.set(xticks=[], yticks=[])
        panel.grid(visible=False)
    notes = "\n".join(f"{one.name}: {one.detector.attention_note}" for one in request.detectors)
    figure.supxlabel(notes, x=0.01, ha="left", fontsize=7, wrap=True)
    return Drawn(figure=figure, columns=("detector", "name", "label", "level", "score"), rows=tuple(rows))


def _short(name: str) -> str:
    return name if len(name) <= 24 else f"...{name[-21:]}"
