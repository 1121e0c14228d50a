"""Forged data sets of clips: exact masks, the official layout, to be continued, failures said."""

import csv
import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from forensiclab.core.errors import SettingsError
from forensiclab.demo import PORTRAIT_LANDMARKS
from forensiclab.forge.families import Family
from forensiclab.media.reader import MediaReader
from forensiclab.media.transcode import encode_clip
from tests.portraits import FRAMES, files_in, film, frames_of
from training.__main__ import main
from training.datasets.adapters.ffpp import mask_path, tree_videos
from training.forge import clips as clips_module
from training.forge.face_path import Appearance, FacePath, best_start, matched
from training.forge.page import Example, draw_page, write_page

METHODS = tuple(family.folder for family in Family)


@pytest.fixture(scope="module")
def real_clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clips") / "real"
    film(folder / "anna.mp4", 0)
    film(folder / "deeper" / "bela.mp4", 1)
    return folder


@pytest.fixture(scope="module")
def forged(real_clips: Path) -> Path:
    out = real_clips.parent / "out"
    before = files_in(real_clips)
    command = ["forge", str(real_clips), "--out", str(out), "--crf", "raw,40", "--page", str(out.parent / "page.png")]
    assert main(command) == 0
    assert files_in(real_clips) == before, "what is real is never written to"
    return out


def test_clips_come_in_the_official_layout(forged: Path) -> None:
    videos = {path.relative_to(forged).as_posix() for path in forged.rglob("*.mp4")}
    expected = {
        f"original_sequences/youtube/{level}/videos/{n}.mp4" for level in ("raw", "c40") for n in ("000", "001")
    }
    for method in METHODS:
        for folder in ("raw/videos", "c40/videos", "masks/videos"):
            expected |= {f"manipulated_sequences/{method}/{folder}/{name}.mp4" for name in ("000_001", "001_000")}
    assert videos == expected
    splits = {
        split: json.loads((forged / "splits" / f"{split}.json").read_text()) for split in ("train", "val", "test")
    }
    assert splits == {"train": [["000", "001"]], "val": [], "test": []}
    with (forged / "sources.csv").open(newline="") as file:
        assert [row["path"] for row in csv.DictReader(file)] == ["anna.mp4", "deeper/bela.mp4"]
    assert not list(forged.rglob("*.part"))
    assert not (forged / "failures.csv").exists()


def test_the_layout_is_read_as_the_official_one(forged: Path) -> None:
    videos = list(tree_videos(forged, "youtube"))
    found = {(video.method, video.compression) for video in videos}
    assert found == {(method, level) for method in (None, *METHODS) for level in ("c0", "c40")}
    assert all((mask_path(forged, video) is None) == (video.method is None) for video in videos)


@pytest.mark.parametrize("method", METHODS)
def test_frames_differ_from_the_real_ones_where_the_mask_says(forged: Path, method: str) -> None:
    folder = forged / "manipulated_sequences" / method
    for name in ("000_001", "001_000"):
        real = frames_of(forged / "original_sequences" / "youtube" / "raw" / "videos" / f"{name[:3]}.mp4")
        made, masks = (
            frames_of(folder / "raw" / "videos" / f"{name}.mp4"),
            frames_of(folder / "masks" / "videos" / f"{name}.mp4"),
        )
        assert len(real) == len(made) == len(masks) == FRAMES
        for before, after, mask in zip(real, made, masks, strict=True):
            inside = mask[..., 0] > 0
            assert 0 < inside.mean() < 0.7
            # Colour is stored at half the resolution: it may differ four pixels beside the mask.
            far = cv2.dilate(inside.astype(np.uint8), np.ones((9, 9), np.uint8)) == 0
            np.testing.assert_array_equal(after[far], before[far])
            strong = mask[..., 0] > 0.8 * mask.max()
            assert (after != before).any(axis=2)[strong].mean() > 0.4
        levels = [(mask > 0).sum() for mask in masks]
        assert max(levels) < 1.5 * min(levels), "one plan for all frames"


def test_c40_is_encoded_from_the_forged_frames(forged: Path) -> None:
    folder = forged / "manipulated_sequences" / "SelfBlend"
    with MediaReader(folder / "c40" / "videos" / "000_001.mp4") as reader:
        assert reader.info.requested_crf == 40
        assert reader.info.average_frame_rate == 25
    raw, strong = (frames_of(folder / level / "videos" / "000_001.mp4") for level in ("raw", "c40"))
    assert 1 < np.abs(raw[3].astype(int) - strong[3]).mean() < 20


def test_masks_survive_their_encoding(tmp_path: Path) -> None:
    levels = np.repeat(np.arange(256, dtype=np.uint8)[None, :, None].repeat(16, axis=0), 3, axis=2)
    encode_clip([levels, levels], tmp_path / "mask.mp4", crf=0, frame_rate=25)
    for stored in frames_of(tmp_path / "mask.mp4"):
        assert np.abs(stored.astype(int) - levels).max() <= 1
        np.testing.assert_array_equal(stored > 0, levels > 0)


def test_a_broken_run_is_continued_and_gives_the_same(
    forged: Path, real_clips: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = files_in(forged)
    gone = (
        "manipulated_sequences/ExpressionWarp/c40/videos/001_000.mp4",
        "original_sequences/youtube/raw/videos/000.mp4",
    )
    for name in (*gone, "faces/000.json"):
        (forged / name).unlink()
    command = ["forge", str(real_clips), "--out", str(forged), "--crf", "raw,40"]
    assert main(command) == 0
    assert "2 clips were made, 8 were there already" in capsys.readouterr().err
    assert files_in(forged) == whole
    assert main([*command, "--seed", "2"]) == 1
    assert "already holds another copy" in capsys.readouterr().err


def test_the_page_shows_every_family(forged: Path) -> None:
    page = np.asarray(Image.open(forged.parent / "page.png"))
    assert page.shape[0] > 4 * 168
    assert page.std() > 30


def test_clips_without_a_face_are_listed_and_the_others_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    real, out = tmp_path / "real", tmp_path / "out"
    film(real / "a.mp4", 0)
    film(real / "b.mp4", 1)
    encode_clip([np.full((96, 96, 3), 90, np.uint8)] * 3, real / "c.mp4", crf=20, frame_rate=25)
    (real / "d.mp4").write_bytes(b"no video")
    command = ["forge", str(real), "--out", str(out), "--families", "texture", "--crf", "30", "--jobs", "1"]
    assert main(command) == 1
    with (out / "failures.csv").open(newline="") as file:
        reasons = {row["name"]: row["reason"] for row in csv.DictReader(file)}
    assert list(reasons) == ["c.mp4", "d.mp4"]
    assert "No face was found in any frame" in reasons["c.mp4"]
    assert len(list(out.rglob("*.mp4"))) == 2 + 2 * 2
    assert "2 failures" in capsys.readouterr().err


def test_what_cannot_be_forged_is_refused(real_clips: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def said(*arguments: str) -> str:
        assert main(["forge", *arguments]) == 1
        return capsys.readouterr().err

    out = str(tmp_path / "out")
    empty = tmp_path / "empty"
    empty.mkdir()
    assert "nor a video" in said(str(empty), "--out", out)
    assert "There is no folder" in said(str(tmp_path / "nowhere"), "--out", out)
    assert "no family of forgeries 'fsgan'" in said(str(real_clips), "--out", out, "--families", "texture,fsgan")
    assert "folder of its own" in said(str(real_clips), "--out", str(real_clips / "out"))
    assert "from 0 on" in said(str(real_clips), "--out", out, "--seed", "-1")
    film(empty / "one.mp4", 0)
    assert "at least two videos that show a face" in said(str(empty), "--out", out, "--jobs", "1")
    for crf in ("c23", "99"):
        with pytest.raises(SystemExit) as left:
            main(["forge", str(real_clips), "--out", out, "--crf", crf])
        assert left.value.code == 2


# ---- partners --------------------------------------------------------------------------------------------------------


def look(yaw: float, light: float = 50.0) -> Appearance:
    return Appearance(yaw_deg=yaw, pitch_deg=0.0, color_lab=(light, 10.0, 10.0))


def test_partners_look_alike_and_everybody_has_one() -> None:
    looks = [look(-20), look(19), look(0), look(-22), look(1), look(20)]
    numbers = [f"{number:03d}" for number in range(6)]
    assert matched(numbers, looks, 1) == [("000", "003"), ("001", "005"), ("002", "004")]
    twice = matched(numbers, looks, 2)
    assert len(twice) == len(set(twice)) == 6
    odd = matched(numbers[:5], looks[:5], 1)
    assert {number for pair in odd for number in pair} == set(numbers[:5])
    assert len(odd) == 3
    assert matched(["000"], looks[:1], 1) == []


def test_clips_are_split_by_source(tmp_path: Path) -> None:
    points = tuple((float(x), float(y)) for x, y in PORTRAIT_LANDMARKS)
    face = FacePath(frame_rate=25, width_px=64, height_px=64, appearance=look(0), landmarks_xy_px=(points,))
    clips = {
        f"{number:03d}": clips_module.Clip(number=f"{number:03d}", path=tmp_path, face=face) for number in range(20)
    }
    pairs = clips_module._pairs(clips, clips_module.ForgeSettings(), tmp_path)
    lists = {split: json.loads((tmp_path / "splits" / f"{split}.json").read_text()) for split in clips_module.SPLITS}
    members = {split: {number for pair in found for number in pair} for split, found in lists.items()}
    assert {split: len(found) for split, found in members.items()} == {"train": 16, "val": 2, "test": 2}
    assert set.union(*members.values()) == set(clips)
    assert sorted(pairs) == sorted(tuple(pair) for found in lists.values() for pair in found)


def turned(yaw_shares: list[float]) -> FacePath:
    points = [
        tuple((x + (8 * yaw if place == 2 else 0), y) for place, (x, y) in enumerate(PORTRAIT_LANDMARKS))
        for yaw in yaw_shares
    ]
    return FacePath(frame_rate=25, width_px=512, height_px=512, appearance=look(0), landmarks_xy_px=(None, *points))


def test_a_donor_begins_where_poses_agree() -> None:
    donor = turned([0.0, 0.2, 0.4, 0.6, 0.8, 1.0, 0.5, 0.0])
    target = turned([0.8, 1.0, 0.5])
    assert donor.seen == tuple(range(1, 9))
    assert best_start(target, donor, step=1) == 4


def test_a_page_without_examples_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no forgery to show"):
        write_page(tmp_path / "page.png", "Nothing", {Family.TEXTURE: []})


def test_a_page_holds_real_forged_mask_and_difference() -> None:
    real = np.full((40, 40, 3), 100, np.uint8)
    example = Example(real=real, forged=real + np.uint8(10), mask=np.full((40, 40), 255, np.uint8))
    page = draw_page("Title", {Family.TEXTURE: [example], Family.FACE_SWAP: []})
    for level in (100, 110, 255, 40):
        assert (page == level).all(axis=2).sum() >= 168 * 168
