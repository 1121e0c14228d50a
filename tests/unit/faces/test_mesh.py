from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from forensiclab.core.errors import WeightsError
from forensiclab.faces.mesh import MESH_POINTS, MeshFinder
from forensiclab.forge.mesh import five_points
from tests.portraits import portrait


@pytest.fixture(scope="module")
def finder() -> MeshFinder:
    return MeshFinder()


def test_the_mesh_sits_on_the_face(finder):
    crop = np.ascontiguousarray(portrait(0)[:, 16:144])
    found = finder.find(crop, margin=1.3)
    assert found.points_xy_px.shape == (MESH_POINTS, 2)
    assert found.score > 10
    left_eye, right_eye, nose, left_corner, right_corner = five_points(found.points_xy_px)
    assert left_eye[0] < nose[0] < right_eye[0]
    assert left_corner[0] < right_corner[0]
    assert max(left_eye[1], right_eye[1]) < nose[1] < min(left_corner[1], right_corner[1])
    # The portrait's pupils, read off the picture.
    assert left_eye == pytest.approx((44, 45), abs=8)


def test_the_mesh_moves_with_the_picture(finder):
    whole = portrait(0)
    one, other = (np.ascontiguousarray(whole[:, left : left + 120]) for left in (16, 24))
    moved = finder.find(one, margin=1.3).points_xy_px - finder.find(other, margin=1.3).points_xy_px
    np.testing.assert_allclose(np.median(moved, axis=0), (8, 0), atol=0.7)


def test_threads_share_a_finder(finder):
    crops = [np.ascontiguousarray(portrait(person)[:, 16:144]) for person in range(4)] * 6
    alone = [finder.find(crop, margin=1.3).points_xy_px for crop in crops]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda crop: finder.find(crop, margin=1.3).points_xy_px, crops))
    for first, second in zip(alone, together, strict=True):
        np.testing.assert_array_equal(first, second)


def test_noise_is_not_a_face(finder):
    noise = np.random.default_rng(0).integers(0, 256, (128, 128, 3), dtype=np.uint8)
    assert finder.find(noise, margin=1.3).score < 10


def test_a_damaged_network_is_refused_with_a_sentence(tmp_path: Path):
    damaged = tmp_path / "mesh.tflite"
    damaged.write_bytes(b"not a network")
    with pytest.raises(WeightsError, match="face mesh"):
        MeshFinder(damaged)
