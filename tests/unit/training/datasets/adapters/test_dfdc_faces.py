"""Masks from the difference of a forgery to its original, and the copy of the crops that has them."""

import csv
import zipfile
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from forensiclab.core.errors import SettingsError
from training.__main__ import main
from training.datasets.adapters import ListingOptions, list_videos
from training.datasets.adapters.dfdc_faces import copy_with_masks
from training.datasets.crops import CropFolder
from training.datasets.manifest import read_manifest
from training.datasets.pairing import border_difference, difference_mask, is_aligned

SIDE = 112


def face(number: int, *, spot: tuple[int, int, int] | None = None, noise: float = 0.0) -> NDArray[np.uint8]:
    """A smooth picture; ``spot`` (x, y, radius) is textured over, as a swapped face is."""
    random = np.random.default_rng(number)
    picture = cv2.resize(random.integers(60, 180, (4, 4, 3), dtype=np.uint8), (SIDE, SIDE)).astype(np.float64)
    if spot is not None:
        disc = cv2.circle(np.zeros((SIDE, SIDE), np.uint8), spot[:2], spot[2], 1, cv2.FILLED).astype(bool)
        picture[disc] += random.normal(0, 25, (int(disc.sum()), 3))
    if noise:
        picture += np.random.default_rng(number + 1000).normal(0, noise, picture.shape)
    return np.clip(picture, 0, 255).astype(np.uint8)


@pytest.fixture
def crops(tmp_path: Path) -> Path:
    """Three pairs in two archives: aligned, of another frame, and with a corrupt original; and one more real crop."""
    folder = tmp_path / "crops"
    folder.mkdir()
    rows = []
    for shard, numbers in (("train_00.zip", (0, 1)), ("val_00.zip", (2, 3))):
        with zipfile.ZipFile(folder / shard, "w") as archive:
            for number in numbers:
                data = cv2.imencode(".jpg", face(number))[1].tobytes() if number != 2 else b"broken"
                archive.writestr(f"real{number}.jpg", data)
                rows.append([f"real{number}", 0, "", number, shard[:-7], 80, "", shard])
                if number < 3:
                    other = face(number, spot=(60, 50, 24))
                    archive.writestr(f"forged{number}.jpg", cv2.imencode(".jpg", other)[1].tobytes())
                    border = 9.5 if number == 1 else 1.5
                    rows.append([f"forged{number}", 1, f"real{number}", number, shard[:-7], 80, border, shard])
    with (folder / "index.csv").open("w", newline="") as file:
        header = ("name", "label", "original", "part", "split", "source_width_px", "border_diff", "shard")
        csv.writer(file).writerows([header, *rows])
    return folder


@pytest.mark.parametrize("noise", [0.0, 3.0])
def test_the_mask_is_the_region_that_was_changed(noise: float) -> None:
    mask = difference_mask(face(1, spot=(50, 60, 28), noise=noise), face(1))
    assert mask is not None
    truth = cv2.circle(np.zeros((SIDE, SIDE), np.uint8), (50, 60), 28, 255, cv2.FILLED)
    both, either = ((mask > 127) & (truth > 0)).sum(), ((mask > 127) | (truth > 0)).sum()
    assert both / either > 0.85
    assert ((mask > 10) & (mask < 245)).any(), "a soft outline"
    assert (mask[:10] == 0).all()


def test_no_region_no_mask() -> None:
    assert difference_mask(face(1), face(1)) is None
    assert difference_mask(face(1, noise=3.0), face(1)) is None
    assert difference_mask(face(2), face(1)) is None, "it differs everywhere: nothing stands out"
    assert border_difference(face(1), face(1)) == 0
    assert border_difference(face(1, spot=(56, 56, 20)), face(1)) == 0
    assert border_difference(face(2), face(1)) > 4


def test_a_copy_has_the_same_crops_and_masks_for_aligned_pairs(crops: Path, tmp_path: Path) -> None:
    entries = list_videos("dfdc_faces", crops, ListingOptions()).entries
    assert {(entry.id, entry.source, entry.split) for entry in entries if entry.label} == {
        ("forged0", "0", "train"), ("forged1", "1", "train"), ("forged2", "2", "val"),
    }  # fmt: skip
    done = copy_with_masks(entries, crops, tmp_path / "out", jobs=2)
    assert (done.crops, done.masks, done.aligned, [name for name, _ in done.failures]) == (6, 1, 2, ["real2"])
    before, after = CropFolder(crops), CropFolder(tmp_path / "out")
    for entry in after.entries:
        source = before.entry(entry.name)
        assert source is not None
        assert np.array_equal(after.picture(entry), before.picture(source))
        assert (entry.original, entry.part, entry.border_diff) == (source.original, source.part, source.border_diff)
        assert entry.data_set == "dfdc_faces"
        assert (entry.mask is not None) == (entry.name == "forged0")
    forged = after.entry("forged0")
    assert forged is not None
    mask = after.mask(forged)
    assert mask is not None
    assert mask.shape == (SIDE, SIDE)
    assert mask[50, 60] == 255
    assert mask[5, 5] == 0


def test_a_broken_copy_is_continued(crops: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    entries = list_videos("dfdc_faces", crops, ListingOptions()).entries
    first = copy_with_masks(entries, crops, out)
    whole = {path.name: path.read_bytes() for path in out.iterdir()}
    (out / "val_00.zip").unlink()
    (out / "index.csv").unlink()
    kept = (out / "train_00.zip").stat().st_mtime_ns
    assert copy_with_masks(entries, crops, out) == first
    assert {path.name: path.read_bytes() for path in out.iterdir()} == whole
    assert (out / "train_00.zip").stat().st_mtime_ns == kept
    with pytest.raises(SettingsError, match="already holds"):
        copy_with_masks(entries[:3], crops, out)
    with pytest.raises(SettingsError, match="folder of its own"):
        copy_with_masks(entries, crops, crops)


def test_the_command_copies_a_split(crops: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    assert main(["prepare", "dfdc_faces", str(crops), "--out", str(out), "--split", "train"]) == 0
    assert "1 of the 1 forgeries that show the frame of their original got a mask" in capsys.readouterr().err
    assert {entry.split for entry in CropFolder(out).entries} == {"train"}
    assert main(["prepare", "dfdc_faces", str(crops), "--out", str(tmp_path / "val"), "--split", "val"]) == 1
    assert "1 failures" in capsys.readouterr().err
    assert main(["prepare", "dfdc_faces", str(crops), "--out", str(tmp_path / "list"), "--manifest-only"]) == 0
    assert len(read_manifest(tmp_path / "list" / "manifest.csv")) == 7


def test_an_index_without_archives_is_refused(
    loose_folder: Path, crops: Path, tmp_path: Path, read_failures: Callable[[Path], dict[str, str]]
) -> None:
    with pytest.raises(SettingsError, match="does not say in which archive"):
        list_videos("dfdc_faces", loose_folder, ListingOptions())
    entries = list_videos("dfdc_faces", crops, ListingOptions()).entries
    (crops / "val_00.zip").unlink()
    with pytest.raises(SettingsError, match=r"val_00\.zip, which the index names, cannot be read"):
        copy_with_masks(entries, crops, tmp_path / "out")
    assert not (tmp_path / "out" / "index.csv").exists()


@pytest.mark.data
def test_real_pairs_get_masks_in_the_middle(shared_data: Path, tmp_path: Path) -> None:
    root = shared_data / "dfdc_faces"
    folder = CropFolder(root)
    forged = [entry for entry in folder.select("val") if entry.label and is_aligned(entry)][:60]
    names = {name for entry in forged for name in (entry.name, entry.original)}
    entries = [entry for entry in list_videos("dfdc_faces", root, ListingOptions()).entries if entry.id in names]
    done = copy_with_masks(entries, root, tmp_path / "out")
    assert (done.crops, done.aligned, done.failures) == (len(entries), 60, ())
    assert done.masks >= 57
    copy = CropFolder(tmp_path / "out")
    masks = [mask for entry in copy.entries if (mask := copy.mask(entry)) is not None]
    mean = np.mean(masks, axis=0) / 255
    height, width = mean.shape
    middle = mean[height // 4 : -height // 4, width // 4 : -width // 4].mean()
    rim = np.concatenate([mean[:16].ravel(), mean[-16:].ravel(), mean[:, :16].ravel(), mean[:, -16:].ravel()]).mean()
    assert middle > 0.4 > 0.12 > rim
    assert 0.1 < np.median([mask.mean() / 255 for mask in masks]) < 0.5
