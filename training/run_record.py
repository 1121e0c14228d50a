"""What a run was, written beside its checkpoints: enough to repeat it and to fill in a card."""

import shlex
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from forensiclab.core.errors import SettingsError
from training.method import Recipe
from training.methods import training_class

RECORD_FILE = "run.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRecord:
    """One training run."""

    method: str
    preset: str
    changes: tuple[str, ...]
    """Fields of the preset that were changed, as ``name=value``."""
    command: str
    seed: int
    data: tuple[str, ...]
    """Names of the data folders, without their place on this machine."""
    n_pairs: int
    n_selection: int
    """Crops of the held-out parts."""
    selection_parts: tuple[str, ...]
    crop_widths_px: tuple[float, ...]
    """Quantiles 0, 0.02, 0.25, 0.5, 0.75, 1 of the source width of the training crops; empty where not known."""
    started_from: str
    hardware: str
    commit: str | None
    started_at: str
    minutes: float = 0.0
    steps: int = 0
    stopped: str = "running"
    selected_step: int = 0
    selected_value: float | None = None


def write_record(record: RunRecord, run: Path) -> None:
    """Write ``run.json``."""
    run.mkdir(parents=True, exist_ok=True)
    (run / RECORD_FILE).write_bytes(msgspec.json.format(msgspec.json.encode(record), indent=2) + b"\n")


def read_record(run: Path) -> RunRecord:
    """Read ``run.json``.

    Raises:
        SettingsError: The folder is no run, or its record is damaged.
    """
    path = run / RECORD_FILE
    try:
        return msgspec.json.decode(path.read_bytes(), type=RunRecord)
    except OSError as error:
        raise SettingsError(f"{run} is no training run: {path} cannot be read.") from error
    except msgspec.DecodeError as error:
        raise SettingsError(f"The record {path} is damaged: {error}.") from error


def recipe_of(method: str, preset: str, changes: dict[str, Any]) -> Recipe:
    """A preset with some fields replaced.

    Raises:
        SettingsError: There is no such method or preset.
    """
    recipes = training_class(method).RECIPES
    if preset not in recipes:
        raise SettingsError(f"'{method}' has no preset '{preset}'; it has: {', '.join(recipes)}.")
    return replace(recipes[preset], **changes)


def without_places(command: str) -> str:
    """A command line with every path that leads elsewhere cut down to its last name: cards travel, folders do not."""
    return shlex.join(
        part if not part.startswith(("/", "../")) else part.rstrip("/").rpartition("/")[2]
        for part in shlex.split(command)
    )


def now() -> str:
    """ISO 8601 time in UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")
