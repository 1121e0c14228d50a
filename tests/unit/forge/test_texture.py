from dataclasses import replace

import cv2
import numpy as np
import pytest

from forensiclab.forge.hull import MARGIN_LANDMARKS, TIGHT_LANDMARKS, scaled_landmarks
from forensiclab.forge.texture import DEFAULT_TEXTURE, TextureRecipe, apply_texture, draw_texture

SIZE = 192


def textured(seed=0, size=SIZE):
    rng = np.random.default_rng(seed)
    coarse = cv2.resize(rng.standard_normal((8, 8, 3)), (size, size), interpolation=cv2.INTER_CUBIC)
    picture = np.clip(130 + 35 * coarse + 9 * rng.standard_normal((size, size, 3)), 0, 255).astype(np.uint8)
    picture.setflags(write=False)
    return picture


PICTURE = textured()
POINTS = scaled_landmarks(MARGIN_LANDMARKS, SIZE, SIZE)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("landmarks", [MARGIN_LANDMARKS, TIGHT_LANDMARKS], ids=["wide", "tight"])
def test_only_the_region_of_the_mouth_changes(seed, landmarks):
    points = scaled_landmarks(landmarks, SIZE, SIZE)
    forgery = apply_texture(PICTURE, points, draw_texture(np.random.default_rng(seed)))
    outside = forgery.mask == 0
    np.testing.assert_array_equal(forgery.picture[outside], PICTURE[outside])
    assert forgery.mask.min() >= 0
    assert forgery.mask.max() <= 1
    inner = forgery.mask > 0.9
    assert inner[round(points[3][1]), round((points[3][0] + points[4][0]) / 2)]
    assert not forgery.mask[: round(points[0][1])].any(), "the eyes stay real"
    change = np.abs(forgery.picture.astype(int) - PICTURE)[inner].mean()
    assert 1 < change < 25


def test_fine_texture_is_lost_and_coarse_structure_stays():
    forgery = apply_texture(PICTURE, POINTS, draw_texture(np.random.default_rng(0)))
    inner = cv2.erode((forgery.mask > 0.99).astype(np.uint8), np.ones((5, 5), np.uint8)) > 0

    def detail(picture):
        return cv2.Laplacian(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(np.float32), cv2.CV_32F)[inner].var()

    assert detail(forgery.picture) < 0.5 * detail(PICTURE)
    smooth = [cv2.GaussianBlur(picture.astype(np.float32), (0, 0), 6) for picture in (forgery.picture, PICTURE)]
    assert np.abs(smooth[0] - smooth[1])[inner].mean() < 8


def test_strong_structure_survives_the_code():
    picture = np.full((SIZE, SIZE, 3), 150, np.uint8)
    row = round(0.71 * SIZE)
    picture[row - 3 : row + 4, 70:122] = (60, 10, 20)
    still = TextureRecipe(stretch=0, shift=0, shade=0, grid=(0, 0))
    forgery = apply_texture(picture, POINTS, draw_texture(np.random.default_rng(1), still))
    contrast = forgery.picture[row, 90:100].mean() - forgery.picture[row + 12, 90:100].mean()
    assert contrast < 0.6 * (30 - 150)


def test_the_grid_of_up_sampling_shows_in_the_spectrum():
    flat = np.full((SIZE, SIZE, 3), 128, np.uint8)
    recipe = replace(DEFAULT_TEXTURE, grid=(0.012, 0.012), shade=0, step=(1.0, 1.0))
    forgery = apply_texture(flat, POINTS, draw_texture(np.random.default_rng(2), recipe))
    without = apply_texture(flat, POINTS, draw_texture(np.random.default_rng(2), replace(recipe, grid=(0, 0))))
    assert forgery.picture[forgery.mask > 0.9].astype(float).std() > 0.3
    assert without.picture.astype(float).std() == 0


def test_same_state_same_forgery_and_another_differs():
    first, again, other = (apply_texture(PICTURE, POINTS, draw_texture(np.random.default_rng(s))) for s in (3, 3, 4))
    np.testing.assert_array_equal(first.picture, again.picture)
    np.testing.assert_array_equal(first.mask, again.mask)
    assert (first.mask != other.mask).any()


@pytest.mark.parametrize(("dx", "dy"), [(-70, 0), (60, 30), (0, 60)])
def test_faces_that_leave_the_picture(dx, dy):
    points = [(x + dx, y + dy) for x, y in POINTS]
    forgery = apply_texture(PICTURE, points, draw_texture(np.random.default_rng(5)))
    outside = forgery.mask == 0
    np.testing.assert_array_equal(forgery.picture[outside], PICTURE[outside])
    assert forgery.picture[~outside].min() > 5, "no black comes in"


def test_points_that_are_no_face_are_refused():
    plan = draw_texture(np.random.default_rng(0))
    with pytest.raises(ValueError, match="eyes and mouth"):
        apply_texture(PICTURE, [(4.0, 4.0)] * 5, plan)
    with pytest.raises(ValueError, match="outside the picture"):
        apply_texture(PICTURE, [(x, y - 900) for x, y in POINTS], plan)
