"""The contract that every network of ``DETECTORS`` keeps; what one method alone promises stands in a file of its own.

Each network is built once, tested and dropped before the next is built.
"""

from dataclasses import dataclass

import pytest
import torch
from torch import Tensor

from forensiclab.detectors import DETECTORS
from forensiclab.detectors.base import Network
from forensiclab.detectors.capsule import Capsule
from forensiclab.detectors.weights import network_class

LIGHT = ("resnet18", "efficientnet_lite0", "meso4", "meso_inception4", "tcnsc")
"""Networks whose tests take seconds; those of the others are slow."""
MAP_SIDES = {
    "capsule": 37,
    "compression_contrastive": 7,
    "dcl": 10,
    "dsp_fwa": 7,
    "efficientnet_b4": 10,
    "efficientnet_lite0": 7,
    "f3net": 10,
    "face_xray": 64,
    "gff": 125,
    "meso4": 8,
    "meso_inception4": 8,
    "metric_learning": 19,
    "multi_attention": 24,
    "pixel_bleach": 8,
    "resnet18": 7,
    "resnet50": 10,
    "tcnsc": 7,
    "xception": 10,
}
"""Cells of the attention map along a side, where they are published or follow from the backbone's stride."""
OPTIONS = {"pixel_bleach": {"backbone": "meso_inception4", "strength": 0.25}}
"""Of networks that cannot be built without."""
OWN_SIZE_ONLY = ("dsp_fwa", "f3net", "gff", "meso4", "meso_inception4", "multi_attention", "pixel_bleach")
SMALL_PX = {"capsule": 64, "face_xray": 64}
"""Side of smaller crops, where other than 96, for what need not be tested at full size."""


@dataclass(frozen=True, kw_only=True)
class Subject:
    method: str
    network: Network
    crops: Tensor
    """At the network's own size."""
    small: Tensor
    """Three smaller crops where the network takes them, else ``crops``."""


@pytest.fixture(
    scope="module",
    params=[pytest.param(method, marks=() if method in LIGHT else pytest.mark.slow) for method in DETECTORS],
)
def subject(request, seeded, pictures) -> Subject:
    method = request.param
    network = network_class(method)(**OPTIONS.get(method, {}))
    crops = pictures(network.input_spec)
    network = seeded(network, crops)
    if isinstance(network, Capsule):
        with torch.no_grad():
            network.routing.weights *= 20  # near its own start; smaller, all class capsules would be next to zero
    small = crops
    if method not in OWN_SIZE_ONLY:
        small = pictures(network.input_spec, batch=3, size_px=SMALL_PX.get(method, 96))
    return Subject(method=method, network=network, crops=crops, small=small)


def test_scores_and_maps_are_finite_in_range_and_repeatable(subject, check_contract):
    with torch.inference_mode():
        output = subject.network(subject.crops)
    check_contract(subject.network, subject.crops, output, MAP_SIDES.get(subject.method))


def test_a_crop_alone_is_the_same_as_in_a_batch(subject, in_float64, check_independence):
    check_independence(in_float64(subject.network, subject.small))


def test_every_parameter_learns(subject, check_gradients):
    check_gradients(subject.network, subject.small)


def test_what_the_class_says_of_itself(subject):
    for text in (subject.network.TITLE, subject.network.PAPER, subject.network.ATTENTION, subject.network.CLAIMS):
        assert text.strip() == text
        assert len(text) > 5
    assert all(std > 0 for std in subject.network.INPUT.std)
