"""What the DFDC face crops offer beyond a list: forgeries with their own originals, and parts to hold out."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from forensiclab.core.errors import SettingsError
from forensiclab.core.records import Picture
from training.data.crops import CropEntry

ALIGNED_BORDER_DIFF = 4.0
"""Below it a forgery and its original are the same frame in the same box."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CropPair:
    """A forgery and the real crop of the clip that it was made from."""

    real: CropEntry
    forged: CropEntry

    @property
    def is_aligned(self) -> bool:
        """Whether both show the same frame in the same box, so that their difference is the forged region."""
        return self.forged.border_diff is not None and self.forged.border_diff < ALIGNED_BORDER_DIFF


def pair_up(entries: Sequence[CropEntry]) -> tuple[CropPair, ...]:
    """Every forgery with its own original, in the order of the index. A real crop may stand in several pairs.

    Raises:
        SettingsError: No forgery names an original that is there.
    """
    real = {entry.name: entry for entry in entries if entry.label == 0}
    pairs = tuple(
        CropPair(real=real[entry.original], forged=entry)
        for entry in entries
        if entry.label == 1 and entry.original in real
    )
    if not pairs:
        raise SettingsError("Training needs forgeries that name their original: the index has no such pair of crops.")
    return pairs


def hold_out_parts(entries: Sequence[CropEntry], share: float, seed: int) -> frozenset[str]:
    """Parts of the data set that together hold at least ``share`` of the entries, drawn by ``seed``.

    People and clips of one part do not occur in another, so what is measured on these parts is measured on strangers.
    Without parts in the index nothing can be held out and the result is empty.
    """
    sizes: dict[str, int] = {}
    for entry in entries:
        if entry.part is not None:
            sizes[entry.part] = sizes.get(entry.part, 0) + 1
    chosen: list[str] = []
    for part in np.random.default_rng(seed).permutation(sorted(sizes)):
        if sum(sizes[name] for name in chosen) >= share * len(entries):
            break
        chosen.append(str(part))
    return frozenset(chosen)


def forged_region(forged: Picture, original: Picture, threshold: int = 40) -> NDArray[np.bool_]:
    """The forged pixels of an aligned pair: where the mean absolute difference of the channels exceeds ``threshold``.

    Args:
        forged, original: uint8 RGB, shape (H, W, 3), same frame and same box.
        threshold: Grey levels of 255.

    Returns:
        Shape (H, W).

    Source: Dual contrastive learning for general face forgery detection, section 3.2 (the mask of its intra-instance
        loss).
    """
    region: NDArray[np.bool_] = cv2.absdiff(forged, original).mean(axis=2) > threshold
    return region
