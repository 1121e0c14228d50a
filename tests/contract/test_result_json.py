"""The contract of the result JSON: fields stay, and a change of a field changes the schema's version."""

import hashlib
import json
from dataclasses import replace
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from jsonschema import Draft202012Validator, ValidationError

from forensiclab.core.errors import ReportError
from forensiclab.core.resources import resource_path
from forensiclab.detectors.base import WeightsReference
from forensiclab.report.result_json import SCHEMA_VERSION, content_sha256, report_id, to_json

GOLDEN = Path(__file__).parents[1] / "golden"
FIELDS = GOLDEN / f"result_fields_{SCHEMA_VERSION}.json"
"""Every field of this version of the schema with its type. Written once per version, never changed."""

PROMISED = [
    "schema_version",
    "exhibit.path",
    "exhibit.sha256",
    "exhibit.size_bytes",
    "stream",
    "method.software",
    "method.detectors[].name",
    "method.detectors[].weights_sha256",
    "tracks[].track_id",
    "tracks[].start_s",
    "tracks[].end_s",
    *(f"{home}.scores.*.{name}" for home in ("tracks[]", "video") for name in ("raw_score", "probability", "verdict")),
    "tracks[].frames[].pts_s",
    "tracks[].frames[].box_xyxy_px[]",
    "tracks[].frames[].scores.*",
    "video.verdict",
    "video.reasons[]",
    "video.fused",
    "video.fused.probability",
    "video.fused.verdict",
    "skipped[]",
    "warnings[]",
]
"""What every version has."""


@pytest.fixture(scope="module")
def example() -> ModuleType:
    spec = spec_from_file_location("report_example", Path(__file__).parents[1] / "unit" / "report" / "example.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    return json.loads(resource_path("report", "result.schema.json").read_text(encoding="utf-8"))


def fields(schema: dict[str, Any], node: dict[str, Any] | None = None, path: str = "") -> dict[str, str]:
    """Path -> type of every field that a schema declares; ``[]`` = items of a list, ``*`` = any key of a map."""
    node = schema if node is None else node
    if "$ref" in node:
        node = schema["$defs"][node["$ref"].rpartition("/")[2]]
    found: dict[str, str] = {}
    if path:
        kind = node.get("type", "choice")
        found[path] = "/".join(kind) if isinstance(kind, list) else kind
    for choice in node.get("oneOf", ()):
        found |= {name: kind for name, kind in fields(schema, choice, path).items() if name != path}
    for name, part in node.get("properties", {}).items():
        found |= fields(schema, part, f"{path}.{name}" if path else name)
    if "items" in node:
        found |= fields(schema, node["items"], f"{path}[]")
    if isinstance(node.get("additionalProperties"), dict):
        found |= fields(schema, node["additionalProperties"], f"{path}.*")
    return found


def test_schema_is_valid_and_names_its_version(schema: dict[str, Any]) -> None:
    Draft202012Validator.check_schema(schema)
    assert schema["$id"] == f"urn:forensiclab:schema:result:{SCHEMA_VERSION}"
    assert schema["properties"]["schema_version"] == {"const": SCHEMA_VERSION}


def test_promised_fields_are_there(schema: dict[str, Any]) -> None:
    assert not set(PROMISED) - fields(schema).keys()


def test_fields_are_those_pinned_for_this_version(schema: dict[str, Any]) -> None:
    pinned = json.loads(FIELDS.read_text(encoding="utf-8"))
    assert fields(schema) == pinned, (
        "The result JSON changed: give it a new SCHEMA_VERSION (and $id) and pin its fields in a new file."
    )


def test_no_field_vanished_within_a_major_version(schema: dict[str, Any]) -> None:
    now = fields(schema).items()
    major = SCHEMA_VERSION.partition(".")[0]
    for path in GOLDEN.glob(f"result_fields_{major}.*.json"):
        assert not json.loads(path.read_text(encoding="utf-8")).items() - now, f"fields of {path.name} are missing"


@pytest.mark.parametrize("name", ["two_tracks", "no_face", "image"])
def test_reports_are_valid(example: ModuleType, schema: dict[str, Any], name: str) -> None:
    Draft202012Validator(schema).validate(json.loads(to_json(getattr(example, name)())))


def test_a_detector_may_stand_before_another(example: ModuleType, schema: dict[str, Any]) -> None:
    report = example.two_tracks()
    first, *others = report.method.detectors
    named = replace(first.card, stands_before=WeightsReference(name="xception_c23", weights_sha256="cd" * 32))
    method = replace(report.method, detectors=(replace(first, card=named), *others))
    result = json.loads(to_json(replace(report, method=method)))
    Draft202012Validator(schema).validate(result)
    told = [detector["stands_before"] for detector in result["method"]["detectors"]]
    assert told == [{"name": "xception_c23", "weights_sha256": "cd" * 32}, None]


def test_schema_refuses_unknown_and_missing_fields(example: ModuleType, schema: dict[str, Any]) -> None:
    result = json.loads(to_json(example.two_tracks()))
    with pytest.raises(ValidationError):
        Draft202012Validator(schema).validate({**result, "surprise": 1})
    del result["tracks"][0]["frames"][0]["pts_s"]
    with pytest.raises(ValidationError):
        Draft202012Validator(schema).validate(result)


def test_example_is_the_golden_one(example: ModuleType) -> None:
    assert to_json(example.two_tracks()) == (GOLDEN / "result_example.json").read_text(encoding="utf-8")


def test_only_run_differs_between_runs(example: ModuleType) -> None:
    first = example.two_tracks()
    later = replace(first, started_at="2027-01-01T00:00:00Z", finished_at="2027-01-01T00:00:09Z")
    one, two = json.loads(to_json(first)), json.loads(to_json(later))
    assert one.pop("run") != two.pop("run")
    assert one == two
    assert report_id(first) == report_id(later)


def test_a_reader_can_check_the_hash(example: ModuleType) -> None:
    report = example.two_tracks(path=Path("/evidence/ünï-中文-🎭.mp4"))
    result = json.loads(to_json(report))
    run, digest = result.pop("run"), result.pop("content_sha256")
    canonical = json.dumps(result, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert digest == hashlib.sha256(canonical.encode()).hexdigest() == content_sha256(report)
    assert run["report_id"] == f"FL-{digest[:4]}-{digest[4:8]}".upper()


def test_another_result_has_another_id(example: ModuleType) -> None:
    report = example.two_tracks()
    assert report_id(report) != report_id(replace(report, warnings=()))


def test_numbers_are_rounded(example: ModuleType) -> None:
    report = example.two_tracks()
    first, *others = report.tracks[0].crop_scores
    odd = replace(first, raw_score=1 / 3e7, pts_s=3600.12345678, box_xyxy_px=(1 / 3, -0.001, 2.0, 3.0))
    lone = replace(report.tracks[0], crop_scores=(odd,))
    frame = json.loads(to_json(replace(report, tracks=(lone,))))["tracks"][0]["frames"][0]
    assert frame["scores"] == {odd.detector: 3.33333e-08}
    assert frame["pts_s"] == 3600.123457
    assert frame["box_xyxy_px"] == [0.33, 0.0, 2.0, 3.0]
    assert len(others) > 0


def test_numbers_that_are_not_finite_are_refused(example: ModuleType) -> None:
    report = example.two_tracks()
    broken = replace(report.tracks[0], median_face_px=float("nan"))
    with pytest.raises(ReportError, match=r"interview\.mp4 holds a number that is not finite"):
        to_json(replace(report, tracks=(broken,)))


def test_a_path_that_is_no_utf8_is_written_readably(example: ModuleType) -> None:
    report = example.two_tracks(path=Path("/evidence/\udcff.mp4"))
    text = to_json(report)
    assert text.encode("utf-8")
    assert json.loads(text)["exhibit"]["path"].endswith("\\udcff.mp4")
