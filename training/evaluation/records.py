"""Evaluation records: one JSON file for each detector, test set, level and manipulation that was measured."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import msgspec

from forensiclab.core.errors import SettingsError
from forensiclab.core.files import write_whole

FRAME_AUC = "frame AUC"
VIDEO_AUC = "video AUC"
EER = "EER"
ACC = "ACC"
AP = "AP"
ECE = "ECE"
SMALLEST_FAR = "smallest FAR"
"""The smallest rate of false alarms that the sample can show, one over its real crops; stated beside every TAR@FAR."""
PBCA = "PBCA"
FORGED_SHARE = "forged share"
"""Share of forged cells among those that PBCA was measured on: a map that is never forged reaches 1 minus this."""


def tar_name(far: float) -> str:
    """Name the metric of a rate: ``0.001`` -> ``TAR@FAR=0.001``."""
    return f"TAR@FAR={far:g}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One measured number. A metric that is not defined on a sample has no entry, it is never 0."""

    name: str
    """One of the names above."""
    value: float
    """Rates and areas are shares in [0, 1], not percentages."""
    low: float | None
    high: float | None
    """95 % bootstrap interval over videos; None where none was drawn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """What the figures were measured with."""

    python: str
    torch: str
    numpy: str
    hardware: str
    """Where the detector ran, such as ``cpu (OpenVINO 2026.4)``."""
    precision: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationRecord:
    """What was measured of one detector on one test set at one level, and everything needed to measure it again.

    ``msgspec.json`` reads and writes it; ``read_records`` reads a folder of them.
    """

    detector: str
    """Name of the weights or of the run, without its place on this machine."""
    method: str
    """Key in ``forensiclab.detectors.DETECTORS``."""
    weights_sha256: str
    recipe: str | None
    """Name of the preset it was trained by; None where that is not known, as for imported weights."""
    changes: tuple[str, ...]
    """Fields of the preset that were changed, as ``name=value``."""
    seed: int | None
    """Of the training."""
    backbone: str | None
    """For methods that work on several; None for all others."""
    train_data: tuple[str, ...]
    """Names of the folders it was trained on; of a card without a run, its sentences about them."""
    train_methods: tuple[str, ...]
    """Manipulations it was trained on; empty = all of the data, or not known."""
    train_levels: tuple[str, ...]
    """Levels of compression that training drew from; empty where not known."""
    train_data_hash: str | None
    test_data: str
    """Name of the folder."""
    split: str | None
    """None = all crops of the folder."""
    compression: str | None = None
    """The data set's own label, such as ``c40``, where all crops share one; ``level`` comes on top of it."""
    level: str
    """Such as ``clean`` or ``crf:40``."""
    manipulation: str | None
    """The forgeries of this manipulation against all real crops; None = all forgeries."""
    metrics: tuple[Metric, ...]
    n_real: int
    n_forged: int
    """Crops that were scored."""
    n_videos: int
    """Videos of them, real and forged."""
    coverage: float
    """Share of the test set's videos that were scored, whatever the manipulation."""
    data_hash: str | None
    """SHA-256 of the test set."""
    run_commit: str | None
    """Of the program when the detector was trained."""
    code_commit: str | None
    """Of the program when it was evaluated."""
    environment: Environment
    command: str
    """The command line of the evaluation, without places."""
    date: str
    """ISO 8601, UTC."""

    def metric(self, name: str) -> Metric | None:
        """Return the metric of that name, None where it is not defined on this sample."""
        return next((metric for metric in self.metrics if metric.name == name), None)


def write_records(records: Iterable[EvaluationRecord], folder: Path) -> tuple[Path, ...]:
    """Write each record to a file of its own; one that was measured again replaces the older one.

    Returns:
        The files, in the order of the records.

    Raises:
        WriteError: The folder cannot be written to.
    """
    paths = []
    for record in records:
        path = folder / _file_name(record)
        write_whole(path, msgspec.json.format(msgspec.json.encode(record), indent=2) + b"\n")
        paths.append(path)
    return tuple(paths)


def read_records(folder: Path) -> tuple[EvaluationRecord, ...]:
    """Read all records of a folder, by file name.

    Raises:
        SettingsError: The folder has none, or one is damaged.
    """
    paths = sorted(folder.glob("*.json"))
    if not paths:
        raise SettingsError(f"There are no evaluation records in {folder}. Write some with 'evaluate --records'.")
    return tuple(_read(path) for path in paths)


def _read(path: Path) -> EvaluationRecord:
    try:
        return msgspec.json.decode(path.read_bytes(), type=EvaluationRecord)
    except OSError as error:
        raise SettingsError(f"The evaluation record {path} cannot be read: {error.strerror}.") from error
    except msgspec.DecodeError as error:
        raise SettingsError(f"The evaluation record {path} is damaged: {error}.") from error


def _file_name(record: EvaluationRecord) -> str:
    """Join readable parts and a hash of all that tells one measurement from another."""
    measured = (
        record.detector,
        record.test_data,
        record.split,
        record.compression,
        record.level,
        record.manipulation,
    )
    identity = (*measured, record.method, record.weights_sha256, record.data_hash)
    readable = "-".join(re.sub(r"[^A-Za-z0-9_]+", "_", part) for part in measured if part is not None)
    return f"{readable}-{hashlib.sha256(repr(identity).encode()).hexdigest()[:8]}.json"
