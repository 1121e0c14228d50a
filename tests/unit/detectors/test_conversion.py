"""The compression methods are static graphs: OpenVINO runs them, for any batch, with the same results."""

import openvino
import pytest
import torch

from forensiclab.detectors.compression_contrastive import CompressionContrastive
from forensiclab.detectors.dcl import Dcl
from forensiclab.detectors.engines import traced
from forensiclab.detectors.metric_learning import MetricLearning
from forensiclab.detectors.pixel_bleach import PixelBleach
from forensiclab.detectors.tcnsc import Tcnsc

NETWORKS = [CompressionContrastive, MetricLearning, lambda: PixelBleach("meso_inception4", strength=0.25), Tcnsc, Dcl]


@pytest.mark.slow
@pytest.mark.parametrize(
    "build", NETWORKS, ids=["compression_contrastive", "metric_learning", "bleach", "tcnsc", "dcl"]
)
def test_openvino_gives_the_same(build, pictures):
    torch.manual_seed(0)
    network = build().eval()
    crops = pictures(network.input_spec, batch=3)
    size = network.input_spec.size_px
    model = openvino.convert_model(traced(network, size), input=[-1, 3, size, size])
    compiled = openvino.Core().compile_model(
        model, "CPU", {"INFERENCE_PRECISION_HINT": "f32", "INFERENCE_NUM_THREADS": 1}
    )
    converted = compiled(crops.numpy())
    with torch.inference_mode():
        output = network(crops)
    torch.testing.assert_close(torch.from_numpy(converted[0]), output.raw_score, rtol=1e-3, atol=1e-6)
    torch.testing.assert_close(torch.from_numpy(converted[1]), output.attention, rtol=1e-3, atol=1e-4)
