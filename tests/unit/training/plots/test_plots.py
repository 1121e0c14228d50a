"""Figures: the numbers in them against oracles, and every kind drawn from made crops."""

import csv
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import cv2
import numpy as np
import pytest
import torch
from torch import Tensor, nn

from forensiclab.analysis.spectrum import radial_power
from forensiclab.core.compression import CLEAN, Codec, CompressionLevel
from forensiclab.core.errors import MediaError, SettingsError
from forensiclab.core.scores import BandCalibration
from forensiclab.detectors.base import InputSpec
from forensiclab.detectors.layers.heads import LinearHead
from forensiclab.detectors.layers.pooled import PooledNetwork
from training.__main__ import main
from training.datasets.crops import CropFolder
from training.evaluation.detectors import Evaluated
from training.evaluation.folders import CropSet, open_set
from training.evaluation.protocols import Selection
from training.plots import KINDS
from training.plots.inside import embeddings, of_features
from training.plots.model import PlotRequest, drawn, sampled
from training.plots.self_similarity import mean_similarity
from training.plots.spectrum import rings_for
from training.plots.ssim import by_codec, ssim
from training.plots.style import bins_for
from training.plots.tsne import layout

JPEG = CompressionLevel.parse("jpeg:20")


class Tiny(PooledNetwork):
    """One convolution on crops of 32 pixels."""

    INPUT: ClassVar[InputSpec] = InputSpec(size_px=32)

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.convolution = nn.Conv2d(3, 5, 8, stride=8)
        self.head = LinearHead(5, 0.0)

    def features(self, pictures: Tensor) -> Tensor:
        return torch.relu(self.convolution(pictures))


@pytest.fixture
def crops(forged_folder: Path) -> CropSet:
    return open_set(CropFolder(forged_folder), Selection())


@pytest.fixture
def tiny(scripted: Callable[..., Evaluated]) -> Evaluated:
    band = BandCalibration(
        name="any",
        qp_min=0,
        qp_max=99,
        jpeg_quality_min=1,
        jpeg_quality_max=100,
        slope=8.0,
        intercept=-3.0,
        manipulation_threshold=0.9,
        authenticity_threshold=0.1,
        false_alarm_rate=0.05,
        miss_rate=0.05,
        n_real=1,
        n_forged=1,
        levels=("clean",),
    )
    return replace(scripted("tiny", calibration=(band,)), network=Tiny().eval().requires_grad_(False))


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_is_drawn_with_its_data_and_its_numbers(
    kind: str, crops: CropSet, tiny: Evaluated, tmp_path: Path
) -> None:
    some = sampled(crops, 6, seed=0)
    request = PlotRequest(detectors=(tiny,), crops=some, levels=(CLEAN, JPEG), seed=0)
    made = drawn(KINDS[kind].draw, request)
    assert "forged: 3 real and 3 forged crops" in made.figure.get_suptitle()
    shown = [panel for panel in made.figure.axes if panel.axison]
    assert shown
    if kind != "attention":
        assert all(panel.get_xlabel() for panel in shown)
        assert shown[0].get_ylabel()
    table = made.write(tmp_path / "deep" / f"{kind}.png")
    picture = cv2.imread(str(tmp_path / "deep" / f"{kind}.png"))
    assert picture.std() > 5
    with table.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows
    assert set(rows[0]) == set(made.columns)
    assert drawn(KINDS[kind].draw, request).rows == made.rows


def test_the_same_request_gives_the_same_file(crops: CropSet, tiny: Evaluated, tmp_path: Path) -> None:
    request = PlotRequest(detectors=(tiny,), crops=crops, levels=(CLEAN,), seed=0)
    for name in ("one.png", "two.png"):
        drawn(KINDS["distances"].draw, request).write(tmp_path / name)
    assert (tmp_path / "one.png").read_bytes() == (tmp_path / "two.png").read_bytes()


def ssim_by_loops(first: np.ndarray, second: np.ndarray) -> float:
    """Every window of 11 x 11 by itself."""
    x, y = (cv2.cvtColor(each, cv2.COLOR_RGB2GRAY).astype(float) for each in (first, second))
    offsets = np.arange(11) - 5
    window = np.exp(-(offsets[:, None] ** 2 + offsets[None] ** 2) / (2 * 1.5**2))
    window /= window.sum()
    values = []
    for row in range(x.shape[0] - 10):
        for column in range(x.shape[1] - 10):
            a, b = (each[row : row + 11, column : column + 11] for each in (x, y))
            mean_a, mean_b = (window * a).sum(), (window * b).sum()
            var_a, var_b = (window * (a - mean_a) ** 2).sum(), (window * (b - mean_b) ** 2).sum()
            cov = (window * (a - mean_a) * (b - mean_b)).sum()
            c1, c2 = 6.5025, 58.5225
            values.append(
                (2 * mean_a * mean_b + c1) * (2 * cov + c2) / ((mean_a**2 + mean_b**2 + c1) * (var_a + var_b + c2))
            )
    return float(np.mean(values))


def test_ssim_is_that_of_a_loop_over_windows() -> None:
    rng = np.random.default_rng(0)
    first = cv2.resize(rng.integers(0, 256, (6, 6, 3), dtype=np.uint8), (20, 17))
    second = np.clip(first.astype(int) + rng.integers(-20, 20, first.shape), 0, 255).astype(np.uint8)
    assert ssim(first, second) == pytest.approx(ssim_by_loops(first, second), abs=1e-9)
    assert ssim(first, first) == pytest.approx(1)
    assert ssim(first, second) < 1


def test_white_noise_has_its_variance_at_every_frequency() -> None:
    rng = np.random.default_rng(0)
    spectra = []
    for _ in range(30):
        grey = np.clip(np.rint(128 + 10 * rng.standard_normal((96, 64))), 0, 255).astype(np.uint8)
        spectra.append(radial_power(np.repeat(grey[:, :, None], 3, axis=2), bins=12))
    mean = np.mean(spectra, axis=0)
    assert mean[1:] == pytest.approx(np.full(11, 100), rel=0.1)
    assert mean[0] == pytest.approx(100, rel=0.4), "of few frequencies, which the window mixes"


@pytest.mark.parametrize("size", [(8, 8), (9, 40), (32, 33), (100, 64), (256, 256)])
def test_every_ring_of_a_crop_has_a_frequency(size: tuple[int, int]) -> None:
    picture = np.random.default_rng(0).integers(0, 256, (*size, 3), dtype=np.uint8)
    rings = rings_for([picture, np.zeros((300, 300, 3), np.uint8)])
    assert 1 <= rings <= 48
    assert np.isfinite(radial_power(picture, rings)).all()


@pytest.mark.parametrize("size", [(128, 128), (96, 160)])
def test_a_wave_stands_at_its_frequency(size: tuple[int, int]) -> None:
    column = np.arange(size[1])
    grey = np.tile(np.rint(128 + 60 * np.sin(2 * np.pi * 0.21 * column)).astype(np.uint8), (size[0], 1))
    spectrum = radial_power(np.repeat(grey[:, :, None], 3, axis=2), bins=25)
    assert int(np.nanargmax(spectrum)) == int(0.21 * 50), "rings are 0.02 cycles per pixel wide"
    spectrum_of_nothing = radial_power(np.full((*size, 3), 90, np.uint8))
    assert np.nanmax(spectrum_of_nothing) < 1e-9


def test_mean_similarity_leaves_out_a_cell_with_itself() -> None:
    features = torch.randn(2, 5, 3, 2, generator=torch.Generator().manual_seed(0))
    cells = features.flatten(2).transpose(1, 2).numpy()
    expected = []
    for each in cells:
        unit = each / np.linalg.norm(each, axis=1, keepdims=True)
        expected.append(np.mean([unit[i] @ unit[j] for i in range(6) for j in range(6) if i != j]))
    assert mean_similarity(features).numpy() == pytest.approx(np.array(expected), abs=1e-5)
    assert mean_similarity(torch.ones(1, 4, 2, 2)).item() == pytest.approx(1, abs=1e-6)


def test_embeddings_and_features_are_those_of_the_network(crops: CropSet, tiny: Evaluated) -> None:
    pictures = np.stack([crops.folder.picture(entry) for entry in crops.entries])
    network = tiny.network
    assert isinstance(network, Tiny)
    batch = tiny.detector.input_spec.to_tensor(pictures)
    assert embeddings(tiny, crops, CLEAN) == pytest.approx(network.embed(batch).numpy(), abs=1e-6)
    maps = of_features(tiny, crops, CLEAN, lambda features: features[:, 0])
    assert maps == pytest.approx(network.features(batch)[:, 0].numpy(), abs=1e-6)


def test_networks_without_embedding_or_map_are_refused(crops: CropSet, tiny: Evaluated) -> None:
    bare = replace(tiny, network=nn.Linear(1, 1))
    with pytest.raises(SettingsError, match="no embedding"):
        embeddings(bare, crops, CLEAN)
    with pytest.raises(SettingsError, match="no last feature map"):
        of_features(bare, crops, CLEAN, lambda features: features)


def test_a_layout_is_repeatable_and_needs_a_few_points() -> None:
    rng = np.random.default_rng(0)
    points = np.concatenate([rng.normal(size=(12, 8)), rng.normal(size=(12, 8)) + 20]).astype(np.float32)
    places = layout(points, seed=3)
    assert places.tolist() == layout(points, seed=3).tolist()
    centers = places[:12].mean(axis=0), places[12:].mean(axis=0)
    spread = np.linalg.norm(places[:12] - centers[0], axis=1).max()
    assert np.linalg.norm(centers[0] - centers[1]) > spread, "what is far apart stays apart"
    with pytest.raises(SettingsError, match="at least 6"):
        layout(points[:5], seed=3)


def test_samples_are_balanced_and_seeded(crops: CropSet) -> None:
    assert sampled(crops, None, 0) is crops
    assert sampled(crops, 36, 0) is crops
    some = sampled(crops, 10, 0)
    assert [entry.label for entry in some.entries].count(1) == 5
    assert [entry.name for entry in some.entries] == [e.name for e in crops.entries if e in some.entries]
    assert sampled(crops, 10, 0).entries == some.entries
    assert sampled(crops, 10, 1).entries != some.entries


def test_levels_come_by_codec_and_rising() -> None:
    levels = tuple(map(CompressionLevel.parse, ("jpeg:50", "crf:40", "clean", "jpeg:10", "crf:23")))
    assert [(codec, [str(level) for level in group]) for codec, group in by_codec(levels)] == [
        (Codec.H264, ["crf:23", "crf:40"]), (Codec.JPEG, ["jpeg:10", "jpeg:50"])
    ]  # fmt: skip
    with pytest.raises(SettingsError, match="levels that compress"):
        by_codec((CLEAN,))
    for kind in KINDS.values():
        assert kind.default_levels


def test_bins_cover_all_values() -> None:
    edges = bins_for([np.array([1.0, 5.0]), np.array([0.5, 2.0])])
    assert (edges[0], edges[-1], len(edges)) == (0.5, 5.0, 9)
    assert bins_for([np.full(400, 2.0)], 0.0)[0] == 0.0
    assert len(bins_for([np.arange(1000.0)])) == 41
    assert bins_for([np.full(4, 2.0)])[-1] > 2.0


def test_a_card_without_calibration_has_no_reliability(crops: CropSet, scripted: Callable[..., Evaluated]) -> None:
    request = PlotRequest(detectors=(scripted("bare"),), crops=crops, levels=(CLEAN,), seed=0)
    with pytest.raises(SettingsError, match="'bare' has no calibration"):
        drawn(KINDS["reliability"].draw, request)


def test_a_figure_of_a_damaged_set_is_refused(crops: CropSet, tiny: Evaluated) -> None:
    (crops.folder.folder / crops.entries[0].name).unlink()
    for kind in ("tsne", "distances", "spectrum"):
        with pytest.raises(MediaError):
            drawn(KINDS[kind].draw, PlotRequest(detectors=(tiny,), crops=crops, levels=(CLEAN,), seed=0))


def test_the_command_writes_picture_and_numbers(
    forged_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "figures" / "ssim.png"
    arguments = ["figures", "ssim", "--data", f"{forged_folder}:test", "--compress", "jpeg:50,jpeg:10"]
    assert main([*arguments, "--out", str(out), "--only-methods", "Blend"]) == 0
    assert "its numbers are in" in capsys.readouterr().err
    with out.with_suffix(".csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["level"], row["class"], row["crops"]) for row in rows] == [
        ("jpeg:10", "real", "8"), ("jpeg:50", "real", "8"), ("jpeg:10", "forged", "8"), ("jpeg:50", "forged", "8")
    ]  # fmt: skip
    assert main([*arguments, "--out", str(tmp_path / "x.pdf")]) == 2
    assert main(["figures", "tsne", "--data", str(forged_folder), "--out", str(out)]) == 2
    assert "needs --detector" in capsys.readouterr().err
    assert main(["figures", "tsne", "--detector", "no_such", "--data", str(forged_folder), "--out", str(out)]) == 1
    (tmp_path / "file").write_text("")
    assert main([*arguments, "--out", str(tmp_path / "file" / "x.png")]) == 1
    with pytest.raises(SystemExit) as left:
        main(["figures", "pie", "--data", str(forged_folder), "--out", str(out)])
    assert left.value.code == 2
