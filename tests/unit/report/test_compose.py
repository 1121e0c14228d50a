from dataclasses import replace
from types import ModuleType

import pytest

from forensiclab.analysis.events import AnalysisReport
from forensiclab.core.records import ExhibitState
from forensiclab.core.scores import Verdict
from forensiclab.detectors.base import WeightsReference
from forensiclab.report.compose import compose
from forensiclab.report.method import method_section
from forensiclab.report.model import Bullets, Facts, Figure, ReportDetails, ReportDocument, Section, Table


def document(report: AnalysisReport, state: ExhibitState = ExhibitState.MATCHES, **details: str) -> ReportDocument:
    return compose(report, ReportDetails(**details), state)


def section(found: ReportDocument, title: str) -> Section:
    return next(section for section in found.sections if section.title == title)


def facts(part: Section) -> dict[str, str]:
    return {row.name: row.value for block in part.blocks if isinstance(block, Facts) for row in block.rows}


def bullets(part: Section) -> str:
    return "\n".join(item for block in part.blocks if isinstance(block, Bullets) for item in block.items)


def test_facts_and_opinion_are_apart(example: ModuleType) -> None:
    natures = [(part.title, part.nature) for part in document(example.no_face()).sections]
    assert natures == [
        ("The exhibit", "facts"),
        ("The method", "facts"),
        ("Results", "facts"),
        ("Evaluation", "opinion"),
        ("Limits", ""),
        ("Not examined", "facts"),
        ("Attachments", "facts"),
    ]


def test_what_the_examiner_states(example: ModuleType) -> None:
    summary = document(example.no_face(), case="K 12", questions=" Is it\n\nreal? ").summary
    identity = {row.name: row.value for row in summary.identity.rows}
    assert identity["Case"] == "K 12"
    assert identity["Questions"] == "Is it / real?"
    assert identity["Examiner"] == identity["Amendment"] == "not stated"


def test_every_verdict_is_explained(example: ModuleType) -> None:
    assert [meaning.verdict for meaning in document(example.no_face()).summary.meanings] == list(Verdict)


@pytest.mark.parametrize(
    ("state", "words"),
    [(ExhibitState.DIFFERS, "DIFFERENT from intake"), (ExhibitState.GONE, "no longer there")],
)
def test_an_exhibit_that_changed_is_noticed(example: ModuleType, state: ExhibitState, words: str) -> None:
    summary = document(example.no_face(), state).summary
    assert words in "".join(summary.notices)
    assert not document(example.no_face()).summary.notices


def test_partial_runs_and_conflicts_are_noticed(example: ModuleType) -> None:
    report = example.no_face()
    conflict = replace(report, is_partial=True, video=replace(report.video, conflict=True))
    found = document(conflict)
    assert any("was cancelled" in notice for notice in found.summary.notices)
    assert any("contradict each other" in notice for notice in found.summary.notices)
    assert "The analysis was cancelled" in bullets(section(found, "Not examined"))


def test_error_rates_come_from_the_card(example: ModuleType) -> None:
    report = example.two_tracks(tracks=())
    found = facts(section(document(report), "Evaluation"))
    assert found["False alarms"].startswith("5.0 % (95 % interval 3.5 % to 7.0 %) of 600 real crops")
    band = replace(example.BAND, false_alarm_rate=0.2, n_real=10)
    record = replace(example.CALIBRATED, card=example.card(calibration=(band,)))
    other = replace(report, method=replace(report.method, detectors=(record, example.UNCALIBRATED)))
    assert facts(section(document(other), "Evaluation"))["False alarms"].startswith(
        "20.0 % (95 % interval 5.7 % to 51.0 %) of 10 real crops"
    )


def test_what_no_card_states_is_not_measured(example: ModuleType) -> None:
    report = example.two_tracks(tracks=())
    lone = replace(report, video=replace(report.video, scores=report.video.scores[1:]))
    part = section(document(lone), "Evaluation")
    assert facts(part) == {
        "Likelihood ratio": "not measured: no calibration for this exhibit",
        "Error rates": "not measured: no calibration for this exhibit",
    }
    assert not any(isinstance(block, Table) and "Test data" in block.columns for block in part.blocks)


def test_figures_at_the_compression_of_the_exhibit_come_first(example: ModuleType) -> None:
    part = section(document(example.two_tracks(tracks=())), "Evaluation")
    table = next(block for block in part.blocks if isinstance(block, Table) and "Test data" in block.columns)
    assert table.rows == (("dfdc_faces/val", "crf:28", "frame AUC", "0.871", "0.851 to 0.890", "600 / 600"),)
    assert table.note.startswith("Measured at the compression band of the exhibit")


def test_the_paper_is_named_where_the_program_knows_it(example: ModuleType) -> None:
    blocks = [block for block in section(document(example.no_face()), "The method").blocks if isinstance(block, Facts)]
    papers = [row.value for block in blocks for row in block.rows if row.name == "Paper"]
    assert "MesoNet" in papers[0]
    assert papers[1] == "not known"


def test_both_hashes_of_weights_that_stand_before_a_detector(example: ModuleType) -> None:
    report = example.two_tracks()
    record = report.method.detectors[0]
    named = replace(record.card, stands_before=WeightsReference(name="xception_c23", weights_sha256="cd" * 32))
    of_one = replace(report.method, detectors=(replace(record, card=named),))
    stated = facts(method_section(replace(report, method=of_one)))
    assert stated["Weights, SHA-256"] == record.card.weights_sha256
    assert stated["Used with"] == f"xception_c23, SHA-256 {'cd' * 32}"
    assert "Used with" not in facts(method_section(report))


def test_what_was_not_examined(example: ModuleType) -> None:
    items = bullets(section(document(example.no_face()), "Not examined"))
    assert "C2PA" in items
    assert "audio was not examined" in items
    assert "audio" not in bullets(section(document(example.image()), "Not examined"))


def test_agreement_needs_two_detectors(example: ModuleType) -> None:
    def has_agreement(report: AnalysisReport) -> bool:
        blocks = section(document(report), "Results").blocks
        return any(getattr(block, "text", "") == "Agreement of the detectors" for block in blocks)

    assert has_agreement(example.image())
    one = example.image()
    video = replace(one.video, scores=one.video.scores[:1])
    alone = replace(one, video=video, method=replace(one.method, detectors=one.method.detectors[:1]))
    assert not has_agreement(alone)


def test_long_tables_are_cut_and_say_so(example: ModuleType) -> None:
    skip = example.SKIPPED[1]
    skipped = tuple(replace(skip, start_s=0.1 * i, end_s=0.1 * i, reason=f"reason {i % 30}") for i in range(90))
    report = replace(example.image(), skipped=skipped)
    part = section(document(report), "Results")
    table = next(block for block in part.blocks if isinstance(block, Table) and "Reason" in block.columns)
    assert len(table.rows) == 25
    assert table.note.startswith("25 of 90 rows; the others are in FL-")
    assert "… and 18 more reasons" in bullets(part)


@pytest.mark.parametrize(("n_detectors", "note"), [(9, ""), (11, "… and 2 more, in section 4.")])
def test_the_summary_has_all_detectors_that_ship(example: ModuleType, n_detectors: int, note: str) -> None:
    report = example.two_tracks()
    names = [f"detector_{number}" for number in range(n_detectors)]
    first = report.method.detectors[0]
    records = tuple(replace(first, card=replace(first.card, name=name)) for name in names)
    scores = tuple(example.detector_score(name, 2.0) for name in names)
    many = replace(
        report, method=replace(report.method, detectors=records), video=replace(report.video, scores=scores), tracks=()
    )
    written = document(many)
    assert [each.title for each in written.sections].index("Evaluation") + 1 == 4, "the notes say so"
    assert len(written.summary.scores.rows) == 9
    assert written.summary.scores.note == note
    assert written.summary.closing.endswith("Sections 1 to 3 state facts, section 4 states opinion.")


def test_a_gap_of_all_detectors_is_one_row(example: ModuleType) -> None:
    names = [record.card.name for record in example.two_tracks().method.detectors]
    both = [replace(example.SKIPPED[1], detector=name) for name in names]
    one = replace(example.SKIPPED[1], frames=3, detector=names[1])
    part = section(document(example.two_tracks(skipped=(*both, one))), "Results")
    table = next(block for block in part.blocks if isinstance(block, Table) and "Reason" in block.columns)
    assert [(row[1], row[3]) for row in table.rows] == [(str(both[0].frames), "all"), ("3", names[1])]


def test_tracks_that_support_manipulation_are_shown_first(example: ModuleType) -> None:
    tracks = tuple(
        example.track(number, end_s=0.0, level=4.0 if number == 9 else 0.1, crops=1) for number in range(1, 10)
    )
    part = section(document(example.two_tracks(tracks=tracks, skipped=())), "Results")
    sheets = [block.caption for block in part.blocks if isinstance(block, Figure) and "Contact" in block.caption]
    assert len(sheets) == 6
    assert "track 9" in sheets[-1]
    assert "track 1:" in sheets[0]


def test_every_figure_has_a_text_alternative(example: ModuleType) -> None:
    found = document(example.image())
    figures = [block for part in found.sections for block in part.blocks if isinstance(block, Figure)]
    assert figures
    assert all(figure.alt and figure.caption and figure.content for figure in figures)
