"""Tables as Markdown and CSV, and the command."""

import csv
import io

import pytest

from training.cli import run
from training.evaluation.records import write_records
from training.tables.paper_tables import paper_tables
from training.tables.reader import PAPERS, read_paper
from training.tables.render import NOT_RUN, csv_text, paper_markdown, side_by_side_markdown
from training.tables.side_by_side import side_by_side


def markdown(name, records, number=None):
    paper = read_paper(name)
    return paper_markdown(paper, paper_tables(paper, records, number))


def cells(text, start):
    """Cells of the line of a Markdown table that starts with some labels."""
    (line,) = [line for line in text.splitlines() if line.startswith(f"| {start} |")]
    return [cell.strip() for cell in line.strip("|").split("|")]


def rows(text):
    return list(csv.DictReader(io.StringIO(text)))


def test_what_was_not_run_is_a_dash_beside_every_value_of_the_paper():
    text = markdown("tcnsc", [], "1")
    row = cells(text, "(RAW, LQ)")
    assert row[1::2] == ["97.6", "95.3", "93.4", "91.8", "92.7"]
    assert row[2::2] == [NOT_RUN] * 5


def test_ours_stands_beside_the_paper_with_its_interval_seeds_and_run(make_record):
    records = [make_record(0.91, seed=1), make_record(0.93, seed=2)]
    text = markdown("tcnsc", records, "1")
    assert cells(text, "(RAW, LQ)")[5:7] == ["93.4", "92.00 ± 1.41 [90.00, 94.00] 2 seeds (1)"]
    (note,) = [line for line in text.splitlines() if line.startswith("1. ")]
    for part in (
        "tcnsc `paper`, seeds: 1, 2 (run_1); ",
        "trained on ffpp (Deepfakes) at clean, jpeg:20, data f0f0f0f0f0f0, commit 1234567890ab;",
        "measured on ffpp (test), Deepfakes: 140 real and 130 forged crops of 270 videos, data cdcdcdcdcdcd",
        "commit fedcba098765+, 2026-11-20; cpu (OpenVINO), float32, Python 3.11.9, torch 2.9.0.",
    ):
        assert part in note


def test_the_notes_tell_of_changes_lost_videos_and_older_records(make_record):
    old = make_record(0.5, changes=("steps=10",), coverage=0.9, date="2026-11-01T00:00:00+00:00")
    text = markdown("tcnsc", [old, make_record(0.9, changes=("steps=10",), coverage=0.985)], "1")
    assert "`paper` (changed: steps=10)" in text
    assert "only 98.5 % of the videos could be scored" in text
    assert "1 older records of the same seeds are left out" in text


def test_runs_that_differ_stand_side_by_side_with_a_note_each(make_record):
    text = markdown("tcnsc", [make_record(0.91), make_record(0.80, changes=("steps=10",))], "1")
    assert cells(text, "(RAW, LQ)")[6] == "91.00 [89.00, 93.00] 1 seed (1); 80.00 [78.00, 82.00] 1 seed (2)"


def test_values_on_our_data_are_only_in_the_table_that_names_it(make_record):
    ours = {"test_data": "dfdc_faces", "split": "val", "manipulation": None}
    text = markdown("tcnsc", [make_record(0.8, **ours)], "1")
    of_paper, own = text.split("### Table 1 on our data: dfdc_faces, split val, all forgeries: 140 real and 130 forged")
    assert "80.00" not in of_paper
    assert "Not the paper's test set." in own
    assert "93.4" not in own
    assert "80.00 [78.00, 82.00] 1 seed (1)" in own


def test_slips_and_gaps_of_the_print_are_shown():
    assert "7183 (71.83)" in markdown("pixel_bleach", [], "V")
    assert cells(markdown("pixel_bleach", [], "VII"), "✓ | Xception")[6:] == ["10,247", "", "6.873 (6873)", ""]
    assert "| ? |" in markdown("pixel_bleach", [], "III")
    assert "Note: A picture in the text we have" in markdown("pixel_bleach", [], "VI")


def test_a_comparison_shows_every_seed(make_record):
    ours = {"test_data": "dfdc_faces", "split": "val", "manipulation": None}
    records = [make_record(auc=0.7, seed=1, **ours), make_record(auc=0.8, seed=2, **ours)]
    text = side_by_side_markdown(side_by_side(records))
    assert "## frame AUC on dfdc_faces, split val, all forgeries: 140 real and 130 forged crops" in text
    assert cells(text, "tcnsc | paper")[-1] == "0.750 ± 0.071 [0.730, 0.770] {1: 0.700, 2: 0.800} (1)"


def test_csv_has_a_line_for_every_cell_and_what_would_fill_it():
    for name in PAPERS:
        paper = read_paper(name)
        lines = rows(csv_text(paper_tables(paper, [])))
        assert len(lines) == sum(len(row.cells) for table in paper.tables for row in table.rows)
        assert all(line["ours_mean"] == line["n_seeds"] == line["data_hash"] == "" for line in lines)
    line = next(line for line in lines if line["row"] == "(RAW, LQ)" and line["column"] == "MQ")
    assert (line["paper"], line["table"], line["paper_value"], line["level"]) == ("tcnsc", "1", "93.4", "jpeg:50")
    assert (line["method"], line["recipe"], line["test_data"]) == ("tcnsc", "paper", "ffpp")


def test_csv_holds_ours_in_the_unit_of_the_paper(make_record):
    records = [make_record(0.91, seed=1), make_record(0.93, seed=2), make_record(0.5, changes=("steps=10",))]
    filled = [line for line in rows(csv_text(paper_tables(read_paper("tcnsc"), records, "1"))) if line["ours_mean"]]
    assert [line["ours_mean"] for line in filled] == ["92", "50"]
    first = filled[0]
    assert (first["ours_low"], first["ours_high"], first["n_seeds"], first["ours_by_seed"]) == (
        "90",
        "94",
        "2",
        "91 93",
    )
    assert (first["run_commits"], first["code_commits"]) == ("1234567890abcdef", "fedcba0987654321+")
    assert first["data_hash"] == "cd" * 32
    assert "torch 2.9.0" in first["environment"]


def test_the_command_prints_markdown_or_csv(make_record, tmp_path, capsys):
    write_records([make_record(0.91)], tmp_path / "records")
    records = ["--records", str(tmp_path / "records")]
    assert run(["tables", "tcnsc", *records]) == 0
    assert "91.00 [89.00, 93.00] 1 seed (1)" in capsys.readouterr().out
    assert run(["tables", "all", "--format", "csv", *records]) == 0
    found = rows(capsys.readouterr().out)
    assert {line["paper"] for line in found} == set(PAPERS)
    assert [line["ours_mean"] for line in found if line["ours_mean"]] == ["91", "91", "91"]


def test_the_command_writes_both_formats(make_record, tmp_path, capsys):
    write_records([make_record(0.91)], tmp_path / "records")
    out = tmp_path / "out"
    assert run(["tables", "all", "--out", str(out)]) == 0
    assert {path.name for path in out.iterdir()} == {f"{name}.{kind}" for name in PAPERS for kind in ("md", "csv")}
    command = ["tables", "comparison", "--records", str(tmp_path / "records"), "--out", str(out), "--format", "csv"]
    assert run(command) == 0
    (line,) = rows((out / "comparison.csv").read_text(encoding="utf-8"))
    assert (line["section"], line["metric"], line["ours_mean"]) == ("comparison", "frame AUC", "0.95")
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["mesonet"], 1, "There are no tables of 'mesonet'"),
        (["dcl", "--table", "9"], 1, "There is no Table 9 with results in 'dcl'; there are: 1, 2, 3, 4, 5."),
        (["comparison"], 1, "needs evaluation records"),
        (["comparison", "--table", "1"], 2, "a comparison has none"),
        (["dcl", "--records", "{empty}"], 1, "no evaluation records"),
        (["dcl", "--records", "{damaged}"], 1, "is damaged"),
        (["dcl", "--records", "{other}"], 1, "is damaged"),
        (["dcl", "--out", "{file}"], 1, "was not written"),
    ],
)
def test_bad_input_is_a_sentence(tmp_path, capsys, arguments, code, said):
    folders = {name: tmp_path / name for name in ("empty", "damaged", "other")}
    for folder in folders.values():
        folder.mkdir()
    (folders["damaged"] / "a.json").write_text("{")
    (folders["other"] / "a.json").write_text('{"schema": 99}')
    (tmp_path / "file").write_text("")
    assert run(["tables", *(part.format(**folders, file=tmp_path / "file") for part in arguments)]) == code
    assert said in capsys.readouterr().err
