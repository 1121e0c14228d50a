"""The short result of an evaluation: a few metrics for each detector and level, in a form that other programs read."""

import sys
from dataclasses import dataclass
from pathlib import Path

import msgspec

from forensiclab.core.files import write_whole
from training.evaluation.run import EvaluationResult, Measured


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortMetrics:
    """Of one detector at one level; the fields are those of the file."""

    frame_auc: float
    """Over crops."""
    frame_auc_ci: tuple[float, float]
    """95 % bootstrap interval over clips."""
    video_auc: float
    eer: float
    acc: float
    n_real: int
    n_forged: int
    """Crops."""


def summary(result: EvaluationResult) -> dict[str, dict[str, ShortMetrics]]:
    """Sum up by detector, then level.

    Where one set was measured against all its forgeries, the keys are levels (``crf:40``); otherwise they name the set
    and the manipulation.
    """
    is_one_set = len({(m.place.data, m.place.split, m.place.compression) for m in result.measured}) <= 1
    found: dict[str, dict[str, ShortMetrics]] = {}
    for measured in result.measured:
        is_plain = is_one_set and measured.place.manipulation is None
        key = measured.place.level if is_plain else str(measured.place)
        found.setdefault(measured.detector, {})[key] = _short(measured)
    return found


def write_summary(result: EvaluationResult, path: Path | None) -> None:
    """Write the summary as JSON, to a file or (None) to standard output.

    Raises:
        SettingsError: The file cannot be written.
    """
    _write(summary(result), path)


def write_details(result: EvaluationResult, path: Path) -> None:
    """Write everything that an evaluation found as JSON.

    Raises:
        SettingsError: The file cannot be written.
    """
    _write(result, path)


def _short(measured: Measured) -> ShortMetrics:
    metrics = measured.metrics
    return ShortMetrics(
        frame_auc=metrics.frame_auc.value,
        frame_auc_ci=(metrics.frame_auc.low, metrics.frame_auc.high),
        video_auc=metrics.video_auc.value,
        eer=metrics.eer.value,
        acc=metrics.acc.value,
        n_real=metrics.n_real,
        n_forged=metrics.n_forged,
    )


def _write(content: object, path: Path | None) -> None:
    data = msgspec.json.format(msgspec.json.encode(content), indent=2) + b"\n"
    if path is None:
        sys.stdout.write(data.decode())
        return
    write_whole(path, data)
