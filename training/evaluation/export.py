"""From a finished run to weights with a card: calibrated and measured, and checked after they are read back."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from forensiclab.core.compression import CompressionLevel
from forensiclab.core.errors import WeightsError
from forensiclab.core.scores import ValidatedConditions
from forensiclab.detectors.base import MeasuredFigure, MethodCard, Network
from forensiclab.detectors.cards import write_card
from forensiclab.detectors.engines import TorchEngine
from forensiclab.detectors.runtime import NetworkDetector, choose_device
from forensiclab.detectors.weights import load_weights, save_weights
from training.batches.scoring import score_pictures
from training.datasets.crops import CropFolder
from training.evaluation.bleach import bleach_effects, card_figures, frozen_detector
from training.evaluation.calibrate import calibrate, calibration_levels, measured_conditions
from training.evaluation.detectors import load_run
from training.evaluation.folders import Measurement, open_set, score_levels, whole
from training.evaluation.measure import LevelScores, Metrics, measure
from training.evaluation.protocols import Selection
from training.evaluation.records import ACC, EER, FRAME_AUC, VIDEO_AUC
from training.runs.run_record import without_places

PARITY = 0.02
"""Largest change of a raw score (a logit) by storing the weights as float16."""


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

    The figures are of the exported weights as the program reads them back, not of those in the run. A bleach has its
    effect on the frozen detector's answers among them, its false alarms beside its gain.

    Raises:
        SettingsError: The folder is not a run, or it has no selected weights yet.
        MediaError: A crop cannot be read.
        WeightsError: The stored weights score differently than those of the run, or they stand before a detector that
            is not installed or not the one of the run.
    """
    trained, run_card = load_run(options.run)
    folder = options.home / options.name
    new_card = replace(
        run_card,
        name=options.name,
        weights_licence=options.weights_licence,
        data_licence=options.data_licence,
        known_limits=options.known_limits,
    )
    save_weights(trained, folder, new_card)
    stored, card = load_weights(folder)
    calibration_crops = CropFolder(options.calibrate_on.data)
    _check_parity(trained, stored, calibration_crops, options.calibrate_on.split)

    engine = TorchEngine(stored, card.input_spec, choose_device(options.device))
    detector = NetworkDetector(card, stored.ATTENTION, engine)
    frozen = frozen_detector(stored, card, options.device)
    detectors = (detector,) if frozen is None else (detector, frozen)
    wanted = tuple(dict.fromkeys((*calibration_levels(), *options.levels)))
    calibration_set = open_set(calibration_crops, Selection(split=options.calibrate_on.split))
    found = {str(at.level): at for at in whole(score_levels(detectors, calibration_set, wanted))}
    card = replace(
        card,
        calibration=calibrate([found[str(level)] for level in calibration_levels()]),
        calibrated_on=options.calibrate_on.title,
        conditions=_conditions(calibration_crops, options.calibrate_on.split),
    )
    before = None if frozen is None else frozen.card
    figures = _figures(card, before, options.calibrate_on.title, [found[str(level)] for level in options.levels])
    for measurement in options.measure_on:
        if measurement != options.calibrate_on:
            crops = open_set(CropFolder(measurement.data), Selection(split=measurement.split))
            measured = whole(score_levels(detectors, crops, options.levels))
            figures += _figures(card, before, measurement.title, measured)
    card = replace(card, figures=tuple(figures), evaluated_by=without_places(options.command))
    write_card(card, folder)
    return card


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
    """Return the largest absolute difference of two sets of scores, over their spread where that exceeds 1."""
    return float(np.abs(before - after).max() / max(1.0, float(before.std())))


def _conditions(folder: CropFolder, split: str | None) -> ValidatedConditions:
    entries = folder.select(split)
    widths = [entry.source_width_px for entry in entries if entry.source_width_px is not None]
    return measured_conditions(widths, (folder.picture(entry) for entry in entries), folder.margin)


def _figures(
    card: MethodCard, frozen: MethodCard | None, data: str, found: Iterable[LevelScores]
) -> list[MeasuredFigure]:
    """Measure the figures at each level, followed by those of a bleach where there is a frozen detector."""
    figures: list[MeasuredFigure] = []
    for at in found:
        figures += _as_card_figures(data, str(at.level), measure(card, at))
        if frozen is not None:
            figures += card_figures(bleach_effects(frozen, at), data, str(at.level))
    return figures


def _as_card_figures(data: str, level: str, measured: Metrics) -> list[MeasuredFigure]:
    values = (
        (FRAME_AUC, measured.frame_auc),
        (VIDEO_AUC, measured.video_auc),
        (EER, measured.eer),
        (ACC, measured.acc),
    )
    return [
        MeasuredFigure(
            data=data,
            level=level,
            metric=metric,
            value=estimate.value,
            ci_low=estimate.low,
            ci_high=estimate.high,
            n_real=measured.n_real,
            n_forged=measured.n_forged,
        )
        for metric, estimate in values
    ]
