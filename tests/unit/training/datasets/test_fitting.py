"""Stored crops reach a network as the program cuts and resizes faces."""

import numpy as np
import pytest

from forensiclab.core.records import CropRule, Face, Picture, TrackedFace
from forensiclab.faces.crop import cut_crop
from training.datasets.crops import CROP_MARGIN
from training.datasets.fitting import fit, fit_margin


@pytest.fixture
def picture() -> Picture:
    rng = np.random.default_rng(0)
    coarse = rng.integers(0, 256, (8, 8, 3), dtype=np.uint8)
    return fit(coarse, 96)


@pytest.mark.parametrize("side", [60, 96, 224])
def test_crops_are_resized_as_the_program_resizes_faces(picture: Picture, side: int) -> None:
    """A face whose region is exactly the crop must reach the network the same way in both."""
    face = Face(box_xyxy_px=(0.0, 0.0, 96.0, 96.0), landmarks_xy_px=None, confidence=None)
    tracked = TrackedFace(track_id=0, frame_index=0, pts_s=0.0, face=face)
    crop = cut_crop(picture, tracked, CropRule(size_px=side, margin=1.0), qp=None, picture_type=None)
    np.testing.assert_array_equal(fit(picture, side), crop.picture)


def test_a_narrower_margin_cuts_the_middle_out(picture: Picture) -> None:
    np.testing.assert_array_equal(fit_margin(picture, CROP_MARGIN / 2, 48), picture[24:72, 24:72])
    np.testing.assert_array_equal(fit_margin(picture, CROP_MARGIN, 96), picture)
    np.testing.assert_array_equal(fit_margin(picture, 2.0, 96), picture)
