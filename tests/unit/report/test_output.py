import errno
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from forensiclab.analysis.events import AnalysisReport
from forensiclab.core.errors import ReportError
from forensiclab.report.output import write_file
from forensiclab.report.result_json import to_json, write_json


@pytest.fixture
def evidence(tmp_path: Path) -> Path:
    path = tmp_path / "exhibit.mp4"
    path.write_bytes(b"evidence")
    return path


def test_writes_and_replaces(tmp_path: Path, evidence: Path) -> None:
    target = tmp_path / "report.json"
    assert write_file(b"one", target, evidence) == target
    write_file(b"two", target, evidence)
    assert target.read_bytes() == b"two"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["exhibit.mp4", "report.json"]


@pytest.mark.parametrize("link", ["symlink_to", "hardlink_to"])
def test_refuses_the_evidence_by_any_name(tmp_path: Path, evidence: Path, link: str) -> None:
    other = tmp_path / "other.pdf"
    getattr(other, link)(evidence)
    for target in (evidence, other, tmp_path / "x" / ".." / "exhibit.mp4"):
        (tmp_path / "x").mkdir(exist_ok=True)
        with pytest.raises(ReportError, match="examined file itself"):
            write_file(b"report", target, evidence)
    assert evidence.read_bytes() == b"evidence"


def test_refuses_the_place_of_evidence_that_is_gone(evidence: Path) -> None:
    evidence.unlink()
    with pytest.raises(ReportError, match="examined file itself"):
        write_file(b"report", evidence, evidence)


def test_refuses_folders(tmp_path: Path, evidence: Path) -> None:
    with pytest.raises(ReportError, match="is a folder"):
        write_file(b"report", tmp_path, evidence)
    with pytest.raises(ReportError, match="does not exist"):
        write_file(b"report", tmp_path / "missing" / "r.pdf", evidence)


def test_a_full_disk_leaves_the_old_report(tmp_path: Path, evidence: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "r.pdf"
    target.write_bytes(b"old")

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("forensiclab.report.output.os.fsync", full)
    with pytest.raises(ReportError, match=r"r\.pdf was not written: the disk is full"):
        write_file(b"new", target, evidence)
    assert target.read_bytes() == b"old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["exhibit.mp4", "r.pdf"]


def test_a_name_that_is_too_long_is_explained(tmp_path: Path, evidence: Path) -> None:
    with pytest.raises(ReportError, match="name is too long"):
        write_file(b"report", tmp_path / ("r" * 300), evidence)
    assert [path.name for path in tmp_path.iterdir()] == ["exhibit.mp4"]


def test_write_json(example: ModuleType, on_disk: Callable[..., AnalysisReport], tmp_path: Path) -> None:
    report = on_disk(replace(example.no_face(), warnings=("ünï-中文",)))
    target = write_json(report, tmp_path / "r.json")
    assert target.read_text(encoding="utf-8") == to_json(report)
    with pytest.raises(ReportError, match="examined file itself"):
        write_json(report, report.exhibit.path)
