import numpy as np
import pytest

from forensiclab.core.errors import ForensicLabError
from forensiclab.gui.player.frame_file import proposed_name, save_png
from forensiclab.gui.widgets.images import to_image


def test_a_folder_that_is_not_there_is_named(tmp_path):
    image = to_image(np.zeros((4, 6, 3), np.uint8))
    with pytest.raises(ForensicLabError, match="was not written"):
        save_png(image, tmp_path / "nowhere" / "a.png", tmp_path / "clip.mp4", 0.0)
    assert proposed_name(tmp_path / "clip.mp4", 3723.5) == "clip 1-02-03.500.png"
