"""An evaluation from its options to its results: detectors, sets, levels, metrics, rows, records."""

import platform
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import torch

from forensiclab.analysis.agreement import PairAgreement
from forensiclab.analysis.method import source_commit
from forensiclab.core.compression import CompressionLevel
from forensiclab.core.errors import SettingsError
from training.datasets.crops import CropFolder
from training.datasets.levels import copy_level
from training.datasets.manifest import data_hash
from training.evaluation.detectors import Evaluated
from training.evaluation.folders import CropSet, Measurement, is_copy, open_set, score_levels
from training.evaluation.measure import LevelScores, Metrics, agree, compare, measure
from training.evaluation.protocols import Protocol, Selection
from training.evaluation.records import (
    ACC,
    AP,
    ECE,
    EER,
    FORGED_SHARE,
    FRAME_AUC,
    PBCA,
    SMALLEST_FAR,
    VIDEO_AUC,
    Environment,
    EvaluationRecord,
    Metric,
    tar_name,
)
from training.evaluation.rows import Coverage, VideoRow, coverage, video_rows
from training.runs.run_record import without_places
from training.statistics.delong import AucDifference


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """On what something was measured."""

    data: str
    """Name of the folder."""
    split: str | None
    compression: str | None
    """The data set's own label, where all crops share one."""
    level: str
    manipulation: str | None
    """The forgeries of this manipulation against all real crops; None = all forgeries."""

    def __str__(self) -> str:
        named = f"{self.data} ({self.split})" if self.split else self.data
        parts = (named, self.compression, f"at {self.level}", self.manipulation and f"against {self.manipulation}")
        return " ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """The metrics of one detector."""

    detector: str
    """As it was named on the command line."""
    place: Place
    metrics: Metrics


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """Two detectors on the same crops."""

    first: str
    second: str
    place: Place
    result: AucDifference
    """DeLong's test on the mean scores of the videos."""
    agreement: PairAgreement
    """How far both say the same, crop by crop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationResult:
    """What an evaluation found."""

    measured: tuple[Measured, ...]
    compared: tuple[Compared, ...]
    coverage: tuple[Coverage, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Evaluation:
    """All that an evaluation leaves."""

    result: EvaluationResult
    rows: tuple[VideoRow, ...]
    records: tuple[EvaluationRecord, ...]
    not_measured: tuple[str, ...]
    """Sentences: what has no metrics, and why."""

    @property
    def is_complete(self) -> bool:
        """Whether enough videos were scored everywhere, and everything has metrics."""
        return not self.not_measured and all(part.is_enough for part in self.result.coverage)


def open_sets(
    data: Sequence[Measurement], copies: Sequence[Path], only_methods: tuple[str, ...], protocol: Protocol | None
) -> tuple[CropSet, ...]:
    """Open the sets to measure on: each folder, or what a protocol tests on in any of them.

    Raises:
        SettingsError: A folder or a copy cannot be used, or no folder has what the protocol tests on.
    """
    if protocol is not None and only_methods:
        raise SettingsError("A protocol chooses the manipulations itself; leave out --only-methods.")
    folders = [CropFolder(measurement.data) for measurement in data]
    opened = [CropFolder(path) for path in copies]
    for copy in opened:
        if not any(is_copy(copy, folder) for folder in folders):
            raise SettingsError(f"{copy.folder} is not a compressed copy of the data: it has other crops.")
    if protocol is None:
        return tuple(
            open_set(folder, Selection(split=measurement.split, methods=only_methods), opened)
            for measurement, folder in zip(data, folders, strict=True)
        )
    found = []
    for selection in protocol.test:
        having = [folder for folder in folders if any(e.label == 1 for e in selection.select(folder.entries))]
        found += [open_set(folder, selection, opened) for folder in having]
        if not having:
            sys.stderr.write(f"The protocol also tests on {selection}, which is not among the data.\n")
    if not found:
        raise SettingsError("None of the data has what the protocol tests on.")
    return tuple(found)


def levels_of(asked: Sequence[CompressionLevel], copies: Sequence[Path]) -> tuple[CompressionLevel, ...]:
    """Return the levels that were asked for, then those of the copies.

    Raises:
        SettingsError: A copy does not say its level, or has a range of levels.
    """
    of_copies = []
    for path in copies:
        text = copy_level(CropFolder(path))
        try:
            of_copies.append(CompressionLevel.parse(text))
        except SettingsError as error:
            raise SettingsError(f"The crops in {path} have levels from {text}; a test needs one level.") from error
    return tuple(dict.fromkeys((*asked, *of_copies)))


def evaluate(
    detectors: Sequence[Evaluated],
    sets: Sequence[CropSet],
    levels: Sequence[CompressionLevel],
    *,
    by_method: bool,
    seed: int,
    command: str,
) -> Evaluation:
    """Score everything and measure it.

    Args:
        detectors: What to measure.
        sets: On what.
        levels: At which levels of compression.
        by_method: Whether each manipulation is measured by itself as well.
        seed: Of the bootstrap intervals.
        command: The command line, for the records.
    """
    measured: list[Measured] = []
    compared: list[Compared] = []
    covered: list[Coverage] = []
    rows: list[VideoRow] = []
    records: list[EvaluationRecord] = []
    not_measured: list[str] = []
    for crops in sets:
        hashed = data_hash(crops.folder)
        for found in score_levels([one.detector for one in detectors], crops, levels):
            new_rows = video_rows(crops, found)
            rows += new_rows
            covered.append(coverage(new_rows))
            _say(covered[-1].sentence)
            for place, part in parts_of(crops, found, by_method=by_method):
                if not part.has_both_labels:
                    not_measured.append(f"There are no figures of {place}: crops of one label only could be scored.")
                    continue
                for number, one in enumerate(detectors):
                    metrics = measure(one.detector.card, part, number, seed)
                    _say(f"{one.title} on {place}: {in_short(metrics)}")
                    measured.append(Measured(detector=one.title, place=place, metrics=metrics))
                    records.append(_record(one, place, metrics, covered[-1].share, hashed, command))
                pairs = zip(compare(part), agree([one.detector.card for one in detectors], part), strict=False)
                for (first, second, difference), pair in pairs:
                    titles = detectors[first].title, detectors[second].title
                    same = replace(pair, first=titles[0], second=titles[1])
                    compared.append(
                        Compared(first=titles[0], second=titles[1], place=place, result=difference, agreement=same)
                    )
                    _say(f"{titles[0]} and {titles[1]} on {place}: {_difference(difference)}; {_said_alike(same)}")
    result = EvaluationResult(measured=tuple(measured), compared=tuple(compared), coverage=tuple(covered))
    return Evaluation(result=result, rows=tuple(rows), records=tuple(records), not_measured=tuple(not_measured))


def in_short(metrics: Metrics) -> str:
    """Put the main metrics in a line."""
    auc, video = metrics.frame_auc, metrics.video_auc
    parts = [
        f"frame AUC {auc.value:.3f} [{auc.low:.3f}, {auc.high:.3f}]",
        f"video AUC {video.value:.3f} [{video.low:.3f}, {video.high:.3f}]",
        f"EER {metrics.eer.value:.3f}",
        f"ACC {metrics.acc.value:.3f}",
        f"AP {metrics.ap.value:.3f}",
    ]
    if metrics.calibration is not None:
        parts.append(f"ECE {metrics.calibration.ece:.3f}")
    if metrics.localisation is not None:
        parts.append(f"PBCA {metrics.localisation.pbca:.3f} ({metrics.localisation.forged_share:.3f} forged)")
    counts = f"{metrics.n_real} real and {metrics.n_forged} forged crops of {metrics.n_videos} videos"
    return f"{', '.join(parts)}; {counts}"


def _difference(result: AucDifference) -> str:
    p_value = "not defined" if result.p_value is None else f"{result.p_value:.3g}"
    return f"video AUC differs by {result.difference:+.3f} [{result.low:+.3f}, {result.high:+.3f}], p {p_value}"


def _said_alike(same: PairAgreement) -> str:
    rank = "not defined" if same.rank_correlation is None else f"{same.rank_correlation:.2f}"
    if not same.judged:
        return f"rank correlation {rank}"
    return (
        f"rank correlation {rank}, same verdict on {same.agreeing} of {same.judged} crops, opposite ones on "
        f"{same.contradicting}"
    )


def parts_of(crops: CropSet, found: LevelScores, *, by_method: bool) -> Iterator[tuple[Place, LevelScores]]:
    """Yield all crops at a level, then each manipulation by itself; parts that lack a label have no metrics."""
    methods = crops.selection.methods
    whole = Place(
        data=crops.name,
        split=crops.split,
        compression=crops.compression,
        level=str(found.level),
        manipulation=methods[0] if len(methods) == 1 else None,
    )
    yield whole, found
    for method in found.manipulations if by_method and whole.manipulation is None else ():
        yield replace(whole, manipulation=method), found.against(method)


def _record(
    one: Evaluated, place: Place, metrics: Metrics, share: float, hashed: str, command: str
) -> EvaluationRecord:
    origin, card = one.origin, one.detector.card
    return EvaluationRecord(
        detector=one.name,
        method=origin.method,
        weights_sha256=card.weights_sha256,
        recipe=origin.recipe,
        changes=origin.changes,
        seed=origin.seed,
        backbone=one.backbone,
        train_data=origin.train_data,
        train_methods=origin.train_methods,
        train_levels=origin.train_levels,
        train_data_hash=origin.train_data_hash,
        test_data=place.data,
        split=place.split,
        compression=place.compression,
        level=place.level,
        manipulation=place.manipulation,
        metrics=metrics_of(metrics),
        n_real=metrics.n_real,
        n_forged=metrics.n_forged,
        n_videos=metrics.n_videos,
        coverage=share,
        data_hash=hashed,
        run_commit=origin.commit,
        code_commit=source_commit(),
        environment=Environment(
            python=platform.python_version(),
            torch=str(torch.__version__),
            numpy=np.__version__,
            hardware=one.detector.device_name,
            precision=one.detector.precision,
        ),
        command=without_places(command),
        date=datetime.now(UTC).isoformat(timespec="seconds"),
    )


def metrics_of(metrics: Metrics) -> tuple[Metric, ...]:
    """Return the metrics as a record has them; what is not defined has no entry."""
    estimates = [
        (FRAME_AUC, metrics.frame_auc),
        (VIDEO_AUC, metrics.video_auc),
        (EER, metrics.eer),
        (ACC, metrics.acc),
        (AP, metrics.ap),
        *((tar_name(at.far), at.tar) for at in metrics.tar_at_far),
        (PBCA, metrics.pbca),
    ]
    plain = [(SMALLEST_FAR, metrics.tar_at_far[0].smallest_far)]
    if metrics.calibration is not None:
        plain.append((ECE, metrics.calibration.ece))
    if metrics.localisation is not None:
        plain.append((FORGED_SHARE, metrics.localisation.forged_share))
    return (
        *(Metric(name=name, value=e.value, low=e.low, high=e.high) for name, e in estimates if e is not None),
        *(Metric(name=name, value=value, low=None, high=None) for name, value in plain),
    )


def _say(sentence: str) -> None:
    sys.stderr.write(f"{sentence}\n")
