"""Crops per second of every detector: torch eager in float32 against the program's own runtime, and what maps cost.

    python -m tests.benchmarks.detectors [--methods a,b] [--batch 8] [--seconds 3]

Weights are seeded noise: speed does not depend on them. Ratios within one run are what counts; absolute figures depend
on what else the machine does. "maps" is the extra time of the attention map: the converted network against the same
network converted with its score alone.
"""

import argparse
import time
from collections.abc import Callable
from functools import partial

import numpy as np
import openvino
import torch
from torch import Tensor, nn

from forensiclab.core.allocator import keep_freed_memory
from forensiclab.core.scores import ValidatedConditions
from forensiclab.detectors import DETECTORS
from forensiclab.detectors.base import MethodCard, Network
from forensiclab.detectors.engines import OpenVinoEngine, TorchEngine
from forensiclab.detectors.runtime import choose_engine, make_repeatable
from forensiclab.detectors.weights import load_network

CPU = torch.device("cpu")


class ScoreOnly(nn.Module):
    """A network without its map."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network

    def forward(self, pictures: Tensor) -> Tensor:
        return self.network(pictures).raw_score


def main() -> None:
    """Print a row per detector."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--methods", default=",".join(DETECTORS))
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=3.0)
    options = parser.parse_args()
    keep_freed_memory()
    make_repeatable()
    print(
        f"batch {options.batch}, {torch.get_num_threads()} threads, crops/s; bfloat16 {OpenVinoEngine.has_bfloat16()}"
    )
    print(f"{'detector':24} {'eager':>7} {'float32':>8} {'':>6} {'reduced':>8} {'':>6} {'maps':>6}  engine")
    for method in options.methods.split(","):
        torch.manual_seed(0)
        network = load_network(method).eval().requires_grad_(False)
        card = seeded_card(method, network)
        size = card.input_spec.size_px
        crops = np.random.default_rng(0).integers(0, 256, (options.batch, size, size, 3), dtype=np.uint8)
        exact = choose_engine(network, card, CPU, is_reduced=False)
        reduced = choose_engine(network, card, CPU, is_reduced=True)
        eager = TorchEngine(network, card.input_spec, CPU)
        runs = [partial(engine.run, crops) for engine in (eager, exact, reduced)]
        with_map, without_map = maps_apart(network, card, crops)
        seconds = best_of([*runs, with_map, without_map], options.seconds)
        rate = [options.batch / value for value in seconds[:3]]
        print(
            f"{method:24} {rate[0]:7.1f} {rate[1]:8.1f} {rate[1] / rate[0]:5.1f}x {rate[2]:8.1f} "
            f"{rate[2] / rate[0]:5.1f}x {seconds[3] / seconds[4] - 1:6.1%}  {exact.device_name}; {reduced.precision}",
            flush=True,
        )


def maps_apart(
    network: Network, card: MethodCard, crops: np.ndarray
) -> tuple[Callable[[], object], Callable[[], object]]:
    """The converted network with its map, and with its score alone."""
    size = card.input_spec.size_px
    pictures = card.input_spec.to_tensor(crops).numpy()
    settings = {"INFERENCE_PRECISION_HINT": "f32", "INFERENCE_NUM_THREADS": torch.get_num_threads()}
    compiled = []
    for part in (network, ScoreOnly(network).eval()):
        model = openvino.convert_model(part, example_input=torch.zeros(1, 3, size, size), input=[-1, 3, size, size])
        compiled.append(openvino.Core().compile_model(model, "CPU", settings))
    whole, score = compiled
    return lambda: whole(pictures), lambda: score(pictures)


def best_of(works: list[Callable[[], object]], seconds: float) -> list[float]:
    """Shortest time of each, taken in turns so that a busy moment hits all of them."""
    for work in works:
        work()
    best = [float("inf")] * len(works)
    end = time.perf_counter() + seconds * len(works)
    rounds = 0
    while rounds < 3 or time.perf_counter() < end:
        for i, work in enumerate(works):
            start = time.perf_counter()
            work()
            best[i] = min(best[i], time.perf_counter() - start)
        rounds += 1
    return best


def seeded_card(method: str, network: Network) -> MethodCard:
    """A card for weights that nobody trained."""
    return MethodCard(
        name=method, method=method, options=(), input_spec=network.input_spec, title=network.TITLE,
        weights_sha256=f"benchmark-{torch.__version__}", weights_licence="none", data_licence="none", trained_on=(),
        started_from="seed 0", recipe="none", seed=0, hardware="none", duration_min=None, commit=None, date="",
        calibration=(), calibrated_on=None, conditions=ValidatedConditions(), figures=(), evaluated_by=None,
        known_limits=(),
    )  # fmt: skip


if __name__ == "__main__":
    main()
