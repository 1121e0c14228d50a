"""Small attention maps, one a detector, of the crop that is nearest to a time."""

from collections.abc import Iterable, Sequence

import numpy as np
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage, QPixmap

from forensiclab.analysis.attention import overlay, to_frame
from forensiclab.analysis.events import ContactCrop
from forensiclab.core.records import AttentionMap, Crop, Picture
from forensiclab.core.scores import CropScore
from forensiclab.gui.state.session import TrackState
from forensiclab.gui.widgets.images import to_image

_OPACITY = 0.5


def nearest_crop(tracks: Iterable[TrackState], pts_s: float) -> ContactCrop | None:
    """Return the kept crop of these tracks that is nearest to a time; None where none is kept."""
    crops = (crop for track in tracks for crop in track.crops)
    return min(crops, key=lambda crop: abs(crop.crop.pts_s - pts_s), default=None)


def attention_pictures(
    crop: ContactCrop, detectors: Sequence[str], side_px: int, ratio: float, colormap: str
) -> dict[str, QPixmap]:
    """Return the crop under the attention map of each of these detectors that has one.

    Args:
        crop: With the answers of all detectors.
        detectors: Names.
        side_px: Of the pictures, in logical pixels.
        ratio: Pixels of the screen per logical one.
        colormap: One of ``analysis.attention.COLORMAPS``.
    """
    side = max(round(side_px * ratio), 1)
    small = _reduced(crop.crop.picture, side)
    pictures = {}
    for score in crop.scores:
        if score.detector in detectors and score.attention is not None:
            laid = overlay(small, _over_crop(score.attention, score, crop.crop, side), _OPACITY, colormap)
            pictures[score.detector] = QPixmap.fromImage(to_image(laid))
            pictures[score.detector].setDevicePixelRatio(ratio)
    return pictures


def _reduced(picture: Picture, side: int) -> Picture:
    """Return a square picture at another size, before maps are laid over it: a map takes longest on many pixels."""
    keep, smooth = Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
    image = to_image(picture).scaled(QSize(side, side), keep, smooth).convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(side, image.bytesPerLine())
    return rows[:, : 3 * side].reshape(side, side, 3).copy()


def _over_crop(attention: AttentionMap, score: CropScore, crop: Crop, side: int) -> AttentionMap:
    """Return a map over the whole crop, also where the detector was given another square of the frame."""
    if score.region_xyxy_px == crop.region_xyxy_px:
        return attention
    left, top, right, _ = crop.region_xyxy_px
    scale = side / (right - left)
    x0, y0, x1, y1 = score.region_xyxy_px
    region = ((x0 - left) * scale, (y0 - top) * scale, (x1 - left) * scale, (y1 - top) * scale)
    return to_frame(attention, region, side, side)
