"""The result of one exhibit in a few lines for a terminal."""

from forensiclab.analysis.events import AnalysisReport
from forensiclab.core.scores import DetectorScore


def summary_lines(report: AnalysisReport) -> list[str]:
    """Verdict first, then why, then what every detector says of every track, then what was left out."""
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
    for skipped in report.skipped[:8]:
        whose = [] if skipped.track_id is None else [f"track {skipped.track_id}"]
        whose += [] if skipped.detector is None else [skipped.detector]
        who = f" ({', '.join(whose)})" if whose else ""
        seconds = f"{skipped.start_s:.2f} s to {skipped.end_s:.2f} s"
        lines.append(f"  Not scored{who}: {skipped.frames} frames, {seconds}: {skipped.reason}")
    if len(report.skipped) > 8:
        lines.append(f"  ... and {len(report.skipped) - 8} more entries; all of them are in the JSON result.")
    lines += [f"  Note: {warning}" for warning in report.warnings]
    return lines


def _score(score: DetectorScore) -> str:
    if score.raw_score is None:
        return f"{score.detector}: {score.verdict.value}"
    probability = "no calibrated probability" if score.probability is None else f"probability {score.probability:.3f}"
    return f"{score.detector}: {score.verdict.value}, {probability}, raw score {score.raw_score:.3f}"
