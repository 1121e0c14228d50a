"""What a bleach changes: counted by hand, on cards, as a table, and on the way from a run to weights."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import safetensors.torch
import torch

from forensiclab.core.compression import CLEAN, CompressionLevel
from forensiclab.core.scores import BandCalibration
from forensiclab.detectors.base import MethodCard, WeightsReference
from forensiclab.detectors.bleach_rates import Decision, Rate
from forensiclab.detectors.cards import read_card
from forensiclab.detectors.pixel_bleach import PixelBleach
from forensiclab.detectors.weights import WEIGHTS_FILE, find_weights, load_weights
from training.__main__ import main
from training.datasets.crops import CROP_MARGIN, CropEntry, CropFolder
from training.datasets.fitting import fit_margin
from training.evaluation.bleach import (
    BleachEffect,
    bleach_effects,
    card_figures,
    frozen_detector,
)
from training.evaluation.measure import LevelScores
from training.runs.loop import SELECTED_FILE
from training.runs.run_record import RunRecord, write_record

MESO = "meso_inception4"


def entry(number: int, label: int) -> CropEntry:
    return CropEntry(
        name=str(number), label=label, clip=f"{label}/{number // 2}", split=None, part=None, original=None,
        source_width_px=None, border_diff=None, shard=None,
    )  # fmt: skip


def band(slope: float = 2.0, intercept: float = -1.0, threshold: float = 0.9) -> BandCalibration:
    return BandCalibration(
        name="any", qp_min=0, qp_max=99, jpeg_quality_min=1, jpeg_quality_max=100, slope=slope, intercept=intercept,
        manipulation_threshold=threshold, authenticity_threshold=0.1, false_alarm_rate=0.05, miss_rate=0.05, n_real=1,
        n_forged=1, levels=(),
    )  # fmt: skip


@pytest.fixture
def found() -> LevelScores:
    """Twenty real and ten forged crops, two to a clip; the bleach raises every score by one half on average."""
    rng = np.random.default_rng(0)
    entries = tuple(entry(number, int(number >= 20)) for number in range(30))
    without = rng.normal(size=30) + [float(e.label) for e in entries]
    bleached = without + rng.normal(0.5, 0.5, 30)
    return LevelScores(level=CLEAN, entries=entries, scores=(bleached.astype(np.float32), without.astype(np.float32)))


def values(effect: BleachEffect) -> dict[str, tuple[float, float, float]]:
    return {c.rate: (c.without.value, c.bleached.value, c.difference.value) for c in effect.changes}


def test_rates_are_counted_without_and_with_the_bleach(
    found: LevelScores, make_card: Callable[..., MethodCard]
) -> None:
    by_sign, by_threshold = bleach_effects(make_card(calibration=(band(),)), found)
    assert (by_sign.decision, by_threshold.decision) == (Decision.SIGN, Decision.THRESHOLD)
    border = (np.log(0.9 / 0.1) + 1) / 2  # where 2 s - 1 are the log odds of 0.9
    for effect, limit in ((by_sign, 0.0), (by_threshold, border)):
        rates = []
        for scores in (found.scores[1], found.scores[0]):
            alarms = sum(score > limit for score, e in zip(scores, found.entries, strict=True) if e.label == 0)
            misses = sum(score <= limit for score, e in zip(scores, found.entries, strict=True) if e.label == 1)
            rates.append((1 - (alarms + misses) / 30, alarms / 20, misses / 10))
        for at, rate in enumerate((Rate.ACCURACY, Rate.FALSE_ALARMS, Rate.MISSES)):
            without, bleached = rates[0][at], rates[1][at]
            assert values(effect)[rate] == pytest.approx((without, bleached, bleached - without))
        assert (effect.n_real, effect.n_forged) == (20, 10)
        assert values(effect)[Rate.FALSE_ALARMS][2] >= 0
        assert values(effect)[Rate.MISSES][2] <= 0
    assert values(by_sign)[Rate.FALSE_ALARMS][2] > 0, "scores that rise raise false alarms"


def test_intervals_hold_the_values_and_differences_are_paired(
    found: LevelScores, make_card: Callable[..., MethodCard]
) -> None:
    (effect,) = bleach_effects(make_card(), found)
    for change in effect.changes:
        for estimate in (change.without, change.bleached, change.difference):
            assert estimate.low <= estimate.value <= estimate.high
    alarms = effect.changes[1]
    assert alarms.without.high - alarms.without.low > 0.1
    (same,) = bleach_effects(make_card(), replace(found, scores=(found.scores[1], found.scores[1])))
    for change in same.changes:
        assert (change.difference.value, change.difference.low, change.difference.high) == (0, 0, 0)
    assert bleach_effects(make_card(), found) == (effect,), "the draws are seeded"


def test_without_a_calibration_there_is_no_threshold(found: LevelScores, make_card: Callable[..., MethodCard]) -> None:
    assert [effect.decision for effect in bleach_effects(make_card(), found)] == [Decision.SIGN]


def test_figures_on_a_card_show_false_alarms_beside_the_gain(
    found: LevelScores, make_card: Callable[..., MethodCard]
) -> None:
    effects = bleach_effects(make_card(calibration=(band(),)), found)
    figures = card_figures(effects, "crops (val)", "crf:40")
    sides = ("without bleach", "with bleach")
    asked = [(rate, Decision.SIGN) for rate in (Rate.ACCURACY, Rate.FALSE_ALARMS, Rate.MISSES)]
    asked += [(rate, Decision.THRESHOLD) for rate in (Rate.FALSE_ALARMS, Rate.MISSES)]
    expected = [f"{rate} at {decision}, {side}" for rate, decision in asked for side in sides]
    assert [figure.metric for figure in figures] == expected
    assert figures[3].value == values(effects[0])[Rate.FALSE_ALARMS][1]
    assert (figures[3].ci_low, figures[3].ci_high) == (effects[0].changes[1].bleached.low, effects[0].changes[1].bleached.high)  # fmt: skip  # noqa: E501
    assert {(figure.data, figure.level, figure.n_real, figure.n_forged) for figure in figures} == {
        ("crops (val)", "crf:40", 20, 10)
    }


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run of a generator that adds much, before the detector that ships."""
    torch.manual_seed(0)
    network = PixelBleach(MESO, strength=0.3)
    network.detector.load_state_dict(load_weights(MESO)[0].state_dict())
    with torch.no_grad():
        network.generator.stages[-2].weight.normal_(0, 10)
    reference = read_card(find_weights(MESO)).reference
    record = RunRecord(
        method="pixel_bleach", network="pixel_bleach", recipe="smoke", changes=(), seed=1,
        options=(("backbone", MESO), ("strength", "0.3"), ("balance", "0.7")), stands_before=reference,
        command="python -m training train pixel_bleach", data=("pairs",), data_hash="", train_methods=(),
        train_levels=(), margin=0.87, n_groups=8, n_selection=0, selection_parts=(), crop_widths_px=(),
        selected_at=(), started_from="random weights", hardware="", environment="", commit=None, started_at="",
    )  # fmt: skip
    folder = tmp_path / "bleach_1"
    write_record(record, folder)
    safetensors.torch.save_file(network.state_dict(), folder / SELECTED_FILE)
    return folder


@pytest.mark.slow
def test_from_a_run_to_weights_with_their_effect(
    run: Path, pairs_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    val = f"{pairs_folder}:val"
    arguments = ["export", str(run), "--name", "bleach_meso", "--to", str(tmp_path / "home"), "--calibrate", val]
    assert main([*arguments, "--data-licence", "made", "--compress", "clean,jpeg:20", "--device", "cpu"]) == 0
    exported = tmp_path / "home" / "bleach_meso"
    network, card = load_weights(exported)
    assert card.stands_before == read_card(find_weights(MESO)).reference
    assert not any(name.startswith("detector") for name in safetensors.torch.load_file(exported / WEIGHTS_FILE))
    assert [band.name for band in card.calibration] == ["light", "medium", "strong", "any"]
    assert {(figure.level, figure.metric) for figure in card.figures} >= {
        (level, f"false alarm rate at {decision}, {side} bleach")
        for level in ("clean", "jpeg:20")
        for decision in (Decision.SIGN, Decision.THRESHOLD)
        for side in ("with", "without")
    }

    # The figures are those of the two detectors' own answers, counted anew.
    folder = CropFolder(pairs_folder)
    entries = folder.select("val")
    frozen = frozen_detector(network, card, "cpu")
    assert frozen is not None
    assert frozen.input_spec == card.input_spec
    assert frozen.card.calibration == read_card(find_weights(MESO)).calibration
    clean = {figure.metric: figure for figure in card.figures if figure.level == "clean"}
    pictures = card.input_spec.to_tensor(
        np.stack([fit_margin(folder.picture(one), CROP_MARGIN, 256) for one in entries])
    )
    is_real = np.array([one.label == 0 for one in entries])
    with torch.inference_mode():
        output = network.bleach(pictures)
    for scores, side in ((output.raw_score_before, "without"), (output.raw_score, "with")):
        alarms = (scores.numpy()[is_real] > 0).mean()
        assert clean[f"false alarm rate at {Decision.SIGN}, {side} bleach"].value == pytest.approx(alarms)

    # The table has the same numbers, for the run as for its weights.
    capsys.readouterr()
    table = ["bleach", "--weights", f"{exported},{run}", "--data", val, "--compress", "clean", "--device", "cpu"]
    assert main(table) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("| bleach | before | data | forged means | accuracy | false alarms | misses |")
    assert len(lines) == 2 + 4
    of_weights = next(line for line in lines if str(exported) in line and Decision.SIGN in line)
    told = re.findall(r"(\d+\.\d) → (\d+\.\d) ", of_weights)
    for (without, bleached), rate in zip(told, (Rate.ACCURACY, Rate.FALSE_ALARMS, Rate.MISSES), strict=True):
        assert float(without) == pytest.approx(
            100 * clean[f"{rate} at {Decision.SIGN}, without bleach"].value, abs=0.05
        )
        assert float(bleached) == pytest.approx(100 * clean[f"{rate} at {Decision.SIGN}, with bleach"].value, abs=0.05)
    of_run = next(line for line in lines if str(run) in line and Decision.SIGN in line)
    assert of_run.replace(str(run), "") == of_weights.replace(str(exported), "")
    assert f"| {MESO} |" in of_run


def test_what_is_no_bleach_is_refused(pairs_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bleach", "--weights", MESO, "--data", f"{pairs_folder}:val", "--device", "cpu"]) == 1
    assert f"'{MESO}' is not a bleach" in capsys.readouterr().err


def test_a_run_before_another_detector_is_neither_exported_nor_compared(
    run: Path, pairs_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    state = safetensors.torch.load_file(run / SELECTED_FILE)
    safetensors.torch.save_file(
        state | {"detector.output.bias": state["detector.output.bias"] + 1}, run / SELECTED_FILE
    )
    val = f"{pairs_folder}:val"
    export = ["export", str(run), "--name", "x", "--to", str(tmp_path / "home"), "--calibrate", val]
    for arguments in ([*export, "--data-licence", "made"], ["bleach", "--weights", str(run), "--data", val]):
        assert main([*arguments, "--device", "cpu"]) == 1
        assert f"is not the one that is installed as '{MESO}'" in capsys.readouterr().err
    assert not (tmp_path / "home").exists()


def test_a_run_before_a_folder_says_what_to_do(
    run: Path, pairs_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from training.evaluation import detectors

    reference = WeightsReference(name="of_my_own", weights_sha256="12" * 32)
    monkeypatch.setattr(detectors, "_stands_before", lambda record: reference)
    export = ["export", str(run), "--name", "x", "--to", str(tmp_path / "home"), "--calibrate", f"{pairs_folder}:val"]
    assert main([*export, "--data-licence", "made"]) == 1
    said = capsys.readouterr().err
    assert "'x' stand before the detector 'of_my_own', which is not installed. Install it under this name" in said
    assert "12" * 32 in said


def test_levels_are_asked_of_the_band_that_has_them(found: LevelScores, make_card: Callable[..., MethodCard]) -> None:
    strong = replace(band(threshold=0.99), name="strong", levels=("crf:40",))
    card = make_card(calibration=(strong, band()))
    at_40 = replace(found, level=CompressionLevel.parse("crf:40"))
    alarms = [bleach_effects(card, scores)[1].changes[1].bleached.value for scores in (found, at_40)]
    assert alarms[1] < alarms[0]
