"""A face to look at, and a detector with seeded weights to look at it with."""

import numpy as np
import pytest
import torch
from PIL import Image

from forensiclab.core.resources import resource_path
from forensiclab.detectors.meso_inception4 import MesoInception4
from forensiclab.detectors.weights import save_weights


@pytest.fixture(scope="session")
def portrait():
    """The portrait's upper half, 256 x 192, uint8 RGB."""
    with Image.open(resource_path("demo", "astronaut.jpg")) as picture:
        rgb = picture.convert("RGB")
        upper = rgb.crop((0, 0, rgb.width, rgb.width * 3 // 4))
        return np.asarray(upper.resize((256, 192), Image.Resampling.LANCZOS))


@pytest.fixture(scope="session")
def portrait_frames(portrait):
    """The portrait drifting by a pixel a frame: 12 frames of 240 x 176."""
    return [np.ascontiguousarray(portrait[8 : 8 + 176, i : i + 240]) for i in range(12)]


@pytest.fixture
def seeded(tmp_path, monkeypatch, make_card):
    """Weights named ``seeded`` in a home of their own: no shipped weights are needed."""
    monkeypatch.setenv("FORENSICLAB_WEIGHTS", str(tmp_path / "weights"))
    torch.manual_seed(5)
    save_weights(MesoInception4(), tmp_path / "weights" / "seeded", make_card("seeded"))
    return "seeded"
