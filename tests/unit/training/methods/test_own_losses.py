"""Networks with losses of their own: capsule, GFF, Face X-ray, multi-attentional detection."""

import math
from dataclasses import replace
from typing import ClassVar

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from forensiclab.detectors.base import InputSpec
from forensiclab.detectors.layers.heads import LinearHead
from forensiclab.detectors.multi_attention import MAPS, MultiAttentionParts
from training.batches.batches import Batch
from training.losses.am_softmax import am_softmax_loss
from training.losses.boundary import boundary_loss, boundary_target
from training.losses.capsule_cross_entropy import capsule_cross_entropy
from training.losses.region_independence import moved_centers, region_independence_loss, region_vectors
from training.methods import capsule, face_xray, gff, multi_attention, training_class
from training.methods.capsule import CapsuleTraining
from training.methods.face_xray import FaceXrayTraining
from training.methods.gff import GffTraining
from training.methods.method import LossTerms, TrainingMethod
from training.methods.multi_attention import MultiAttentionTraining

METHODS = ("capsule", "gff", "face_xray", "multi_attention")
SIDE = 32


class TinyCapsule(nn.Module):
    input_spec = InputSpec(size_px=SIDE)

    def __init__(self) -> None:
        super().__init__()
        self.encoder = nn.Sequential(nn.Conv2d(3, 8, 8, stride=8), nn.BatchNorm2d(8), nn.ReLU())
        self.vote = nn.Linear(8, 8)

    def class_capsules(self, pictures: Tensor) -> tuple[Tensor, Tensor]:
        votes = self.vote(self.encoder(pictures).mean(dim=(2, 3)))
        return votes.tanh().view(-1, 2, 4), pictures[:, 0]


class TinyGff(nn.Module):
    input_spec = InputSpec(size_px=SIDE)

    def __init__(self) -> None:
        super().__init__()
        self.colour = nn.Sequential(nn.Conv2d(3, 8, 8, stride=8), nn.BatchNorm2d(8), nn.ReLU())
        self.noise = nn.Conv2d(3, 8, 8, stride=8)
        self.head = LinearHead(8)

    def features(self, pictures: Tensor) -> tuple[Tensor, Tensor]:
        return self.colour(pictures) + self.noise(pictures), pictures[:, 0]


class TinyXray(nn.Module):
    input_spec = InputSpec(size_px=SIDE)

    def __init__(self) -> None:
        super().__init__()
        self.encoder = nn.Sequential(nn.Conv2d(3, 8, 3, padding=1), nn.BatchNorm2d(8), nn.ReLU())
        self.boundary_layer = nn.Conv2d(8, 1, 1)
        self.output = nn.Linear(1, 2)

    def boundary_logits(self, pictures: Tensor) -> Tensor:
        logits: Tensor = self.boundary_layer(self.encoder(pictures))
        return logits

    def classify(self, boundary: Tensor) -> Tensor:
        logits: Tensor = self.output(boundary.mean(dim=(2, 3)))
        return logits


class TinyMultiAttention(nn.Module):
    input_spec = InputSpec(size_px=SIDE)
    CHANNELS: ClassVar[int] = 5

    def __init__(self) -> None:
        super().__init__()
        self.encoder = nn.Sequential(nn.Conv2d(3, 8, 4, stride=4), nn.BatchNorm2d(8))
        self.attention = nn.Conv2d(8, MAPS, 1)
        self.texture = nn.ModuleDict({"extract": nn.Conv2d(8, self.CHANNELS, 1)})
        self.texture.extract = self.texture["extract"]
        self.output = nn.Linear(8, 2)

    def parts(self, pictures: Tensor) -> MultiAttentionParts:
        features = self.encoder(pictures)
        attention = F.elu(self.attention(features)) + 1
        return MultiAttentionParts(
            self.output(features.relu().mean(dim=(2, 3))), attention, self.texture.extract(features)
        )


@pytest.fixture(autouse=True)
def tiny(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.node.get_closest_marker("slow") is None:
        monkeypatch.setattr(capsule, "Capsule", TinyCapsule)
        monkeypatch.setattr(gff, "Gff", TinyGff)
        monkeypatch.setattr(face_xray, "FaceXray", TinyXray)
        monkeypatch.setattr(multi_attention, "MultiAttention", TinyMultiAttention)


def made_batch(pairs: int = 2, side: int = SIDE) -> Batch:
    """Forgeries have a brighter square, softly blended in."""
    rng = torch.Generator().manual_seed(0)
    crops = torch.randint(60, 120, (2 * pairs, 3, side, side), generator=rng, dtype=torch.uint8)
    masks = torch.zeros(2 * pairs, side, side)
    masks[1::2, side // 4 : side // 2, side // 4 : side // 2] = 1
    masks = F.avg_pool2d(masks[:, None], 3, 1, 1)[:, 0]
    crops = (crops + 100 * masks[:, None]).to(torch.uint8)
    return Batch(
        crops=crops,
        labels=torch.tensor([0.0, 1.0]).repeat(pairs),
        masks=(255 * masks).round().to(torch.uint8),
        has_mask=torch.ones(2 * pairs, dtype=torch.bool),
    )


def build(name: str, recipe: str = "smoke", **changes: object) -> TrainingMethod:
    torch.manual_seed(0)
    training = training_class(name)
    return training(replace(training.RECIPES[recipe], **changes)).train()


def values_of(losses: LossTerms) -> dict[str, Tensor]:
    return {term.name: term.value for term in losses.terms}


def descend(method: TrainingMethod, batch: Batch, steps: int, rate: float) -> list[LossTerms]:
    groups = method.parameter_groups(training_class(method.NAME).RECIPES["smoke"])
    optimizer = torch.optim.AdamW(
        [group | {"lr": rate * group.pop("rate_scale", 1.0)} for group in groups], weight_decay=0.0
    )
    history = []
    for step in range(steps):
        torch.manual_seed(step)
        losses: LossTerms = method(batch)
        losses.total.backward()
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        method.after_step(step)
        history.append(losses)
    return history


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("capsule", {"capsule_cross_entropy": {"encoder", "vote"}}),
        ("gff", {"am_softmax": {"colour", "noise", "directions"}, "cross_entropy": {"head"}}),
        (
            "face_xray",
            {"boundary": {"encoder", "boundary_layer"}, "classification": {"encoder", "boundary_layer", "output"}},
        ),
        (
            "multi_attention",
            {
                "cross_entropy": {"encoder", "output"},
                "regions": {"encoder", "attention", "texture"},
                "blurred_cross_entropy": {"encoder", "output"},
                "match": {"encoder", "attention", "texture"},
            },
        ),
    ],
)
def test_every_term_reaches_what_it_should(name: str, expected: dict[str, set[str]]) -> None:
    method = build(name)
    found = {}
    for term in method(made_batch()).terms:
        method.zero_grad(set_to_none=True)
        term.value.backward(retain_graph=True)
        found[term.name] = {
            parameter_name.removeprefix("network.").split(".")[0]
            for parameter_name, parameter in method.named_parameters()
            if parameter.grad is not None and float(parameter.grad.abs().max()) > 1e-12
        }
    assert found == expected


@pytest.mark.parametrize("name", METHODS)
def test_one_batch_is_learnt_and_every_term_falls(name: str) -> None:
    method, batch = build(name), made_batch()
    history = descend(method, batch, 40, 1e-2)
    for first, last in zip(history[0].terms, history[-1].terms, strict=True):
        if first.name != "match":  # starts at what chance gives, and there is little to change
            assert float(last.value.detach()) < float(first.value.detach()), first.name
    scores = history[-1].raw_scores
    assert float(scores[1::2].min()) > float(scores[0::2].max())


@pytest.mark.parametrize("name", METHODS)
def test_every_recipe_makes_a_method_that_can_be_trained(name: str) -> None:
    training = training_class(name)
    assert name == training.NAME
    assert {"paper", "recommended", "smoke"} <= set(training.RECIPES)
    for recipe in training.RECIPES.values():
        losses = training(recipe).train()(made_batch())
        assert losses.total.isfinite()
        assert losses.raw_scores.shape == (4,)


@pytest.mark.parametrize("name", METHODS)
def test_losses_stay_in_float32_under_autocast(name: str) -> None:
    method = build(name)
    with torch.autocast("cpu", torch.bfloat16):
        losses = method(made_batch())
    assert losses.raw_scores.dtype == torch.float32
    assert all(term.value.dtype == torch.float32 for term in losses.terms)
    losses.total.backward()


def test_capsules_are_scored_as_the_network_scores_them() -> None:
    method, batch = build("capsule"), made_batch()
    assert isinstance(method, CapsuleTraining)
    losses = method(batch)
    capsules, _ = method.network.class_capsules(method.network.input_spec.normalise(batch.crops))
    torch.testing.assert_close(losses.total, capsule_cross_entropy(capsules, batch.labels).mean())
    probability = capsules.softmax(dim=1)[:, 1].mean(dim=1)
    torch.testing.assert_close(losses.raw_scores, (probability / (1 - probability)).log().detach())


def test_vgg_stays_frozen_in_the_paper_and_is_found_under_timms_names() -> None:
    frozen, trained = build("capsule", "paper"), build("capsule", "recommended")
    for method, is_frozen in ((frozen, True), (trained, False)):
        assert all(p.requires_grad is not is_frozen for p in method.network.encoder.parameters())
        n_trained = sum(
            len(group["params"]) for group in method.parameter_groups(training_class("capsule").RECIPES["paper"])
        )
        assert n_trained == (2 if is_frozen else 6)
    (start,) = trained.backbones()
    assert "features.0.weight" in start.state_dict()
    start.load_state_dict({name: torch.zeros_like(value) for name, value in start.state_dict().items()})
    assert trained.network.encoder[0].weight.abs().max().item() == 0


def test_gff_shapes_its_embedding_by_angles() -> None:
    method, batch = build("gff"), made_batch()
    assert isinstance(method, GffTraining)
    features, _ = method.network.features(method.network.input_spec.normalise(batch.crops))
    expected = am_softmax_loss(features.mean(dim=(2, 3)), method.directions, batch.labels, 30.0, 0.2)
    torch.testing.assert_close(values_of(method(batch))["am_softmax"], expected.mean())
    assert method.backbones() == (method.network.colour, method.network.noise)


def test_the_seam_counts_where_it_is_known() -> None:
    method, batch = build("face_xray"), made_batch()
    assert isinstance(method, FaceXrayTraining)
    assert batch.masks is not None
    assert method.views == (False, False, True)
    logits = method.network.boundary_logits(method.network.input_spec.normalise(batch.crops))
    per_crop = boundary_loss(logits[:, 0], boundary_target(batch.masks.float() / 255, method.softening_px))
    known = torch.tensor([True, False, True, True])
    losses = method(batch._replace(has_mask=known))
    values = values_of(losses)
    torch.testing.assert_close(values["boundary"], per_crop[[0, 2, 3]].mean())
    logits_of_class = method.network.classify(logits.sigmoid())
    torch.testing.assert_close(values["classification"], F.cross_entropy(logits_of_class, batch.labels.long()))
    torch.testing.assert_close(losses.total, 100 * values["boundary"] + values["classification"])
    assert values_of(method(batch._replace(has_mask=~torch.ones_like(known))))["boundary"].item() == 0
    masks = batch.masks.clone()
    masks[3] = 0  # forged, but nothing of it can be seen
    torch.testing.assert_close(
        values_of(method(batch._replace(masks=masks)))["boundary"], per_crop[:3].mean(), rtol=1e-5, atol=1e-6
    )


def test_hrnet_waits_in_the_paper() -> None:
    method = build("face_xray", "paper")
    method(made_batch()).total.backward()
    assert all(parameter.grad is None for parameter in method.network.encoder.parameters())
    assert method.network.boundary_layer.weight.grad is not None
    method.after_step(49_999)
    method(made_batch()).total.backward()
    assert all(parameter.grad is not None for parameter in method.network.encoder.parameters())


def test_regions_are_held_at_centres_that_move_and_are_saved() -> None:
    method, batch = build("multi_attention"), made_batch()
    assert isinstance(method, MultiAttentionTraining)
    before = method.centers.clone()
    _, attention, coarse = method.network.parts(method.network.input_spec.normalise(batch.crops))
    regions = region_vectors(coarse, attention)
    centers = moved_centers(before, regions, batch.labels, 0.05)
    expected = region_independence_loss(regions, centers, batch.labels, 0.05, method.margins)
    torch.testing.assert_close(values_of(method(batch))["regions"], expected)
    torch.testing.assert_close(method.centers, centers.detach())
    assert not method.centers.requires_grad
    fresh = build("multi_attention")
    fresh.load_state_dict(method.state_dict())
    assert torch.equal(fresh.centers, method.centers)


def test_terms_of_multi_attention_have_the_weights_of_the_authors() -> None:
    losses = build("multi_attention", "paper")(made_batch())
    assert {term.name: term.weight for term in losses.terms} == {
        "cross_entropy": 1.0,
        "regions": 0.5,
        "blurred_cross_entropy": 1.0,
        "match": 0.1,
    }
    plain = build("multi_attention", "paper", blur_weight=0.0, match_weight=0.0, region_weight=0.0)(made_batch())
    assert [term.name for term in plain.terms] == ["cross_entropy"]
    with pytest.raises(ValueError, match="match_weight"):
        build("multi_attention", "paper", blur_weight=0.0)


def test_a_mean_filter_has_a_middle() -> None:
    with pytest.raises(ValueError, match="odd"):
        build("face_xray", softening_px=4)


@pytest.mark.slow
@pytest.mark.parametrize("name", METHODS)
def test_the_whole_network_overfits_one_pair(name: str) -> None:
    method = build(name)
    batch = made_batch(pairs=1, side=method.network.input_spec.size_px)
    history = [float(losses.total.detach()) for losses in descend(method, batch, 12, 1e-3)]
    assert all(map(math.isfinite, history))
    assert min(history[-3:]) < 0.8 * history[0]
