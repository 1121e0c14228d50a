"""What a bleach does to the answers of the detector that it stands before: its gain, and its false alarms beside it.

Everything is counted on the same crops without and with the bleach, by two decisions of the frozen detector: the sign
of its raw score, as in training and in the paper's tables, and the manipulation threshold of its own calibration.
"""

import copy
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from forensiclab.core.compression import CompressionLevel
from forensiclab.core.errors import SettingsError
from forensiclab.detectors.base import MeasuredFigure, MethodCard, Network
from forensiclab.detectors.bleach_rates import BleachRate, Decision, Rate
from forensiclab.detectors.pixel_bleach import PixelBleach
from forensiclab.detectors.runtime import NetworkDetector, choose_device, choose_engine
from forensiclab.detectors.weights import check_borrowed, find_referred
from training.evaluation.detectors import Evaluated
from training.evaluation.folders import CropSet, score_levels, whole
from training.evaluation.measure import Estimate, LevelScores, band_at, video_key
from training.evaluation.run import Place, parts_of
from training.statistics.bootstrap import ClipBootstrap
from training.statistics.metrics import Scores


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A rate without and with the bleach; the 95 % intervals are of the same draws of videos."""

    rate: Rate
    without: Estimate
    bleached: Estimate
    difference: Estimate
    """Bleached minus without."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BleachEffect:
    """What a bleach changed by one decision on one set at one level."""

    decision: Decision
    """Of the frozen detector."""
    changes: tuple[Change, ...]
    """Of accuracy, false alarms and misses, in this order."""
    n_real: int
    n_forged: int
    """Crops."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bleached:
    """What one bleach changed on one set at one level."""

    detector: str
    """The weights of the bleach, as they were named."""
    before: str
    """Name of the frozen detector."""
    place: Place
    effects: tuple[BleachEffect, ...]


def frozen_detector(network: Network, card: MethodCard, device: str) -> NetworkDetector | None:
    """Return the detector that weights stand before, alone; None where they are not a bleach.

    Its card is its own, with its calibration, but it takes the crops that the bleach takes.

    Args:
        network: The bleach with its detector.
        card: Of the bleach.
        device: As for ``choose_device``.

    Raises:
        WeightsError: The network's detector is not the installed one that the card names.
    """
    if not isinstance(network, PixelBleach):
        return None
    check_borrowed(network, card)
    assert card.stands_before is not None  # else the check had failed
    own = replace(find_referred(card.stands_before, card.name)[1], input_spec=card.input_spec)
    alone = copy.deepcopy(network.get_submodule(network.BORROWED))
    assert isinstance(alone, Network)
    engine = choose_engine(alone, own, choose_device(device), is_reduced=False)
    return NetworkDetector(own, alone.ATTENTION, engine)


def bleach_effects(frozen: MethodCard, found: LevelScores, seed: int = 0) -> tuple[BleachEffect, ...]:
    """Measure what a bleach changed at one level, by each decision that the frozen detector can make.

    Args:
        frozen: Card of the frozen detector; without a calibration on it there is no threshold.
        found: Scores of two detectors on crops of both labels: of the bleach, and of the frozen detector alone.
        seed: Of the bootstrap.
    """
    bleached, without = (scores.astype(np.float64) for scores in found.scores)
    effects = [_effect(Decision.SIGN, without > 0, bleached > 0, found, seed)]
    band = band_at(frozen, found.level)
    if band is not None:

        def reaches(scores: Scores) -> NDArray[np.bool_]:
            return np.array([band.probability(score) >= band.manipulation_threshold for score in scores.tolist()])

        effects.append(_effect(Decision.THRESHOLD, reaches(without), reaches(bleached), found, seed))
    return tuple(effects)


def _effect(
    decision: Decision, without: NDArray[np.bool_], bleached: NDArray[np.bool_], found: LevelScores, seed: int
) -> BleachEffect:
    """Measure what is called forged, shape (N,), without and with the bleach."""
    is_forged = found.labels == 1

    def rates(counts: Scores) -> Scores:
        """Return three rates without, with, and their differences, shape (9, D), of D draws of crops, shape (D, N)."""
        real, forged = counts[:, ~is_forged], counts[:, is_forged]
        sides = []
        for called in (without, bleached):
            alarms, misses = real @ called[~is_forged], forged @ ~called[is_forged]
            right = counts @ (called == is_forged)
            sides.append([right / counts.sum(axis=1), alarms / real.sum(axis=1), misses / forged.sum(axis=1)])
        before, after = np.array(sides)
        return np.concatenate([before, after, after - before])

    values = rates(np.ones((1, is_forged.size)))[:, 0]
    clips = ["\x1f".join(video_key(entry)) for entry in found.entries]
    intervals = ClipBootstrap(found.labels, clips, seed=seed).over_crops(rates)
    estimates = [
        Estimate(value=float(value), low=interval.low, high=interval.high)
        for value, interval in zip(values, intervals, strict=True)
    ]
    return BleachEffect(
        decision=decision,
        changes=tuple(
            Change(rate=rate, without=estimates[at], bleached=estimates[3 + at], difference=estimates[6 + at])
            for at, rate in enumerate(Rate)
        ),
        n_real=int((~is_forged).sum()),
        n_forged=int(is_forged.sum()),
    )


def card_figures(effects: Sequence[BleachEffect], data: str, level: str) -> list[MeasuredFigure]:
    """Turn the effects into figures of a card, each rate without and with the bleach.

    The accuracy is of the decision by sign only: a manipulation threshold leaves room for *inconclusive*.
    """
    return [
        MeasuredFigure(
            data=data,
            level=level,
            metric=BleachRate(rate=change.rate, decision=effect.decision, is_bleached=is_bleached).metric,
            value=estimate.value,
            ci_low=estimate.low,
            ci_high=estimate.high,
            n_real=effect.n_real,
            n_forged=effect.n_forged,
        )
        for effect in effects
        for change in effect.changes
        if (effect.decision, change.rate) != (Decision.THRESHOLD, Rate.ACCURACY)
        for is_bleached, estimate in ((False, change.without), (True, change.bleached))
    ]


def measure_bleaches(
    bleaches: Sequence[Evaluated],
    sets: Sequence[CropSet],
    levels: Sequence[CompressionLevel],
    *,
    by_method: bool,
    seed: int,
    device: str,
) -> Iterator[Bleached]:
    """Measure bleaches, each against its frozen detector on the same crops.

    Args:
        bleaches: Weights or runs.
        sets: On what.
        levels: At which levels of compression.
        by_method: Whether each manipulation is measured by itself as well.
        seed: Of the bootstrap intervals.
        device: Where the frozen detectors run, as for ``choose_device``.

    Raises:
        SettingsError: One of them is not a bleach.
        WeightsError: The detector of one is not the installed one.
        MediaError: A crop cannot be read.
    """
    for one in bleaches:
        frozen = frozen_detector(one.network, one.detector.card, device)
        if frozen is None:
            raise SettingsError(
                f"'{one.title}' is not a bleach but a {one.detector.card.method}: there is no frozen detector to "
                "compare it with. Use 'evaluate' for it."
            )
        for crops in sets:
            for found in whole(score_levels([one.detector, frozen], crops, levels)):
                for place, part in parts_of(crops, found, by_method=by_method):
                    yield Bleached(
                        detector=one.title,
                        before=frozen.card.name,
                        place=place,
                        effects=bleach_effects(frozen.card, part, seed),
                    )


def effects_markdown(rows: Sequence[Bleached]) -> str:
    """Write a table with the bleach off and on: a row for each bleach, place and decision; rates in per cent."""
    heads = ("bleach", "before", "data", "forged means", "accuracy", "false alarms", "misses", "real / forged crops")
    lines = [f"| {' | '.join(heads)} |", "|" + "---|" * len(heads)]
    for row in rows:
        for effect in row.effects:
            cells = (row.detector, row.before, str(row.place), effect.decision, *map(_cell, effect.changes))
            lines.append(f"| {' | '.join(cells)} | {effect.n_real} / {effect.n_forged} |")
    return "\n".join(lines) + "\n"


def _cell(change: Change) -> str:
    by = change.difference
    return (
        f"{100 * change.without.value:.1f} → {100 * change.bleached.value:.1f} "
        f"({100 * by.value:+.1f} [{100 * by.low:+.1f}, {100 * by.high:+.1f}])"
    )
