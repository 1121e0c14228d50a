"""The machine-readable result; its contract is ``resources/report/result.schema.json``, with a version of its own.

Numbers are rounded, so that a repeated run gives the same text: times to the microsecond, boxes to 0.01 px, everything
else to six significant digits. Everything outside ``run`` is the same from run to run; ``content_sha256`` covers it.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from numbers import Integral, Real
from pathlib import Path, PurePath

from forensiclab.analysis.events import AnalysisReport, DetectorRecord, MethodRecord, TrackResult
from forensiclab.core.errors import ReportError
from forensiclab.core.scores import CropScore, DetectorScore
from forensiclab.core.text import Sentence
from forensiclab.report.output import FileKind, write_file

SCHEMA_VERSION = "1.2.0"
"""Of the result JSON: the first number changes when a field vanishes or changes its type, the second when one comes."""

Json = str | int | float | bool | None | list["Json"] | dict[str, "Json"]


def to_json(report: AnalysisReport) -> str:
    """Write a result as JSON, indented by two: keys in a fixed order, no NaN, characters outside ASCII as they are.

    Raises:
        ReportError: The report holds a number that is not finite.
    """
    content = _content(report)
    digest = _sha256(content, report)
    run = {
        "report_id": _report_id(digest),
        "started_at": report.started_at,
        "finished_at": report.finished_at,
        "is_partial": report.is_partial,
    }
    return json.dumps({**content, "content_sha256": digest, "run": run}, indent=2, ensure_ascii=False) + "\n"


def write_json(report: AnalysisReport, path: Path) -> Path:
    """Write the result as a JSON file in UTF-8.

    Args:
        report: What was found.
        path: Where the file goes; one that is there already is replaced.

    Returns:
        ``path``.

    Raises:
        ReportError: The result cannot be made, or cannot be written there.
    """
    return write_file(to_json(report).encode(), path, report.exhibit.path, FileKind.JSON)


def content_sha256(report: AnalysisReport) -> str:
    """SHA-256 over the result without ``run`` and without itself.

    Hashed is the UTF-8 text of the JSON with sorted keys, without white space between tokens and without escapes for
    characters outside ASCII, so that a reader can check it: ``json.dumps(content, sort_keys=True,
    separators=(",", ":"), ensure_ascii=False)``.

    Raises:
        ReportError: The report holds a number that is not finite.
    """
    return _sha256(_content(report), report)


def report_id(report: AnalysisReport) -> str:
    """Short name of the result, such as ``FL-3F2A-91C7``: the first 32 bits of ``content_sha256``.

    Raises:
        ReportError: The report holds a number that is not finite.
    """
    return _report_id(content_sha256(report))


def _report_id(digest: str) -> str:
    return f"FL-{digest[:4]}-{digest[4:8]}".upper()


def _sha256(content: Mapping[str, Json], report: AnalysisReport) -> str:
    try:
        text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    except ValueError as error:
        raise ReportError(
            Sentence(
                "The result for {0} holds a number that is not finite, so it was not written; this is a fault of a "
                "detector, please analyse again without it.",
                report.exhibit.path,
            )
        ) from error
    return hashlib.sha256(text.encode()).hexdigest()


def _content(report: AnalysisReport) -> dict[str, Json]:
    """Return all of the result but ``content_sha256`` and ``run``."""
    order = tuple(record.card.name for record in report.method.detectors)
    content = {
        "schema_version": SCHEMA_VERSION,
        "exhibit": {**asdict(report.exhibit), "state_after_reading": report.exhibit_state},
        "stream": asdict(report.stream),
        "coding": {**asdict(report.coding), "picture_types": dict(report.coding.picture_types)},
        "method": method_entry(report.method),
        "counts": {
            "frames_with_face": report.frames_with_face,
            "frames_sampled": report.frames_sampled,
            "crops_scored": report.crops_scored,
        },
        "shot_cuts_s": report.shot_cuts_s,
        "tracks": [_track(track, order) for track in report.tracks],
        "video": {
            "verdict": report.video.verdict,
            "reasons": report.video.reasons,
            "conflict": report.video.conflict,
            "scores": _scores(report.video.scores),
            "fused": None,
        },
        "skipped": [asdict(skipped) for skipped in report.skipped],
        "warnings": report.warnings,
    }
    as_json = plain("", content)
    assert isinstance(as_json, dict)
    return as_json


def method_entry(method: MethodRecord) -> dict[str, object]:
    """Return how a result came about, as it stands in the JSON."""
    return {
        **asdict(method),
        "libraries": dict(method.libraries),
        "detectors": [_detector(record) for record in method.detectors],
    }


def _detector(record: DetectorRecord) -> dict[str, object]:
    card = asdict(record.card)
    name, weights = card.pop("name"), card.pop("weights_sha256")
    return {
        "name": name,
        "weights_sha256": weights,
        "device": record.device,
        "precision": record.precision,
        "attention_note": record.attention_note,
        **card,
        "options": dict(record.card.options),
    }


def _track(track: TrackResult, order: tuple[str, ...]) -> dict[str, object]:
    return {
        "track_id": track.track_id,
        "start_s": track.start_s,
        "end_s": track.end_s,
        "frames_with_face": track.frames_with_face,
        "median_face_px": track.median_face_px,
        "median_qp": track.median_qp,
        "scores": _scores(track.scores),
        "frames": _frames(track.crop_scores, order),
    }


def _scores(scores: Iterable[DetectorScore]) -> dict[str, object]:
    return {score.detector: score_entry(score) for score in scores}


def score_entry(score: DetectorScore) -> dict[str, object]:
    """Return what one detector says, as it stands in the JSON."""
    return {
        "raw_score": score.raw_score,
        "probability": score.probability,
        "verdict": score.verdict,
        "reasons": score.reasons,
        "band": score.band,
        "crops_scored": score.crops_scored,
    }


def _frames(scores: Iterable[CropScore], order: tuple[str, ...]) -> list[dict[str, object]]:
    """Return the scored frames by time, with what each detector says, in the order of the request."""
    frames: dict[int, dict[str, CropScore]] = {}
    for score in scores:
        frames.setdefault(score.frame_index, {})[score.detector] = score
    rows: list[dict[str, object]] = []
    for index, by_detector in sorted(frames.items()):
        first = next(iter(by_detector.values()))
        rows.append(
            {
                "frame_index": index,
                "pts_s": first.pts_s,
                "box_xyxy_px": first.box_xyxy_px,
                "scores": {name: by_detector[name].raw_score for name in order if name in by_detector},
            }
        )
    return rows


def plain(name: str, value: object) -> Json:
    """Return a value as JSON knows it, rounded by the unit in the name of its field."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, Real):
        return _rounded(name, float(value))
    if isinstance(value, dict):
        return {_text(str(key)): plain(str(key), item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(name, item) for item in value]
    if isinstance(value, str | PurePath):
        return _text(str(value))
    raise TypeError(f"the field '{name}' of the result has the type {type(value).__name__}, which JSON does not know")


def _rounded(name: str, value: float) -> float:
    if name.endswith("_s"):
        rounded = round(value, 6)
    elif name == "box_xyxy_px":
        rounded = round(value, 2)
    else:
        rounded = float(f"{value:.6g}")
    return rounded + 0.0  # no "-0.0"


def _text(text: str) -> str:
    r"""Text that UTF-8 can hold: bytes of a file name that are no UTF-8 appear as ``\udc80``."""
    return text.encode("utf-8", "backslashreplace").decode()
