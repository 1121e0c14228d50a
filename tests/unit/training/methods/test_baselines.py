"""Every scheme of the baselines: its terms, whom they reach, that it learns; every recipe of every backbone."""

from collections.abc import Callable
from dataclasses import replace
from typing import ClassVar

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from forensiclab.core.errors import SettingsError
from forensiclab.detectors.base import InputSpec, Network, NetworkOutput
from forensiclab.detectors.layers.heads import LinearHead
from forensiclab.detectors.layers.pooled import PooledNetwork
from forensiclab.detectors.weights import load_network
from training.batches.batches import Batch
from training.losses.radius import radius_loss
from training.losses.triplet import triplet_loss
from training.methods import baselines as module
from training.methods import training_class
from training.methods.baselines import AT_TWO_LEVELS, ON_EMBEDDINGS, BackboneTraining, BaselineRecipe, Scheme
from training.methods.method import LossTerms, Schedule
from training.modules.discriminator import EmbeddingDiscriminator

WIDTH = 6
BACKBONES = ("xception", "efficientnet_b4", "resnet50", "resnet18", "f3net", "dsp_fwa", "meso4")
PLAIN = BaselineRecipe(steps=10, pairs_per_batch=2, learning_rate=3e-3, schedule=Schedule.CONSTANT)


class Tiny(PooledNetwork):
    """4 x 4 cells at 32 pixels."""

    INPUT: ClassVar[InputSpec] = InputSpec(size_px=32)

    def __init__(self) -> None:
        super().__init__()
        self.encoder = nn.Sequential(nn.Conv2d(3, WIDTH, 8, stride=8), nn.BatchNorm2d(WIDTH), nn.ReLU())
        self.head = LinearHead(WIDTH)

    def features(self, pictures: Tensor) -> Tensor:
        features: Tensor = self.encoder(pictures)
        return features


class NoEmbedding(Network):
    """A score, and nothing before it."""

    INPUT: ClassVar[InputSpec] = InputSpec(size_px=32)

    def __init__(self) -> None:
        super().__init__()
        self.encoder = nn.Conv2d(3, 1, 32)

    def forward(self, pictures: Tensor) -> NetworkOutput:
        return NetworkOutput(self.encoder(pictures).flatten(), pictures[:, 0].clamp(0, 1))


class TinyTraining(BackboneTraining):
    NAME = "tiny"


@pytest.fixture
def build(monkeypatch: pytest.MonkeyPatch) -> Callable[..., TinyTraining]:
    def make(network: type[Network] = Tiny, **changes: object) -> TinyTraining:
        monkeypatch.setattr(module, "load_network", lambda name, options: network())
        torch.manual_seed(0)
        method = TinyTraining(replace(PLAIN, **changes))
        method.train()
        return method

    return make


def made_batch(pairs: int = 3, *, is_strong: bool = True) -> Batch:
    """Forgeries are brighter; strongly compressed crops are noisier."""
    rng = torch.Generator().manual_seed(0)
    crops = torch.randint(40, 100, (2 * pairs, 3, 32, 32), generator=rng, dtype=torch.uint8)
    crops[1::2] += 60
    noise = torch.randint(0, 40, crops.shape, generator=rng, dtype=torch.uint8)
    return Batch(
        crops=crops, labels=torch.tensor([0.0, 1.0]).repeat(pairs), strong=crops + noise if is_strong else None
    )


def batch_for(method: BackboneTraining) -> Batch:
    return made_batch(is_strong=method.views.strong)


def values_of(losses: LossTerms) -> dict[str, Tensor]:
    return {term.name: term.value for term in losses.terms}


def both_levels(method: TinyTraining, batch: Batch) -> Tensor:
    assert batch.strong is not None
    return method.network.embed(Tiny.INPUT.normalise(torch.cat((batch.crops, batch.strong))))


def test_cross_entropy_of_the_score_is_that_of_the_two_logits(build: Callable[..., TinyTraining]) -> None:
    for smoothing in (0.0, 0.1):
        method, batch = build(label_smoothing=smoothing), made_batch(is_strong=False)
        losses = method(batch)
        logits = method.network.head.linear(method.network.embed(Tiny.INPUT.normalise(batch.crops)))
        expected = F.cross_entropy(logits, batch.labels.long(), label_smoothing=smoothing)
        torch.testing.assert_close(losses.total, expected)
        torch.testing.assert_close(losses.raw_scores, logits[:, 1] - logits[:, 0])
        assert not losses.raw_scores.requires_grad


def test_squared_error_is_that_of_the_probability(build: Callable[..., TinyTraining]) -> None:
    method, batch = build(scheme=Scheme.MSE), made_batch(is_strong=False)
    losses = method(batch)
    torch.testing.assert_close(losses.total, ((losses.raw_scores.sigmoid() - batch.labels) ** 2).mean())


def test_l1_compares_the_embeddings_of_both_levels(build: Callable[..., TinyTraining]) -> None:
    method, batch = build(scheme=Scheme.L1, scheme_weight=0.3), made_batch()
    losses = method(batch)
    embeddings = both_levels(method, batch)
    weak, strong = embeddings[:6], embeddings[6:]
    values = values_of(losses)
    torch.testing.assert_close(values["l1"], (weak - strong).abs().mean())
    logits = method.network.head.linear(embeddings)
    torch.testing.assert_close(values["cross_entropy"], F.cross_entropy(logits, batch.labels.long().repeat(2)))
    torch.testing.assert_close(losses.total, values["cross_entropy"] + 0.3 * values["l1"])
    assert losses.raw_scores.shape == (6,)


def test_gan_is_a_game_of_opposite_losses(build: Callable[..., TinyTraining]) -> None:
    method, batch = build(scheme=Scheme.GAN), made_batch()
    values = values_of(method(batch))
    assert isinstance(method.discriminator, EmbeddingDiscriminator)
    embeddings = both_levels(method, batch)
    weak, strong = method.discriminator(embeddings[:6]).sigmoid(), method.discriminator(embeddings[6:]).sigmoid()
    torch.testing.assert_close(values["gan"], (weak.log() + (1 - strong).log()).mean())
    torch.testing.assert_close(values["discriminator"], -values["gan"])


def test_triplets_are_of_normalised_embeddings(build: Callable[..., TinyTraining]) -> None:
    method, batch = build(scheme=Scheme.TRIPLET, triplet_margin=0.5), made_batch(is_strong=False)
    values = values_of(method(batch))
    embeddings = F.normalize(method.network.embed(Tiny.INPUT.normalise(batch.crops)), dim=1)
    torch.testing.assert_close(values["triplet"], triplet_loss(embeddings, batch.labels, 0.5))


def test_metric_holds_lengths(build: Callable[..., TinyTraining]) -> None:
    method, batch = build(scheme=Scheme.METRIC), made_batch(is_strong=False)
    values = values_of(method(batch))
    embeddings = method.network.embed(Tiny.INPUT.normalise(batch.crops))
    torch.testing.assert_close(values["radius"], radius_loss(embeddings, batch.labels, 0.1, 18.0).mean())


@pytest.mark.parametrize(
    ("scheme", "expected"),
    [
        (Scheme.CE, {"cross_entropy": {"encoder", "head"}}),
        (Scheme.MSE, {"squared_error": {"encoder", "head"}}),
        (Scheme.FOCAL, {"focal": {"encoder", "head"}}),
        (Scheme.L1, {"cross_entropy": {"encoder", "head"}, "l1": {"encoder"}}),
        (
            Scheme.GAN,
            {"cross_entropy": {"encoder", "head"}, "gan": {"encoder"}, "discriminator": {"discriminator"}},
        ),
        (Scheme.TRIPLET, {"cross_entropy": {"encoder", "head"}, "triplet": {"encoder"}}),
        (Scheme.METRIC, {"cross_entropy": {"head"}, "radius": {"encoder"}}),
    ],
)
def test_every_term_reaches_what_it_should(
    build: Callable[..., TinyTraining], scheme: Scheme, expected: dict[str, set[str]]
) -> None:
    method = build(scheme=scheme, triplet_margin=4.0)
    found = {}
    for term in method(batch_for(method)).terms:
        method.zero_grad(set_to_none=True)
        term.value.backward(retain_graph=True)
        reached = [
            name.removeprefix("network.").split(".")[0]
            for name, parameter in method.named_parameters()
            if parameter.grad is not None and float(parameter.grad.abs().max()) > 0
        ]
        found[term.name] = set(reached)
    assert found == expected


@pytest.mark.parametrize("scheme", list(Scheme))
def test_every_scheme_learns_to_tell_the_crops_of_one_batch(build: Callable[..., TinyTraining], scheme: Scheme) -> None:
    method = build(scheme=scheme, scheme_weight=5.0, outer_radius=1.0, triplet_margin=4.0)
    batch = batch_for(method)
    optimizer = torch.optim.AdamW(method.parameter_groups(method.recipe), lr=1e-2)
    history = []
    for _ in range(40):
        losses = method(batch)
        losses.total.backward()
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        history.append(losses)
    assert float(history[-1].terms[0].value.detach()) < 0.5 * float(history[0].terms[0].value.detach())
    scores = history[-1].raw_scores
    assert float(scores[1::2].min()) > float(scores[0::2].max())
    if scheme in (Scheme.L1, Scheme.TRIPLET, Scheme.METRIC):
        assert float(history[-1].terms[1].value.detach()) < float(history[0].terms[1].value.detach())


@pytest.mark.parametrize("scheme", list(Scheme))
def test_losses_stay_in_float32_under_autocast(build: Callable[..., TinyTraining], scheme: Scheme) -> None:
    method = build(scheme=scheme)
    with torch.autocast("cpu", torch.bfloat16):
        losses = method(batch_for(method))
    assert losses.raw_scores.dtype == torch.float32
    assert all(term.value.dtype == torch.float32 for term in losses.terms)
    losses.total.backward()


def test_the_strong_view_is_asked_for_where_levels_are_compared(build: Callable[..., TinyTraining]) -> None:
    for scheme in Scheme:
        assert build(scheme=scheme).views == (scheme in AT_TWO_LEVELS, False, False)


def test_schemes_on_embeddings_need_one(build: Callable[..., TinyTraining]) -> None:
    for scheme in Scheme:
        if scheme in ON_EMBEDDINGS:
            with pytest.raises(
                SettingsError, match="works on embeddings, which 'tiny' does not have; use ce, mse, focal"
            ):
                build(NoEmbedding, scheme=scheme)
        else:
            assert build(NoEmbedding, scheme=scheme)(made_batch(is_strong=False)).total.isfinite()
    with pytest.raises(SettingsError, match="no dropout"):
        build(NoEmbedding, dropout=0.1)


def test_dropout_and_size_come_from_the_recipe(build: Callable[..., TinyTraining]) -> None:
    method = build(dropout=0.4, size_px=64)
    assert method.network.head.dropout.p == 0.4
    assert method.options == (("size_px", "64"),)
    assert build().options == ()


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name in ("meso4", "resnet18") else pytest.mark.slow) for name in BACKBONES]
)
def test_every_recipe_of_a_backbone_builds(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    networks: dict[tuple[tuple[str, str], ...], Network] = {}
    small = nn.Identity()  # discriminators of 4096 x 4096 say nothing more

    def once(method: str, options: tuple[tuple[str, str], ...]) -> Network:
        assert method == name
        if options not in networks:
            networks[options] = load_network(method, options)
        return networks[options]

    monkeypatch.setattr(module, "load_network", once)
    monkeypatch.setattr(module, "EmbeddingDiscriminator", lambda width: small)
    training = training_class(name)
    assert name == training.NAME
    schemes = {"ce", "ce_mixed", "focal", "sbi"} | (set() if name == "dsp_fwa" else {"l1", "gan", "triplet", "metric"})
    assert {"paper", "recommended", "smoke"} | schemes <= set(training.RECIPES)
    for recipe in training.RECIPES.values():
        method = training(recipe)
        assert method.network is once(name, method.options)
        assert method.parameter_groups(recipe)
    assert training.RECIPES["ce_mixed"].strong_share == 0.5
    assert training.RECIPES["sbi"].forge_share == 1.0
    assert training.RECIPES["ce"].forge_share == training.RECIPES["ce"].strong_share == 0


def test_a_network_without_other_sizes_says_so() -> None:
    recipe = training_class("meso4").RECIPES["paper"]
    with pytest.raises(Exception, match="size_px"):
        training_class("meso4")(replace(recipe, size_px=128))  # type: ignore[call-arg]


@pytest.mark.slow
@pytest.mark.parametrize("name", BACKBONES)
def test_the_whole_network_overfits_one_pair(name: str) -> None:
    torch.manual_seed(0)
    training = training_class(name)
    recipe = training.RECIPES["smoke"]
    if name in ("xception", "efficientnet_b4", "resnet50", "resnet18"):
        recipe = replace(recipe, size_px=96)  # type: ignore[call-arg]
    method = training(recipe).train()
    size = method.network.input_spec.size_px
    rng = torch.Generator().manual_seed(0)
    crops = torch.randint(0, 256, (2, 3, size, size), generator=rng, dtype=torch.uint8)
    batch = Batch(crops=crops, labels=torch.tensor([0.0, 1.0]))
    groups = method.parameter_groups(recipe)
    optimizer = torch.optim.AdamW([group | {"lr": 1e-3 * group.pop("rate_scale", 1.0)} for group in groups])
    history = []
    for step in range(16):
        losses = method(batch)
        losses.total.backward()
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        method.after_step(step)
        history.append(float(losses.total.detach()))
    assert min(history[-4:]) < 0.5 * history[0]


@pytest.mark.slow
def test_the_smaller_efficientnet_is_an_option_of_the_network() -> None:
    training = training_class("efficientnet_b4")
    for name in ("paper_b0", "focal_b0"):
        method = training(training.RECIPES[name])
        assert method.options == (("backbone", "efficientnet_b0"),)
        load_network("efficientnet_b4", method.options).load_state_dict(method.network.state_dict())


def test_f3net_starts_in_both_streams(monkeypatch: pytest.MonkeyPatch) -> None:
    class Streams(NoEmbedding):
        def __init__(self) -> None:
            super().__init__()
            self.bands_stream, self.statistics_stream = nn.Identity(), nn.Identity()

    from training.methods import f3net

    monkeypatch.setattr(module, "load_network", lambda name, options: Streams())
    monkeypatch.setattr(f3net, "F3Net", Streams)
    method = f3net.F3NetTraining(f3net.PAPER)
    assert method.backbones() == (method.network.bands_stream, method.network.statistics_stream)
