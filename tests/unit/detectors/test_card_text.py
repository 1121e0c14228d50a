from dataclasses import replace
from html import escape

import pytest

from forensiclab.analysis.events import DetectorRecord
from forensiclab.cli.card_page import WIDTH, card_page
from forensiclab.core.scores import ValidatedConditions
from forensiclab.detectors.base import MeasuredFigure
from forensiclab.detectors.card_text import CardRow, card_rows, figure_cells
from forensiclab.detectors.installed import method_facts
from forensiclab.gui.models.card_html import card_html
from forensiclab.report.method import method_section
from forensiclab.report.model import Facts
from tests import builders

FACTS = method_facts("meso_inception4")

FIGURE = MeasuredFigure(
    data="faces", level="crf:28", metric="frame AUC", value=0.871, ci_low=0.851, ci_high=0.89, n_real=60, n_forged=50
)


@pytest.fixture
def card(make_card):
    return replace(
        make_card("mine", method="meso_inception4"),
        options=(("classes", "2"),), trained_on=(), seed=None, commit=None, duration_min=21.6,
        conditions=ValidatedConditions(min_face_px=48.5, max_qp=42), figures=(FIGURE,),
    )  # fmt: skip


def values(rows: tuple[CardRow, ...]) -> dict[str, str]:
    return {row.title: row.value for row in rows}


def test_what_a_card_does_not_state_is_left_out_or_said(card):
    found = values(card_rows(card, FACTS))
    assert found["Method"] == "meso_inception4 (classes = 2)"
    assert found["Trained on"] == "not stated"
    assert found["When and where"] == f"{card.date}, {card.hardware}, 22 min"
    assert found["Validated for"] == "faces of at least 48.5 px, QP up to 42"
    stated = values(card_rows(replace(card, seed=7, commit="0123abc", calibrated_on=None), FACTS))
    assert stated["When and where"] == f"{card.date}, seed 7, {card.hardware}, 22 min, commit 0123abc"
    assert stated["Calibrated on"] == "nothing: raw scores support no verdict"
    bare = values(card_rows(replace(card, conditions=ValidatedConditions()), FACTS))
    assert bare["Validated for"] == "no bounds were measured"


def test_a_figure_without_an_interval(card):
    assert figure_cells(FIGURE) == ("faces", "crf:28", "frame AUC", "0.871", "0.851 – 0.890", "60", "50")
    assert figure_cells(replace(FIGURE, ci_low=None, ci_high=None))[4] == "–"


def test_command_line_window_and_report_have_every_row(card):
    rows = card_rows(card, FACTS)
    page = card_page(card, FACTS)
    assert max(map(len, page)) <= WIDTH
    text = " ".join(line.strip() for line in page)
    html = card_html(card, FACTS)
    record = DetectorRecord(card=card, device="cpu", precision="float32", attention_note=FACTS.attention)
    section = method_section(builders.analysis_report(method=builders.method_record(detectors=(record,))))
    facts = [(row.name, row.value) for block in section.blocks if isinstance(block, Facts) for row in block.rows]
    for row in rows:
        assert f"{row.title}: {row.value}" in text
        assert f"<b>{escape(row.title)}</b>" in html
        assert escape(row.value) in html
        assert (row.title, row.value) in facts
