"""The training loop: the one place where a step is taken, whatever the method."""

import math
import random
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean
from types import FrameType
from typing import Any, NamedTuple

import numpy as np
import safetensors.torch
import torch
from lightning.fabric import Fabric
from lightning.fabric.loggers.tensorboard import TensorBoardLogger
from torch import Tensor

from forensiclab.core.errors import DeviceError, SettingsError
from forensiclab.core.files import whole_file, write_whole
from forensiclab.detectors.base import Network
from training.batches.batches import Batches
from training.methods.method import Recipe, TrainingMethod
from training.runs.averaging import WeightAverage

CHECKPOINT_FILE = "checkpoint.pt"
SELECTED_FILE = "selected.safetensors"
"""The averaged network with the best measurement so far, float32: what ``export`` takes."""

LOG_EVERY, SAY_EVERY = 10, 50
"""Steps between two entries of the log, and between two lines where the output is not a terminal."""


class Measured(NamedTuple):
    """An AUC on crops that training does not see."""

    name: str
    """Of the crops and their level."""
    auc: float


Validate = Callable[[Network], tuple[Measured, ...]]
"""Measures the averaged network on the held-out parts: higher is better."""


@dataclass(slots=True, kw_only=True)
class Progress:
    """What a run has done so far; saved with every checkpoint."""

    step: int = 0
    seconds: float = 0.0
    best_value: float = -math.inf
    best_step: int = 0
    history: list[tuple[int, float]] = field(default_factory=list)
    """(step, mean of what was measured)."""
    curves: list[tuple[int, str, float]] = field(default_factory=list)
    """(step, name, AUC) of everything that was measured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Why a run stopped and what it reached."""

    reason: str
    """``done``, ``early stop``, ``time``, ``signal`` or ``stop_after``."""
    progress: Progress

    @property
    def is_complete(self) -> bool:
        return self.reason in ("done", "early stop")


def seed_everything(seed: int) -> None:
    """Seed every generator that anything might draw from, and ask for deterministic kernels."""
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002 - for third parties; our own code passes generators
    torch.manual_seed(seed)
    torch.use_deterministic_algorithms(True, warn_only=True)


def step_seed(seed: int, step: int, rank: int) -> int:
    """Return what torch is seeded with before a step: dropout and drawn views depend on these three alone."""
    return int(np.random.SeedSequence((seed, step, rank)).generate_state(1, np.uint64)[0] >> 1)


def train(
    method: TrainingMethod[Any],
    recipe: Recipe,
    batches: Batches,
    validate: Validate | None,
    run: Path,
    fabric: Fabric,
    *,
    resume: bool = False,
    max_minutes: float | None = None,
    stop_after: int | None = None,
    seed: int = 1,
    workers: int = 1,
) -> Outcome:
    """Train a method until its recipe's last step, an early stop, the time limit or SIGTERM.

    A checkpoint is written at every measurement and whenever the loop ends; resumed from it, the run continues to the
    bit (same machine, same libraries). Weights are selected on ``validate``, which must not see the validation split.

    Args:
        method: What is trained.
        recipe: The method's recipe.
        batches: The batch of every step.
        validate: Measures the averaged network; None = the last weights are taken.
        run: Folder of the run; created.
        fabric: Launched; decides on device, precision and number of processes.
        resume: Continue from the run's checkpoint.
        max_minutes: Of this call, after which to stop.
        stop_after: Stop at this step although the recipe goes on (the schedule stays that of the recipe).
        seed: What torch is seeded from before every step, with the step and the process.
        workers: Threads that make batches ahead.

    Raises:
        SettingsError: ``resume`` without a checkpoint, or one of another method.
    """
    run.mkdir(parents=True, exist_ok=True)
    logger = TensorBoardLogger(run, name="", version="tensorboard")
    average = WeightAverage(method.network, recipe.average_decay if method.keeps_average else 0.0)
    optimizer = torch.optim.AdamW(method.parameter_groups(recipe), lr=recipe.learning_rate)
    module, fabric_optimizer = fabric.setup(method, optimizer)
    average.network.to(fabric.device)
    progress = Progress()
    if resume:
        progress = _restore(run / CHECKPOINT_FILE, method, optimizer, average, fabric)
    start_step, start_time, seconds_before = progress.step, time.monotonic(), progress.seconds
    last_step = recipe.steps if stop_after is None else min(recipe.steps, stop_after)
    reason = ""
    method.train()

    with _stop_on_signal() as stop_asked:
        for batch in batches.ahead(start_step, last_step, workers):
            rate = recipe.rate(progress.step)
            for group in optimizer.param_groups:
                group["lr"] = rate * group.get("rate_scale", 1.0)
            torch.manual_seed(step_seed(seed, progress.step, fabric.global_rank))
            with _memory_hint(len(batch.labels)):
                losses = module(type(batch)(*fabric.to_device(tuple(batch))))
                total: Tensor = losses.total
                fabric.backward(total)
            norm = _clip(fabric, module, fabric_optimizer, recipe.clip_norm)
            if not math.isfinite(norm):
                raise SettingsError(
                    f"The training diverged at step {progress.step}: the gradient is not finite. Use a smaller --lr."
                )
            fabric_optimizer.step()
            fabric_optimizer.zero_grad(set_to_none=True)
            method.after_step(progress.step)
            average.update(method.network)
            progress.step += 1
            progress.seconds = seconds_before + time.monotonic() - start_time

            if progress.step % LOG_EVERY == 0 or progress.step in (1, last_step):
                values = {f"loss/{term.name}": float(term.value.detach()) for term in losses.terms}
                values |= {"loss/total": float(total.detach()), "gradient_norm": norm, "learning_rate": rate}
                logger.log_metrics(values, progress.step)
                _say(fabric, progress, start_step, last_step, start_time, values)
            if progress.step % recipe.validate_every == 0 or progress.step == recipe.steps:
                _measure(validate, average, progress, run, logger, fabric)
                _save(run / CHECKPOINT_FILE, method, optimizer, average, progress, fabric)
                if _is_exhausted(progress, recipe):
                    reason = "early stop"
            if stop_asked():
                reason = "signal"
            elif max_minutes is not None and time.monotonic() - start_time >= 60 * max_minutes:
                reason = "time"
            reason = fabric.broadcast(reason)  # all processes stop together
            if reason:
                break
    if not reason:
        reason = "done" if progress.step == recipe.steps else "stop_after"
    _save(run / CHECKPOINT_FILE, method, optimizer, average, progress, fabric)
    logger.finalize("success")
    return Outcome(reason=reason, progress=progress)


def _clip(fabric: Fabric, module: Any, optimizer: Any, clip_norm: float | None) -> float:
    """Clip the whole gradient; return its norm before."""
    limit = math.inf if clip_norm is None else clip_norm
    norm = fabric.clip_gradients(module, optimizer, max_norm=limit, error_if_nonfinite=False)
    return float(norm) if norm is not None else math.nan


def _measure(
    validate: Validate | None,
    average: WeightAverage,
    progress: Progress,
    run: Path,
    logger: TensorBoardLogger,
    fabric: Fabric,
) -> None:
    """Measure the averaged weights and keep them if they are the best so far (without ``validate``: always)."""
    if not fabric.is_global_zero:
        return
    measured = () if validate is None else validate(average.network)
    value = fmean(one.auc for one in measured) if measured else float(progress.step)
    progress.history.append((progress.step, value))
    progress.curves.extend((progress.step, one.name, one.auc) for one in measured)
    if measured:
        logger.log_metrics({f"selection/{one.name}": one.auc for one in measured}, progress.step)
        each = ", ".join(f"{one.name} {one.auc:.4f}" for one in measured)
        _write_line(f"step {progress.step}: AUC {value:.4f} ({each})")
    if value > progress.best_value:
        progress.best_value, progress.best_step = value, progress.step
        state = {name: tensor.cpu().contiguous() for name, tensor in average.network.state_dict().items()}
        write_whole(run / SELECTED_FILE, safetensors.torch.save(state))


def _is_exhausted(progress: Progress, recipe: Recipe) -> bool:
    if recipe.patience is None:
        return False
    return progress.step - progress.best_step >= recipe.patience * recipe.validate_every


# ---- checkpoints -----------------------------------------------------------------------------------------------------


def _save(
    path: Path,
    method: TrainingMethod[Any],
    optimizer: torch.optim.Optimizer,
    average: WeightAverage,
    progress: Progress,
    fabric: Fabric,
) -> None:
    """Save everything that the next step depends on. Order of data and learning rate depend on the step alone."""
    if not fabric.is_global_zero:
        return
    state = {
        "method": method.NAME,
        "module": method.state_dict(),
        "optimizer": optimizer.state_dict(),
        "average": average.network.state_dict(),
        "average_updates": average.updates,
        "progress": {
            "step": progress.step,
            "seconds": progress.seconds,
            "best_value": progress.best_value,
            "best_step": progress.best_step,
            "history": progress.history,
            "curves": progress.curves,
        },
    }
    with whole_file(path) as partial:
        torch.save(state, partial)


def _restore(
    path: Path, method: TrainingMethod[Any], optimizer: torch.optim.Optimizer, average: WeightAverage, fabric: Fabric
) -> Progress:
    if not path.is_file():
        raise SettingsError(f"There is nothing to resume: {path} does not exist. Leave --resume out to start afresh.")
    state = torch.load(path, map_location=fabric.device, weights_only=True)
    if state["method"] != method.NAME:
        raise SettingsError(f"{path} is a checkpoint of '{state['method']}', not of '{method.NAME}'.")
    method.load_state_dict(state["module"])
    optimizer.load_state_dict(state["optimizer"])
    average.network.load_state_dict(state["average"])
    average.updates = state["average_updates"]
    return Progress(**state["progress"])


# ---- talking to whoever watches --------------------------------------------------------------------------------------


@contextmanager
def _memory_hint(batch_size: int) -> Iterator[None]:
    """Say what to do where a step does not fit into memory."""
    try:
        yield
    except torch.OutOfMemoryError as error:
        raise DeviceError(
            f"A step with {batch_size} crops does not fit into the device's memory. Use a smaller --batch-size or "
            "--precision bf16-mixed."
        ) from error


@contextmanager
def _stop_on_signal() -> Iterator[Callable[[], bool]]:
    """Let SIGTERM and SIGINT stop the loop after the present step; a second SIGINT stops at once."""
    asked: list[int] = []

    def _ask(number: int, frame: FrameType | None) -> None:
        del frame
        if asked and number == signal.SIGINT:
            raise KeyboardInterrupt
        asked.append(number)

    previous = {number: signal.signal(number, _ask) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield lambda: bool(asked)
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


def _say(
    fabric: Fabric, progress: Progress, first: int, last: int, start_time: float, values: dict[str, float]
) -> None:
    """Print a line over the last on a terminal; elsewhere a line now and then, with every term of the loss."""
    if not fabric.is_global_zero:
        return
    per_step = (time.monotonic() - start_time) / max(1, progress.step - first)
    left = per_step * (last - progress.step)
    text = (
        f"step {progress.step}/{last}  loss {values['loss/total']:.4f}  gradient {values['gradient_norm']:.3f}  "
        f"{per_step:.2f} s a step  {int(left // 60)} min {int(left % 60):02d} s left"
    )
    if sys.stderr.isatty() and progress.step != last:
        sys.stderr.write(f"\r{text}\x1b[K")
        sys.stderr.flush()
    elif progress.step % SAY_EVERY == 0 or progress.step in (1, last):
        terms = {name.removeprefix("loss/"): value for name, value in values.items() if name.startswith("loss/")}
        del terms["total"]
        _write_line(f"{text}  ({', '.join(f'{name} {value:.4g}' for name, value in terms.items())})")


def _write_line(text: str) -> None:
    start = "\r\x1b[K" if sys.stderr.isatty() else ""
    sys.stderr.write(f"{start}{text}\n")
    sys.stderr.flush()
