"""The section about what was found: tracks, scores over time, contact sheets, agreement, and what got no score."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from forensiclab.analysis.events import AnalysisReport, TrackResult
from forensiclab.analysis.skips import frames_by_reason, gaps
from forensiclab.core.notation import count_text, number_text, probability_text, score_text, span_text, time_text
from forensiclab.core.scores import DetectorScore, Verdict
from forensiclab.report.contact_sheet import chosen_crops, contact_sheets_jpeg, is_scored
from forensiclab.report.model import Block, Bullets, Fact, Facts, Figure, Heading, Paragraph, Section, Table
from forensiclab.report.plots import timeline_svgs

_MAX_TRACKS_SHOWN = 6
_MAX_TRACK_ROWS = 40
_MAX_SKIP_ROWS = 25
_MAX_SKIP_REASONS = 12


def score_rows(scores: Sequence[DetectorScore]) -> tuple[tuple[str, ...], ...]:
    """Return one row per detector: name, raw score, probability, verdict."""
    return tuple(
        (score.detector, score_text(score.raw_score), probability_text(score.probability), str(score.verdict))
        for score in scores
    )


def results_section(report: AnalysisReport, attachment: str) -> Section:
    """Write what was found, track by track.

    Args:
        report: What was found.
        attachment: Name of the attached file that holds what a table leaves out.
    """
    blocks: list[Block] = [
        Facts(
            (
                Fact(name="Tracks", value=number_text(len(report.tracks))),
                Fact(name="Frames with a face", value=number_text(report.frames_with_face)),
                Fact(name="Frames sampled", value=number_text(report.frames_sampled)),
                Fact(name="Crops scored, by all detectors together", value=number_text(report.crops_scored)),
                Fact(name="Shot cuts", value=_cuts(report.shot_cuts_s)),
            )
        )
    ]
    shown = _shown_tracks(report.tracks)
    if report.tracks:
        blocks += [Heading("Tracks"), _track_table(report, attachment)]
        if len(shown) < len(report.tracks):
            blocks.append(
                Paragraph(
                    f"Shown in detail are {len(shown)} of {len(report.tracks)} tracks: first those that support "
                    f"manipulation, then those with the most scored crops. All are in {attachment}."
                )
            )
        blocks += _timeline(report, shown, "all tracks" if len(shown) == len(report.tracks) else "the tracks shown")
    else:
        blocks.append(Paragraph("No face was found, so there is no track and no score."))
    for track in shown:
        blocks += _track_blocks(report, track, has_own_timeline=len(report.tracks) > 1)
    if len(report.method.detectors) > 1 and report.tracks:
        blocks += _agreement(report)
    blocks += _skipped(report, attachment)
    return Section(title="Results", nature="facts", blocks=tuple(blocks))


def _cuts(cuts_s: Sequence[float]) -> str:
    if not cuts_s:
        return "none found"
    listed = ", ".join(time_text(cut) for cut in cuts_s[:8])
    return f"{len(cuts_s):,}: {listed}" + (", …" if len(cuts_s) > 8 else "")


def _shown_tracks(tracks: Sequence[TrackResult]) -> tuple[TrackResult, ...]:
    def order(track: TrackResult) -> tuple[bool, int, int]:
        supports = any(score.verdict is Verdict.SUPPORTS_MANIPULATION for score in track.scores)
        return not supports, -len(track.crop_scores), track.track_id

    return tuple(sorted(sorted(tracks, key=order)[:_MAX_TRACKS_SHOWN], key=lambda track: track.track_id))


def _track_table(report: AnalysisReport, attachment: str) -> Table:
    rows = tuple(
        (
            str(track.track_id),
            span_text(track.start_s, track.end_s),
            f"{track.frames_with_face:,}",
            number_text(track.median_face_px, "px", 0),
            number_text(track.median_qp, digits=1),
            _verdicts(track),
        )
        for track in report.tracks[:_MAX_TRACK_ROWS]
    )
    return Table(
        columns=("Track", "Time", "Frames", "Face", "QP", "Verdicts (detectors)"),
        rows=rows,
        widths=(0.6, 2.2, 0.9, 1, 0.9, 3.4),
        note=" ".join(("Face size and QP are medians.", _cut_note(len(report.tracks), len(rows), attachment))).strip(),
    )


def _verdicts(track: TrackResult) -> str:
    counts = Counter(score.verdict for score in track.scores)
    return ", ".join(f"{verdict} ({counts[verdict]})" for verdict in Verdict if counts[verdict])


def _cut_note(count: int, shown: int, attachment: str) -> str:
    return f"{shown} of {count:,} rows; the others are in {attachment}." if shown < count else ""


def _timeline(report: AnalysisReport, tracks: Sequence[TrackResult], what: str) -> list[Block]:
    drawings = timeline_svgs(report, tracks)
    names = ", ".join(record.card.name for record in report.method.detectors)
    return [
        Figure(
            content=drawing,
            media_type="image/svg+xml",
            caption=f"Raw scores over time, {what}{f' (part {part} of {len(drawings)})' if len(drawings) > 1 else ''}.",
            alt=f"Curves of raw score against time, {what}, for the detectors {names}. "
            + " ".join(_in_words(track) for track in tracks),
        )
        for part, drawing in enumerate(drawings, 1)
    ]


def _in_words(track: TrackResult) -> str:
    verdicts = "; ".join(f"{s.detector} {score_text(s.raw_score)}, {s.verdict}" for s in track.scores)
    return f"Track {track.track_id}, {span_text(track.start_s, track.end_s)}: {verdicts}."


def _track_blocks(report: AnalysisReport, track: TrackResult, *, has_own_timeline: bool) -> list[Block]:
    rows = tuple(
        (*row, _spread(track, score), f"{score.crops_scored:,}")
        for row, score in zip(score_rows(track.scores), track.scores, strict=True)
    )
    blocks: list[Block] = [
        Heading(f"Track {track.track_id}, {span_text(track.start_s, track.end_s)}"),
        Table(
            columns=("Detector", "Raw score", "Probability", "Verdict", "Middle 80 % of crops", "Crops"),
            rows=rows,
            widths=(2.6, 1.1, 1.2, 2.2, 2, 0.8),
        ),
    ]
    for score in track.scores:
        blocks.append(Bullets(tuple(f"{score.detector}: {reason}" for reason in score.reasons)))
    if has_own_timeline:
        blocks += _timeline(report, (track,), f"track {track.track_id}")
    names = tuple(record.card.name for record in report.method.detectors)
    sheets = contact_sheets_jpeg(track, names)
    count = len(chosen_crops(track, len(names)))
    seen, told = "crops, none of which got a score", "with times"
    if is_scored(track):
        seen = "crops, and where each detector looked"
        told = f"each also under the attention map of {', '.join(names)}, with times and raw scores"
    for part, sheet in enumerate(sheets, 1):
        which = f" (part {part} of {len(sheets)})" if len(sheets) > 1 else ""
        blocks.append(
            Figure(
                content=sheet,
                media_type="image/jpeg",
                caption=f"Contact sheet of track {track.track_id}{which}: {seen}.",
                alt=f"Contact sheet of track {track.track_id}{which}, {count_text(count, 'crop')} in all, {told}.",
            )
        )
    return blocks


def _spread(track: TrackResult, score: DetectorScore) -> str:
    """Return the interval that holds the middle 80 % of the raw scores of a track."""
    values = [crop.raw_score for crop in track.crop_scores if crop.detector == score.detector]
    if len(values) < 2:
        return "–"
    low, high = np.percentile(values, (10, 90))
    return f"{score_text(float(low))} to {score_text(float(high))}"


def _agreement(report: AnalysisReport) -> list[Block]:
    names = [record.card.name for record in report.method.detectors]
    by_track = [{score.detector: score.verdict for score in track.scores} for track in report.tracks]

    def same(one: str, other: str) -> str:
        pairs = [(verdicts[one], verdicts[other]) for verdicts in by_track if {one, other} <= verdicts.keys()]
        return "–" if one == other else f"{sum(a is b for a, b in pairs)} of {len(pairs)}"

    numbers = [str(position) for position in range(1, len(names) + 1)]
    rows = tuple(
        (f"{number}  {name}", *(same(name, other) for other in names))
        for number, name in zip(numbers, names, strict=True)
    )
    return [
        Heading("Agreement of the detectors"),
        Table(
            columns=("Detector", *numbers),
            rows=rows,
            widths=(4, *([1] * len(names))),
            note="Tracks on which two detectors give the same verdict; columns are numbered like the rows.",
        ),
    ]


def _skipped(report: AnalysisReport, attachment: str) -> list[Block]:
    heading = Heading("Frames without a score")
    if not report.skipped:
        return [heading, Paragraph("None: every frame or face that went in came out as a score.")]

    frames = frames_by_reason(report.skipped)
    spans = Counter(
        (reason, stage)
        for reason, stage, *_ in {
            (skip.reason, skip.stage, skip.track_id, skip.first_frame_index, skip.last_frame_index)
            for skip in report.skipped
        }
    )
    totals = [
        f"{reason} (stage {stage}): {count_text(count, 'frame')} in {count_text(spans[reason, stage], 'span')}"
        for (reason, stage), count in frames.most_common(_MAX_SKIP_REASONS)
    ]
    if len(frames) > len(totals):
        totals.append(f"… and {count_text(len(frames) - len(totals), 'more reason')}")
    left_out = gaps(report.skipped, [record.card.name for record in report.method.detectors])
    rows = tuple(
        (
            span_text(skip.start_s, skip.end_s),
            f"{skip.frames:,}",
            "all" if skip.track_id is None else str(skip.track_id),
            ", ".join(detectors) or "all",
            skip.stage,
            skip.reason,
        )
        for skip, detectors in left_out[:_MAX_SKIP_ROWS]
    )
    return [
        heading,
        Bullets(tuple(totals)),
        Table(
            columns=("Time", "Frames", "Track", "Detector", "Stage", "Reason"),
            rows=rows,
            widths=(2.2, 0.8, 0.65, 1.6, 0.7, 3.8),
            note=_cut_note(len(left_out), len(rows), attachment),
        ),
    ]
