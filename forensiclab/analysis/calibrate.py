"""Which calibration of a detector fits the compression that was measured in an exhibit."""

from forensiclab.core.scores import BandCalibration
from forensiclab.detectors.base import MethodCard

ANY_BAND = "any"
"""Name of the band fitted over all levels together, used where the compression could not be measured."""


def choose_band(card: MethodCard, qp: float | None, jpeg_quality: int | None) -> BandCalibration | None:
    """Choose the calibration band for a measured compression.

    Args:
        card: The detector's card.
        qp: Median in-face QP of the scored crops, None where the codec gives none.
        jpeg_quality: Estimated JPEG quality of a picture, None for anything else.

    Returns:
        The band that holds the measurement; the band ``any`` where nothing was measured; None where the card has no
        band for it, so that no probability is given instead of one that was fitted on something else.
    """
    for band in card.calibration:
        if band.name == ANY_BAND:
            if qp is None and jpeg_quality is None:
                return band
        elif qp is not None:
            if band.qp_min <= qp < band.qp_max:
                return band
        elif jpeg_quality is not None and band.jpeg_quality_min <= jpeg_quality <= band.jpeg_quality_max:
            return band
    return None
