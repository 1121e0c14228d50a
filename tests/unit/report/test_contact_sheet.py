import io
from dataclasses import replace
from types import ModuleType

import numpy as np
from PIL import Image

from forensiclab.report.contact_sheet import chosen_crops, contact_sheets_jpeg, is_scored

NAMES = ("meso_inception4_dfdc", "xception_ce")


def pixels(jpeg: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(jpeg)).convert("RGB")).astype(int)


def test_six_crops_to_a_row_a_layer_per_detector(example: ModuleType) -> None:
    track = example.track(1)
    sheets = contact_sheets_jpeg(track, NAMES)
    assert len(sheets) == 2
    assert contact_sheets_jpeg(track, NAMES) == sheets
    one = pixels(sheets[0])
    assert one.shape == (3 * 256 + 34, 6 * 208 - 8, 3)
    crop = np.asarray(Image.fromarray(track.contact_sheet[0].crop.picture).resize((200, 200), Image.Resampling.LANCZOS))
    assert np.abs(one[30:230, :200] - crop).mean() < 4  # JPEG only


def test_attention_shows_where_it_is(example: ModuleType) -> None:
    track = example.track(1, crops=1)
    kept = track.contact_sheet[0]
    hot = np.zeros((4, 4), np.float32)
    hot[0, 3] = 1
    grey = np.full_like(kept.crop.picture, 128)
    scores = tuple(replace(score, attention=hot) for score in kept.scores)
    lone = replace(track, contact_sheet=(replace(kept, crop=replace(kept.crop, picture=grey), scores=scores),))
    (sheet,) = contact_sheets_jpeg(lone, NAMES)
    layer = pixels(sheet)[256 + 30 : 256 + 230, :200].sum(axis=2)
    assert layer[:40, 160:].mean() > layer[160:, :40].mean() + 150


def test_a_map_of_a_wider_square_is_placed_on_the_crop(example: ModuleType) -> None:
    track = example.track(1, crops=1)
    kept = track.contact_sheet[0]
    left, top, right, bottom = kept.crop.region_xyxy_px
    side = right - left
    wide = (left - side, top - side, right + side, bottom + side)
    center = np.zeros((3, 3), np.float32)
    center[1, 1] = 1  # exactly the crop
    scores = tuple(replace(score, attention=center, region_xyxy_px=wide) for score in kept.scores)
    grey = np.full_like(kept.crop.picture, 128)
    lone = replace(track, contact_sheet=(replace(kept, crop=replace(kept.crop, picture=grey), scores=scores),))
    layer = pixels(contact_sheets_jpeg(lone, NAMES)[0])[256 + 30 : 256 + 230, :200].sum(axis=2)
    assert layer[90:110, 90:110].mean() > 500
    assert layer[90:110, 90:110].mean() > layer[:10, :10].mean()


def test_a_detector_without_a_score_is_blank(example: ModuleType) -> None:
    track = example.track(1, crops=1)
    kept = track.contact_sheet[0]
    lone = replace(track, contact_sheet=(replace(kept, scores=kept.scores[:1]),))
    layer = pixels(contact_sheets_jpeg(lone, NAMES)[0])[2 * 256 + 30 : 2 * 256 + 230, :200]
    assert np.abs(layer - 235).mean() < 2


def test_number_of_crops_is_bounded(example: ModuleType) -> None:
    track = example.track(1, crops=20)
    assert len(chosen_crops(track, 2)) == 12
    assert len(chosen_crops(track, 9)) == 6
    assert chosen_crops(track, 2)[0] is track.contact_sheet[0]
    assert chosen_crops(track, 2)[-1] is track.contact_sheet[-1]
    assert len(contact_sheets_jpeg(track, tuple(f"d{i}" for i in range(9)))) == 2


def test_no_crops_no_sheet(example: ModuleType) -> None:
    assert contact_sheets_jpeg(example.track(1, crops=0), NAMES) == ()


def test_crops_that_no_detector_scored_lie_there_alone(example: ModuleType) -> None:
    track = example.track(1, crops=2)
    unscored = replace(track, contact_sheet=tuple(replace(kept, scores=()) for kept in track.contact_sheet))
    (sheet,) = contact_sheets_jpeg(unscored, NAMES)
    assert pixels(sheet).shape == (256, 6 * 208 - 8, 3)
    assert is_scored(track)
    assert not is_scored(unscored)
