"""The devices of this computer that a detector can run on."""

import platform
from dataclasses import dataclass

import torch

from forensiclab.detectors.runtime import choose_device


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A device as it is chosen, and as people call it."""

    name: str
    """For ``choose_device``: ``cpu``, ``cuda:0``."""
    title: str
    is_automatic: bool
    """Whether ``auto`` takes this one."""


def list_devices() -> tuple[Device, ...]:
    """List the CPU and every CUDA GPU. The first call may take a second."""
    count = torch.cuda.device_count() if torch.cuda.is_available() else 0
    titles = [("cpu", f"{platform.processor() or platform.machine()}, {torch.get_num_threads()} threads")]
    titles += [(f"cuda:{index}", torch.cuda.get_device_name(index)) for index in range(count)]
    chosen = str(choose_device("auto"))
    return tuple(Device(name=name, title=title, is_automatic=name == chosen) for name, title in titles)
