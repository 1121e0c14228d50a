"""A whole evaluation: figures, comparisons, rows, coverage and records together."""

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from forensiclab.core.compression import CLEAN, CompressionLevel
from forensiclab.core.errors import SettingsError, WriteError
from forensiclab.detectors.weights import load_weights, shipped_names
from training.datasets.crops import CropFolder
from training.datasets.levels import LevelRange
from training.evaluation.bleach import bleach_effects, card_figures, frozen_detector
from training.evaluation.detectors import Evaluated, open_for_evaluation
from training.evaluation.folders import CropSet, Measurement, open_set, score_levels, whole
from training.evaluation.protocols import Protocol, Selection
from training.evaluation.records import ECE, FRAME_AUC, PBCA, SMALLEST_FAR, VIDEO_AUC
from training.evaluation.run import EvaluationResult, evaluate, levels_of, open_sets
from training.evaluation.summary import summary, write_details, write_summary
from training.preparation.compress import compress_folder

COMMAND = "python -m training evaluate --data /home/someone/forged"


def sets_of(folder: Path, split: str | None = None) -> tuple[CropSet, ...]:
    return open_sets([Measurement(data=folder, split=split)], [], (), None)


def test_every_detector_level_and_manipulation_is_measured_and_recorded(
    forged_folder: Path, scripted: Callable[..., Evaluated]
) -> None:
    detectors = [scripted("up"), scripted("down", sign=-1)]
    levels = [CLEAN, CompressionLevel.parse("jpeg:50")]
    done = evaluate(detectors, sets_of(forged_folder), levels, by_method=True, seed=0, command=COMMAND)
    assert done.is_complete
    found = {(m.detector, m.place.level, m.place.manipulation): m.metrics for m in done.result.measured}
    assert set(found) == {
        (d, at, m) for d in ("up", "down") for at in ("clean", "jpeg:50") for m in (None, "Blend", "Warp")
    }
    assert found["up", "clean", "Blend"].frame_auc.value == 1.0
    assert found["up", "clean", "Warp"].frame_auc.value == 0.5
    assert found["up", "clean", None].frame_auc.value == 0.75
    assert found["down", "clean", "Blend"].frame_auc.value == 0.0
    assert [(c.first, c.second, c.place.manipulation) for c in done.result.compared if c.place.level == "clean"] == [
        ("up", "down", None), ("up", "down", "Blend"), ("up", "down", "Warp")
    ]  # fmt: skip
    both = next(c.agreement for c in done.result.compared if c.place.level == "clean" and c.place.manipulation is None)
    assert (both.first, both.second, both.crops, both.judged) == ("up", "down", 36, 0), "no calibration, no verdict"
    assert both.rank_correlation == pytest.approx(-1), "one says the opposite of the other"
    assert len(done.rows) == 36
    assert all(len(row.scores) == 2 for row in done.rows)
    assert [part.share for part in done.result.coverage] == [1.0, 1.0]

    assert len(done.records) == 12
    record = done.records[0]
    assert (record.detector, record.method, record.recipe, record.changes) == (
        "up",
        "meso_inception4",
        "paper",
        ("steps=5",),
    )
    assert (record.test_data, record.split, record.level, record.manipulation) == ("forged", None, "clean", None)
    assert (record.train_methods, record.train_levels, record.train_data_hash) == (("Blend",), ("clean",), "abc")
    assert (record.n_real, record.n_forged, record.n_videos, record.coverage) == (12, 24, 18, 1.0)
    assert len(record.data_hash or "") == 64
    assert record.command == "python -m training evaluate --data forged"
    area = record.metric(FRAME_AUC)
    assert area is not None
    assert area.value == 0.75
    assert area.low is not None
    assert record.metric(ECE) is None, "the card has no calibration"
    assert record.metric(PBCA) is None
    assert (record.metric(SMALLEST_FAR) or record.metrics[0]).value == pytest.approx(1 / 12)
    assert record.metric("TAR@FAR=0.1") is not None
    assert record.metric("TAR@FAR=0.01") is None, "twelve real crops cannot tell"


def test_only_one_manipulation_is_named_in_its_record(forged_folder: Path, scripted: Callable[..., Evaluated]) -> None:
    sets = open_sets([Measurement(data=forged_folder, split="test")], [], ("Warp",), None)
    done = evaluate([scripted()], sets, [CLEAN], by_method=True, seed=0, command=COMMAND)
    assert [(r.manipulation, r.split, r.n_forged) for r in done.records] == [("Warp", "test", 8)]


def test_several_folders_are_a_cross_data_set_test(
    forged_folder: Path, loose_folder: Path, scripted: Callable[..., Evaluated]
) -> None:
    data = [Measurement(data=forged_folder, split="val"), Measurement(data=loose_folder, split=None)]
    done = evaluate([scripted()], open_sets(data, [], (), None), [CLEAN], by_method=False, seed=0, command=COMMAND)
    assert [(m.place.data, m.place.split) for m in done.result.measured] == [("forged", "val"), ("loose", None)]
    assert [str(m.place) for m in done.result.measured] == ["forged (val) at clean", "loose at clean"]


def test_figures_that_cannot_be_made_are_said_and_the_rest_is_kept(
    forged_folder: Path, scripted: Callable[..., Evaluated]
) -> None:
    for path in (forged_folder / "blend").glob("*.png"):
        path.unlink()
    done = evaluate([scripted()], sets_of(forged_folder), [CLEAN], by_method=True, seed=0, command=COMMAND)
    assert [m.place.manipulation for m in done.result.measured] == [None, "Warp"]
    assert not done.is_complete, "two thirds of the videos are not enough"
    for path in (forged_folder / "warp").glob("*.png"):
        path.unlink()
    done = evaluate([scripted()], sets_of(forged_folder), [CLEAN], by_method=True, seed=0, command=COMMAND)
    assert done.result.measured == ()
    assert done.not_measured == ("There are no figures of forged at clean: crops of one label only could be scored.",)


def test_protocols_choose_what_is_tested(
    forged_folder: Path, scripted: Callable[..., Evaluated], capsys: pytest.CaptureFixture[str]
) -> None:
    whole = [Measurement(data=forged_folder, split=None)]
    cross = Protocol(
        source="made",
        train=Selection(data_set="ffpp", compression="c23", split="train"),
        test=tuple(Selection(data_set="ffpp", compression=label, split="test") for label in ("c23", "c40", "c0")),
    )
    sets = open_sets(whole, [], (), cross)
    assert "ffpp c0 split test, which is not among the data" in capsys.readouterr().err
    done = evaluate([scripted()], sets, [CLEAN], by_method=False, seed=0, command=COMMAND)
    assert [(r.compression, r.split, r.n_real) for r in done.records] == [("c23", "test", 4), ("c40", "test", 4)]
    with pytest.raises(SettingsError, match="None of the data"):
        open_sets(whole, [], (), Protocol(source="", train=Selection(), test=(Selection(data_set="dfdc"),)))
    with pytest.raises(SettingsError, match="chooses the manipulations itself"):
        open_sets(whole, [], ("Warp",), cross)


def test_copies_bring_their_levels_and_must_be_copies(forged_folder: Path, loose_folder: Path, tmp_path: Path) -> None:
    one, many = tmp_path / "one", tmp_path / "many"
    compress_folder(CropFolder(forged_folder), LevelRange.parse("jpeg:20"), one)
    compress_folder(CropFolder(forged_folder), LevelRange.parse("jpeg:20-30"), many)
    jpeg = CompressionLevel.parse("jpeg:20")
    assert levels_of([CLEAN], [one]) == (CLEAN, jpeg)
    assert levels_of([jpeg], [one]) == (jpeg,)
    with pytest.raises(SettingsError, match="jpeg:20-30; a test needs one level"):
        levels_of([CLEAN], [many])
    (crops,) = open_sets([Measurement(data=forged_folder, split=None)], [one], (), None)
    assert [copy.folder for copy in crops.copies] == [one]
    with pytest.raises(SettingsError, match="not a compressed copy"):
        open_sets([Measurement(data=loose_folder, split=None)], [one], (), None)


def test_the_result_file_can_be_read_back(
    forged_folder: Path, scripted: Callable[..., Evaluated], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    done = evaluate(
        [scripted("a"), scripted("b")], sets_of(forged_folder), [CLEAN], by_method=False, seed=0, command=""
    )
    write_details(done.result, tmp_path / "deep" / "out.json")
    assert msgspec.json.decode((tmp_path / "deep" / "out.json").read_bytes(), type=EvaluationResult) == done.result
    capsys.readouterr()
    write_summary(done.result, None)
    printed = msgspec.json.decode(capsys.readouterr().out)
    assert list(printed) == ["a", "b"]
    assert list(printed["a"]) == ["clean"]
    assert done.records[0].metric(VIDEO_AUC) is not None
    (tmp_path / "file").write_text("")
    with pytest.raises(WriteError, match="was not written"):
        write_summary(done.result, tmp_path / "file" / "out.json")


def test_the_summary_names_sets_and_manipulations_where_there_are_several(
    forged_folder: Path, scripted: Callable[..., Evaluated]
) -> None:
    done = evaluate([scripted("a")], sets_of(forged_folder), [CLEAN], by_method=True, seed=0, command="")
    keys = list(summary(done.result)["a"])
    assert keys[0] == "clean"
    assert len(keys) == len(done.result.measured) > 1
    assert all("against" in key for key in keys[1:])


@pytest.mark.data
@pytest.mark.slow
@pytest.mark.parametrize("name", shipped_names())
def test_shipped_weights_reach_the_figures_on_their_card(shared_data: Path, name: str) -> None:
    one = open_for_evaluation(name, "cpu")
    sets = sets_of(shared_data / "ffpp_crops")
    done = evaluate([one], sets, [CLEAN], by_method=False, seed=0, command=COMMAND)
    assert done.is_complete
    found = {metric.name: metric.value for metric in done.records[0].metrics}
    on_card = {
        figure.metric: figure.value
        for figure in one.detector.card.figures
        if (figure.data, figure.level) == ("ffpp_crops", "clean")
    }
    assert on_card
    card = one.detector.card
    frozen = frozen_detector(load_weights(name)[0], card, "cpu")
    if frozen is not None:  # a bleach: its gain and its false alarms are on the card, too
        crops = open_set(CropFolder(shared_data / "ffpp_crops"), Selection())
        (at,) = whole(score_levels((one.detector, frozen), crops, [CLEAN]))
        found |= {f.metric: f.value for f in card_figures(bleach_effects(frozen.card, at), "", "")}
    assert on_card.keys() <= found.keys()
    for metric, value in on_card.items():
        assert found[metric] == pytest.approx(value, abs=0.005)
