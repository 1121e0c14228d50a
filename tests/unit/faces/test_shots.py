import numpy as np
import pytest

from forensiclab.faces.shots import ShotDetector
from forensiclab.media.reader import MediaReader
from tests.unit.faces.scenes import texture


def cuts(frames) -> list[int]:
    detector = ShotDetector()
    return [i for i, frame in enumerate(frames) if detector.is_cut(frame)]


def scene(seed: int) -> np.ndarray:
    return texture(seed, 90, 160, cell_px=20)


def brighter(picture: np.ndarray, gain: float, lift: float) -> np.ndarray:
    return np.clip(picture * gain + lift, 0, 255).astype(np.uint8)


def test_a_cut_is_seen_once():
    assert cuts([scene(1)] * 5 + [scene(2)] * 5 + [scene(1)] * 5) == [5, 10]


def test_nothing_happens_in_a_still_scene_with_noise():
    rng = np.random.default_rng(0)
    noisy = [np.clip(scene(1) + rng.normal(0, 8, (90, 160)), 0, 255).astype(np.uint8) for _ in range(20)]
    assert cuts(noisy) == []


def test_flash_is_no_cut():
    flash = brighter(scene(1), 0.5, 120)
    assert cuts([scene(1)] * 4 + [flash] * 2 + [scene(1)] * 4) == []


def test_burnt_out_flash_is_no_cut():
    white = np.full((90, 160), 255, np.uint8)
    assert cuts([scene(1)] * 4 + [white] * 2 + [scene(1)] * 4) == []


def test_fade_out_and_in_is_no_cut_but_another_scene_after_black_is():
    fade_out = [brighter(scene(1), gain, 0) for gain in np.linspace(1, 0, 12)]
    fade_in = [brighter(scene(1), gain, 0) for gain in np.linspace(0, 1, 12)]
    assert cuts(fade_out + fade_in) == []
    assert len(cuts([*fade_out, *([scene(2)] * 4)])) == 1


def test_panning_is_no_cut():
    wide = texture(3, 90, 800, cell_px=40)
    assert cuts([wide[:, 8 * i : 8 * i + 160] for i in range(60)]) == []


def test_cut_within_a_pan_is_seen():
    wide, other = texture(3, 90, 800, cell_px=40), texture(4, 90, 800, cell_px=40)
    frames = [(wide if i < 40 else other)[:, 4 * i : 4 * i + 160] for i in range(60)]
    assert cuts(frames) == [40]


@pytest.mark.parametrize("shape", [(1, 1), (1, 64), (36, 64), (1080, 1920)])
def test_any_size(shape):
    assert cuts([np.full(shape, 100, np.uint8), np.zeros(shape, np.uint8)]) == []


@pytest.mark.data
def test_joined_real_clips(shared_data):
    def lumas(name: str, count: int) -> list[np.ndarray]:
        found = []
        with MediaReader(shared_data / "videos" / name) as reader:
            for frame in reader.frames():
                found.append(frame.luma(160))
                if len(found) == count:
                    break
        return found

    a = lumas("real/voxceleb_input_00002.mp4", 60)  # moves most of all
    b = lumas("ffpp/original_sequences/youtube/c23/videos/004.mp4", 140)  # the inset picture changes at 126
    c = lumas("real/crowd_1080p.mp4", 40)
    assert cuts(a + b + c) == [60, 200]
