import cv2
import numpy as np
import pytest

from forensiclab.forge.hull import (
    MARGIN_LANDMARKS,
    TIGHT_LANDMARKS,
    HullShape,
    face_frame,
    face_hull,
    feather,
    fill,
    scaled_landmarks,
    to_face,
    to_pixels,
)


def turned(landmarks, degrees, center=(128.0, 128.0)):
    matrix = cv2.getRotationMatrix2D(center, degrees, 1.0)
    return [tuple(matrix[:, :2] @ point + matrix[:, 2]) for point in landmarks]


FRONTAL = scaled_landmarks(MARGIN_LANDMARKS, 256, 256)
TIGHT = scaled_landmarks(TIGHT_LANDMARKS, 256, 256)
LOOKING_RIGHT = [(120.0, 108.0), (150.0, 106.0), (155.0, 145.0), (122.0, 180.0), (146.0, 179.0)]
PROFILE = [(140.0, 105.0), (146.0, 105.0), (165.0, 140.0), (142.0, 175.0), (150.0, 176.0)]
LOOKING_UP = [(90.0, 120.0), (166.0, 120.0), (128.0, 122.0), (98.0, 150.0), (158.0, 150.0)]


@pytest.mark.parametrize(
    "landmarks",
    [FRONTAL, TIGHT, LOOKING_RIGHT, PROFILE, LOOKING_UP, turned(FRONTAL, 35), turned(FRONTAL, 180)],
    ids=["frontal", "tight", "right", "profile", "up", "rolled", "upside down"],
)
@pytest.mark.parametrize("shape", [None, HullShape(forehead=0.35, chin=1.3, width=0.7)])
def test_hull_is_convex_and_contains_the_five_points(landmarks, shape):
    hull = face_hull(landmarks, shape)
    assert cv2.isContourConvex(hull)
    for point in landmarks:
        assert cv2.pointPolygonTest(hull, (float(point[0]), float(point[1])), True) >= -0.01


def test_hull_of_a_frontal_face_lies_between_hairline_and_chin_and_is_symmetrical():
    hull = face_hull(FRONTAL)
    eyes_y, unit = 0.42 * 256, 0.29 * 256
    assert hull[:, 1].min() == pytest.approx(eyes_y - 0.65 * unit, abs=1)
    assert hull[:, 1].max() == pytest.approx(eyes_y + 1.6 * unit, abs=1)
    assert hull[:, 0].min() + hull[:, 0].max() == pytest.approx(256, abs=1)


def test_hull_turns_and_grows_with_the_face():
    area = cv2.contourArea(face_hull(FRONTAL))
    assert cv2.contourArea(face_hull(turned(FRONTAL, 60))) == pytest.approx(area, rel=0.01)
    assert cv2.contourArea(face_hull(scaled_landmarks(MARGIN_LANDMARKS, 512, 512))) == pytest.approx(4 * area, rel=0.01)


def test_the_side_a_face_looks_to_is_narrower():
    hull = face_hull(LOOKING_RIGHT)
    eyes_x = 135
    assert hull[:, 0].max() - eyes_x < 0.8 * (eyes_x - hull[:, 0].min())


def test_face_coordinates_put_the_eyes_at_the_origin_and_the_mouth_one_below():
    for landmarks in (FRONTAL, turned(FRONTAL, -50)):
        points = to_face(face_frame(landmarks), np.asarray(landmarks))
        np.testing.assert_allclose(points[:2].mean(axis=0), (0, 0), atol=1e-9)
        np.testing.assert_allclose(points[3:].mean(axis=0), (0, 1), atol=1e-9)
        assert points[1, 0] > 0 > points[0, 0]
        np.testing.assert_allclose(to_pixels(face_frame(landmarks), points), landmarks)


@pytest.mark.parametrize(
    "landmarks",
    [[(5.0, 5.0)] * 5, FRONTAL[:4], [(float("nan"), 1.0), *FRONTAL[1:]]],
    ids=["one place", "four points", "not a number"],
)
def test_points_that_are_no_face_are_refused(landmarks):
    with pytest.raises(ValueError, match="face"):
        face_hull(landmarks)


def test_fill_covers_the_area_of_the_outline_and_leaves_the_rest_at_zero():
    hull = face_hull(FRONTAL)
    mask = fill(hull, 256, 256)
    assert mask.dtype == np.float32
    assert mask.shape == (256, 256)
    assert mask.sum() == pytest.approx(cv2.contourArea(hull), rel=0.02)
    assert mask[0, 0] == 0
    assert mask[140, 128] == 1


def test_feather_ends_after_three_deviations_and_keeps_the_area():
    mask = np.zeros((101, 121), dtype=np.float32)
    mask[40:61, 50:71] = 1
    soft = feather(mask, 4.0)
    assert soft.sum() == pytest.approx(mask.sum(), rel=0.03)
    assert soft[40 - 13].max() == 0
    assert 0 < soft[36, 60] < soft[44, 60] <= 1
    np.testing.assert_array_equal(feather(mask, 0), mask)
