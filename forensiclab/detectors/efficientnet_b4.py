"""EfficientNet-B4: a general picture classifier, the backbone of several of today's methods."""

from typing import ClassVar

from forensiclab.core.text import Sentence
from forensiclab.detectors.base import InputSpec
from forensiclab.detectors.layers.pooled import EfficientNetNetwork


class EfficientNetB4(EfficientNetNetwork):
    """EfficientNet-B4 with two logits.

    Source: Tan and Le, EfficientNet, table 1 (baseline) scaled to B4.
    Deviations: 299 pixels in [-1, 1], not 380 with ImageNet's mean: so it is the backbone of DCL and of the bleach
        paper, which both state 299, and a comparison with them shows the method and not the resolution. Dropout 0.2
        instead of 0.4 for the same reason (the authors' code of DCL).
    """

    INPUT: ClassVar[InputSpec] = InputSpec(size_px=299)
    TITLE: ClassVar[str] = "EfficientNet-B4"
    PAPER: ClassVar[str] = (
        "M. Tan, Q. V. Le. EfficientNet: rethinking model scaling for convolutional networks. ICML 2019."
    )
    ATTENTION: ClassVar[str] = Sentence(
        "Class activation map (equal to Grad-CAM here) of the last feature map; scaled to its own maximum, so "
        "it shows where, not how much."
    )
    CLAIMS: ClassVar[str] = Sentence(
        "A general picture classifier that learns whatever separates the forgeries it was trained on; strong on those, "
        "weak on other kinds of forgery and on stronger compression than it was trained with."
    )
    DROPOUT: ClassVar[float] = 0.2
