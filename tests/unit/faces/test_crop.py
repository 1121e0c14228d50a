import math
from itertools import pairwise

import cv2
import numpy as np
import pytest

from forensiclab.core.records import CropRule, Face, TrackedFace
from forensiclab.faces.crop import cut_crop, cut_crops, cut_region, measure_quality, pose_deg
from forensiclab.media.frame import QpMap
from tests.unit.faces.scenes import face_at, texture


def numbered(height: int, width: int) -> np.ndarray:
    """A read-only picture whose every pixel says where it lies."""
    picture = np.zeros((height, width, 3), dtype=np.uint8)
    picture[..., 0] = np.arange(height)[:, None]
    picture[..., 1] = np.arange(width)[None, :]
    picture[..., 2] = 200
    picture.flags.writeable = False
    return picture


def tracked(box, points=None) -> TrackedFace:
    face = Face(box_xyxy_px=box, landmarks_xy_px=points, confidence=None)
    return TrackedFace(track_id=3, frame_index=7, pts_s=0.28, face=face)


def crop(picture, box, size_px, margin=1.0):
    rule = CropRule(size_px=size_px, margin=margin)
    return cut_crop(picture, tracked(box), rule, qp=None, picture_type="P")


def test_inside_the_frame_pixels_are_copied():
    picture = numbered(50, 60)
    made = crop(picture, (20, 10, 30, 18), 10)
    assert made.region_xyxy_px == (20, 9, 30, 19)
    np.testing.assert_array_equal(made.picture, picture[9:19, 20:30])
    assert (made.track_id, made.frame_index, made.pts_s, made.picture_type) == (3, 7, 0.28, "P")


@pytest.mark.parametrize(
    ("box", "rows", "cols"),
    [
        ((-4, -4, 6, 6), slice(0, 10), slice(0, 10)),
        ((55, 44, 65, 54), slice(40, 50), slice(50, 60)),
        ((-4, 20, 6, 30), slice(20, 30), slice(0, 10)),
        ((25, 45, 35, 55), slice(40, 50), slice(25, 35)),
    ],
    ids=["top left", "bottom right", "left", "bottom"],
)
def test_at_the_edge_the_region_is_shifted_inside(box, rows, cols):
    picture = numbered(50, 60)
    np.testing.assert_array_equal(crop(picture, box, 10).picture, picture[rows, cols])


def test_beyond_the_frame_the_picture_is_reflected():
    picture = numbered(4, 10)
    made = crop(picture, (0, 0, 10, 4), 10)
    assert made.region_xyxy_px == (0, -3, 10, 7)
    expected_rows = [3, 2, 1, 0, 1, 2, 3, 2, 1, 0]
    np.testing.assert_array_equal(made.picture[:, 0, 0], expected_rows)
    np.testing.assert_array_equal(made.picture[0, :, 1], np.arange(10))


@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (9, 1), (2, 3), (5, 4)])
def test_reflection_equals_opencv_however_far_it_reaches(shape):
    picture = numbered(*shape)
    beyond = 23
    expected = cv2.copyMakeBorder(picture, beyond, beyond, beyond, beyond, cv2.BORDER_REFLECT_101)
    region = (-beyond, -beyond, shape[1] + beyond, shape[0] + beyond)
    np.testing.assert_array_equal(cut_region(picture, region), expected)


def test_one_pixel_picture():
    picture = np.full((1, 1, 3), 77, dtype=np.uint8)
    made = crop(picture, (0, 0, 1, 1), 32, margin=1.3)
    assert made.picture.shape == (32, 32, 3)
    assert (made.picture == 77).all()
    assert made.quality.sharpness == 0


def test_three_pixel_face_is_enlarged_without_overshoot():
    picture = np.zeros((40, 40, 3), dtype=np.uint8)
    picture[:, 20:] = 200
    made = crop(picture, (18.5, 18.5, 21.5, 21.5), 64, margin=1.3)
    assert made.region_xyxy_px[2] - made.region_xyxy_px[0] == 4
    assert made.picture.min() == 0
    assert made.picture.max() == 200
    assert (np.diff(made.picture[0, :, 0].astype(int)) >= 0).all()


def test_face_that_fills_the_frame():
    picture = np.repeat(texture(0, 90, 160)[..., None], 3, axis=2)
    made = crop(picture, (0, 0, 160, 90), 224, margin=1.3)
    assert made.region_xyxy_px == (-24, -59, 184, 149)
    assert made.picture.shape == (224, 224, 3)


def test_shrinking_averages_over_area():
    board = np.indices((64, 64)).sum(axis=0) % 2 * 255
    picture = np.repeat(board[..., None].astype(np.uint8), 3, axis=2)
    made = crop(picture, (0, 0, 64, 64), 16)
    assert (np.abs(made.picture.astype(int) - 127) <= 1).all(), "a checkerboard becomes grey, not a pattern"


def test_crops_are_read_only_copies():
    picture = np.full((20, 20, 3), 9, dtype=np.uint8)
    for size in (10, 5, 30):
        made = crop(picture, (5, 5, 15, 15), size)
        assert not made.picture.flags.writeable
        assert not np.shares_memory(made.picture, picture)


def test_several_rules_share_one_measurement():
    picture = np.repeat(texture(0, 90, 160)[..., None], 3, axis=2)
    rules = (CropRule(size_px=64, margin=1.3), CropRule(size_px=32, margin=1.0))
    made = cut_crops(picture, tracked((50, 20, 90, 60)), rules, qp=None, picture_type=None)
    assert [one.picture.shape[0] for one in made] == [64, 32]
    assert tuple(one.rule for one in made) == rules
    assert made[0].quality is made[1].quality
    alone = cut_crop(picture, tracked((50, 20, 90, 60)), rules[1], qp=None, picture_type=None)
    np.testing.assert_array_equal(alone.picture, made[1].picture)
    assert alone.quality == made[1].quality


@pytest.mark.parametrize("size_px", [24, 64])
def test_pixels_that_are_not_square_are_resampled_once(size_px):
    stored = np.repeat(texture(0, 90, 80)[..., None], 3, axis=2)  # shown 160 x 90
    qp = QpMap(values=np.array([[20, 40]], dtype=np.int32), block_px=40)
    face = tracked((60, 20, 100, 60))
    (made,) = cut_crops(
        stored, face, (CropRule(size_px=size_px, margin=1.0),), qp=qp, picture_type=None, frame_size_px=(160, 90)
    )
    assert made.region_xyxy_px == (60, 20, 100, 60)
    interpolation = cv2.INTER_AREA if size_px < 20 else cv2.INTER_LINEAR
    expected = cv2.resize(stored[20:60, 30:50], (size_px, size_px), interpolation=interpolation)
    np.testing.assert_array_equal(made.picture, expected)
    assert made.quality.size_px == 40
    assert made.quality.qp_mean == pytest.approx(30)


def test_quality_falls_with_blur_and_does_not_depend_on_what_surrounds_the_face():
    grey = texture(1, 200, 200, cell_px=6)
    face = face_at((40.0, 40.0, 160.0, 160.0))

    def sharpness(luma: np.ndarray) -> float:
        return measure_quality(np.repeat(luma[..., None], 3, axis=2), face, None).sharpness

    values = [sharpness(grey)] + [sharpness(cv2.GaussianBlur(grey, (0, 0), sigma)) for sigma in (1, 2, 4, 8)]
    assert all(a > 1.2 * b for a, b in pairwise(values)), values
    masked = np.zeros_like(grey)
    masked[40:160, 40:160] = grey[40:160, 40:160]
    assert sharpness(masked) == values[0]


def test_sharpness_equals_the_definition():
    picture = np.zeros((128, 128, 3), dtype=np.uint8)
    picture[64, 64] = 80
    sharpness = measure_quality(picture, face_at((0.0, 0.0, 128.0, 128.0)), None).sharpness
    response = [80.0] * 4 + [-320.0]  # the Laplacian of a single bright pixel
    mean = sum(response) / 128**2
    assert sharpness == pytest.approx(sum(value**2 for value in response) / 128**2 - mean**2)


def test_qp_is_that_under_the_face():
    qp = QpMap(values=np.array([[20, 40], [20, 40]], dtype=np.int32), block_px=16)
    picture = np.zeros((32, 32, 3), dtype=np.uint8)
    assert measure_quality(picture, face_at((16.0, 0.0, 32.0, 16.0)), qp).qp_mean == pytest.approx(40)
    assert measure_quality(picture, face_at((8.0, 0.0, 24.0, 16.0)), qp).qp_mean == pytest.approx(30)
    assert measure_quality(picture, face_at((8.0, 0.0, 24.0, 16.0)), None).qp_mean is None


def test_size_is_the_longer_side():
    picture = np.zeros((64, 64, 3), dtype=np.uint8)
    assert measure_quality(picture, face_at((4.0, 4.0, 24.0, 34.0)), None).size_px == 30


@pytest.mark.parametrize("box", [(-50.0, -50.0, -20.0, -20.0), (90.0, 10.0, 95.0, 15.0), (3.2, 3.2, 3.4, 3.4)])
def test_box_without_a_pixel_in_the_frame(box):
    quality = measure_quality(np.zeros((64, 64, 3), dtype=np.uint8), face_at(box), None)
    assert quality.sharpness == 0


def head(yaw: float, pitch: float, roll: float):
    """The five points of the model's head after a rotation, seen from far away in a picture (x right, y down)."""
    points = np.array([[-0.5, 0, 0], [0.5, 0, 0], [0, 0.49 * 1.15, -0.45], [-0.4, 1.15, 0], [0.4, 1.15, 0]])
    y, p, r = (math.radians(angle) for angle in (yaw, pitch, roll))
    turn_right = np.array([[math.cos(y), 0, -math.sin(y)], [0, 1, 0], [math.sin(y), 0, math.cos(y)]])
    turn_up = np.array([[1, 0, 0], [0, math.cos(p), math.sin(p)], [0, -math.sin(p), math.cos(p)]])
    clockwise = np.array([[math.cos(r), -math.sin(r), 0], [math.sin(r), math.cos(r), 0], [0, 0, 1]])
    seen = points @ (clockwise @ turn_up @ turn_right).T
    return tuple((100 + 60 * x, 80 + 60 * y) for x, y, _ in seen)


def test_frontal_face_has_no_angles():
    assert pose_deg(head(0, 0, 0)) == pytest.approx((0, 0, 0), abs=1e-6)


@pytest.mark.parametrize("angle", [-40, -15, 15, 40])
def test_each_angle_alone_is_recovered(angle):
    assert pose_deg(head(angle, 0, 0)) == pytest.approx((angle, 0, 0), abs=0.5)
    assert pose_deg(head(0, angle, 0)) == pytest.approx((0, angle, 0), abs=0.5)
    assert pose_deg(head(0, 0, angle)) == pytest.approx((0, 0, angle), abs=0.5)


def test_mirrored_face_has_opposite_yaw_and_roll():
    points = head(25, 10, 12)
    mirrored = tuple((200 - x, y) for x, y in points)
    left_eye, right_eye, nose, left_mouth, right_mouth = mirrored
    yaw, pitch, roll = pose_deg(points)
    swapped = pose_deg((right_eye, left_eye, nose, right_mouth, left_mouth))
    assert swapped == pytest.approx((-yaw, pitch, -roll))
    assert yaw > 0
    assert pitch > 0
    assert roll > 0


def test_impossible_points_give_no_pose():
    assert pose_deg(((5, 5),) * 5) == (None, None, None)
    assert pose_deg(((0, 10), (10, 10), (5, 5), (2, 0), (8, 0))) == (None, None, None), "mouth above the eyes"
    quality = measure_quality(np.zeros((9, 9, 3), np.uint8), tracked((1, 1, 8, 8)).face, None)
    assert (quality.yaw_deg, quality.pitch_deg, quality.roll_deg) == (None, None, None)
