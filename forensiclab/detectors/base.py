"""What a detector is: the network's contract, its input, its card and its answer."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from typing import ClassVar, Final, NamedTuple, Protocol, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from forensiclab.core.errors import ShapeError
from forensiclab.core.records import CropRule
from forensiclab.core.scores import BandCalibration, ValidatedConditions

SMALLEST_PX: Final = 32
"""Least side of a crop that a network of another size than its own may take: one cell of a last feature map."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InputSpec:
    """The pictures a network takes, declared once by its class and used by the program and by training alike."""

    size_px: int
    """Side of the square crop."""
    margin: float = 1.3
    """Side of the square over the longer side of the face box."""
    mean: tuple[float, float, float] = (0.5, 0.5, 0.5)
    std: tuple[float, float, float] = (0.5, 0.5, 0.5)
    """The network sees ``(pixel / 255 - mean) / std`` per channel, in the order R, G, B."""

    @property
    def crop_rule(self) -> CropRule:
        return CropRule(size_px=self.size_px, margin=self.margin)

    def at_size(self, size_px: int | str | None) -> Self:
        """Return the spec at another size; a text is taken for a number, since a card's options are texts.

        Raises:
            ValueError: It is not a whole number of at least 32 pixels.
        """
        if size_px is None:
            return self
        if int(size_px) < SMALLEST_PX:
            raise ValueError(f"crops of {size_px} pixels are too small, {SMALLEST_PX} are the least")
        return replace(self, size_px=int(size_px))

    def check(self, crops: NDArray[np.uint8]) -> None:
        """Refuse anything but uint8 crops of shape (B, size_px, size_px, 3).

        Raises:
            ShapeError: The shape or the data type is another one.
        """
        size = self.size_px
        if crops.ndim != 4 or crops.shape[1:] != (size, size, 3) or crops.dtype != np.uint8:
            raise ShapeError(f"A batch of crops ({crops.dtype})", f"(B, {size}, {size}, 3), uint8", crops.shape)

    def normalise(self, pixels: Tensor) -> Tensor:
        """Bring pixels in [0, 255] of any type, shape (B, 3, H, W), to the network's scale, floating point."""
        pixels = pixels if pixels.is_floating_point() else pixels.float()
        mean = pixels.new_tensor(self.mean).view(1, 3, 1, 1)
        std = pixels.new_tensor(self.std).view(1, 3, 1, 1)
        return (pixels / 255 - mean) / std

    def to_tensor(self, crops: NDArray[np.uint8], device: torch.device | str = "cpu") -> Tensor:
        """Turn uint8 crops, shape (B, S, S, 3), into a normalised float32 tensor, shape (B, 3, S, S), on ``device``.

        Raises:
            ShapeError: The crops do not have this spec's size or type.
        """
        self.check(crops)
        pixels = torch.from_numpy(np.ascontiguousarray(crops)).to(device)
        return self.normalise(pixels.permute(0, 3, 1, 2))


class NetworkOutput(NamedTuple):
    """What a network's forward pass gives."""

    raw_score: Tensor
    """Shape (B,), higher = more likely forged; before any calibration."""
    attention: Tensor
    """Shape (B, h, w), values in [0, 1]."""


class Network(nn.Module, ABC):
    """The inference half of a method: a torch module with its contract declared on the class.

    ``forward`` takes normalised pictures of shape (B, 3, S, S) and returns a ``NetworkOutput``. In eval mode a crop
    alone gives what the same crop gives in a batch, and no gradient is needed for the attention map.
    """

    INPUT: ClassVar[InputSpec]
    TITLE: ClassVar[str]
    PAPER: ClassVar[str]
    """Citation of the paper, one line."""
    ATTENTION: ClassVar[str]
    """What the attention map is, one sentence for the report."""
    CLAIMS: ClassVar[str]
    """What the method claims to see and where it is known to fail, one or two sentences."""
    EVEN_DISTANCE: ClassVar[float | None] = None
    """Raw score that parts real from forged before any calibration, where scores are distances from an origin; None for
    log odds, which 0 parts."""
    MAP_IS_PROBABILITY: ClassVar[bool] = False
    """Whether a cell of the attention map is the probability that it is forged. Other maps are scaled to their own
    maximum, where a threshold means nothing."""
    BORROWED: ClassVar[str] = ""
    """Name of the part that is another detector's network with that detector's weights; empty for most methods.

    They are not stored with the network's own: the card says whose they are (``MethodCard.stands_before``).
    """

    def __init__(self, size_px: int | str | None = None) -> None:
        """Begin an untrained network.

        Args:
            size_px: Side of the crops it takes, where that is not the class's own and the network offers it.

        Raises:
            ValueError: See ``InputSpec.at_size``.
        """
        super().__init__()
        self._spec = self.INPUT.at_size(size_px)

    @property
    def input_spec(self) -> InputSpec:
        """The pictures this instance takes: the class's ``INPUT``, unless an option of the instance changes it."""
        return self._spec

    def borrows(self, tensor: str) -> bool:
        """Say whether a tensor of the network's state, by its name, belongs to the part that is ``BORROWED``."""
        return bool(self.BORROWED) and tensor.startswith(f"{self.BORROWED}.")

    @classmethod
    def options_before(cls, lender: "MethodCard") -> tuple[tuple[str, str], ...]:
        """Return the options under which the ``BORROWED`` part fits a detector; none for most methods."""
        return ()

    @abstractmethod
    def forward(self, pictures: Tensor) -> NetworkOutput:
        """Score normalised pictures of shape (B, 3, S, S) and draw their attention maps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredFigure:
    """One measured result on a card; written by the evaluation, never by hand."""

    data: str
    level: str
    metric: str
    value: float
    ci_low: float | None
    ci_high: float | None
    n_real: int
    n_forged: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightsReference:
    """Certain weights, by their name and by the hash of their file."""

    name: str
    weights_sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodCard:
    """All there is to know about one set of weights: stored as ``card.json`` beside them."""

    name: str
    """What the user types; also the name of the folder."""
    method: str
    """Key in ``DETECTORS``: which network the weights belong to."""
    options: tuple[tuple[str, str], ...]
    """Keyword arguments of the network's class, as (name, value); empty for most methods."""
    input_spec: InputSpec
    """The pictures these weights were trained on: the network's own size, but perhaps another margin."""
    title: str
    weights_sha256: str
    stands_before: WeightsReference | None = None
    """The detector that these weights are used with and do not hold themselves; None for most methods."""
    weights_licence: str
    data_licence: str
    trained_on: tuple[str, ...]
    started_from: str
    recipe: str
    """The command that trained it."""
    seed: int | None
    hardware: str
    duration_min: float | None
    commit: str | None
    date: str
    calibration: tuple[BandCalibration, ...]
    calibrated_on: str | None
    """Name of the calibration set, None without one."""
    conditions: ValidatedConditions
    figures: tuple[MeasuredFigure, ...]
    evaluated_by: str | None
    """The command that measured the figures."""
    known_limits: tuple[str, ...]

    @property
    def reference(self) -> WeightsReference:
        """What another card says to stand before these weights."""
        return WeightsReference(name=self.name, weights_sha256=self.weights_sha256)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Prediction:
    """What a detector says about a batch of crops."""

    raw_scores: NDArray[np.float32]
    """Shape (B,), higher = more likely forged."""
    attention: NDArray[np.float32]
    """Shape (B, h, w), values in [0, 1]."""


class Detector(Protocol):
    """A network with its weights, ready to run. All that the analysis knows about it."""

    @property
    def card(self) -> MethodCard: ...

    @property
    def input_spec(self) -> InputSpec: ...

    @property
    def device_name(self) -> str:
        """Where it runs, for the report: ``cpu``, ``cuda:0 (NVIDIA ...)``."""
        ...

    @property
    def precision(self) -> str:
        """``float32``, ``bfloat16``, ..."""
        ...

    @property
    def attention_note(self) -> str:
        """What its attention map is, one sentence."""
        ...

    def predict(self, crops: NDArray[np.uint8]) -> Prediction:
        """Score crops of shape (B, S, S, 3), uint8 RGB, S = ``input_spec.size_px``.

        Raises:
            ShapeError: The crops do not fit ``input_spec``.
            DeviceError: Not even one crop fits into the device's memory.
        """
        ...
