"""Xception: the classifier that FaceForensics++ measured against."""

from typing import ClassVar

from forensiclab.core.text import Sentence
from forensiclab.detectors.base import InputSpec
from forensiclab.detectors.layers.pooled import TimmNetwork


class Xception(TimmNetwork):
    """Xception with two logits.

    Source: Rössler et al., FaceForensics++, section 4.2 (XceptionNet); Chollet, Xception, figure 5.
    Deviations: none; size, scale and dropout are those of the authors' code.
    """

    INPUT: ClassVar[InputSpec] = InputSpec(size_px=299)
    TITLE: ClassVar[str] = "Xception"
    PAPER: ClassVar[str] = (
        "A. Rössler, D. Cozzolino, L. Verdoliva, C. Riess, J. Thies, M. Nießner. FaceForensics++: learning to detect "
        "manipulated facial images. ICCV 2019."
    )
    ATTENTION: ClassVar[str] = Sentence(
        "Class activation map (equal to Grad-CAM here) of the last feature map; scaled to its own maximum, so "
        "it shows where, not how much."
    )
    CLAIMS: ClassVar[str] = Sentence(
        "A general picture classifier that learns whatever separates the forgeries it was trained on; strong on those, "
        "weak on other kinds of forgery and on stronger compression than it was trained with."
    )
    ENCODER: ClassVar[str] = "legacy_xception"
    DROPOUT: ClassVar[float] = 0.5
