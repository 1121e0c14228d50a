import errno
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from forensiclab.analysis.events import AnalysisReport
from forensiclab.core.errors import ReportError, WriteError
from forensiclab.core.records import Exhibit
from forensiclab.report.output import FileKind, ResultNames, check_folder, check_target, check_targets, write_file
from forensiclab.report.result_json import to_json, write_json


@pytest.fixture
def evidence(tmp_path: Path) -> Path:
    path = tmp_path / "exhibit.mp4"
    path.write_bytes(b"evidence")
    return path


def test_writes_and_replaces(tmp_path: Path, evidence: Path) -> None:
    target = tmp_path / "report.json"
    assert write_file(b"%PDF-1", target, evidence, FileKind.PDF) == target
    write_file(b"%PDF-2", target, evidence, FileKind.PDF)
    assert target.read_bytes() == b"%PDF-2"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["exhibit.mp4", "report.json"]


@pytest.mark.parametrize("link", ["symlink_to", "hardlink_to"])
def test_refuses_the_evidence_by_any_name(tmp_path: Path, evidence: Path, link: str) -> None:
    other = tmp_path / "other.pdf"
    getattr(other, link)(evidence)
    for target in (evidence, other, tmp_path / "x" / ".." / "exhibit.mp4"):
        (tmp_path / "x").mkdir(exist_ok=True)
        with pytest.raises(ReportError, match="examined file itself"):
            write_file(b"report", target, evidence, FileKind.PDF)
    assert evidence.read_bytes() == b"evidence"


def test_refuses_the_place_of_evidence_that_is_gone(evidence: Path) -> None:
    evidence.unlink()
    with pytest.raises(ReportError, match="examined file itself"):
        write_file(b"report", evidence, evidence, FileKind.PDF)


def test_refuses_folders(tmp_path: Path, evidence: Path) -> None:
    with pytest.raises(ReportError, match="is a folder"):
        write_file(b"report", tmp_path, evidence, FileKind.PDF)
    with pytest.raises(ReportError, match="does not exist"):
        write_file(b"report", tmp_path / "missing" / "r.pdf", evidence, FileKind.PDF)


def test_a_full_disk_leaves_the_old_report(tmp_path: Path, evidence: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "r.pdf"
    target.write_bytes(b"%PDF-old")

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("forensiclab.core.files.os.fsync", full)
    with pytest.raises(WriteError, match=r"r\.pdf was not written: the disk is full"):
        write_file(b"new", target, evidence, FileKind.PDF)
    assert target.read_bytes() == b"%PDF-old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["exhibit.mp4", "r.pdf"]


def test_a_name_that_is_too_long_is_explained(tmp_path: Path, evidence: Path) -> None:
    with pytest.raises(WriteError, match="name is too long"):
        write_file(b"report", tmp_path / ("r" * 300), evidence, FileKind.PDF)
    assert [path.name for path in tmp_path.iterdir()] == ["exhibit.mp4"]


def test_write_json(example: ModuleType, on_disk: Callable[..., AnalysisReport], tmp_path: Path) -> None:
    report = on_disk(replace(example.no_face(), warnings=("ünï-中文",)))
    target = write_json(report, tmp_path / "r.json")
    assert target.read_text(encoding="utf-8") == to_json(report)
    with pytest.raises(ReportError, match="examined file itself"):
        write_json(report, report.exhibit.path)


@pytest.mark.parametrize(
    ("kind", "ours", "foreign"),
    [
        (FileKind.JSON, b'{\n  "schema_version": "1.1.0",', b'{"dependencies": {}}'),
        (FileKind.PDF, b"%PDF-1.7 ...", b"\x00\x00\x00\x20ftypisom"),
        (FileKind.CSV, b"level,scope,track_id,", b"name,amount"),
        (FileKind.PNG, b"\x89PNG\r\n\x1a\n....tEXtSoftware\0ForensicLab", b"\x89PNG\r\n\x1a\n....IDAT"),
        (FileKind.SVG, b'<?xml version="1.0"?> ... ForensicLab', b'<?xml version="1.0"?><svg/>'),
    ],
)
def test_only_a_result_of_the_same_kind_is_replaced(tmp_path, evidence, kind, ours, foreign):
    target = tmp_path / "target"
    for content in (ours, b""):
        target.write_bytes(content)
        check_target(target, (evidence,), kind)
    target.write_bytes(foreign)
    with pytest.raises(ReportError, match=f"not a {kind.name} file of ForensicLab"):
        write_file(b"new", target, evidence, kind)
    assert target.read_bytes() == foreign


def test_pipes_and_devices_stay_what_they_are(tmp_path, evidence):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for target in (pipe, Path("/dev/null")):
        with pytest.raises(ReportError, match="not an ordinary file"):
            check_target(target, (evidence,), FileKind.JSON)
    assert pipe.is_fifo()


def test_two_outputs_of_one_place_are_refused(tmp_path, evidence):
    (tmp_path / "x").mkdir()
    for second in (tmp_path / "r", tmp_path / "x" / ".." / "r"):
        with pytest.raises(ReportError, match="same name"):
            check_targets([(tmp_path / "r", FileKind.JSON), (second, FileKind.PDF)], (evidence,))


def test_a_folder_that_cannot_be_written_to_is_found_out(tmp_path, evidence, monkeypatch):
    def refuse(self, *arguments, **named):
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(self))

    monkeypatch.setattr(Path, "touch", refuse)
    with pytest.raises(WriteError, match="may not be written to"):
        check_target(tmp_path / "r.json", (evidence,), FileKind.JSON)
    with pytest.raises(WriteError, match="may not be written to"):
        check_folder(tmp_path)


def exhibit(name: str, sha256: str) -> Exhibit:
    return Exhibit(path=Path(name), sha256=sha256, size_bytes=1, modified_utc="")


def test_names_of_results_are_short_and_each_their_own(tmp_path):
    names, targets = ResultNames(), [(tmp_path, FileKind.JSON), (tmp_path, FileKind.PDF)]
    assert names.name(exhibit("a/clip.mp4", "12345678ff"), targets) == "clip-12345678"
    assert names.name(exhibit("b/clip.mp4", "12345678ff"), targets) == "clip-12345678-2"
    assert names.name(exhibit("c/CLIP.mp4", "12345678ff"), targets) == "CLIP-12345678-3"
    for long in ("x" * 246 + ".mp4", "雪" * 82 + ".mp4", "\udcff" * 246 + ".mp4"):
        for _ in range(2):
            name = names.name(exhibit(long, "abcdef0123"), targets)
            assert "-abcdef01" in name
            (tmp_path / f"{name}.json").write_bytes(b"")
            assert len(os.fsencode(f"{name}.json")) <= 250


def test_a_file_of_somebody_else_keeps_its_name(tmp_path):
    (tmp_path / "clip-12345678.pdf").write_bytes(b"not a report")
    (tmp_path / "clip-12345678-2.json").write_bytes(b'{"schema_version": 1}')
    targets = [(tmp_path, FileKind.JSON), (tmp_path, FileKind.PDF)]
    assert ResultNames().name(exhibit("clip.mp4", "12345678ff"), targets) == "clip-12345678-2"
