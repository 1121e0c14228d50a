"""Made folders of crops: smooth pictures are real, the same with a fine pattern are forged."""

import csv
import zipfile
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from forensiclab.core.records import Picture
from forensiclab.core.scores import ValidatedConditions
from forensiclab.detectors.base import InputSpec, MethodCard

SIDE_PX = 64


def made_picture(number: int, *, is_forged: bool) -> Picture:
    rng = np.random.default_rng(number)
    smooth = cv2.resize(rng.integers(60, 200, (4, 4, 3), dtype=np.uint8), (SIDE_PX, SIDE_PX))
    pattern = np.indices((SIDE_PX, SIDE_PX)).sum(axis=0) // 4 % 2 * 40 if is_forged else 0
    return np.clip(smooth + np.atleast_3d(pattern), 0, 255).astype(np.uint8)


def encoded(picture: Picture, ending: str = ".png") -> bytes:
    return cv2.imencode(ending, picture[:, :, ::-1])[1].tobytes()


def write_index(folder: Path, rows: list[dict[str, object]]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "index.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


@pytest.fixture
def pairs_folder(tmp_path: Path) -> Path:
    """Twelve pairs in two archives, laid out like DFDC crops: parts 0 to 3 for training, 9 for validation."""
    folder = tmp_path / "pairs"
    rows: list[dict[str, object]] = []
    archives = {name: zipfile.ZipFile(_parent(folder / name), "w") for name in ("train_00.zip", "val_00.zip")}
    for number in range(12):
        split, part = ("train", number % 4) if number < 8 else ("val", 9)
        shard = f"{split}_00.zip"
        for label in (0, 1):
            name = f"{'forged' if label else 'real'}{number}"
            rows.append(
                {
                    "name": name,
                    "label": label,
                    "original": f"real{number}" if label else "",
                    "part": part,
                    "split": split,
                    "source_width_px": 100 + number,
                    "border_diff": 1.0 if label else "",
                    "shard": shard,
                }
            )
            archives[shard].writestr(f"{name}.png", encoded(made_picture(number, is_forged=bool(label))))
    for archive in archives.values():
        archive.close()
    write_index(folder, rows)
    return folder


@pytest.fixture
def loose_folder(tmp_path: Path) -> Path:
    """Three clips of each label with two crops each, as loose files; only the columns that are required, and video."""
    folder = tmp_path / "loose"
    rows: list[dict[str, object]] = []
    for number in range(3):
        for frame in range(2):
            for label, kind in ((0, "real"), (1, "forged")):
                name = f"{kind}/{number}_{frame}.webp"
                rows.append({"name": name, "label": label, "video": str(number)})
                picture = made_picture(100 + 10 * number + frame, is_forged=bool(label))
                _parent(folder / name).write_bytes(encoded(picture, ".webp"))
    write_index(folder, rows)
    return folder


@pytest.fixture
def make_card() -> Callable[..., MethodCard]:
    """Makes a card with given fields; the others are plain."""

    def make(**fields: object) -> MethodCard:
        plain: dict[str, object] = {
            "name": "made",
            "method": "meso_inception4",
            "options": (),
            "input_spec": InputSpec(size_px=256, mean=(0.0, 0.0, 0.0), std=(1.0, 1.0, 1.0)),
            "title": "Made",
            "weights_sha256": "",
            "weights_licence": "",
            "data_licence": "",
            "trained_on": (),
            "started_from": "",
            "recipe": "",
            "seed": None,
            "hardware": "",
            "duration_min": None,
            "commit": None,
            "date": "",
            "calibration": (),
            "calibrated_on": None,
            "conditions": ValidatedConditions(),
            "figures": (),
            "evaluated_by": None,
            "known_limits": (),
        }
        return MethodCard(**(plain | fields))

    return make


def _parent(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path
