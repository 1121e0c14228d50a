import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forensiclab.core.geometry import Box, box_center_px, box_size_px, crop_region, iou_matrix


def test_box_measures() -> None:
    assert box_size_px((10, 20, 40, 30)) == 30
    assert box_center_px((10, 20, 40, 30)) == (25, 25)


def test_iou_of_known_boxes() -> None:
    a: list[Box] = [(0, 0, 10, 10), (0, 0, 0, 0)]
    b: list[Box] = [(0, 0, 10, 10), (5, 0, 15, 10), (20, 20, 30, 30), (0, 0, 0, 0)]
    np.testing.assert_allclose(iou_matrix(a, b), [[1, 1 / 3, 0, 0], [0, 0, 0, 0]])


def test_iou_of_nothing() -> None:
    assert iou_matrix([], [(0, 0, 1, 1)]).shape == (0, 1)
    assert iou_matrix([(0, 0, 1, 1)], []).shape == (1, 0)


def test_crop_about_the_centre() -> None:
    assert crop_region((40, 40, 60, 60), 1.3, 100, 100) == (37, 37, 63, 63)


def test_crop_is_shifted_at_the_edges() -> None:
    assert crop_region((0, 0, 20, 20), 1.5, 100, 80) == (0, 0, 30, 30)
    assert crop_region((85, 65, 105, 85), 1.5, 100, 80) == (70, 50, 100, 80)


def test_crop_larger_than_the_frame_is_centred_on_it() -> None:
    assert crop_region((0, 0, 40, 40), 2.0, 60, 200) == (-10, 0, 70, 80)


@given(
    st.tuples(*[st.floats(-50, 500)] * 2), st.tuples(*[st.floats(0, 300)] * 2), st.floats(0.5, 3), st.integers(1, 400)
)
def test_crop_is_a_square_of_whole_pixels_inside_where_it_fits(
    corner: tuple[float, float], size: tuple[float, float], margin: float, extent: int
) -> None:
    box = (corner[0], corner[1], corner[0] + size[0], corner[1] + size[1])
    left, top, right, bottom = crop_region(box, margin, extent, extent)
    side = right - left
    assert side == bottom - top >= 1
    assert side == pytest.approx(max(1, margin * box_size_px(box)), abs=0.51)
    assert left == int(left)
    if side <= extent:
        assert 0 <= left <= right <= extent
        assert 0 <= top <= bottom <= extent
