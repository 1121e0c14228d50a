"""t-SNE of embeddings: whether real and forged crops lie apart, and whether compression moves them together."""

import numpy as np
from numpy.typing import NDArray
from sklearn.manifold import TSNE

from forensiclab.core.errors import SettingsError
from training.plots.inside import embeddings
from training.plots.model import Drawn, PlotRequest, of_label
from training.plots.style import FORGED, MARKERS, REAL, SERIES, panels

_PERPLEXITY = 30.0
_FEWEST = 6
"""Points that a layout needs."""


def draw(request: PlotRequest) -> Drawn:
    """Draw a row of panels per detector, a column per level; all levels of a detector share one layout.

    Raises:
        SettingsError: A network has no embedding, or there are too few crops.

    Source: van der Maaten and Hinton, Visualizing data using t-SNE, 2008.
    """
    figure, axes = panels(
        len(request.detectors),
        len(request.levels),
        f"t-SNE of embeddings (all levels of a detector in one layout)\n{request.data}",
        shares_axes=False,
    )
    groups = _groups(request)
    rows: list[tuple[str | float | int, ...]] = []
    for line, one in zip(axes, request.detectors, strict=True):
        embedded = [embeddings(one, request.crops, level) for level in request.levels]
        points = layout(np.concatenate(embedded), request.seed).reshape(len(request.levels), -1, 2)
        low, high = points.reshape(-1, 2).min(axis=0), points.reshape(-1, 2).max(axis=0)
        for panel, level, at in zip(line, request.levels, points, strict=True):
            for (name, members), color, marker in zip(groups, (REAL, FORGED, *SERIES[2:]), MARKERS, strict=False):
                x, y = at[members].T
                panel.scatter(x, y, s=14, color=color, marker=marker, alpha=0.7, linewidths=0, label=name)
            panel.set(title=f"{one.name} at {level}", xlabel="t-SNE 1 (no unit)", ylabel="t-SNE 2 (no unit)")
            panel.set(xlim=_wider(low[0], high[0]), ylim=_wider(low[1], high[1]), xticks=[], yticks=[])
            rows += [
                (one.name, str(level), entry.name, entry.label, entry.method or "", float(place[0]), float(place[1]))
                for entry, place in zip(request.crops.entries, at, strict=True)
            ]
    axes[0][0].legend(loc="best", markerscale=1.5)
    return Drawn(figure=figure, columns=("detector", "level", "name", "label", "method", "x", "y"), rows=tuple(rows))


def layout(embedded: NDArray[np.float32], seed: int) -> NDArray[np.float64]:
    """Lay out embeddings (N, D) in the plane, shape (N, 2); the same seed gives the same places.

    Raises:
        SettingsError: There are fewer than six.
    """
    if len(embedded) < _FEWEST:
        raise SettingsError(f"t-SNE needs at least {_FEWEST} crops, not {len(embedded)}.")
    perplexity = min(_PERPLEXITY, (len(embedded) - 1) / 3)
    model = TSNE(perplexity=perplexity, init="pca", learning_rate="auto", random_state=seed)
    return np.asarray(model.fit_transform(embedded), dtype=np.float64)


def _groups(request: PlotRequest) -> list[tuple[str, NDArray[np.bool_]]]:
    """Group real crops, then the forgeries: by manipulation where the index names them."""
    entries = request.crops.entries
    methods = sorted({entry.method for entry in entries if entry.label == 1 and entry.method})
    groups = [("real", of_label(entries, 0))]
    if not methods:
        return [*groups, ("forged", of_label(entries, 1))]
    return groups + [(name, np.array([entry.method == name for entry in entries])) for name in methods]


def _wider(low: float, high: float) -> tuple[float, float]:
    reach = 0.05 * (high - low) or 1.0
    return low - reach, high + reach
