"""The result of one exhibit in a few lines for a terminal."""

from typing import Final

from forensiclab.analysis.events import AnalysisReport
from forensiclab.analysis.skips import gaps
from forensiclab.core.notation import count_text, probability_text, score_text
from forensiclab.core.scores import DetectorScore

_GAPS_AT_MOST: Final = 8


def summary_lines(report: AnalysisReport) -> list[str]:
    """Write the verdict, then why, what every detector says of every track, and what was left out."""
    stream = report.stream
    kind = "picture" if stream.is_image else f"{stream.codec} video, {report.coding.frames_read} frames"
    lines = [
        f"{report.exhibit.path}",
        f"  {kind}, {stream.width_px} x {stream.height_px}, SHA-256 {report.exhibit.sha256}",
        f"  Verdict: {report.video.verdict.value}",
        *(f"    {reason}" for reason in report.video.reasons),
    ]
    for track in report.tracks:
        qp = f", QP {track.median_qp:.0f}" if track.median_qp is not None else ""
        seconds = f"{track.start_s:.2f} s to {track.end_s:.2f} s"
        lines.append(f"  Track {track.track_id}: {seconds}, face {track.median_face_px:.0f} px{qp}")
        lines += [f"    {_score(score)}" for score in track.scores]
    left_out = gaps(report.skipped, [record.card.name for record in report.method.detectors])
    for skipped, detectors in left_out[:_GAPS_AT_MOST]:
        whose = [] if skipped.track_id is None else [f"track {skipped.track_id}"]
        who = f" ({', '.join([*whose, *detectors])})" if whose or detectors else ""
        frames = count_text(skipped.frames, "frame")
        seconds = f"{skipped.start_s:.2f} s to {skipped.end_s:.2f} s"
        lines.append(f"  Not scored{who}: {frames}, {seconds}: {skipped.reason}")
    if len(left_out) > _GAPS_AT_MOST:
        lines.append(f"  ... and {len(left_out) - _GAPS_AT_MOST} more; all of them are in the JSON result.")
    lines += [f"  Note: {warning}" for warning in report.warnings]
    return lines


def _score(score: DetectorScore) -> str:
    if score.raw_score is None:
        return f"{score.detector}: {score.verdict.value}"
    text = probability_text(score.probability)
    probability = "no calibrated probability" if score.probability is None else f"probability {text}"
    return f"{score.detector}: {score.verdict.value}, {probability}, raw score {score_text(score.raw_score)}"
