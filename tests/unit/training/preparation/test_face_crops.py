"""Which frames are chosen, which faces are found in them, and the same boxes in another version."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from forensiclab.core.errors import MediaError
from forensiclab.core.geometry import crop_region
from forensiclab.core.records import Face
from forensiclab.media.frame import Frame
from forensiclab.media.reader import MediaReader
from training.preparation.face_crops import (
    CropSettings,
    FaceSource,
    FrameSizeError,
    cut_again,
    cut_masks,
    find_faces,
    frame_times,
    in_box,
)

MakeFaces = Callable[..., Path]


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_times_are_even_and_follow_the_seed() -> None:
    times = frame_times(10.0, 5, rng())
    assert np.diff(times) == pytest.approx([2.0] * 4)
    assert 0.5 <= times[0] <= 1.5
    assert frame_times(10.0, 5, rng()) == times
    assert frame_times(10.0, 5, rng(2)) != times


def test_frames_are_chosen_by_time_not_by_number(make_faces: MakeFaces, finder: FaceSource) -> None:
    even = make_faces("even.mp4", frames=20)
    found = find_faces(even, finder, CropSettings(frames=5), rng())
    assert np.diff([crop.frame_index for crop in found.crops]).tolist() == [4] * 4
    assert (found.frames_read, found.frame_size_px, found.end_note) == (20, (96, 80), None)
    # The first ten frames take 100 ms, the last ten 1000 ms: nearly all the time is theirs.
    times = [*range(0, 100, 10), *range(100, 1100, 100)]
    uneven = make_faces("uneven.mp4", frames=20, times_ms=times)
    found = find_faces(uneven, finder, CropSettings(frames=5), rng())
    chosen = [crop.frame_index for crop in found.crops]
    assert len(chosen) == 5
    assert chosen[1] >= 10
    assert [round(crop.pts_s * 1000) for crop in found.crops] == [times[index] for index in chosen]


def test_a_short_clip_gives_each_frame_once(make_faces: MakeFaces, finder: FaceSource) -> None:
    found = find_faces(make_faces("short.mp4", frames=4), finder, CropSettings(frames=32), rng())
    assert [crop.frame_index for crop in found.crops] == [0, 1, 2, 3]


def test_crops_are_cut_at_the_margin_without_resampling(make_faces: MakeFaces, finder: FaceSource) -> None:
    path = make_faces("clip.mp4")
    native = find_faces(path, finder, CropSettings(frames=3, margin=1.5), rng())
    small = find_faces(path, finder, CropSettings(frames=3, margin=1.5, size_px=16), rng())
    for crop, resized in zip(native.crops, small.crops, strict=True):
        assert crop.region_xyxy_px == crop_region(crop.box_xyxy_px, 1.5, 96, 80)
        side = round(crop.region_xyxy_px[2] - crop.region_xyxy_px[0])
        assert crop.picture.shape == (side, side, 3)
        assert side == pytest.approx(36, abs=3)
        assert resized.picture.shape == (16, 16, 3)
        assert resized.region_xyxy_px == crop.region_xyxy_px
        assert crop.picture[side // 2, side // 2].min() > 150 > 100 > crop.picture[0].max()


class Forgetful:
    """Misses the largest face from the tenth frame on."""

    def __init__(self, inner: FaceSource) -> None:
        self._inner = inner

    def find_in(self, frame: Frame) -> tuple[Face, ...]:
        return self._inner.find_in(frame)[0 if frame.index < 10 else 1 :]


def test_the_face_found_most_often_is_the_first(make_faces: MakeFaces, finder: FaceSource) -> None:
    path = make_faces("two.mp4", faces=(24, 18))
    both = find_faces(path, finder, CropSettings(frames=10), rng())
    assert {crop.track_id for crop in both.crops} == {1, 2}
    assert len(both.of(1)) == len(both.of(2)) == 10
    assert both.of(1)[0].quality.size_px > both.of(2)[0].quality.size_px
    once = find_faces(path, Forgetful(finder), CropSettings(frames=10), rng())
    assert (len(once.of(1)), len(once.of(2))) == (10, 5)
    assert once.of(1)[0].quality.size_px < once.of(2)[0].quality.size_px


def test_another_version_is_cut_alike(make_faces: MakeFaces, finder: FaceSource) -> None:
    settings = CropSettings(frames=6)
    first = find_faces(make_faces("weak.mp4"), finder, settings, rng())
    again = cut_again(make_faces("strong.mp4", crf=35), first.crops, first.frame_size_px, settings)
    assert [crop.frame_index for crop in again.crops] == [crop.frame_index for crop in first.crops]
    for weak, strong in zip(first.crops, again.crops, strict=True):
        assert weak.region_xyxy_px == strong.region_xyxy_px
        difference = np.abs(weak.picture.astype(int) - strong.picture).mean()
        assert 0 < difference < 15
    shorter = cut_again(make_faces("shorter.mp4", frames=8), first.crops, first.frame_size_px, settings)
    assert shorter.frames_read == 8
    assert [crop.frame_index for crop in shorter.crops] == [c.frame_index for c in first.crops if c.frame_index < 8]
    with pytest.raises(FrameSizeError, match="48 x 40 pixels"):
        cut_again(make_faces("small.mp4", size=(48, 40)), first.crops, first.frame_size_px, settings)


@pytest.mark.parametrize("size_px", [0, 20])
def test_masks_are_cut_like_the_crops(
    make_faces: MakeFaces, make_mask: MakeFaces, finder: FaceSource, size_px: int
) -> None:
    found = find_faces(make_faces("clip.mp4", forged=(0,)), finder, CropSettings(frames=6, size_px=size_px), rng())
    masks = cut_masks(make_mask("mask.mp4", frames=14), found.crops, found.frame_size_px)
    assert set(masks) == {(1, crop.frame_index) for crop in found.crops if crop.frame_index < 14}
    for crop in found.crops:
        if (mask := masks.get((1, crop.frame_index))) is not None:
            assert mask.shape == crop.picture.shape[:2]
            spot = (crop.picture[:, :, 0].astype(int) - crop.picture[:, :, 1]) > 60  # red, as nothing else
            assert (spot == (mask > 127)).mean() > 0.97
            assert in_box(crop, mask / np.float32(255)) == pytest.approx(1 / 9, abs=0.04)


def test_masks_of_another_size_are_brought_to_the_video(
    make_faces: MakeFaces, make_mask: MakeFaces, finder: FaceSource, tmp_path: Path
) -> None:
    found = find_faces(make_faces("clip.mp4"), finder, CropSettings(frames=2), rng())
    mask = make_mask("mask.mp4")
    small = cut_masks(mask, found.crops, (192, 160))
    crop = found.crops[0]
    left, top, right, bottom = (int(edge) for edge in crop.region_xyxy_px)
    with MediaReader(mask) as reader:
        grey = next(frame for frame in reader.frames() if frame.index == crop.frame_index).luma()
    expected = cv2.resize(grey, (192, 160), interpolation=cv2.INTER_LINEAR)[top:bottom, left:right]
    assert np.array_equal(small[1, crop.frame_index], expected)


def test_no_face_is_said(make_faces: MakeFaces, finder: FaceSource, tmp_path: Path) -> None:
    with pytest.raises(MediaError, match=r"No face was found in any of 4 frames of '.*empty\.mp4'"):
        find_faces(make_faces("empty.mp4", faces=()), finder, CropSettings(frames=4), rng())
    with pytest.raises(MediaError):
        find_faces(tmp_path / "nowhere.mp4", finder, CropSettings(), rng())


def test_a_picture_is_one_frame(finder: FaceSource, tmp_path: Path) -> None:
    picture = np.full((80, 96, 3), 20, np.uint8)
    picture[20:50, 30:60] = 220
    cv2.imwrite(str(tmp_path / "face.png"), picture)
    found = find_faces(tmp_path / "face.png", finder, CropSettings(), rng())
    assert [crop.frame_index for crop in found.crops] == [0]
    assert found.crops[0].box_xyxy_px == pytest.approx((30, 20, 60, 50))


def test_a_clip_of_unknown_length_is_counted_first(make_faces: MakeFaces, finder: FaceSource) -> None:
    path = make_faces("stream.h264")  # a bare stream: no container says how long it is
    with MediaReader(path) as reader:
        assert reader.info.duration_s is None
    found = find_faces(path, finder, CropSettings(frames=5), rng())
    assert np.diff([crop.frame_index for crop in found.crops]).tolist() == [4] * 4
