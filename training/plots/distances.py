"""Histograms of raw scores; where those are distances, of embeddings from the origin."""

import numpy as np

from training.evaluation.folders import score_levels, whole
from training.evaluation.measure import even_odds_score
from training.plots.model import Drawn, PlotRequest, of_label
from training.plots.style import bins_for, histogram, panels, same_height


def draw(request: PlotRequest) -> Drawn:
    """Draw a row of panels per detector, a column per level, with the threshold of each.

    Source: Cao et al., Metric learning for anti-compression facial forgery detection, figure 5a.
    """
    figure, axes = panels(len(request.detectors), len(request.levels), f"Raw scores\n{request.data}", shares_axes=False)
    found = list(whole(score_levels([one.detector for one in request.detectors], request.crops, request.levels)))
    rows: list[tuple[str | float | int, ...]] = []
    for number, (line, one) in enumerate(zip(axes, request.detectors, strict=True)):
        is_distance = one.network.EVEN_DISTANCE is not None
        edges = bins_for([at.scores[number].astype(np.float64) for at in found], 0.0 if is_distance else None)
        for panel, at in zip(line, found, strict=True):
            scores = at.scores[number].astype(np.float64)
            histogram(panel, [scores[of_label(at.entries, label)] for label in (0, 1)], edges)
            threshold = even_odds_score(one.detector.card, at.level)
            if edges[0] <= threshold <= edges[-1]:
                panel.axvline(
                    threshold, color="black", linestyle=":", linewidth=1.2, label=f"threshold {threshold:.2f}"
                )
            name = "Distance of the embedding from the origin" if is_distance else "Raw score (higher = forged)"
            panel.set(title=f"{one.name} at {at.level}", xlabel=name, ylabel="Share of the class's crops")
            panel.legend()
            rows += [
                (one.name, str(at.level), entry.name, entry.label, float(score))
                for entry, score in zip(at.entries, scores, strict=True)
            ]
        same_height(line)
    return Drawn(figure=figure, columns=("detector", "level", "name", "label", "score"), rows=tuple(rows))
