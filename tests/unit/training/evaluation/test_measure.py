"""Figures of made scores against the metrics they are made of."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from forensiclab.core.compression import CLEAN, CompressionLevel
from forensiclab.core.scores import BandCalibration
from forensiclab.detectors.base import MethodCard
from training.datasets.crops import CropEntry
from training.evaluation.localisation import CellCounts
from training.evaluation.measure import LevelScores, calibrated, compare, even_odds_score, measure, video_key
from training.statistics.bootstrap import auc_interval
from training.statistics.metrics import accuracy, auc, average_precision, equal_error_rate, mean_by_clip


def entry(number: int, label: int, video: str, method: str | None = None, compression: str | None = None) -> CropEntry:
    return CropEntry(
        name=str(number),
        label=label,
        clip=f"{label}/{video}",
        split=None,
        part=None,
        original=None,
        source_width_px=None,
        border_diff=None,
        shard=None,
        method=method,
        compression=compression,
    )


def made(seed: int = 0, n: int = 30, crops: int = 2, detectors: int = 1) -> LevelScores:
    """``n`` clips of each label with some crops each; forgeries by two manipulations, the second one harder."""
    rng = np.random.default_rng(seed)
    entries: list[CropEntry] = []
    for label in (0, 1):
        for clip in range(n):
            method = ("Easy", "Hard")[clip % 2] if label else None
            entries += [entry(len(entries), label, f"{clip}", method) for _ in range(crops)]
    lift = np.array([0.0 if e.label == 0 else 1.5 if e.method == "Easy" else 0.3 for e in entries])
    scores = tuple((rng.normal(size=lift.size) + lift).astype(np.float32) for _ in range(detectors))
    return LevelScores(level=CLEAN, entries=tuple(entries), scores=scores)


def band(name: str = "any", slope: float = 2.0, intercept: float = -1.0, levels: Sequence[str] = ()) -> BandCalibration:
    return BandCalibration(
        name=name,
        qp_min=0,
        qp_max=99,
        jpeg_quality_min=1,
        jpeg_quality_max=100,
        slope=slope,
        intercept=intercept,
        manipulation_threshold=0.9,
        authenticity_threshold=0.1,
        false_alarm_rate=0.05,
        miss_rate=0.05,
        n_real=1,
        n_forged=1,
        levels=tuple(levels),
    )


def test_figures_are_the_metrics_of_the_scores(make_card: Callable[..., MethodCard]) -> None:
    found = made()
    scores, labels, clips = found.scores[0], found.labels, [each.clip for each in found.entries]
    figures = measure(make_card(), found, seed=3)
    assert figures.frame_auc.value == auc(scores, labels)
    assert (figures.frame_auc.low, figures.frame_auc.high) == pytest.approx(auc_interval(scores, labels, clips, seed=3))
    assert figures.video_auc.value == auc(*mean_by_clip(scores, labels, clips))
    assert figures.eer.value == equal_error_rate(scores, labels)
    assert figures.acc.value == accuracy(scores, labels, 0.0)
    assert figures.ap.value == average_precision(scores, labels)
    assert (figures.n_real, figures.n_forged, figures.n_videos) == (60, 60, 60)
    for estimate in (figures.frame_auc, figures.video_auc, figures.eer, figures.acc, figures.ap):
        assert estimate.low < estimate.value < estimate.high
    assert [(at.far, at.tar is None) for at in figures.tar_at_far] == [
        (0.1, False), (0.01, True), (0.001, True), (0.0001, True)
    ]  # fmt: skip
    assert {at.smallest_far for at in figures.tar_at_far} == {1 / 60}
    assert figures.calibration is None
    assert figures.localisation is None
    assert figures.pbca is None
    assert measure(make_card(), found, seed=3) == figures


def test_a_manipulation_is_measured_against_all_real_crops(make_card: Callable[..., MethodCard]) -> None:
    found = made()
    assert found.manipulations == ("Easy", "Hard")
    whole, easy, hard = (measure(make_card(), part) for part in (found, found.against("Easy"), found.against("Hard")))
    assert (easy.n_real, easy.n_forged) == (60, 30)
    # Pairs of a forgery and a real crop fall to one manipulation or the other.
    assert (easy.frame_auc.value + hard.frame_auc.value) / 2 == pytest.approx(whole.frame_auc.value)
    assert easy.frame_auc.value > hard.frame_auc.value


def test_calibration_and_threshold_follow_the_card(make_card: Callable[..., MethodCard]) -> None:
    found = made()
    card = make_card(calibration=(band(), band("strong", 1.0, 4.0, ["crf:40"])))
    figures = measure(card, found)
    assert figures.threshold == 0.5
    assert figures.acc.value == accuracy(found.scores[0], found.labels, 0.5)
    probabilities = 1 / (1 + np.exp(-(2 * found.scores[0].astype(float) - 1)))
    assert calibrated(card, CLEAN, found.scores[0].astype(float)) == pytest.approx(probabilities)
    assert figures.calibration is not None
    assert 0 < figures.calibration.ece < 0.5
    assert even_odds_score(card, CompressionLevel.parse("crf:40")) == -4.0
    assert even_odds_score(make_card(method="metric_learning"), CLEAN) == 9.05


def test_pbca_has_an_interval_over_the_crops_with_a_mask(make_card: Callable[..., MethodCard]) -> None:
    found = made(n=20, crops=1)
    rng = np.random.default_rng(0)
    known = np.arange(40) % 4 > 0
    cells = np.where(known, 10, 0)
    counts = CellCounts(np.where(known, rng.integers(4, 11, 40), 0), np.where(known & (found.labels == 1), 3, 0), cells)
    figures = measure(
        make_card(), LevelScores(level=CLEAN, entries=found.entries, scores=found.scores, cells=(counts,))
    )
    assert figures.localisation is not None
    assert figures.pbca is not None
    assert figures.pbca.value == figures.localisation.pbca == pytest.approx(counts.right.sum() / 300)
    assert figures.pbca.low < figures.pbca.value < figures.pbca.high
    assert figures.localisation.n_crops == 30


def test_the_same_clip_at_two_compressions_is_two_videos(make_card: Callable[..., MethodCard]) -> None:
    entries = tuple(entry(n, n % 2, "7", compression=("c23", "c40")[n // 2 % 2]) for n in range(8))
    assert len({video_key(each) for each in entries}) == 4
    scores = (np.arange(8, dtype=np.float32),)
    assert measure(make_card(), LevelScores(level=CLEAN, entries=entries, scores=scores)).n_videos == 4


def test_every_pair_of_detectors_is_compared_over_videos() -> None:
    found = made(detectors=3)
    compared = compare(found)
    assert [(first, second) for first, second, _ in compared] == [(0, 1), (0, 2), (1, 2)]
    clips = [each.clip for each in found.entries]
    areas = [auc(*mean_by_clip(scores, found.labels, clips)) for scores in found.scores]
    for first, second, result in compared:
        assert result.difference == pytest.approx(areas[first] - areas[second])
        assert (result.n_real, result.n_forged) == (30, 30)
    assert compare(made(n=1, detectors=2)) == ()
