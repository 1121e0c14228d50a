import cv2
import numpy as np
import pytest

from forensiclab.faces.mesh import MeshFinder
from forensiclab.forge.blend import Forgery
from forensiclab.forge.expression import Donor, draw_expression
from forensiclab.forge.face_swap import draw_swap
from forensiclab.forge.families import Family, apply, draw, forge_crop
from forensiclab.forge.mesh import MeshRegion, aligned, five_points, region_outlines, warp_to
from forensiclab.forge.mesh_swap import express_mesh, swap_mesh, turn
from tests.portraits import portrait

FACE = np.ascontiguousarray(np.repeat(np.repeat(portrait(0)[:, 16:144], 2, axis=0), 2, axis=1))
OTHER = np.ascontiguousarray(np.repeat(np.repeat(portrait(3, 4)[:, 16:144], 2, axis=0), 2, axis=1))


@pytest.fixture(scope="module")
def mesh():
    return MeshFinder().find(FACE, margin=1.3).points_xy_px


@pytest.fixture(scope="module")
def other_mesh():
    return MeshFinder().find(OTHER, margin=1.3).points_xy_px


def area(outlines) -> float:
    return sum(cv2.contourArea(outline) for outline in outlines)


@pytest.mark.parametrize("region", MeshRegion)
def test_regions_lie_in_the_face(mesh, region):
    oval = region_outlines(mesh, MeshRegion.OVAL, 1.02)[0]
    for outline in region_outlines(mesh, region):
        assert cv2.isContourConvex(outline)
        assert all(cv2.pointPolygonTest(oval, (float(x), float(y)), False) >= 0 for x, y in outline)
    grown = area(region_outlines(mesh, region, 1.2))
    assert grown == pytest.approx(1.44 * area(region_outlines(mesh, region)), rel=1e-3)


def test_regions_are_what_their_names_say(mesh):
    left_eye, right_eye, nose, left_corner, _ = five_points(mesh)

    def holds(region: MeshRegion, point: tuple[float, float]) -> bool:
        return any(cv2.pointPolygonTest(outline, point, False) > 0 for outline in region_outlines(mesh, region))

    mouth = (nose[0], left_corner[1])
    assert holds(MeshRegion.MOUTH, mouth)
    assert not holds(MeshRegion.MOUTH, left_eye)
    assert holds(MeshRegion.LOWER, mouth)
    assert not holds(MeshRegion.LOWER, right_eye)
    assert all(holds(MeshRegion.FEATURES, point) for point in (left_eye, right_eye, nose, mouth))
    assert len(region_outlines(mesh, MeshRegion.CHEEKS)) == 2
    assert not any(holds(MeshRegion.CHEEKS, point) for point in (left_eye, right_eye, nose, mouth))
    top = mesh[10] + 0.15 * (mesh[168] - mesh[10])
    assert holds(MeshRegion.OVAL, tuple(map(float, top)))
    assert not holds(MeshRegion.NO_FOREHEAD, tuple(map(float, top)))


def test_a_moved_mesh_is_brought_back(mesh):
    angle = np.deg2rad(25)
    rotation = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    moved = (1.7 * mesh @ rotation.T + (40, -12)).astype(np.float32)
    np.testing.assert_allclose(aligned(moved, mesh), mesh, atol=1e-2)


def test_a_warp_leads_every_pixel_back(mesh):
    height, width = FACE.shape[:2]
    grid = np.stack(np.meshgrid(np.arange(width), np.arange(height)), axis=-1).astype(np.float32)
    still = warp_to(mesh, mesh, width, height)
    is_known = np.isfinite(still[..., 0])
    assert is_known[round(float(mesh[4, 1])), round(float(mesh[4, 0]))]
    assert not is_known[0, 0] or mesh.min() < 0
    np.testing.assert_allclose(still[is_known], grid[is_known], atol=0.05)
    doubled = warp_to(mesh, 2 * mesh + 3, width, height)
    np.testing.assert_allclose(doubled[is_known], 2 * grid[is_known] + 3, atol=0.05)


def exact(forgery: Forgery) -> None:
    outside = forgery.mask == 0
    np.testing.assert_array_equal(forgery.picture[outside], FACE[outside])
    assert forgery.mask.max() <= 1
    assert (forgery.mask > 0.5).any()


@pytest.mark.parametrize("family", Family)
@pytest.mark.parametrize("seed", range(4))
def test_masks_are_exact_with_a_mesh(family, seed, mesh, other_mesh):
    donor = Donor(picture=OTHER, landmarks_xy_px=five_points(other_mesh), mesh=other_mesh)
    forgery = forge_crop(family, FACE, five_points(mesh), np.random.default_rng(seed), donor, mesh)
    outside = forgery.mask == 0
    np.testing.assert_array_equal(forgery.picture[outside], FACE[outside])
    assert (forgery.picture != FACE).any()
    again = forge_crop(family, FACE, five_points(mesh), np.random.default_rng(seed), donor, mesh)
    np.testing.assert_array_equal(forgery.picture, again.picture)


def test_a_face_swapped_with_itself_stays(mesh):
    forgery = swap_mesh(FACE, mesh, FACE, mesh, draw_swap(np.random.default_rng(0)))
    exact(forgery)
    inner = forgery.mask > 0.9
    assert np.abs(forgery.picture.astype(int) - FACE)[inner].mean() < 3


def test_a_swap_brings_the_donors_face(mesh, other_mesh):
    forgery = swap_mesh(FACE, mesh, OTHER, other_mesh, draw_swap(np.random.default_rng(1)))
    exact(forgery)


def test_heads_turned_otherwise_do_not_fit(mesh):
    turned = mesh.copy()
    turned[4, 0] = mesh[234, 0] + 0.05 * (mesh[454, 0] - mesh[234, 0])
    assert abs(turn(turned) - turn(mesh)) > 0.35
    with pytest.raises(ValueError, match="turned too differently"):
        swap_mesh(FACE, mesh, FACE, turned, draw_swap(np.random.default_rng(0)))


def test_an_expression_moves_the_mouth_and_leaves_the_rim(mesh):
    opened = mesh.copy()
    lower_lip = [17, 314, 405, 321, 375, 84, 181, 91, 146]
    opened[lower_lip, 1] += 0.15 * float(mesh[152, 1] - mesh[10, 1])
    forgery = express_mesh(FACE, mesh, opened, draw_expression(np.random.default_rng(0)))
    exact(forgery)
    nose_y, chin_y, forehead_y = (int(mesh[index, 1]) for index in (2, 152, 151))
    assert (forgery.mask[nose_y:chin_y] > 0.5).any()
    assert not (forgery.mask[:forehead_y] > 0.5).any()


def test_a_plan_with_a_mesh_is_the_same_in_a_larger_frame(mesh):
    frame = np.full((400, 420, 3), 90, dtype=np.uint8)
    frame[60 : 60 + FACE.shape[0], 80 : 80 + FACE.shape[1]] = FACE
    plan = draw(Family.TEXTURE, np.random.default_rng(3))
    moved = mesh + np.array((80, 60), dtype=np.float32)
    here = apply(plan, FACE, five_points(mesh), None, mesh)
    there = apply(plan, frame, five_points(moved), None, moved)
    inner = there.mask[60 : 60 + FACE.shape[0], 80 : 80 + FACE.shape[1]]
    np.testing.assert_allclose(inner, here.mask, atol=0.03)
