import io
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from types import ModuleType

import pytest
from pypdf import PdfReader

from forensiclab.analysis.events import AnalysisReport
from forensiclab.core.errors import ReportError
from forensiclab.core.records import ExhibitState
from forensiclab.media.probe import exhibit_state
from forensiclab.report.model import ReportDetails
from forensiclab.report.pdf import preview_pages, write_pdf
from forensiclab.report.result_json import report_id, to_json
from forensiclab.report.wording import printable

Place = Callable[..., AnalysisReport]
Written = tuple[AnalysisReport, Path]


def text_of(path: Path) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(path).pages)


def plain(text: str) -> str:
    """Without what differs by where lines are broken."""
    return "".join(text.replace("\u200b", "").split())


def test_the_result_is_attached_unchanged(written: Written) -> None:
    report, path = written
    assert PdfReader(path).attachments == {f"{report_id(report)}-result.json": [to_json(report).encode()]}


def test_is_tagged_pdf_a_3_for_accessibility(written: Written) -> None:
    reader = PdfReader(written[1])
    catalog = reader.root_object
    metadata = catalog["/Metadata"].get_object().get_data().decode()
    assert "<pdfaid:part>3</pdfaid:part>" in metadata
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in metadata
    assert "<pdfuaid:part>1</pdfuaid:part>" in metadata
    assert catalog["/MarkInfo"]["/Marked"]
    assert catalog["/StructTreeRoot"]
    assert catalog["/Lang"] == "en"
    assert catalog["/ViewerPreferences"]["/DisplayDocTitle"]


def test_names_itself_on_every_page_and_ends_with_a_mark(written: Written) -> None:
    report, path = written
    reader = PdfReader(path)
    name = report_id(report)
    assert reader.metadata is not None
    assert reader.metadata.title == f"Examination of a video for face manipulation, {name}"
    count = len(reader.pages)
    assert 5 < count < 20
    for number, page in enumerate(reader.pages, 1):
        text = page.extract_text()
        assert f"Page {number} of {count}" in text
        assert name in text
        width, height = float(page.mediabox.width), float(page.mediabox.height)
        assert (round(width), round(height)) == (595, 842)
    assert f"End of report {name}" in reader.pages[-1].extract_text()


def test_the_first_page_is_a_summary(written: Written) -> None:
    report, path = written
    first = PdfReader(path).pages[0].extract_text()
    for expected in (
        "The result for this exhibit: supports manipulation",
        report.exhibit.sha256,
        "the same as at intake",
        "not stated",
        "not assessable",
        "The results relate only to the item examined",
    ):
        assert expected in first


def test_every_font_is_inside(written: Written) -> None:
    fonts = {
        font.get_object()["/BaseFont"]
        for page in PdfReader(written[1]).pages
        for font in page["/Resources"]["/Font"].values()
    }
    assert all("Libertinus" in name or "DejaVu" in name for name in fonts)


def test_the_same_report_gives_the_same_bytes(written: Written, tmp_path: Path) -> None:
    report, path = written
    assert write_pdf(report, tmp_path / "again.pdf").read_bytes() == path.read_bytes()


def test_is_dated_by_the_end_of_the_analysis(written: Written) -> None:
    report, path = written
    metadata = PdfReader(path).metadata
    assert metadata is not None
    assert metadata.creation_date is not None
    assert metadata.creation_date == datetime.fromisoformat(report.finished_at)


def test_every_figure_has_words_for_those_who_do_not_see_it(written: Written) -> None:
    reader = PdfReader(written[1])
    alternatives: list[str] = []
    pending = [reader.root_object["/StructTreeRoot"]]
    while pending:
        node = pending.pop().get_object()
        if not hasattr(node, "get"):
            pending += node if isinstance(node, list) else []
            continue
        if node.get("/S") == "/Figure":
            alternatives.append(node.get("/Alt", ""))
        if "/K" in node:
            children = node["/K"]
            pending += children if isinstance(children, list) else [children]
        pending = [child for child in pending if not isinstance(child, int)]
    assert len(alternatives) >= 6
    assert all(len(alternative) > 20 for alternative in alternatives)


def test_hostile_texts_stay_texts(example: ModuleType, on_disk: Place, tmp_path: Path) -> None:
    name = example.HOSTILE_NAME.replace("/", "_").encode()[:180].decode(errors="ignore")
    report = on_disk(replace(example.no_face(), warnings=(name, "w" * 500)), name)
    details = ReportDetails(
        case='#read("/etc/passwd")', examiner="#" * 300, questions="One?\nTwo?\x00", amendment="*no*"
    )
    text = plain(text_of(write_pdf(report, tmp_path / "r.pdf", details)))
    assert text.count(plain(printable(name))) >= 3  # summary, exhibit, warning
    for expected in ('#read("/etc/passwd")', "#" * 300, "One?/Two?[U+0000]", "*no*", "w" * 500, "[U+202E]gpj."):
        assert plain(expected) in text


@pytest.mark.parametrize("name", ["no_face", "image"])
def test_other_reports_can_be_printed(example: ModuleType, on_disk: Place, tmp_path: Path, name: str) -> None:
    report = on_disk(getattr(example, name)())
    text = text_of(write_pdf(report, tmp_path / "r.pdf"))
    assert str(report.video.verdict) in text
    assert ("picture" if name == "image" else "video") in text.splitlines()[0]


def test_the_exhibit_is_hashed_again(example: ModuleType, on_disk: Place, tmp_path: Path) -> None:
    report = on_disk(example.no_face())
    assert exhibit_state(report.exhibit) is ExhibitState.MATCHES
    report.exhibit.path.write_bytes(b"changed")
    assert exhibit_state(report.exhibit) is ExhibitState.DIFFERS
    assert "was DIFFERENT from intake" in text_of(write_pdf(report, tmp_path / "changed.pdf"))
    report.exhibit.path.unlink()
    assert exhibit_state(report.exhibit) is ExhibitState.GONE
    report.exhibit.path.mkdir()
    assert exhibit_state(report.exhibit) is ExhibitState.UNREADABLE


def test_the_evidence_is_never_the_target(example: ModuleType, on_disk: Place) -> None:
    report = on_disk(example.no_face())
    before = report.exhibit.path.read_bytes()
    with pytest.raises(ReportError, match="is the examined file itself"):
        write_pdf(report, report.exhibit.path)
    assert report.exhibit.path.read_bytes() == before


def test_attached_json_is_what_readers_get(written: Written) -> None:
    buffer = io.BytesIO(written[1].read_bytes())
    assert buffer.getvalue().startswith(b"%PDF-1.7")
    assert "/AF" in PdfReader(buffer).root_object


def test_the_preview_has_the_pages_of_the_pdf_and_writes_nothing(written: Written, tmp_path: Path) -> None:
    report, path = written
    pages = preview_pages(report, ReportDetails(examiner="A. Analyst"), 36)
    assert len(pages) == len(PdfReader(path).pages)
    assert all(page.startswith(b"\x89PNG") for page in pages)
    assert list(tmp_path.iterdir()) == []
