"""Training of compression_contrastive: relations, contrast of clips, and the schemes that its paper compares with."""

from typing import ClassVar, Self

import torch
from torch import Tensor
from torch.nn import functional as F

from forensiclab.detectors.compression_contrastive import EMBEDDING, CompressionContrastive
from training.batches.batches import Batch, Views
from training.losses.embedding_l1 import embedding_l1
from training.losses.log_gan import log_gan
from training.losses.relation import relation_loss
from training.losses.triplet import triplet_loss
from training.losses.video_contrastive import video_contrastive_loss
from training.methods.compression_contrastive_recipes import RECIPES, ContrastiveRecipe
from training.methods.method import LossTerm, LossTerms, Recipe, TrainingMethod, size_option
from training.modules.critic import judged_by
from training.modules.discriminator import EmbeddingDiscriminator
from training.modules.gather import gather_rows
from training.modules.memory_bank import MemoryBank
from training.modules.momentum import MomentumCopy


class CompressionContrastiveTraining(TrainingMethod[ContrastiveRecipe]):
    """F, g and Y are trained; ``network`` holds their momentum copies F' and g' beside Y itself.

    Where the recipe has no momentum, ``network`` is what is trained.

    Source: Huang et al., Anti-compression contrastive facial forgery detection, Eq. 1-12, Algorithm 1.
    Deviations: none in what the paper states. Unstated and settled here: F sees both levels in one batch, so that its
        BatchNorm serves both; F' has F's statistics averaged as its weights are and normalises by them in training,
        too, because it sees weak crops only and must serve strong ones. An embedding in a bank is then what inference
        gives, and no batch gives itself away by its statistics, which MoCo shuffles against. The banks start empty:
        where they were full of random vectors, as MoCo's is, Eq. 4 had all crops point at one of them within two steps.
    """

    NAME: ClassVar[str] = "compression_contrastive"
    RECIPES: ClassVar[dict[str, Recipe]] = RECIPES

    network: CompressionContrastive

    def __init__(self, recipe: ContrastiveRecipe) -> None:
        super().__init__(recipe)
        self.trained: CompressionContrastive = CompressionContrastive(recipe.size_px)
        self.follower: MomentumCopy[CompressionContrastive] | None = None
        self.network = self.trained
        if recipe.momentum is not None:
            self.follower = MomentumCopy(self.trained, recipe.momentum)
            self.network = self.follower.module
            self.network.predictor = self.trained.predictor  # Y has no copy: one module under two names
        self.real_bank = MemoryBank(recipe.bank, EMBEDDING) if recipe.has_banks else None
        self.forged_bank = MemoryBank(recipe.bank, EMBEDDING) if recipe.has_banks else None
        self.discriminator = EmbeddingDiscriminator(EMBEDDING) if recipe.gan_weight else None
        self.step: Tensor
        self.register_buffer("step", torch.zeros((), dtype=torch.long))
        self.train()

    @property
    def options(self) -> tuple[tuple[str, str], ...]:
        """Size of the crops, where it is not the paper's."""
        return size_option(self.recipe.size_px)

    @property
    def takes_any_size(self) -> bool:
        """The last feature map is averaged over its cells, however many they are."""
        return True

    @property
    def views(self) -> Views:
        """The strong view for both levels, another frame for the momentum embeddings."""
        return Views(strong=self.recipe.is_mixed, other=self.recipe.has_banks)

    @property
    def keeps_average(self) -> bool:
        """Not where ``network`` is a momentum copy already."""
        return self.follower is None

    def train(self, mode: bool = True) -> Self:
        """Set training mode for all but the momentum copies."""
        super().train(mode)
        if self.follower is not None:
            self.follower.eval()
        return self

    def started(self) -> None:
        """Begin F and g where the copies, which took the starting weights, do."""
        self.trained.load_state_dict(self.network.state_dict())

    def forward(self, batch: Batch) -> LossTerms:
        """Compute Eq. 7 summand by summand, or a baseline's; the banks are read first and filled after that."""
        pictures = batch.crops if batch.strong is None else torch.cat((batch.crops, batch.strong))
        z = self.trained.embed(self._normalised(pictures))  # (B, 512), weak before strong: (2B, 512)
        keys = None if batch.other is None else self._keys(batch.other)
        with torch.autocast(z.device.type, enabled=False):  # similarities over 0.04 need more than eight bits
            levels = z.float().chunk(len(z) // len(batch.labels))  # (B, 512) each
            logits = [self.trained.logits(level) for level in levels]  # (B, 2) each
            terms = _cross_entropies(logits, batch.labels)
            if len(levels) == 2:
                terms += self._matching(levels[0], levels[1])
            if self.recipe.triplet_weight:
                value = triplet_loss(F.normalize(levels[0], dim=1), batch.labels, self.recipe.triplet_margin)
                terms.append(LossTerm("triplet", "section 4.2", value, self.recipe.triplet_weight))
            if keys is not None and self.real_bank is not None and self.forged_bank is not None:
                banks = (self.real_bank, self.forged_bank)
                terms += self._relations(levels[0], levels[1], keys, batch.labels, banks)
        return LossTerms(tuple(terms), (logits[0][:, 1] - logits[0][:, 0]).detach())

    def after_step(self, step: int) -> None:
        """Apply Eq. 8-9."""
        self.step.fill_(step + 1)
        if self.follower is not None:
            self.follower.follow(self.trained)

    def _normalised(self, crops: Tensor) -> Tensor:
        return self.network.input_spec.normalise(crops)

    @torch.no_grad()
    def _keys(self, other: Tensor) -> Tensor:
        """Return normalised z'_w of other frames, shape (B, 512)."""
        return F.normalize(self.network.embed(self._normalised(other)).float(), dim=1)

    def _matching(self, weak: Tensor, strong: Tensor) -> list[LossTerm]:
        """Make embeddings of both levels equal, one by one or as distributions, as the baselines do."""
        terms = []
        if self.recipe.l1_weight:
            terms.append(LossTerm("l1", "Eq. 10", embedding_l1(weak, strong).mean(), self.recipe.l1_weight))
        if self.discriminator is not None:
            game = log_gan(judged_by(self.discriminator, weak), judged_by(self.discriminator, strong))
            own = -log_gan(self.discriminator(weak.detach()), self.discriminator(strong.detach()))
            terms.append(LossTerm("gan", "Eq. 11-12, min over F and g", game, self.recipe.gan_weight))
            terms.append(LossTerm("discriminator", "Eq. 11-12, max over D", own, 1.0))
        return terms

    def _relations(
        self, weak: Tensor, strong: Tensor, keys: Tensor, labels: Tensor, banks: tuple[MemoryBank, MemoryBank]
    ) -> list[LossTerm]:
        """Compute Eq. 4 and 5 against the banks of real and forged embeddings, which then take ``keys`` in."""
        recipe = self.recipe
        weak, strong = F.normalize(weak, dim=1), F.normalize(strong, dim=1)  # Eq. 1
        past = [bank.read() for bank in banks]  # (K, 512) each
        is_early = int(self.step) < recipe.early_steps
        terms = []
        if recipe.relation_weight:
            value = relation_loss(weak, strong, torch.cat(past), recipe.tau_weak, recipe.tau_strong).mean()
            weight = recipe.early_weight if is_early else recipe.relation_weight
            terms.append(LossTerm("relation", "Eq. 2-4", value, weight))
        if recipe.contrast_weight:
            values = [
                video_contrastive_loss(weak[rows], keys[rows], past[1 - label], recipe.tau_video).mean()
                for label in (0, 1)
                if (rows := labels == label).any()
            ]
            weight = recipe.early_weight if is_early else recipe.contrast_weight
            value = torch.stack(values).sum()  # both classes added, as in Algorithm 1
            terms.append(LossTerm("contrastive", "Eq. 5", value, weight))
        if self.training:
            all_keys, all_labels = gather_rows(keys), gather_rows(labels)
            for label, bank in enumerate(banks):
                bank.push(all_keys[all_labels == label])
        return terms


def _cross_entropies(logits: list[Tensor], labels: Tensor) -> list[LossTerm]:
    """Compute Eq. 6: the mean over the levels, one summand for each."""
    names = ("cross_entropy",) if len(logits) == 1 else ("cross_entropy_weak", "cross_entropy_strong")
    return [
        LossTerm(name, "Eq. 6", F.cross_entropy(level, labels.long()), 1 / len(logits))
        for name, level in zip(names, logits, strict=True)
    ]
