"""Where a new shot begins."""

from collections import deque
from statistics import median

import cv2
import numpy as np
from numpy.typing import NDArray

_WIDTH_PX, _HEIGHT_PX = 48, 27
_HISTOGRAM_BINS = 32
_FLAT_DEVIATION = 4.0
"""Grey levels; a thumbnail that deviates less is black, white or nearly so, and shows no scene."""
_PIXEL_CHANGE = 0.5
"""Standard deviations by which a pixel of the normalised thumbnail must differ to count as changed."""
_CHANGED_MIN = 0.3
_DIFFERENCE_MIN, _DIFFERENCE_MAX = 0.5, 0.9
_OVER_USUAL = 4.0
_HISTORY_FRAMES = 25


class ShotDetector:
    """Says of each frame whether a new shot begins with it.

    The rule: consecutive frames are compared as thumbnails of 48 x 27, normalised to zero mean and unit deviation.
    *Changed* is the share of pixels that differ by more than half a deviation; *tones* is half the L1 distance of the
    32-bin histograms before normalisation; both in [0, 1]. A cut is where changed exceeds 0.3 and the sum of the two
    exceeds 0.5 or, where the picture moves a lot, 4 times its median over the last 25 frames (up to 0.9).

    Normalising takes brightness and contrast out, so that fades and flashes are not cuts. A thumbnail that is nearly
    flat (a black or burnt-out frame) is passed over, and the next one compared with the last that showed something: a
    flash that burns out the frame is not a cut, a change of scene through black is. A dissolve is gradual and is not
    reported, nor is a cut between two nearly equal pictures; there the tracker's own checks must do.
    """

    def __init__(self) -> None:
        self._last: NDArray[np.float32] | None = None
        self._last_tones: NDArray[np.float64] = np.zeros(_HISTOGRAM_BINS)
        self._usual: deque[float] = deque(maxlen=_HISTORY_FRAMES)

    def is_cut(self, luma_small: NDArray[np.uint8]) -> bool:
        """Compare a frame with those before it. Call it once for every frame, in order.

        Args:
            luma_small: Luma of the frame, shape (h, w), of any size; it is reduced here.

        Returns:
            Whether a new shot begins with this frame; False for the first frame.
        """
        thumbnail = cv2.resize(luma_small, (_WIDTH_PX, _HEIGHT_PX), interpolation=cv2.INTER_AREA)
        deviation = float(thumbnail.std())
        if deviation < _FLAT_DEVIATION:
            return False
        tones = np.bincount(thumbnail.ravel() // (256 // _HISTOGRAM_BINS), minlength=_HISTOGRAM_BINS) / thumbnail.size
        normalised = ((thumbnail - thumbnail.mean()) / deviation).astype(np.float32)
        last, last_tones = self._last, self._last_tones
        self._last, self._last_tones = normalised, tones
        if last is None:
            return False
        changed = float((np.abs(normalised - last) > _PIXEL_CHANGE).mean())
        difference = changed + float(np.abs(tones - last_tones).sum()) / 2
        usual = median(self._usual) if self._usual else 0.0
        threshold = min(max(_DIFFERENCE_MIN, _OVER_USUAL * usual), _DIFFERENCE_MAX)
        if changed > _CHANGED_MIN and difference > threshold:
            self._usual.clear()
            return True
        self._usual.append(difference)
        return False
