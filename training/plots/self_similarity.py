"""Histograms of how alike the cells of a face are to a network."""

import numpy as np
import torch
from torch import Tensor

from forensiclab.detectors.dcl import cell_similarity
from training.plots.inside import of_features
from training.plots.model import Drawn, PlotRequest, of_label
from training.plots.style import bins_for, histogram, panels, same_height


def draw(request: PlotRequest) -> Drawn:
    """Draw a row of panels per detector, a column per level.

    Raises:
        SettingsError: A network has no last feature map.

    Source: Sun et al., Dual contrastive learning for general face forgery detection, figure 2 and Eq. 7-8.
    """
    figure, axes = panels(
        len(request.detectors),
        len(request.levels),
        f"Self-similarity of feature maps\n{request.data}",
        shares_axes=False,
    )
    rows: list[tuple[str | float | int, ...]] = []
    for line, one in zip(axes, request.detectors, strict=True):
        means = [of_features(one, request.crops, level, mean_similarity).astype(np.float64) for level in request.levels]
        edges = bins_for(means)
        for panel, level, values in zip(line, request.levels, means, strict=True):
            histogram(panel, [values[of_label(request.crops.entries, label)] for label in (0, 1)], edges)
            panel.set(
                title=f"{one.name} at {level}",
                xlabel="Mean cosine similarity of a face's cells",
                ylabel="Share of the class's crops",
            )
            panel.legend()
            rows += [
                (one.name, str(level), entry.name, entry.label, float(value))
                for entry, value in zip(request.crops.entries, values, strict=True)
            ]
        same_height(line)
    return Drawn(figure=figure, columns=("detector", "level", "name", "label", "similarity"), rows=tuple(rows))


def mean_similarity(features: Tensor) -> Tensor:
    """Return the mean similarity of two different cells.

    Args:
        features: Shape (B, C, h, w).

    Returns:
        In [-1, 1], shape (B,).
    """
    similarity = cell_similarity(features)  # (B, h w, h w)
    cells = similarity.shape[1]
    off_diagonal = similarity.sum(dim=(1, 2)) - torch.diagonal(similarity, dim1=1, dim2=2).sum(dim=1)
    return off_diagonal / (cells * (cells - 1))
