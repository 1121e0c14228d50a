import time
from dataclasses import replace

import cv2
import numpy as np
import pytest

from forensiclab.core.errors import SettingsError, ShapeError
from forensiclab.forge.expression import Donor
from forensiclab.forge.families import Family, apply, draw, forge_crop, surroundings
from forensiclab.forge.hull import MARGIN_LANDMARKS, TIGHT_LANDMARKS, scaled_landmarks
from forensiclab.forge.self_blend import BlendPlan, Texture


def textured(seed, width=224, height=224):
    rng = np.random.default_rng(seed)
    coarse = cv2.resize(rng.standard_normal((9, 9, 3)), (width, height), interpolation=cv2.INTER_CUBIC)
    picture = np.clip(130 + 35 * coarse + 6 * rng.standard_normal((height, width, 3)), 0, 255).astype(np.uint8)
    picture.setflags(write=False)
    return picture


PICTURE, OTHER = textured(0), textured(1)
POINTS = scaled_landmarks(MARGIN_LANDMARKS, 224, 224)
TIGHT = scaled_landmarks(TIGHT_LANDMARKS, 224, 224)
DONOR = Donor(picture=OTHER, landmarks_xy_px=POINTS)
each_family = pytest.mark.parametrize("family", list(Family))


@each_family
@pytest.mark.parametrize("points", [POINTS, TIGHT], ids=["wide", "tight"])
@pytest.mark.parametrize("seed", range(3))
def test_masks_are_exact(family, points, seed):
    donor = Donor(picture=OTHER, landmarks_xy_px=points)
    forgery = forge_crop(family, PICTURE, points, np.random.default_rng(seed), donor)
    outside = forgery.mask == 0
    np.testing.assert_array_equal(forgery.picture[outside], PICTURE[outside])
    assert forgery.mask.shape == PICTURE.shape[:2]
    assert forgery.mask.min() >= 0
    assert 0 < forgery.mask.max() <= 1
    changed = (forgery.picture != PICTURE).any(axis=2)
    assert changed[forgery.mask > 0.4].mean() > 0.5, "the mask is where the change is"
    assert not forgery.picture.flags.writeable
    assert not forgery.mask.flags.writeable


@each_family
def test_same_state_same_forgery_and_another_differs(family):
    first, again, other = (
        forge_crop(family, PICTURE, POINTS, np.random.default_rng(seed), DONOR) for seed in (3, 3, 4)
    )
    np.testing.assert_array_equal(first.picture, again.picture)
    np.testing.assert_array_equal(first.mask, again.mask)
    assert (first.picture != other.picture).any()


@each_family
def test_a_plan_moves_with_the_face(family):
    plan = draw(family, np.random.default_rng(5))
    if isinstance(plan, BlendPlan):  # pixels of a low resolution lie in the picture, not on the face
        plan = replace(plan, texture=Texture.KEPT)
    wide = textured(2, 520, 460)
    x, y = 120, 90
    crop = np.ascontiguousarray(wide[y : y + 330, x : x + 330])
    points = [(px + 50, py + 50) for px, py in POINTS]
    here = apply(plan, crop, points, DONOR)
    there = apply(plan, wide, [(px + x, py + y) for px, py in points], DONOR)
    np.testing.assert_allclose(there.mask[y : y + 330, x : x + 330], here.mask, atol=0.02)
    inner = here.mask > 0.5
    change = np.abs(there.picture[y : y + 330, x : x + 330].astype(int) - here.picture)[inner]
    assert change.mean() < 1.5, "the same forgery in a crop and in its frame"


@each_family
def test_only_the_surroundings_of_a_face_are_touched_in_a_frame(family):
    frame = textured(3, 700, 500)
    points = [(x * 0.4 + 500, y * 0.4 + 60) for x, y in POINTS]
    forgery = apply(draw(family, np.random.default_rng(1)), frame, points, DONOR)
    left, top, right, bottom = surroundings(points, 700, 500)
    assert (right - left) * (bottom - top) < 0.4 * 700 * 500
    far = np.ones((500, 700), dtype=bool)
    far[top:bottom, left:right] = False
    assert not forgery.mask[far].any()
    np.testing.assert_array_equal(forgery.picture[far], frame[far])
    edge = forgery.mask[top:bottom, left:right]
    assert max(edge[0].max(), edge[-1].max(), edge[:, 0].max()) == 0, "the mask ends before the surroundings do"


def test_a_face_swap_brings_the_donor_and_needs_one():
    forgery = forge_crop(Family.FACE_SWAP, PICTURE, POINTS, np.random.default_rng(0), DONOR)
    inner = forgery.mask > 0.95
    like = [
        np.corrcoef(cv2.GaussianBlur(forgery.picture, (0, 0), 3)[inner].ravel(), seen[inner].ravel())[0, 1]
        for seen in (OTHER, PICTURE)
    ]
    assert like[0] > 0.7 > like[1]
    with pytest.raises(ValueError, match="needs a donor"):
        forge_crop(Family.FACE_SWAP, PICTURE, POINTS, np.random.default_rng(0))


def test_families_are_read_by_name():
    assert [Family.parse(str(family)) for family in Family] == list(Family)
    with pytest.raises(SettingsError, match="no family of forgeries 'deepfake'; there are: self_blend, expression"):
        Family.parse("deepfake")
    published = {"Deepfakes", "Face2Face", "FaceSwap", "NeuralTextures", "FaceShifter", "DeepFakeDetection"}
    assert {family.mirrors for family in Family} < published
    assert not {family.folder for family in Family} & published


@each_family
def test_bad_input_is_refused(family):
    plan = draw(family, np.random.default_rng(0))
    with pytest.raises(ShapeError):
        apply(plan, PICTURE[..., 0], POINTS, DONOR)
    with pytest.raises(ValueError, match="outside the picture"):
        apply(plan, PICTURE, [(x + 4000, y) for x, y in POINTS], DONOR)
    with pytest.raises(ValueError, match="five finite points"):
        apply(plan, PICTURE, POINTS[:4], DONOR)


@each_family
def test_time_of_a_crop_is_printed(family):
    donor = Donor(picture=OTHER, landmarks_xy_px=TIGHT)
    forge_crop(family, PICTURE, TIGHT, np.random.default_rng(0), donor)
    start_s = time.process_time()
    made = [forge_crop(family, PICTURE, TIGHT, np.random.default_rng(seed), donor) for seed in range(5)]
    print(f"{family}: {(time.process_time() - start_s) / 5 * 1000:.1f} ms a crop of 224 px")  # noqa: T201
    assert all(forgery.mask.any() for forgery in made)
