import json

import numpy as np
import pytest

from forensiclab.analysis.spectrum import (
    BINS,
    FREQUENCIES,
    power_spectrum,
    radial_power,
    reference_bands,
    write_reference_bands,
)
from forensiclab.core.errors import ResourceError, WriteError
from forensiclab.core.resources import resource_path


def wave(cycles_per_px: float, side: int = 224) -> np.ndarray:
    grey = np.rint(128 + 60 * np.sin(2 * np.pi * cycles_per_px * np.arange(side))).astype(np.uint8)
    return np.repeat(np.tile(grey, (side, 1))[:, :, None], 3, axis=2)


@pytest.mark.parametrize("cycles_per_px", [0.05, 0.21, 0.45])
def test_a_wave_stands_at_its_frequency(cycles_per_px):
    spectrum = power_spectrum(wave(cycles_per_px))
    assert spectrum.shape == FREQUENCIES.shape == (BINS,)
    assert abs(FREQUENCIES[int(spectrum.argmax())] - cycles_per_px) < 0.5 / BINS
    assert spectrum.max() > np.median(spectrum) + 3


@pytest.mark.parametrize("shape", [(1, 1), (2, 2), (3, 5), (16, 16), (96, 200)])
def test_pictures_of_any_size(shape):
    picture = np.random.default_rng(0).integers(0, 256, (*shape, 3), dtype=np.uint8)
    with np.errstate(all="raise"):
        spectrum = power_spectrum(picture)
    assert spectrum.shape == (BINS,)
    assert not np.isinf(spectrum).any()


def test_a_flat_picture_has_the_floor_everywhere():
    assert power_spectrum(np.full((64, 64, 3), 90, np.uint8))[1:] == pytest.approx(-6, abs=1e-3)


def test_the_bands_that_ship():
    bands = reference_bands()
    assert [str(band.level) for band in bands] == ["clean", "crf:23", "crf:32", "crf:40"]
    for band in bands:
        assert band.name == str(band.level)
        assert band.n_real >= 300
        assert (band.low < band.high).all()
        assert "dfdc_faces" in band.data
        assert "/" not in band.command.partition("--data ")[2].partition(" ")[0]
    fine = [float(band.median[BINS // 2 :].mean()) for band in bands]
    assert fine == sorted(fine, reverse=True), "compression takes fine detail away"


def test_what_is_written_is_read(tmp_path):
    bands, file = reference_bands(), tmp_path / "new" / "bands.json"
    write_reference_bands(bands, file)
    assert file.read_text() == resource_path("calibration", "spectrum.json").read_text()
    assert [band.rule for band in reference_bands(file)] == [band.rule for band in bands]


def test_no_file_means_no_bands(tmp_path):
    assert reference_bands(tmp_path / "none.json") == ()


def damaged(**changes: object) -> str:
    content = json.loads(resource_path("calibration", "spectrum.json").read_text())
    content["bands"][1] |= changes
    return json.dumps(content)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "truncated"),
        ("[]", "Expected `object`"),
        (damaged(low=[1.0]), "48 values"),
        (damaged(low=[9.0] * BINS), "not in order"),
        (damaged(n_real=0), "no crop"),
        (damaged(level="crf:99"), "0 to 51"),
        (damaged(size_px=0), "positive size"),
        (damaged(median=None), "null"),
        ('{"schema_version": "2.0.0", "bands": []}', "version is 2.0.0"),
    ],
)
def test_a_damaged_file_is_a_sentence(tmp_path, text, reason):
    file = tmp_path / "bands.json"
    file.write_text(text)
    with pytest.raises(ResourceError, match=reason) as caught:
        reference_bands(file)
    assert str(file) in str(caught.value)
    assert str(caught.value).endswith("install the program again.")


def test_files_that_cannot_be_read_or_written(tmp_path):
    with pytest.raises(ResourceError, match="cannot be read"):
        reference_bands(tmp_path)
    with pytest.raises(WriteError, match="was not written"):
        write_reference_bands((), tmp_path)


def test_white_noise_has_its_variance():
    rng = np.random.default_rng(0)
    grey = np.clip(np.rint(128 + 10 * rng.standard_normal((256, 256))), 0, 255).astype(np.uint8)
    assert radial_power(np.repeat(grey[:, :, None], 3, axis=2), 8)[1:] == pytest.approx(np.full(7, 100), rel=0.1)
