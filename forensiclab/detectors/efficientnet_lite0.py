"""EfficientNet-Lite0: a small picture classifier, trained on many kinds of forgery."""

from typing import ClassVar, Final

from forensiclab.core.text import Sentence
from forensiclab.detectors.base import InputSpec
from forensiclab.detectors.layers.pooled import TimmNetwork

BACKBONES: Final = {"efficientnet_lite0": "tf_efficientnet_lite0", "efficientnet_lite1": "tf_efficientnet_lite1"}
"""Value of the option ``backbone`` -> timm's name."""


class EfficientNetLite0(TimmNetwork):
    """EfficientNet-Lite0 with two logits; Lite1 where the option ``backbone`` says so.

    Source: Liu, EfficientNet-Lite, 2020, after Tan and Le, EfficientNet: no squeeze-and-excitation, ReLU6.
    """

    INPUT: ClassVar[InputSpec] = InputSpec(size_px=224)
    TITLE: ClassVar[str] = "EfficientNet-Lite0"
    PAPER: ClassVar[str] = (
        "M. Tan, Q. V. Le. EfficientNet: rethinking model scaling for convolutional networks. ICML 2019 (Lite: R. Liu, "
        "Higher accuracy on vision models with EfficientNet-Lite. 2020)."
    )
    ATTENTION: ClassVar[str] = Sentence(
        "Class activation map (equal to Grad-CAM here) of the last feature map; scaled to its own maximum, so "
        "it shows where, not how much."
    )
    CLAIMS: ClassVar[str] = Sentence(
        "A small general picture classifier. Trained on swapped faces and on forgeries made from real faces of several "
        "sources, it looks for the traces of blending; a face that was generated as a whole has none."
    )
    ENCODER: ClassVar[str] = BACKBONES["efficientnet_lite0"]
    DROPOUT: ClassVar[float] = 0.2

    def __init__(
        self,
        size_px: int | str | None = None,
        backbone: str = "efficientnet_lite0",
        residuals: bool | str = False,
        stem_stride: int | str | None = None,
    ) -> None:
        """Build an untrained network.

        Args:
            size_px, residuals, stem_stride: As for ``TimmNetwork``.
            backbone: Key in ``BACKBONES``.

        Raises:
            ValueError: There is no such backbone, or another option is out of its range.
        """
        if backbone not in BACKBONES:
            raise ValueError(f"the backbone must be {' or '.join(BACKBONES)}, not {backbone}")
        super().__init__(size_px, BACKBONES[backbone], residuals, stem_stride)
