"""DCL: its terms with their weights and gradients, its key encoder and queues, its recipes."""

import copy
import io
from collections.abc import Callable
from dataclasses import replace
from typing import ClassVar

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from forensiclab.detectors.base import InputSpec
from forensiclab.detectors.dcl import Dcl
from forensiclab.detectors.layers.heads import LinearHead
from forensiclab.detectors.layers.pooled import PooledNetwork
from forensiclab.detectors.weights import load_network
from training.batches.batches import Batch
from training.losses.intra_instance import intra_forged_loss, intra_real_loss, split_cells
from training.methods import dcl as module
from training.methods.dcl import DclTraining
from training.methods.dcl_recipes import AUTHORS, PAPER, RECIPES, DclRecipe
from training.methods.dcl_views import PLAIN_VIEWS, ViewSettings
from training.methods.method import LossTerms
from training.modules.hard_queues import Selection

SIZE = 96
TINY = replace(
    PAPER,
    queue=12,
    is_queue_random_at_first=False,
    selection=Selection.ALL,
    first_steps=2,
    special=ViewSettings(shift=0.5),
)


class TinyDcl(PooledNetwork):
    """3 x 3 cells at 96 pixels, with BatchNorm."""

    INPUT: ClassVar[InputSpec] = InputSpec(size_px=SIZE)

    def __init__(self, size_px: int | None, backbone: str) -> None:
        super().__init__(size_px)
        del backbone
        self.encoder = nn.Sequential(
            nn.Conv2d(3, 6, 8, stride=8), nn.BatchNorm2d(6), nn.ReLU(), nn.Conv2d(6, 8, 4, stride=4)
        )
        self.head = LinearHead(8)

    def features(self, pictures: Tensor) -> Tensor:
        features: Tensor = self.encoder(pictures)
        return features


@pytest.fixture
def build(monkeypatch: pytest.MonkeyPatch) -> Callable[..., DclTraining]:
    monkeypatch.setattr(module, "Dcl", TinyDcl)

    def make(**changes: object) -> DclTraining:
        torch.manual_seed(0)
        method = DclTraining(replace(TINY, **changes))
        method.train()
        return method

    return make


def made_batch(pairs: int = 2, seed: int = 0) -> Batch:
    """Forgeries have a bright square in their upper left quarter."""
    rng = torch.Generator().manual_seed(seed)
    crops = torch.randint(60, 120, (2 * pairs, 3, SIZE, SIZE), generator=rng, dtype=torch.uint8)
    crops[1::2] = crops[0::2]
    crops[1::2, :, :32, :32] += 100
    masks = torch.zeros(2 * pairs, SIZE, SIZE, dtype=torch.uint8)
    masks[1::2, :32, :32] = 255
    return Batch(
        crops=crops,
        labels=torch.tensor([0.0, 1.0]).repeat(pairs),
        other=crops.flip(3),
        masks=masks,
        has_mask=torch.ones(2 * pairs, dtype=torch.bool),
    )


def step(method: DclTraining, optimizer: torch.optim.Optimizer, batch: Batch, number: int) -> LossTerms:
    torch.manual_seed(number)
    losses: LossTerms = method(batch)
    losses.total.backward()
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)
    method.after_step(number)
    return losses


def optimizer_of(method: DclTraining) -> torch.optim.Optimizer:
    return torch.optim.AdamW(method.parameter_groups(method.recipe), lr=3e-3)


def weights_of(losses: LossTerms) -> dict[str, float]:
    return {term.name: term.weight for term in losses.terms}


def test_total_is_eq_10_with_phi_rising_after_the_first_steps(build: Callable[..., DclTraining]) -> None:
    method = build(intra_weight=0.1, intra_real_weight=0.01)
    optimizer = optimizer_of(method)
    for number, phi in enumerate((0.1, 0.1, 0.5)):
        losses = step(method, optimizer, made_batch(), number)
        found = weights_of(losses)
        assert found == pytest.approx(
            {"cross_entropy": 1 - phi, "inter": phi, "intra_forged": 0.1 * phi, "intra_real": 0.001 * phi}
        )
        values = {term.name: float(term.value.detach()) for term in losses.terms}
        assert float(losses.total.detach()) == pytest.approx(sum(values[name] * found[name] for name in values))


def test_terms_are_those_of_the_views(build: Callable[..., DclTraining]) -> None:
    method = build(special=replace(PLAIN_VIEWS, mirror=0.0), has_inter=False)
    batch = made_batch()
    losses = method(batch)
    features = method.network.features(method.network.input_spec.normalise(batch.crops))
    logits = method.network.head.linear(features.mean(dim=(2, 3)))
    values = {term.name: term.value for term in losses.terms}
    torch.testing.assert_close(values["cross_entropy"], F.cross_entropy(logits, batch.labels.long()))
    torch.testing.assert_close(values["intra_real"], intra_real_loss(features[0::2], method.recipe.tau).mean())
    torch.testing.assert_close(losses.raw_scores, logits[:, 1] - logits[:, 0])


def test_every_term_reaches_what_it_should(build: Callable[..., DclTraining]) -> None:
    method = build()
    method(made_batch())  # fills the queues
    expected = {
        "cross_entropy": {"network.encoder", "network.head"},
        "inter": {"network.encoder", "squeeze"},
        "intra_forged": {"network.encoder"},
        "intra_real": {"network.encoder"},
    }
    found = {}
    for term in method(made_batch(seed=1)).terms:
        method.zero_grad(set_to_none=True)
        term.value.backward(retain_graph=True)
        reached = [
            name for name, p in method.named_parameters() if p.grad is not None and float(p.grad.abs().max()) > 0
        ]
        found[term.name] = {
            ".".join(name.split(".")[:2]) if "network" in name else name.split(".")[0] for name in reached
        }
    assert found == expected


@pytest.mark.parametrize("by_batch", [False, True])
def test_keys_are_the_momentum_copys(build: Callable[..., DclTraining], by_batch: bool) -> None:
    method = build(special=replace(PLAIN_VIEWS, mirror=0.0), has_intra=False, is_key_normalised_by_batch=by_batch)
    assert method.training
    assert method.key is not None
    assert method.key.module.training is by_batch
    assert not any(parameter.requires_grad for parameter in method.key.parameters())
    batch = made_batch()
    crops = method.network.input_spec.normalise(batch.crops)
    twin = copy.deepcopy(method.key.module)
    method(batch)
    with torch.no_grad():
        expected = F.normalize(twin(crops).flatten(1), dim=1)
    assert method.queues is not None
    torch.testing.assert_close(method.queues.read(0), expected[0::2])
    torch.testing.assert_close(method.queues.read(1), expected[1::2])


def test_the_key_encoder_follows_by_momentum_and_matches_at_the_start(build: Callable[..., DclTraining]) -> None:
    method = build(momentum=0.9)
    assert method.key is not None
    weight, followed = method.network.encoder[0].weight, method.key.module[0][0].weight
    with torch.no_grad():
        weight.add_(1.0)  # starting weights come in
    method.started()
    assert torch.equal(followed, weight)
    before = followed.clone()
    with torch.no_grad():
        weight.sub_(0.5)
    method.after_step(0)
    torch.testing.assert_close(followed, 0.9 * before + 0.1 * weight)
    assert int(method.steps_done) == 1


def test_forgeries_without_both_kinds_of_cells_are_left_out(build: Callable[..., DclTraining]) -> None:
    method = build(special=replace(PLAIN_VIEWS, mirror=0.0), has_inter=False)
    batch = made_batch(pairs=4)
    assert batch.masks is not None
    assert batch.has_mask is not None
    masks, has_mask = batch.masks.clone(), batch.has_mask.clone()
    masks[1] = 255  # all of it forged
    masks[3] = 0  # nothing of it
    has_mask[5] = False  # not known
    some = {term.name: term.value for term in method(batch._replace(masks=masks, has_mask=has_mask)).terms}
    features = method.network.features(method.network.input_spec.normalise(batch.crops))[7:]
    forged, real = split_cells(masks[7:].float() / 255, 3, 3)
    torch.testing.assert_close(
        some["intra_forged"], intra_forged_loss(features, forged, real, method.recipe.tau).squeeze()
    )
    none = {t.name: t.value for t in method(batch._replace(has_mask=torch.zeros(8, dtype=torch.bool))).terms}
    assert none["intra_forged"].item() == 0
    none["intra_forged"].backward()  # a gradient of 0, not an error


def test_views_are_asked_for_where_they_are_used(build: Callable[..., DclTraining]) -> None:
    assert build().views == (False, True, True)
    assert build(special=PLAIN_VIEWS).views == (False, False, True)
    assert build(special=PLAIN_VIEWS, has_intra=False).views == (False, False, False)
    assert build(special=ViewSettings(compressed=0.5)).views == (True, True, True)
    assert build(has_inter=False, has_intra=False).views == (False, False, True)


def test_without_contrast_it_is_cross_entropy(build: Callable[..., DclTraining]) -> None:
    method = build(has_inter=False, has_intra=False)
    assert weights_of(method(made_batch())) == {"cross_entropy": 1.0}
    assert method.key is None
    assert method.queues is None


def test_a_resumed_run_goes_on_to_the_bit(build: Callable[..., DclTraining]) -> None:
    batches = [made_batch(seed=seed) for seed in range(5)]
    whole = build()
    optimizer = optimizer_of(whole)
    file = io.BytesIO()
    for number, batch in enumerate(batches):
        if number == 3:
            torch.save((whole.state_dict(), optimizer.state_dict()), file)
        step(whole, optimizer, batch, number)
    file.seek(0)
    method_state, optimizer_state = torch.load(file, weights_only=True)
    resumed = build()
    with torch.no_grad():
        for parameter in resumed.parameters():
            parameter.zero_()
    optimizer = optimizer_of(resumed)
    resumed.load_state_dict(method_state)
    optimizer.load_state_dict(optimizer_state)
    for number in (3, 4):
        step(resumed, optimizer, batches[number], number)
    for name, value in whole.state_dict().items():
        assert torch.equal(resumed.state_dict()[name], value), name


def test_every_term_falls_on_one_batch(build: Callable[..., DclTraining]) -> None:
    method = build(special=replace(PLAIN_VIEWS, mirror=0.0), first_steps=0, momentum=0.5)
    optimizer = optimizer_of(method)
    losses = [step(method, optimizer, made_batch(), number) for number in range(40)]
    for first, last in zip(losses[0].terms, losses[-1].terms, strict=True):
        assert float(last.value.detach()) < float(first.value.detach()), first.name
    assert float(losses[-1].terms[0].value.detach()) < 0.1
    scores = losses[-1].raw_scores
    assert float(scores[1::2].min()) > float(scores[0::2].max())


def test_losses_stay_in_float32_under_autocast(build: Callable[..., DclTraining]) -> None:
    with torch.autocast("cpu", torch.bfloat16):
        losses = build()(made_batch())
    assert losses.raw_scores.dtype == torch.float32
    for term in losses.terms:
        assert term.value.dtype == torch.float32, term.name
        assert term.value.isfinite(), term.name


def test_every_recipe_builds(build: Callable[..., DclTraining]) -> None:
    del build  # its network is used
    for name, recipe in RECIPES.items():
        assert isinstance(recipe, DclRecipe)
        method = DclTraining(replace(recipe, queue=16)).train()
        losses = method(made_batch())
        assert losses.total.isfinite(), name
        assert {term.name for term in losses.terms if term.name != "cross_entropy"} == (
            ({"inter"} if recipe.has_inter else set()) | ({"intra_forged", "intra_real"} if recipe.has_intra else set())
        ), name


def test_presets_have_the_printed_values() -> None:
    assert (PAPER.learning_rate, PAPER.weight_decay, PAPER.pairs_per_batch) == (1e-3, 1e-5, 16)
    assert (PAPER.momentum, PAPER.tau, PAPER.queue, PAPER.prototype_decay) == (0.99, 0.07, 30_000, 0.9)
    assert (PAPER.selection, PAPER.threshold) == (Selection.THRESHOLD, 0.5)
    assert (PAPER.phi_at_first, PAPER.phi) == (0.1, 0.5)
    assert PAPER.first_steps * 6 == PAPER.steps  # five epochs of thirty
    assert (AUTHORS.selection, AUTHORS.hardest, AUTHORS.momentum) == (Selection.HARDEST, 5, 0.999)
    assert (AUTHORS.intra_weight, AUTHORS.intra_real_weight, AUTHORS.special.mixup) == (0.1, 0.01, 0.0)


@pytest.mark.slow
def test_the_smaller_backbone_is_an_option_of_the_network() -> None:
    method = DclTraining(replace(RECIPES["paper_b0"], queue=16))  # type: ignore[type-var]
    assert method.options == (("backbone", "efficientnet_b0"),)
    again = load_network("dcl", method.options)
    again.load_state_dict(method.network.state_dict())
    assert isinstance(again, Dcl)
    assert again.head.linear.in_features == 1280
    assert method.queues is not None
    assert method.queues.prototypes.shape == (2, 100)


@pytest.mark.slow
def test_the_whole_network_overfits_one_pair() -> None:
    torch.manual_seed(0)
    recipe = replace(RECIPES["smoke"], special=replace(PLAIN_VIEWS, mirror=0.0))  # type: ignore[type-var]
    method = DclTraining(recipe).train()
    pair = made_batch(pairs=1)
    assert pair.masks is not None
    batch = pair._replace(
        crops=F.interpolate(pair.crops.float(), (299, 299)).to(torch.uint8),
        masks=F.interpolate(pair.masks[:, None].float(), (299, 299))[:, 0].to(torch.uint8),
    )
    optimizer = torch.optim.AdamW(method.parameter_groups(recipe), lr=1e-3)
    losses = [step(method, optimizer, batch, number) for number in range(12)]
    assert float(losses[-1].total.detach()) < float(losses[0].total.detach())
    assert float(losses[-1].terms[0].value.detach()) < 0.3
