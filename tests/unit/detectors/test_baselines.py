"""What each baseline promises beside the contract; each is built once, tested and dropped before the next is built."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import pytest
import timm
import torch
from _pytest.mark.structures import ParameterSet
from torch import Tensor

from forensiclab.core.errors import WeightsError
from forensiclab.detectors.base import Network, NetworkOutput
from forensiclab.detectors.capsule import Capsule
from forensiclab.detectors.dsp_fwa import DspFwa
from forensiclab.detectors.efficientnet_b4 import EfficientNetB4
from forensiclab.detectors.efficientnet_lite0 import EfficientNetLite0
from forensiclab.detectors.f3net import F3Net
from forensiclab.detectors.face_xray import FaceXray
from forensiclab.detectors.gff import Gff
from forensiclab.detectors.layers.heads import scale_to_unit
from forensiclab.detectors.meso4 import Meso4
from forensiclab.detectors.meso_inception4 import MesoInception4
from forensiclab.detectors.multi_attention import MultiAttention
from forensiclab.detectors.resnet18 import ResNet18
from forensiclab.detectors.resnet50 import ResNet50
from forensiclab.detectors.weights import load_network
from forensiclab.detectors.xception import Xception


@dataclass(frozen=True, kw_only=True)
class Case:
    """One baseline and what is known of it from elsewhere."""

    network: type[Network]
    parameters: float
    """Published, or of the parts that are published, in millions."""


CASES = {
    "xception": Case(network=Xception, parameters=20.81),
    "efficientnet_b4": Case(network=EfficientNetB4, parameters=17.55),
    "resnet50": Case(network=ResNet50, parameters=23.51),
    "resnet18": Case(network=ResNet18, parameters=11.18),
    "efficientnet_lite0": Case(network=EfficientNetLite0, parameters=3.374),
    "meso4": Case(network=Meso4, parameters=0.027977),
    "meso_inception4": Case(network=MesoInception4, parameters=0.028615),
    "f3net": Case(network=F3Net, parameters=2 * 20.81 + 4.22),
    "capsule": Case(network=Capsule, parameters=3.896),
    "dsp_fwa": Case(network=DspFwa, parameters=23.51 + 0.168),
    "multi_attention": Case(network=MultiAttention, parameters=17.55 + 1.27),
    "gff": Case(network=Gff, parameters=2 * 20.81 + 11.62),
    "face_xray": Case(network=FaceXray, parameters=29.31),
}
TIMM = ("xception", "efficientnet_b4", "efficientnet_lite0", "resnet50", "resnet18")
POOLED = (*TIMM, "f3net")
BLEACHABLE = (*POOLED, "meso4", "meso_inception4")


@dataclass(frozen=True, kw_only=True)
class Subject:
    name: str
    case: Case
    network: Network
    crops: Tensor
    output: NetworkOutput


LIGHT = ("resnet18", "efficientnet_lite0", "meso4", "meso_inception4")
"""Networks whose tests take seconds; those of the others are slow."""
OWN_GRAPH = ("f3net", "capsule", "dsp_fwa", "multi_attention", "gff", "face_xray")
"""More than an encoder of timm's and a linear layer."""


def cases_of(names: Iterable[str]) -> list[ParameterSet]:
    return [pytest.param(name, marks=() if name in LIGHT else pytest.mark.slow) for name in names]


def only(*names: str) -> pytest.MarkDecorator:
    """Run a test for these baselines, not for all."""
    return pytest.mark.parametrize("subject", cases_of(names), indirect=True)


@pytest.fixture(scope="module", params=cases_of(CASES))
def subject(request, seeded, pictures) -> Subject:
    case = CASES[request.param]
    crops = pictures(case.network.INPUT)
    network = seeded(case.network(), crops[:1])
    with torch.inference_mode():
        if isinstance(network, Capsule):
            network.routing.weights *= 20  # near its own start; smaller, all class capsules would be next to zero
        output = network(crops)
    return Subject(name=request.param, case=case, network=network, crops=crops, output=output)


def test_golden(subject, check_golden):
    check_golden(subject.name, subject.output)


def test_number_of_parameters(subject):
    millions = sum(parameter.numel() for parameter in subject.network.parameters()) / 1e6
    assert millions == pytest.approx(subject.case.parameters, rel=1e-6 if "meso" in subject.name else 2e-3)


@only(*BLEACHABLE)
def test_embedding_gives_the_score(subject):
    with torch.inference_mode():
        phi = subject.network.embed(subject.crops[:1])
        score = subject.network.score_embedding(phi)
    assert phi.ndim == 2
    torch.testing.assert_close(score, subject.output.raw_score[:1], rtol=1e-4, atol=1e-5)


@only(*BLEACHABLE)
def test_score_is_linear_in_the_embedding(subject):
    width = subject.network.output.in_features if "meso" in subject.name else subject.network.head.linear.in_features
    a, b = torch.randn(2, 1, width, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        score = subject.network.score_embedding
        torch.testing.assert_close(score(0.25 * a + 0.75 * b), 0.25 * score(a) + 0.75 * score(b), rtol=1e-4, atol=1e-5)


@only(*POOLED)
def test_map_is_grad_cam(subject):
    with torch.no_grad():
        features = subject.network.features(subject.crops[:1])
    features.requires_grad_(True)
    output = subject.network.head(features)
    (gradient,) = torch.autograd.grad(output.raw_score.sum(), features)
    cam = scale_to_unit((gradient.sum(dim=(2, 3), keepdim=True) * features).sum(dim=1))
    torch.testing.assert_close(output.attention, cam, rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(output.attention, subject.output.attention[:1], rtol=1e-3, atol=1e-3)


@only("meso4", "meso_inception4")
def test_map_of_mesonet_is_feature_times_gradient(subject):
    features: list[Tensor] = []
    handle = subject.network.blocks[-1].register_forward_hook(lambda _module, _inputs, output: features.append(output))
    output = subject.network(subject.crops)
    handle.remove()
    (gradient,) = torch.autograd.grad(output.raw_score.sum(), features[0])
    torch.testing.assert_close(output.attention, scale_to_unit((features[0] * gradient).sum(dim=1)))


@only(*TIMM)
def test_is_timms_network_with_a_linear_classifier(subject):
    crops = subject.crops[:1, :, :128, :128].contiguous()
    linear = subject.network.head.linear
    whole = timm.create_model(subject.network.ENCODER, pretrained=False, num_classes=2).eval()
    whole.load_state_dict(subject.network.encoder.state_dict(), strict=False)
    whole.get_classifier().load_state_dict(linear.state_dict())
    with torch.inference_mode():
        real, forged = whole(crops).unbind(dim=1)
        torch.testing.assert_close(subject.network(crops).raw_score, forged - real, rtol=1e-5, atol=1e-5)


@only("xception")
def test_dropout_is_applied_in_training(subject):
    embedding = torch.ones(1, 2048)
    try:
        subject.network.train()
        torch.manual_seed(0)
        scores = {subject.network.score_embedding(embedding).item() for _ in range(4)}
    finally:
        subject.network.eval()
    assert len(scores) == 4


@only("capsule")
def test_capsule_votes_add_up(subject):
    with torch.inference_mode():
        capsules, votes = subject.network.class_capsules(subject.crops[:1])
    assert capsules.shape == (1, 2, 4)
    assert bool((capsules.norm(dim=2) < 1).all())
    difference = capsules[:, 1] - capsules[:, 0]
    probability = [sum(1 / (1 + math.exp(-d)) for d in row) / 4 for row in difference.tolist()]
    expected = torch.tensor([math.log(p / (1 - p)) for p in probability])
    torch.testing.assert_close(subject.output.raw_score[:1], expected, rtol=1e-4, atol=1e-5)
    length = capsules.norm(dim=2, keepdim=True)  # |v| = |s|^2 / (1 + |s|^2), so |s| = sqrt(|v| / (1 - |v|))
    before = capsules / length * (length / (1 - length)).sqrt()
    torch.testing.assert_close(votes.mean(dim=(1, 2)), (before[:, 1] - before[:, 0]).mean(dim=1), rtol=1e-3, atol=1e-4)


@only("dsp_fwa")
def test_pyramid_shares_add_up_to_the_score(subject):
    network = subject.network
    with torch.inference_mode():
        features = network.encoder(subject.crops)
        levels = network.pyramid(features)
        shares = network._shares(levels, features.shape[-1])
    for bins, level in zip((1, 2, 6), levels, strict=True):
        torch.testing.assert_close(level, torch.nn.functional.adaptive_max_pool2d(features, bins))
    bias = (network.output.bias[1] - network.output.bias[0]).item()
    torch.testing.assert_close(shares.sum(dim=(1, 2)), subject.output.raw_score - bias, rtol=1e-4, atol=1e-4)


@only("face_xray")
def test_boundary_alone_makes_the_score(subject):
    with torch.inference_mode():
        boundary = subject.network.boundary_logits(subject.crops[:1]).sigmoid()
        real, forged = subject.network.classify(boundary).unbind(dim=1)
    assert boundary.shape == (1, 1, 256, 256)
    torch.testing.assert_close(forged - real, subject.output.raw_score[:1], rtol=1e-4, atol=1e-5)


@only("multi_attention")
def test_attention_of_the_losses_is_the_attention_shown(subject):
    with torch.inference_mode():
        parts = subject.network.parts(subject.crops[:1])
    assert parts.attention.shape == (1, 4, 24, 24)
    assert parts.coarse_textures.shape == (1, 32, 24, 24)
    assert not parts.attention[:, :, [0, 1, -2, -1]].any(), "the border counts"
    assert not parts.attention[:, :, :, [0, 1, -2, -1]].any(), "the border counts"
    torch.testing.assert_close(scale_to_unit(parts.attention.sum(dim=1)), subject.output.attention[:1])


@only(*OWN_GRAPH)
def test_openvino_gives_the_same(subject):
    """A static graph: torch.export follows it for any batch, and OpenVINO computes the same on a batch of one."""
    openvino = pytest.importorskip("openvino")
    with torch.no_grad():
        program = torch.export.export(
            subject.network, (subject.crops,), dynamic_shapes={"pictures": {0: torch.export.Dim("batch", max=64)}}
        )
    settings = {"INFERENCE_PRECISION_HINT": "f32", "INFERENCE_NUM_THREADS": 1}
    compiled = openvino.Core().compile_model(openvino.convert_model(program), "CPU", settings)
    score, attention = compiled([subject.crops[:1].numpy()]).values()
    torch.testing.assert_close(torch.from_numpy(score), subject.output.raw_score[:1], rtol=1e-3, atol=1e-3)
    torch.testing.assert_close(torch.from_numpy(attention), subject.output.attention[:1], rtol=1e-2, atol=1e-2)


def test_a_network_may_take_crops_of_another_size():
    network = load_network("resnet18", (("size_px", "96"),)).eval()
    assert network.input_spec.size_px == 96
    assert network.input_spec.mean == type(network).INPUT.mean
    with torch.no_grad():
        output = network(torch.zeros(2, 3, 96, 96))
    assert output.attention.shape == (2, 3, 3)
    for wrong in ("0", "16", "wide"):
        with pytest.raises(WeightsError, match="resnet18"):
            load_network("resnet18", (("size_px", wrong),))
