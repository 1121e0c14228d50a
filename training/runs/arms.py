"""Fair comparisons: several recipes trained alike with the same seeds, then measured in one go."""

import statistics
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

from forensiclab.core.errors import SettingsError
from training.runs.loop import CHECKPOINT_FILE
from training.runs.run_record import RECORD_FILE, read_record, recipe_of
from training.runs.training_run import TrainOptions, run_training


@dataclass(frozen=True, slots=True, kw_only=True)
class Arm:
    """One of the things that are compared."""

    name: str
    method: str
    recipe: str
    changes: tuple[str, ...]

    @classmethod
    def parse(cls, text: str) -> "Arm":
        """Read ``METHOD:RECIPE`` or ``NAME=METHOD:RECIPE``, each perhaps followed by ``;FIELD=VALUE;...``.

        Raises:
            SettingsError: It is neither.
        """
        head, _, changes = text.partition(";")
        name, equals, what = head.rpartition("=")
        method, colon, recipe = (what if equals else head).partition(":")
        if not colon or not method or not recipe:
            raise SettingsError(
                f"'{text}' is nothing to compare; write METHOD:RECIPE or NAME=METHOD:RECIPE, and changes after "
                "semicolons, as in l1=resnet18:l1;weak=clean."
            )
        return cls(
            name=name or f"{method}-{recipe}",
            method=method,
            recipe=recipe,
            changes=tuple(change for change in changes.split(";") if change),
        )


def train_arms(arms: Sequence[Arm], seeds: Sequence[int], common: TrainOptions) -> tuple[Path, ...]:
    """Train every arm with every seed, one after the other; what is finished is not trained again.

    All arms have the options of ``common`` and its changes, which come after their own, so that steps, batches and
    rates are the same for all. A broken comparison continues where it was.

    Args:
        arms: At least two, with different names.
        seeds: At least one.
        common: All but method, recipe, changes and seed; ``out`` is the folder that gets a folder for every run.

    Returns:
        The folders of the runs, arm by arm.

    Raises:
        SettingsError: Two arms have one name, or a recipe or a change of it does not exist; nothing is trained then.
    """
    if len({arm.name for arm in arms}) < len(arms) or len(arms) < 2:
        raise SettingsError("A comparison needs at least two arms with different names.")
    for arm in arms:
        recipe_of(arm.method, arm.recipe, (*arm.changes, *common.changes))
    runs = list(_runs(arms, seeds, common))
    for number, run in enumerate(runs, start=1):
        if _is_finished(run.out):
            continue
        sys.stderr.write(f"run {number} of {len(runs)}: {run.out.name}\n")
        outcome = run_training(replace(run, resume=(run.out / CHECKPOINT_FILE).is_file()))
        if not outcome.is_complete:
            raise SettingsError(f"The comparison was stopped ({outcome.reason}); the same command continues it.")
    return tuple(run.out for run in runs)


def held_out_table(runs: Sequence[Path]) -> str:
    """Write as Markdown the AUC of every arm on the held-out training crops, each seed's in braces.

    Recipes are chosen by it, so that no test set takes part in the choice.

    Args:
        runs: Folders of finished runs, all seeds of an arm one after the other.

    Raises:
        SettingsError: A run held nothing out.
    """
    records = [(run.name.rpartition("-seed")[0], read_record(run)) for run in runs]
    lines = []
    for name, group in groupby(records, key=lambda pair: pair[0]):
        of_arm = [record for _, record in group]
        values = [record.selected_value for record in of_arm if record.selected_value is not None]
        if len(values) < len(of_arm):
            raise SettingsError(f"The runs of '{name}' held nothing out to measure on; set hold_out above 0.")
        minutes = statistics.fmean(record.minutes for record in of_arm)
        seeds = ", ".join(f"{value:.3f}" for value in values)
        lines.append(f"| {name} | {statistics.fmean(values):.3f} ({seeds}) | {minutes:.1f} |")
    one = records[0][1]
    sample = f"{one.n_selection} crops of parts {', '.join(one.selection_parts)}"
    head = f"Mean AUC at {', '.join(one.selected_at)} on {sample}, which training does not see.\n\n"
    return "\n".join([head + "| arm | AUC | minutes |", "|---|---|---|", *lines, ""])


def _runs(arms: Sequence[Arm], seeds: Sequence[int], common: TrainOptions) -> Iterator[TrainOptions]:
    for arm in arms:
        for seed in seeds:
            yield replace(
                common,
                method=arm.method,
                recipe=arm.recipe,
                changes=(*arm.changes, *common.changes),
                seed=seed,
                out=common.out / f"{arm.name}-seed{seed}",
            )


def _is_finished(run: Path) -> bool:
    return (run / RECORD_FILE).is_file() and read_record(run).stopped in ("done", "early stop")
