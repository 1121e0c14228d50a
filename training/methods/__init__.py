"""Training methods: one file per method, same stem as in ``forensiclab.detectors``."""

import importlib
from typing import Any

from forensiclab.core.errors import SettingsError
from training.methods.method import TrainingMethod

METHODS: dict[str, str] = {
    "capsule": "training.methods.capsule:CapsuleTraining",
    "compression_contrastive": "training.methods.compression_contrastive:CompressionContrastiveTraining",
    "dcl": "training.methods.dcl:DclTraining",
    "dsp_fwa": "training.methods.dsp_fwa:DspFwaTraining",
    "efficientnet_b4": "training.methods.efficientnet_b4:EfficientNetB4Training",
    "efficientnet_lite0": "training.methods.efficientnet_lite0:EfficientNetLite0Training",
    "f3net": "training.methods.f3net:F3NetTraining",
    "face_xray": "training.methods.face_xray:FaceXrayTraining",
    "gff": "training.methods.gff:GffTraining",
    "meso4": "training.methods.meso4:Meso4Training",
    "meso_inception4": "training.methods.meso_inception4:MesoInception4Training",
    "metric_learning": "training.methods.metric_learning:MetricLearningTraining",
    "multi_attention": "training.methods.multi_attention:MultiAttentionTraining",
    "pixel_bleach": "training.methods.pixel_bleach:PixelBleachTraining",
    "resnet18": "training.methods.resnet18:ResNet18Training",
    "resnet50": "training.methods.resnet50:ResNet50Training",
    "tcnsc": "training.methods.tcnsc:TcnscTraining",
    "xception": "training.methods.xception:XceptionTraining",
}
"""Method -> "module:Class" of its training half."""


def training_class(method: str) -> type[TrainingMethod[Any]]:
    """Import the training half of a method.

    Raises:
        SettingsError: There is none.
    """
    if method not in METHODS:
        raise SettingsError(f"There is no training for '{method}'; there is for: {', '.join(sorted(METHODS))}.")
    module, name = METHODS[method].split(":")
    loaded: type[TrainingMethod[Any]] = getattr(importlib.import_module(module), name)
    return loaded
