"""Which evaluation records fill which cell."""

import statistics
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from training.evaluation.records import EvaluationRecord, Metric
from training.tables.model import (
    CLEAN,
    FFPP_MANIPULATIONS,
    PAPER_DATA,
    OrderedPair,
    PaperTable,
    Query,
    data_set,
    whole_level,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arm:
    """What runs have in common that differ in their seed alone."""

    method: str
    recipe: str | None
    changes: tuple[str, ...]
    backbone: str | None
    train_data: tuple[str, ...]
    train_methods: tuple[str, ...]
    train_levels: tuple[str, ...]
    train_data_hash: str | None
    test_data: str
    split: str | None
    compression: str | None
    data_hash: str | None
    manipulation: str | None
    weights_sha256: str | None
    """None for runs that know their seed; weights that do not repeat nothing."""

    @classmethod
    def of(cls, record: EvaluationRecord, *, over_levels: bool = False) -> "Arm":
        """Find the arm of a record; over several levels, which may be folders of their own, of the data set."""
        arm = cls(**{name: getattr(record, name) for name in cls.__slots__})
        if record.seed is not None:
            arm = replace(arm, weights_sha256=None)
        return replace(arm, test_data=data_set(arm.test_data), compression=None, data_hash=None) if over_levels else arm


@dataclass(frozen=True, slots=True, kw_only=True)
class Ours:
    """One value of ours: the mean over the seeds of one arm."""

    arm: Arm
    metric: str
    seeds: tuple[str, ...]
    """In order; ``not known`` for a run that does not know its own."""
    values: tuple[float, ...]
    """One per seed, as in the records (shares in [0, 1]); over several levels their mean."""
    low: float | None
    high: float | None
    """Mean of the seeds' 95 % bootstrap intervals over the same test videos; None where a seed has none, and for a
    mean over levels. It says how much the choice of test videos matters, ``std`` how much the seed does."""
    records: tuple[EvaluationRecord, ...]
    """All that went in."""
    n_older: int
    """Records of the same arm and seed that were measured before those."""

    @property
    def mean(self) -> float:
        """Over the seeds."""
        return statistics.fmean(self.values)

    @property
    def std(self) -> float | None:
        """Standard deviation over the seeds (with n - 1); None for a single one."""
        return statistics.stdev(self.values) if len(self.values) > 1 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class FilledTable:
    """A table and what was measured here."""

    source: str
    """Name of the paper, or ``comparison``."""
    table: PaperTable
    ours: tuple[tuple[tuple[Ours, ...], ...], ...]
    """Row by row, cell by cell: one value for each arm that fits, mostly none or one."""
    own_data: str | None = None
    """The test set in words, where it is ours: then the table holds no value of the paper."""
    order: tuple[OrderedPair, ...] = ()
    """Pairs of the paper's rows whose order can be compared with ours; on test sets of ours only."""
    is_side_by_side: bool = False
    """Whether it is a table of ours, not of a paper: it shows every seed's value."""

    @property
    def has_ours(self) -> bool:
        """Whether anything was measured."""
        return any(found for row in self.ours for found in row)


def values_for(query: Query | None, records: Iterable[EvaluationRecord]) -> tuple[Ours, ...]:
    """Find our values for a cell: one for each arm with at least one seed measured at all of its levels."""
    if query is None:
        return ()
    return by_arm([record for record in records if fits(query, record)], query.levels, query.metric)


def fits(query: Query, record: EvaluationRecord) -> bool:
    """Whether a record may go into a cell."""
    own = query.test_data not in PAPER_DATA
    return (
        record.method == query.method
        and record.recipe == query.recipe
        and query.backbone in (None, record.backbone)
        and (query.train_data is None or _is_trained_on(query.train_data, query.train_manipulations, record))
        and (not query.train_levels or set(query.train_levels) == _train_levels(record))
        and (record.test_data if own else data_set(record.test_data)) == query.test_data
        and record.split in query.splits
        and _folded(record.manipulation) == _folded(query.test_manipulation)
        and level_of(record) in query.levels
    )


def level_of(record: EvaluationRecord) -> str:
    """Return the level of its test, in a paper's sense; of a folder with several versions, one was measured."""
    folder = record.test_data
    if record.compression is not None and "-" not in folder:
        folder = f"{folder}-{record.compression}"
    return whole_level(folder, record.level)


def test_words(records: Sequence[EvaluationRecord]) -> str:
    """Describe the test set of some records, with its size."""
    first = records[0]
    split = "all crops" if first.split is None else f"split {first.split}"
    forgeries = "all forgeries" if first.manipulation is None else f"forgeries by {first.manipulation}"
    sizes = dict.fromkeys(f"{record.n_real} real and {record.n_forged} forged crops" for record in records)
    return f"{first.test_data}, {split}, {forgeries}: {' / '.join(sizes)}"


def _train_levels(record: EvaluationRecord) -> set[str]:
    """List training levels in a paper's sense. The first folder was compressed as asked; the others are copies."""
    if not record.train_data:
        return set(record.train_levels)
    folder, *copies = record.train_data
    official = {whole_level(copy, CLEAN) for copy in copies} - {CLEAN}
    return {level if level in official else whole_level(folder, level) for level in record.train_levels}


def _is_trained_on(data: str, manipulations: tuple[str, ...], record: EvaluationRecord) -> bool:
    trained = {method.casefold() for method in record.train_methods}
    asked = {method.casefold() for method in manipulations}
    is_all = not asked and trained == {method.casefold() for method in FFPP_MANIPULATIONS}
    return {data_set(name) for name in record.train_data} == {data} and (trained == asked or is_all)


def _folded(manipulation: str | None) -> str | None:
    return manipulation and manipulation.casefold()


def by_arm(records: Iterable[EvaluationRecord], levels: Sequence[str], metric: str) -> tuple[Ours, ...]:
    """List the values of every arm, in the order of the arms; seeds without all of the levels are left out."""
    arms: dict[Arm, list[EvaluationRecord]] = defaultdict(list)
    for record in records:
        if record.metric(metric) is not None:
            arms[Arm.of(record, over_levels=len(levels) > 1)].append(record)
    found = (_ours(arm, members, levels, metric) for arm, members in arms.items())
    return tuple(ours for ours in found if ours is not None)


def _ours(arm: Arm, members: list[EvaluationRecord], levels: Sequence[str], metric: str) -> Ours | None:
    newest: dict[str, dict[str, EvaluationRecord]] = defaultdict(dict)
    for record in sorted(members, key=lambda member: member.date):
        level = level_of(record)
        if level in levels:
            newest[_seed(record)][level] = record
    seeds = sorted((seed for seed, at in newest.items() if len(at) == len(levels)), key=lambda seed: (len(seed), seed))
    if not seeds:
        return None
    used = [newest[seed][level] for seed in seeds for level in levels]
    metrics = [[found for level in levels if (found := newest[seed][level].metric(metric))] for seed in seeds]
    low, high = _interval([of_seed[0] for of_seed in metrics]) if len(levels) == 1 else (None, None)
    return Ours(
        arm=arm,
        metric=metric,
        seeds=tuple(seeds),
        values=tuple(statistics.fmean(one.value for one in of_seed) for of_seed in metrics),
        low=low,
        high=high,
        records=tuple(used),
        n_older=sum(_seed(member) in seeds and level_of(member) in levels for member in members) - len(used),
    )


def _seed(record: EvaluationRecord) -> str:
    return "not known" if record.seed is None else str(record.seed)


def _interval(metrics: list[Metric]) -> tuple[float | None, float | None]:
    lows = [metric.low for metric in metrics if metric.low is not None]
    highs = [metric.high for metric in metrics if metric.high is not None]
    if len(lows) < len(metrics) or len(highs) < len(metrics):
        return None, None
    return statistics.fmean(lows), statistics.fmean(highs)
