"""What a network makes of crops on the way to its score: embeddings and feature maps."""

from collections.abc import Callable
from typing import Protocol, runtime_checkable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from forensiclab.core.compression import CompressionLevel
from forensiclab.core.errors import SettingsError
from training.evaluation.detectors import Evaluated
from training.evaluation.folders import CropReader, CropSet, cut_for

_BATCH = 16


@runtime_checkable
class _Embeds(Protocol):
    def embed(self, pictures: Tensor) -> Tensor: ...


@runtime_checkable
class _HasFeatures(Protocol):
    def features(self, pictures: Tensor) -> Tensor: ...


def embeddings(one: Evaluated, crops: CropSet, level: CompressionLevel) -> NDArray[np.float32]:
    """Collect what enters the last layer of a network, shape (N, D).

    Raises:
        SettingsError: The network has no embedding.
        MediaError: A crop cannot be read.
    """
    network = one.network
    if not isinstance(network, _Embeds):
        raise SettingsError(f"'{one.title}' has no embedding of a crop.")
    return _run(one, crops, level, network.embed)


def of_features(
    one: Evaluated, crops: CropSet, level: CompressionLevel, reduce: Callable[[Tensor], Tensor]
) -> NDArray[np.float32]:
    """Compute something from the last feature maps of a network, shape (N, ...).

    Args:
        one: The detector.
        crops, level: What it sees.
        reduce: Feature maps (B, C, h, w) -> what is wanted of them, shape (B, ...).

    Raises:
        SettingsError: The network has no last feature map.
        MediaError: A crop cannot be read.
    """
    network = one.network
    if not isinstance(network, _HasFeatures):
        raise SettingsError(f"'{one.title}' has no last feature map.")
    return _run(one, crops, level, lambda pictures: reduce(network.features(pictures)))


def _run(
    one: Evaluated, crops: CropSet, level: CompressionLevel, step: Callable[[Tensor], Tensor]
) -> NDArray[np.float32]:
    spec, reader = one.detector.input_spec, CropReader(crops, level)
    device = next(one.network.parameters()).device
    results: list[NDArray[np.float32]] = []
    with torch.inference_mode():
        for start in range(0, len(crops.entries), _BATCH):
            pictures = [reader.picture(entry) for entry in crops.entries[start : start + _BATCH]]
            fitted = np.stack([cut_for(picture, spec, crops.folder.margin) for picture in pictures])
            results.append(step(spec.to_tensor(fitted, device)).float().cpu().numpy())
    return np.concatenate(results)
