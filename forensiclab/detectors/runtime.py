"""Where a network runs: device, precision, micro-batches, repeatable results."""

import logging
import os
from functools import cache
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from forensiclab.core.errors import DeviceError, SettingsError
from forensiclab.core.text import Sentence
from forensiclab.detectors.base import InputSpec, MethodCard, Network, Prediction
from forensiclab.detectors.engines import (
    PARITY_REDUCED,
    WORTH_CONVERTING,
    Engine,
    OpenVinoEngine,
    TorchEngine,
    probability_difference,
)
from forensiclab.detectors.network_cache import CacheError
from forensiclab.detectors.weights import load_weights

_log = logging.getLogger(__name__)

PRECISIONS = ("float32", "reduced")

MICRO_BATCH = 16
"""Crops in one forward pass, at most; halved when the device's memory does not hold them."""


def choose_device(name: str) -> torch.device:
    """Return the device of a name: ``auto`` takes the first CUDA GPU, else the CPU.

    Raises:
        DeviceError: The name is unknown, or the device is not there.
    """
    if name == "auto":
        return torch.device("cuda:0" if torch.cuda.is_available() else "cpu")
    if name != "cpu" and name != "cuda" and not name.startswith("cuda:"):
        raise DeviceError(Sentence("There is no device '{0}'; use auto, cpu, cuda or cuda:N.", name))
    try:
        device = torch.device(name)
    except RuntimeError as error:
        raise DeviceError(Sentence("There is no device '{0}'; use auto, cpu, cuda or cuda:N.", name)) from error
    if device.type == "cuda":
        count = torch.cuda.device_count() if torch.cuda.is_available() else 0
        index = device.index or 0
        if index >= count:
            raise DeviceError(
                Sentence("The device '{0}' is not there: {1} CUDA devices were found. Use --device cpu.", name, count)
            )
        return torch.device("cuda", index)
    return device


def make_repeatable() -> None:
    """Ask torch for the same result at every run on the same machine: deterministic kernels, no autotuning, no TF32."""
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    torch.use_deterministic_algorithms(True)
    torch.backends.cudnn.benchmark = False
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.backends.cudnn.allow_tf32 = False


class NetworkDetector:
    """A network with its weights, run by an engine in micro-batches; the ``Detector`` of ``detectors.base``."""

    def __init__(self, card: MethodCard, attention_note: str, engine: Engine) -> None:
        self._card = card
        self._attention_note = attention_note
        self._engine = engine
        self._batch = MICRO_BATCH

    @property
    def card(self) -> MethodCard:
        return self._card

    @property
    def input_spec(self) -> InputSpec:
        return self._card.input_spec

    @property
    def device_name(self) -> str:
        return self._engine.device_name

    @property
    def precision(self) -> str:
        return self._engine.precision

    @property
    def attention_note(self) -> str:
        return self._attention_note

    def predict(self, crops: NDArray[np.uint8]) -> Prediction:
        """Score crops of shape (B, S, S, 3) in micro-batches; see ``Detector.predict``."""
        self.input_spec.check(crops)
        parts: list[Prediction] = []
        start = 0
        while start < len(crops):
            try:
                part = self._engine.run(crops[start : start + self._batch])
            except torch.OutOfMemoryError as error:
                if self._batch == 1:
                    raise DeviceError(
                        Sentence(
                            "Not even one crop fits into the memory of {0} with '{1}'. Close other programs that "
                            "use it, or choose --device cpu.",
                            self.device_name,
                            self._card.name,
                        )
                    ) from error
                self._batch = max(1, self._batch // 2)
                torch.cuda.empty_cache()
                continue
            parts.append(part)
            start += len(part.raw_scores)
        if not parts:
            return Prediction(raw_scores=np.zeros(0, np.float32), attention=np.zeros((0, 1, 1), np.float32))
        return Prediction(
            raw_scores=np.concatenate([part.raw_scores for part in parts]),
            attention=np.concatenate([part.attention for part in parts]),
        )


def open_detector(name: str | Path, device: str = "auto", precision: str = "float32") -> NetworkDetector:
    """Load weights onto a device.

    Args:
        name: Of installed weights, or a folder with a card and weights.
        device: As for ``choose_device``.
        precision: ``float32``, or ``reduced``: bfloat16 or float16 where the device has it and the probabilities stay
            within ``PARITY_REDUCED`` of float32, else float32. What ran is said by ``NetworkDetector.precision``.

    Raises:
        WeightsError: They are missing or damaged.
        DeviceError: The device is not there or too small.
        SettingsError: There is no such precision.
    """
    if precision not in PRECISIONS:
        raise SettingsError(Sentence("There is no precision '{0}'; use {1}.", precision, " or ".join(PRECISIONS)))
    make_repeatable()
    chosen = choose_device(device)
    network, card = load_weights(name)
    engine = choose_engine(network, card, chosen, is_reduced=precision == "reduced")
    return NetworkDetector(card, network.ATTENTION, engine)


@cache
def _warn_once(text: str) -> None:
    """Log what is the same for every network, once in a process."""
    _log.warning(text)


def choose_engine(network: Network, card: MethodCard, device: torch.device, *, is_reduced: bool) -> Engine:
    """Choose the fastest engine that gives torch's results: OpenVINO for larger networks on a CPU, torch elsewhere."""
    parameters = sum(parameter.numel() for parameter in network.parameters())
    if device.type == "cpu" and parameters >= WORTH_CONVERTING:
        for try_reduced in (True, False) if is_reduced and OpenVinoEngine.has_bfloat16() else (False,):
            try:
                return OpenVinoEngine(network, card, is_reduced=try_reduced)
            except CacheError as error:
                _warn_once(f"Without OpenVINO: {error}.")
                break
            except (ImportError, DeviceError) as error:
                _log.warning("%s runs without OpenVINO%s: %s", card.name, " in bfloat16" * try_reduced, error)
    if device.type == "cuda" and is_reduced:
        reduced = TorchEngine(network, card.input_spec, device, is_reduced=True)
        exact = TorchEngine(network, card.input_spec, device)
        difference = probability_difference(reduced, exact, card)
        if difference <= PARITY_REDUCED:
            return reduced
        _log.warning("%s runs in float32: %s is off by %.4f.", card.name, reduced.precision, difference)
        return exact
    return TorchEngine(network, card.input_spec, device)
