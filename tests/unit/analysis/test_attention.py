import numpy as np
import pytest

from forensiclab.analysis.attention import COLORMAPS, colored, overlay, resize, to_frame
from forensiclab.core.errors import ShapeError

PICTURE = np.full((40, 60, 3), 100, np.uint8)


def test_overlay_blends_evenly() -> None:
    attention = np.zeros((4, 6), np.float32)
    lowest = colored(attention)[0, 0].astype(int)
    assert np.array_equal(overlay(PICTURE, attention, 0.0), PICTURE)
    assert np.array_equal(overlay(PICTURE, attention, 1.0)[0, 0], lowest)
    half = overlay(PICTURE, attention, 0.5)
    assert half.shape == PICTURE.shape
    assert half.dtype == np.uint8
    assert not half.flags.writeable
    assert np.array_equal(half[0, 0], np.rint((100 + lowest) / 2))


def test_overlay_is_brightest_where_attention_is_highest() -> None:
    attention = np.zeros((4, 6), np.float32)
    attention[3, 0] = 1
    brightness = overlay(PICTURE, attention, 1.0).sum(axis=2)
    y, x = np.unravel_index(brightness.argmax(), brightness.shape)
    assert y >= 30
    assert x < 10


@pytest.mark.parametrize("name", COLORMAPS)
def test_colour_maps_grow_lighter(name: str) -> None:
    luma = colored(np.linspace(0, 1, 32, dtype=np.float32)[None], name)[0] @ np.array([0.299, 0.587, 0.114])
    assert np.all(np.diff(luma) > 0)


def test_to_frame_places_the_map() -> None:
    attention = np.full((4, 4), 0.5, np.float32)
    placed = to_frame(attention, (10.0, 20.0, 18.0, 28.0), width=50, height=40)
    assert placed.shape == (40, 50)
    assert np.allclose(placed[20:28, 10:18], 0.5)
    assert placed.sum() == pytest.approx(0.5 * 64)


def test_to_frame_cuts_what_lies_outside() -> None:
    attention = np.zeros((2, 2), np.float32)
    attention[:, 1] = 1  # the right half is hot
    placed = to_frame(attention, (-10.0, -10.0, 10.0, 10.0), width=30, height=30)
    assert placed[0, 9] == pytest.approx(1, abs=0.05)
    assert placed[10:].max() == 0
    assert to_frame(attention, (100.0, 100.0, 110.0, 110.0), 30, 30).max() == 0


def test_resize_stays_in_range() -> None:
    attention = np.eye(5, dtype=np.float32)
    larger = resize(attention, 77, 33)
    assert larger.shape == (33, 77)
    assert larger.min() >= 0
    assert larger.max() <= 1


def test_wrong_input_is_refused() -> None:
    attention = np.zeros((4, 4), np.float32)
    with pytest.raises(ShapeError):
        overlay(PICTURE[..., 0], attention)
    with pytest.raises(ShapeError):
        resize(attention[0], 4, 4)
    with pytest.raises(ValueError, match="no colour map 'jet'"):
        colored(attention, "jet")
    with pytest.raises(ValueError, match="opacity"):
        overlay(PICTURE, attention, 1.5)
