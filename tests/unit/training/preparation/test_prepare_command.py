"""``prepare`` and ``download-help`` as they are typed; and the real FaceForensics++ clips."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from forensiclab.core.geometry import Box, iou_matrix
from training.__main__ import main
from training.datasets.adapters import ADAPTERS
from training.datasets.crops import CropFolder
from training.datasets.download_help import DOWNLOADS
from training.datasets.manifest import read_manifest, write_manifest
from training.preparation import face_crops
from training.preparation.face_crops import FaceSource

MakeFaces = Callable[..., Path]


@pytest.fixture
def root(make_faces: MakeFaces, tmp_path: Path, finder: FaceSource, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two real clips and a forgery of each; the command finds their faces with the made finder."""
    monkeypatch.setattr(face_crops, "_program_finder", lambda: finder)
    for number in range(2):
        make_faces(f"plain/real/clip{number}.mp4", seed=number)
        make_faces(f"plain/forged/swap/clip{number}_x.mp4", seed=number, forged=(0,))
    return tmp_path / "plain"


def test_prepare_says_what_it_did(root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    command = ["prepare", "folders", str(root), "--out", str(out), "--frames", "3", "--size", "32", "--jobs", "1"]
    assert main(command) == 0
    said = capsys.readouterr().err
    assert "The list has 2 real and 2 forged files." in said
    assert "6 real and 6 forged crops" in said
    assert "original 2 of 2, 0 min 00 s left" in said
    folder = CropFolder(out)
    assert len(folder.entries) == 12
    assert folder.picture(folder.entries[0]).shape == (32, 32, 3)
    assert {entry.split for entry in folder.entries} == {"train", "val"}
    assert main(command) == 0
    assert "0 originals with their forgeries were prepared, 2 had been" in capsys.readouterr().err


def test_a_changed_list_is_prepared(root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lists, out = tmp_path / "lists", tmp_path / "out"
    command = ["prepare", "folders", str(root), "--frames", "2", "--jobs", "1"]
    assert main([*command, "--out", str(lists), "--manifest-only"]) == 0
    assert [path.name for path in lists.iterdir()] == ["manifest.csv"]
    entries = read_manifest(lists / "manifest.csv")
    assert len(entries) == 4
    changed = [replace(entry, split="test") for entry in entries if "clip0" in entry.id]
    write_manifest(changed, tmp_path / "changed.csv")
    assert main([*command, "--out", str(out), "--manifest", str(tmp_path / "changed.csv")]) == 0
    assert {(entry.clip, entry.split) for entry in CropFolder(out).entries} == {
        ("0/clip0", "test"), ("1/swap/clip0_x", "test"),
    }  # fmt: skip
    write_manifest([replace(entry, data_set="dfd") for entry in changed], tmp_path / "changed.csv")
    assert main([*command, "--out", str(out), "--manifest", str(tmp_path / "changed.csv")]) == 1
    assert "lists videos of dfd" in capsys.readouterr().err


def test_one_class_is_refused_unless_asked_for(root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for path in (root / "forged" / "swap").iterdir():
        path.unlink()
    command = ["prepare", "folders", str(root), "--out", str(tmp_path / "out"), "--frames", "2", "--jobs", "1"]
    assert main(command) == 1
    assert "real videos only" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
    assert main([*command, "--methods", "real"]) == 0
    assert {entry.label for entry in CropFolder(tmp_path / "out").entries} == {0}


def test_bad_input_fails_with_a_sentence(root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = ["--out", str(tmp_path / "out")]
    for arguments, said in (
        (["nothing", str(root)], "no data set 'nothing'"),
        (["folders", str(root / "nowhere")], "download-help folders"),
        (["ffpp", str(root)], "train.json is missing"),
        (["celeb_df", str(root)], "List_of_testing_videos.txt is missing"),
        (["folders", str(root), "--methods", "swop"], "there are: real, swap"),
        (["folders", str(root), "--manifest", str(root / "none.csv")], "cannot be read"),
    ):
        assert main(["prepare", *arguments, *out]) == 1
        error = capsys.readouterr().err
        assert said in error
        assert error.rstrip().endswith(".")
        assert not (tmp_path / "out").exists()
    for wrong in (["--frames", "0"], ["--margin", "9"], ["--size", "-1"], ["--jobs", "x"]):
        with pytest.raises(SystemExit) as left:
            main(["prepare", "folders", str(root), *out, *wrong])
        assert left.value.code == 2


def test_download_help_covers_every_adapter(capsys: pytest.CaptureFixture[str]) -> None:
    assert set(DOWNLOADS) == set(ADAPTERS)
    for data_set in ADAPTERS:
        assert main(["download-help", data_set]) == 0
        said = capsys.readouterr().out
        assert f"python -m training prepare {data_set} FOLDER" in said
        assert DOWNLOADS[data_set].asked_for_at in said
        assert all(line in said for line in DOWNLOADS[data_set].layout)
    assert main(["download-help", "all"]) == 0
    said = capsys.readouterr().out
    assert all(found.title in said for found in DOWNLOADS.values())
    assert main(["download-help", "nothing"]) == 1
    assert "known are: ffpp" in capsys.readouterr().err


@pytest.mark.data
@pytest.mark.slow
def test_the_real_clips_give_aligned_pairs(shared_data: Path, tmp_path: Path) -> None:
    """Three pairs and a forgery without its original; the first original has another compression and three faces."""
    splits = tmp_path / "splits"
    splits.mkdir()
    for split, pairs in (
        ("train", [["519", "515"], ["750", "743"]]), ("val", [["634", "660"]]), ("test", [["004", "982"]]),
    ):  # fmt: skip
        (splits / f"{split}.json").write_text(json.dumps(pairs))
    root, out = shared_data / "videos" / "ffpp", tmp_path / "out"
    command = ["prepare", "ffpp", str(root), "--splits", str(splits), "--out", str(out), "--frames", "3", "--jobs", "1"]
    assert main(command) == 0
    folder = CropFolder(out)
    assert len(folder.entries) == 7 * 3
    assert not (out / "failures.csv").exists()
    inner = []
    for entry in folder.entries:
        if entry.original is None:
            assert entry.label == 0 or entry.method == "Face2Face"
            continue
        original = folder.entry(entry.original)
        assert original is not None
        assert entry.border_diff is not None
        assert entry.border_diff < 8
        difference = np.abs(folder.picture(entry).astype(int) - folder.picture(original)).mean(axis=2)
        side = difference.shape[0]
        middle = slice(side // 3, -side // 3)
        inner.append(float(difference[middle, middle].mean() / difference[: side // 12].mean()))
    assert len(inner) == 9
    assert min(inner) > 1, "a forgery differs from its original in the face more than around it"
    assert np.median(inner) > 3


@pytest.mark.data
@pytest.mark.slow
def test_a_real_face_is_found_where_it_is(shared_data: Path) -> None:
    """The program's own finder: box and crop hold the face of the only person."""
    path = shared_data / "videos/ffpp/original_sequences/youtube/c23/videos/634.mp4"
    settings = face_crops.CropSettings(frames=2)
    found = face_crops.find_faces(path, face_crops.ProgramFinder(), settings, np.random.default_rng(1))
    first = found.of(1)
    assert len(first) == 2
    about: Box = (520, 115, 725, 375)  # as seen in the clip
    assert iou_matrix([crop.box_xyxy_px for crop in first], [about]).min() > 0.4
    assert all(crop.region_xyxy_px[2] - crop.region_xyxy_px[0] == crop.picture.shape[0] for crop in first)
