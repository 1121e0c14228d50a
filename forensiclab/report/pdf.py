"""The printed report: a tagged PDF/A-3 with the machine-readable result inside, typeset by Typst.

All texts go to Typst as data in a JSON file; none is ever part of its markup.
"""

import json
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Literal, TypeVar

import typst

from forensiclab.analysis.events import AnalysisReport
from forensiclab.core.errors import ReportError
from forensiclab.core.resources import resource_path
from forensiclab.core.text import Sentence
from forensiclab.media.probe import exhibit_state
from forensiclab.report.compose import compose
from forensiclab.report.model import ReportDetails, ReportDocument
from forensiclab.report.output import FileKind, check_target, write_file
from forensiclab.report.wording import FONT_FOLDER, printable

Output = TypeVar("Output")

STANDARDS: tuple[Literal["a-3a"], Literal["ua-1"]] = ("a-3a", "ua-1")
"""PDF/A-3a: kept for decades, tagged, with files inside. PDF/UA-1: readable with a screen reader."""


def write_pdf(report: AnalysisReport, path: Path, details: ReportDetails | None = None) -> Path:
    """Write the report of an analysis as PDF. The exhibit is hashed again, and the report says what came out.

    The same report, details and state of the exhibit give the same bytes.

    Args:
        report: What was found.
        path: Where the PDF goes; a report that is there already is replaced.
        details: What the examiner states; None where nothing is stated.

    Returns:
        ``path``.

    Raises:
        ReportError: The report cannot be made, or cannot be written there.
    """
    check_target(path, (report.exhibit.path,), FileKind.PDF)
    document = compose(report, details or ReportDetails(), exhibit_state(report.exhibit))
    return write_file(render_pdf(document), path, report.exhibit.path, FileKind.PDF)


def preview_pages(report: AnalysisReport, details: ReportDetails, pixels_per_inch: float) -> tuple[bytes, ...]:
    """Render the pages that ``write_pdf`` would write now as PNG pictures; nothing is written.

    Raises:
        ReportError: As in ``render_pdf``.
    """
    document = compose(report, details, exhibit_state(report.exhibit))
    pages = _typeset(document, lambda source: _pages(source, pixels_per_inch))
    return tuple(pages)


def render_pdf(document: ReportDocument) -> bytes:
    """Typeset a report.

    Raises:
        ReportError: There is no room for temporary files, or the typesetter refuses the document.
    """
    finished = datetime.fromisoformat(document.date)
    return _typeset(document, lambda source: _pdf(source, finished.replace(tzinfo=finished.tzinfo or UTC)))


def _typeset(document: ReportDocument, compiled: Callable[[Path], Output]) -> Output:
    """Lay out a document's files in a temporary folder and compile them; the argument of ``compiled`` is its source."""
    try:
        with tempfile.TemporaryDirectory(prefix="forensiclab-") as folder:
            return compiled(_lay_out(document, Path(folder)))
    except OSError as error:
        raise ReportError(
            Sentence(
                "The report {0} could not be typeset, since a temporary file could not be written ({1}); make room "
                "in {2}.",
                document.report_id,
                error.strerror or error,
                tempfile.gettempdir(),
            )
        ) from error
    except typst.TypstError as error:
        raise ReportError(
            Sentence("The report {0} could not be typeset: {1}.", document.report_id, error.message)
        ) from error


def _lay_out(document: ReportDocument, folder: Path) -> Path:
    files = count(1)

    def store(content: bytes) -> str:
        name = f"file-{next(files)}"
        (folder / name).write_bytes(content)
        return name

    data = _plain(document, store)
    (folder / "report.json").write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    return Path(shutil.copyfile(resource_path("report", "report.typ"), folder / "report.typ"))


def _pdf(source: Path, finished: datetime) -> bytes:
    return typst.compile(
        source,
        root=source.parent,
        font_paths=[FONT_FOLDER],
        ignore_system_fonts=True,
        pdf_standards=list(STANDARDS),
        timestamp=finished,
    )


def _pages(source: Path, pixels_per_inch: float) -> list[bytes]:
    pages: bytes | list[bytes] = typst.compile(
        source,
        root=source.parent,
        font_paths=[FONT_FOLDER],
        ignore_system_fonts=True,
        format="png",
        ppi=pixels_per_inch,
    )
    return pages if isinstance(pages, list) else [pages]


def _plain(value: object, store: Callable[[bytes], str]) -> object:
    """Return a part of the document as JSON: records by the name of their class, bytes as the name of a file."""
    if is_dataclass(value) and not isinstance(value, type):
        parts = {field.name: _plain(getattr(value, field.name), store) for field in fields(value)}
        return {"kind": type(value).__name__.lower(), **parts}
    if isinstance(value, tuple):
        return [_plain(part, store) for part in value]
    if isinstance(value, bytes):
        return store(value)
    return printable(value) if isinstance(value, str) else value
