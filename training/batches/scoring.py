"""Scores of crops under a network that is being trained or was just loaded."""

from collections.abc import Iterable
from itertools import islice

import numpy as np
import torch
from numpy.typing import NDArray

from forensiclab.core.records import Picture
from forensiclab.detectors.base import Network
from training.datasets.fitting import fit

_BATCH = 32


def score_pictures(
    network: Network, pictures: Iterable[Picture], device: torch.device | str = "cpu"
) -> NDArray[np.float32]:
    """Score crops of any size, in float32, shape (N,).

    Args:
        network: In eval mode, on ``device``.
        pictures: uint8 RGB, each of shape (H, W, 3); brought to the network's size here.
        device: Where the network is.
    """
    spec = network.input_spec
    fitted = (fit(picture, spec.size_px) for picture in pictures)
    scores: list[NDArray[np.float32]] = []
    with torch.inference_mode():
        while batch := list(islice(fitted, _BATCH)):
            scores.append(network(spec.to_tensor(np.stack(batch), device)).raw_score.float().cpu().numpy())
    return np.concatenate(scores) if scores else np.zeros(0, np.float32)
