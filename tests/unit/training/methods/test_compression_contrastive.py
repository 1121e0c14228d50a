import copy
import math
from dataclasses import replace

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from training.batches.batches import Batch
from training.methods.compression_contrastive import CompressionContrastiveTraining
from training.methods.compression_contrastive_recipes import PAPER, RECIPES, ContrastiveRecipe
from training.methods.method import LossTerms

BOTH = {"cross_entropy_weak": 0.5, "cross_entropy_strong": 0.5}
FULL = BOTH | {"relation": 0.1, "contrastive": 0.1}
TERMS = {
    "paper": FULL,
    "recommended": FULL,
    "smoke": BOTH | {"relation": 0.2, "contrastive": 0.2},
    "paper_celeb_df": BOTH | {"relation": 0.01, "contrastive": 0.01},
    "ce_mixed": BOTH,
    "l1": BOTH | {"l1": 1.0},
    "gan": BOTH | {"gan": 1.0, "discriminator": 1.0},
    "ce": {"cross_entropy": 1.0},
    "triplet": {"cross_entropy": 1.0, "triplet": 1.0},
    "momentum_only": BOTH,
    "contrastive_only": BOTH | {"contrastive": 0.1},
    "relation_only": BOTH | {"relation": 0.1},
    "raw_c40": FULL,
    **{f"bank_{size}": FULL for size in (256, 1024, 4096, 32768)},
}
"""Terms and weights of the first step of every recipe."""


CHANNELS, EMBEDDING = 32, 64


class TinyEncoder(nn.Sequential):
    """In Xception's place: a thousandth of the work."""

    def __init__(self) -> None:
        super().__init__(
            nn.Conv2d(3, 16, 4, stride=4, bias=False),
            nn.BatchNorm2d(16),
            nn.ReLU(),
            nn.Conv2d(16, CHANNELS, 2, stride=2, bias=False),
            nn.BatchNorm2d(CHANNELS),
            nn.ReLU(),
        )


@pytest.fixture(autouse=True)
def _tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("forensiclab.detectors.compression_contrastive.XceptionStream", TinyEncoder)
    monkeypatch.setattr("forensiclab.detectors.compression_contrastive.CHANNELS", CHANNELS)
    monkeypatch.setattr("forensiclab.detectors.compression_contrastive.EMBEDDING", EMBEDDING)
    monkeypatch.setattr("training.methods.compression_contrastive.EMBEDDING", EMBEDDING)


def build(recipe: ContrastiveRecipe) -> CompressionContrastiveTraining:
    torch.manual_seed(0)
    return CompressionContrastiveTraining(recipe)


def small(name: str = "paper", **changes: object) -> ContrastiveRecipe:
    recipe = RECIPES[name]
    return replace(recipe, **({"bank": 16, "learning_rate": 1e-3} | changes))


def made_batch(method: CompressionContrastiveTraining, seed: int = 0, pairs: int = 3) -> Batch:
    """Noise, the same blurred, and the same a little changed; the views are what the method asks for."""
    generator = torch.Generator().manual_seed(seed)

    def drawn(low: int, high: int) -> Tensor:
        return torch.randint(low, high, (2 * pairs, 3, 16, 16), generator=generator)

    first = drawn(20, 236).to(torch.uint8)
    strong = F.interpolate(F.avg_pool2d(first.float(), 2), scale_factor=2).to(torch.uint8)
    other = (first + drawn(-20, 20)).to(torch.uint8)
    views = method.views
    return Batch(
        first,
        torch.tensor([0.0, 1.0] * pairs),
        strong if views.strong else None,
        other if views.other else None,
    )


def take_step(method: CompressionContrastiveTraining, optimizer: torch.optim.Optimizer, batch: Batch) -> LossTerms:
    losses = method(batch)
    optimizer.zero_grad()
    losses.total.backward()
    optimizer.step()
    method.after_step(int(method.step))
    return losses


def adam(method: CompressionContrastiveTraining) -> torch.optim.Optimizer:
    return torch.optim.AdamW(method.parameter_groups(method.recipe), lr=method.recipe.learning_rate)


def values(losses: LossTerms) -> dict[str, float]:
    return {term.name: term.value.item() for term in losses.terms}


def test_every_recipe_is_listed_and_the_banks_have_their_sizes() -> None:
    assert RECIPES.keys() == TERMS.keys()
    for size in (256, 1024, 4096, 32768):
        assert replace(PAPER, bank=size) == RECIPES[f"bank_{size}"]


@pytest.mark.parametrize("name", TERMS)
def test_every_recipe_takes_a_step_with_its_terms(name: str) -> None:
    method = build(small(name))
    before = {key: value.detach().clone() for key, value in method.named_parameters()}
    losses = take_step(method, adam(method), made_batch(method))
    assert {term.name: term.weight for term in losses.terms} == TERMS[name]
    assert all(term.value.shape == () and math.isfinite(term.value.item()) for term in losses.terms)
    assert losses.raw_scores.shape == (6,)
    assert not losses.raw_scores.requires_grad
    for key, parameter in method.named_parameters():
        if parameter.requires_grad:
            assert parameter.grad is not None, key
            assert not torch.equal(parameter, before[key]), key
    assert method.keeps_average == (small(name).momentum is None) == (method.network is method.trained)


def parts_of(term: str) -> set[str]:
    if term == "discriminator":
        return {"discriminator"}
    return {"encoder", "projector"} | ({"predictor"} if term.startswith("cross_entropy") else set())


@pytest.mark.parametrize("name", ["paper", "l1", "gan", "triplet"])
def test_every_term_reaches_the_parts_that_it_should_and_no_other(name: str) -> None:
    method = build(small(name))
    parts: dict[str, nn.Module] = {
        "encoder": method.trained.encoder,
        "projector": method.trained.projector,
        "predictor": method.trained.predictor,
    }
    if method.discriminator is not None:
        parts["discriminator"] = method.discriminator
    method(made_batch(method, seed=1))  # fills the banks
    for term in method(made_batch(method)).terms:
        method.zero_grad(set_to_none=True)
        term.value.backward(retain_graph=True)
        reached = {part for part, module in parts.items() if any(p.grad is not None for p in module.parameters())}
        moved = {part for part, module in parts.items() if all(_is_moved(p) for p in module.parameters())}
        assert reached == moved == parts_of(term.name)


def _is_moved(parameter: Tensor) -> bool:
    return parameter.grad is not None and bool(parameter.grad.any())


def test_nothing_flows_into_the_momentum_copy_or_the_banks() -> None:
    method = build(small())
    method(made_batch(method)).total.backward()
    copies = [*method.network.encoder.parameters(), *method.network.projector.parameters()]
    assert copies
    assert not any(parameter.requires_grad or parameter.grad is not None for parameter in copies)
    assert not any(True for _ in method.real_bank.parameters())
    assert method.network.predictor is method.trained.predictor


def test_the_terms_are_their_equations() -> None:
    """Every summand of Eq. 7 from the embeddings, crop by crop; the banks are those before the step."""
    method = build(small())
    batch = made_batch(method)
    optimizer = adam(method)
    take_step(method, optimizer, made_batch(method, seed=1))  # so that copies and banks are not those of the start
    with torch.no_grad():
        spec = method.network.input_spec
        frozen = copy.deepcopy(method)
        z = frozen.trained.embed(spec.normalise(torch.cat((batch.crops, batch.strong)))).double()
        keys = F.normalize(frozen.network.embed(spec.normalise(batch.other)).double(), dim=1)
        log_p = F.log_softmax(frozen.double().trained.logits(z), dim=1)
    banks = [method.real_bank.read().double(), method.forged_bank.read().double()]
    unit = F.normalize(z, dim=1)
    ce: dict[str, float] = {"weak": 0.0, "strong": 0.0}
    relation, contrast = 0.0, [0.0, 0.0]
    for row, label in enumerate([0, 1, 0, 1, 0, 1]):
        ce["weak"] -= log_p[row, label].item() / 6
        ce["strong"] -= log_p[6 + row, label].item() / 6
        both = torch.cat(banks)
        p_weak = (both @ unit[row] / 0.04).softmax(dim=0)
        relation -= (p_weak * (both @ unit[6 + row] / 0.1).log_softmax(dim=0)).sum().item() / 6
        near = (unit[row] @ keys[row]).item() / 0.07
        far = (banks[1 - label] @ unit[row] / 0.07).tolist()
        contrast[label] -= (near - math.log(sum(math.exp(s) for s in [near, *far]))) / 3
    found = values(method(batch))
    assert found["cross_entropy_weak"] == pytest.approx(ce["weak"], rel=1e-4)
    assert found["cross_entropy_strong"] == pytest.approx(ce["strong"], rel=1e-4)
    assert found["relation"] == pytest.approx(relation, rel=1e-3)
    assert found["contrastive"] == pytest.approx(sum(contrast), rel=1e-3)
    assert contrast[0] != pytest.approx(contrast[1], rel=1e-3)


def test_the_scores_are_those_of_the_weak_crops() -> None:
    method = build(small())
    batch = made_batch(method)
    alone = copy.deepcopy(method).eval()
    with torch.no_grad():
        expected = alone.trained(alone.network.input_spec.normalise(batch.crops)).raw_score
    torch.testing.assert_close(method.eval()(batch).raw_scores, expected, rtol=1e-4, atol=1e-5)


def test_the_banks_take_in_the_normalised_keys_of_their_class_after_they_were_read() -> None:
    method = build(small(bank=7))
    batch = made_batch(method)
    with torch.no_grad():
        keys = F.normalize(copy.deepcopy(method).network.embed(method.network.input_spec.normalise(batch.other)), dim=1)
    first = values(method(batch))
    assert (first["relation"], first["contrastive"]) == (0, 0)  # there was nothing to read yet
    for label, bank in enumerate((method.real_bank, method.forged_bank)):
        torch.testing.assert_close(bank.read(), keys[batch.labels == label])
    filled = method.real_bank.rows.clone()
    method.eval()(batch)
    assert torch.equal(method.real_bank.rows, filled)  # measuring a loss leaves no trace


def test_the_copy_follows_weights_and_statistics_but_not_by_what_it_sees() -> None:
    method = build(small(momentum=0.9))
    start = {name: tensor.clone() for name, tensor in method.network.state_dict().items()}
    method(made_batch(method))
    for name, tensor in method.network.state_dict().items():
        if tensor.is_floating_point():
            assert torch.equal(tensor, start[name]), name
    take_step(method, adam(method), made_batch(method))
    present = method.trained.state_dict()
    for name, tensor in method.network.state_dict().items():
        if name.startswith("predictor"):
            assert tensor.data_ptr() == present[name].data_ptr(), name  # Y is one and the same
        elif tensor.is_floating_point():
            torch.testing.assert_close(tensor, 0.9 * start[name] + 0.1 * present[name])
    assert not torch.equal(method.network.encoder[1].running_mean, start["encoder.1.running_mean"])


def test_starting_weights_in_the_copy_are_where_training_begins() -> None:
    method = build(small())
    with torch.no_grad():
        for tensor in method.network.state_dict().values():
            tensor.fill_(1)
    method.started()
    assert all((tensor == 1).all() for tensor in method.trained.state_dict().values())
    assert method.backbones() == (method.network.encoder,)


def test_the_early_weights_last_as_long_as_they_should_and_a_checkpoint_knows_it() -> None:
    method = build(small("paper_celeb_df", early_steps=2))
    optimizer = adam(method)
    seen = [
        [term.weight for term in take_step(method, optimizer, made_batch(method, seed)).terms][2:] for seed in range(3)
    ]
    assert seen == [[0.01, 0.01], [0.01, 0.01], [1.0, 1.0]]
    resumed = build(small("paper_celeb_df", early_steps=2))
    resumed.load_state_dict(method.state_dict())
    assert [term.weight for term in resumed(made_batch(resumed)).terms][2:] == [1.0, 1.0]


@pytest.mark.parametrize("name", ["paper", "gan"])
def test_a_resumed_method_goes_on_to_the_bit(name: str) -> None:
    whole = build(small(name))
    optimizer = adam(whole)
    for seed in range(3):
        take_step(whole, optimizer, made_batch(whole, seed))
    resumed = CompressionContrastiveTraining(small(name))  # other weights, other banks
    resumed_optimizer = adam(resumed)
    resumed.load_state_dict(copy.deepcopy(whole.state_dict()))
    resumed_optimizer.load_state_dict(copy.deepcopy(optimizer.state_dict()))
    for seed in (7, 8):
        first = take_step(whole, optimizer, made_batch(whole, seed))
        second = take_step(resumed, resumed_optimizer, made_batch(resumed, seed))
        assert values(first) == values(second)
    torch.testing.assert_close(resumed.state_dict(), whole.state_dict(), rtol=0, atol=0)


@pytest.mark.parametrize("name", ["paper", "l1", "gan", "triplet", "ce_mixed"])
def test_it_overfits_one_small_batch(name: str) -> None:
    """In the end the measured network, momentum copy or not, puts every forgery above every real crop."""
    recipe = small(name, bank=8, learning_rate=3e-3)
    method = build(replace(recipe, momentum=0.8) if recipe.momentum else recipe)
    optimizer, batch = adam(method), made_batch(method)
    first = values(take_step(method, optimizer, batch))
    for _ in range(50):
        losses = take_step(method, optimizer, batch)
    last = values(losses)
    for term in last:
        if term.startswith("cross_entropy"):
            assert last[term] < 0.1 < first[term]
    if name == "triplet":
        assert last["triplet"] < 0.02 < first["triplet"]
    if name == "paper":
        assert last["contrastive"] < 0.1
    network = copy.deepcopy(method.network).eval()
    for crops in (batch.crops, batch.strong):
        if crops is not None:
            scores = network(network.input_spec.normalise(crops)).raw_score
            assert scores[1::2].min() > scores[0::2].max()


def test_the_game_is_played_against_the_discriminator_and_not_by_it() -> None:
    """With the discriminator held, the encoder lowers Eq. 11; with the encoder held, the discriminator raises it."""
    method = build(small("gan", learning_rate=1e-3))
    batch = made_batch(method)
    start = values(method(batch))
    assert start["gan"] == pytest.approx(-start["discriminator"], rel=1e-5)
    for part, term, sign in (("trained", "gan", -1), ("discriminator", "discriminator", 1)):
        moved = copy.deepcopy(method)
        optimizer = torch.optim.SGD(moved.get_submodule(part).parameters(), lr=0.1)
        {found.name: found.value for found in moved(batch).terms}[term].backward()
        optimizer.step()
        assert sign * (values(moved(batch))["gan"] - start["gan"]) > 0


def test_the_printed_values() -> None:
    assert [PAPER.rate(step) for step in (0, 1439, 1440, 2880)] == pytest.approx([0.01, 0.01, 0.005, 0.0025])
    assert (PAPER.tau_weak, PAPER.tau_strong, PAPER.tau_video) == (0.04, 0.1, 0.07)
    assert (PAPER.momentum, PAPER.bank, PAPER.weak, PAPER.strong) == (0.999, 16384, "crf:23", "crf:40")
    assert PAPER.steps == 5 * 720 * 32 // 32


def test_recipes_that_contradict_themselves_are_refused() -> None:
    with pytest.raises(ValueError, match="momentum copy and both levels"):
        replace(PAPER, momentum=None)
    with pytest.raises(ValueError, match="momentum copy and both levels"):
        replace(PAPER, is_mixed=False)
    with pytest.raises(ValueError, match="compare two levels"):
        small("ce", l1_weight=1.0)


@pytest.mark.slow
def test_the_whole_network_takes_a_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()  # Xception itself
    method = build(small())
    generator = torch.Generator().manual_seed(0)
    crops = [torch.randint(0, 256, (4, 3, 96, 96), dtype=torch.uint8, generator=generator) for _ in range(3)]
    batch = Batch(crops[0], torch.tensor([0.0, 1.0, 0.0, 1.0]), crops[1], crops[2])
    take_step(method, adam(method), batch)
    assert sum(parameter.numel() for parameter in method.trained.encoder.parameters()) > 20_000_000
    for name, parameter in method.trained.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.any(), name
