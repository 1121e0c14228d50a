"""Everything that was measured on one test set, side by side."""

from collections import defaultdict
from collections.abc import Sequence

from training.evaluation.records import FRAME_AUC, EvaluationRecord
from training.tables.match import Arm, FilledTable, Ours, by_arm, level_of, test_words
from training.tables.model import CLEAN, Cell, Column, PaperTable, Row

_HEADS = ("Method", "Recipe", "Changed", "Trained on", "Trained at")


def side_by_side(records: Sequence[EvaluationRecord], metric: str = FRAME_AUC) -> tuple[FilledTable, ...]:
    """Fill a table for each test set and manipulation: a row per arm, a column per level, every seed's value."""
    tests: dict[tuple[str, str, str, str], list[EvaluationRecord]] = defaultdict(list)
    for record in records:
        if record.metric(metric) is not None:
            key = (record.test_data, record.split or "", record.manipulation or "", record.data_hash or "")
            tests[key].append(record)
    return tuple(_table(str(number), tests[key], metric) for number, key in enumerate(sorted(tests), start=1))


def _table(number: str, records: Sequence[EvaluationRecord], metric: str) -> FilledTable:
    levels = sorted({level_of(record) for record in records}, key=_in_order)
    at_level = [{ours.arm: ours for ours in by_arm(records, (level,), metric)} for level in levels]
    arms = sorted({arm for found in at_level for arm in found}, key=_labels)
    empty = Cell(printed="", value=None, query=None)
    words = test_words(records)
    table = PaperTable(
        number=number,
        caption=f"{metric} on {words}",
        note="",
        heads=_HEADS,
        data_heads=(),
        columns=tuple(Column(label=level, unit="share") for level in levels),
        rows=tuple(Row(labels=_labels(arm), cells=(empty,) * len(levels)) for arm in arms),
    )
    ours = tuple(tuple(_found(found, arm) for found in at_level) for arm in arms)
    return FilledTable(source="comparison", table=table, ours=ours, own_data=words, is_side_by_side=True)


def _found(found: dict[Arm, Ours], arm: Arm) -> tuple[Ours, ...]:
    return (found[arm],) if arm in found else ()


def _labels(arm: Arm) -> tuple[str, ...]:
    method = arm.method if arm.backbone is None else f"{arm.method} ({arm.backbone})"
    trained_on = " + ".join(arm.train_data)
    if arm.train_methods:
        trained_on += f" ({', '.join(arm.train_methods)})"
    return method, arm.recipe or "not known", ", ".join(arm.changes), trained_on, ", ".join(arm.train_levels)


def _in_order(level: str) -> tuple[bool, str, int]:
    """Sort uncompressed first, then by codec and its number."""
    codec, _, value = level.partition(":")
    return level != CLEAN, codec, int(value or 0)
