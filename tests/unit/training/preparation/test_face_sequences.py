"""Face sequences in folders and archives: chosen evenly, stored as they are, in several processes too."""

import io
import tarfile
from collections.abc import Callable, Mapping
from pathlib import Path

import cv2
import numpy as np
import pytest

from forensiclab.core.errors import MediaError
from training.__main__ import main
from training.datasets.adapters import ListingOptions, list_videos
from training.datasets.crops import CropFolder
from training.preparation.face_crops import CropSettings
from training.preparation.face_groups import make_groups
from training.preparation.face_sequences import read_sequences
from training.preparation.prepare import prepare


def picture(number: int) -> bytes:
    grey = np.random.default_rng(number).integers(0, 255, (24, 24, 3), dtype=np.uint8)
    return cv2.imencode(".png", grey)[1].tobytes()


def pack(path: Path, members: Mapping[str, bytes]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(path, "w:gz") as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Two real and two forged videos for training, one of each for testing; two sequences of 10 and 3 faces each."""
    folder = tmp_path / "wild"
    for label, word in enumerate(("real", "fake")):
        for split, count in (("train", 2), ("test", 1)):
            for video in range(count):
                seed = 1000 * label + 100 * video + (500 if split == "test" else 0)
                faces = {f"{video}/{word}/0/{frame}.png": picture(seed + frame) for frame in range(40, 50)}
                faces |= {f"{video}/{word}/1/{frame}.png": picture(seed + 50 + frame) for frame in range(3)}
                pack(folder / f"{word}_{split}" / f"{video}.tar.gz", faces | {f"{video}/readme.txt": b"no picture"})
    return folder


def test_archives_and_folders_give_the_same(root: Path, tmp_path: Path) -> None:
    archive = root / "real_train" / "0.tar.gz"
    unpacked = tmp_path / "unpacked"
    with tarfile.open(archive) as opened:
        opened.extractall(unpacked, filter="data")
    from_archive, from_folder = (
        [(found.place, found.sequence, found.number) for found in read_sequences(path, 4, np.random.default_rng(2))]
        for path in (archive, unpacked)
    )
    assert sorted(from_archive) == sorted(from_folder)
    frames = {
        sequence: [number for _, name, number in from_archive if name == sequence]
        for sequence in ("0_real_0", "0_real_1")
    }
    assert len(frames["0_real_0"]) == 4
    assert all(2 <= step <= 3 for step in np.diff(frames["0_real_0"]))
    assert frames["0_real_1"] == [0, 1, 2]


def test_faces_are_stored_as_they_are(root: Path, tmp_path: Path) -> None:
    entries = list_videos("wild_deepfake", root, ListingOptions()).entries
    done = prepare(entries, root, tmp_path / "out", CropSettings(frames=4))
    folder = CropFolder(tmp_path / "out")
    assert (done.real, done.forged) == (21, 21)
    entry = next(entry for entry in folder.entries if entry.name.startswith("forged/train_1_1_fake_0/"))
    number = int(entry.name[-4:])
    expected = cv2.imdecode(np.frombuffer(picture(1100 + number), np.uint8), cv2.IMREAD_COLOR_RGB)
    assert np.array_equal(folder.picture(entry), expected)
    assert (entry.clip, entry.part, entry.data_set) == ("1/train_1_1_fake_0", "fake_train_1", "wild_deepfake")
    assert {entry.split for entry in folder.entries} == {"train", "val", "test"}
    small = prepare(entries, root, tmp_path / "small", CropSettings(frames=4, size_px=16))
    assert CropFolder(small.folders[0]).picture(entry).shape == (16, 16, 3)


def test_processes_give_the_same_bytes(root: Path, tmp_path: Path) -> None:
    entries = list_videos("wild_deepfake", root, ListingOptions()).entries
    assert len(make_groups(entries)) == 6
    for jobs in (1, 2):
        prepare(entries, root, tmp_path / f"jobs{jobs}", CropSettings(frames=3), jobs=jobs)
    one, two = ({p.name: p.read_bytes() for p in (tmp_path / f"jobs{jobs}").iterdir()} for jobs in (1, 2))
    assert one == two
    assert set(one) == {"crops_0000.zip", "index.csv", "manifest.csv", "prepared.txt"}


def test_corrupt_crops_and_archives_are_listed(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], read_failures: Callable[[Path], dict[str, str]]
) -> None:
    pack(root / "real_train" / "0.tar.gz", {"0/real/0/7.png": picture(7), "0/real/0/8.png": b"\x89PNG broken"})
    whole = (root / "fake_train" / "1.tar.gz").read_bytes()
    (root / "fake_train" / "1.tar.gz").write_bytes(whole[: len(whole) // 2])
    pack(root / "real_test" / "0.tar.gz", {"0/readme.txt": b"no faces"})
    out = tmp_path / "out"
    assert main(["prepare", "wild_deepfake", str(root), "--out", str(out), "--jobs", "1"]) == 1
    assert "3 failures" in capsys.readouterr().err
    failures = read_failures(out / "failures.csv")
    assert set(failures) == {
        "real_train/0.tar.gz/0/real/0/8.png", "fake_train/1.tar.gz", "real_test/0.tar.gz",
    }  # fmt: skip
    assert "cannot be read to its end" in failures["fake_train/1.tar.gz"]
    assert "holds no pictures" in failures["real_test/0.tar.gz"]
    names = [entry.name for entry in CropFolder(out).entries]
    assert "real/train_0_0_real_0/0007" in names
    assert not any("0008" in name or "forged/train_1" in name for name in names)


def test_what_is_no_archive_is_said(tmp_path: Path) -> None:
    (tmp_path / "0.tar.gz").write_bytes(b"nothing")
    for path in (tmp_path / "0.tar.gz", tmp_path / "1.tar.gz"):
        with pytest.raises(MediaError, match="cannot be read to its end"):
            list(read_sequences(path, 3, np.random.default_rng(1)))
