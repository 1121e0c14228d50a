"""Presets: deterministic, in place, on crops, clips and folders of both."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from forensiclab.core.errors import MediaError, SettingsError
from forensiclab.core.records import Picture
from forensiclab.media.reader import MediaReader
from forensiclab.media.transcode import encode_clip
from training.__main__ import main
from training.datasets.crops import CropFolder
from training.datasets.degrade import (
    PRESETS,
    Preset,
    PresetLevel,
    degrade_crop,
    draw_degradation,
    parse_levels,
    write_degraded,
)
from training.datasets.levels import LevelRange

each_preset = pytest.mark.parametrize("preset", list(Preset))


def scene(width: int, height: int, seed: int = 0) -> Picture:
    rng = np.random.default_rng(seed)
    coarse = cv2.resize(rng.standard_normal((8, 8, 3)), (width, height), interpolation=cv2.INTER_CUBIC)
    fine = 8 * rng.standard_normal((height, width, 3))
    return np.clip(128 + 45 * coarse + fine, 0, 255).astype(np.uint8)


def moving(count: int, width: int, height: int) -> list[Picture]:
    wide = scene(width + 2 * count, height)
    return [np.ascontiguousarray(wide[:, 2 * number : 2 * number + width]) for number in range(count)]


def frames_of(path: Path) -> list[Picture]:
    with MediaReader(path) as reader:
        return [frame.rgb() for frame in reader.frames()]


@each_preset
def test_draws_stay_in_their_ranges(preset: Preset) -> None:
    settings = PRESETS[preset]
    drawn = [draw_degradation(preset, np.random.default_rng(seed)) for seed in range(60)]
    for degradation in drawn:
        assert settings.long_side_px[0] <= degradation.long_side_px <= settings.long_side_px[1]
        for (crf, name), encode in zip(degradation.encodes, settings.encodes, strict=True):
            assert encode.crf[0] <= crf <= encode.crf[1]
            assert name == encode.preset
    assert len({degradation.encodes for degradation in drawn}) > 3
    assert 0 < sum(degradation.blur_sigma_px is not None for degradation in drawn) < 60
    assert 0 < sum(degradation.noise_sigma is not None for degradation in drawn) < 60


def test_presets_are_what_they_say() -> None:
    messenger, platform = PRESETS[Preset.MESSENGER], PRESETS[Preset.PLATFORM]
    assert messenger.long_side_px[1] <= 640
    assert messenger.encodes[0].crf == (28, 32)
    assert len(platform.encodes) == 2, "encoded before and after the upload"


@each_preset
@pytest.mark.parametrize(("width", "height"), [(96, 96), (65, 43), (20, 24)])
def test_a_crop_loses_detail_and_stays_in_place(preset: Preset, width: int, height: int) -> None:
    picture = scene(width, height)
    arrived = degrade_crop(picture, preset, np.random.default_rng(3))
    assert arrived.shape == picture.shape
    assert arrived.dtype == np.uint8
    assert 0.5 < np.abs(arrived.astype(int) - picture).mean() < 25
    if min(width, height) > 40:
        smooth = [cv2.GaussianBlur(seen, (0, 0), 3).astype(float)[8:-8, 8:-8] for seen in (picture, arrived)]
        moved = [np.abs(smooth[0] - np.roll(smooth[1], shift, axis=1))[:, 4:-4].mean() for shift in (-2, 0, 2)]
        assert moved[1] < min(moved[0], moved[2])


@each_preset
def test_a_crop_is_a_function_of_the_state(preset: Preset) -> None:
    picture = scene(64, 64)
    first, again, other = (degrade_crop(picture, preset, np.random.default_rng(seed)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


@each_preset
def test_a_clip_keeps_its_frames_and_gets_the_size_of_the_preset(preset: Preset, tmp_path: Path) -> None:
    degradation = draw_degradation(preset, np.random.default_rng(0))
    clip = moving(5, 1400, 80)
    write_degraded(clip, tmp_path / "clip.mp4", degradation, 25)
    arrived = frames_of(tmp_path / "clip.mp4")
    assert len(arrived) == 5
    assert max(arrived[0].shape[:2]) == pytest.approx(degradation.long_side_px, abs=1)
    reduced = cv2.resize(clip[2], arrived[2].shape[1::-1], interpolation=cv2.INTER_AREA)
    assert np.abs(reduced.astype(int) - arrived[2]).mean() < 15


def test_the_last_encode_of_a_messenger_is_a_phones(tmp_path: Path) -> None:
    write_degraded(
        moving(4, 96, 64), tmp_path / "clip.mp4", draw_degradation(Preset.MESSENGER, np.random.default_rng(0)), 25
    )
    with MediaReader(tmp_path / "clip.mp4") as reader:
        assert "Baseline" in (reader.info.profile or "")
        assert (reader.info.width_px, reader.info.height_px) == (96, 64), "small clips are not enlarged"
        assert all(frame.picture_type != "B" for frame in reader.frames())


def test_a_clip_without_frames_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="at least one picture"):
        write_degraded([], tmp_path / "clip.mp4", draw_degradation(Preset.PLATFORM, np.random.default_rng(0)), 25)
    assert not list(tmp_path.iterdir())


def test_levels_and_presets_are_read() -> None:
    level = parse_levels("messenger")
    assert isinstance(level, PresetLevel)
    assert level.text == "messenger"
    assert str(level.draw("a")) == str(level.draw("a"))
    assert str(level.draw("a")).startswith("messenger crf:")
    picture = scene(48, 48)
    np.testing.assert_array_equal(level.apply(picture, "a"), level.apply(picture, "a"))
    assert isinstance(parse_levels("crf:23-40"), LevelRange)
    with pytest.raises(SettingsError, match="messenger and platform"):
        parse_levels("carrier pigeon")


def test_a_folder_of_crops_goes_through_a_messenger(pairs_folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "copy"
    assert main(["compress", "--data", str(pairs_folder), "--compress", "messenger", "--out", str(out)]) == 0
    source, copy = CropFolder(pairs_folder), CropFolder(out)
    assert [entry.name for entry in copy.entries] == [entry.name for entry in source.entries]
    lines = (out / "index.csv").read_text().splitlines()
    level = lines[0].split(",").index("level")
    drawn = {line.split(",")[0]: line.split(",")[level] for line in lines[1:]}
    assert all(drawn[f"real{number}"] == drawn[f"forged{number}"] for number in range(12))
    assert (out / "levels.txt").read_text().startswith("messenger of 24 crops")


def official(folder: Path) -> Path:
    """A tiny official layout: one real clip, one forged, its mask."""
    for name, seed in (
        ("original_sequences/youtube/raw/videos/000.mp4", 0),
        ("manipulated_sequences/SelfBlend/raw/videos/000_001.mp4", 1),
        ("manipulated_sequences/SelfBlend/masks/videos/000_001.mp4", 2),
    ):
        path = folder / name
        path.parent.mkdir(parents=True)
        encode_clip([scene(64, 48, seed)] * 4, path, crf=0, frame_rate=25)
    return folder


@pytest.mark.parametrize("level", ["crf:20-45", "jpeg:40", "platform"])
def test_folders_of_clips_are_compressed_with_their_layout(level: str, tmp_path: Path) -> None:
    data, out = official(tmp_path / "data"), tmp_path / "out"
    command = ["compress", "--data", str(data), "--compress", level, "--out", str(out)]
    assert main([*command, "--jobs", "2"]) == 0
    names = sorted(path.relative_to(data) for path in data.rglob("*.mp4"))
    assert sorted(path.relative_to(out) for path in out.rglob("*.mp4")) == names
    for name in names:
        before, after = frames_of(data / name), frames_of(out / name)
        assert len(before) == len(after)
        if "masks" in name.parts:
            assert (out / name).read_bytes() == (data / name).read_bytes()
        else:
            assert 0.3 < np.abs(before[1].astype(int) - after[1]).mean() < 25
    if level == "crf:20-45":  # a forgery gets the level of its target
        crfs = set()
        for name in names:
            if "masks" not in name.parts:
                with MediaReader(out / name) as reader:
                    crfs.add(reader.info.requested_crf)
        assert len(crfs) == 1
    kept = {path: path.read_bytes() for path in out.rglob("*.mp4")}
    next(iter(out.rglob("000.mp4"))).unlink()
    assert main(command) == 0
    assert {path: path.read_bytes() for path in out.rglob("*.mp4")} == kept


def test_clips_that_fail_are_listed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data, out = tmp_path / "data", tmp_path / "out"
    data.mkdir()
    encode_clip([scene(64, 48)] * 3, data / "good.mp4", crf=10, frame_rate=25)
    (data / "bad.mp4").write_bytes(b"no video")
    command = ["compress", "--data", str(data), "--compress", "crf:40", "--out", str(out)]
    assert main(command) == 1
    assert "bad.mp4" in (out / "failures.csv").read_text()
    assert "1 clips could not be compressed" in capsys.readouterr().err
    assert [path.name for path in out.rglob("*.mp4")] == ["good.mp4"]


def test_folders_that_cannot_be_used_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()

    def said(*arguments: str) -> str:
        assert main(["compress", "--compress", "messenger", *arguments]) == 1
        return capsys.readouterr().err

    assert "neither an index.csv of face crops nor a video" in said("--data", str(empty), "--out", str(tmp_path / "o"))
    assert "no folder" in said("--data", str(tmp_path / "nowhere"), "--out", str(tmp_path / "o"))
    encode_clip([scene(64, 48)] * 2, empty / "a.mp4", crf=10, frame_rate=25)
    assert "folder of its own" in said("--data", str(empty), "--out", str(empty / "inside"))
    assert "have splits" in said("--data", str(empty), "--out", str(tmp_path / "o"), "--split", "val")
    (empty / "a.avi").write_bytes((empty / "a.mp4").read_bytes())
    assert "differ by their endings" in said("--data", str(empty), "--out", str(tmp_path / "o"))
