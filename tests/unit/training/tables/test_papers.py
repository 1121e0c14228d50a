"""The transcribed tables: they can be read, and every number stands in the paper's text."""

import re
from pathlib import Path

import pytest

from forensiclab.core.compression import CompressionLevel
from forensiclab.core.errors import SettingsError
from forensiclab.detectors import DETECTORS
from training.evaluation import records
from training.tables.model import PAPER_DATA, UNREADABLE, Row
from training.tables.reader import PAPERS, read_paper

METRICS = {records.ACC, records.FRAME_AUC, records.EER, records.PBCA, records.tar_name(1e-3), records.tar_name(1e-4)}
MANIPULATIONS = {"Deepfakes", "Face2Face", "FaceSwap", "NeuralTextures"}
NUMBER = re.compile(r"\d[\d,.]*(?<![.,])")


def tables():
    return [(name, table) for name in PAPERS for table in read_paper(name).tables]


def queries():
    return [(cell.query, name) for name, table in tables() for row in table.rows for cell in row.cells if cell.query]


def printed(row: Row) -> list[str]:
    return [cell.printed for cell in row.cells if cell.printed and cell.printed != UNREADABLE]


def test_all_results_tables_of_the_five_papers_are_there():
    numbers = {name: [table.number for table in read_paper(name).tables] for name in PAPERS}
    assert numbers == {
        "compression_contrastive": ["1", "2", "3", "4"],
        "dcl": ["1", "2", "3", "4", "5"],
        "metric_learning": ["1", "2", "3"],
        "pixel_bleach": ["I", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI"],
        "tcnsc": ["1", "2", "3"],
    }


def test_tables_are_well_formed():
    for name, table in tables():
        assert table.caption, (name, table.number)
        assert set(table.data_heads) <= set(table.heads)
        for row in table.rows:
            assert len(row.labels) == len(table.heads)
            assert len(row.cells) == len(table.columns)
        labels = [row.labels for row in table.rows]
        assert len(set(labels)) == len(labels), (name, table.number)
        assert table.rows or "left out" in table.note


def test_shares_are_percentages():
    for name, table in tables():
        for row in table.rows:
            for column, cell in zip(table.columns, row.cells, strict=True):
                if cell.value is not None and column.unit == "%":
                    assert 0 < cell.value <= 100, (name, table.number, row.labels, cell)


def test_queries_ask_for_what_records_can_hold():
    for query, name in queries():
        assert query.method in DETECTORS, name
        assert query.metric in METRICS, name
        assert {query.train_data, query.test_data} <= set(PAPER_DATA), name
        assert {*query.train_manipulations, query.test_manipulation} <= MANIPULATIONS | {None}, name
        for level in (*query.levels, *query.train_levels):
            assert str(CompressionLevel.parse(level)) == level


def test_training_data_of_a_test_is_never_its_own_training_split():
    for query, _ in queries():
        assert query.splits == (("test",) if query.train_data == query.test_data else ("test", None))


def test_no_two_rows_of_a_table_ask_for_the_same():
    for name, table in tables():
        asked = [cell.query for row in table.rows for cell in row.cells if cell.query]
        assert len(set(asked)) == len(asked), (name, table.number)


def test_a_slip_of_the_print_keeps_both_forms():
    rows = next(table for table in read_paper("pixel_bleach").tables if table.number == "V").rows
    assert (rows[1].cells[0].printed, rows[1].cells[0].value) == ("7183", 71.83)
    unreadable = next(table for table in read_paper("pixel_bleach").tables if table.number == "III").rows[2].cells[0]
    assert (unreadable.printed, unreadable.value) == (UNREADABLE, None)


def test_an_unknown_paper_is_a_sentence():
    with pytest.raises(SettingsError, match="There are no tables of 'mesonet'; there are those of: compression"):
        read_paper("mesonet")


def text_numbers(shared_data: Path, name: str) -> list[str]:
    text = (shared_data.parent / "papers" / f"{name}.txt").read_text(encoding="utf-8")
    return NUMBER.findall(text)


@pytest.mark.data
@pytest.mark.parametrize("name", PAPERS)
def test_every_row_stands_in_the_text_in_this_order(shared_data: Path, name: str):
    # A space on both sides keeps 9.5 from being found inside 99.5.
    found = " " + " ".join(text_numbers(shared_data, name)) + " "
    for table in read_paper(name).tables:
        if (name, table.number) == ("pixel_bleach", "VII"):
            continue  # its rows run together in the text; test_a_table_whose_rows_run_together()
        for row in table.rows:
            assert f" {' '.join(printed(row))} " in found, (table.number, row.labels)


@pytest.mark.data
def test_a_table_whose_rows_run_together(shared_data: Path):
    rows = next(table for table in read_paper("pixel_bleach").tables if table.number == "VII").rows
    without, with_loss = (printed(row) for row in rows)
    found = " ".join(text_numbers(shared_data, "pixel_bleach"))
    assert " ".join([*without[:2], *with_loss[:2], without[2], with_loss[2], without[3], with_loss[3]]) in found


@pytest.mark.data
@pytest.mark.parametrize("name", PAPERS)
def test_rows_come_in_the_order_of_the_text(shared_data: Path, name: str):
    found = " " + " ".join(text_numbers(shared_data, name)) + " "
    for table in read_paper(name).tables:
        if (name, table.number) == ("pixel_bleach", "VII"):
            continue
        at = found.find(f" {' '.join(printed(table.rows[0]))} ") if table.rows else 0
        for row in table.rows:
            after = found.find(f" {' '.join(printed(row))} ", at)
            assert after >= at, (table.number, row.labels)
            at = after + 1
