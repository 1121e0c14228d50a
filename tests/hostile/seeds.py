"""Whole files to begin with: clips in many containers, stills, weights, a card, settings."""

import json
from pathlib import Path

import av
import h5py
import numpy as np
import safetensors.torch
import torch
from numpy.typing import NDArray
from PIL import Image, ImageCms

from forensiclab.core.resources import resource_path
from forensiclab.core.scores import ValidatedConditions
from forensiclab.detectors.base import MethodCard
from forensiclab.detectors.meso_inception4 import MesoInception4
from forensiclab.detectors.weights import save_weights

CONTAINERS = (
    ("mp4", "libx264", "yuv420p"),
    ("mov", "mjpeg", "yuvj420p"),
    ("mkv", "libx265", "yuv420p"),
    ("webm", "libvpx-vp9", "yuv420p"),
    ("avi", "mpeg4", "yuv420p"),
    ("ts", "libx264", "yuv420p"),
    ("mpg", "mpeg2video", "yuv420p"),
    ("flv", "flv", "yuv420p"),
    ("wmv", "wmv2", "yuv420p"),
)
STILLS = ("png", "jpg", "webp", "gif", "bmp", "tiff", "apng.png")
DETECTOR = "seeded"


def make_seeds(home: Path) -> None:
    """Write all of them below a folder: ``video``, ``still``, ``weights``, ``card``, ``settings``."""
    for kind in ("video", "still", "weights", "settings"):
        (home / kind).mkdir(parents=True)
    frames = _frames()
    for suffix, codec, pixel_format in CONTAINERS:
        _clip(home / "video" / f"clip.{suffix}", frames, codec, pixel_format)
    for suffix in STILLS:
        _still(home / "still" / f"still.{suffix}", frames)
    torch.manual_seed(1)
    network = MesoInception4().eval()
    save_weights(network, home / "card" / DETECTOR, _card())
    safetensors.torch.save_file(network.state_dict(), home / "weights" / "w.safetensors")
    torch.save(network.state_dict(), home / "weights" / "w.pt")
    torch.save(network.state_dict(), home / "weights" / "legacy.pt", _use_new_zipfile_serialization=False)
    _keras(home / "weights" / "w.h5", network)
    (home / "settings" / "settings.toml").write_text(
        f'device = "cpu"\nsampling = "per-track:2"\ndetectors = ["{DETECTOR}"]\nexaminer = "A. Name"\n'
    )


def _frames() -> list[NDArray[np.uint8]]:
    with Image.open(resource_path("demo", "astronaut.jpg")) as picture:
        rgb = np.asarray(picture.convert("RGB").crop((96, 0, 352, 192)).resize((176, 132)))
    return [np.ascontiguousarray(rgb[2:130, i : i + 160]) for i in range(8)]


def _clip(path: Path, frames: list[NDArray[np.uint8]], codec: str, pixel_format: str) -> None:
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=25, options={"g": "4"})
        stream.height, stream.width = frames[0].shape[:2]
        stream.pix_fmt = pixel_format
        for number, pixels in enumerate(frames):
            frame = av.VideoFrame.from_ndarray(pixels, format="rgb24").reformat(format=pixel_format)
            frame.pts = number
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def _still(path: Path, frames: list[NDArray[np.uint8]]) -> None:
    pictures = [Image.fromarray(frame) for frame in frames[:3]]
    if path.name.endswith("apng.png"):
        profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
        pictures[0].save(path, save_all=True, append_images=pictures[1:], icc_profile=profile)
    else:
        pictures[0].save(path)


def _keras(path: Path, network: MesoInception4) -> None:
    kinds = ((torch.nn.Conv2d, "conv2d"), (torch.nn.BatchNorm2d, "batch_normalization"), (torch.nn.Linear, "dense"))
    keys = {"weight": "kernel", "bias": "bias"}
    norm = {"weight": "gamma", "bias": "beta", "running_mean": "moving_mean", "running_var": "moving_variance"}
    with h5py.File(path, "w") as file:
        for kind, name in kinds:
            for number, module in enumerate(m for m in network.modules() if isinstance(m, kind)):
                group = file.create_group(f"{name}_{number}/{name}_{number}")
                for key, said in (norm if kind is torch.nn.BatchNorm2d else keys).items():
                    value = module.state_dict()[key].numpy()
                    group[f"{said}:0"] = value.transpose(2, 3, 1, 0) if value.ndim == 4 else value.T


def _card() -> MethodCard:
    text = json.dumps("made by a test")
    return MethodCard(
        name=DETECTOR, method="meso_inception4", options=(), title="Seeded", input_spec=MesoInception4.INPUT,
        weights_sha256="0" * 64, weights_licence=text, data_licence=text, trained_on=(text,), started_from=text,
        recipe=text, seed=1, hardware=text, duration_min=None, commit=None, date="2026-01-01", calibration=(),
        calibrated_on=None, conditions=ValidatedConditions(), figures=(), evaluated_by=None, known_limits=(text,),
    )  # fmt: skip
