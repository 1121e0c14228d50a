"""Dual contrastive learning: forged faces disagree with themselves."""

from typing import ClassVar

import torch.nn.functional as F
from torch import Tensor

from forensiclab.core.text import Sentence
from forensiclab.detectors.base import InputSpec
from forensiclab.detectors.layers.pooled import EfficientNetNetwork


def cell_similarity(features: Tensor) -> Tensor:
    """Return the cosine similarity of every cell of a feature map with every other.

    Args:
        features: Shape (B, C, h, w).

    Returns:
        Shape (B, h w, h w), values in [-1, 1], symmetric; cells run row by row.

    Source: Sun et al., Dual contrastive learning for general face forgery detection, Eq. 7-8.
    """
    cells = F.normalize(features.flatten(2), dim=1)  # (B, C, h w)
    return cells.transpose(1, 2) @ cells


class Dcl(EfficientNetNetwork):
    """Query encoder f_q (EfficientNet-B4) and its classifier, score = forged - real.

    The key encoder, the 1x1 convolution to one channel and the queues serve training only.

    Source: Sun et al., Dual contrastive learning for general face forgery detection, section 3.2.
    Deviations: the classifier has a dropout of 0.2, as in the authors' code; the paper states none.
    """

    INPUT: ClassVar[InputSpec] = InputSpec(size_px=299)
    TITLE: ClassVar[str] = "Dual contrastive learning (EfficientNet-B4)"
    PAPER: ClassVar[str] = (
        "K. Sun, T. Yao, S. Chen, S. Ding, J. Li, R. Ji. Dual contrastive learning for general face forgery detection. "
        "AAAI 2022."
    )
    ATTENTION: ClassVar[str] = Sentence(
        "Class activation map (equal to Grad-CAM here) of the last feature map; scaled to its own maximum, so "
        "it shows where, not how much."
    )
    CLAIMS: ClassVar[str] = Sentence(
        "Trained by contrast between and within faces to rely on inconsistencies inside a face, which carries over "
        "better to unseen kinds of forgery. Weaker on strong compression; a crop forged as a whole has none inside."
    )
    DROPOUT: ClassVar[float] = 0.2

    def self_similarity(self, pictures: Tensor) -> Tensor:
        """Pictures (B, 3, S, S) -> similarity of a face's cells with one another, shape (B, h w, h w); see above.

        In a face that is forged in part, forged and real cells should be dissimilar.
        """
        return cell_similarity(self.features(pictures))
