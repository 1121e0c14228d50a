"""Plots of the papers, drawn from our own detectors and data.

``KINDS`` is the only list of them; each has a file with a function ``draw``. ``model`` is what they are drawn from and
what comes out, ``style`` their one look, ``inside`` what a network makes of crops on the way to its score.
"""

import importlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from forensiclab.core.compression import CompressionLevel

if TYPE_CHECKING:  # the command line reads KINDS for its help; that must not load torch and matplotlib
    from training.plots.model import Draw

_CURVE = "clean,crf:18,crf:23,crf:28,crf:32,crf:36,crf:40,crf:45,jpeg:90,jpeg:70,jpeg:50,jpeg:30,jpeg:20,jpeg:10"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of figure."""

    module: str
    """Has a function ``draw``."""
    sentence: str
    levels: str
    """Unless others are asked for."""
    sample: int | None
    """Crops, unless another number is asked for; None = all."""
    has_detector: bool = True
    """Whether it is drawn from detectors; else from the crops alone."""

    @property
    def draw(self) -> "Draw":
        """The function that draws it."""
        loaded: Draw = importlib.import_module(f"{__name__}.{self.module}").draw
        return loaded

    @property
    def default_levels(self) -> tuple[CompressionLevel, ...]:
        """``levels``, read."""
        return tuple(CompressionLevel.parse(text) for text in self.levels.split(","))


KINDS: dict[str, Kind] = {
    "tsne": Kind(
        module="tsne",
        sentence="embeddings of real and forged crops in the plane",
        levels="clean,crf:40",
        sample=400,
    ),
    "distances": Kind(
        module="distances",
        sentence="histograms of the scores, which are distances from the origin for metric_learning",
        levels="clean,crf:40",
        sample=None,
    ),
    "self_similarity": Kind(
        module="self_similarity",
        sentence="histograms of how alike the cells of a face are to the network",
        levels="clean,crf:40",
        sample=400,
    ),
    "ssim": Kind(
        module="ssim",
        sentence="structural similarity of compressed crops to their originals against the level",
        levels=_CURVE.removeprefix("clean,"),
        sample=100,
        has_detector=False,
    ),
    "spectrum": Kind(
        module="spectrum",
        sentence="azimuthally averaged power spectra of real and forged crops",
        levels="clean,crf:23,crf:40,jpeg:20",
        sample=200,
        has_detector=False,
    ),
    "attention": Kind(
        module="attention",
        sentence="a sheet of crops under the detector's attention maps (Grad-CAM for most)",
        levels="clean,crf:23,crf:40",
        sample=6,
    ),
    "reliability": Kind(
        module="reliability",
        sentence="calibrated probabilities against the share of forgeries",
        levels="clean,jpeg:50,crf:40",
        sample=None,
    ),
    "robustness": Kind(
        module="robustness",
        sentence="frame AUC against CRF and JPEG quality",
        levels=_CURVE,
        sample=None,
    ),
}
"""Name on the command line -> kind of figure."""
