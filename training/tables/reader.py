"""The transcribed tables: one TOML file per paper in ``training/tables/papers``."""

from pathlib import Path

import msgspec
from msgspec.structs import asdict

from forensiclab.core.errors import SettingsError
from training.tables.model import UNREADABLE, Cell, Column, Paper, PaperTable, Query, Row

_FOLDER = Path(__file__).parent / "papers"
PAPERS = tuple(sorted(path.stem for path in _FOLDER.glob("*.toml")))
"""Names of the papers that are transcribed."""
_TEST_SPLIT = "test"


class _Query(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Part of a query. Those of table, column, block and row make a cell's; the later ones overrule."""

    method: str | None = None
    recipe: str | None = None
    backbone: str | None = None
    train_data: str | None = None
    train_manipulations: tuple[str, ...] | None = None
    train_levels: tuple[str, ...] | None = None
    test_data: str | None = None
    test_manipulation: str | None = None
    levels: tuple[str, ...] | None = None
    metric: str | None = None


class _Column(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    label: str
    unit: str = "%"
    query: _Query = _Query()


class _Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    labels: tuple[str, ...]
    values: str
    query: _Query = _Query()


class _Block(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Rows under one heading."""

    rows: tuple[_Row, ...]
    labels: tuple[str, ...] = ()
    query: _Query = _Query()


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    number: str
    caption: str
    note: str = ""
    heads: tuple[str, ...] = ()
    data_heads: tuple[str, ...] = ()
    columns: tuple[_Column, ...] = ()
    blocks: tuple[_Block, ...] = ()
    query: _Query = _Query()


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    title: str
    tables: tuple[_Table, ...]
    alike: dict[str, tuple[str, ...]] = {}


def read_paper(name: str) -> Paper:
    """Read the tables of a paper.

    Raises:
        SettingsError: There is no such paper, or its file is damaged.
    """
    if name not in PAPERS:
        raise SettingsError(f"There are no tables of '{name}'; there are those of: {', '.join(PAPERS)}.")
    path = _FOLDER / f"{name}.toml"
    try:
        found = msgspec.toml.decode(path.read_bytes(), type=_File)
        tables = tuple(_table(table, tuple(found.alike.items())) for table in found.tables)
    except OSError as error:
        raise SettingsError(f"The tables in {path} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise SettingsError(f"The tables in {path} are damaged: {error}.") from error
    return Paper(name=name, title=found.title, tables=tables)


def _table(table: _Table, alike: tuple[tuple[str, tuple[str, ...]], ...]) -> PaperTable:
    return PaperTable(
        number=table.number,
        caption=table.caption,
        note=table.note,
        heads=table.heads,
        data_heads=table.data_heads,
        columns=tuple(Column(label=column.label, unit=column.unit) for column in table.columns),
        rows=tuple(_row(table, block, row) for block in table.blocks for row in block.rows),
        alike=alike,
    )


def _row(table: _Table, block: _Block, row: _Row) -> Row:
    labels, printed = (*block.labels, *row.labels), row.values.split()
    if len(labels) != len(table.heads) or len(printed) != len(table.columns):
        raise ValueError(f"the row {labels} of Table {table.number} does not fit its heads and columns")
    cells = []
    for column, token in zip(table.columns, printed, strict=True):
        shown, value = _value(token)
        query = _query(table.query, column.query, block.query, row.query)
        cells.append(Cell(printed=shown, value=value, query=query))
    return Row(labels=labels, cells=tuple(cells))


def _value(token: str) -> tuple[str, float | None]:
    """Read ``-`` as none, ``?`` as unreadable, ``91.2`` as itself, ``7183=71.83`` as a slip and its meaning."""
    if token == "-":
        return "", None
    if token == UNREADABLE:
        return token, None
    printed, _, meant = token.partition("=")
    return printed, float(meant or printed)


def _query(*parts: _Query) -> Query | None:
    """Return the whole query; None without a method, recipe or metric, since nothing of ours fits then."""
    fields = {name: value for part in parts for name, value in asdict(part).items() if value is not None}
    merged = _Query(**fields)
    if merged.method is None or merged.recipe is None or merged.metric is None:
        return None
    if merged.train_data is None or merged.test_data is None or not merged.levels:
        raise ValueError(f"a cell of '{merged.method}' lacks its training data, test data or level")
    is_same_data = merged.train_data == merged.test_data
    return Query(
        method=merged.method,
        recipe=merged.recipe,
        backbone=merged.backbone,
        train_data=merged.train_data,
        train_manipulations=merged.train_manipulations or (),
        train_levels=merged.train_levels or (),
        test_data=merged.test_data,
        splits=(_TEST_SPLIT,) if is_same_data else (_TEST_SPLIT, None),
        test_manipulation=merged.test_manipulation,
        levels=merged.levels,
        metric=merged.metric,
    )
