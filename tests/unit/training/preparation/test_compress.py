"""Compressed copies: same names, pairs at one level, resumable."""

import csv
from pathlib import Path

import numpy as np
import pytest

from forensiclab.core.compression import Codec
from forensiclab.core.errors import SettingsError
from training.__main__ import main
from training.datasets.crops import CropFolder
from training.datasets.levels import LevelRange
from training.preparation import compress
from training.preparation.compress import compress_folder


def test_levels_and_ranges_are_read() -> None:
    assert (LevelRange.parse("crf:23-45").low, LevelRange.parse("crf:23-45").high) == (23, 45)
    assert LevelRange.parse("jpeg:50").draw("a").value == 50
    assert LevelRange.parse("clean").draw("a").codec is Codec.CLEAN
    levels = {LevelRange.parse("crf:23-25").draw(str(number)).value for number in range(50)}
    assert levels == {23, 24, 25}


@pytest.mark.parametrize("text", ["crf:45-23", "crf:23-99", "mp3:4", "clean-3", "crf:-3"])
def test_bad_levels_are_refused(text: str) -> None:
    with pytest.raises(SettingsError):
        LevelRange.parse(text)


def test_a_copy_has_the_same_crops_compressed(pairs_folder: Path, tmp_path: Path) -> None:
    source = CropFolder(pairs_folder)
    done = compress_folder(source, LevelRange.parse("jpeg:10-60"), tmp_path / "copy", jobs=2)
    assert (done.made, done.kept, done.failures) == (24, 0, ())
    copy = CropFolder(tmp_path / "copy")
    assert [entry.name for entry in copy.entries] == [entry.name for entry in source.entries]
    assert [entry.original for entry in copy.entries] == [entry.original for entry in source.entries]
    for before, after in zip(source.entries, copy.entries, strict=True):
        picture, compressed = source.picture(before), copy.picture(after)
        assert picture.shape == compressed.shape
        assert 0 < np.abs(picture.astype(int) - compressed).mean() < 20
    with (tmp_path / "copy" / "index.csv").open(newline="") as file:
        level = {row["name"]: row["level"] for row in csv.DictReader(file)}
    assert all(level[f"real{number}"] == level[f"forged{number}"] for number in range(12))
    assert len(set(level.values())) > 1


def test_a_broken_run_is_continued(pairs_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compress, "SHARD_SIZE", 10)
    source, levels, out = CropFolder(pairs_folder), LevelRange.parse("jpeg:30"), tmp_path / "copy"
    compress_folder(source, levels, out)
    whole = {path.name: path.read_bytes() for path in out.iterdir()}
    (out / "crops_0001.zip").unlink()
    (out / "index.csv").unlink()
    done = compress_folder(source, levels, out)
    assert (done.made, done.kept) == (10, 14)
    assert {path.name: path.read_bytes() for path in out.iterdir()} == whole
    with pytest.raises(SettingsError, match="another copy"):
        compress_folder(source, LevelRange.parse("jpeg:31"), out)


def test_crops_that_fail_are_listed_and_left_out(pairs_folder: Path, tmp_path: Path) -> None:
    index = pairs_folder / "index.csv"
    index.write_text(index.read_text() + "ghost,0,,1,train,100,,train_00.zip\n")
    out = tmp_path / "copy"
    assert main(["compress", "--data", str(pairs_folder), "--compress", "webp:50", "--out", str(out)]) == 1
    assert "ghost" in (out / "failures.csv").read_text()
    assert len(CropFolder(out).entries) == 24
    assert main(["compress", "--data", str(pairs_folder), "--compress", "webp:50", "--out", str(out)]) == 1


def test_the_data_are_never_written_over(pairs_folder: Path) -> None:
    with pytest.raises(SettingsError, match="folder of its own"):
        compress_folder(CropFolder(pairs_folder), LevelRange.parse("jpeg:30"), pairs_folder)
