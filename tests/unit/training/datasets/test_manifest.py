"""The list of videos: written, read back, refused where it makes no sense; the hash of a folder of crops."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from forensiclab.core.errors import SettingsError
from training.datasets.crops import CropFolder
from training.datasets.manifest import (
    Medium,
    VideoEntry,
    check_manifest,
    data_hash,
    manifest_text,
    read_manifest,
    write_manifest,
)


def entry(name: str, label: int = 0, **changes: object) -> VideoEntry:
    fields: dict[str, object] = {
        "data_set": "made", "method": "Swap" if label else None, "compression": "c23", "id": name, "label": label,
        "original": None, "source": name, "split": "train", "path": f"{label}/{name}.mp4", "mask": None,
    }  # fmt: skip
    return VideoEntry(**(fields | changes))


def test_a_manifest_is_read_as_it_was_written(tmp_path: Path) -> None:
    entries = (
        entry("001"),
        entry("001_002", 1, original="001", source="001_002", mask="masks/001_002.mp4", split="val"),
        entry('odd, "name" ü', compression=None, split=None, medium=Medium.FACES),
    )
    write_manifest(entries, tmp_path / "deep" / "manifest.csv")
    assert read_manifest(tmp_path / "deep" / "manifest.csv") == entries
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["manifest.csv"]


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("001,0", "001,2", "label 0"),
        (",train,", ",dev,", "splits are train, val, test"),
        (",video", ",film", "media are video"),
        ("label,", "class,", "no column label"),
        ("001,0", ",0", "needs a data set, an id"),
    ],
)
def test_bad_rows_are_refused_with_their_line(tmp_path: Path, before: str, after: str, said: str) -> None:
    path = tmp_path / "manifest.csv"
    text = manifest_text([entry("001")])
    assert before in text
    path.write_text(text.replace(before, after))
    with pytest.raises(SettingsError, match=said):
        read_manifest(path)
    with pytest.raises(SettingsError, match="cannot be read"):
        read_manifest(tmp_path / "nowhere.csv")


def test_lists_that_nothing_can_be_learnt_from_are_refused() -> None:
    with pytest.raises(SettingsError, match="holds no video"):
        check_manifest([])
    with pytest.raises(SettingsError, match=r"2 rows for the real video '001' \(real\) at c23"):
        check_manifest([entry("001"), entry("001", path="other.mp4"), entry("x", 1)])
    with pytest.raises(SettingsError, match="real videos only"):
        check_manifest([entry("001"), entry("002")])
    with pytest.raises(SettingsError, match="forged videos only"):
        check_manifest([entry("001", 1)])
    assert check_manifest([entry("001"), entry("002")], is_one_class_wanted=True) == ()
    assert check_manifest([entry("001"), entry("001", compression="c40"), entry("001", 1)]) == ()


def test_what_is_odd_but_usable_is_said() -> None:
    notes = check_manifest(
        [entry("001"), entry("002", split="val"), entry("001_002", 1, original="002"), entry("003_001", 1)]
    )
    assert notes == (
        "The split 'val' holds real videos only.",
        "1 of the forged videos lie in another split than the real one that they were made from.",
    )


def test_the_hash_follows_index_and_pictures(pairs_folder: Path, loose_folder: Path, tmp_path: Path) -> None:
    for folder, picture in ((pairs_folder, "train_00.zip"), (loose_folder, "real/0_0.webp")):
        copy = tmp_path / f"copy_{folder.name}"
        shutil.copytree(folder, copy)
        whole = data_hash(folder)
        assert len(whole) == 64
        assert data_hash(CropFolder(copy)) == whole
        (copy / "unrelated.txt").write_text("x")
        assert data_hash(copy) == whole
        (copy / picture).unlink()
        assert data_hash(copy) != whole
    index = loose_folder / "index.csv"
    before = data_hash(loose_folder)
    index.write_text(index.read_text() + "x,0,1\n")
    assert data_hash(loose_folder) != before
    with pytest.raises(SettingsError, match="cannot be read"):
        data_hash(tmp_path / "nowhere")


def test_kind_names_what_is_not_known() -> None:
    assert [entry("a").kind, entry("a", 1).kind, replace(entry("a", 1), method=None).kind] == ["real", "Swap", "forged"]
