"""What the tests of every network need: repeatable weights and pictures, the contract, golden outputs, Grad-CAM.

Golden outputs are written with ``FORENSICLAB_WRITE_GOLDEN=1 pytest tests/unit/detectors``.
"""

import copy
import itertools
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from forensiclab.detectors.base import InputSpec, Network, NetworkOutput
from forensiclab.detectors.layers.heads import scale_to_unit

GOLDEN = Path(__file__).resolve().parents[2] / "golden"


def _fill(module: nn.Module) -> None:
    """Weights from numpy, by the parameters' names: they depend on no library's order of initialisation."""
    random = np.random.default_rng(0)
    for name, tensor in sorted(module.state_dict().items()):
        if tensor.ndim == 0:
            continue
        if name.endswith("running_var"):
            values = random.uniform(0.5, 1.5, tensor.shape)
        elif name.endswith(("running_mean", "bias")):
            values = random.normal(0.0, 0.1, tensor.shape)
        elif tensor.ndim == 1:
            values = random.uniform(0.8, 1.2, tensor.shape)
        else:
            values = random.standard_normal(tensor.shape, dtype=np.float32) / np.sqrt(tensor[0].numel())
        tensor.copy_(torch.from_numpy(np.asarray(values, np.float32)))


def _fit(module: nn.Module, crops: Tensor) -> None:
    """Set every BatchNorm's statistics to those of some crops.

    Without it random deep networks forget their input: every crop would get the same score.
    """
    norms = [layer for layer in module.modules() if isinstance(layer, nn.BatchNorm2d)]
    momenta = [norm.momentum for norm in norms]
    for norm in norms:
        norm.train().momentum = 1.0
    module(crops)
    for norm, momentum in zip(norms, momenta, strict=True):
        norm.eval().momentum = momentum


@pytest.fixture(scope="session")
def seeded() -> Callable[[nn.Module, Tensor], nn.Module]:
    """Fill a network with repeatable weights, fit it to some crops, put it into eval mode."""

    def fill(module: nn.Module, crops: Tensor) -> nn.Module:
        module.eval()
        with torch.no_grad():
            _fill(module)
            _fit(module, crops)
        return module

    return fill


class Exact(NamedTuple):
    """A network in float64 with its crops and what it made of them."""

    network: Network
    crops: Tensor
    output: NetworkOutput


@pytest.fixture(scope="session")
def in_float64() -> Callable[[Network, Tensor], Exact]:
    """A copy of a seeded network in float64, fitted to crops.

    Rounding depends on the machine and on the number of threads, and grows on the way through a deep network; in
    float64 it stays far below what is compared.
    """

    def convert(network: Network, crops: Tensor) -> Exact:
        twin, exact = copy.deepcopy(network).double(), crops.double()
        with torch.inference_mode():
            _fit(twin, exact)
            return Exact(twin, exact, twin(exact))

    return convert


@pytest.fixture(scope="session")
def check_independence() -> Callable[[Exact], None]:
    """A crop alone gives what the same crop gives in a batch."""

    def check(exact: Exact) -> None:
        assert len(exact.crops) > 1
        for index in range(len(exact.crops)):
            with torch.inference_mode():
                alone = exact.network(exact.crops[index : index + 1])
            torch.testing.assert_close(alone.raw_score[0], exact.output.raw_score[index], rtol=1e-6, atol=1e-8)
            torch.testing.assert_close(alone.attention[0], exact.output.attention[index], rtol=1e-6, atol=1e-8)

    return check


@pytest.fixture(scope="session")
def pictures() -> Callable[..., Tensor]:
    """Repeatable crops of noisy tiles as a network takes them, shape (B, 3, S, S)."""

    def make(spec: InputSpec, batch: int = 2, size_px: int | None = None) -> Tensor:
        side = size_px or spec.size_px
        random = np.random.default_rng(1)
        tile = np.arange(side) * 8 // side
        tiles = random.uniform(0, 255, (batch, 3, 8, 8))[:, :, tile[:, None], tile]
        noise = random.normal(0, 8, (batch, 3, side, side))
        return spec.normalise(torch.from_numpy((tiles + noise).clip(0, 255).round().astype(np.uint8)))

    return make


@pytest.fixture(scope="session")
def check_contract() -> Callable[[Network, Tensor, NetworkOutput, int | None], None]:
    """Shapes, finite, attention in [0, 1], not the same for every crop, deterministic."""

    def check(network: Network, crops: Tensor, output: NetworkOutput, side: int | None = None) -> None:
        batch = len(crops)
        assert batch > 1
        assert output.raw_score.shape == (batch,)
        assert output.attention.ndim == 3
        assert len(output.attention) == batch
        assert side is None or output.attention.shape[1:] == (side, side)
        assert bool(torch.isfinite(output.raw_score).all())
        assert float(output.attention.min()) >= 0.0
        assert float(output.attention.max()) <= 1.0
        assert float(output.attention.std()) > 1e-3, "the attention map is flat"
        assert len(set(output.raw_score.tolist())) == batch, "all crops have the same score"
        assert crops[0].shape == (3, network.input_spec.size_px, network.input_spec.size_px)
        with torch.inference_mode():
            again = network(crops)
        assert torch.equal(again.raw_score, output.raw_score)
        assert torch.equal(again.attention, output.attention)

    return check


@pytest.fixture(scope="session")
def check_gradients() -> Callable[[Network, Tensor], None]:
    """Every parameter that is not frozen gets a finite gradient in train mode, and not all of it is zero."""

    def check(network: Network, crops: Tensor) -> None:
        torch.manual_seed(0)
        before = {name: value.clone() for name, value in network.named_buffers()}
        cancelled = {  # the mean that BatchNorm takes away holds the bias of the layer before it
            f"{name}.{place}.bias"
            for name, chain in network.named_modules()
            if isinstance(chain, nn.Sequential)
            for place, (_, after) in enumerate(itertools.pairwise(chain))
            if isinstance(after, nn.BatchNorm1d | nn.BatchNorm2d)
        }
        network.train()
        try:
            score = network(crops).raw_score
            (score * torch.linspace(1.0, -2.0, len(score))).sum().backward()
            for name, parameter in network.named_parameters():
                if parameter.requires_grad:
                    assert parameter.grad is not None, f"{name} gets no gradient"
                    assert bool(torch.isfinite(parameter.grad).all()), f"the gradient of {name} is not finite"
                    assert name in cancelled or bool(parameter.grad.any()), f"the gradient of {name} is zero"
        finally:
            network.zero_grad(set_to_none=True)
            network.eval()
            for name, value in network.named_buffers():
                value.copy_(before[name])

    return check


@pytest.fixture(scope="session")
def grad_cam() -> Callable[[Network, nn.Module, Tensor], tuple[NetworkOutput, Tensor]]:
    """A network's output and, beside it, the Grad-CAM of its score at a module's output, by a backward pass."""

    def compute(network: Network, layer: nn.Module, crops: Tensor) -> tuple[NetworkOutput, Tensor]:
        kept: list[Tensor] = []

        def keep(_module: nn.Module, _inputs: tuple[Tensor, ...], output: Tensor) -> None:
            output.retain_grad()
            kept.append(output)

        handle = layer.register_forward_hook(keep)
        try:
            output = network(crops)
            output.raw_score.sum().backward()
        finally:
            handle.remove()
            network.zero_grad(set_to_none=True)
        (features,) = kept
        assert features.grad is not None
        weights = features.grad.sum(dim=(2, 3), keepdim=True)  # Grad-CAM, Eq. 1
        cam = scale_to_unit((weights * features).sum(dim=1).detach())  # Eq. 2
        return NetworkOutput(output.raw_score.detach(), output.attention.detach()), cam

    return compute


@pytest.fixture(scope="session")
def check_golden() -> Callable[[str, NetworkOutput], None]:
    """Compare with the numbers stored in ``tests/golden/<name>.json``."""

    def check(name: str, output: NetworkOutput) -> None:
        file = GOLDEN / f"{name}.json"
        numbers = {
            "raw_score": [float(f"{value:.7g}") for value in output.raw_score.tolist()],
            "attention_mean": [float(f"{value:.7g}") for value in output.attention.mean(dim=(1, 2)).tolist()],
            "attention_diagonal": [float(f"{v:.7g}") for v in output.attention[0].diagonal().tolist()],
        }
        if os.environ.get("FORENSICLAB_WRITE_GOLDEN") == "1":
            file.parent.mkdir(exist_ok=True)
            file.write_text(json.dumps(numbers, indent=1) + "\n", encoding="utf-8")
        stored = json.loads(file.read_text(encoding="utf-8"))
        assert stored.keys() == numbers.keys()
        for key, values in numbers.items():
            # Float32 sums in another order with another number of threads; a layer that changed moves far more.
            np.testing.assert_allclose(values, stored[key], rtol=1e-3, atol=1e-5, err_msg=f"{name}: {key}")

    return check
