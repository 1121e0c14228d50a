"""The commands as they are typed: figures, exit codes, sentences."""

import json
from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
import pytest
import torch

from forensiclab.core.scores import Verdict
from forensiclab.detectors.base import MethodCard, Network
from forensiclab.detectors.weights import load_network, load_weights, save_weights
from training.__main__ import main
from training.batches.scoring import score_pictures
from training.datasets.crops import CROP_MARGIN, CropFolder
from training.evaluation.records import read_records
from training.evaluation.run import EvaluationResult
from training.runs.loop import CHECKPOINT_FILE
from training.runs.run_record import read_record, without_places
from training.statistics.metrics import auc

TRAIN = ["train", "meso_inception4", "--device", "cpu", "--batch-size", "2", "--precision", "32-true"]


def folder_of(network: Network, home: Path, card: MethodCard) -> Path:
    save_weights(network, home / card.name, card)
    return home / card.name


@pytest.fixture
def two_detectors(tmp_path: Path, make_card: Callable[..., MethodCard]) -> list[Path]:
    folders = []
    for number in range(2):
        torch.manual_seed(number)
        folders.append(folder_of(load_network("meso_inception4"), tmp_path, make_card(name=f"made{number}")))
    return folders


def read_result(path: Path) -> EvaluationResult:
    return msgspec.json.decode(path.read_bytes(), type=EvaluationResult)


def test_evaluate_writes_the_figures_of_every_detector_and_level(
    loose_folder: Path, two_detectors: list[Path], tmp_path: Path
) -> None:
    out = tmp_path / "deep" / "out.json"
    names = ",".join(map(str, two_detectors))
    arguments = ["evaluate", "--detector", names, "--data", str(loose_folder), "--details", str(out), "--device", "cpu"]
    arguments += ["--compress", "clean,jpeg:20", "--rows", str(tmp_path / "rows.csv")]
    short = tmp_path / "short.json"
    assert main([*arguments, "--records", str(tmp_path / "records"), "--json", str(short)]) == 0
    result = read_result(out)
    summary = json.loads(short.read_text())
    assert list(summary) == [str(folder) for folder in two_detectors]
    found = {(one.detector, one.place.level): one.metrics for one in result.measured}
    assert set(found) == {(str(folder), level) for folder in two_detectors for level in ("clean", "jpeg:20")}
    assert [one.place.level for one in result.compared] == ["clean", "jpeg:20"]
    assert {(one.n_videos, one.n_videos_ok, one.n_crops_ok) for one in result.coverage} == {(6, 6, 12)}
    assert len((tmp_path / "rows.csv").read_text().splitlines()) == 1 + 2 * 6
    assert {(c.agreement.crops, c.agreement.first) for c in result.compared} == {(12, str(two_detectors[0]))}
    assert {record.detector for record in read_records(tmp_path / "records")} == {"made0", "made1"}
    crops = CropFolder(loose_folder)
    labels = [entry.label for entry in crops.entries]
    for folder in two_detectors:
        network, _ = load_weights(folder)
        scores = score_pictures(network, (crops.picture(entry) for entry in crops.entries))
        clean = found[str(folder), "clean"]
        assert list(summary[str(folder)]) == ["clean", "jpeg:20"]
        assert summary[str(folder)]["clean"] == {
            "frame_auc": clean.frame_auc.value,
            "frame_auc_ci": [clean.frame_auc.low, clean.frame_auc.high],
            "video_auc": clean.video_auc.value,
            "eer": clean.eer.value,
            "acc": clean.acc.value,
            "n_real": 6,
            "n_forged": 6,
        }
        assert (clean.n_real, clean.n_forged) == (6, 6)
        assert clean.frame_auc.value == pytest.approx(auc(scores, labels))
        assert clean.acc.value == pytest.approx(((scores >= 0) == np.array(labels)).mean())
        by_clip = {
            clip: [s for s, e in zip(scores, crops.entries, strict=True) if e.clip == clip]
            for clip in {entry.clip for entry in crops.entries}
        }
        means = {clip: float(np.mean(values)) for clip, values in by_clip.items()}
        assert clean.video_auc.value == pytest.approx(auc(list(means.values()), [int(clip[0]) for clip in means]))
    before = out.read_bytes()
    assert main(arguments) == 0
    assert out.read_bytes() == before


def test_evaluate_prints_json_without_a_file(
    loose_folder: Path, two_detectors: list[Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", "--detector", str(two_detectors[0]), "--data", str(loose_folder), "--json", "-"]) == 0
    captured = capsys.readouterr()
    assert list(json.loads(captured.out)) == [str(two_detectors[0])]
    assert "frame AUC" in captured.err
    assert "6 of 6 videos (100.0 %)" in captured.err


def test_evaluate_fails_below_the_needed_coverage_and_still_writes_what_it_found(
    loose_folder: Path, two_detectors: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (loose_folder / "real" / "0_0.webp").write_bytes(b"no picture")
    arguments = ["evaluate", "--detector", str(two_detectors[0]), "--data", str(loose_folder), "--device", "cpu"]
    arguments += ["--rows", str(tmp_path / "rows.csv"), "--details", str(tmp_path / "out.json")]
    assert main(arguments) == 0, "one crop of a video less is still the video"
    assert "11 of 12 crops" in capsys.readouterr().err
    (loose_folder / "real" / "0_1.webp").unlink()
    assert main(arguments) == 1
    assert f"Only 83.3 % of the videos of loose at clean could be scored, less than 99 %; {tmp_path / 'rows.csv'}" in (
        capsys.readouterr().err
    )
    assert read_result(tmp_path / "out.json").measured[0].metrics.n_real == 4
    rows = (tmp_path / "rows.csv").read_text()
    assert "is not a picture that can be read" in rows
    assert "is not in that folder" in rows


def test_evaluate_takes_a_run_copies_and_several_sets(pairs_folder: Path, loose_folder: Path, tmp_path: Path) -> None:
    run, copy, out = tmp_path / "run", tmp_path / "copy", tmp_path / "out.json"
    train = [*TRAIN, "--data", str(pairs_folder), "--out", str(run), "--steps", "1", "--validate-every", "1"]
    assert main(train) == 0
    assert main(["compress", "--data", str(pairs_folder), "--compress", "jpeg:30", "--out", str(copy)]) == 0
    data = ["--data", f"{pairs_folder}:val", "--data", str(loose_folder), "--copy", str(copy), "--split", "train"]
    records = ["--records", str(tmp_path / "records")]
    assert main(["evaluate", "--detector", str(run), *data, "--details", str(out), *records]) == 1
    data = data[:-2]
    assert main(["evaluate", "--detector", str(run), *data, "--details", str(out), *records]) == 0
    places = [(one.place.data, one.place.split, one.place.level) for one in read_result(out).measured]
    assert places == [(*data, at) for data in (("pairs", "val"), ("loose", None)) for at in ("clean", "jpeg:30")]
    record = read_records(tmp_path / "records")[0]
    assert (record.detector, record.recipe, record.train_data, record.seed) == ("run", "recommended", ("pairs",), 1)
    assert record.train_data_hash == read_record(run).data_hash
    wrong = ["--protocol", "gid_df_c23"]
    assert main(["evaluate", "--detector", str(run), "--data", str(pairs_folder), *wrong]) == 1


def test_bad_input_fails_with_a_sentence(
    loose_folder: Path, two_detectors: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    detector = ["--detector", str(two_detectors[0])]
    assert main(["evaluate", *detector, "--data", str(tmp_path / "nowhere")]) == 1
    assert "no index.csv" in capsys.readouterr().err
    assert main(["evaluate", "--detector", "no_such", "--data", str(loose_folder)]) == 1
    assert "no_such" in capsys.readouterr().err
    assert main(["evaluate", *detector, "--data", str(loose_folder), "--split", "val"]) == 1
    assert "no split 'val'" in capsys.readouterr().err
    index = loose_folder / "index.csv"
    lines = index.read_text().splitlines()
    index.write_text("\n".join([lines[0], *(line for line in lines[1:] if "real" in line)]) + "\n")
    assert main(["evaluate", *detector, "--data", str(loose_folder)]) == 1
    assert "one label only" in capsys.readouterr().err
    for arguments in (["evaluate"], [], ["evaluate", *detector, "--data", ".", "--compress", "mp3:1"]):
        with pytest.raises(SystemExit) as left:
            main(arguments)
        assert left.value.code == 2


def test_help_speaks_in_sentences(capsys: pytest.CaptureFixture[str]) -> None:
    for command in ("compress", "train", "evaluate", "export"):
        with pytest.raises(SystemExit) as left:
            main([command, "--help"])
        assert left.value.code == 0
        assert capsys.readouterr().out.rstrip().endswith((".", ")."))


def test_train_refuses_what_it_cannot_use(
    pairs_folder: Path, loose_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = str(tmp_path / "run")
    assert main([*TRAIN, "--data", str(loose_folder), "--out", out]) == 1
    assert "original" in capsys.readouterr().err
    assert main([*TRAIN, "--data", str(pairs_folder), "--out", out, "--recipe", "best"]) == 1
    assert "paper, recommended" in capsys.readouterr().err
    assert main([*TRAIN[:-2], "--batch-size", "3", "--data", str(pairs_folder), "--out", out]) == 2
    assert main(["train", "no_such", "--data", str(pairs_folder), "--out", out]) == 1
    assert "meso_inception4" in capsys.readouterr().err
    assert main([*TRAIN, "--data", str(pairs_folder), "--out", out, "--resume"]) == 1
    assert "nothing to resume" in capsys.readouterr().err


def test_train_then_export(pairs_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, home = tmp_path / "run", tmp_path / "weights"
    arguments = [*TRAIN, "--data", str(pairs_folder), "--out", str(out), "--steps", "2", "--seed", "5"]
    assert main([*arguments, "--validate-every", "1", "--max-minutes", "0"]) == 0
    assert read_record(out).stopped == "time"
    assert main(arguments) == 1
    assert "--resume" in capsys.readouterr().err
    assert main([*arguments, "--validate-every", "1", "--resume"]) == 0
    record = read_record(out)
    assert (record.stopped, record.steps, record.seed) == ("done", 2, 5)
    assert record.selection_parts
    assert record.n_groups + record.n_selection // 2 == 8
    assert (out / CHECKPOINT_FILE).is_file()

    val = f"{pairs_folder}:val"
    export = ["export", str(out), "--name", "tiny", "--to", str(home), "--calibrate", val, "--measure", val]
    export += [
        "--measure",
        str(pairs_folder),
        "--data-licence",
        "made",
        "--limit",
        "Made pictures only.",
        "--device",
        "cpu",
    ]
    assert main([*export, "--compress", "clean,jpeg:50"]) == 0
    network, card = load_weights(home / "tiny")
    assert not network.training
    assert card.name == "tiny"
    assert str(tmp_path) not in (home / "tiny" / "card.json").read_text()
    assert card.recipe.startswith("python -m training train meso_inception4 --device cpu")
    assert [band.name for band in card.calibration] == ["light", "medium", "strong", "any"]
    assert all(band.n_real == band.n_forged == 4 for band in card.calibration)
    assert card.calibrated_on == "pairs (val)"
    assert {(figure.data, figure.level) for figure in card.figures} == {
        (data, level) for data in ("pairs (val)", "pairs") for level in ("clean", "jpeg:50")
    }
    assert card.conditions.min_face_px == pytest.approx(108 / CROP_MARGIN, abs=0.2)
    assert card.input_spec.margin == CROP_MARGIN, "of the crops it was trained on, not of the published network"
    assert card.calibration[0].verdict(0.5) is Verdict.INCONCLUSIVE

    # The figures on the card are those that 'evaluate' gives for the weights as they were written.
    figures = tmp_path / "figures.json"
    evaluate = ["evaluate", "--detector", str(home / "tiny"), "--data", str(pairs_folder), "--split", "val"]
    assert main([*evaluate, "--compress", "clean", "--details", str(figures), "--device", "cpu"]) == 0
    again = read_result(figures).measured[0].metrics
    on_card = {f.metric: f for f in card.figures if f.data == "pairs (val)" and f.level == "clean"}
    for metric, estimate in (("frame AUC", again.frame_auc), ("video AUC", again.video_auc), ("ACC", again.acc)):
        written = on_card[metric]
        assert (written.value, written.ci_low, written.ci_high) == (estimate.value, estimate.low, estimate.high)


def test_export_without_a_run_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", str(tmp_path), "--name", "x", "--calibrate", "y", "--data-licence", "z"]) == 1
    assert "not a training run" in capsys.readouterr().err


def test_commands_on_cards_name_no_places() -> None:
    assert without_places("python -m training train m --data /home/a/crops --lr 0.1") == (
        "python -m training train m --data crops --lr 0.1"
    )
