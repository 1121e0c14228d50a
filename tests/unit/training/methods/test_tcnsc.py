import copy
from dataclasses import replace

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from training.batches.batches import Batch
from training.methods.method import LossTerms
from training.methods.tcnsc import PAPER, TcnscTraining

TERMS = {name: {"cross_entropy": 1.0, "similarity": 1.0} for name in TcnscTraining.RECIPES} | {
    "classifier_only": {"cross_entropy": 1.0}
}
LEVELS = {
    "paper": ("clean", "jpeg:20"),
    "raw_hq": ("clean", "jpeg:80"),
    "raw_mq": ("clean", "jpeg:50"),
    "lq_mq": ("jpeg:20", "jpeg:50"),
    "similarity_only": ("clean", "jpeg:20"),
    "raw_webp_80": ("clean", "webp:80"),
    "raw_webp_50": ("clean", "webp:50"),
    "raw_webp_20": ("clean", "webp:20"),
}


WIDTH = 96


@pytest.fixture(autouse=True)
def _tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("forensiclab.detectors.tcnsc.Tcnsc.ENCODER", "test_resnet")  # timm's own toy


def build(name: str = "paper", **changes: object) -> TcnscTraining:
    torch.manual_seed(0)
    recipe = TcnscTraining.RECIPES[name]
    method = TcnscTraining(replace(recipe, **({"learning_rate": 1e-3} | changes)))
    for layer in method.modules():
        if isinstance(layer, nn.BatchNorm2d):
            nn.init.ones_(layer.weight)  # timm's zeros keep the first gradient out of the residual branches
    return method


def made_batch(method: TcnscTraining, seed: int = 0) -> Batch:
    """Noise and its coarser copy."""
    generator = torch.Generator().manual_seed(seed)
    crops = torch.randint(0, 256, (4, 3, 32, 32), dtype=torch.uint8, generator=generator)
    strong = F.interpolate(F.avg_pool2d(crops.float(), 2), scale_factor=2).to(torch.uint8)
    return Batch(crops, torch.tensor([0.0, 1.0, 0.0, 1.0]), strong if method.views.strong else None)


def take_step(method: TcnscTraining, optimizer: torch.optim.Optimizer, batch: Batch) -> LossTerms:
    losses = method(batch)
    optimizer.zero_grad()
    losses.total.backward()
    optimizer.step()
    return losses


def adam(method: TcnscTraining) -> torch.optim.Optimizer:
    return torch.optim.AdamW(method.parameter_groups(method.recipe), lr=method.recipe.learning_rate)


def values(losses: LossTerms) -> dict[str, float]:
    return {term.name: term.value.item() for term in losses.terms}


def reached(module: nn.Module | None) -> bool:
    """Whether a gradient came to all of it; to a part of it is a mistake."""
    assert module is not None
    there = {parameter.grad is not None and bool(parameter.grad.any()) for parameter in module.parameters()}
    assert len(there) == 1
    return there.pop()


@pytest.mark.parametrize("name", TERMS)
def test_every_recipe_takes_a_step_with_its_terms(name: str) -> None:
    method = build(name)
    before = {key: parameter.detach().clone() for key, parameter in method.named_parameters()}
    losses = take_step(method, adam(method), made_batch(method))
    assert {term.name: term.weight for term in losses.terms} == TERMS[name]
    assert losses.raw_scores.shape == (4,)
    assert not losses.raw_scores.requires_grad
    for key, parameter in method.named_parameters():
        assert not torch.equal(parameter, before[key]), key


def test_the_pairs_of_the_tables() -> None:
    recipes = TcnscTraining.RECIPES
    assert {name: (recipes[name].weak, recipes[name].strong) for name in LEVELS} == LEVELS
    assert [PAPER.rate(step) for step in (0, 5000, 10_000)] == pytest.approx([1e-4, 10**-4.5, 1e-5])
    assert (PAPER.steps, 2 * PAPER.pairs_per_batch, PAPER.similarity_weight) == (10_000, 64, 1.0)


@pytest.mark.parametrize("name", ["paper", "ce_on_compressed", "similarity_only", "classifier_only"])
def test_every_term_reaches_the_parts_that_it_should_and_no_other(name: str) -> None:
    method = build(name)
    for term in method(made_batch(method)).terms:
        method.zero_grad(set_to_none=True)
        term.value.backward(retain_graph=True)
        is_classifying = term.name == "cross_entropy"
        assert reached(method.network.head) == is_classifying
        assert reached(method.network.encoder) == (not is_classifying or name != "similarity_only")
        if method.projector is not None:
            assert reached(method.projector) == (not is_classifying)


@pytest.mark.parametrize("name", ["paper", "ce_on_compressed"])
def test_the_terms_are_their_equations(name: str) -> None:
    method = build(name)
    batch = made_batch(method)
    with torch.no_grad():
        frozen = copy.deepcopy(method)
        h = frozen.network.embed(frozen.network.input_spec.normalise(torch.cat((batch.crops, batch.strong))))
        z, log_p = frozen.projector(h).double(), frozen.network.head.logits(h).double().log_softmax(dim=1)
    assert z.shape == (8, 128)
    rows = 8 if name == "ce_on_compressed" else 4
    ce = -sum(log_p[row, row % 2].item() for row in range(rows)) / rows
    similarity = 0.0
    for row in range(4):
        raw, compressed = z[row], z[4 + row]
        cosine = (raw * compressed).sum() / (raw.square().sum().sqrt() * compressed.square().sum().sqrt())
        similarity += 2 * (1 - cosine.item()) / (2 * 4)  # both sums of Eq. 2
    found = values(method(batch))
    assert found == {"cross_entropy": pytest.approx(ce, rel=1e-4), "similarity": pytest.approx(similarity, rel=1e-3)}


def test_lambda_weighs_the_similarity() -> None:
    method = build(similarity_weight=0.25)
    losses = method(made_batch(method))
    found = values(losses)
    assert losses.total.item() == pytest.approx(found["cross_entropy"] + 0.25 * found["similarity"], rel=1e-6)


def test_a_copy_that_equals_its_crop_costs_nothing() -> None:
    method = build()
    batch = made_batch(method)
    assert values(method(batch._replace(strong=batch.crops)))["similarity"] == pytest.approx(0, abs=1e-6)


def test_the_scores_are_the_networks() -> None:
    method = build().eval()
    batch = made_batch(method)
    with torch.no_grad():
        expected = method.network(method.network.input_spec.normalise(batch.crops)).raw_score
    torch.testing.assert_close(method(batch).raw_scores, expected, rtol=1e-4, atol=1e-5)


def test_the_projection_head_is_not_shipped() -> None:
    method = build()
    assert not any(name.startswith("projector") for name in method.network.state_dict())
    shapes = [tuple(tensor.shape) for tensor in method.projector.state_dict().values() if tensor.ndim == 2]
    assert shapes == [(WIDTH, WIDTH), (128, WIDTH)]
    assert method.backbones() == (method.network.encoder,)
    assert build("classifier_only").projector is None


def test_a_resumed_method_goes_on_to_the_bit() -> None:
    whole = build()
    optimizer = adam(whole)
    take_step(whole, optimizer, made_batch(whole))
    resumed = TcnscTraining(whole.recipe)
    resumed_optimizer = adam(resumed)
    resumed.load_state_dict(copy.deepcopy(whole.state_dict()))
    resumed_optimizer.load_state_dict(copy.deepcopy(optimizer.state_dict()))
    first, second = (
        take_step(method, optim, made_batch(method, seed=1))
        for method, optim in ((whole, optimizer), (resumed, resumed_optimizer))
    )
    assert values(first) == values(second)
    torch.testing.assert_close(resumed.state_dict(), whole.state_dict(), rtol=0, atol=0)


@pytest.mark.parametrize("name", ["paper", "ce_on_compressed", "classifier_only"])
def test_it_overfits_one_small_batch(name: str) -> None:
    method = build(name)
    optimizer, batch = adam(method), made_batch(method)
    first = values(take_step(method, optimizer, batch))
    for _ in range(15):
        losses = take_step(method, optimizer, batch)
    last = values(losses)
    assert last["cross_entropy"] < 0.1 < first["cross_entropy"]
    if "similarity" in last:
        assert last["similarity"] < 0.5 * first["similarity"]
    assert losses.raw_scores[1::2].min() > losses.raw_scores[0::2].max()


def test_similarity_alone_leaves_the_encoder_to_the_pairs() -> None:
    """The encoder takes the same step whatever the labels say."""
    encoders: list[Tensor] = []
    for flip in (False, True):
        method = build("similarity_only")
        batch = made_batch(method)
        take_step(method, adam(method), batch._replace(labels=1 - batch.labels) if flip else batch)
        encoders.append(torch.cat([parameter.detach().flatten() for parameter in method.network.encoder.parameters()]))
    assert torch.equal(*encoders)


@pytest.mark.slow
def test_the_whole_network_takes_a_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()  # ResNet-18 itself
    method = build()
    crops = torch.randint(0, 256, (4, 3, 96, 96), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))
    losses = take_step(method, adam(method), Batch(crops, torch.tensor([0.0, 1.0, 0.0, 1.0]), crops // 2))
    assert values(losses)["similarity"] > 0
    assert [tuple(method.projector.first.weight.shape), tuple(method.projector.second.weight.shape)] == [
        (512, 512),
        (128, 512),
    ]
    assert reached(method)


def test_recipes_that_contradict_themselves_are_refused() -> None:
    for changes in ({"is_probe": True}, {"ce_on_compressed": True}):
        with pytest.raises(ValueError, match="similarity"):
            build("classifier_only", **changes)
