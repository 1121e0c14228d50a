from dataclasses import replace

import cv2
import numpy as np
import pytest

from forensiclab.core.errors import ShapeError
from forensiclab.forge.hull import MARGIN_LANDMARKS, scaled_landmarks
from forensiclab.forge.self_blend import (
    DEFAULT_RECIPE,
    BlendRecipe,
    Texture,
    apply_blend,
    draw_blend,
    self_blend,
)


def structured(width, height, seed=0, level=128.0, contrast=60.0):
    """A picture with coarse and fine structure in all channels."""
    rng = np.random.default_rng(seed)
    coarse = cv2.resize(rng.standard_normal((6, 6, 3)), (width, height), interpolation=cv2.INTER_CUBIC)
    fine = rng.standard_normal((height, width, 3)) * 0.15
    picture = np.clip(level + contrast * (coarse + fine), 0, 255).astype(np.uint8)
    picture.setflags(write=False)
    return picture


PICTURE = structured(256, 256)
LANDMARKS = scaled_landmarks(MARGIN_LANDMARKS, 256, 256)


def assert_exact(forgery, picture):
    assert forgery.picture.shape == picture.shape
    assert forgery.picture.dtype == np.uint8
    assert forgery.mask.shape == picture.shape[:2]
    assert forgery.mask.dtype == np.float32
    assert forgery.mask.min() >= 0
    assert forgery.mask.max() <= 1
    assert forgery.mask.any()
    outside = forgery.mask == 0
    np.testing.assert_array_equal(forgery.picture[outside], picture[outside])
    assert (forgery.picture != picture).any()


@pytest.mark.parametrize("seed", range(24))
def test_mask_is_exact_and_the_face_changes(seed):
    forgery = self_blend(PICTURE, LANDMARKS, np.random.default_rng(seed))
    assert_exact(forgery, PICTURE)
    assert (forgery.mask == 0).mean() > 0.2, "some of a crop of margin 1.3 stays real"
    inner = forgery.mask > 0.45
    assert inner.mean() > 0.05
    change = np.abs(forgery.picture.astype(int) - PICTURE)[inner].mean()
    assert 1 < change < 60


def test_same_generator_same_forgery_and_another_differs():
    first, again, other = (self_blend(PICTURE, LANDMARKS, np.random.default_rng(seed)) for seed in (3, 3, 4))
    np.testing.assert_array_equal(first.picture, again.picture)
    np.testing.assert_array_equal(first.mask, again.mask)
    assert (first.picture != other.picture).any()
    assert (first.mask != other.mask).any()


def test_a_generator_that_goes_on_gives_another_forgery():
    rng = np.random.default_rng(0)
    assert (self_blend(PICTURE, LANDMARKS, rng).mask != self_blend(PICTURE, LANDMARKS, rng).mask).any()


def test_without_points_the_usual_place_in_a_crop_is_taken():
    guessed = self_blend(PICTURE, None, np.random.default_rng(1))
    given = self_blend(PICTURE, LANDMARKS, np.random.default_rng(1))
    np.testing.assert_array_equal(guessed.picture, given.picture)


@pytest.mark.parametrize(
    ("dx", "dy"),
    [(-100, 0), (100, 0), (0, -110), (0, 90), (-90, -100)],
    ids=["left", "right", "top", "bottom", "corner"],
)
def test_faces_that_leave_the_picture(dx, dy):
    landmarks = [(x + dx, y + dy) for x, y in LANDMARKS]
    for seed in range(6):
        forgery = self_blend(PICTURE, landmarks, np.random.default_rng(seed))
        assert_exact(forgery, PICTURE)
        assert forgery.picture[forgery.mask > 0].min(axis=1).mean() > 20, "no black from outside comes in"


def test_a_face_outside_the_picture_is_refused():
    with pytest.raises(ValueError, match="outside the picture"):
        self_blend(PICTURE, [(x + 2000, y) for x, y in LANDMARKS], np.random.default_rng(0))


@pytest.mark.parametrize("texture", list(Texture))
@pytest.mark.parametrize(("width", "height"), [(5, 5), (9, 13), (33, 21), (223, 179)])
def test_tiny_and_odd_pictures(width, height, texture):
    picture = structured(width, height)
    recipe = BlendRecipe(textures=(texture,))
    for seed in range(3):
        assert_exact(self_blend(picture, None, np.random.default_rng(seed), recipe), picture)


@pytest.mark.parametrize("level", [12, 40, 128, 215, 251])
def test_change_of_colour_follows_the_light(level):
    picture = structured(128, 128, level=level, contrast=3)
    changes = []
    for seed in range(12):
        forgery = self_blend(picture, None, np.random.default_rng(seed))
        assert_exact(forgery, picture)
        inner = forgery.mask > 0.9 * forgery.mask.max()
        changes.append(np.abs(forgery.picture[inner].mean(axis=0) - picture[inner].mean(axis=0)).max())
    assert max(changes) <= 0.19 * level + 3


def test_textures_do_what_they_say():
    still = replace(
        DEFAULT_RECIPE, shift=0, scale=0, rotation_deg=0, face_warp=0, brightness=0, tint=0, contrast=0, saturation=0
    )
    still = replace(still, hue_deg=0, opacities=(1.0,))

    def detail(texture):
        forgery = self_blend(PICTURE, LANDMARKS, np.random.default_rng(0), replace(still, textures=(texture,)))
        luma = cv2.cvtColor(forgery.picture, cv2.COLOR_RGB2GRAY).astype(np.float32)
        return cv2.Laplacian(luma, cv2.CV_32F)[forgery.mask > 0.99].var()

    kept = detail(Texture.KEPT)
    assert detail(Texture.SOFTENED) < 0.7 * kept
    assert detail(Texture.SHARPENED) > 1.3 * kept
    assert detail(Texture.RECOMPRESSED) != pytest.approx(kept, rel=1e-6)


def test_colours_change_but_grey_has_no_hue():
    grey = np.repeat(structured(96, 96)[..., :1], 3, axis=2)
    recipe = replace(DEFAULT_RECIPE, tint=0, textures=(Texture.KEPT,))
    forgery = self_blend(grey, None, np.random.default_rng(0), recipe)
    assert np.ptp(forgery.picture.astype(int), axis=2).max() <= 1


def test_a_plan_moves_with_the_face():
    plan = draw_blend(np.random.default_rng(5))
    large = structured(400, 320, seed=2)
    here = apply_blend(large, [(x + 10, y + 12) for x, y in LANDMARKS], plan)
    there = apply_blend(large, [(x + 90, y + 42) for x, y in LANDMARKS], plan)
    np.testing.assert_allclose(here.mask[:250, :300], there.mask[30:280, 80:380], atol=1e-3)


def test_the_forgery_cannot_be_changed_and_the_picture_is_not():
    before = PICTURE.copy()
    forgery = self_blend(PICTURE, LANDMARKS, np.random.default_rng(0))
    np.testing.assert_array_equal(PICTURE, before)
    assert not forgery.picture.flags.writeable
    assert not forgery.mask.flags.writeable


@pytest.mark.parametrize("shape", [(64, 64), (64, 64, 4)])
def test_only_rgb_is_taken(shape):
    with pytest.raises(ShapeError):
        self_blend(np.zeros(shape, dtype=np.uint8), None, np.random.default_rng(0))
