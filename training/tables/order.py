"""Whether the order of a paper's rows holds on our data.

A run of ours need not have a row's recipe to stand for it: our recipes differ from the paper's in length, rates and
augmentation. It stands for the row whose *parts* it has (a loss, a branch, a kind of view), and two runs are compared
where those parts are all that they differ in.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING

from forensiclab.core.errors import SettingsError
from training.evaluation.records import ECE, EER, SMALLEST_FAR, EvaluationRecord
from training.methods import training_class
from training.methods.method import Recipe
from training.runs.run_record import recipe_of
from training.tables.match import Ours, by_arm, level_of
from training.tables.model import OrderedPair, PaperTable, Query

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_LEVELS = frozenset({"weak", "strong", "select_at"})
"""What a run is trained and selected at is the part of some rows, and follows from the parts in others."""

_LENGTHS = frozenset({"steps", "decay_steps", "early_steps", "validate_every"})
"""Never a part: runs of different length are not compared, whatever the paper did."""

_PRESETS = frozenset({"recommended", "smoke"})
"""Recipes that are not a row of any paper."""

_COMMON = frozenset(field.name for field in fields(Recipe))
"""Choices that every method has."""

_LOWER_IS_BETTER = frozenset({EER, ECE, SMALLEST_FAR})

_Fields = dict[str, object]
RowKey = tuple[str, str]
"""Method and recipe of a row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    """What tells the rows of one method apart."""

    names: tuple[str, ...]
    """Fields in which the rows differ."""
    by_sign: frozenset[str]
    """Those that are on in some rows and off in others, by whatever amount."""
    alike: Mapping[str, tuple[str, ...]]
    """Values that count as one."""
    rows: dict[str, _Fields]
    """What ``of`` finds in each row's recipe."""

    def of(self, recipe: _Fields) -> _Fields:
        """Return the parts that a recipe has; of a record inside it (the views), whether any is on."""
        found: _Fields = {}
        for name in self.names:
            outer, dot, _ = name.partition(".")
            value, alike = recipe[name], self.alike.get(name, ())
            part = _sign(value) if name in self.by_sign else alike[0] if value in alike else value
            found[outer] = found.get(outer) or part if dot and name in self.by_sign else part
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """One value of ours that stands for a row."""

    row: RowKey
    ours: Ours
    rest: _Fields
    """Everything in its recipe but the parts and the levels."""


def paper_order(
    table: PaperTable, labels: Mapping[RowKey, str], records: Sequence[EvaluationRecord]
) -> Iterator[OrderedPair]:
    """Yield every pair of the paper's rows for which two runs of ours stand that differ in nothing else.

    Pairs that the paper's own columns do not agree about are left out. Where the paper measured at the level of our
    test, only its columns at this level count.

    Args:
        table: As transcribed.
        labels: The name of each row.
        records: What was measured on one test set of ours.
    """
    recipes: dict[str, list[str]] = {}
    for method, recipe in labels:
        recipes.setdefault(method, []).append(recipe)
    parts = {method: _parts(method, names, dict(table.alike)) for method, names in recipes.items()}
    for metric in dict.fromkeys(cell.query.metric for row in table.rows for cell in row.cells if cell.query):
        for level in dict.fromkeys(level_of(record) for record in records):
            found = by_arm([record for record in records if level_of(record) == level], (level,), metric)
            runs = [run for ours in found if (run := _standing(ours, parts)) is not None]
            for one, other in combinations(runs, 2):
                gains = _gains(table, one.row, other.row, metric, level) if _is_all_else_equal(one, other) else []
                if not gains or not min(gains) * max(gains) > 0:
                    continue
                better, worse = (one, other) if gains[0] > 0 else (other, one)
                yield OrderedPair(
                    better=labels[better.row],
                    worse=labels[worse.row],
                    metric=metric,
                    level=level,
                    paper=tuple(map(abs, gains)),
                    ours=_gain(metric, better.ours.mean, worse.ours.mean),
                    is_clear=_is_apart(one.ours, other.ours),
                )


def _parts(method: str, rows: Sequence[str], alike: Mapping[str, tuple[str, ...]]) -> _Parts:
    """Find the fields in which the recipes of the rows differ; levels only where those are all.

    A method with one row in the table is told from its own ablations, by choices that are its own and not amounts.
    """
    recipes = training_class(method).RECIPES
    is_alone = len(rows) == 1
    each = {name: _flat(recipes[name]) for name in recipes if name in rows or (is_alone and name not in _PRESETS)}
    differing = {name for of in each.values() for name in of if len({repr(other[name]) for other in each.values()}) > 1}
    names = (differing - _LENGTHS - _LEVELS) or (differing & _LEVELS)
    signs = {name: [_sign(of[name]) for of in each.values()] for name in names}
    by_sign = frozenset(name for name, of in signs.items() if None not in of and len(set(of)) > 1)
    if is_alone:
        names = {
            name for name in names if name.partition(".")[0] not in _COMMON and (name in by_sign or None in signs[name])
        }
    parts = _Parts(names=tuple(sorted(names)), by_sign=by_sign, alike=alike, rows={})
    return replace(parts, rows={row: parts.of(each[row]) for row in rows})


def _standing(ours: Ours, parts: Mapping[str, _Parts]) -> _Run | None:
    """Find the row that a value stands for; None for another method, or a recipe that no longer exists."""
    arm = ours.arm
    if arm.method not in parts or arm.recipe is None:
        return None
    try:
        recipe = _flat(recipe_of(arm.method, arm.recipe, arm.changes))
    except SettingsError:
        return None
    of_method = parts[arm.method]
    has = of_method.of(recipe)
    row = next((name for name, needs in of_method.rows.items() if needs == has), None)
    if row is None:
        return None
    rest = {name: value for name, value in recipe.items() if name not in (*of_method.names, *_LEVELS)}
    return _Run(row=(arm.method, row), ours=ours, rest=rest)


def _is_all_else_equal(one: _Run, other: _Run) -> bool:
    """Whether two runs had the same data and seeds and agree in all that both their recipes have, but for the parts."""
    a, b = one.ours.arm, other.ours.arm
    return (
        one.row != other.row
        and one.ours.seeds == other.ours.seeds
        and (a.train_data_hash, a.train_methods, a.data_hash) == (b.train_data_hash, b.train_methods, b.data_hash)
        and all(one.rest[name] == other.rest[name] for name in one.rest.keys() & other.rest.keys())
    )


def _gains(table: PaperTable, one: RowKey, other: RowKey, metric: str, level: str) -> list[float]:
    """Measure how much better the paper finds one row than the other, for each test that has both."""
    values: dict[RowKey, dict[tuple[object, ...], float]] = {one: {}, other: {}}
    for row in table.rows:
        for cell in row.cells:
            query = cell.query
            if query is not None and cell.value is not None and query.metric == metric:
                values.get((query.method, query.recipe), {}).setdefault(_test(query), cell.value)
    both = [test for test in values[one] if test in values[other]]
    at_level = [test for test in both if (level,) in test]
    return [_gain(metric, values[one][test], values[other][test]) for test in at_level or both]


def _gain(metric: str, value: float, other: float) -> float:
    return other - value if metric in _LOWER_IS_BETTER else value - other


def _test(query: Query) -> tuple[object, ...]:
    """Return what two cells of the paper have in common that can be compared."""
    return query.train_data, query.train_manipulations, query.test_data, query.test_manipulation, query.levels


def _is_apart(one: Ours, other: Ours) -> bool:
    if one.low is None or one.high is None or other.low is None or other.high is None:
        return False
    return one.low > other.high or other.low > one.high


def _flat(record: "DataclassInstance") -> _Fields:
    """Flatten the fields of a recipe, those of the records in it as ``outer.inner``."""
    found: _Fields = {}
    for field in fields(record):
        value = getattr(record, field.name)
        if is_dataclass(value) and not isinstance(value, type):
            found |= {f"{field.name}.{name}": inner for name, inner in _flat(value).items()}
        else:
            found[field.name] = value
    return found


def _sign(value: object) -> int | None:
    """Return -1, 0 or 1 for a number, 0 for None, that is nothing; None for what has no sign."""
    if value is None:
        return 0
    return (value > 0) - (value < 0) if isinstance(value, int | float) else None
