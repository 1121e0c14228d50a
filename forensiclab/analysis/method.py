"""How a result came about: software, libraries, device, options."""

import importlib.metadata
import platform
import shlex
import subprocess
from collections.abc import Sequence
from pathlib import Path

import torch

from forensiclab import __version__
from forensiclab.analysis.events import AnalysisRequest, DetectorRecord, MethodRecord
from forensiclab.core.records import CropRule
from forensiclab.core.resources import resource_path
from forensiclab.detectors.base import Detector

_LIBRARIES = ("av", "facenet-pytorch", "numpy", "opencv-python-headless", "torch", "torchvision", "timm")


def describe_method(
    request: AnalysisRequest, detectors: Sequence[Detector], rules: Sequence[CropRule], face_finder: str
) -> MethodRecord:
    """Record how ``request`` was carried out."""
    defaults = AnalysisRequest(path=request.path)
    options = ("device", "precision", "sampling", "aggregation")
    changed = [name for name in options if getattr(request, name) != getattr(defaults, name)]
    names = tuple(detector.card.name for detector in detectors)
    command = ["forensiclab", "analyze", str(request.path), "--detectors", ",".join(names)]
    for name in options:
        command += [f"--{name}", str(getattr(request, name))]
    return MethodRecord(
        software="ForensicLab",
        version=__version__,
        commit=source_commit(),
        python=platform.python_version(),
        platform=platform.platform(),
        libraries=tuple((name, _version(name)) for name in _LIBRARIES),
        device=", ".join(dict.fromkeys(detector.device_name for detector in detectors)),
        precision=", ".join(dict.fromkeys(detector.precision for detector in detectors)),
        threads=torch.get_num_threads(),
        deterministic=torch.are_deterministic_algorithms_enabled(),
        seed=None,
        sampling=str(request.sampling),
        aggregation=str(request.aggregation),
        crop_rules=tuple(
            f"square of {rule.margin:g} x the longer side of the face box about its centre, shifted inside the frame, "
            f"reflected beyond it, resized to {rule.size_px} px"
            for rule in rules
        ),
        face_finder=face_finder,
        detectors=tuple(
            DetectorRecord(
                card=detector.card,
                device=detector.device_name,
                precision=detector.precision,
                attention_note=detector.attention_note,
            )
            for detector in detectors
        ),
        deviations=tuple(
            f"--{name} is {getattr(request, name)} instead of {getattr(defaults, name)}." for name in changed
        ),
        command=shlex.join(command),
    )


def source_commit() -> str | None:
    """Find the commit the program runs from: of the checkout, or as written at build time; None if there is neither.

    A checkout with changes that are not committed is marked ``-dirty``.
    """
    built = resource_path("commit.txt")
    if built.is_file():
        return built.read_text(encoding="ascii").strip()
    checkout = Path(__file__).resolve().parents[2]
    if not (checkout / ".git").exists():
        return None
    command = ["git", "-C", str(checkout), "describe", "--always", "--dirty", "--abbrev=12", "--exclude=*"]
    try:
        result = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return result.stdout.strip() or None


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:  # a frozen program may leave the metadata of a library out
        return "unknown"
