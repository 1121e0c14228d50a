"""Made folders of crops, in most of which forgeries carry a fine pattern; and a scripted detector."""

import csv
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from forensiclab.core.records import Picture
from forensiclab.detectors.base import InputSpec, MethodCard, Prediction
from forensiclab.detectors.meso_inception4 import MesoInception4
from tests import builders
from training.evaluation.detectors import Evaluated, Origin

SIDE_PX = 64
SCRIPTED_PX = 32


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
        plain = {"input_spec": InputSpec(size_px=256, mean=(0.0, 0.0, 0.0), std=(1.0, 1.0, 1.0)), "weights_sha256": ""}
        return builders.method_card(**(plain | fields))

    return make


@dataclass
class Scripted:
    """Scores the mean grey level; its map is the brightness of four by four cells."""

    card: MethodCard
    sign: float = 1.0
    input_spec: InputSpec = field(default_factory=lambda: InputSpec(size_px=SCRIPTED_PX, margin=0.87))
    device_name: str = "cpu (scripted)"
    precision: str = "float32"
    attention_note: str = "Brightness."

    def predict(self, crops: NDArray[np.uint8]) -> Prediction:
        self.input_spec.check(crops)
        grey = crops.mean(axis=3, dtype=np.float32)
        maps = np.stack([cv2.resize(each, (4, 4), interpolation=cv2.INTER_AREA) for each in grey]) / 255
        return Prediction(raw_scores=self.sign * grey.mean(axis=(1, 2)) / 255, attention=maps)


@pytest.fixture
def scripted(make_card: Callable[..., MethodCard]) -> Callable[..., Evaluated]:
    """Makes a scripted detector as it is evaluated."""

    def make(name: str = "scripted", sign: float = 1.0, **fields: object) -> Evaluated:
        card = make_card(name=name, **fields)
        origin = Origin(
            method=card.method,
            recipe="paper",
            changes=("steps=5",),
            seed=7,
            train_data=("made",),
            train_methods=("Blend",),
            train_levels=("clean",),
            train_data_hash="abc",
            commit="0123",
        )
        return Evaluated(title=name, detector=Scripted(card, sign), network=MesoInception4(), origin=origin)

    return make


def write_crops(folder: Path, rows: list[dict[str, object]], index: Callable[..., None]) -> Path:
    """Crops of one grey level each, and masks of their left half where a row names one."""
    for row in rows:
        grey = row.pop("grey")
        path = folder / str(row["name"])
        path.parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(path), np.full((SCRIPTED_PX, SCRIPTED_PX, 3), grey, np.uint8))
        if row.get("mask"):
            mask = np.zeros((SCRIPTED_PX, SCRIPTED_PX), np.uint8)
            mask[:, : SCRIPTED_PX // 2] = 255
            (folder / str(row["mask"])).parent.mkdir(parents=True, exist_ok=True)
            cv2.imwrite(str(folder / str(row["mask"])), mask)
    index(folder, rows)
    return folder


@pytest.fixture
def forged_folder(tmp_path: Path) -> Path:
    """Two manipulations of six real clips of two crops each; Blend is bright, Warp as dark as the real ones.

    The column ``compression`` is c23 for the first three clips and c40 for the others.
    """
    rows: list[dict[str, object]] = []
    for clip in range(6):
        for frame in range(2):
            common = {
                "video": f"{clip:03d}",
                "data_set": "ffpp",
                "compression": "c23" if clip < 3 else "c40",
                "split": "test" if clip % 3 else "val",
            }
            level = 60 + 3 * clip + frame
            for kind, method, grey in (("real", "", level), ("blend", "Blend", level + 90), ("warp", "Warp", level)):
                mask = f"masks/{clip}_{frame}.png" if kind == "blend" else ""
                name = f"{kind}/{clip}_{frame}.png"
                label = int(kind != "real")
                rows.append({"name": name, "label": label, "method": method, "mask": mask, "grey": grey, **common})
    return write_crops(tmp_path / "forged", rows, write_index)


@pytest.fixture
def read_failures() -> Callable[[Path], dict[str, str]]:
    """Reads ``failures.csv``: name -> reason."""

    def read(path: Path) -> dict[str, str]:
        with path.open(newline="", encoding="utf-8") as file:
            return {row["name"]: row["reason"] for row in csv.DictReader(file)}

    return read


def _parent(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path
