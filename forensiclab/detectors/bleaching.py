"""A crop before and after bleaching, for people to look at. Generated pixels: never evidence."""

import math
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from forensiclab.core.errors import DeviceError, WeightsError
from forensiclab.core.records import AttentionMap, Picture
from forensiclab.core.text import Sentence
from forensiclab.detectors.base import InputSpec, MethodCard
from forensiclab.detectors.installed import installed_weights
from forensiclab.detectors.pixel_bleach import PixelBleach
from forensiclab.detectors.runtime import choose_device, make_repeatable
from forensiclab.detectors.weights import load_weights

METHOD = "pixel_bleach"

_HALF = 127.5
"""Grey levels from black to mid grey."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BleachPreview:
    """What a bleach does to a crop. All pictures have the shape (S, S, 3)."""

    original: Picture
    bleach: Picture
    """What is added to the crop, times the gain, about mid grey."""
    bleached: Picture
    """The crop with the bleach laid over it; generated pixels."""
    raw_score_before: float
    """Of the frozen detector on the crop as it is."""
    raw_score_after: float
    """Of the frozen detector on the bleached crop: the method's own score where the strength is that of the weights."""
    attention: AttentionMap
    """The frozen detector's map of the bleached crop."""
    strength: float
    """The factor s that was used."""
    gain: float


class Bleacher:
    """A bleach generator and its frozen detector, on a device."""

    def __init__(self, network: PixelBleach, card: MethodCard, device: torch.device) -> None:
        self._network = network.eval().requires_grad_(False).to(device)
        self._device = device
        self.card = card
        self.strength = float(network.strength)
        """The factor s for which the generator was trained."""

    @property
    def input_spec(self) -> InputSpec:
        """The crops it takes."""
        return self.card.input_spec

    def preview(self, crop: Picture, *, gain: float = 10.0, strength: float | None = None) -> BleachPreview:
        """Bleach a crop and score it before and after.

        Args:
            crop: uint8 RGB, shape (S, S, 3), S = ``input_spec.size_px``.
            gain: How much stronger the bleach is shown than it is, > 0; changes nothing but its picture.
            strength: The factor s, >= 0; None takes that of the weights. At 0 nothing is added.

        Raises:
            ShapeError: The crop does not fit ``input_spec``.
            ValueError: The gain or the strength is out of its range.
            DeviceError: The crop does not fit into the device's memory.
        """
        used = self.strength if strength is None else strength
        if not (math.isfinite(used) and used >= 0 and math.isfinite(gain) and gain > 0):
            raise ValueError(f"a bleach needs a strength >= 0 and a gain > 0, not {used} and {gain}")
        pictures = self.input_spec.to_tensor(np.stack([crop]), self._device)
        try:
            with torch.inference_mode():
                output = self._network.bleach(pictures, used)
        except torch.OutOfMemoryError as error:
            raise DeviceError(
                Sentence(
                    "Bleaching with '{0}' does not fit into the memory of {1}. Close other programs that use it, or "
                    "choose the processor.",
                    self.card.name,
                    self._device,
                )
            ) from error
        return BleachPreview(
            original=crop,
            bleach=_picture(_numbers(output.bleach) * (used * gain)),
            bleached=_picture(_numbers(output.bleached)),
            raw_score_before=float(output.raw_score_before),
            raw_score_after=float(output.raw_score),
            attention=output.attention[0].float().cpu().numpy(),
            strength=used,
            gain=gain,
        )


def bleach_weights() -> tuple[str, ...]:
    """List the names of the installed weights that can bleach.

    Those whose card cannot be read are left out; those whose detector is missing are not: opening them says so.
    """
    return tuple(w.name for w in installed_weights() if w.card is not None and w.card.method == METHOD)


def open_bleacher(name: str, device: str = "auto") -> Bleacher:
    """Load a bleach generator onto a device.

    Args:
        name: Of installed weights, one of ``bleach_weights``.
        device: As for ``detectors.runtime.choose_device``.

    Raises:
        WeightsError: They are missing, damaged, or weights of another method, or the detector that they stand before is
            missing or another.
        DeviceError: The device is not there.
    """
    make_repeatable()
    chosen = choose_device(device)
    network, card = load_weights(name)
    if not isinstance(network, PixelBleach):
        have = ", ".join(bleach_weights()) or Sentence("none")
        raise WeightsError(
            Sentence(
                "The weights '{0}' belong to the method '{1}', which does not bleach; installed weights that do: {2}.",
                card.name,
                card.method,
                have,
            )
        )
    return Bleacher(network, card, chosen)


def _numbers(batch: Tensor) -> NDArray[np.float32]:
    """Turn one picture, shape (1, 3, S, S), values in [-1, 1], into shape (S, S, 3)."""
    numbers: NDArray[np.float32] = batch[0].permute(1, 2, 0).float().cpu().numpy()
    return numbers


def _picture(numbers: NDArray[np.float32]) -> Picture:
    """Draw -1 black, 0 mid grey, 1 white, and cut off what lies beyond; read-only."""
    pixels: Picture = np.clip(np.rint((numbers + 1) * _HALF), 0, 255).astype(np.uint8)
    pixels.flags.writeable = False
    return pixels
