"""From the options of ``train`` to a finished run: data, held-out parts, record, loop."""

import platform
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from lightning.fabric import Fabric
from lightning.fabric.strategies.ddp import DDPStrategy

from forensiclab.analysis.method import source_commit
from forensiclab.core.errors import SettingsError
from training.batches.batches import Batches, BatchSettings, CropGroup
from training.datasets.crops import CropEntry, CropFolder
from training.datasets.degrade import parse_levels
from training.datasets.levels import LevelReader
from training.datasets.manifest import data_hash
from training.datasets.pairing import hold_out_parts, pair_up, some_of
from training.methods import training_class
from training.methods.method import Recipe, TrainingMethod
from training.runs.depthwise import keep_slow_depthwise_float32
from training.runs.loop import CHECKPOINT_FILE, Outcome, seed_everything, train
from training.runs.run_record import RunRecord, now, read_record, recipe_of, write_record
from training.runs.selection import SelectionSet, aucs_on, selection_sets
from training.runs.sources import RealSource, mixed_sources, mixture_of
from training.runs.starting import load_start

HOLD_OUT_SEED = 0
"""Which parts are held out does not depend on the seed of a run, so that runs can be compared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainOptions:
    """What the command line says."""

    method: str
    recipe: str
    data: Path
    copies: tuple[Path, ...]
    """Compressed copies of the data."""
    reals: tuple[RealSource, ...] = ()
    """Folders of real crops for ``Recipe.real_share``."""
    select_on: tuple[Path, ...] = ()
    """Folders of crops on which weights are selected beside the held-out parts; nothing of them is trained on."""
    out: Path
    changes: tuple[str, ...]
    """Fields of the recipe that differ, as ``name=value``."""
    start: Path | None
    """Starting weights."""
    only_methods: tuple[str, ...]
    """Manipulations to train on; empty = all."""
    seed: int
    device: str
    devices: int
    nodes: int
    workers: int
    resume: bool
    max_minutes: float | None
    command: str


def run_training(options: TrainOptions) -> Outcome:
    """Train, and keep the record of the run up to date.

    Raises:
        SettingsError: An option or the data cannot be used, or the folder holds another run.
        WeightsError: The starting weights cannot be used.
    """
    recipe = recipe_of(options.method, options.recipe, options.changes)
    folder, copies = CropFolder(options.data), [CropFolder(copy) for copy in options.copies]
    data = (*(one.title for one in (folder, *copies)), *(real.folder.resolve().name for real in options.reals))
    _check_folder(options, data)
    reader = LevelReader(folder, copies)
    entries = _entries(folder, options.only_methods)
    held_parts = hold_out_parts(entries, recipe.hold_out, HOLD_OUT_SEED)
    held = tuple(entry for entry in entries if entry.part in held_parts)
    pairs = some_of(pair_up([entry for entry in entries if entry.part not in held_parts]), recipe.n_pairs)

    fabric = _fabric(options, recipe)
    fabric.launch()
    cv2.setNumThreads(1)  # the loader has threads of its own; more would only fight with the network's
    seed_everything(options.seed)
    method = training_class(options.method)(recipe)
    _check_frozen(options, method)
    started_from = "random weights"
    if options.start is not None:
        start = load_start(method, options.start)
        started_from = start.sentences()
        _say(fabric, started_from)
    method.to(fabric.device).to(memory_format=torch.channels_last)
    if fabric.device.type == "cpu":
        keep_slow_depthwise_float32(method)
    groups = method.choose_groups(pairs, reader, fabric.device)
    sources = mixed_sources(options.reals, recipe, reader, groups, pairs)
    batches = Batches(
        sources,
        batch_settings(method, recipe, groups),
        seed=options.seed,
        rank=fabric.global_rank,
        world=fabric.world_size,
    )
    tests = selection_sets(options.select_on, reader, held)
    record = _begun_as(
        options, _record(options, recipe, method, reader, data, groups, mixture_of(sources), tests, held, started_from)
    )
    if fabric.is_global_zero:
        write_record(record, options.out)
    outcome = train(
        method,
        recipe,
        batches,
        aucs_on(tests, recipe.select_at, fabric.device) if tests and fabric.is_global_zero else None,
        options.out,
        fabric,
        resume=options.resume,
        max_minutes=options.max_minutes,
        seed=options.seed,
        workers=options.workers,
    )
    progress = outcome.progress
    record = replace(
        record,
        minutes=progress.seconds / 60,
        steps=progress.step,
        stopped=outcome.reason,
        selected_step=progress.best_step,
        selected_value=progress.best_value if tests and progress.best_step else None,
        curves=tuple(progress.curves),
    )
    if fabric.is_global_zero:
        write_record(record, options.out)
    _say(
        fabric,
        f"Stopped at step {progress.step} ({outcome.reason}) after {progress.seconds / 60:.1f} minutes; "
        f"the weights of step {progress.best_step} are kept in {options.out}.",
    )
    return outcome


def _entries(folder: CropFolder, only_methods: Sequence[str]) -> tuple[CropEntry, ...]:
    """List the training split (all crops where there is none), with forgeries of some manipulations only."""
    entries = folder.select("train" if any(entry.split == "train" for entry in folder.entries) else None)
    if only_methods:
        have = sorted({entry.method for entry in entries if entry.method})
        unknown = [name for name in only_methods if name not in have]
        if unknown:
            known = ", ".join(have) or "none"
            raise SettingsError(
                f"The crops in {folder.folder} have no manipulation '{unknown[0]}'; they have: {known}."
            )
        entries = tuple(entry for entry in entries if entry.label == 0 or entry.method in only_methods)
    return entries


def batch_settings(method: TrainingMethod[Any], recipe: Recipe, groups: Sequence[CropGroup]) -> BatchSettings:
    """Say what batches a recipe and its method take; all have the same number of crops, in pairs or alone."""
    if recipe.small_share > 0 and not method.takes_any_size:
        raise SettingsError(f"'{method.NAME}' takes crops of one size only; leave small_share out.")
    if recipe.small_share > 0 and recipe.small_px <= 0:
        raise SettingsError("small_share needs small_px, the side of the crops in the first steps.")
    in_group = len(groups[0])
    return BatchSettings(
        groups_per_batch=2 * recipe.pairs_per_batch // in_group,
        size_px=method.network.input_spec.size_px,
        augment=recipe.augment,
        views=method.views,
        weak=parse_levels(recipe.weak),
        strong=parse_levels(recipe.strong),
        strong_share=recipe.strong_share,
        forge_share=recipe.forge_share,
        forge_ramp_steps=recipe.forge_ramp_steps,
        small_px=recipe.small_px,
        small_steps=round(recipe.small_share * recipe.steps),
    )


def _fabric(options: TrainOptions, recipe: Recipe) -> Fabric:
    accelerator = _accelerator(options.device)
    processes = options.devices * options.nodes
    if recipe.pairs_per_batch % processes:
        raise SettingsError(
            f"A batch of {recipe.pairs_per_batch} pairs cannot be shared by {processes} processes; change --batch-size."
        )
    # Banks and queues are filled alike by all processes (training.modules.gather), so buffers need no broadcast.
    many = DDPStrategy(broadcast_buffers=False, find_unused_parameters=True)
    return Fabric(
        accelerator=accelerator,
        devices=options.devices,
        num_nodes=options.nodes,
        precision=recipe.precision,
        strategy=many if processes > 1 else "auto",
    )


def _check_folder(options: TrainOptions, data: tuple[str, ...]) -> None:
    has_run = (options.out / CHECKPOINT_FILE).is_file()
    if has_run and not options.resume:
        raise SettingsError(f"{options.out} already holds a run. Continue it with --resume or name another folder.")
    if has_run:
        before = read_record(options.out)
        was = (before.method, before.recipe, before.changes, before.seed, before.data)
        is_now = (options.method, options.recipe, options.changes, options.seed, data)
        for name, old, new in zip(("method", "recipe", "changes", "seed", "data"), was, is_now, strict=True):
            if old != new:
                raise SettingsError(
                    f"{options.out} is a run with {name} {_shown(old)}; it cannot be continued with {_shown(new)}. "
                    "Name another folder with --out."
                )


def _check_frozen(options: TrainOptions, method: TrainingMethod[Any]) -> None:
    """Refuse to go on before another frozen detector than the run began with: its checkpoint has the old one."""
    if not (options.out / CHECKPOINT_FILE).is_file():
        return
    began, now_is = read_record(options.out).stands_before, method.stands_before
    if began is not None and began != now_is:
        raise SettingsError(
            f"{options.out} is a run before the detector '{began.name}' with the SHA-256 {began.weights_sha256}, which "
            "is another now. Install that one again, or name another folder with --out."
        )


def _shown(value: object) -> str:
    return ", ".join(map(str, value)) or "none" if isinstance(value, tuple) else f"'{value}'"


def _record(
    options: TrainOptions,
    recipe: Recipe,
    method: TrainingMethod[Any],
    reader: LevelReader,
    data: tuple[str, ...],
    groups: Sequence[CropGroup],
    mixture: tuple[tuple[str, int, float], ...],
    tests: Sequence[SelectionSet],
    held: Sequence[CropEntry],
    started_from: str,
) -> RunRecord:
    widths = [entry.source_width_px for group in groups for entry in group if entry.source_width_px is not None]
    quantiles = np.quantile(widths, [0, 0.02, 0.25, 0.5, 0.75, 1]).tolist() if widths else []
    trained_at = (recipe.weak, recipe.strong) if recipe.strong_share > 0 or method.views.strong else (recipe.weak,)
    return RunRecord(
        method=options.method,
        network=method.network_name,
        recipe=options.recipe,
        changes=options.changes,
        options=method.options,
        stands_before=method.stands_before,
        command=options.command,
        seed=options.seed,
        data=data,
        data_hash=data_hash(reader.folder),
        train_methods=options.only_methods,
        # What is at a level already is shown as it is stored.
        train_levels=tuple(
            "clean" if level == reader.level else level for levels in trained_at for level in levels.split(",")
        ),
        margin=reader.folder.margin,
        n_groups=len(groups),
        mixture=mixture,
        n_selection=sum(len(test.entries) for test in tests),
        selected_on=tuple(test.name for test in tests),
        selection_parts=tuple(sorted({entry.part for entry in held if entry.part})),
        selected_at=recipe.select_at,
        crop_widths_px=tuple(quantiles),
        started_from=started_from,
        hardware=_hardware(options.device),
        environment=f"Python {platform.python_version()}, torch {torch.__version__}, {platform.system()}",
        commit=source_commit(),
        started_at=now(),
    )


def _begun_as(options: TrainOptions, record: RunRecord) -> RunRecord:
    """Return the record of a run that goes on: begun when and by the command it was, by every commit involved."""
    if not (options.out / CHECKPOINT_FILE).is_file():
        return record
    begun = read_record(options.out)
    commits = dict.fromkeys([*(begun.commit or "").split(" and "), record.commit or ""])
    commit = " and ".join(filter(None, commits)) or None
    return replace(record, command=begun.command, started_at=begun.started_at, commit=commit)


def _accelerator(device: str) -> str:
    if device not in ("auto", "cpu", "cuda"):
        raise SettingsError(f"The device must be auto, cpu or cuda, not '{device}'.")
    if device == "cuda" and not torch.cuda.is_available():
        raise SettingsError("There is no CUDA device here; use --device cpu.")
    return device


def _hardware(device: str) -> str:
    if device != "cpu" and torch.cuda.is_available():
        return str(torch.cuda.get_device_name())
    return f"{platform.machine()} processor, {torch.get_num_threads()} thread(s)"


def _say(fabric: Fabric, text: str) -> None:
    if fabric.is_global_zero:
        sys.stderr.write(f"{text}\n")
