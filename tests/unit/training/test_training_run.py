import numpy as np

from forensiclab.forge.hull import TIGHT_LANDMARKS, scaled_landmarks
from forensiclab.forge.self_blend import self_blend
from training.training_run import _self_blend


def test_blended_forgeries_lie_where_the_face_is_in_tight_crops() -> None:
    picture = np.random.default_rng(0).integers(0, 256, (224, 224, 3), dtype=np.uint8)
    forged = _self_blend()(picture, np.random.default_rng(1))
    at_the_face = self_blend(picture, scaled_landmarks(TIGHT_LANDMARKS, 224, 224), np.random.default_rng(1))
    elsewhere = self_blend(picture, None, np.random.default_rng(1))
    np.testing.assert_array_equal(forged, at_the_face.picture)
    assert (forged != elsewhere.picture).any()
