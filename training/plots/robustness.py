"""Robustness curves: what is left of the frame AUC as compression grows."""

from matplotlib.ticker import MaxNLocator

from forensiclab.core.compression import Codec
from training.evaluation.folders import score_levels, whole
from training.evaluation.measure import measure
from training.plots.model import Drawn, PlotRequest
from training.plots.ssim import by_codec, show_codec
from training.plots.style import DASHES, MARKERS, SERIES, panels

_COLUMNS = ("detector", "level", "frame_auc", "low", "high", "video_auc", "n_real", "n_forged")


def draw(request: PlotRequest) -> Drawn:
    """Draw a panel per codec, a curve per detector with its 95 % interval over videos; a thin line is clean.

    Raises:
        SettingsError: No level compresses.
    """
    groups = by_codec(request.levels)
    figure, axes = panels(
        1,
        len(groups),
        f"Frame AUC against compression, 95 % intervals over videos (dotted: clean; black: chance)\n{request.data}",
        shares_axes=False,
    )
    found = whole(score_levels([one.detector for one in request.detectors], request.crops, request.levels))
    measured = {
        (number, at.level): measure(one.detector.card, at, number, request.seed)
        for at in found
        for number, one in enumerate(request.detectors)
    }
    for panel, (codec, levels) in zip(axes[0], groups, strict=True):
        settings = [level.value or 0 for level in levels]
        for number, one in enumerate(request.detectors):
            areas = [measured[number, level].frame_auc for level in levels]
            color = SERIES[number % len(SERIES)]
            panel.fill_between(
                settings, [a.low for a in areas], [a.high for a in areas], color=color, alpha=0.12, linewidth=0
            )
            panel.plot(
                settings,
                [a.value for a in areas],
                color=color,
                marker=MARKERS[number % len(MARKERS)],
                linestyle=DASHES[number % len(DASHES)],
                label=one.name,
            )
            for (of, level), figures in measured.items():
                if of == number and level.codec is Codec.CLEAN:
                    panel.axhline(figures.frame_auc.value, color=color, linestyle=":", linewidth=1)
        panel.axhline(0.5, color="black", linewidth=0.8)
        panel.set_ylabel("Frame AUC")
        panel.xaxis.set_major_locator(MaxNLocator(integer=True, steps=[1, 2, 5, 10]))
        show_codec(panel, codec)
    low = min(0.45, *(figures.frame_auc.low for figures in measured.values()))
    for panel in axes[0]:
        panel.set_ylim(low - 0.02, 1.01)
    figure.legend(*axes[0][0].get_legend_handles_labels(), loc="outside lower left", ncols=3)
    rows = tuple(
        (
            request.detectors[number].name,
            str(level),
            figures.frame_auc.value,
            figures.frame_auc.low,
            figures.frame_auc.high,
            figures.video_auc.value,
            figures.n_real,
            figures.n_forged,
        )
        for (number, level), figures in sorted(measured.items(), key=lambda item: item[0][0])
    )
    return Drawn(figure=figure, columns=_COLUMNS, rows=rows)
