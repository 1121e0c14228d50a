"""Forged folders of crops: exact masks, donors from the same part, to be continued, failures said."""

import csv
from pathlib import Path

import numpy as np
import pytest

from forensiclab.forge.families import Family
from tests.portraits import files_in, portrait
from training.__main__ import main
from training.datasets.crops import CropFolder
from training.datasets.shards import png_bytes

METHODS = tuple(family.folder for family in Family)


@pytest.fixture(scope="module")
def crop_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Real crops of four clips in two parts, a forged one, and one without a face."""
    folder = tmp_path_factory.mktemp("crops") / "real"
    folder.mkdir()
    rows = []
    for person in range(4):
        for frame in range(2):
            name = f"p{person}_{frame}.png"
            (folder / name).write_bytes(png_bytes(portrait(person, 3 * frame)[:, 16:-16]))
            rows.append((name, 0, f"clip{person}", person // 2, "train"))
    (folder / "flat.png").write_bytes(png_bytes(np.full((96, 96, 3), 90, np.uint8)))
    (folder / "old.png").write_bytes(png_bytes(portrait(0)))
    rows += [("flat.png", 0, "clip9", 0, "train"), ("old.png", 1, "clip0", 0, "train")]
    with (folder / "index.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerows([("name", "label", "video", "part", "split"), *rows])
    return folder


@pytest.fixture(scope="module")
def forged_crops(crop_folder: Path) -> Path:
    out = crop_folder.parent / "out"
    assert main(["forge", str(crop_folder), "--out", str(out), "--jobs", "1", "--page", str(out.parent / "p.png")]) == 1
    return out


def test_crops_are_forged_with_masks_and_an_index(crop_folder: Path, forged_crops: Path) -> None:
    source, made = CropFolder(crop_folder), CropFolder(forged_crops)
    real = [entry for entry in made.entries if entry.label == 0]
    assert [entry.name for entry in real] == [entry.name for entry in source.entries if entry.name.startswith("p")]
    assert len(made.entries) == 8 * 5
    for entry in made.entries:
        assert entry.split == "train"
        if entry.label == 0:
            np.testing.assert_array_equal(made.picture(entry), source.picture(entry))
            continue
        original = made.entry(entry.original or "")
        mask = made.mask(entry)
        assert original is not None
        assert mask is not None
        assert entry.method in METHODS
        assert (entry.part, entry.clip) == (original.part, f"1/{entry.method}/{original.clip[2:]}")
        before, after = made.picture(original), made.picture(entry)
        np.testing.assert_array_equal(after[mask == 0], before[mask == 0])
        assert (after != before).any(axis=2)[mask > 0.8 * mask.max()].mean() > 0.4


def test_donors_are_other_people_of_the_same_part(forged_crops: Path) -> None:
    with (forged_crops / "index.csv").open(newline="") as file:
        rows = {row["name"]: row for row in csv.DictReader(file)}
    swaps = [row for row in rows.values() if row["method"] == "FaceSwapBlend"]
    assert len(swaps) == 8
    for row in swaps:
        donor = rows[row["donor"]]
        assert donor["part"] == row["part"]
        assert donor["video"] != row["video"]
    for row in rows.values():
        if row["method"] == "ExpressionWarp":
            assert rows[row["donor"]]["video"] == row["video"]
            assert row["donor"] != row["original"]


def test_a_compressed_copy_keeps_the_masks(forged_crops: Path, tmp_path: Path) -> None:
    out = tmp_path / "copy"
    assert main(["compress", "--data", str(forged_crops), "--compress", "jpeg:30", "--out", str(out)]) == 0
    made, copy = CropFolder(forged_crops), CropFolder(out)
    assert len(copy.entries) == len(made.entries)
    for before, after in zip(made.entries, copy.entries, strict=True):
        assert (made.picture(before) != copy.picture(after)).any()
        if before.mask is not None:
            np.testing.assert_array_equal(made.mask(before), copy.mask(after))
            assert made.mask(before) is not None


def test_crops_without_a_face_are_listed(forged_crops: Path) -> None:
    assert (forged_crops / "failures.csv").read_text() == "name,reason\nflat.png,No face was found in it.\n"
    assert (forged_crops.parent / "p.png").is_file()


def test_a_broken_run_on_crops_is_continued(crop_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("training.forge.crops.SHARD_SIZE", 2)
    real, out = tmp_path / "real", tmp_path / "out"
    real.mkdir()
    for name in ("p0_0.png", "p0_1.png", "p1_0.png"):
        (real / name).write_bytes((crop_folder / name).read_bytes())
    lines = (crop_folder / "index.csv").read_text().splitlines()
    (real / "index.csv").write_text("\n".join(lines[:4]) + "\n")
    command = ["forge", str(real), "--out", str(out), "--families", "self_blend,face_swap", "--per-clip", "2"]
    assert main(command) == 0
    whole = files_in(out)
    assert sum(name.endswith(".zip") for name in whole) == 2
    (out / "crops_0001.zip").unlink()
    assert main(command) == 0
    assert files_in(out) == whole
    (out / "index.csv").unlink()  # broken off between the archives and the index
    assert main(command) == 0
    assert files_in(out) == whole
    assert sum("_SelfBlend_2" in entry.name for entry in CropFolder(out).entries) == 3


def test_crops_that_cannot_be_forged_are_refused(
    crop_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    index = (crop_folder / "index.csv").read_text().splitlines()
    folder = tmp_path / "forged_only"
    folder.mkdir()
    (folder / "index.csv").write_text("\n".join([index[0], index[-1]]) + "\n")
    assert main(["forge", str(folder), "--out", str(tmp_path / "out")]) == 1
    assert "all forged" in capsys.readouterr().err
    assert main(["forge", str(crop_folder), "--out", str(crop_folder / "inside")]) == 1
    assert "folder of its own" in capsys.readouterr().err


@pytest.mark.data
@pytest.mark.slow
def test_real_people_are_forged_plausibly(shared_data: Path, tmp_path: Path) -> None:
    source = CropFolder(shared_data / "dfdc_faces")
    chosen = [entry for entry in source.entries if entry.label == 0 and entry.split == "val"][:40]
    real, out = tmp_path / "real", tmp_path / "out"
    real.mkdir()
    for entry in chosen:
        (real / f"{entry.name}.png").write_bytes(png_bytes(source.picture(entry)))
    rows = [f"{entry.name},0,{entry.part}" for entry in chosen]
    (real / "index.csv").write_text("\n".join(["name,label,part", *rows]) + "\n")
    assert main(["forge", str(real), "--out", str(out)]) in (0, 1)
    made = CropFolder(out)
    for family in Family:
        changes = []
        for entry in made.entries:
            if entry.method == family.folder:
                before = made.picture(made.entry(entry.original or "") or entry)
                mask = made.mask(entry)
                assert mask is not None
                changes.append(np.abs(made.picture(entry).astype(int) - before)[mask > 0].mean())
        assert len(changes) > 0.6 * len(chosen), family
        assert 0.5 < np.median(changes) < 30, "a forgery shows, but not at first sight"
