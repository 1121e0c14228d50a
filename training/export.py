"""From a finished run to weights with a card: calibrated and measured, and checked after they are read back."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import safetensors.torch
from numpy.typing import NDArray
from safetensors import SafetensorError

from forensiclab.analysis.method import source_commit
from forensiclab.core.compression import CompressionLevel
from forensiclab.core.errors import SettingsError, WeightsError
from forensiclab.core.scores import ValidatedConditions
from forensiclab.detectors.base import MeasuredFigure, MethodCard, Network
from forensiclab.detectors.engines import TorchEngine
from forensiclab.detectors.runtime import NetworkDetector, choose_device
from forensiclab.detectors.weights import fill, load_network, load_weights, save_weights, write_card
from training.data.crops import CROP_MARGIN, CropFolder
from training.evaluation.calibrate import calibrate, calibration_levels, measured_conditions
from training.evaluation.evaluate import Figures, LevelScores, measure, score_levels
from training.evaluation.scoring import score_pictures
from training.loop import SELECTED_FILE
from training.run_record import RunRecord, read_record, without_places

PARITY = 0.02
"""Largest change of a raw score (a logit) by storing the weights as float16."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """A folder of crops on which the card's figures are measured."""

    data: Path
    split: str | None

    @classmethod
    def parse(cls, text: str) -> "Measurement":
        """Read ``DIR`` or ``DIR:SPLIT``."""
        folder, colon, split = text.rpartition(":")
        if colon and folder and not Path(text).exists():
            return cls(data=Path(folder), split=split)
        return cls(data=Path(text), split=None)

    @property
    def title(self) -> str:
        """The name on the card, without the folder's place on this machine."""
        return self.data.resolve().name if self.split is None else f"{self.data.resolve().name} ({self.split})"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportOptions:
    """What the command line says."""

    run: Path
    name: str
    home: Path
    """The weights get a folder of their own name in it."""
    calibrate_on: Measurement
    measure_on: tuple[Measurement, ...]
    levels: tuple[CompressionLevel, ...]
    weights_licence: str
    data_licence: str
    known_limits: tuple[str, ...]
    device: str
    command: str


def export(options: ExportOptions) -> MethodCard:
    """Write the selected weights of a run, calibrate and measure them, and fill in their card.

    The figures are of the exported weights as the program reads them back, not of those in the run.

    Raises:
        SettingsError: The folder is no run, or it has no selected weights yet.
        WeightsError: The stored weights score differently than those of the run.
    """
    record = read_record(options.run)
    trained = _selected_network(options.run, record)
    folder = options.home / options.name
    save_weights(trained, folder, _card(options, record, trained))
    stored, card = load_weights(folder)
    calibration_crops = CropFolder(options.calibrate_on.data)
    _check_parity(trained, stored, calibration_crops, options.calibrate_on.split)

    engine = TorchEngine(stored, card.input_spec, choose_device(options.device))
    detector = NetworkDetector(card, stored.ATTENTION, engine)
    wanted = tuple(dict.fromkeys((*calibration_levels(), *options.levels)))
    found = {
        str(at.level): at for at in score_levels([detector], calibration_crops, options.calibrate_on.split, wanted)
    }
    card = replace(
        card,
        calibration=calibrate([found[str(level)] for level in calibration_levels()]),
        calibrated_on=options.calibrate_on.title,
        conditions=_conditions(calibration_crops, options.calibrate_on.split),
    )
    figures = _figures(card, options.calibrate_on.title, [found[str(level)] for level in options.levels])
    for measurement in options.measure_on:
        if measurement != options.calibrate_on:
            scored = score_levels([detector], CropFolder(measurement.data), measurement.split, options.levels)
            figures += _figures(card, measurement.title, scored)
    card = replace(card, figures=tuple(figures), evaluated_by=without_places(options.command))
    write_card(card, folder)
    return card


def _selected_network(run: Path, record: RunRecord) -> Network:
    path = run / SELECTED_FILE
    network = load_network(record.method)
    try:
        fill(network, safetensors.torch.load_file(path), str(path))
    except (OSError, SafetensorError) as error:
        raise SettingsError(f"The run {run} has no selected weights yet: {path} cannot be read.") from error
    return network.eval().requires_grad_(False)


def _check_parity(trained: Network, stored: Network, folder: CropFolder, split: str | None) -> None:
    """Refuse weights that lost something on the way through float16."""
    entries = folder.select(split)[:64]
    before, after = (
        score_pictures(network, (folder.picture(entry) for entry in entries)) for network in (trained, stored)
    )
    difference = largest_difference(before, after)
    if difference > PARITY:
        raise WeightsError(
            f"The exported weights score up to {difference:.3f} differently than the run's; {PARITY} is allowed."
        )


def largest_difference(before: NDArray[np.float32], after: NDArray[np.float32]) -> float:
    """Largest absolute difference of two sets of scores, over their spread where that exceeds 1."""
    return float(np.abs(before - after).max() / max(1.0, float(before.std())))


def _conditions(folder: CropFolder, split: str | None) -> ValidatedConditions:
    entries = folder.select(split)
    widths = [entry.source_width_px for entry in entries if entry.source_width_px is not None]
    return measured_conditions(widths, (folder.picture(entry) for entry in entries), CROP_MARGIN)


def _figures(card: MethodCard, data: str, found: Iterable[LevelScores]) -> list[MeasuredFigure]:
    figures: list[MeasuredFigure] = []
    for at in found:
        measured = measure(card, at, at.scores[0])
        figures.extend(_as_card_figures(data, str(at.level), measured))
    return figures


def _as_card_figures(data: str, level: str, measured: Figures) -> list[MeasuredFigure]:
    low, high = measured.frame_auc_ci
    values = (
        ("frame AUC", measured.frame_auc, low, high),
        ("video AUC", measured.video_auc, None, None),
        ("EER", measured.eer, None, None),
        ("ACC", measured.acc, None, None),
    )
    return [
        MeasuredFigure(
            data=data,
            level=level,
            metric=metric,
            value=value,
            ci_low=ci_low,
            ci_high=ci_high,
            n_real=measured.n_real,
            n_forged=measured.n_forged,
        )
        for metric, value, ci_low, ci_high in values
    ]


def _card(options: ExportOptions, record: RunRecord, network: Network) -> MethodCard:
    """The card before anything is measured."""
    return MethodCard(
        name=options.name,
        method=record.method,
        options=(),
        input_spec=replace(network.input_spec, margin=CROP_MARGIN),
        title=network.TITLE,
        weights_sha256="",
        weights_licence=options.weights_licence,
        data_licence=options.data_licence,
        trained_on=tuple(
            f"{name}: {record.n_pairs} pairs of a forgery and its original; {record.n_selection} crops of other parts "
            "selected the weights"
            if number == 0
            else f"{name}: the same crops compressed"
            for number, name in enumerate(record.data)
        ),
        started_from=record.started_from,
        recipe=without_places(record.command),
        seed=record.seed,
        hardware=record.hardware,
        duration_min=round(record.minutes, 1),
        commit=record.commit or source_commit(),
        date=datetime.now(UTC).date().isoformat(),
        calibration=(),
        calibrated_on=None,
        conditions=ValidatedConditions(),
        figures=(),
        evaluated_by=None,
        known_limits=options.known_limits,
    )
