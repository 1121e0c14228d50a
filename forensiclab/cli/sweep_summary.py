"""A sweep in a table for a terminal."""

from forensiclab.analysis.robustness import FlipPoint, LevelResult, SweepReport
from forensiclab.core.compression import CompressionLevel
from forensiclab.core.notation import count_text, probability_text, score_text
from forensiclab.core.scores import DetectorScore


def sweep_lines(report: SweepReport) -> list[str]:
    """Write what was compressed, then a table per detector, then the flip points."""
    stream = report.stream
    kind = "picture" if stream.is_image else f"{stream.codec} video, {report.coding.frames_read} frames"
    crops = sum(len(track.pts_s) for track in report.tracks)
    lines = [
        f"{report.exhibit.path}",
        f"  {kind}, {stream.width_px} x {stream.height_px}, SHA-256 {report.exhibit.sha256}",
        f"  Recompressed with {report.codec.facts.title} at {len(report.levels) - 1} levels: "
        f"{count_text(crops, 'face')} of {count_text(len(report.tracks), 'track')}",
    ]
    for track in report.tracks:
        seconds = f"{track.start_s:.2f} s to {track.end_s:.2f} s"
        lines.append(
            f"  Track {track.track_id}: {seconds}, face {track.median_face_px:.0f} px, {len(track.pts_s)} faces"
        )
    for number, name in enumerate(report.detectors):
        lines += [
            "",
            f"  {name}, video",
            f"    {'level':9} {'QP':>5} {'raw score':>10} {'± std':>7} {'prob.':>7}  verdict",
        ]
        lines += [f"    {_row(result, result.video.scores[number])}" for result in report.levels]
        lines += [f"    {reason}" for reason in _why_no_probability(report, number)]
    lines += ["", "  Flip points: from which level on the verdict is another one, up to the strongest"]
    lines += [f"    {_flip(flip)}" for flip in report.flips if flip.detector is not None or len(report.detectors) > 1]
    lines += [f"  Note: {warning}" for warning in report.warnings]
    return lines


def _why_no_probability(report: SweepReport, number: int) -> list[str]:
    """Collect the reasons why a detector gives no probability, at any level and for any track."""
    of_tracks = [track.scores[number] for result in report.levels for track in result.tracks]
    scores = of_tracks or [result.video.scores[number] for result in report.levels]
    without = [score for score in scores if score.probability is None]
    # Where there is a raw score, the first reason says what it is made of.
    reasons = [reason for score in without for reason in score.reasons[0 if score.raw_score is None else 1 :]]
    return list(dict.fromkeys(reasons))


def _row(result: LevelResult, score: DetectorScore) -> str:
    measured = [track.median_qp for track in result.tracks if track.median_qp is not None]
    qp = f"{min(measured):.0f}" if measured else "–"
    if len(measured) > 1 and round(min(measured)) != round(max(measured)):
        qp = f"{min(measured):.0f}-{max(measured):.0f}"
    spread = "–" if score.std is None else f"{score.std:.3f}"
    numbers = f"{score_text(score.raw_score):>10} {spread:>7} {probability_text(score.probability):>7}"
    return f"{_level(result.level):9} {qp:>5} {numbers}  {score.verdict.value}"


def _flip(flip: FlipPoint) -> str:
    what = "video" if flip.track_id is None else f"track {flip.track_id}"
    who = "all detectors together" if flip.detector is None else flip.detector
    if not flip.is_known:
        return f"{what}, {who}: not known, for want of a calibration"
    if flip.level is None or flip.after is None:
        return f"{what}, {who}: none ({flip.before.value})"
    return f"{what}, {who}: {flip.level} ({flip.before.value} -> {flip.after.value})"


def _level(level: CompressionLevel) -> str:
    return "as it is" if level.value is None else str(level)
