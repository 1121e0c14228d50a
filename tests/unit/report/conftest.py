"""Hand-made analysis reports, and one of them as PDF."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest

from forensiclab.analysis.events import AnalysisReport
from forensiclab.report.pdf import write_pdf


@pytest.fixture(scope="session")
def example() -> ModuleType:
    spec = spec_from_file_location("report_example", Path(__file__).with_name("example.py"))
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def on_disk(tmp_path_factory: pytest.TempPathFactory) -> Callable[[AnalysisReport, str], AnalysisReport]:
    """A report whose exhibit is a file that is there, with its right hash."""

    def place(report: AnalysisReport, name: str = "interview.mp4") -> AnalysisReport:
        path = tmp_path_factory.mktemp("evidence") / name
        path.write_bytes(b"not really a video")
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        return replace(report, exhibit=replace(report.exhibit, path=path, sha256=digest))

    return place


@pytest.fixture(scope="session")
def written(
    example: ModuleType, on_disk: Callable[..., AnalysisReport], tmp_path_factory: pytest.TempPathFactory
) -> tuple[AnalysisReport, Path]:
    """The example with two tracks, and its PDF."""
    report = on_disk(example.two_tracks())
    return report, write_pdf(report, tmp_path_factory.mktemp("pdf") / "report.pdf")
