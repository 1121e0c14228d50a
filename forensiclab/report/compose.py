"""From an analysis to the document that is printed: the summary, the limits and the attachments.

The other sections have modules of their own: ``exhibit``, ``method``, ``results`` and ``evaluation``.
"""

import hashlib
import json

from forensiclab.analysis.events import AnalysisReport
from forensiclab.core.notation import NOT_STATED, count_text, date_text, size_text
from forensiclab.core.records import ExhibitState
from forensiclab.report.evaluation import evaluation_section
from forensiclab.report.exhibit import STATES, exhibit_section
from forensiclab.report.method import method_section, software_text
from forensiclab.report.model import (
    Attachment,
    Block,
    Bullets,
    Fact,
    Facts,
    Heading,
    Meaning,
    Paragraph,
    ReportDetails,
    ReportDocument,
    Section,
    Summary,
    Table,
)
from forensiclab.report.result_json import SCHEMA_VERSION, to_json
from forensiclab.report.results import results_section, score_rows
from forensiclab.report.wording import MEANINGS

_MAX_REASONS = 5
_MAX_SCORES = 9  # as many as ship, bleaches left out
_LIMITS = (
    "This report supports a decision; it does not make one. It must be read together with everything else that is "
    "known about the exhibit.",
    "A detector recognises forgeries that resemble those it was trained on. Methods made since then, or absent from "
    "its training data, may pass unseen.",
    "Compression removes traces of manipulation and creates patterns that resemble them. Every further upload or "
    "conversion can change a score in either direction.",
    "A low score is not proof of authenticity: it says that no trace known to the detector was found.",
    "A high score is not proof of manipulation: real faces reach it at the rates stated under Evaluation.",
    "An attention map shows where a detector looked, not where a picture was forged.",
    "Only faces were examined. A face that the face finder missed has no track and no score.",
    "Scores of neighbouring frames resemble each other; many frames are not many independent observations.",
    "The crops are printed re-encoded and smaller; measurements were made on the decoded frames.",
)


def compose(report: AnalysisReport, details: ReportDetails, state: ExhibitState) -> ReportDocument:
    """Write the report of an analysis.

    Args:
        report: What was found.
        details: What the examiner states.
        state: Of the exhibit at the time of writing.

    Raises:
        ReportError: The report holds a number that is not finite.
    """
    text = to_json(report)
    known = json.loads(text)
    identifier: str = known["run"]["report_id"]
    result = Attachment(
        name=f"{identifier}-result.json",
        description=f"The complete result, machine-readable, schema {SCHEMA_VERSION}",
        media_type="application/json",
        content=text.encode(),
    )
    kind = "picture" if report.stream.is_image else "video"
    sections = (
        exhibit_section(report, state),
        method_section(report),
        results_section(report, result.name),
        evaluation := evaluation_section(report),
        Section(title="Limits", nature="", blocks=(Bullets(_LIMITS), *_known_limits(report))),
        Section(title="Not examined", nature="facts", blocks=(Bullets(_not_examined(report)),)),
        Section(title="Attachments", nature="facts", blocks=_attachments(result, known["content_sha256"])),
    )
    return ReportDocument(
        title=f"Examination of a {kind} for face manipulation",
        report_id=identifier,
        date=report.finished_at,
        software=software_text(report),
        summary=_summary(report, details, state, identifier, 1 + sections.index(evaluation)),
        sections=sections,
        attachments=(result,),
        end_mark=f"End of report {identifier}",
    )


def _summary(
    report: AnalysisReport, details: ReportDetails, state: ExhibitState, identifier: str, opinion: int
) -> Summary:
    """Write the first page; section number ``opinion`` evaluates, those before it state facts."""
    exhibit, video = report.exhibit, report.video
    reasons = video.reasons[:_MAX_REASONS]
    if len(video.reasons) > len(reasons):
        reasons = (
            *reasons,
            f"… and {count_text(len(video.reasons) - len(reasons), 'more reason')}, in section {opinion}.",
        )
    notices = []
    if state is not ExhibitState.MATCHES:
        notices.append(f"When this report was written, the SHA-256 of the exhibit was {STATES[state]}.")
    if report.is_partial:
        notices.append("The analysis was cancelled. This report covers only what was found before.")
    if video.conflict:
        notices.append("The detectors contradict each other: one supports manipulation, another authenticity.")
    return Summary(
        verdict=video.verdict,
        headline=f"The result for this exhibit: {video.verdict}",
        reasons=reasons,
        notices=tuple(notices),
        identity=Facts(
            (
                Fact(name="Report", value=identifier, is_code=True),
                Fact(name="Analysis finished", value=date_text(report.finished_at)),
                Fact(name="Case", value=_stated(details.case)),
                Fact(name="Examiner", value=_stated(details.examiner)),
                Fact(name="Questions", value=_stated(details.questions)),
                Fact(name="Amendment", value=_stated(details.amendment)),
            )
        ),
        exhibit=Facts(
            (
                Fact(name="File", value=exhibit.path.name, is_code=True),
                Fact(name="SHA-256", value=exhibit.sha256, is_code=True),
                Fact(name="SHA-256 at export", value=STATES[state]),
            )
        ),
        scores=Table(
            columns=("Detector", "Raw score", "Probability", "Verdict"),
            rows=score_rows(video.scores[:_MAX_SCORES]),
            widths=(3.6, 1, 1, 2),
            note=f"… and {left} more, in section {opinion}." if (left := len(video.scores) - _MAX_SCORES) > 0 else "",
        ),
        meanings=tuple(Meaning(verdict=verdict, text=text) for verdict, text in MEANINGS.items()),
        closing="The results relate only to the item examined. A probability holds at equal prior odds and is not the "
        f"probability that this exhibit is forged. Sections 1 to {opinion - 1} state facts, section {opinion} states "
        "opinion.",
    )


def _known_limits(report: AnalysisReport) -> tuple[Block, ...]:
    blocks: list[Block] = []
    for record in report.method.detectors:
        if record.card.known_limits:
            blocks += [Heading(f"Known limits of {record.card.name}"), Bullets(record.card.known_limits)]
    return tuple(blocks)


def _not_examined(report: AnalysisReport) -> tuple[str, ...]:
    stream = report.stream
    items = [
        "Provenance data (C2PA content credentials) were not looked for. Their absence would prove nothing.",
        "How the scores change under further compression was not measured.",
        "No bleached crops were made, and no frequency spectra were compared.",
        "Editing without a face in it (cuts, text, backgrounds, insertion or removal of objects) was not looked for.",
    ]
    if stream.has_audio:
        items.append("The audio was not examined, nor whether lips and speech agree.")
    if stream.n_streams > 1:
        items.append(f"Of {stream.n_streams} streams in the file only number {stream.stream_index} was read.")
    if report.coding.end_note:
        items.append("What the exhibit's section says was not read, is missing or left out was not examined.")
    if report.is_partial:
        items.append("The analysis was cancelled: what was left of the exhibit was not examined.")
    return tuple(items)


def _attachments(result: Attachment, content_sha256: str) -> tuple[Block, ...]:
    return (
        Paragraph("Embedded in this PDF; a PDF reader shows them in its list of attachments."),
        Facts(
            (
                Fact(name="File", value=result.name, is_code=True),
                Fact(name="What it is", value=result.description),
                Fact(name="Size", value=size_text(len(result.content))),
                Fact(name="SHA-256 of the file", value=hashlib.sha256(result.content).hexdigest(), is_code=True),
                Fact(name="SHA-256 of its content", value=content_sha256, is_code=True),
            )
        ),
        Paragraph(
            "The hash of the content leaves out when the analysis ran: the same analysis of the same file on the same "
            "system must give it again. The report id is its beginning."
        ),
    )


def _stated(text: str | None) -> str:
    """Put what the examiner wrote on one line."""
    lines = [" ".join(line.split()) for line in (text or "").splitlines()]
    return " / ".join(line for line in lines if line) or NOT_STATED
