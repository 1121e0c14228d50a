import numpy as np
import pytest
from PIL import Image

from forensiclab.core.geometry import crop_region
from forensiclab.core.resources import resource_path
from forensiclab.faces.crop import cut_region
from forensiclab.faces.finder import FaceFinder
from training.datasets.margin import measure_margin


@pytest.fixture(scope="module")
def finder() -> FaceFinder:
    return FaceFinder(min_face_px=40)


@pytest.mark.parametrize("margin", [0.9, 1.3])
def test_margin_of_crops_that_were_cut_with_it(finder, margin):
    with Image.open(resource_path("demo", "astronaut.jpg")) as file:
        picture = np.asarray(file.convert("RGB"))
    (face,) = (face for face in finder.find(picture) if face.confidence > 0.99)
    crop = cut_region(picture, crop_region(face.box_xyxy_px, margin, picture.shape[1], picture.shape[0]))
    found = measure_margin([crop], finder)
    assert found.median == pytest.approx(margin, rel=0.1)
    assert (found.crops, found.without_face) == (1, 0)


def test_crops_without_a_face(finder):
    flat = np.full((96, 96, 3), 80, np.uint8)
    with pytest.raises(ValueError, match="no crop shows a face"):
        measure_margin([flat], finder)
