"""Forged data sets: exact masks, the official layout, to be continued, failures said."""

import csv
import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from forensiclab.core.errors import SettingsError
from forensiclab.core.records import Picture
from forensiclab.core.resources import resource_path
from forensiclab.demo import PORTRAIT_LANDMARKS
from forensiclab.forge.families import Family
from forensiclab.media.reader import MediaReader
from forensiclab.media.transcode import encode_clip
from training.__main__ import main
from training.data.crops import CropFolder
from training.data.shards import png_bytes
from training.forge import clips as clips_module
from training.forge.face_path import Appearance, FacePath, best_start, matched
from training.forge.page import Example, draw_page

FRAMES, WIDTH, HEIGHT = 6, 160, 128
PATTERN = {family.folder: family for family in Family}


def portrait(person: int, frame: int = 0) -> Picture:
    """The demo's portrait as one of several people, filmed by a camera that moves; shape (HEIGHT, WIDTH, 3)."""
    with Image.open(resource_path("demo", "astronaut.jpg")) as file:
        picture = np.asarray(file.convert("RGB"))
    left, top = 224 - WIDTH // 2 + frame, 118 - HEIGHT // 2 + person
    seen = picture[top : top + HEIGHT, left : left + WIDTH].astype(np.float32)
    tint = np.array([(1, 1, 1), (0.85, 0.95, 1.05), (1.05, 0.9, 0.8), (0.7, 0.7, 0.72)][person % 4])
    return np.clip(seen * tint, 0, 255).astype(np.uint8)


def film(path: Path, person: int) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    encode_clip((portrait(person, frame) for frame in range(FRAMES)), path, crf=8, frame_rate=25)
    return path


def frames_of(path: Path) -> list[Picture]:
    with MediaReader(path) as reader:
        return [frame.rgb() for frame in reader.frames()]


def files_in(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


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
    for method in PATTERN:
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


@pytest.mark.parametrize("method", list(PATTERN))
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


def test_clips_are_split_by_source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
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


# ---- crops -----------------------------------------------------------------------------------------------------------


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
        assert entry.method in PATTERN
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


def test_a_page_without_examples_is_refused(tmp_path: Path) -> None:
    from training.forge.page import write_page

    with pytest.raises(SettingsError, match="no forgery to show"):
        write_page(tmp_path / "page.png", "Nothing", {Family.TEXTURE: []})


def test_a_page_holds_real_forged_mask_and_difference() -> None:
    real = np.full((40, 40, 3), 100, np.uint8)
    example = Example(real=real, forged=real + np.uint8(10), mask=np.full((40, 40), 255, np.uint8))
    page = draw_page("Title", {Family.TEXTURE: [example], Family.FACE_SWAP: []})
    for level in (100, 110, 255, 40):
        assert (page == level).all(axis=2).sum() >= 168 * 168


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
