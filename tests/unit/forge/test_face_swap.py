import cv2
import numpy as np
import pytest

from forensiclab.forge.face_swap import Alignment, Blending, SwapRecipe, align, swap_face, transfer_color
from forensiclab.forge.hull import MARGIN_LANDMARKS, scaled_landmarks

RECIPES = [SwapRecipe(alignment=alignment, blending=blending) for alignment in Alignment for blending in Blending]


def scene(width, height, seed, color=(130, 110, 100), contrast=20.0):
    rng = np.random.default_rng(seed)
    coarse = cv2.resize(rng.standard_normal((8, 8, 3)), (width, height), interpolation=cv2.INTER_CUBIC)
    picture = np.clip(np.array(color) + contrast * coarse, 0, 255).astype(np.uint8)
    picture.setflags(write=False)
    return picture


TARGET, TARGET_POINTS = scene(240, 200, 0), [(80.0, 70.0), (140.0, 74.0), (109.0, 105.0), (84.0, 135.0), (132.0, 138.0)]
DONOR, DONOR_POINTS = scene(300, 310, 1, color=(70, 90, 160)), scaled_landmarks(MARGIN_LANDMARKS, 300, 300)


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda r: f"{r.alignment}-{r.blending}")
def test_swap_keeps_the_background_and_is_the_same_each_time(recipe):
    forgery = swap_face(TARGET, TARGET_POINTS, DONOR, DONOR_POINTS, recipe)
    again = swap_face(TARGET, TARGET_POINTS, DONOR, DONOR_POINTS, recipe)
    np.testing.assert_array_equal(forgery.picture, again.picture)
    outside = forgery.mask == 0
    assert 0.1 < outside.mean() < 0.95
    np.testing.assert_array_equal(forgery.picture[outside], TARGET[outside])
    assert forgery.mask.min() >= 0
    assert forgery.mask.max() <= 1
    inner = forgery.mask > 0.9
    assert inner.any()
    assert (forgery.picture[inner] != TARGET[inner]).any(axis=1).mean() > 0.8


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda r: f"{r.alignment}-{r.blending}")
def test_a_face_swapped_with_itself_stays_the_same(recipe):
    forgery = swap_face(TARGET, TARGET_POINTS, TARGET, TARGET_POINTS, recipe)
    assert np.abs(forgery.picture.astype(int) - TARGET).max() <= 2


@pytest.mark.parametrize("blending", list(Blending))
def test_the_donor_takes_the_targets_colours(blending):
    fitted = swap_face(TARGET, TARGET_POINTS, DONOR, DONOR_POINTS, SwapRecipe(blending=blending))
    raw = swap_face(
        TARGET, TARGET_POINTS, DONOR, DONOR_POINTS, SwapRecipe(blending=Blending.FEATHER, has_color_transfer=False)
    )
    inner = raw.mask > 0.9
    face = TARGET[inner].mean(axis=0)
    assert np.abs(fitted.picture[inner].mean(axis=0) - face).max() < 12
    assert np.abs(raw.picture[inner].mean(axis=0) - face).max() > 40


def test_similarity_and_affine_recover_known_transforms():
    points = np.asarray(MARGIN_LANDMARKS) * 100
    turn = np.array([[0.8, -0.3, 5.0], [0.3, 0.8, -7.0]])
    shear = np.array([[1.2, 0.25, 3.0], [-0.1, 0.7, 9.0]])
    for matrix, alignment in ((turn, Alignment.SIMILARITY), (turn, Alignment.AFFINE), (shear, Alignment.AFFINE)):
        moved = points @ matrix[:, :2].T + matrix[:, 2]
        np.testing.assert_allclose(align(points, moved, alignment), matrix, atol=1e-9)
    found = align(points, points @ shear[:, :2].T + shear[:, 2], Alignment.SIMILARITY)
    assert found[0, 0] == pytest.approx(found[1, 1])
    assert found[0, 1] == pytest.approx(-found[1, 0])


def test_the_mask_ends_where_the_donors_picture_ends():
    half = DONOR[:, :150]
    forgery = swap_face(TARGET, TARGET_POINTS, half, DONOR_POINTS)
    whole = swap_face(TARGET, TARGET_POINTS, DONOR, DONOR_POINTS)
    columns = np.flatnonzero((forgery.mask > 0).any(axis=0))
    assert columns.max() <= 112
    assert np.flatnonzero((whole.mask > 0).any(axis=0)).max() > 140


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda r: f"{r.alignment}-{r.blending}")
@pytest.mark.parametrize(("dx", "dy"), [(-70, -60), (110, 70), (0, 80)])
def test_faces_that_leave_the_picture(dx, dy, recipe):
    points = [(x + dx, y + dy) for x, y in TARGET_POINTS]
    forgery = swap_face(TARGET, points, DONOR, DONOR_POINTS, recipe)
    outside = forgery.mask == 0
    np.testing.assert_array_equal(forgery.picture[outside], TARGET[outside])
    assert forgery.picture[~outside].min() > 10, "no black comes in"


def test_faces_without_a_common_part_are_refused():
    with pytest.raises(ValueError, match="in both pictures"):
        swap_face(TARGET, [(x + 900, y) for x, y in TARGET_POINTS], DONOR, DONOR_POINTS)
    with pytest.raises(ValueError, match="face"):
        swap_face(TARGET, TARGET_POINTS, DONOR, [(4.0, 4.0)] * 5)


def test_colour_transfer_gives_mean_and_spread_in_lab():
    layer, reference = (picture.astype(np.float32) for picture in (scene(80, 60, 3), scene(80, 60, 4, (90, 120, 120))))
    region = np.zeros((60, 80), dtype=bool)
    region[10:50, 20:60] = True
    moved = transfer_color(layer, reference, region)
    lab, lab_reference = (cv2.cvtColor(levels / 255, cv2.COLOR_RGB2LAB)[region] for levels in (moved, reference))
    np.testing.assert_allclose(lab.mean(axis=0), lab_reference.mean(axis=0), atol=0.5)
    before = cv2.cvtColor(layer / 255, cv2.COLOR_RGB2LAB)[region]
    expected = before.std(axis=0) * np.clip(lab_reference.std(axis=0) / before.std(axis=0), 0.7, 1.3)
    np.testing.assert_allclose(lab.std(axis=0), expected, rtol=0.05)


def test_what_is_behind_the_cheek_of_a_turned_donor_stays_out():
    turned = [(x + (0.13 * 300 if place == 2 else 0), y) for place, (x, y) in enumerate(DONOR_POINTS)]
    recipe = SwapRecipe(feather=0.0, alignment=Alignment.SIMILARITY)
    front, side = (swap_face(TARGET, TARGET_POINTS, DONOR, points, recipe).mask for points in (DONOR_POINTS, turned))
    right = [np.flatnonzero(mask[100]).max() for mask in (front, side)]
    assert right[1] < right[0] - 5
    assert side[100, 100] == 1
