"""Training of pixel bleach: a generator before a detector that stays as it is."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import ClassVar, Final, cast

import numpy as np
import torch
import torch.distributed as dist
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from forensiclab.core.errors import SettingsError
from forensiclab.core.records import Picture
from forensiclab.detectors.base import MethodCard, Network, WeightsReference
from forensiclab.detectors.pixel_bleach import BACKBONES, PixelBleach, balanced_offset
from forensiclab.detectors.weights import load_network, load_weights
from training.batches.batches import Batch, CropGroup
from training.batches.scoring import score_pictures
from training.datasets.crops import CropEntry
from training.datasets.levels import LevelRange, LevelReader
from training.losses.bleach_size import bleach_size
from training.losses.compression_remedy import compression_remedy
from training.methods.method import LossTerm, LossTerms, Recipe, TrainingMethod
from training.methods.pixel_bleach_recipes import RECIPES, PixelBleachRecipe

LAST_ACTIVATIONS: Final[dict[str, tuple[str, ...]]] = {
    "xception": ("encoder.act4",),
    "meso_inception4": ("leaky",),
    "f3net": ("bands_stream.act4", "statistics_stream.act4"),
    "resnet50": ("encoder.layer4.2.act3",),
    "efficientnet_b4": ("encoder.bn2.act",),
}
"""Backbone -> the activations whose output, pooled and side by side, is phi."""

SELECTION_SEED = 0
"""Of the crops that are scored, and of the right ones among them that are trained on: a run's seed does not matter, so
that runs can be compared and a resumed run has the same crops."""


class PixelBleachTraining(TrainingMethod[PixelBleachRecipe]):
    """The three losses of a bleach; gradients pass through the frozen detector and reach the generator only.

    A crop is wrong where the sign of the frozen detector's raw score is not that of its label. The even odds of a
    calibration would be another border, but Eq. 4 turns the offset by that same sign, so that both must agree.

    Source: Li et al., Pixel bleach network, section III, Eq. 3-7, and IV-A (training set).
    Deviations: none in the losses under the recipe ``paper`` but those of their misprints; see each of them.
    """

    NAME: ClassVar[str] = "pixel_bleach"
    RECIPES: ClassVar[dict[str, Recipe]] = RECIPES

    def __init__(self, recipe: PixelBleachRecipe) -> None:
        """Build an untrained generator before the recipe's detector.

        Raises:
            SettingsError: The recipe names no detector, or one that cannot be bleached.
            WeightsError: There are no such weights, or they are damaged.
        """
        super().__init__(recipe)
        detector, card = _frozen(recipe.detector)
        self._frozen = card.reference
        self.backbone, self.size_px, self.margin = (
            card.method,
            dict(card.options).get("size_px"),
            card.input_spec.margin,
        )
        self.network: PixelBleach = cast(PixelBleach, load_network(self.NAME, self.options))
        cast(nn.Module, self.network.detector).load_state_dict(detector.state_dict())

    @property
    def options(self) -> tuple[tuple[str, str], ...]:
        """Backbone, s, m, and the size of the crops where that is not the backbone's own."""
        size = () if self.size_px is None else (("size_px", self.size_px),)
        strength, balance = str(self.recipe.strength), str(self.recipe.balance)
        return (("backbone", self.backbone), ("strength", strength), ("balance", balance), *size)

    @property
    def stands_before(self) -> WeightsReference:
        """The frozen detector."""
        return self._frozen

    def choose_groups(
        self, groups: Sequence[CropGroup], reader: LevelReader, device: torch.device
    ) -> Sequence[CropGroup]:
        """Choose single crops: all that the frozen detector answers wrongly at this level, as many of the others.

        Raises:
            SettingsError: It answers all of them rightly.
        """
        rng = np.random.default_rng(SELECTION_SEED)
        crops = list({entry.name: entry for group in groups for entry in group}.values())
        if self.recipe.crops_scored is not None and self.recipe.crops_scored < len(crops):
            chosen = rng.choice(len(crops), self.recipe.crops_scored, replace=False)
            crops = [crops[index] for index in sorted(chosen.tolist())]
        if abs(reader.folder.margin - self.margin) > 0.1:
            _say(
                f"The crops were cut with a margin of {reader.folder.margin:g}, but '{self.recipe.detector}' was "
                f"trained on {self.margin:g}: it will be wrong more often than it should."
            )
        detector = cast(Network, self.network.detector)
        level = LevelRange.parse(self.recipe.weak)
        scores = score_pictures(detector, _pictures(crops, reader, level), device)
        is_forged = np.array([entry.label == 1 for entry in crops])
        is_wrong = _as_first_process((scores > 0) != is_forged)
        wrong, right = np.flatnonzero(is_wrong), np.flatnonzero(~is_wrong)
        false_alarms = int((is_wrong & ~is_forged).sum())
        _say(
            f"'{self.recipe.detector}' answers {len(wrong):,} of {len(crops):,} crops at {level.text} wrongly: "
            f"{false_alarms:,} false alarms, {len(wrong) - false_alarms:,} missed forgeries."
        )
        if not len(wrong):
            raise SettingsError(
                f"'{self.recipe.detector}' answers all {len(crops):,} training crops at {level.text} rightly: there is "
                "nothing that a bleach could learn from. Compress them more, with --set weak=crf:45 for instance."
            )
        taken = rng.choice(right, min(len(right), len(wrong)), replace=False)
        return tuple((crops[index],) for index in sorted([*wrong.tolist(), *taken.tolist()]))

    def forward(self, batch: Batch) -> LossTerms:
        """Compute Eq. 7, term by term."""
        network, recipe, spec = self.network, self.recipe, self.network.input_spec
        crops = spec.normalise(batch.crops)
        with torch.no_grad():
            phi, before, moved = self._embed(crops)
            target = moved + balanced_offset(moved, before, network.balance)  # phi_tar (B, D)
            is_wrong = (before > 0) != (batch.labels > 0.5)
        bleached = network.add(crops, network.generate(phi, before))  # I_bl (B, 3, S, S)
        _, after, moved = self._embed(bleached)  # phi_bl (B, D)
        terms = []
        if recipe.remedy_weight:
            wrong, right = compression_remedy(moved, target, is_wrong)
            terms.append(LossTerm("remedy_wrong", "Eq. 5", wrong, recipe.remedy_weight))
            terms.append(LossTerm("remedy_right", "Eq. 5", right, -recipe.push * recipe.remedy_weight))
        if recipe.size_weight:
            unit = 2 * crops.new_tensor(spec.std).view(1, 3, 1, 1)  # to black -1 and white 1, whatever the detector's
            size = bleach_size(unit * bleached, unit * crops, recipe.size_scale)
            terms.append(LossTerm("size", "Eq. 6", size, recipe.size_weight))
        if recipe.answer_weight:
            answers = F.binary_cross_entropy_with_logits(after, batch.labels)  # = softmax over (real, forged)
            terms.append(LossTerm("answers", "Eq. 7", answers, recipe.answer_weight))
        return LossTerms(tuple(terms), after.detach())

    def _embed(self, pictures: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return the frozen detector's phi (B, D), its scores (B,), and what Eq. 5 moves, features (B, D); float32."""
        detector = self.network.detector
        if self.recipe.phi == "activated":
            phi = detector.embed(pictures)
            return phi.float(), detector.score_embedding(phi).float(), phi.float()
        with _inputs_of(cast(nn.Module, detector), LAST_ACTIVATIONS[self.backbone]) as inputs:
            phi = detector.embed(pictures)
        return phi.float(), detector.score_embedding(phi).float(), torch.cat(inputs, dim=1).float()


@contextmanager
def _inputs_of(network: nn.Module, names: Sequence[str]) -> Iterator[list[Tensor]]:
    """Collect within it what enters some layers, in the order in which they run, each pooled to (B, C)."""
    inputs: list[Tensor] = []

    def keep(layer: nn.Module, arguments: tuple[Tensor]) -> None:
        del layer
        # Pooled at once: the activations work in place.
        inputs.append(arguments[0].flatten(2).mean(dim=2) if arguments[0].ndim > 2 else arguments[0])

    hooks = [network.get_submodule(name).register_forward_pre_hook(keep) for name in names]
    try:
        yield inputs
    finally:
        for hook in hooks:
            hook.remove()


def _frozen(name: str | None) -> tuple[Network, MethodCard]:
    """Load the detector that is bleached, with its weights, and its card."""
    if name is None:
        raise SettingsError(
            "Pixel bleach repairs crops for a trained detector: say which with --set detector=NAME, the name of "
            f"installed weights or a folder with a card. These methods can be bleached: {', '.join(BACKBONES)}."
        )
    network, card = load_weights(name)
    kind = dict(card.options).get("backbone", card.method)
    if card.method not in BACKBONES or kind != card.method:
        raise SettingsError(f"'{name}' is a {kind}, which cannot be bleached; these can: {', '.join(BACKBONES)}.")
    return network, card


def _pictures(crops: Sequence[CropEntry], reader: LevelReader, level: LevelRange) -> Iterator[Picture]:
    """Yield crops at a level, and print a line about every thousandth."""
    for number, entry in enumerate(crops, start=1):
        yield reader.picture(entry, level)
        if number % 1000 == 0:
            _say(f"The frozen detector has scored {number:,} of {len(crops):,} crops.")


def _is_first_process() -> bool:
    return not (dist.is_available() and dist.is_initialized()) or dist.get_rank() == 0


def _as_first_process(flags: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Take the flags (N,) of the first process in all of them: scores near 0 may round differently elsewhere."""
    if not (dist.is_available() and dist.is_initialized()):
        return flags
    shared = [flags]
    dist.broadcast_object_list(shared, src=0)
    return shared[0]


def _say(text: str) -> None:
    if _is_first_process():
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()
