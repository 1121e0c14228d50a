"""A scripted detector, and folders that name manipulations and masks."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from forensiclab.detectors.base import InputSpec, MethodCard, Prediction
from forensiclab.detectors.meso_inception4 import MesoInception4
from training.evaluation.detectors import Evaluated, Origin

SIDE_PX = 32


@dataclass
class Scripted:
    """Scores the mean grey level; its map is the brightness of four by four cells."""

    card: MethodCard
    sign: float = 1.0
    input_spec: InputSpec = field(default_factory=lambda: InputSpec(size_px=SIDE_PX, margin=0.87))
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
        cv2.imwrite(str(path), np.full((SIDE_PX, SIDE_PX, 3), grey, np.uint8))
        if row.get("mask"):
            mask = np.zeros((SIDE_PX, SIDE_PX), np.uint8)
            mask[:, : SIDE_PX // 2] = 255
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
    return write_crops(tmp_path / "forged", rows, _write_index)


def _write_index(folder: Path, rows: list[dict[str, object]]) -> None:
    import csv

    with (folder / "index.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
