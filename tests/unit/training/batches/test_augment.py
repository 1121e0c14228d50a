"""Changes are repeatable, keep shape and type, and do what they say."""

from dataclasses import replace

import numpy as np
import pytest

from forensiclab.core.compression import Codec, CompressionLevel
from forensiclab.core.records import Picture
from training.batches.augment import Augmentation, AugmentSettings, apply, draw
from training.datasets.fitting import fit

NOTHING = AugmentSettings(flip=0, affine=0, light=0, shrink=0, blur=0, noise=0, jpeg=0, webp=0)
ALL = AugmentSettings(flip=1, affine=1, light=1, shrink=1, blur=1, noise=1, jpeg=1, webp=0)


@pytest.fixture
def picture() -> Picture:
    rng = np.random.default_rng(0)
    coarse = rng.integers(0, 256, (8, 8, 3), dtype=np.uint8)
    return fit(coarse, 96)


def drawn(settings: AugmentSettings, seed: int = 0) -> Augmentation:
    return draw(np.random.default_rng(seed), settings)


@pytest.mark.parametrize("settings", [ALL, replace(ALL, jpeg=0, webp=1), AugmentSettings(), replace(NOTHING, x264=1)])
def test_same_seed_same_picture(picture: Picture, settings: AugmentSettings) -> None:
    before = picture.copy()
    first, again = (apply(drawn(settings, 3), picture, 128) for _ in range(2))
    np.testing.assert_array_equal(first, again)
    np.testing.assert_array_equal(picture, before)
    assert (first.shape, first.dtype) == ((128, 128, 3), np.uint8)


def test_another_seed_another_picture(picture: Picture) -> None:
    assert not np.array_equal(apply(drawn(ALL, 1), picture, 96), apply(drawn(ALL, 2), picture, 96))


def test_nothing_leaves_the_pixels(picture: Picture) -> None:
    np.testing.assert_array_equal(apply(drawn(NOTHING), picture, 96), picture)


def test_the_flip_mirrors(picture: Picture) -> None:
    np.testing.assert_array_equal(apply(drawn(replace(NOTHING, flip=1)), picture, 96), picture[:, ::-1])


def test_an_affine_change_of_size_zero_is_the_plain_resize(picture: Picture) -> None:
    still = replace(NOTHING, affine=1, rotation_deg=0, zoom=0, shift=0)
    turned = apply(drawn(still), picture, 128).astype(int)
    assert np.abs(turned - fit(picture, 128))[2:-2, 2:-2].max() <= 2


def test_a_rotation_turns_about_the_centre(picture: Picture) -> None:
    quarter = replace(drawn(replace(NOTHING, affine=1)), matrix=((0.0, -1.0, 1.0), (1.0, 0.0, 0.0)))
    turned = apply(quarter, picture, 96).astype(int)
    assert np.abs(turned - np.rot90(picture, -1)).max() <= 1


def test_light_changes_all_pixels_alike() -> None:
    grey = np.full((32, 32, 3), 128, np.uint8)
    lit = apply(replace(drawn(NOTHING), gain=(1.0, 1.0, 1.0), offset=20.0), grey, 32)
    assert (lit == 148).all()
    stretched = apply(replace(drawn(NOTHING), gain=(2.0, 1.0, 0.5)), grey + np.uint8(20), 32)
    assert stretched[0, 0].tolist() == [168, 148, 138]


@pytest.mark.parametrize(
    "change",
    [
        {"shrink": 0.4},
        {"blur_sigma_px": 2.0},
        {"encoding": CompressionLevel(Codec.JPEG, 10)},
        {"encoding": CompressionLevel(Codec.WEBP, 5)},
        {"encoding": CompressionLevel(Codec.H264, 44)},
    ],
)
def test_damage_takes_away_detail(change: dict[str, object]) -> None:
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 256, (96, 96, 3), dtype=np.uint8)
    damaged = apply(replace(drawn(NOTHING), **change), noise, 96)  # type: ignore[arg-type]
    assert damaged.std() < 0.9 * noise.std()
    assert abs(float(damaged.mean()) - float(noise.mean())) < 12


def test_noise_has_its_sigma() -> None:
    grey = np.full((96, 96, 3), 128, np.uint8)
    assert apply(replace(drawn(NOTHING), noise_sigma=4.0), grey, 96).std() == pytest.approx(4.0, rel=0.05)


def test_chances_are_kept() -> None:
    settings = AugmentSettings(flip=0.5, jpeg=0.3, webp=0.1, x264=0.2)
    changes = [drawn(settings, seed) for seed in range(3000)]
    codecs = [change.encoding.codec if change.encoding else None for change in changes]
    assert np.mean([change.is_flipped for change in changes]) == pytest.approx(0.5, abs=0.03)
    for codec, share in ((Codec.JPEG, 0.3), (Codec.WEBP, 0.1), (Codec.H264, 0.2), (None, 0.4)):
        assert codecs.count(codec) / len(codecs) == pytest.approx(share, abs=0.03)
    qualities = [c.encoding.value for c in changes if c.encoding and c.encoding.codec is Codec.JPEG]
    assert (min(qualities), max(qualities)) == (15, 95)
