"""``tables``: the papers' tables beside what was measured here."""

import argparse
import sys
from pathlib import Path

from forensiclab.core.errors import SettingsError
from forensiclab.core.files import write_whole
from training.tables.reader import PAPERS

_ALL, _COMPARISON = "all", "comparison"
_ENDINGS = {"markdown": "md", "csv": "csv"}


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "paper",
        metavar="PAPER",
        help=f"The paper: {', '.join(PAPERS)}; 'all' for each of them; 'comparison' for everything that was measured, "
        "side by side for each test set.",
    )
    parser.add_argument(
        "--records",
        type=Path,
        action="append",
        default=[],
        metavar="FOLDER",
        help="A folder of evaluation records; may be repeated. Without it nothing of ours is filled in.",
    )
    parser.add_argument(
        "--format", choices=tuple(_ENDINGS), help="The format (default markdown; with --out both are written)."
    )
    parser.add_argument(
        "--out", type=Path, metavar="FOLDER", help="The folder for PAPER.md and PAPER.csv; standard output without it."
    )
    parser.add_argument("--table", metavar="N", help="Only this table, numbered as in the paper, such as 3 or III.")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from training.evaluation.records import read_records
    from training.tables.match import FilledTable
    from training.tables.paper_tables import paper_tables
    from training.tables.reader import read_paper
    from training.tables.render import csv_text, paper_markdown, side_by_side_markdown
    from training.tables.side_by_side import side_by_side

    if options.paper == _COMPARISON and options.table:
        sys.stderr.write("--table numbers the tables of a paper; a comparison has none of them.\n")
        return 2
    records = tuple(record for folder in options.records for record in read_records(folder))
    if options.paper == _COMPARISON and not records:
        raise SettingsError("A comparison needs evaluation records: name their folder with --records.")
    markdown: dict[str, str] = {}
    tables: dict[str, tuple[FilledTable, ...]] = {}
    for name in PAPERS if options.paper == _ALL else (options.paper,):
        if name == _COMPARISON:
            tables[name] = side_by_side(records)
            markdown[name] = side_by_side_markdown(tables[name])
        else:
            paper = read_paper(name)
            tables[name] = paper_tables(paper, records, options.table)
            markdown[name] = paper_markdown(paper, tables[name])
    formats = (options.format,) if options.format else tuple(_ENDINGS) if options.out else ("markdown",)
    if options.out is None:
        everything = [table for found in tables.values() for table in found]
        sys.stdout.write(csv_text(everything) if "csv" in formats else "\n".join(markdown.values()))
        return 0
    for name, found in tables.items():
        for kind in formats:
            path = options.out / f"{name}.{_ENDINGS[kind]}"
            write_whole(path, markdown[name] if kind == "markdown" else csv_text(found))
            sys.stderr.write(f"{path}\n")
    return 0
