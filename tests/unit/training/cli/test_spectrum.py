"""``python -m training spectrum`` on a made folder."""

from pathlib import Path

import numpy as np
import pytest

from forensiclab.analysis.spectrum import power_spectrum, reference_bands
from training.__main__ import main
from training.datasets.crops import CROP_MARGIN, CropFolder
from training.datasets.fitting import fit


def test_bands_of_the_real_crops_of_a_split(pairs_folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "deep" / "bands.json"
    arguments = ["spectrum", "--data", str(pairs_folder), "--split", "train", "--levels", "clean,jpeg:20,crf:45"]
    assert main([*arguments, "--n", "99", "--min-source-px", "102", "--size-px", "224", "--out", str(out)]) == 0
    clean, jpeg, h264 = reference_bands(out)
    assert [str(band.level) for band in (clean, jpeg, h264)] == ["clean", "jpeg:20", "crf:45"]
    assert {band.n_real for band in (clean, jpeg, h264)} == {6}  # real2 to real7
    assert (clean.rule.size_px, clean.rule.margin, clean.min_source_px) == (224, CROP_MARGIN, 102)
    assert clean.data == "pairs (train)"
    assert clean.command.startswith("python -m training spectrum --data pairs --split train")
    assert not np.array_equal(clean.median, jpeg.median)
    assert not np.array_equal(clean.median, h264.median)


def test_the_curves_are_percentiles_of_the_crops_own(pairs_folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "bands.json"
    arguments = ["spectrum", "--data", str(pairs_folder), "--levels", "clean", "--min-source-px", "1", "--n", "5"]
    assert main([*arguments, "--size-px", "192", "--out", str(out)]) == 0
    folder = CropFolder(pairs_folder)
    real = [entry for entry in folder.entries if entry.label == 0]
    spectra = [power_spectrum(fit(folder.picture(real[place * len(real) // 5]), 192)) for place in range(5)]
    (band,) = reference_bands(out)
    assert band.median == pytest.approx(np.median(spectra, axis=0), abs=1e-4)
    assert band.low == pytest.approx(np.percentile(spectra, 5, axis=0), abs=1e-4)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--min-source-px", "5000"], "no real crops of at least 5000 pixels"),
        (["--split", "none"], "no split 'none'"),
        (["--min-source-px", "1", "--size-px", "8"], "too small"),
    ],
)
def test_what_cannot_be_measured_is_a_sentence(
    pairs_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], options: list[str], sentence: str
) -> None:
    out = tmp_path / "bands.json"
    assert main(["spectrum", "--data", str(pairs_folder), "--levels", "clean", "--out", str(out), *options]) == 1
    assert sentence in capsys.readouterr().err
    assert not out.exists()
