"""Crops per second of the training loop against bare forward and backward passes of the same network.

    python -m tests.benchmarks.training_loop METHOD DATA [--recipe recommended] [--set FIELD=VALUE] [--steps 20]
        [--workers 1] [--threads 1] [--device cpu]

"loader" makes batches and does nothing with them, "bare" repeats one batch that is in memory, "loop" is what ``train``
does. Where the loader has a core (or sixteen) of its own, the loop should reach 0.9 of the bare passes.
"""

import argparse
import tempfile
import time
from pathlib import Path

import torch
from lightning.fabric import Fabric

from forensiclab.core.allocator import keep_freed_memory
from training.batches.batches import Batch, Batches, Source
from training.batches.forge_on_the_fly import forger
from training.datasets.crops import CropFolder
from training.datasets.levels import LevelReader
from training.datasets.pairing import pair_up
from training.methods import training_class
from training.runs.loop import seed_everything, train
from training.runs.run_record import recipe_of
from training.runs.training_run import batch_settings


def main() -> None:
    """Print the three rates."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("method")
    parser.add_argument("data", type=Path)
    parser.add_argument("--recipe", default="recommended")
    parser.add_argument("--set", action="append", default=[])
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--device", default="cpu")
    options = parser.parse_args()
    keep_freed_memory()
    torch.set_num_threads(options.threads)
    steps = options.steps
    recipe = recipe_of(
        options.method, options.recipe, [*options.set, f"steps={2 * steps}", f"validate_every={2 * steps}"]
    )
    seed_everything(1)
    folder = CropFolder(options.data)
    pairs = pair_up(folder.select("train"))
    method = training_class(options.method)(recipe)
    reader = LevelReader(folder)
    forge = forger(recipe.forge_families, folder, pairs) if recipe.forge_share > 0 else None
    source = Source(reader=reader, groups=pairs, forge=forge)
    batches = Batches([source], batch_settings(method, recipe, pairs), seed=1)
    crops = len(batches.batch(0).labels)

    start = time.perf_counter()
    for _ in batches.ahead(0, steps, options.workers):
        pass
    loader = steps * crops / (time.perf_counter() - start)

    class Same(Batches):
        """One batch, over and over."""

        def __init__(self, batch: Batch) -> None:
            self._batch = batch

        def batch(self, step: int) -> Batch:
            del step
            return self._batch

    def rate(source: Batches) -> float:
        fabric = Fabric(accelerator=options.device, devices=1, precision=recipe.precision)
        fabric.launch()
        fresh = training_class(options.method)(recipe).to(fabric.device).to(memory_format=torch.channels_last)
        with tempfile.TemporaryDirectory() as out:
            train(fresh, recipe, source, None, Path(out), fabric, stop_after=steps, workers=options.workers)
            begin = time.perf_counter()
            train(fresh, recipe, source, None, Path(out), fabric, resume=True, workers=options.workers)
            return steps * crops / (time.perf_counter() - begin)

    bare = rate(Same(batches.batch(0)))
    loop = rate(batches)
    print(
        f"{options.method} {options.recipe}, batches of {crops}, {options.threads} threads, {options.workers} workers"
    )
    print(f"loader {loader:.1f} crops/s, bare {bare:.1f}, loop {loop:.1f} = {loop / bare:.2f} of bare")


if __name__ == "__main__":
    main()
