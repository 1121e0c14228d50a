"""What the user has chosen, in one TOML file in the user's configuration folder."""

import json
import os
import tomllib
import typing
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final, Generic, Literal, TypeVar

import msgspec

from forensiclab.core.errors import SettingsError
from forensiclab.core.files import read_bounded, whole_file
from forensiclab.core.options import DEFAULT_AGGREGATION, DEFAULT_SAMPLING, Aggregation, SamplingPolicy
from forensiclab.core.resources import user_config_path
from forensiclab.core.text import Sentence

Record = TypeVar("Record")

_MOST_BYTES: Final = 1 << 20
"""Size of a file of settings; larger ones are not read."""

_OPTIONS: Final = (SamplingPolicy, Aggregation)
"""Kept as on the command line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Defaults of the window and of the command line; what a command line names itself goes first."""

    device: str = "auto"
    """``auto``, ``cpu``, ``cuda`` or ``cuda:N``."""
    precision: Literal["float32", "reduced"] = "float32"
    sampling: SamplingPolicy = DEFAULT_SAMPLING
    aggregation: Aggregation = DEFAULT_AGGREGATION
    detectors: tuple[str, ...] = ()
    """Names of weights; empty = those that ship, ``("all",)`` = imported ones as well."""
    colormap: Literal["inferno", "viridis", "cividis"] = "inferno"
    color_scheme: Literal["system", "light", "dark"] = "system"
    language: str = "system"
    """``system``, or the two letters of a language that the program has."""
    report_folder: str = ""
    """Where reports are put at first; empty = beside the exhibit."""
    examiner: str = ""
    """Printed in reports; empty = not stated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded(Generic[Record]):
    """What could be read from a file of settings."""

    record: Record
    problems: tuple[str, ...] = ()
    """What could not be used, as sentences; its place is taken by the default."""


def config_home() -> Path:
    """Return where settings are kept: ``FORENSICLAB_CONFIG`` or the user's own configuration folder."""
    named = os.environ.get("FORENSICLAB_CONFIG")
    return Path(named) if named else user_config_path()


def load_settings() -> Loaded[Settings]:
    """Load the user's settings, with defaults for what is missing or cannot be used."""
    return load_record(config_home() / "settings.toml", Settings)


def save_settings(settings: Settings) -> None:
    """Keep the user's settings.

    Raises:
        WriteError: The file cannot be written.
    """
    save_record(settings, config_home() / "settings.toml")


def load_record(path: Path, kind: type[Record]) -> Loaded[Record]:
    """Read a dataclass from a TOML file: texts, numbers, switches, tuples of texts and options, all with defaults.

    The file is only read. One that is not there gives the defaults and no problem.
    """
    try:
        values = tomllib.loads(read_bounded(path, _MOST_BYTES).decode())
    except FileNotFoundError:
        return Loaded(record=kind())
    except OSError as error:
        text = Sentence("The settings {0} cannot be read ({1}); the defaults are used.", path, error.strerror or error)
        return Loaded(record=kind(), problems=(text,))
    except (ValueError, RecursionError) as error:  # TOMLDecodeError and UnicodeDecodeError are ValueErrors
        why: object = error
        if not isinstance(error, tomllib.TOMLDecodeError | UnicodeDecodeError):
            why = Sentence("it has a number of too many digits, or is nested too deeply")
        text = Sentence(
            "The settings {0} are damaged ({1}); the defaults are used, and the file is kept as it is.", path, why
        )
        return Loaded(record=kind(), problems=(text,))
    types = typing.get_type_hints(kind)
    good: dict[str, Any] = {}
    unknown = Sentence("The settings {0} have an entry '{1}' that is not known; it is ignored.")
    problems = [unknown.filled(path, key) for key in values if key not in types]
    unusable = Sentence("The settings {0} have a '{1}' that cannot be used ({2}); the default is used.")
    refused = Sentence("The settings {0} have a '{1}' that cannot be used: {2} The default is used.")
    for key in types.keys() & values.keys():
        try:
            good[key] = _converted(values[key], types[key])
        except SettingsError as error:
            problems.append(refused.filled(path, key, error.sentence))
        except (msgspec.ValidationError, ValueError, OverflowError) as error:
            problems.append(unusable.filled(path, key, str(error).rstrip(".")))
    return Loaded(record=kind(**good), problems=tuple(sorted(problems)))


def _converted(value: object, kind: Any) -> object:
    """Check a value; options are read from their text.

    Raises:
        SettingsError: The text is not one of the option's.
        ValidationError, ValueError, OverflowError: The value is of another type.
    """
    return kind.parse(msgspec.convert(value, str)) if kind in _OPTIONS else msgspec.convert(value, kind)


def save_record(record: object, path: Path) -> None:
    """Write a dataclass as ``load_record`` reads it: whole or not at all.

    A file that is there but cannot be read in full is moved aside first, so that nothing in it is lost.

    Raises:
        WriteError: It cannot be written.
    """
    assert not isinstance(record, type)
    lines = [f"{field.name} = {_toml(getattr(record, field.name))}\n" for field in fields(typing.cast("Any", record))]
    with whole_file(path) as partial:
        if load_record(path, type(record)).problems:
            path.rename(_free_name(path))
        partial.write_text("".join(lines), encoding="utf-8")


def _free_name(path: Path) -> Path:
    number = 1
    while (free := path.with_name(f"{path.stem}-damaged-{number}{path.suffix}")).exists():
        number += 1
    return free


def _toml(value: object) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(_toml(part) for part in value)}]"
    if isinstance(value, _OPTIONS):
        value = str(value)
    if isinstance(value, str):
        # JSON's strings are TOML's, but for the one control character that JSON lets pass; half a surrogate pair, as
        # in file names that are no text, can stand in neither.
        text = value.encode("utf-8", "replace").decode("utf-8")
        return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
    return json.dumps(value)
