"""Records come back as they were written."""

from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from forensiclab.core.errors import SettingsError, WriteError
from training.evaluation.records import (
    EER,
    FRAME_AUC,
    Environment,
    EvaluationRecord,
    Metric,
    read_records,
    tar_name,
    write_records,
)

RECORD = EvaluationRecord(
    detector="run_1",
    method="dcl",
    weights_sha256="ab" * 32,
    recipe="paper",
    changes=("steps=100",),
    seed=3,
    backbone=None,
    train_data=("ffpp",),
    train_methods=("Deepfakes",),
    train_levels=("c23",),
    train_data_hash="cd" * 32,
    test_data="celeb/df: v2",
    split="test",
    compression=None,
    level="crf:40",
    manipulation=None,
    metrics=(
        Metric(name=FRAME_AUC, value=0.9, low=0.85, high=0.95),
        Metric(name=tar_name(0.01), value=0.5, low=None, high=None),
    ),
    n_real=10,
    n_forged=20,
    n_videos=30,
    coverage=1.0,
    data_hash="ef" * 32,
    run_commit="0123",
    code_commit="4567",
    environment=Environment(python="3.11", torch="2.11", numpy="2.4", hardware="cpu", precision="float32"),
    command="python -m training evaluate",
    date="2026-01-01T00:00:00+00:00",
)


def test_records_come_back_as_they_were_written(tmp_path: Path) -> None:
    records = [RECORD, replace(RECORD, level="clean"), replace(RECORD, manipulation="Deepfakes")]
    records += [replace(RECORD, weights_sha256="00" * 32), replace(RECORD, compression="c40")]
    paths = write_records(records, tmp_path / "deep")
    assert len(set(paths)) == 5
    assert {path.suffix for path in (tmp_path / "deep").iterdir()} == {".json"}
    read = read_records(tmp_path / "deep")
    assert sorted(read, key=repr) == sorted(records, key=repr)
    assert read[0].metric(FRAME_AUC) == RECORD.metrics[0]
    assert read[0].metric(EER) is None


def test_measuring_again_replaces(tmp_path: Path) -> None:
    write_records([RECORD], tmp_path)
    write_records([replace(RECORD, date="2026-02-02T00:00:00+00:00", metrics=())], tmp_path)
    assert [record.date[:10] for record in read_records(tmp_path)] == ["2026-02-02"]


def test_names_of_rates() -> None:
    assert [tar_name(far) for far in (0.1, 0.001, 0.0001)] == ["TAR@FAR=0.1", "TAR@FAR=0.001", "TAR@FAR=0.0001"]


def test_a_folder_without_records_and_a_damaged_one_are_said(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no evaluation records"):
        read_records(tmp_path)
    (path,) = write_records([RECORD], tmp_path)
    fields = msgspec.json.decode(path.read_bytes())
    del fields["level"]
    path.write_bytes(msgspec.json.encode(fields))
    with pytest.raises(SettingsError, match=rf"{path.name} is damaged.*level"):
        read_records(tmp_path)


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(WriteError, match="was not written"):
        write_records([RECORD], tmp_path / "file" / "records")
