"""Two processes on one machine: banks and weights agree, and they learn what one process would see."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SCRIPT = """
import json, sys
from pathlib import Path
from typing import ClassVar
import torch
from lightning.fabric import Fabric
from lightning.fabric.strategies import DDPStrategy
from torch import nn
from torch.nn import functional as F
from forensiclab.detectors.base import InputSpec, Network, NetworkOutput
from training.batches.augment import AugmentSettings
from training.batches.batches import BatchSettings, Batches, Source
from training.datasets.crops import CropFolder
from training.datasets.pairing import pair_up
from training.datasets.levels import LevelReader
from training.runs.loop import seed_everything, train, Measured
from training.methods.method import LossTerm, LossTerms, Recipe, Schedule, TrainingMethod
from training.modules.gather import gather_rows
from training.modules.memory_bank import MemoryBank

class Small(Network):
    INPUT: ClassVar[InputSpec] = InputSpec(size_px=16)
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(3 * 16 * 16, 4)
        self.last = nn.Linear(4, 1)
    def embed(self, pictures):
        return self.linear(pictures.flatten(1))
    def forward(self, pictures):
        return NetworkOutput(self.last(self.embed(pictures))[:, 0], pictures[:, 0].abs())

class WithBank(TrainingMethod):
    NAME = "with_bank"
    RECIPES = {}
    def __init__(self, recipe):
        super().__init__(recipe)
        self.network = Small()
        self.bank = MemoryBank(8, 4)
        self.seen = []
    def forward(self, batch):
        pictures = self.network.input_spec.normalise(batch.crops)
        embeddings = self.network.embed(pictures)
        self.bank.push(gather_rows(F.normalize(embeddings, dim=1)))
        scores = self.network.last(embeddings)[:, 0]
        loss = F.binary_cross_entropy_with_logits(scores, batch.labels)
        self.seen.append(len(batch.labels))
        return LossTerms((LossTerm("ce", "", loss, 1.0),), scores.detach())

def main(folder, out, processes):
    many = DDPStrategy(broadcast_buffers=False, find_unused_parameters=True)
    fabric = Fabric(accelerator="cpu", devices=processes, strategy=many if processes > 1 else "auto")
    fabric.launch()
    seed_everything(1)
    plain = AugmentSettings(flip=0, affine=0, light=0, shrink=0, blur=0, noise=0, jpeg=0, webp=0)
    recipe = Recipe(steps=4, pairs_per_batch=4, learning_rate=1e-2, schedule=Schedule.CONSTANT, average_decay=0.5,
                    augment=plain, validate_every=4)
    method = WithBank(recipe)
    crops = CropFolder(Path(folder))
    settings = BatchSettings(groups_per_batch=4, size_px=16, augment=plain)
    batches = Batches([Source(reader=LevelReader(crops), groups=pair_up(crops.select("train")))], settings, seed=2,
                      rank=fabric.global_rank, world=fabric.world_size)
    values = []
    def validate(network):
        values.append(float(sum(p.double().abs().sum() for p in network.parameters())))
        return (Measured("weights", values[-1]),)
    outcome = train(method, recipe, batches, validate, Path(out), fabric)
    result = {"bank": method.bank.read().tolist(), "weights": method.network.linear.weight.flatten().tolist(),
              "seen": method.seen, "reason": outcome.reason, "values": values}
    Path(out, f"rank{fabric.global_rank}.json").write_text(json.dumps(result))

main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
"""


def results(folder: Path, out: Path, processes: int) -> list[dict[str, Any]]:
    out.mkdir()
    script = out / "script.py"
    script.write_text(SCRIPT)
    command = [sys.executable, str(script), str(folder), str(out), str(processes)]
    environment = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment, timeout=240)
    assert done.returncode == 0, done.stderr[-3000:]
    return [json.loads((out / f"rank{rank}.json").read_text()) for rank in range(processes)]


@pytest.mark.slow
def test_two_processes_agree_with_each_other_and_with_one(pairs_folder: Path, tmp_path: Path) -> None:
    (alone,) = results(pairs_folder, tmp_path / "one", 1)
    first, second = results(pairs_folder, tmp_path / "two", 2)
    assert first["seen"] == second["seen"] == [4] * 4, "each has half of the batch"
    assert alone["seen"] == [8] * 4
    assert first["bank"] == second["bank"]
    assert first["weights"] == pytest.approx(second["weights"])
    assert first["reason"] == second["reason"] == "done"
    assert len(first["values"]) == 1
    assert second["values"] == [], "one process measures"
    # The mean of two halves' gradients is the whole batch's: weights and what is measured are those of one process.
    assert first["weights"] == pytest.approx(alone["weights"], rel=1e-4, abs=1e-6)
    assert first["values"] == pytest.approx(alone["values"], rel=1e-5)
    # A bank as long as a batch holds the last batch, whoever computed it.
    together, by_one = (sorted([round(value, 3) for value in row] for row in run["bank"]) for run in (first, alone))
    assert together == by_one
