"""Plots of a report as SVG: scores over time, and the quantisation parameters. The same input gives the same bytes.

Curves differ in colour, line and marker, shaded spans in their hatching: nothing is told by colour alone.
"""

import io
import math
from collections import Counter
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MaxNLocator
from numpy.typing import NDArray

from forensiclab.analysis.events import AnalysisReport, DetectorRecord, TrackResult
from forensiclab.core.notation import time_text
from forensiclab.core.records import CodingStats, Skipped
from forensiclab.report.drawing import (
    COLORS,
    THRESHOLD_LINES,
    WIDTH_IN,
    Dashes,
    curve_style,
    house_style,
    raw_score_at,
)
from forensiclab.report.wording import printable

_HATCHES = ("////", "....", "xxxx", "||||", "----")
_TYPE_MARKERS = {"I": "^", "P": "o", "B": "s"}
_CUT_LINE: Dashes = (0, (8, 2, 1, 2))
_MAX_PANELS = 4
_MAX_POINTS = 1000
_MAX_REASON_CHARS = 60

Array = NDArray[np.float64]


def timeline_svgs(report: AnalysisReport, tracks: Sequence[TrackResult]) -> tuple[bytes, ...]:
    """Raw scores against time: one panel per detector, one curve per track.

    Spans without scores are hatched by their reason and break the curves. A track's thresholds are drawn over its own
    span, since its compression decides which ones hold. Curves of more than 1,000 points are thinned to the extremes
    of equal parts of the time.

    Args:
        report: Where the tracks come from; its shot cuts, skips and detectors are drawn.
        tracks: Whose curves to draw.

    Returns:
        SVG documents of at most four detectors each, so that each fits a page; none where there is no time to draw
        against (a still picture, or a single frame).
    """
    times = [score.pts_s for track in tracks for score in track.crop_scores]
    if not times or min(times) == max(times):
        return ()
    detectors = report.method.detectors
    groups = [detectors[start : start + _MAX_PANELS] for start in range(0, len(detectors), _MAX_PANELS)]
    return tuple(_timeline_svg(report, tracks, group, has_qp=group is groups[-1]) for group in groups)


def _timeline_svg(
    report: AnalysisReport, tracks: Sequence[TrackResult], detectors: Sequence[DetectorRecord], *, has_qp: bool
) -> bytes:
    reasons = _common_reasons(report.skipped, tracks)
    crops = [kept.crop for track in tracks for kept in track.contact_sheet if has_qp]
    qp_points = [
        (crop.pts_s, crop.quality.qp_mean, crop.picture_type or "?")
        for crop in crops
        if crop.quality.qp_mean is not None
    ]
    heights = [1.45] * len(detectors) + [0.75] * bool(qp_points)
    with house_style():
        figure = Figure(figsize=(WIDTH_IN, sum(heights) + 0.35 + 0.2 * len(heights)), layout="constrained")
        grid = figure.subplots(len(heights), 1, sharex=True, squeeze=False, height_ratios=heights)
        panels: list[Axes] = list(grid[:, 0])
        for panel, record in zip(panels, detectors, strict=False):
            _draw_scores(panel, record, report, tracks, reasons)
        if qp_points:
            _draw_qp(panels[-1], qp_points)
        start, end = min(track.start_s for track in tracks), max(track.end_s for track in tracks)
        if len(tracks) > 1:
            start, end = min(start, report.coding.first_pts_s or start), max(end, report.coding.last_pts_s or end)
        margin = (end - start) * 0.02
        panels[-1].set_xlim(start - margin, end + margin)
        panels[-1].xaxis.set_major_locator(MaxNLocator(nbins=8, steps=[1, 2, 5, 10]))
        panels[-1].xaxis.set_major_formatter(FuncFormatter(_tick_text))
        panels[-1].set_xlabel("Presentation time (minutes:seconds)")
        handles = _legend(report, tracks, detectors, reasons)
        figure.legend(handles=handles, loc="outside lower left", ncols=2, frameon=False, handlelength=3.2)
        return _to_svg(figure)


def qp_histogram_svg(coding: CodingStats) -> bytes | None:
    """Frames by their rounded mean quantisation parameter; None where the codec gives none."""
    counts = np.asarray(coding.qp_histogram)
    if not counts.any():
        return None
    used = np.flatnonzero(counts)
    values = np.arange(used[0], used[-1] + 1)
    with house_style():
        figure = Figure(figsize=(WIDTH_IN, 1.6), layout="constrained")
        panel = figure.subplots()
        panel.bar(values, counts[values], width=0.85, color=COLORS[0], edgecolor="black", linewidth=0.4)
        panel.set_xlim(values[0] - 2, values[-1] + 2)
        panel.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=16))
        panel.yaxis.set_major_locator(MaxNLocator(integer=True, nbins=4))
        panel.set_xlabel("Mean quantisation parameter of the frame (higher = stronger compression)")
        panel.set_ylabel("Frames")
        return _to_svg(figure)


def _draw_scores(
    panel: Axes,
    record: DetectorRecord,
    report: AnalysisReport,
    tracks: Sequence[TrackResult],
    reasons: Sequence[str],
) -> None:
    name = record.card.name
    ids = {track.track_id for track in tracks}
    skips = [s for s in report.skipped if s.detector in (None, name) and (s.track_id is None or s.track_id in ids)]
    for position, reason in enumerate(reasons):
        spans = [(skip.start_s, skip.end_s) for skip in skips if _reason_group(skip, reasons) == reason]
        least_s = 0.004 * ((report.coding.last_pts_s or 0) - (report.coding.first_pts_s or 0))
        for start, end in spans:
            panel.axvspan(
                start - least_s / 2,
                end + least_s / 2,
                facecolor="#e6e6e6",
                edgecolor="#8c8c8c",
                hatch=_HATCHES[position],
                linewidth=0,
                zorder=0,
            )
    for position, track in enumerate(tracks):
        scores = [score for score in track.crop_scores if score.detector == name]
        spans = [(skip.start_s, skip.end_s) for skip in skips if skip.track_id in (None, track.track_id)]
        times, values = _broken([s.pts_s for s in scores], [s.raw_score for s in scores], spans)
        times, values = _thinned(times, values)
        color, line, marker = curve_style(position)
        panel.plot(
            times,
            values,
            color=color,
            linestyle=line,
            marker=marker,
            markevery=max(1, len(times) // 60),
            markersize=3,
            gid=f"scores-{name}-track-{track.track_id}",
        )
        for threshold, dashes in zip(_thresholds(record, track), THRESHOLD_LINES, strict=True):
            if threshold is not None:
                span = (track.start_s, track.end_s)
                panel.plot(span, (threshold, threshold), color="black", linestyle=dashes, linewidth=0.9)
    for cut in report.shot_cuts_s:
        panel.axvline(cut, color="#404040", linewidth=0.7, linestyle=_CUT_LINE, marker="v", markersize=4)
    panel.set_title(printable(name), loc="left", fontweight="bold")
    panel.set_ylabel("Raw score")


def _draw_qp(panel: Axes, points: Sequence[tuple[float, float | None, str]]) -> None:
    for kind in sorted({kind for _, _, kind in points}, key="IPB?".find):
        chosen = [(time, qp) for time, qp, other in points if other == kind]
        panel.plot(
            [time for time, _ in chosen],
            [math.nan if qp is None else qp for _, qp in chosen],
            linestyle="",
            marker=_TYPE_MARKERS.get(kind, "x"),
            color="black",
            fillstyle="none",
            markersize=4,
            label=f"{kind} picture",
        )
    panel.margins(y=0.25)
    panel.yaxis.set_major_locator(MaxNLocator(integer=True, nbins=3))
    panel.set_ylabel("QP")
    panel.set_title("QP under the face, and picture type, at the crops of the contact sheet", loc="left")
    panel.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), frameon=False, handlelength=1)


def _legend(
    report: AnalysisReport, tracks: Sequence[TrackResult], detectors: Sequence[DetectorRecord], reasons: Sequence[str]
) -> list[Line2D | Patch]:
    handles: list[Line2D | Patch] = []
    for position, track in enumerate(tracks):
        color, line, marker = curve_style(position)
        handles.append(
            Line2D([], [], color=color, linestyle=line, marker=marker, markersize=4, label=f"Track {track.track_id}")
        )
    drawn = [_thresholds(record, track) for record in detectors for track in tracks]
    labels = ("at or above: supports manipulation", "at or below: supports authenticity")
    for index, (label, dashes) in enumerate(zip(labels, THRESHOLD_LINES, strict=True)):
        if any(thresholds[index] is not None for thresholds in drawn):
            handles.append(Line2D([], [], color="black", linestyle=dashes, linewidth=0.9, label=label))
    if report.shot_cuts_s:
        handles.append(
            Line2D(
                [], [], color="#404040", linewidth=0.7, linestyle=_CUT_LINE, marker="v", markersize=4, label="shot cut"
            )
        )
    for position, reason in enumerate(reasons):
        short = reason if len(reason) <= _MAX_REASON_CHARS else reason[: _MAX_REASON_CHARS - 1] + "…"
        handles.append(
            Patch(
                facecolor="#e6e6e6",
                edgecolor="#8c8c8c",
                hatch=_HATCHES[position],
                linewidth=0,
                label=f"no score: {printable(short)}",
            )
        )
    return handles


def _common_reasons(skipped: Sequence[Skipped], tracks: Sequence[TrackResult]) -> tuple[str, ...]:
    """Choose the reasons with the most frames; beyond the hatchings, the last stands for all others."""
    ids = {track.track_id for track in tracks}
    frames: Counter[str] = Counter()
    for skip in skipped:
        if skip.track_id is None or skip.track_id in ids:
            frames[skip.reason] += skip.frames
    ordered = [reason for reason, _ in sorted(frames.items(), key=lambda entry: (-entry[1], entry[0]))]
    return tuple(ordered) if len(ordered) <= len(_HATCHES) else (*ordered[: len(_HATCHES) - 1], "other reasons")


def _reason_group(skip: Skipped, reasons: Sequence[str]) -> str:
    return skip.reason if skip.reason in reasons else reasons[-1]


def _thresholds(record: DetectorRecord, track: TrackResult) -> tuple[float | None, float | None]:
    """Thresholds of a track on the scale of raw scores: manipulation, authenticity."""
    bands = {band.name: band for band in record.card.calibration}
    names = [score.band for score in track.scores if score.detector == record.card.name]
    band = bands.get(names[0]) if names and names[0] else None
    if band is None or band.slope == 0:
        return None, None
    return raw_score_at(band, band.manipulation_threshold), raw_score_at(band, band.authenticity_threshold)


def _broken(
    times: Sequence[float], values: Sequence[float], spans: Sequence[tuple[float, float]]
) -> tuple[Array, Array]:
    """A curve with NaN wherever a span without scores lies between two neighbours."""
    at, level = np.asarray(times, dtype=np.float64), np.asarray(values, dtype=np.float64)
    after = {(int(np.searchsorted(at, start)), int(np.searchsorted(at, end, "right"))) for start, end in spans}
    inner = sorted({first for first, last in after if first == last and 0 < first < len(at)})
    return np.insert(at, inner, [at[index - 1] for index in inner]), np.insert(level, inner, np.nan)


def _thinned(times: Array, values: Array) -> tuple[Array, Array]:
    """At most about ``_MAX_POINTS`` points: of each part of the time the lowest, the highest and a break if any."""
    if len(times) <= _MAX_POINTS:
        return times, values
    kept: list[int] = []
    for part in np.array_split(np.arange(len(times)), _MAX_POINTS // 2):
        here = values[part]
        numbers = part[np.isfinite(here)]
        chosen = (
            {int(numbers[values[numbers].argmin()]), int(numbers[values[numbers].argmax()])} if len(numbers) else set()
        )
        chosen |= {int(index) for index in part[np.isnan(here)][:1]}
        kept += sorted(chosen)
    return times[kept], values[kept]


def _tick_text(seconds: float, _position: int | None = None) -> str:
    """``0:03``, or ``0:03.5`` between whole seconds."""
    return time_text(seconds).rstrip("0").rstrip(".") if round(seconds, 3) % 1 else time_text(seconds).partition(".")[0]


def _to_svg(figure: Figure) -> bytes:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    return buffer.getvalue()
