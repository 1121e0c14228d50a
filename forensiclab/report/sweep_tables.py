"""A sweep as JSON and as CSV. The same sweep gives the same text, but for the times in ``run``."""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict

from forensiclab.analysis.robustness import FlipPoint, LevelResult, SweepReport
from forensiclab.core.scores import DetectorScore
from forensiclab.report.result_json import method_entry, plain, score_entry

SCHEMA_VERSION = "1.0.0"
"""Of the sweep's JSON."""

CSV_COLUMNS = (
    "level",
    "scope",
    "track_id",
    "detector",
    "raw_score",
    "std",
    "probability",
    "verdict",
    "band",
    "median_qp",
    "crops_scored",
)


def to_sweep_json(report: SweepReport) -> str:
    """Write a sweep as JSON text, numbers rounded as in the result of an analysis."""
    content = {
        "schema_version": SCHEMA_VERSION,
        "kind": "sweep",
        "exhibit": {**asdict(report.exhibit), "state_after_reading": report.exhibit_state},
        "stream": asdict(report.stream),
        "method": method_entry(report.method),
        "codec": report.codec.cli_name,
        "tracks": [asdict(track) for track in report.tracks],
        "levels": [_level(result) for result in report.levels],
        "flip_points": [_flip(flip) for flip in report.flips],
        "warnings": report.warnings,
        "run": {
            "started_at": report.started_at,
            "finished_at": report.finished_at,
            "is_partial": report.is_partial,
        },
    }
    return json.dumps(plain("", content), indent=2, ensure_ascii=False) + "\n"


def to_sweep_csv(report: SweepReport) -> str:
    """Write a sweep as CSV: one row per level, detector, and track or video; missing values are empty."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(CSV_COLUMNS)
    for result in report.levels:
        writer.writerows(_rows(str(result.level), "video", None, None, result.video.scores))
        for track in result.tracks:
            writer.writerows(_rows(str(result.level), "track", track.track_id, track.median_qp, track.scores))
    return text.getvalue()


def _rows(
    level: str, scope: str, track_id: int | None, qp: float | None, scores: Sequence[DetectorScore]
) -> Iterator[tuple[object, ...]]:
    for score in scores:
        yield (
            level,
            scope,
            track_id,
            score.detector,
            _number(score.raw_score),
            _number(score.std),
            _number(score.probability),
            score.verdict.value,
            score.band,
            _number(qp),
            score.crops_scored,
        )


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.6g}"


def _level(result: LevelResult) -> dict[str, object]:
    return {
        "level": str(result.level),
        "tracks": [
            {"track_id": track.track_id, "median_qp": track.median_qp, "scores": _scores(track.scores)}
            for track in result.tracks
        ],
        "video": {
            "verdict": result.video.verdict,
            "reasons": result.video.reasons,
            "conflict": result.video.conflict,
            "scores": _scores(result.video.scores),
        },
    }


def _scores(scores: Sequence[DetectorScore]) -> dict[str, object]:
    return {score.detector: {**score_entry(score), "std": score.std} for score in scores}


def _flip(flip: FlipPoint) -> dict[str, object]:
    return {**asdict(flip), "level": None if flip.level is None else str(flip.level)}
