"""How tightly stored crops were cut, in terms of our own face finder's boxes."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from forensiclab.core.geometry import box_size_px
from forensiclab.core.records import Picture
from forensiclab.faces.finder import FaceFinder

_GREY = 127


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredMargin:
    """Side of the crops over the longer side of the face finder's box in them."""

    median: float
    low: float
    high: float
    """80 % of the crops lie from ``low`` to ``high``."""
    crops: int
    without_face: int


def measure_margin(pictures: Sequence[Picture], finder: FaceFinder) -> MeasuredMargin:
    """Find the face in every crop and compare its box with the crop.

    The finder needs some surroundings: tight crops are framed in grey by half their side first.

    Raises:
        ValueError: No crop shows a face.
    """
    margins = []
    for picture in pictures:
        side = picture.shape[0]
        frame = np.pad(picture, ((side // 2,) * 2, (side // 2,) * 2, (0, 0)), constant_values=_GREY)
        faces = finder.find(frame)
        if faces:
            surest = max(faces, key=lambda face: face.confidence or 0.0)
            margins.append(side / box_size_px(surest.box_xyxy_px))
    if not margins:
        raise ValueError("no crop shows a face")
    low, median, high = np.percentile(margins, (10, 50, 90))
    return MeasuredMargin(
        median=float(median),
        low=float(low),
        high=float(high),
        crops=len(margins),
        without_face=len(pictures) - len(margins),
    )
