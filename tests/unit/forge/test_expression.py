from dataclasses import replace

import cv2
import numpy as np
import pytest

from forensiclab.forge.expression import (
    DEFAULT_EXPRESSION,
    Donor,
    ExpressionRecipe,
    apply_expression,
    draw_expression,
)
from forensiclab.forge.hull import MARGIN_LANDMARKS, TIGHT_LANDMARKS, scaled_landmarks
from forensiclab.forge.self_blend import Texture

SIZE = 160
POINTS = scaled_landmarks(MARGIN_LANDMARKS, SIZE, SIZE)
PLAIN = replace(DEFAULT_EXPRESSION, textures=(Texture.KEPT,), brightness=0.0)


def face(mouth_down_px=0, seed=0):
    """Texture with a dark mouth, which may stand lower."""
    rng = np.random.default_rng(seed)
    picture = cv2.resize(
        rng.integers(90, 200, (20, 20, 3)).astype(np.uint8), (SIZE, SIZE), interpolation=cv2.INTER_CUBIC
    )
    middle = (SIZE // 2, round(0.71 * SIZE) + mouth_down_px)
    cv2.ellipse(picture, middle, (18, 5), 0, 0, 360, (60, 10, 20), -1, cv2.LINE_AA)
    picture.setflags(write=False)
    return picture


FACE = face()


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("landmarks", [MARGIN_LANDMARKS, TIGHT_LANDMARKS], ids=["wide", "tight"])
def test_outside_the_mask_nothing_changes_and_inside_the_face_moves(seed, landmarks):
    points = scaled_landmarks(landmarks, SIZE, SIZE)
    forgery = apply_expression(FACE, points, draw_expression(np.random.default_rng(seed)))
    outside = forgery.mask == 0
    np.testing.assert_array_equal(forgery.picture[outside], FACE[outside])
    assert forgery.mask.min() >= 0
    assert 0.9 < forgery.mask.max() <= 1
    assert forgery.mask.dtype == np.float32
    assert 0.02 < (forgery.mask > 0.5).mean() < 0.7
    assert (forgery.picture != FACE).any()
    assert not forgery.picture.flags.writeable


def test_eyes_and_nose_stay_where_they_are():
    recipe = replace(PLAIN, raising=(0.09, 0.09), opening=(0.08, 0.08))
    forgery = apply_expression(FACE, POINTS, draw_expression(np.random.default_rng(2), recipe))
    for x, y in POINTS[:3]:
        near = np.s_[round(y) - 1 : round(y) + 2, round(x) - 1 : round(x) + 2]
        assert np.abs(forgery.picture[near].astype(int) - FACE[near]).max() <= 3


def test_same_state_same_forgery_and_another_differs():
    first, again, other = (
        apply_expression(FACE, POINTS, draw_expression(np.random.default_rng(seed))) for seed in (3, 3, 4)
    )
    np.testing.assert_array_equal(first.picture, again.picture)
    np.testing.assert_array_equal(first.mask, again.mask)
    assert (first.picture != other.picture).any()


def mouth_row(picture):
    """Where the dark mouth is, in rows."""
    dark = np.clip(110.0 - picture[95:140, 62:98].mean(axis=2), 0, None)
    return float((dark.sum(axis=1) * np.arange(95, 140)).sum() / dark.sum())


def test_an_opening_mouth_goes_down():
    recipe = ExpressionRecipe(
        opening=(0.08, 0.08), smile=0, twist=0, raising=(0, 0), frown=(0, 0), brightness=0, textures=(Texture.KEPT,)
    )
    forgery = apply_expression(FACE, POINTS, draw_expression(np.random.default_rng(0), recipe))
    assert mouth_row(forgery.picture) > mouth_row(FACE) + 0.5


def test_the_mouth_follows_another_frame():
    still = ExpressionRecipe(
        opening=(0, 0), smile=0, twist=0, raising=(0, 0), frown=(0, 0), brightness=0, textures=(Texture.KEPT,)
    )
    plan = replace(draw_expression(np.random.default_rng(0), still), following=1.0)
    lower = Donor(picture=face(mouth_down_px=4), landmarks_xy_px=POINTS)
    followed = apply_expression(FACE, POINTS, plan, lower)
    assert mouth_row(followed.picture) == pytest.approx(mouth_row(FACE) + 4, abs=1.5)
    outside = followed.mask == 0
    np.testing.assert_array_equal(followed.picture[outside], FACE[outside])


def test_another_frame_is_aligned_before_it_is_followed():
    plan = draw_expression(np.random.default_rng(1), PLAIN)
    turn = cv2.getRotationMatrix2D((80, 80), 12, 1.1)
    moved = cv2.warpAffine(FACE, turn, (SIZE, SIZE), borderMode=cv2.BORDER_REFLECT_101)
    points = [tuple(turn[:, :2] @ point + turn[:, 2]) for point in POINTS]
    same = apply_expression(FACE, POINTS, plan, Donor(picture=FACE, landmarks_xy_px=POINTS))
    turned = apply_expression(FACE, POINTS, plan, Donor(picture=moved, landmarks_xy_px=points))
    assert np.abs(same.picture.astype(int) - turned.picture).mean() < 0.4
    assert np.abs(same.mask - turned.mask).mean() < 0.03


def test_frames_that_show_something_else_do_no_harm():
    plan = draw_expression(np.random.default_rng(1))
    noise = np.random.default_rng(0).integers(0, 256, FACE.shape, dtype=np.uint8)
    forgery = apply_expression(FACE, POINTS, plan, Donor(picture=noise, landmarks_xy_px=POINTS))
    outside = forgery.mask == 0
    np.testing.assert_array_equal(forgery.picture[outside], FACE[outside])
    assert np.abs(forgery.picture.astype(int) - FACE).mean() < 15


@pytest.mark.parametrize(("dx", "dy"), [(-60, 0), (55, 20), (0, 40)])
def test_faces_that_leave_the_picture(dx, dy):
    points = [(x + dx, y + dy) for x, y in POINTS]
    forgery = apply_expression(FACE, points, draw_expression(np.random.default_rng(5)))
    outside = forgery.mask == 0
    np.testing.assert_array_equal(forgery.picture[outside], FACE[outside])


def test_points_that_are_no_face_are_refused():
    plan = draw_expression(np.random.default_rng(0))
    with pytest.raises(ValueError, match="eyes and mouth"):
        apply_expression(FACE, [(4.0, 4.0)] * 5, plan)
    with pytest.raises(ValueError, match="outside the picture"):
        apply_expression(FACE, [(x + 900, y) for x, y in POINTS], plan)
