"""Pixel bleach: a generator that repairs a compressed crop for a detector which stays as it is."""

from typing import ClassVar, Final, NamedTuple, Protocol, cast

import torch
from torch import Tensor, nn

from forensiclab.core.errors import WeightsError
from forensiclab.core.text import Sentence
from forensiclab.detectors.base import InputSpec, MethodCard, Network, NetworkOutput
from forensiclab.detectors.weights import load_network

BACKBONES: Final[dict[str, int]] = {
    "xception": 2048,
    "meso_inception4": 16,
    "f3net": 4096,
    "resnet50": 2048,
    "efficientnet_b4": 1792,
}
"""Method that can be bleached -> width D of phi, the features that enter its last linear layer."""

_SEED_CHANNELS: Final = 32
_SEED_SIDE: Final = 8
_SEED: Final = _SEED_CHANNELS * _SEED_SIDE * _SEED_SIDE
"""The generator starts from 32 x 8 x 8 = 2048 values."""
_WIDTHS: Final = (512, 256, 128, 64, 3)
"""Channels after each stage; a generator of fewer stages has the last ones."""
_STAGES: Final[dict[int, tuple[tuple[int, int], ...]]] = {
    299: ((4, 0), (3, 0), (4, 1), (3, 0), (3, 0)),  # 8 -> 18 -> 37 -> 74 -> 149 -> 299
    256: ((4, 1), (4, 1), (4, 1), (4, 1), (4, 1)),  # 8 -> 16 -> 32 -> 64 -> 128 -> 256
    224: ((4, 2), (4, 1), (4, 1), (4, 1), (4, 1)),  # 8 -> 14 -> 28 -> 56 -> 112 -> 224
    128: ((4, 1), (4, 1), (4, 1), (4, 1)),  # 8 -> 16 -> 32 -> 64 -> 128
}
"""Side of the crop in pixels -> (kernel, padding) of the transposed convolutions of stride 2."""


class BleachableNetwork(Protocol):
    """What a network must offer to be bleached, beside ``Network``."""

    @property
    def input_spec(self) -> InputSpec: ...

    def __call__(self, pictures: Tensor) -> NetworkOutput: ...

    def embed(self, pictures: Tensor) -> Tensor:
        """Pictures (B, 3, S, S) -> phi, the features that enter the last linear layer, shape (B, D)."""
        ...

    def score_embedding(self, phi: Tensor) -> Tensor:
        """Phi (B, D) -> raw scores (B,)."""
        ...


class BleachOutput(NamedTuple):
    """A bleached crop and what it did to the score. Generated pixels: never evidence."""

    raw_score_before: Tensor
    """Shape (B,): the frozen detector on the crop as it is."""
    raw_score: Tensor
    """Shape (B,): the frozen detector on the bleached crop."""
    bleach: Tensor
    """Shape (B, 3, S, S), RGB in [-1, 1]: what the generator made, before it is multiplied by the strength s."""
    bleached: Tensor
    """Shape (B, 3, S, S), RGB in [-1, 1]: clamp(crop + s * bleach), black -1 and white 1 for every backbone."""
    attention: Tensor
    """Shape (B, h, w), values in [0, 1]: the frozen detector's map of the bleached crop."""


def balanced_offset(phi: Tensor, raw_score: Tensor, m: Tensor | float) -> Tensor:
    """Move the features of a crop across the origin, not quite as far for forged as for real answers.

    Args:
        phi: Features of the frozen detector, shape (B, D).
        raw_score: Its scores f_forged - f_real of the same crops, shape (B,).
        m: Intensity of the offset.

    Returns:
        dphi = -2 phi + m I phi, shape (B, D), with I = sign(f_forged - f_real); the target is phi + dphi.

    Source: Li et al., Pixel bleach network, Eq. 3-4.
    Deviations: the text writes I as delta f / |delta|, with delta f the product of the weights' difference and phi; I
        is the sign of the detector's own score, which has the last layer's bias in it, so that it is its answer.
    """
    return (m * raw_score.sign().unsqueeze(1) - 2) * phi  # Eq. 4


class _Reshape(nn.Module):
    """Vectors (B, C h w) -> maps (B, C, h, w) of a side h = w."""

    def __init__(self, channels: int, side: int) -> None:
        super().__init__()
        self.shape = (channels, side, side)

    def forward(self, x: Tensor) -> Tensor:
        return x.reshape(-1, *self.shape)


def _stage(channels_in: int, channels_out: int, kernel: int, padding: int) -> list[nn.Module]:
    """Build a transposed convolution of stride 2, BatchNorm, ReLU."""
    return [
        nn.ConvTranspose2d(channels_in, channels_out, kernel, stride=2, padding=padding, bias=False),
        nn.BatchNorm2d(channels_out),
        nn.ReLU(),
    ]


def _entry(embedding: int) -> nn.Sequential:
    """Build the layers from an offset of any width D to a map of 32 x 8 x 8."""
    if embedding == _SEED:
        return nn.Sequential(_Reshape(_SEED_CHANNELS, _SEED_SIDE))
    if embedding < _SEED_CHANNELS:
        return nn.Sequential(
            _Reshape(embedding, 1),
            *_stage(embedding, _SEED_CHANNELS, 2, 0),  # 1 -> 2
            *_stage(_SEED_CHANNELS, _SEED_CHANNELS, 4, 1),  # 2 -> 4: the paper's 512 values
            *_stage(_SEED_CHANNELS, _SEED_CHANNELS, 4, 1),  # 4 -> 8
        )
    return nn.Sequential(nn.Linear(embedding, _SEED), _Reshape(_SEED_CHANNELS, _SEED_SIDE))


class BleachGenerator(nn.Module):
    """DCGAN generator from an offset in feature space to a bleach of the crop's size.

    2048 values are reshaped to 32 x 8 x 8; other widths come there through a linear layer, or, where there are only a
    few values (MesoInception4: 16), through transposed convolutions. Five transposed convolutions of stride 2 follow
    (four for 128 pixels), with BatchNorm and ReLU, a Tanh after the last.

    Source: Li et al., Pixel bleach network, section III-B and IV-B; Radford et al., DCGAN, section 3 and 4.
    Deviations: the paper makes 299 x 299 for every backbone; here the bleach has the size that the frozen detector
        takes (299, 256, 224 or 128). Widths 512, 256, 128, 64 and initial weights N(0, 0.02) are DCGAN's; the paper
        states none. 128 pixels, half of 256, take one stage less: the one of 512 channels is left out.
    """

    def __init__(self, embedding: int, size_px: int) -> None:
        """Build it.

        Args:
            embedding: Width D of the offset.
            size_px: Side S of the bleach.

        Raises:
            WeightsError: There is no generator for this size.
        """
        super().__init__()
        if size_px not in _STAGES:
            sizes = ", ".join(map(str, _STAGES))
            raise WeightsError(
                Sentence("There is no bleach generator for crops of {0} pixels; there are: {1}.", size_px, sizes)
            )
        self.entry = _entry(embedding)
        (*hidden, (kernel, padding)) = _STAGES[size_px]
        (*widths, colours) = _WIDTHS[-len(_STAGES[size_px]) :]
        layers: list[nn.Module] = []
        width = _SEED_CHANNELS
        for width_out, stage in zip(widths, hidden, strict=True):
            layers += _stage(width, width_out, *stage)
            width = width_out
        layers += [nn.ConvTranspose2d(width, colours, kernel, stride=2, padding=padding), nn.Tanh()]
        self.stages = nn.Sequential(*layers)
        for module in self.modules():
            if isinstance(module, nn.ConvTranspose2d):
                nn.init.normal_(module.weight, 0.0, 0.02)
            elif isinstance(module, nn.BatchNorm2d):
                nn.init.normal_(module.weight, 1.0, 0.02)

    def forward(self, offset: Tensor) -> Tensor:
        """Offset dphi, shape (B, D) -> bleach, shape (B, 3, S, S), values in [-1, 1]."""
        bleach: Tensor = self.stages(self.entry(offset))
        return bleach


class PixelBleach(Network):
    """A frozen detector with a bleach generator before it; the score is the frozen detector's, of the bleached crop.

    The crop is scored once to find the offset (``balanced_offset``), the generator makes a bleach of it, and the
    detector scores clamp(crop + s * bleach). The sum is taken on a scale where black is -1 and white is 1, for every
    backbone, whatever its own normalisation: s = 0.01 moves a pixel by at most 1.3 of 255 grey levels.

    The detector's parameters take no gradient, and it stays in eval mode in training too. Its weights are borrowed:
    the generator's card names them, and only the generator is stored, with s and m, for which it was trained.

    Source: Li et al., Pixel bleach network for detecting face forgery under compression, section III, Eq. 3-4.
    Deviations: s is used with every backbone; the paper multiplies by it for F3-Net and does not say what it does
        elsewhere, but shows that s = 1 destroys the picture. MesoInception4 is bleached at its own 256 x 256.
    """

    INPUT: ClassVar[InputSpec] = InputSpec(size_px=299)
    TITLE: ClassVar[str] = "Pixel bleach"
    PAPER: ClassVar[str] = (
        "C. Li, Z. Zheng, Y. Bin, G. Wang, Y. Yang, X. Li, H. T. Shen. Pixel bleach network for detecting face forgery "
        "under compression. IEEE Transactions on Multimedia, 2023. doi:10.1109/TMM.2023.3301242."
    )
    ATTENTION: ClassVar[str] = Sentence(
        "The frozen detector's own map of the bleached crop, that is, of generated pixels laid over the evidence."
    )
    CLAIMS: ClassVar[str] = Sentence(
        "Adds generated pixels that lead a detector trained on weakly compressed video to better answers on strongly "
        "compressed crops. It changes its input to move the score: it can turn right answers wrong, and false alarms "
        "on real faces must be read beside its gain."
    )

    BORROWED: ClassVar[str] = "detector"

    detector: BleachableNetwork
    strength: Tensor
    balance: Tensor
    _low: Tensor
    _high: Tensor

    def __init__(
        self,
        backbone: str = "xception",
        strength: float = 0.01,
        balance: float = 0.7,
        size_px: int | str | None = None,
    ) -> None:
        """Build an untrained generator before an untrained detector.

        Args:
            backbone: Key in ``BACKBONES``.
            strength: The factor s of the bleach.
            balance: The intensity m of the balanced offset.
            size_px: Side of the crops that the detector takes, where that is not its class's own.

        Raises:
            WeightsError: The backbone cannot be bleached, or not at this size.
        """
        super().__init__()
        if backbone not in BACKBONES:
            raise WeightsError(
                Sentence("The method '{0}' cannot be bleached; those that can: {1}.", backbone, ", ".join(BACKBONES))
            )
        options = () if size_px is None else (("size_px", str(size_px)),)
        detector = load_network(backbone, options).eval().requires_grad_(False)
        spec = detector.input_spec
        self.detector = cast(BleachableNetwork, detector)
        self.generator = BleachGenerator(BACKBONES[backbone], spec.size_px)
        self.register_buffer("strength", torch.tensor(float(strength)))
        self.register_buffer("balance", torch.tensor(float(balance)))
        self.register_buffer("_low", spec.normalise(torch.zeros(1, 3, 1, 1)), persistent=False)
        self.register_buffer("_high", spec.normalise(torch.full((1, 3, 1, 1), 255.0)), persistent=False)

    @classmethod
    def options_before(cls, lender: MethodCard) -> tuple[tuple[str, str], ...]:
        """Return the backbone, and the size of the crops where that is not the backbone's own."""
        size = dict(lender.options).get("size_px")
        return (("backbone", lender.method), *(() if size is None else (("size_px", size),)))

    @property
    def input_spec(self) -> InputSpec:
        """The frozen detector's."""
        return self.detector.input_spec

    def generate(self, phi: Tensor, raw_score: Tensor) -> Tensor:
        """Features (B, D) and scores (B,) of crops by the frozen detector -> bleach (B, 3, S, S) in [-1, 1]."""
        bleach: Tensor = self.generator(balanced_offset(phi, raw_score, self.balance))
        return bleach

    def add(self, pictures: Tensor, bleach: Tensor, strength: float | None = None) -> Tensor:
        """Lay a bleach over pictures.

        Args:
            pictures: On the detector's scale, shape (B, 3, S, S).
            bleach: In [-1, 1], shape (B, 3, S, S).
            strength: The factor s; None takes that of the weights.

        Returns:
            Bleached pictures on the detector's scale, within what pixels can be, shape (B, 3, S, S).
        """
        s = self.strength if strength is None else strength
        unit = (self._high - self._low) / 2  # the detector's scale per 1 on the scale of the bleach
        return torch.maximum(torch.minimum(pictures + s * unit * bleach, self._high), self._low)

    def bleach(self, pictures: Tensor, strength: float | None = None) -> BleachOutput:
        """Bleach pictures and score them before and after.

        Args:
            pictures: On the detector's scale, shape (B, 3, S, S).
            strength: The factor s; None takes that of the weights. At 0 the score is the frozen detector's.
        """
        phi = self.detector.embed(pictures)
        before = self.detector.score_embedding(phi)
        bleach = self.generate(phi, before)
        bleached = self.add(pictures, bleach, strength)
        after = self.detector(bleached)
        shown = 2 * (bleached - self._low) / (self._high - self._low) - 1
        return BleachOutput(before, after.raw_score, bleach, shown, after.attention)

    def forward(self, pictures: Tensor) -> NetworkOutput:
        """Pictures on the detector's scale, shape (B, 3, S, S) -> scores (B,), attention maps (B, h, w)."""
        output = self.bleach(pictures)
        return NetworkOutput(output.raw_score, output.attention)

    def train(self, mode: bool = True) -> "PixelBleach":
        """Set the generator's mode; the frozen detector stays in eval mode."""
        super().train(False)
        self.training = mode
        self.generator.train(mode)
        return self
