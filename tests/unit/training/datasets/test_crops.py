"""Folders of crops: what is read, and what is refused with which words."""

from pathlib import Path

import numpy as np
import pytest

from forensiclab.core.errors import MediaError, SettingsError
from training.datasets.crops import CropFolder
from training.datasets.pairing import pair_up


def test_archives_are_read_by_names_without_endings(pairs_folder: Path) -> None:
    folder = CropFolder(pairs_folder)
    entry = folder.entry("forged3")
    assert entry is not None
    assert (entry.label, entry.original, entry.part, entry.source_width_px) == (1, "real3", "3", 103)
    picture = folder.picture(entry)
    assert picture.shape == (64, 64, 3)
    assert picture.dtype == np.uint8
    assert {e.split for e in folder.select("val")} == {"val"}
    assert len(folder.select(None)) == 24


def test_channels_come_as_rgb(tmp_path: Path) -> None:
    import cv2

    red = np.zeros((8, 8, 3), np.uint8)
    red[..., 2] = 255  # OpenCV writes blue, green, red
    (tmp_path / "red.png").write_bytes(cv2.imencode(".png", red)[1].tobytes())
    (tmp_path / "index.csv").write_text("name,label\nred,0\n")
    folder = CropFolder(tmp_path)
    assert folder.picture(folder.entries[0])[0, 0].tolist() == [255, 0, 0]


def test_loose_files_and_clips(loose_folder: Path) -> None:
    folder = CropFolder(loose_folder)
    assert folder.picture(folder.entries[0]).shape == (64, 64, 3)
    clips = {entry.clip for entry in folder.entries}
    assert len(clips) == 6, "a real and a forged clip may have the same number and are still two clips"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name\na\n", "no column label"),
        ("name,label\n", "lists no crops"),
        ("name,label\na,2\n", "Line 2 .* 0 \\(real\\) or 1 \\(forged\\)"),
        ("name,label,source_width_px\na,1,wide\n", "Line 2 .* number"),
    ],
)
def test_an_unusable_index_is_named(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "index.csv").write_text(text)
    with pytest.raises(SettingsError, match=words):
        CropFolder(tmp_path)


def test_no_folder_no_split_no_crop_no_picture(tmp_path: Path, pairs_folder: Path) -> None:
    with pytest.raises(SettingsError, match=r"no index\.csv"):
        CropFolder(tmp_path / "nowhere")
    with pytest.raises(SettingsError, match="no split 'test'; their splits are: train, val"):
        CropFolder(pairs_folder).select("test")
    (tmp_path / "index.csv").write_text("name,label\nmissing,0\ntext.png,1\n")
    (tmp_path / "text.png").write_text("no picture")
    folder = CropFolder(tmp_path)
    with pytest.raises(MediaError, match="'missing'"):
        folder.picture(folder.entries[0])
    with pytest.raises(MediaError, match=r"'text\.png'.*not a picture"):
        folder.picture(folder.entries[1])


def test_a_damaged_archive_is_named(tmp_path: Path) -> None:
    (tmp_path / "index.csv").write_text("name,label\na,0\n")
    (tmp_path / "a.zip").write_bytes(b"PK, or so it says")
    with pytest.raises(SettingsError, match=r"a\.zip"):
        CropFolder(tmp_path)


@pytest.mark.data
def test_the_real_crops_are_read(shared_data: Path) -> None:
    folder = CropFolder(shared_data / "dfdc_faces")
    assert folder.picture(folder.select("val")[0]).shape == (224, 224, 3)
    assert len(pair_up(folder.select("train"))) == 6200
    crops = CropFolder(shared_data / "ffpp_crops")
    assert crops.picture(crops.entries[-1]).shape == (256, 256, 3)
    assert len({entry.clip for entry in crops.entries}) < len(crops.entries)
