"""The section about the method: software, options, and every detector with its card."""

from dataclasses import replace

from forensiclab.analysis.events import AnalysisReport, DetectorRecord
from forensiclab.core.errors import WeightsError
from forensiclab.core.notation import NOT_KNOWN, count_text, date_text
from forensiclab.detectors.card_text import band_text, card_rows
from forensiclab.detectors.installed import MethodFacts, method_facts
from forensiclab.report.model import Block, Fact, Facts, Heading, Section


def method_section(report: AnalysisReport) -> Section:
    """Write how the result came about: enough to repeat it."""
    method = report.method
    started, finished = date_text(report.started_at), date_text(report.finished_at)
    seed = "none: nothing in the analysis draws random numbers" if method.seed is None else str(method.seed)
    libraries = ", ".join(f"{name} {version}" for name, version in method.libraries)
    blocks: list[Block] = [
        Facts(
            (
                Fact(name="Software", value=software_text(report)),
                Fact(name="Python and platform", value=f"{method.python}, {method.platform}"),
                Fact(name="Libraries", value=libraries),
                Fact(
                    name="Device", value=f"{method.device}, {method.precision}, {count_text(method.threads, 'thread')}"
                ),
                Fact(name="Deterministic", value="yes" if method.deterministic else "not enforced"),
                Fact(name="Seed", value=seed),
                Fact(name="Face finder", value=method.face_finder),
                Fact(name="Crops", value="; ".join(method.crop_rules)),
                Fact(name="Sampling", value=method.sampling, is_code=True),
                Fact(name="Aggregation", value=method.aggregation, is_code=True),
                Fact(name="Deviations", value=" ".join(method.deviations) or "none from the defaults"),
                Fact(name="Started, finished", value=f"{started}; {finished}"),
                Fact(name="To repeat it", value=method.command, is_code=True),
            )
        )
    ]
    for record in method.detectors:
        blocks += [Heading(f"Detector {record.card.name}"), Facts(_detector_facts(record))]
    return Section(title="The method", nature="facts", blocks=tuple(blocks))


def _detector_facts(record: DetectorRecord) -> tuple[Fact, ...]:
    card = record.card
    rows = card_rows(card, _method_facts(record))
    thresholds = "; ".join(map(band_text, card.calibration))
    return (
        Fact(name="Title", value=card.title),
        *(Fact(name=row.title, value=row.value, is_code=row.is_code) for row in rows),
        Fact(name="Thresholds", value=thresholds or "none, since there is no calibration"),
        Fact(name="Ran on", value=f"{record.device}, {record.precision}"),
    )


def _method_facts(record: DetectorRecord) -> MethodFacts:
    """Return what the method says of itself, with the attention map as it was made."""
    card = record.card
    try:
        return replace(method_facts(card.method), attention=record.attention_note)
    except WeightsError:  # a result of a program that knew more methods
        return MethodFacts(
            method=card.method,
            title=card.title,
            paper=NOT_KNOWN,
            claims=NOT_KNOWN,
            attention=record.attention_note,
            input_spec=card.input_spec,
            stands_before_another=card.stands_before is not None,
        )


def software_text(report: AnalysisReport) -> str:
    """Return name, version and commit of the program that analysed."""
    method = report.method
    return f"{method.software} {method.version} (commit {method.commit or NOT_KNOWN})"
