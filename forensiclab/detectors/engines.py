"""What carries out a network's forward pass: torch on a GPU or the CPU, OpenVINO on the CPU."""

import contextlib
import json
import sys
import weakref
from typing import Any, ClassVar, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from forensiclab import __version__
from forensiclab.core.errors import DeviceError
from forensiclab.core.resources import resource_path
from forensiclab.core.text import Sentence
from forensiclab.detectors.base import InputSpec, MethodCard, Network, Prediction
from forensiclab.detectors.network_cache import MODEL_FILE, NetworkCache

PARITY_FLOAT32, PARITY_REDUCED = 1e-3, 2e-2
"""How far a probability may be from torch's in float32, for the same precision and for a reduced one."""

# With this module OpenVINO's converter reports every use over the network; without it, it takes a stand-in of its own.
sys.modules["openvino_telemetry"] = None  # type: ignore[assignment]

WORTH_CONVERTING = 1_000_000
"""Parameters from which a network is converted for OpenVINO: a small one is done before it would be converted."""


class Engine(Protocol):
    """Runs one network on one device."""

    @property
    def device_name(self) -> str: ...

    @property
    def precision(self) -> str: ...

    def run(self, crops: NDArray[np.uint8]) -> Prediction:
        """Make one forward pass over crops of shape (B, S, S, 3), B >= 1."""
        ...


class TorchEngine:
    """A network on a torch device. Networks that do not fit into its memory together take turns in it."""

    _resident: ClassVar["weakref.WeakSet[TorchEngine]"] = weakref.WeakSet()

    def __init__(self, network: Network, spec: InputSpec, device: torch.device, *, is_reduced: bool = False) -> None:
        self._network = network.eval().requires_grad_(False)
        self._spec = spec
        self._device = device
        self._type: torch.dtype | None = None
        if is_reduced and device.type == "cuda":
            self._type = torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float16
            self._network = self._network.to(memory_format=torch.channels_last)
        self._move_in()

    @property
    def device_name(self) -> str:
        if self._device.type == "cuda":
            return f"{self._device} ({torch.cuda.get_device_name(self._device)}, torch {torch.__version__})"
        return f"{self._device} (torch {torch.__version__})"

    @property
    def precision(self) -> str:
        return "float32" if self._type is None else str(self._type).removeprefix("torch.")

    def run(self, crops: NDArray[np.uint8]) -> Prediction:
        """One forward pass.

        Raises:
            torch.OutOfMemoryError: The batch does not fit; a smaller one may.
        """
        if self not in TorchEngine._resident:
            self._move_in()
        reduced = (
            torch.autocast(self._device.type, dtype=self._type) if self._type is not None else contextlib.nullcontext()
        )
        with torch.inference_mode(), reduced:
            output = self._network(self._spec.to_tensor(crops, self._device))
        return Prediction(raw_scores=_to_numpy(output.raw_score), attention=_to_numpy(output.attention))

    def _move_in(self) -> None:
        """Bring the weights into the device's memory; if there is no room, send the other networks out first."""
        try:
            self._network.to(self._device)
        except torch.OutOfMemoryError:
            for other in list(TorchEngine._resident):
                other._move_out()
            try:
                self._network.to(self._device)
            except torch.OutOfMemoryError as error:
                raise DeviceError(
                    Sentence(
                        "The weights of {0} do not fit into the memory of {1}. Close other programs that use it, or "
                        "choose --device cpu.",
                        type(self._network).__name__,
                        self._device,
                    )
                ) from error
        TorchEngine._resident.add(self)

    def _move_out(self) -> None:
        self._network.to("cpu")
        TorchEngine._resident.discard(self)
        if self._device.type == "cuda":
            torch.cuda.empty_cache()


def _to_numpy(tensor: Tensor) -> NDArray[np.float32]:
    array: NDArray[np.float32] = tensor.float().cpu().numpy()
    return array


class OpenVinoEngine:
    """A network converted once for OpenVINO and kept in the user's cache under the hash of its weights.

    At every start the seal of the kept one is checked, and its probabilities are compared with torch's in float32.
    """

    def __init__(self, network: Network, card: MethodCard, *, is_reduced: bool = False) -> None:
        """Convert or load, compile, compare.

        Raises:
            ImportError: OpenVINO is not installed.
            DeviceError: It cannot run this network, or not as exactly as it must.
            CacheError: There is no place for the converted network.
        """
        import openvino

        self._spec = card.input_spec
        self.precision = "bfloat16" if is_reduced else "float32"
        self.device_name = f"cpu (OpenVINO {openvino.__version__.partition('-')[0]})"
        core = openvino.Core()
        failures: tuple[type[Exception], ...] = (RuntimeError, TypeError, ValueError, *_frontend_failures())
        try:
            self._compiled = core.compile_model(
                self._converted(openvino, core, network, card),
                "CPU",
                {
                    "INFERENCE_PRECISION_HINT": "bf16" if is_reduced else "f32",
                    "INFERENCE_NUM_THREADS": torch.get_num_threads(),
                    "PERFORMANCE_HINT": "LATENCY",
                },
            )
        except failures as error:
            raise DeviceError(Sentence("OpenVINO cannot run '{0}': {1}.", card.name, error)) from error
        difference = probability_difference(self, TorchEngine(network, self._spec, torch.device("cpu")), card)
        allowed = PARITY_REDUCED if is_reduced else PARITY_FLOAT32
        if difference > allowed:
            raise DeviceError(
                Sentence(
                    "OpenVINO in {0} differs from torch by {1:.4f} in the probability of '{2}', more than the {3} that "
                    "is allowed.",
                    self.precision,
                    difference,
                    card.name,
                    allowed,
                )
            )

    @staticmethod
    def has_bfloat16() -> bool:
        """Say whether this CPU multiplies bfloat16 natively; without that it is far slower than float32."""
        try:
            import openvino
        except ImportError:
            return False
        return "BF16" in openvino.Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")

    def run(self, crops: NDArray[np.uint8]) -> Prediction:
        """Make one forward pass."""
        output = self._compiled(self._spec.to_tensor(crops).numpy())
        return Prediction(raw_scores=np.array(output[0], np.float32), attention=np.array(output[1], np.float32))

    def _converted(self, openvino: object, core: object, network: Network, card: MethodCard) -> object:
        """Convert the network to OpenVINO's model, or take it from the cache if its bytes are those put there.

        It happens once for each set of weights, and four of its steps hold Python's lock, each by itself: tracing (at
        most 0.03 s of processor time), the frontend (0.02 to 0.13 s), OpenVINO's transformations (0.05 to 0.21 s, most
        for EfficientNet-B4), writing the file (0.05 to 0.25 s, while the system finds room for it). OpenVINO does the
        last three in one call each. A process of its own is not begun for that: before it can convert anything it needs
        3.5 s of processor time and 0.9 GiB, to import torch and timm and to read the weights again, for 0.6 to 1.3 s of
        conversion in this one (5 shipped networks, two cores under a load of 3 to 4, 2026-11-28). To leave out the
        transformations, which the compiler does without the lock, would nearly double what every later start takes.
        """
        version = openvino.__version__.partition("-")[0]  # type: ignore[attr-defined]
        size = self._spec.size_px
        cache = NetworkCache(
            f"{card.method}-{card.weights_sha256[:20]}-{version}",
            json.dumps([card.method, card.options, card.weights_sha256, size, version, torch.__version__, __version__]),
        )
        kept = cache.load()
        if kept is not None:
            return core.read_model(*kept)  # type: ignore[attr-defined]
        with cache.room() as folder:
            model = openvino.convert_model(  # type: ignore[attr-defined]
                traced(network, size), input=[-1, 3, size, size]
            )
            openvino.save_model(model, folder / MODEL_FILE, compress_to_fp16=False)  # type: ignore[attr-defined]
        return model


def traced(network: Network, size_px: int) -> "torch.jit.ScriptFunction[Any, Any]":
    """Trace a network in eval mode to one flat torch graph, its weights constants within it, for OpenVINO to take over.

    Traced as a module, every layer's graph would be made, then put into its parent's, twice over, and compared with a
    second trace: several times the work, and all of it done while Python's lock is held.

    Args:
        network: Its parameters need no gradient any more afterwards.
        size_px: Side of the crops it takes.

    Returns:
        Pictures of shape (B, 3, S, S), any B >= 1 -> raw scores and attention maps.

    Raises:
        RuntimeError, TypeError, ValueError: Its forward pass cannot be followed.
    """
    network.eval().requires_grad_(False)
    pictures = torch.zeros(1, 3, size_px, size_px)
    return torch.jit.trace(  # type: ignore[no-any-return, no-untyped-call]
        lambda pictures: tuple(network(pictures)), pictures, check_trace=False
    )


def _frontend_failures() -> tuple[type[Exception], ...]:
    """Return what OpenVINO raises for a network that it cannot convert; these share no base class of their own."""
    import openvino.frontend as frontend

    return (
        frontend.GeneralFailure,
        frontend.InitializationFailure,
        frontend.NotImplementedFailure,
        frontend.OpConversionFailure,
        frontend.OpValidationFailure,
    )


def probability_difference(engine: Engine, reference: Engine, card: MethodCard) -> float:
    """Return the largest difference of a probability between two engines, over a few crops of the demo's portrait.

    Without a calibration, the logistic function of the raw score stands for the probability.
    """
    crops = parity_crops(card.input_spec.size_px)
    band = next((band for band in card.calibration if band.name == "any"), None)
    slope, intercept = (band.slope, band.intercept) if band else (1.0, 0.0)
    probabilities = [
        1 / (1 + np.exp(-np.clip(slope * one.run(crops).raw_scores + intercept, -60, 60)))
        for one in (engine, reference)
    ]
    return float(np.abs(probabilities[0] - probabilities[1]).max())


def parity_crops(size_px: int) -> NDArray[np.uint8]:
    """Make four crops to compare engines on, shape (4, S, S, 3): a face, mirrored, darker, reduced to an eighth."""
    with Image.open(resource_path("demo", "astronaut.jpg")) as file:
        picture = file.convert("RGB")
        width = picture.width
        face = picture.crop((round(width * 0.27), 0, round(width * 0.63), round(width * 0.36)))
    face = face.resize((size_px, size_px), Image.Resampling.BICUBIC)
    small = face.resize((max(1, size_px // 8),) * 2, Image.Resampling.BOX)
    return np.stack(
        [
            np.asarray(face),
            np.asarray(face.transpose(Image.Transpose.FLIP_LEFT_RIGHT)),
            np.asarray(face.point(lambda level: level // 3)),
            np.asarray(small.resize(face.size, Image.Resampling.BICUBIC)),
        ]
    )
