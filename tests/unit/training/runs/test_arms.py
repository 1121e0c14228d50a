"""A comparison of recipes: trained alike, continued where it broke off, measured in one go."""

from pathlib import Path

import pytest

from forensiclab.core.errors import SettingsError
from training.__main__ import main
from training.evaluation.records import read_records
from training.runs.arms import Arm, held_out_table
from training.runs.run_record import RunRecord, read_record, write_record


def make_run(*, seed: int, selected_value: float | None) -> RunRecord:
    return RunRecord(
        method="resnet18", network="resnet18", recipe="ce", changes=(), options=(), command="train", seed=seed,
        data=("crops",), data_hash="ab" * 32, train_methods=(), train_levels=("clean",), margin=0.87, n_groups=100,
        n_selection=40, selection_parts=("7", "9"), crop_widths_px=(), selected_at=("clean", "crf:40"),
        started_from="random weights", hardware="cpu", environment="test", commit=None, started_at="2026-01-01",
        minutes=2.0, steps=10, stopped="done", selected_step=10, selected_value=selected_value,
    )  # fmt: skip


def test_an_arm_is_read_from_a_text() -> None:
    arm = Arm.parse("l1=resnet18:l1;weak=clean;augment.jpeg=0")
    assert (arm.name, arm.method, arm.recipe, arm.changes) == ("l1", "resnet18", "l1", ("weak=clean", "augment.jpeg=0"))
    assert Arm.parse("tcnsc:paper").name == "tcnsc-paper"
    for wrong in ("tcnsc", "=tcnsc", ":paper", "a=tcnsc:"):
        with pytest.raises(SettingsError, match="METHOD:RECIPE"):
            Arm.parse(wrong)


@pytest.mark.slow  # four runs
def test_arms_are_trained_once_and_measured_together(
    pairs_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "comparison"
    command = ["compare", "--data", str(pairs_folder), "--out", str(out), "--device", "cpu", "--seeds", "1,2"]
    command += ["--arm", "mse=meso_inception4:smoke;scheme=mse", "--arm", "ce=meso_inception4:smoke"]
    command += [
        "--set",
        "steps=2",
        "--set",
        "pairs_per_batch=1",
        "--set",
        "precision=32-true",
        "--set",
        "warmup_steps=0",
    ]
    command += ["--test", f"{pairs_folder}:val", "--compress", "clean,jpeg:30"]
    assert main(command) == 0
    first = capsys.readouterr()
    assert "run 4 of 4: ce-seed2" in first.err
    table = (out / "comparison.md").read_text()
    assert first.out == table
    for word in ("scheme=mse", "jpeg:30", "clean", "pairs"):
        assert word in table
    records = read_records(out / "records")
    assert {(record.seed, record.level) for record in records} == {
        (seed, level) for seed in (1, 2) for level in ("clean", "jpeg:30")
    }
    assert len(records) == 8
    before = read_record(out / "mse-seed1")
    assert before.changes[0] == "scheme=mse"
    assert main(command) == 0
    again = capsys.readouterr()
    assert "run 1" not in again.err, "finished runs are not trained again"
    assert read_record(out / "mse-seed1") == before


def test_without_a_test_set_the_held_out_crops_decide(tmp_path: Path) -> None:
    runs = []
    for name, seed, value in (("wide", 1, 0.7), ("wide", 2, 0.8), ("narrow", 1, 0.6), ("narrow", 2, 0.6)):
        runs.append(tmp_path / f"{name}-seed{seed}")
        write_record(make_run(seed=seed, selected_value=value), runs[-1])
    table = held_out_table(runs)
    assert "| wide | 0.750 (0.700, 0.800) | 2.0 |" in table
    assert "| narrow | 0.600 (0.600, 0.600) | 2.0 |" in table
    assert "clean, crf:40 on 40 crops of parts 7, 9" in table
    write_record(make_run(seed=2, selected_value=None), runs[-1])
    with pytest.raises(SettingsError, match="'narrow' held nothing out"):
        held_out_table(runs)


def test_what_cannot_be_compared_is_said_before_anything_is_trained(
    pairs_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "comparison"
    command = ["compare", "--data", str(pairs_folder), "--out", str(out), "--test", f"{pairs_folder}:val"]
    for arms, said in (
        (["meso_inception4:smoke"], "at least two"),
        (["meso_inception4:smoke", "meso_inception4:smoke"], "different names"),
        (["meso_inception4:smoke", "b=meso_inception4:best"], "no recipe 'best'"),
        (["meso_inception4:smoke", "b=meso_inception4:smoke;speed=3"], "no field 'speed'"),
    ):
        assert main([*command, *(part for arm in arms for part in ("--arm", arm))]) == 1
        assert said in capsys.readouterr().err
    assert not out.exists()
    assert (
        main([*command, "--arm", "a=meso_inception4:smoke", "--arm", "b=meso_inception4:smoke", "--seeds", "one"]) == 2
    )
