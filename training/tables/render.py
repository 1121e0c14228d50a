"""Filled tables as Markdown and as CSV."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from training.evaluation.records import EvaluationRecord
from training.tables.match import FilledTable, Ours
from training.tables.model import Cell, Column, OrderedPair, Paper, Query

NOT_RUN = "—"
_SHORT_HASH = 12
_VALUES = (
    "Here: mean over seeds ± standard deviation over seeds [95 % bootstrap interval over the test videos, averaged "
    "over seeds], {each seed: its value} or the number of seeds (number of the run below the table)."
)
CSV_FIELDS = (
    "paper", "table", "section", "row", "column", "metric", "unit", "paper_printed", "paper_value", "ours_mean",
    "ours_std", "ours_low", "ours_high", "n_seeds", "seeds", "ours_by_seed", "method", "recipe", "changes", "backbone",
    "train_data", "train_manipulations", "train_levels", "test_data", "split", "test_manipulation", "level", "n_real",
    "n_forged", "run_commits", "code_commits", "data_hash", "train_data_hash", "environment", "date",
)  # fmt: skip


def paper_markdown(paper: Paper, tables: Iterable[FilledTable]) -> str:
    """Write the tables of a paper, each followed by its rows and columns on test sets of ours."""
    head = (
        f"# {paper.name}: {paper.title}\n\n"
        f"Beside each value of the paper stands what was measured here, {NOT_RUN} where nothing was run. A cell is "
        "empty where the paper has no value or this project nothing to measure it with; ? cannot be read in the text "
        f"we have. Values are in % unless a column says otherwise. {_VALUES} Values on test sets of ours stand in "
        "tables of their own, never beside the paper's.\n"
    )
    return "\n".join([head, *(markdown(table) for table in tables)])


def side_by_side_markdown(tables: Iterable[FilledTable]) -> str:
    """Write what was measured on each test set, every seed's value in braces."""
    return "\n".join([f"# Comparison\n\n{_VALUES}\n", *(markdown(table) for table in tables)])


def markdown(filled: FilledTable) -> str:
    """Write one table."""
    table = filled.table
    if not table.rows:
        return f"## Table {table.number}\n\n{_flat(table.caption)}\n\nNote: {_flat(table.note)}\n"
    notes = _Footnotes()
    heads = [*table.heads]
    for column in table.columns:
        label = column.label if column.unit in ("%", "share") else f"{column.label} ({column.unit})"
        heads += [label] if filled.own_data else [label, "here"]
    lines = [_line(heads), _line(["---"] * len(table.heads) + ["---:"] * (len(heads) - len(table.heads)))]
    for row, ours in zip(table.rows, filled.ours, strict=True):
        texts = list(row.labels)
        for column, cell, found in zip(table.columns, row.cells, ours, strict=True):
            shown = _ours_text(found, column, notes, with_seeds=filled.is_side_by_side)
            texts += [shown] if filled.own_data else [_printed(cell), shown if cell.query or found else ""]
        lines.append(_line(texts))
    return "\n".join([_title(filled), "", *lines, "", *notes.lines(), *_order(filled)])


def _title(filled: FilledTable) -> str:
    table = filled.table
    if filled.is_side_by_side:
        return f"## {_flat(table.caption)}"
    if filled.own_data:
        return f"### Table {table.number} on our data: {filled.own_data}\n\nNot the paper's test set. Values in %."
    note = f"\n\nNote: {_flat(table.note)}" if table.note else ""
    return f"## Table {table.number}\n\n{_flat(table.caption)}{note}"


def _order(filled: FilledTable) -> Iterator[str]:
    """Whether the paper's order of its rows holds here: a count for each metric and level, then every pair."""
    if not filled.order:
        return
    yield f"#### Table {filled.table.number}: does its order hold here?"
    yield ""
    yield (
        "Every two rows of the paper for which two of our runs stand that differ in nothing else, the better one in "
        "the paper first, and by how much. A difference is clear, and the order holds or is reversed, where the "
        "95 % intervals of the two have nothing in common: a test on the same crops would ask for less. Where the "
        "paper has columns at a level of ours, only these count for it."
    )
    for metric in dict.fromkeys(pair.metric for pair in filled.order):
        pairs = [pair for pair in filled.order if pair.metric == metric]
        levels = tuple(dict.fromkeys(pair.level for pair in pairs))
        yield ""
        yield from (_held(metric, level, [pair for pair in pairs if pair.level == level]) for level in levels)
        yield ""
        yield _line(["Better in the paper", "than", f"{metric}, paper", *(f"here, {level}" for level in levels)])
        yield _line(["---"] * 2 + ["---:"] * (1 + len(levels)))
        for better, worse in dict.fromkeys((pair.better, pair.worse) for pair in pairs):
            of_both = [pair for pair in pairs if (pair.better, pair.worse) == (better, worse)]
            gains = [gain for pair in of_both for gain in pair.paper]
            paper = " to ".join(dict.fromkeys(f"+{gain:.2f}" for gain in (min(gains), max(gains))))
            here = ("; ".join(_gain(pair) for pair in of_both if pair.level == level) for level in levels)
            yield _line([better, worse, paper, *here])
    yield ""


def _held(metric: str, level: str, pairs: Sequence[OrderedPair]) -> str:
    unclear = [pair for pair in pairs if not pair.is_clear]
    held = sum(pair.is_clear and pair.ours > 0 for pair in pairs)
    return (
        f"- {metric} at {level}, pairs: {len(pairs)}; the order clearly holds in {held}, is clearly reversed in "
        f"{len(pairs) - len(unclear) - held}, and is not clear in {len(unclear)}, of which "
        f"{sum(pair.ours > 0 for pair in unclear)} have the paper's sign."
    )


def _gain(pair: OrderedPair) -> str:
    says = (" (holds)" if pair.ours > 0 else " (reversed)") if pair.is_clear else ""
    return f"{100 * pair.ours:+.2f}{says}"


class _Footnotes:
    """What was run, numbered in the order in which it is first needed."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def mark(self, ours: Ours) -> str:
        return f"({self._numbers.setdefault(_footnote(ours), len(self._numbers) + 1)})"

    def lines(self) -> Iterator[str]:
        """Yield the numbered list, and an empty line after it."""
        for text, number in self._numbers.items():
            yield f"{number}. {text}"
        if self._numbers:
            yield ""


def _ours_text(found: Sequence[Ours], column: Column, notes: _Footnotes, *, with_seeds: bool) -> str:
    """Write all values for a cell; more than one where runs that differ in more than their seed fit it."""
    return "; ".join(_one(ours, column, notes, with_seeds=with_seeds) for ours in found) or NOT_RUN


def _one(ours: Ours, column: Column, notes: _Footnotes, *, with_seeds: bool) -> str:
    parts = [_number(ours.mean, column)]
    if ours.std is not None:
        parts.append(f"± {_number(ours.std, column)}")
    if ours.low is not None and ours.high is not None:
        parts.append(f"[{_number(ours.low, column)}, {_number(ours.high, column)}]")
    if with_seeds:
        seeds = zip(ours.seeds, ours.values, strict=True)
        parts.append("{" + ", ".join(f"{seed}: {_number(value, column)}" for seed, value in seeds) + "}")
    else:
        parts.append("1 seed" if len(ours.seeds) == 1 else f"{len(ours.seeds)} seeds")
    return " ".join([*parts, notes.mark(ours)])


def _number(share: float, column: Column) -> str:
    return f"{100 * share:.2f}" if column.unit == "%" else f"{share:.3f}"


def _printed(cell: Cell) -> str:
    """Write a value as printed; beside a slip of the print, what it means."""
    if cell.value is None or float(cell.printed.replace(",", "")) == cell.value:
        return cell.printed
    return f"{cell.printed} ({cell.value:g})"


def _footnote(ours: Ours) -> str:
    """Write everything that is needed to run it again."""
    arm, records = ours.arm, ours.records
    changes = f" (changed: {', '.join(arm.changes)})" if arm.changes else ""
    backbone = f" on {arm.backbone}" if arm.backbone else ""
    manipulations = f" ({', '.join(arm.train_methods)})" if arm.train_methods else ""
    levels = f" at {', '.join(arm.train_levels)}" if arm.train_levels else ""
    days = _days(records)
    counts = _each(f"{one.n_real} real and {one.n_forged} forged crops of {one.n_videos} videos" for one in records)
    coverage = min(record.coverage for record in records)
    lost = f", only {100 * coverage:.1f} % of the videos could be scored" if coverage < 1 else ""
    older = f"; {ours.n_older} older records of the same seeds are left out" if ours.n_older else ""
    return (
        f"{arm.method} `{arm.recipe or 'recipe not known'}`{changes}{backbone}, seeds: {', '.join(ours.seeds)} "
        f"({_each(record.detector for record in records)}); "
        f"trained on {' + '.join(arm.train_data) or 'data not known'}{manipulations}{levels}, "
        f"data {_short(arm.train_data_hash)}, commit {_commits(record.run_commit for record in records)}; "
        f"measured on {_each(record.test_data for record in records)}{f' ({arm.split})' if arm.split else ''}, "
        f"{arm.manipulation or 'all forgeries'}: {counts}{lost}, "
        f"data {_each(_short(record.data_hash) for record in records)}, "
        f"commit {_commits(record.code_commit for record in records)}, {days}; {_environments(records)}{older}."
    )


def _short(digest: str | None) -> str:
    return digest[:_SHORT_HASH] if digest else "not known"


def _commits(commits: Iterable[str | None]) -> str:
    return _each(
        "not known" if commit is None else commit[:_SHORT_HASH] + "+" * commit.endswith("+") for commit in commits
    )


def _environments(records: Iterable[EvaluationRecord]) -> str:
    each = (record.environment for record in records)
    return _each(f"{one.hardware}, {one.precision}, Python {one.python}, torch {one.torch}" for one in each)


def _days(records: Iterable[EvaluationRecord]) -> str:
    days = sorted({record.date[:10] for record in records})
    return days[0] if len(days) == 1 else f"{days[0]} to {days[-1]}"


def _each(texts: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(texts))


def _line(texts: Iterable[str]) -> str:
    return "| " + " | ".join(text.replace("|", "\\|") for text in texts) + " |"


def _flat(text: str) -> str:
    return " ".join(text.split())


def csv_text(tables: Iterable[FilledTable]) -> str:
    """Write a line for each cell, or for each of our values where several fit; ours empty where not run."""
    text = io.StringIO()
    writer = csv.DictWriter(text, CSV_FIELDS, lineterminator="\n")
    writer.writeheader()
    for filled in tables:
        for row, ours in zip(filled.table.rows, filled.ours, strict=True):
            for column, cell, found in zip(filled.table.columns, row.cells, ours, strict=True):
                place = _place(filled, row.labels, column, cell)
                writer.writerows([place | _csv_ours(one, column) for one in found] or [place])
    return text.getvalue()


def _place(filled: FilledTable, labels: Sequence[str], column: Column, cell: Cell) -> dict[str, object]:
    section = "comparison" if filled.is_side_by_side else "our data" if filled.own_data else "paper"
    place: dict[str, object] = {
        "paper": filled.source,
        "table": filled.table.number,
        "section": section,
        "row": " / ".join(label for label in labels if label),
        "column": column.label,
        "unit": column.unit,
        "paper_printed": cell.printed,
        "paper_value": "" if cell.value is None else cell.value,
    }
    return place | (_csv_query(cell.query) if cell.query else {})


def _csv_query(query: Query) -> dict[str, object]:
    """Write what would fill a cell."""
    return {
        "metric": query.metric,
        "method": query.method,
        "recipe": query.recipe,
        "backbone": query.backbone or "",
        "train_data": query.train_data or "",
        "train_manipulations": " ".join(query.train_manipulations),
        "train_levels": " ".join(query.train_levels),
        "test_data": query.test_data,
        "split": query.splits[0] or "",
        "test_manipulation": query.test_manipulation or "",
        "level": " ".join(query.levels),
    }


def _csv_ours(ours: Ours, column: Column) -> dict[str, object]:
    """Write what fills it."""
    arm, records = ours.arm, ours.records
    scale = 100 if column.unit == "%" else 1

    def scaled(share: float | None) -> str:
        return "" if share is None else f"{scale * share:.6g}"

    return {
        "metric": ours.metric,
        "ours_mean": scaled(ours.mean),
        "ours_std": scaled(ours.std),
        "ours_low": scaled(ours.low),
        "ours_high": scaled(ours.high),
        "n_seeds": len(ours.seeds),
        "seeds": " ".join(ours.seeds),
        "ours_by_seed": " ".join(scaled(value) for value in ours.values),
        "method": arm.method,
        "recipe": arm.recipe or "",
        "changes": " ".join(arm.changes),
        "backbone": arm.backbone or "",
        "train_data": " ".join(arm.train_data),
        "train_manipulations": " ".join(arm.train_methods),
        "train_levels": " ".join(arm.train_levels),
        "test_data": _each(record.test_data for record in records),
        "split": arm.split or "",
        "test_manipulation": arm.manipulation or "",
        "level": " ".join(dict.fromkeys(record.level for record in records)),
        "n_real": _each(str(record.n_real) for record in records),
        "n_forged": _each(str(record.n_forged) for record in records),
        "run_commits": _each(record.run_commit or "" for record in records),
        "code_commits": _each(record.code_commit or "" for record in records),
        "data_hash": _each(record.data_hash or "" for record in records),
        "train_data_hash": arm.train_data_hash or "",
        "environment": _environments(records),
        "date": _days(records),
    }
