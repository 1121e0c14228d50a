"""What the timeline says in words about a place or a range."""

import numpy as np
from PySide6.QtCore import QCoreApplication

from forensiclab.core.notation import score_text, span_text, time_text
from forensiclab.gui.state.selection import Selection
from forensiclab.gui.text.translation import translated
from forensiclab.gui.text.wording import track_text, verdict_text
from forensiclab.gui.timeline.canvas import Pointed, Zone
from forensiclab.gui.timeline.data import TimelineData

_MAX_NAMED = 6
"""Tracks or reasons that are named; of more, only the number is said."""

_tr = QCoreApplication.translate


def pointed_text(data: TimelineData, what: Pointed, end_s: float) -> str:
    """Return what is known at the place under the pointer; empty beside the exhibit."""
    if not 0 <= what.pts_s <= end_s:
        return ""
    parts = [time_text(what.pts_s)]
    if what.detector is not None:
        parts += _limited(_values_at(data, what.detector, what.pts_s))
    elif what.track_id is not None:
        bar = data.bars[what.track_id]
        parts = [track_text(bar.track_id), span_text(bar.start_s, bar.end_s), verdict_text(bar.verdict)]
    elif what.zone is Zone.STRIP:
        parts += _picture_at(data, what.pts_s, what.pixel_s)
    # A gap narrower than a pixel is also under the pointer.
    reach_s = what.pixel_s * (2 if what.zone is Zone.STRIP else 0)
    skips = data.skips_at(what.pts_s - reach_s, what.pts_s + reach_s)
    if what.detector is not None:
        skips = [skip for skip in skips if skip.detector in (None, what.detector)]
    if what.track_id is None:
        reasons = dict.fromkeys(_tr("timeline", "not scored: {0}").format(translated(skip.reason)) for skip in skips)
        parts += _limited(list(reasons)) if what.zone is Zone.STRIP else list(reasons)[:1]
    return " · ".join(parts)


def summary_text(data: TimelineData, end_s: float) -> str:
    """Return what the timeline shows, for those who cannot see it."""
    return _tr("timeline", "{0} long; tracks: {1}; detectors: {2}; stretches not scored: {3}").format(
        time_text(end_s), len(data.bars), ", ".join(data.detectors) or "–", len(data.skipped)
    )


def range_text(data: TimelineData, selection: Selection, range_s: tuple[float, float]) -> str:
    """Return the mean raw score of every detector shown, in a range: of the selected track, or of all."""
    parts = [span_text(*range_s)]
    if selection.track_id is not None:
        parts.append(track_text(selection.track_id))
    for name, curves in data.detectors.items():
        if not selection.shows(name):
            continue
        if selection.track_id is None:
            found = [series.mean(*range_s) for series in (curves.finished, *curves.running.values())]
        else:
            place = curves.of_track(selection.track_id)
            found = [place[0].mean(*range_s, place[1])] if place else []
        counted = [one for one in found if one is not None]
        count = sum(n for _, n in counted)
        mean = sum(value * n for value, n in counted) / count if count else None
        parts.append(_tr("timeline", "{0}: mean {1} of {2}").format(name, score_text(mean), count))
    return " · ".join(parts)


def _values_at(data: TimelineData, detector: str, pts_s: float) -> list[str]:
    """Return the nearest value of each of a detector's tracks that reaches over a time."""
    curves = data.detectors.get(detector)
    said = []
    for track_id in curves.tracks() if curves is not None else ():
        bar = data.bars.get(track_id)
        if bar is None or not bar.start_s <= pts_s <= bar.end_s or curves is None:
            continue
        series, segment = curves.of_track(track_id) or (curves.finished, 0)
        times, scores = series.times(segment), series.values(segment)
        if len(times) and times[0] <= pts_s <= times[-1]:
            after = min(max(int(np.searchsorted(times, pts_s)), 1), len(times) - 1) if len(times) > 1 else 0
            nearest = after if abs(times[after] - pts_s) < abs(times[after - 1] - pts_s) else after - 1
            said.append((track_id, float(scores[nearest])))
    return [f"{track_text(track_id)}: {score_text(score)}" for track_id, score in sorted(said)]


def _picture_at(data: TimelineData, pts_s: float, pixel_s: float) -> list[str]:
    """Return the type and QP of the picture that is nearest to a time, within a few pixels."""
    found: list[tuple[float, str, float]] = []
    for kind, series in data.pictures.items():
        if series.segments and len(series):
            times = series.times(0)
            after = int(np.searchsorted(times, pts_s))
            for place in (after - 1, after):
                if 0 <= place < len(times):
                    found.append((abs(float(times[place]) - pts_s), kind, float(series.values(0)[place])))
    away_s, kind, qp = min(found, default=(np.inf, "", np.nan))
    if away_s > max(6 * pixel_s, 0.02):
        return []
    said = [_tr("timeline", "{0} picture").format(kind)] if kind != "?" else []
    return [*said, _tr("timeline", "QP {0}").format(f"{qp:.1f}")] if np.isfinite(qp) else said


def _limited(parts: list[str]) -> list[str]:
    if len(parts) <= _MAX_NAMED:
        return parts
    return [*parts[:_MAX_NAMED], _tr("timeline", "and {0} more").format(len(parts) - _MAX_NAMED)]
