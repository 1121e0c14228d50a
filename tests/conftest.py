"""Fixtures that every test may use."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

import pytest

pytest_plugins = ["tests.clips"]

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["FORENSICLAB_CONFIG"] = tempfile.mkdtemp(prefix="forensiclab-tests-")  # never the user's own settings
atexit.register(shutil.rmtree, os.environ["FORENSICLAB_CONFIG"], ignore_errors=True)
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # two test processes that each use both cores would crawl


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder with real media, beside the checkout or named by FORENSICLAB_DATA; skips where it is absent."""
    named = os.environ.get("FORENSICLAB_DATA")
    folder = Path(named) if named else Path(__file__).resolve().parents[2] / "shared" / "data"
    if not (folder / "videos" / "index.csv").is_file():
        pytest.skip(f"needs real media: no videos/index.csv in {folder}; set FORENSICLAB_DATA to a folder that has it")
    return folder


@pytest.fixture(scope="session")
def shared_cases(shared_data: Path) -> Path:
    """The folder with inputs that once went wrong, beside the real media; skips where it is absent."""
    folder = shared_data.parent / "cases"
    if not folder.is_dir():
        pytest.skip(f"needs inputs that once went wrong: there is no {folder}")
    return folder


@pytest.fixture
def make_card():
    """Build a card; every field can be named."""
    from forensiclab.detectors.base import InputSpec, MethodCard
    from tests.builders import band, method_card

    fitted = {
        "manipulation_threshold": 0.8, "authenticity_threshold": 0.2, "miss_rate": 0.04, "n_real": 600, "n_forged": 500,
    }  # fmt: skip
    strong = {"qp_min": 29, "qp_max": 99, "jpeg_quality_min": 1, "jpeg_quality_max": 69}
    bands = (
        band("light", **fitted),
        band("strong", **fitted, **strong, intercept=-1.0),
        band("any", **fitted, qp_max=99, jpeg_quality_min=1, intercept=-0.5),
    )

    def build(name: str = "scripted", **changes: object) -> MethodCard:
        fields = {
            "title": "Scripted", "input_spec": InputSpec(size_px=256, mean=(0, 0, 0), std=(1, 1, 1)),
            "weights_licence": "none", "data_licence": "none", "trained_on": ("nothing",), "started_from": "nothing",
            "recipe": "none", "seed": 0, "hardware": "none", "duration_min": 1.0, "date": "2026-01-01",
            "calibration": bands, "calibrated_on": "a scripted set", "known_limits": ("It is scripted.",),
        }  # fmt: skip
        return method_card(name, **(fields | changes))

    return build


@pytest.fixture
def make_detector(make_card):
    """Build a detector whose raw score is a given function of the crops' mean grey level, in [0, 255]."""
    import numpy as np

    from forensiclab.detectors.base import InputSpec, Prediction

    class Scripted:
        device_name, precision, attention_note = "cpu", "float32", "A scripted map."

        def __init__(self, name, score, size_px, margin, on_batch, card_changes):
            self.card = make_card(name, **card_changes)
            self.input_spec = InputSpec(size_px=size_px, margin=margin)
            self.batches: list[int] = []
            self._score, self._on_batch = score, on_batch

        def predict(self, crops):
            self.input_spec.check(crops)
            self.batches.append(len(crops))
            self._on_batch(crops)
            scores = [self._score(float(crop.mean())) for crop in crops]
            maps = np.linspace(0, 1, 16, dtype=np.float32).reshape(1, 4, 4).repeat(len(crops), axis=0)
            return Prediction(raw_scores=np.asarray(scores, np.float32), attention=maps)

    def build(name="scripted", score=lambda grey: grey / 64 - 2, size_px=64, margin=1.3, on_batch=len, **card_changes):
        return Scripted(name, score, size_px, margin, on_batch, card_changes)

    return build
