"""TCNSC: features that a picture and its compressed copy have in common."""

from typing import ClassVar

from forensiclab.core.text import Sentence
from forensiclab.detectors.base import InputSpec
from forensiclab.detectors.layers.pooled import TimmNetwork


class Tcnsc(TimmNetwork):
    """Encoder f (ResNet-18) and classifier c: logits = c(f(x)), score = forged - real.

    The projection head g of the similarity branch serves training only.

    Source: Chen et al., Detecting compressed deepfake images using two-branch convolutional networks with similarity
        and classifier, section 3.1.
    Deviations: none in the inference half.
    """

    INPUT: ClassVar[InputSpec] = InputSpec(size_px=224, mean=(0.485, 0.456, 0.406), std=(0.229, 0.224, 0.225))
    TITLE: ClassVar[str] = "TCNSC (ResNet-18)"
    PAPER: ClassVar[str] = (
        "P. Chen, M. Xu, X. Wang. Detecting compressed deepfake images using two-branch convolutional networks with "
        "similarity and classifier. Symmetry 14(12):2691, 2022. doi:10.3390/sym14122691."
    )
    ATTENTION: ClassVar[str] = Sentence(
        "Class activation map (equal to Grad-CAM here) of the last feature map; scaled to its own maximum, so it "
        "shows where, not how much."
    )
    CLAIMS: ClassVar[str] = Sentence(
        "Trained so that a crop and its JPEG-compressed copy look alike to it while real and forged stay apart. "
        "A small network; weak on forgeries of a kind it was not trained on and on traces that compression removed."
    )
    ENCODER: ClassVar[str] = "resnet18"
    DROPOUT: ClassVar[float] = 0.0
