"""Training methods: one file per method, same stem as in ``forensiclab.detectors``."""

import importlib

from forensiclab.core.errors import SettingsError
from training.method import TrainingMethod

METHODS: dict[str, str] = {
    "compression_contrastive": "training.methods.compression_contrastive:CompressionContrastiveTraining",
    "meso_inception4": "training.methods.meso_inception4:MesoInception4Training",
    "metric_learning": "training.methods.metric_learning:MetricLearningTraining",
    "pixel_bleach": "training.methods.pixel_bleach:PixelBleachTraining",
    "tcnsc": "training.methods.tcnsc:TcnscTraining",
}
"""Method -> "module:Class" of its training half."""


def training_class(method: str) -> type[TrainingMethod]:
    """The training half of a method.

    Raises:
        SettingsError: There is none.
    """
    if method not in METHODS:
        raise SettingsError(f"There is no training for '{method}'; there is for: {', '.join(sorted(METHODS))}.")
    module, name = METHODS[method].split(":")
    loaded: type[TrainingMethod] = getattr(importlib.import_module(module), name)
    return loaded
