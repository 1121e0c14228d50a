"""Detectors: one file per method, its inference half. ``DETECTORS`` is the only list of them."""

from importlib.metadata import entry_points

DETECTORS: dict[str, str] = {
    "capsule": "forensiclab.detectors.capsule:Capsule",
    "compression_contrastive": "forensiclab.detectors.compression_contrastive:CompressionContrastive",
    "dcl": "forensiclab.detectors.dcl:Dcl",
    "dsp_fwa": "forensiclab.detectors.dsp_fwa:DspFwa",
    "efficientnet_b4": "forensiclab.detectors.efficientnet_b4:EfficientNetB4",
    "efficientnet_lite0": "forensiclab.detectors.efficientnet_lite0:EfficientNetLite0",
    "f3net": "forensiclab.detectors.f3net:F3Net",
    "face_xray": "forensiclab.detectors.face_xray:FaceXray",
    "gff": "forensiclab.detectors.gff:Gff",
    "meso4": "forensiclab.detectors.meso4:Meso4",
    "meso_inception4": "forensiclab.detectors.meso_inception4:MesoInception4",
    "metric_learning": "forensiclab.detectors.metric_learning:MetricLearning",
    "multi_attention": "forensiclab.detectors.multi_attention:MultiAttention",
    "pixel_bleach": "forensiclab.detectors.pixel_bleach:PixelBleach",
    "resnet18": "forensiclab.detectors.resnet18:ResNet18",
    "resnet50": "forensiclab.detectors.resnet50:ResNet50",
    "tcnsc": "forensiclab.detectors.tcnsc:Tcnsc",
    "xception": "forensiclab.detectors.xception:Xception",
}
"""Method -> "module:Class" of its network; a module is imported when its method is first used."""

PLUGIN_GROUP = "forensiclab.detectors"
"""Entry-point group in which installed packages offer methods of their own, as name = "module:Class"."""


def known_methods() -> dict[str, str]:
    """Return ``DETECTORS`` and the methods of installed plug-ins, which cannot take the name of one of ours."""
    plugins = {entry.name: entry.value for entry in sorted(entry_points(group=PLUGIN_GROUP))}
    return plugins | DETECTORS
