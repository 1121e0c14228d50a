"""ResNet-50: a general picture classifier."""

from typing import ClassVar

from forensiclab.core.text import Sentence
from forensiclab.detectors.base import InputSpec
from forensiclab.detectors.layers.pooled import TimmNetwork


class ResNet50(TimmNetwork):
    """ResNet-50 with two logits.

    Source: He et al., Deep residual learning for image recognition, table 1.
    Deviations: strides in the 3x3 convolutions as in timm and torchvision (the paper's are in the 1x1 ones); 299 pixels
        instead of 224, the size of the faces in the bleach paper, whose baseline it is.
    """

    INPUT: ClassVar[InputSpec] = InputSpec(size_px=299, mean=(0.485, 0.456, 0.406), std=(0.229, 0.224, 0.225))
    TITLE: ClassVar[str] = "ResNet-50"
    PAPER: ClassVar[str] = "K. He, X. Zhang, S. Ren, J. Sun. Deep residual learning for image recognition. CVPR 2016."
    ATTENTION: ClassVar[str] = Sentence(
        "Class activation map (equal to Grad-CAM here) of the last feature map; scaled to its own maximum, so "
        "it shows where, not how much."
    )
    CLAIMS: ClassVar[str] = Sentence(
        "A general picture classifier that learns whatever separates the forgeries it was trained on; strong on those, "
        "weak on other kinds of forgery and on stronger compression than it was trained with."
    )
    ENCODER: ClassVar[str] = "resnet50"
    DROPOUT: ClassVar[float] = 0.0
