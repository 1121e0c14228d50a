"""A paper's tables with our values: beside the paper's, and on test sets of ours."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from forensiclab.core.errors import SettingsError
from training.evaluation.records import EvaluationRecord
from training.tables.match import FilledTable, Ours, test_words, values_for
from training.tables.model import PAPER_DATA, Cell, Column, Paper, PaperTable, Query, Row, data_set
from training.tables.order import RowKey, paper_order

SHIPPED_RECIPE, PAPER_RECIPE = "recommended", "paper"

_Cells = tuple[tuple[Ours, ...], ...]
"""What fills the cells of a row."""


def paper_tables(
    paper: Paper, records: Sequence[EvaluationRecord], number: str | None = None
) -> tuple[FilledTable, ...]:
    """Fill the tables of a paper, each followed by its rows and columns on test sets of ours.

    Args:
        paper: The transcribed tables.
        records: What was measured.
        number: Only the table of that number; None = all.

    Raises:
        SettingsError: The paper has no table of that number.
    """
    chosen = [table for table in paper.tables if number in (None, table.number)]
    if not chosen:
        have = ", ".join(table.number for table in paper.tables)
        raise SettingsError(f"There is no Table {number} with results in '{paper.name}'; there are: {have}.")
    return tuple(filled for table in chosen for filled in (_fill(paper, table, records), *_own(paper, table, records)))


def _fill(paper: Paper, table: PaperTable, records: Sequence[EvaluationRecord]) -> FilledTable:
    ours = tuple(tuple(values_for(cell.query, records) for cell in row.cells) for row in table.rows)
    return FilledTable(source=paper.name, table=table, ours=ours)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Setting:
    """A way to train: what a row means once the data is ours."""

    method: str
    recipe: str
    backbone: str | None
    train_levels: tuple[str, ...]


def _own(paper: Paper, table: PaperTable, records: Sequence[EvaluationRecord]) -> tuple[FilledTable, ...]:
    """Fill the table's rows and columns on test sets of ours, so that the order of the methods can be compared.

    The paper's data, which ours replaces, is not asked for: rows and columns that only differ in it become one. The
    levels of training are asked for where the table has the same recipe at several. Beside ``paper``, the recipe that
    we ship has a row where it was measured: one for each way in which it was changed, with the changes that tell them
    apart.

    Returns:
        One table for each test set that fills at least one cell, or has two rows whose order can be compared.
    """
    own = dict.fromkeys((record.test_data, record.split) for record in records if _is_own(record))
    tables = (_own_table(paper, table, data, split, records) for data, split in own)
    return tuple(filled for filled in tables if filled.has_ours or filled.order)


def _is_own(record: EvaluationRecord) -> bool:
    return data_set(record.test_data) not in PAPER_DATA and record.manipulation is None


def _own_table(
    paper: Paper, table: PaperTable, data: str, split: str | None, records: Sequence[EvaluationRecord]
) -> FilledTable:
    queries = [cell.query for row in table.rows for cell in row.cells if cell.query is not None]
    settings = _settings(table, queries)
    measures = dict.fromkeys((query.levels, query.metric) for query in queries)
    rows, ours = [], []
    for setting, label in settings.items():
        asked = [_own_query(setting, data, split, levels, metric) for levels, metric in measures]
        found = tuple(values_for(query, records) for query in asked)
        if setting.recipe == SHIPPED_RECIPE and not any(found):
            continue
        cells = tuple(Cell(printed="", value=None, query=query) for query in asked)
        for differences, of_one in _apart(found):
            variant = ", ".join((*_variant(setting), *differences))
            rows.append(Row(labels=(label, setting.method, setting.recipe, variant), cells=cells))
            ours.append(of_one)
    own = replace(
        table,
        heads=("Row of the paper", "Method", "Recipe", "Variant"),
        data_heads=(),
        columns=tuple(Column(label=f"{metric} at {' and '.join(levels)}", unit="%") for levels, metric in measures),
        rows=tuple(rows),
    )
    used = [record for row in ours for cell in row for one in cell for record in one.records]
    words = test_words(used) if used else data
    labels: dict[RowKey, str] = {}
    for setting, label in settings.items():
        if label:
            labels.setdefault((setting.method, setting.recipe), label)
    on_it = [record for record in records if _is_own(record) and (record.test_data, record.split) == (data, split)]
    order = tuple(paper_order(table, labels, on_it))
    return FilledTable(source=paper.name, table=own, ours=tuple(ours), own_data=words, order=order)


def _settings(table: PaperTable, queries: Sequence[Query]) -> dict[_Setting, str]:
    """List the settings of a table, each with the label of the first row, or column, that stands for it."""
    levels: dict[tuple[str, str, str | None], set[tuple[str, ...]]] = defaultdict(set)
    for query in queries:
        levels[query.method, query.recipe, query.backbone].add(query.train_levels)

    def setting(query: Query, recipe: str) -> _Setting:
        is_told_apart = len(levels[query.method, query.recipe, query.backbone]) > 1
        trained = query.train_levels if is_told_apart else ()
        return _Setting(method=query.method, recipe=recipe, backbone=query.backbone, train_levels=trained)

    found: dict[_Setting, str] = {}
    keep = [index for index, head in enumerate(table.heads) if head not in table.data_heads]
    for row in table.rows:
        in_row = {setting(cell.query, cell.query.recipe) for cell in row.cells if cell.query is not None}
        label = " ".join(_words(table.heads[index], row.labels[index]) for index in keep if row.labels[index])
        for column, cell in zip(table.columns, row.cells, strict=True):
            if cell.query is None:
                continue
            found.setdefault(setting(cell.query, cell.query.recipe), label if len(in_row) == 1 else column.label)
            if cell.query.recipe == PAPER_RECIPE:
                found.setdefault(setting(cell.query, SHIPPED_RECIPE), "")
    return found


def _words(head: str, label: str) -> str:
    """Read a tick as its head, a cross as its absence."""
    return {"✓": head, "×": f"no {head}"}.get(label, label)


def _variant(setting: _Setting) -> tuple[str, ...]:
    levels = (f"trained at {', '.join(setting.train_levels)}",) if setting.train_levels else ()
    return (*filter(None, [setting.backbone]), *levels)


def _apart(found: _Cells) -> list[tuple[tuple[str, ...], _Cells]]:
    """Split a row of values by the ways in which the recipe was changed, with what the others do not have."""
    each = dict.fromkeys(one.arm.changes for cell in found for one in cell)
    if len(each) < 2:
        return [((), found)]
    common = set.intersection(*map(set, each))
    return [
        (
            tuple(change for change in changes if change not in common),
            tuple(tuple(one for one in cell if one.arm.changes == changes) for cell in found),
        )
        for changes in each
    ]


def _own_query(setting: _Setting, data: str, split: str | None, levels: tuple[str, ...], metric: str) -> Query:
    return Query(
        method=setting.method,
        recipe=setting.recipe,
        backbone=setting.backbone,
        train_data=None,
        train_manipulations=(),
        train_levels=setting.train_levels,
        test_data=data,
        splits=(split,),
        test_manipulation=None,
        levels=levels,
        metric=metric,
    )
