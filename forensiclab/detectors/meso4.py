"""Meso4: a small network on the mesoscopic properties of a face, of plain convolutions."""

from typing import ClassVar

from forensiclab.core.text import Sentence
from forensiclab.detectors.layers.mesonet import MesoNetwork, convolution_block


class Meso4(MesoNetwork):
    """Four convolutions, two dense layers; attention and score as in ``MesoNetwork``.

    Source: Afchar et al., MesoNet: a compact facial video forgery detection network, section 3.1.
    Deviations: the score is the logit of "forged" (the published network's sigmoid output means "real").
    """

    TITLE: ClassVar[str] = "Meso-4"
    CLAIMS: ClassVar[str] = Sentence(
        "Sees coarse (mesoscopic) texture of early face swaps and reenactments with the smallest network here; "
        "weak on forgeries made in another way and on strong compression."
    )

    def __init__(self) -> None:
        super().__init__(
            [
                convolution_block(3, 8, kernel=3, pool=2),
                convolution_block(8, 8, kernel=5, pool=2),
                convolution_block(8, 16, kernel=5, pool=2),
                convolution_block(16, 16, kernel=5, pool=4),
            ]
        )
