"""What a run was, written beside its checkpoints: enough to repeat it and to fill in a card."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, get_origin, get_type_hints

import msgspec

from forensiclab.core.errors import SettingsError
from forensiclab.core.files import write_whole
from forensiclab.detectors.base import WeightsReference
from training.methods import training_class
from training.methods.method import Recipe

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

RECORD_FILE = "run.json"

Changed = TypeVar("Changed", bound="DataclassInstance")


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRecord:
    """One training run."""

    method: str
    network: str
    """Key in ``forensiclab.detectors.DETECTORS`` of what comes out; the method's own, but for some ablations."""
    recipe: str
    """Name of the recipe."""
    changes: tuple[str, ...]
    """Its fields that were changed, as ``name=value``."""
    options: tuple[tuple[str, str], ...]
    """Keyword arguments of the network's class."""
    stands_before: WeightsReference | None = None
    """The weights that the network borrows: a bleach its frozen detector; None for most methods."""
    command: str
    seed: int
    data: tuple[str, ...]
    """Names of the data folders, without their place on this machine."""
    data_hash: str
    """Of the first data folder: ``training.datasets.manifest.data_hash``."""
    train_methods: tuple[str, ...]
    """Manipulations that were trained on; empty = all there are."""
    train_levels: tuple[str, ...]
    """Levels of compression that were trained on."""
    margin: float
    """Of the crops."""
    n_groups: int
    """Pairs of a forgery and its original; or single crops, for methods that train on those."""
    mixture: tuple[tuple[str, int, float], ...] = ()
    """Folder, pairs and share of everything that batches were mixed from; empty in runs before there were mixtures."""
    n_selection: int
    """Crops on which the weights were selected."""
    selected_on: tuple[str, ...] = ()
    """What those were; the held-out parts alone where it is empty."""
    selection_parts: tuple[str, ...]
    crop_widths_px: tuple[float, ...]
    """Quantiles 0, 0.02, 0.25, 0.5, 0.75, 1 of the source width of the training crops; empty where not known."""
    selected_at: tuple[str, ...]
    """Levels at which the weights were selected."""
    started_from: str
    """What starting weights were taken over, or that there were none."""
    hardware: str
    environment: str
    """Versions of Python and torch, and the platform."""
    commit: str | None
    started_at: str
    minutes: float = 0.0
    steps: int = 0
    stopped: str = "running"
    selected_step: int = 0
    selected_value: float | None = None
    curves: tuple[tuple[int, str, float], ...] = ()
    """Step, set with its level, and AUC of every measurement."""


def write_record(record: RunRecord, run: Path) -> None:
    """Write ``run.json``."""
    write_whole(run / RECORD_FILE, msgspec.json.format(msgspec.json.encode(record), indent=2) + b"\n")


def read_record(run: Path) -> RunRecord:
    """Read ``run.json``.

    Raises:
        SettingsError: The folder is not a run, or its record is damaged.
    """
    path = run / RECORD_FILE
    try:
        return msgspec.json.decode(path.read_bytes(), type=RunRecord)
    except OSError as error:
        raise SettingsError(f"{run} is not a training run: {path} cannot be read.") from error
    except msgspec.DecodeError as error:
        raise SettingsError(f"The record {path} is damaged: {error}.") from error


def recipe_of(method: str, name: str, changes: Sequence[str]) -> Recipe:
    """Return a recipe of a method with some fields replaced.

    Args:
        method: Key in ``METHODS``.
        name: Key in its ``RECIPES``.
        changes: ``field=value`` or ``augment.field=value``; lists with commas, ``none`` for nothing.

    Raises:
        SettingsError: There is no such method, recipe or field, or a value does not fit its field.
    """
    recipes = training_class(method).RECIPES
    if name not in recipes:
        raise SettingsError(f"'{method}' has no recipe '{name}'; it has: {', '.join(recipes)}.")
    recipe = recipes[name]
    for change in changes:
        recipe = _changed(recipe, *_split(change))
    return recipe


def _split(change: str) -> tuple[str, str]:
    field, equals, value = change.partition("=")
    if not equals:
        raise SettingsError(f"'{change}' changes nothing; write a field of the recipe and its value, as in steps=100.")
    return field.strip(), value.strip()


def _changed(record: Changed, name: str, text: str) -> Changed:
    """Replace the field ``name`` (perhaps ``outer.inner``) of a dataclass by what a text says."""
    outer, dot, inner = name.partition(".")
    types = get_type_hints(type(record))
    if outer not in types or outer not in {field.name for field in fields(record)}:
        have = ", ".join(sorted(field.name for field in fields(record)))
        raise SettingsError(f"The recipe has no field '{name}'; it has: {have}.")
    if dot:
        return replace(record, **{outer: _changed(getattr(record, outer), inner, text)})
    value: object = None if text.lower() == "none" else text
    if get_origin(types[outer]) is tuple:
        value = [part for part in text.split(",") if part]
    try:
        return replace(record, **{outer: msgspec.convert(value, type=types[outer], strict=False)})
    except (msgspec.ValidationError, ValueError) as error:
        raise SettingsError(f"The recipe's field '{name}' cannot be '{text}': {error}.") from error


def without_places(command: str) -> str:
    """Cut every path that leads elsewhere in a command line down to its last name: cards travel, folders do not."""
    return shlex.join(
        part if not part.startswith(("/", "../")) else part.rstrip("/").rpartition("/")[2]
        for part in shlex.split(command)
    )


def now() -> str:
    """Return the ISO 8601 time in UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")
