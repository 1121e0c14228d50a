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

from forensiclab.analysis.method import source_commit
from forensiclab.core.errors import SettingsError
from forensiclab.core.records import Picture
from forensiclab.detectors.base import Network
from training.data.batches import PairBatches, SelfBlend
from training.data.crops import CropEntry, CropFolder
from training.data.dfdc_faces import CropPair, hold_out_parts, pair_up
from training.evaluation.metrics import auc
from training.evaluation.scoring import score_pictures
from training.loop import CHECKPOINT_FILE, Outcome, Validate, seed_everything, train
from training.methods import training_class
from training.run_record import RunRecord, now, read_record, recipe_of, write_record

HOLD_OUT_SEED = 0
"""Which parts are held out does not depend on the seed of a run, so that runs can be compared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainOptions:
    """What the command line says."""

    method: str
    preset: str
    data: Path
    compressed: Path | None
    out: Path
    changes: dict[str, Any]
    """Fields of the recipe that differ from the preset."""
    seed: int
    device: str
    devices: int
    resume: bool
    max_minutes: float | None
    command: str


def run_training(options: TrainOptions) -> Outcome:
    """Train, and keep the record of the run up to date.

    Raises:
        SettingsError: An option or the data cannot be used, or the folder holds another run.
    """
    recipe = recipe_of(options.method, options.preset, options.changes)
    _check_folder(options)
    seed_everything(options.seed)
    cv2.setNumThreads(1)  # the loader has a thread of its own; more would only fight with the network's
    fabric = Fabric(accelerator=_accelerator(options.device), devices=options.devices, precision=recipe.precision)
    fabric.launch()

    folder = CropFolder(options.data)
    entries = folder.select("train" if any(e.split == "train" for e in folder.entries) else None)
    held_parts = hold_out_parts(entries, recipe.hold_out, HOLD_OUT_SEED)
    held = tuple(entry for entry in entries if entry.part in held_parts)
    pairs = pair_up([entry for entry in entries if entry.part not in held_parts])
    method = training_class(options.method).build(recipe)
    method.to(memory_format=torch.channels_last)
    batches = PairBatches(
        folder,
        pairs,
        pairs_per_batch=recipe.pairs_per_batch,
        size_px=method.network.input_spec.size_px,
        augment=recipe.augment,
        seed=options.seed,
        compressed=CropFolder(options.compressed) if options.compressed else None,
        compressed_share=recipe.compressed_share,
        self_blend=_self_blend() if recipe.forge_share > 0 else None,
        forge_share=recipe.forge_share,
        rank=fabric.global_rank,
        world=fabric.world_size,
    )
    record = _record(options, pairs, held, held_parts)
    if fabric.is_global_zero:
        write_record(record, options.out)
    outcome = train(
        method,
        recipe,
        batches,
        _auc_on(folder, held, fabric.device) if held else None,
        options.out,
        fabric,
        resume=options.resume,
        max_minutes=options.max_minutes,
    )
    progress = outcome.progress
    record = replace(
        record,
        minutes=progress.seconds / 60,
        steps=progress.step,
        stopped=outcome.reason,
        selected_step=progress.best_step,
        selected_value=progress.best_value if held and progress.best_step else None,
    )
    if fabric.is_global_zero:
        write_record(record, options.out)
        sys.stderr.write(
            f"Stopped at step {progress.step} ({outcome.reason}) after {progress.seconds / 60:.1f} minutes; "
            f"the weights of step {progress.best_step} are kept in {options.out}.\n"
        )
    return outcome


def _check_folder(options: TrainOptions) -> None:
    has_run = (options.out / CHECKPOINT_FILE).is_file()
    if has_run and not options.resume:
        raise SettingsError(f"{options.out} already holds a run. Continue it with --resume or name another folder.")
    if has_run:
        before = read_record(options.out)
        if (before.method, before.seed) != (options.method, options.seed):
            raise SettingsError(
                f"{options.out} is a run of '{before.method}' with seed {before.seed}; it cannot be continued as "
                f"'{options.method}' with seed {options.seed}."
            )


def _record(
    options: TrainOptions, pairs: Sequence[CropPair], held: Sequence[CropEntry], held_parts: frozenset[str]
) -> RunRecord:
    widths = [
        entry.source_width_px
        for pair in pairs
        for entry in (pair.real, pair.forged)
        if entry.source_width_px is not None
    ]
    quantiles = np.quantile(widths, [0, 0.02, 0.25, 0.5, 0.75, 1]).tolist() if widths else []
    data = [options.data] if options.compressed is None else [options.data, options.compressed]
    return RunRecord(
        method=options.method,
        preset=options.preset,
        changes=tuple(f"{name}={value}" for name, value in sorted(options.changes.items())),
        command=options.command,
        seed=options.seed,
        data=tuple(path.name for path in data),
        n_pairs=len(pairs),
        n_selection=len(held),
        selection_parts=tuple(sorted(held_parts)),
        crop_widths_px=tuple(quantiles),
        started_from="random weights",
        hardware=_hardware(options.device),
        commit=source_commit(),
        started_at=now(),
    )


def _auc_on(folder: CropFolder, held: Sequence[CropEntry], device: torch.device) -> Validate:
    labels = np.array([entry.label for entry in held])

    def measure(network: Network) -> float:
        return auc(score_pictures(network, (folder.picture(entry) for entry in held), device), labels)

    return measure


def _self_blend() -> SelfBlend:
    from forensiclab.forge.hull import TIGHT_LANDMARKS, scaled_landmarks
    from forensiclab.forge.self_blend import self_blend

    def forge(picture: Picture, rng: np.random.Generator) -> Picture:
        height, width = picture.shape[:2]
        return self_blend(picture, scaled_landmarks(TIGHT_LANDMARKS, width, height), rng).picture

    return forge


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
