"""What the DFDC face crops offer beyond a list: forgeries with their own originals, and parts to hold out."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from forensiclab.core.errors import SettingsError
from forensiclab.core.records import Picture
from training.datasets.crops import CropEntry

CropPair = tuple[CropEntry, CropEntry]
"""A real crop and a forgery made from its clip."""

ALIGNED_BORDER_DIFF = 4.0
"""Below it a forgery and its original are the same frame in the same box."""


def is_aligned(forged: CropEntry) -> bool:
    """Whether a forgery and its original show the same frame in the same box: their difference is the forged region."""
    return forged.border_diff is not None and forged.border_diff < ALIGNED_BORDER_DIFF


def pair_up(entries: Sequence[CropEntry]) -> tuple[CropPair, ...]:
    """Pair every forgery with its own original, as (real, forged), in the order of the index.

    A real crop may stand in several pairs.

    Raises:
        SettingsError: No forgery names an original that is there.
    """
    real = {entry.name: entry for entry in entries if entry.label == 0}
    pairs = tuple((real[entry.original], entry) for entry in entries if entry.label == 1 and entry.original in real)
    if not pairs:
        raise SettingsError("Training needs forgeries that name their original: the index has no such pair of crops.")
    return pairs


def some_of(pairs: Sequence[CropPair], number: int | None) -> Sequence[CropPair]:
    """Choose pairs evenly spread over all; all of them for None, or where there are no more."""
    if number is None or number >= len(pairs):
        return pairs
    return [pairs[place * len(pairs) // number] for place in range(number)]


def hold_out_parts(entries: Sequence[CropEntry], share: float, seed: int) -> frozenset[str]:
    """Draw parts of the data set that together hold at least ``share`` of the entries.

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
    """Find the forged pixels of an aligned pair: where the channels differ by more than ``threshold`` on average.

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


def border_difference(forged: Picture, original: Picture) -> float:
    """Return the mean absolute difference of two crops along their border (a sixteenth of the side), 0-255.

    A forgery changes the face in the middle; the border tells whether both show the same frame in the same box.

    Args:
        forged, original: uint8 RGB, same shape (H, W, 3).
    """
    difference = cv2.absdiff(forged, original).mean(axis=2)
    return float(difference[_border(difference.shape)].mean())


def difference_mask(forged: Picture, original: Picture) -> NDArray[np.uint8] | None:
    """Return the forged region of an aligned pair as one smooth shape, where scattered pixels are not enough.

    The difference is smoothed and compared with the noise along the border, where nothing is forged; what lies between
    changed pixels is filled, specks are dropped, and the outline is smoothed. All lengths follow the side of the crop.

    Args:
        forged, original: uint8 RGB, shape (H, W, 3), same frame and same box.

    Returns:
        Grey levels, 255 = forged, shape (H, W), with an outline two pixels soft at 224; None where nothing stands out.

    Source: after ``forged_region`` and its paper.
    Deviations: a threshold of 40 grey levels marks 0.7 % of the pixels of half of the DFDC crops (median), as a swapped
        face has nearly the colours of the old one; three times the noise, and the closing, mark about the face.
    """
    side = min(forged.shape[:2])
    difference = cv2.absdiff(forged, original).mean(axis=2).astype(np.float32)
    noise = float(difference[_border(difference.shape)].mean())
    smooth = cv2.GaussianBlur(difference, (0, 0), max(0.5, side / 64))
    changed = (smooth > max(_LEAST_CHANGE, _CHANGE_OVER_NOISE * noise)).astype(np.uint8)
    changed = cv2.morphologyEx(changed, cv2.MORPH_OPEN, _disc(side // 40))
    around = side // 4  # so that the closing does not stick to the crop's edge
    framed = cv2.copyMakeBorder(changed, around, around, around, around, cv2.BORDER_CONSTANT, value=0)
    closed = cv2.morphologyEx(framed, cv2.MORPH_CLOSE, _disc(around))[around:-around, around:-around]
    outlines, _ = cv2.findContours(closed, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    areas = [cv2.contourArea(outline) for outline in outlines]
    large = [outline for outline, area in zip(outlines, areas, strict=True) if area >= _LEAST_SHARE * max(areas)]
    filled = cv2.drawContours(np.zeros(closed.shape, np.float32), large, -1, 1.0, cv2.FILLED)
    outline = cv2.GaussianBlur(filled, (0, 0), max(0.5, side / 32), borderType=cv2.BORDER_REPLICATE) > 0.5
    if not outline.any():
        return None
    soft = cv2.GaussianBlur(outline.astype(np.float32), (0, 0), max(0.5, side / 112))
    return np.asarray(np.rint(soft * 255), dtype=np.uint8)


_LEAST_CHANGE, _CHANGE_OVER_NOISE = 4.0, 3.0
"""A smoothed difference above both (grey levels; times the border's) is a change."""
_LEAST_SHARE = 0.25
"""Of the largest changed region; smaller ones are specks."""


def _border(shape: tuple[int, ...]) -> NDArray[np.bool_]:
    width = max(1, min(shape[:2]) // 16)
    border = np.ones(shape[:2], dtype=np.bool_)
    border[width:-width, width:-width] = False
    return border


def _disc(diameter: int) -> NDArray[np.uint8]:
    size = diameter | 1
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)), dtype=np.uint8)
