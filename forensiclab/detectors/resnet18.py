"""ResNet-18: a small general picture classifier."""

from typing import ClassVar

from forensiclab.core.text import Sentence
from forensiclab.detectors.base import InputSpec
from forensiclab.detectors.layers.pooled import TimmNetwork


class ResNet18(TimmNetwork):
    """ResNet-18 with two logits: the network of TCNSC, for training without its second branch.

    Source: He et al., Deep residual learning for image recognition, table 1.
    Deviations: none.
    """

    INPUT: ClassVar[InputSpec] = InputSpec(size_px=224, mean=(0.485, 0.456, 0.406), std=(0.229, 0.224, 0.225))
    TITLE: ClassVar[str] = "ResNet-18"
    PAPER: ClassVar[str] = "K. He, X. Zhang, S. Ren, J. Sun. Deep residual learning for image recognition. CVPR 2016."
    ATTENTION: ClassVar[str] = Sentence(
        "Class activation map (equal to Grad-CAM here) of the last feature map; scaled to its own maximum, so it "
        "shows where, not how much."
    )
    CLAIMS: ClassVar[str] = Sentence(
        "A small general picture classifier, fast on a CPU; learns whatever separates the forgeries it was trained on, "
        "weak on other kinds of forgery and on stronger compression than it was trained with."
    )
    ENCODER: ClassVar[str] = "resnet18"
    DROPOUT: ClassVar[float] = 0.0
