"""A sweep as a picture: raw scores against compression, one panel per detector, and the measured QP under them."""

import io
import math
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from forensiclab.analysis.robustness import LevelResult, SweepReport
from forensiclab.core.compression import Codec, CompressionLevel
from forensiclab.core.scores import DetectorScore, Verdict
from forensiclab.detectors.base import MethodCard
from forensiclab.report.drawing import COLORS, LINES, THRESHOLD_LINES, WIDTH_IN, Dashes, house_style, raw_score_at
from forensiclab.report.wording import printable

FORMATS = ("png", "svg")
"""Kinds of picture files, by the ending of their names."""

MAX_TRACKS = 6
"""Curves in a panel, at most."""

_DPI = 200
_VERDICT_MARKERS = {
    Verdict.SUPPORTS_MANIPULATION: "^",
    Verdict.SUPPORTS_AUTHENTICITY: "v",
    Verdict.INCONCLUSIVE: "o",
}
_FLIP_LINE: Dashes = (0, (8, 2, 1, 2))


def sweep_plot(report: SweepReport, file_format: str) -> bytes:
    """Draw a sweep.

    Each of the longest tracks is a curve of its mean raw scores with their standard deviation as a shade; the marker is
    the verdict, and gaps are levels at which nothing could be assessed. Thresholds are drawn for the track that decides
    over the video, since its compression decides which ones hold.

    Args:
        report: What was found.
        file_format: One of ``FORMATS``.

    Returns:
        The picture file.
    """
    shown = _drawn_tracks(report)
    levels = [result.level for result in report.levels]
    places = _places(levels)
    has_qp = any(track.median_qp is not None for result in report.levels[1:] for track in result.tracks)
    heights = [1.9] * len(report.detectors) + [0.9] * has_qp
    with house_style():
        figure = Figure(figsize=(WIDTH_IN, sum(heights) + 1.1), dpi=_DPI, layout="constrained")
        figure.suptitle(printable(report.exhibit.path.name), x=0.01, ha="left", fontweight="bold", fontsize=8.5)
        grid = figure.subplots(len(heights), 1, sharex=True, squeeze=False, height_ratios=heights)
        panels: list[Axes] = list(grid[:, 0])
        for number, record in enumerate(report.method.detectors):
            _draw_detector(panels[number], number, record.card, report, shown, places)
        if has_qp:
            _draw_qp(panels[-1], report, shown, places)
        _draw_axis(panels[-1], report.codec, levels, places)
        figure.legend(
            handles=_legend(report, shown), loc="outside lower left", ncols=3, frameon=False, handlelength=3.2
        )
        buffer = io.BytesIO()
        metadata = {"Date": None, "Creator": "ForensicLab"} if file_format == "svg" else {"Software": "ForensicLab"}
        figure.savefig(buffer, format=file_format, metadata=metadata)
        return buffer.getvalue()


def _drawn_tracks(report: SweepReport) -> list[int]:
    """Ids of the longest tracks among those that were scored at any level."""
    scored = {
        track.track_id
        for result in report.levels
        for track in result.tracks
        if any(one.raw_score is not None for one in track.scores)
    }
    tracks = sorted(report.tracks, key=lambda track: -track.frames_with_face)
    return sorted([track.track_id for track in tracks if track.track_id in scored][:MAX_TRACKS])


def _places(levels: Sequence[CompressionLevel]) -> list[float]:
    """Place levels by their strength, with the exhibit as it is at some distance to the left."""
    strengths = [level.strength for level in levels]
    compressed = strengths[1:] or [0]
    gap = max(1.0, (compressed[-1] - compressed[0]) * 0.08)
    return [compressed[0] - gap, *map(float, strengths[1:])]


def _of_track(result: LevelResult, track_id: int, number: int) -> DetectorScore:
    return next(track.scores[number] for track in result.tracks if track.track_id == track_id)


def _draw_detector(
    panel: Axes, number: int, card: MethodCard, report: SweepReport, shown: Sequence[int], places: Sequence[float]
) -> None:
    for position, track_id in enumerate(shown):
        swept = [_of_track(result, track_id, number) for result in report.levels]
        color, line = COLORS[position % len(COLORS)], LINES[position % len(LINES)]
        means = np.array([math.nan if one.raw_score is None else one.raw_score for one in swept])
        spread = np.array([one.std or 0.0 for one in swept])
        # The exhibit as it is has a scale of its own: it is not joined to the levels.
        panel.fill_between(places[1:], (means - spread)[1:], (means + spread)[1:], color=color, alpha=0.13, linewidth=0)
        panel.errorbar(places[:1], means[:1], yerr=spread[:1], color=color, linewidth=0.9, capsize=2)
        panel.plot(places[1:], means[1:], color=color, linestyle=line)
        for verdict, marker in _VERDICT_MARKERS.items():
            at = [i for i, one in enumerate(swept) if one.verdict is verdict]
            fill = "white" if verdict is Verdict.INCONCLUSIVE else color
            panel.plot(
                [places[i] for i in at],
                means[at],
                color=color,
                linestyle="",
                marker=marker,
                markersize=4,
                markerfacecolor=fill,
            )
    bands = {band.name: band for band in card.calibration}
    used = [bands.get(result.video.scores[number].band or "") for result in report.levels]
    for name, dashes in zip(("manipulation_threshold", "authenticity_threshold"), THRESHOLD_LINES, strict=True):
        raw = [None if band is None else raw_score_at(band, getattr(band, name)) for band in used]
        heights = [math.nan if value is None else value for value in raw]
        panel.step(places[1:], heights[1:], where="mid", color="black", linestyle=dashes, linewidth=0.8)
        panel.plot([places[0] - 1, places[0] + 1], heights[:1] * 2, color="black", linestyle=dashes, linewidth=0.8)
    flip = next(one for one in report.flips if one.detector == card.name and one.track_id is None)
    title = "the verdict does not flip" if flip.is_known else "no calibration here, so no verdict that could flip"
    if flip.level is not None and flip.after is not None:
        panel.axvline(places[[r.level for r in report.levels].index(flip.level)], color="#404040", dashes=_FLIP_LINE[1])
        title = f"flips at {flip.level}: {flip.before.value} → {flip.after.value}"
    panel.set_title(f"{printable(card.name)}: {title}", loc="left", fontweight="bold")
    panel.set_ylabel("Raw score")


def _draw_qp(panel: Axes, report: SweepReport, shown: Sequence[int], places: Sequence[float]) -> None:
    for position, track_id in enumerate(shown):
        qp = [next(t.median_qp for t in result.tracks if t.track_id == track_id) for result in report.levels]
        values = [math.nan if one is None else one for one in qp]
        color, line = COLORS[position % len(COLORS)], LINES[position % len(LINES)]
        panel.plot(places[1:], values[1:], color=color, linestyle=line, marker=".", markersize=4)
        panel.plot(places[:1], values[:1], color=color, linestyle="", marker=".", markersize=4)
    panel.set_ylabel("QP")
    panel.set_title("Measured under the face: in the exhibit, then after compression", loc="left")


def _draw_axis(panel: Axes, codec: Codec, levels: Sequence[CompressionLevel], places: Sequence[float]) -> None:
    step = max(1, math.ceil(len(levels) / 20))
    shown = [0, *range(1, len(levels), step)]
    labels = ["as it is", *(str(levels[i].value) for i in shown[1:])]
    panel.set_xticks([places[i] for i in shown], labels)
    panel.set_xlabel(f"{codec.facts.axis} (to the right: stronger compression)")


def _legend(report: SweepReport, shown: Sequence[int]) -> list[Line2D | Patch]:
    handles: list[Line2D | Patch] = [
        Line2D(
            [],
            [],
            color=COLORS[position % len(COLORS)],
            linestyle=LINES[position % len(LINES)],
            label=f"Track {track_id}",
        )
        for position, track_id in enumerate(shown)
    ]
    left_out = len(report.tracks) - len(shown)
    if left_out:
        handles.append(Line2D([], [], linestyle="", label=f"not drawn: {left_out} (shorter or not assessable)"))
    for verdict, marker in _VERDICT_MARKERS.items():
        fill = "white" if verdict is Verdict.INCONCLUSIVE else "black"
        handles.append(
            Line2D(
                [],
                [],
                color="black",
                linestyle="",
                marker=marker,
                markersize=4,
                markerfacecolor=fill,
                label=verdict.value,
            )
        )
    if any(one.raw_score is None for result in report.levels for track in result.tracks for one in track.scores):
        handles.append(Line2D([], [], linestyle="", label="no mark: not assessable"))
    handles.append(Patch(facecolor="#808080", alpha=0.25, linewidth=0, label="± standard deviation of the crops"))
    labels = ("at or above: supports manipulation", "at or below: supports authenticity")
    handles += [
        Line2D([], [], color="black", linestyle=dashes, linewidth=0.8, label=label)
        for label, dashes in zip(labels, THRESHOLD_LINES, strict=True)
    ]
    if any(flip.level is not None and flip.track_id is None and flip.detector for flip in report.flips):
        handles.append(Line2D([], [], color="#404040", linestyle=_FLIP_LINE, label="flip point of the video"))
    return handles
