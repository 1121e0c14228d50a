"""Foreign files of weights as named tensors: Keras HDF5, torch pickles of plain tensors, safetensors.

A file is read once, whole and bounded: what is hashed is what is taken over.
"""

import io
import pickle
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
import safetensors.torch
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError
from torch import Tensor, nn

from forensiclab.core.errors import WeightsError
from forensiclab.core.files import read_bounded
from forensiclab.core.text import Sentence
from forensiclab.detectors.base import Network

KERAS_SUFFIXES: Final = (".h5", ".hdf5", ".keras")
PICKLE_SUFFIXES: Final = (".pt", ".pth", ".bin", ".ckpt")

MOST_BYTES: Final = 2 << 30
"""Of a file of weights, and of all that it unpacks to."""

MALFORMED: Final = (
    *(ArithmeticError, AssertionError, AttributeError, BufferError, EOFError, ImportError, LookupError, MemoryError),
    *(OSError, RuntimeError, SyntaxError, TypeError, ValueError, pickle.PickleError, struct.error, zlib.error),
    *(zipfile.BadZipFile, SafetensorError),
)
"""What the readers of torch, safetensors and h5py raise for files that were not written by them."""

_MOST_OBJECTS, _DEEPEST = 20_000, 16


def read_weights_file(file: Path) -> bytes:
    """Return the content of a file of weights.

    Raises:
        WeightsError: It cannot be read, is not an ordinary file, or is too large.
    """
    try:
        return read_bounded(file, MOST_BYTES)
    except OSError as error:
        raise WeightsError(Sentence("The file {0} cannot be read: {1}.", file, error.strerror)) from error


def foreign_tensors(file: Path, content: bytes, network: Network, *, allow_pickle: bool) -> dict[str, Tensor]:
    """Read the tensors of a file, under the network's own names if they are Keras's.

    Args:
        file: Its name says what it is.
        content: Of the file.
        network: That the weights are for.
        allow_pickle: Whether a pickle may be read, with torch's restricted loader.

    Raises:
        WeightsError: See ``keras_tensors``; or it is malformed, a pickle, or holds more than plain tensors.
    """
    suffix = file.suffix.lower()
    if suffix in KERAS_SUFFIXES:
        return keras_tensors(file, content, network)
    if suffix not in PICKLE_SUFFIXES:
        return safe_tensors(file, content)
    if not allow_pickle:
        raise WeightsError(
            Sentence(
                "The file {0} is a torch pickle, which can carry code. Convert it to safetensors, or pass "
                "--allow-pickle to read it with torch's restricted loader.",
                file,
            )
        )
    return _pickled_tensors(file, content)


def safe_tensors(file: Path, content: bytes) -> dict[str, Tensor]:
    """Read a safetensors file.

    Raises:
        WeightsError: It is malformed, or has tensors of a type that torch does not know.
    """
    try:
        return _plain(file, safetensors.torch.load(content))
    except KeyError as error:  # types that safetensors knows but not torch: F4, F8_E8M0
        raise WeightsError(
            Sentence("The file {0} has tensors of a type that cannot be used: {1}.", file, error)
        ) from error
    except MALFORMED as error:
        raise WeightsError(Sentence("The file {0} is not a safetensors file: {1}.", file, error)) from error


def _pickled_tensors(file: Path, content: bytes) -> dict[str, Tensor]:
    try:
        if zipfile.is_zipfile(io.BytesIO(content)):
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                if sum(entry.file_size for entry in archive.infolist()) > MOST_BYTES:
                    raise MemoryError(f"it unpacks to more than {MOST_BYTES >> 20} MiB")
        loaded = torch.load(io.BytesIO(content), map_location="cpu", weights_only=True)
    except MALFORMED as error:
        raise WeightsError(
            Sentence("The file {0} could not be read by torch's restricted loader: {1}.", file, _why(error))
        ) from error
    if isinstance(loaded, dict) and isinstance(loaded.get("state_dict"), dict):
        loaded = loaded["state_dict"]
    if not isinstance(loaded, dict) or not all(isinstance(value, Tensor) for value in loaded.values()):
        raise WeightsError(
            Sentence("The file {0} holds more than named tensors; only a plain state dict can be imported.", file)
        )
    return _plain(file, {str(name).removeprefix("module."): value for name, value in loaded.items()})


def _plain(file: Path, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """Refuse tensors that are not rows of real numbers in memory."""
    for name, tensor in tensors.items():
        is_dense = tensor.layout is torch.strided and tensor.device.type == "cpu" and not tensor.is_quantized
        if not is_dense or tensor.is_complex():
            raise WeightsError(Sentence("The tensor '{0}' of the file {1} is of a kind that is not read.", name, file))
    return tensors


def keras_tensors(file: Path, content: bytes, network: Network) -> dict[str, Tensor]:
    """Read a Keras HDF5 file as tensors under the network's own names.

    Keras numbers its layers in the order of their creation; the n-th convolution (batch normalisation, dense layer)
    of the file belongs to the n-th one of the network. Kernels are stored HWIO, the first dense layer expects its
    input flattened in the order height, width, channel; both are brought to torch's order. The published MesoNet
    weights mean "real" by their output, so the last layer changes its sign.

    Raises:
        WeightsError: h5py is not installed, or the file is malformed, refers to other files, or holds other layers
            than the network.
    """
    layers = _keras_layers(file, content)
    own: dict[str, list[tuple[str, nn.Module]]] = {"conv2d": [], "batch_normalization": [], "dense": []}
    for name, module in network.named_modules():
        for keras_name, kind in (("conv2d", nn.Conv2d), ("batch_normalization", nn.BatchNorm2d), ("dense", nn.Linear)):
            if isinstance(module, kind):
                own[keras_name].append((name, module))
    tensors: dict[str, Tensor] = {}
    for kind_name, modules in own.items():
        stored = sorted(
            (n for n in layers if re.fullmatch(rf"{kind_name}_\d{{1,9}}", n)), key=lambda n: int(n.split("_")[-1])
        )
        if len(stored) != len(modules):
            raise WeightsError(
                Sentence(
                    "The file {0} has {1} layers of type {2}, but {3} has {4}: these weights belong to another "
                    "network.",
                    file,
                    len(stored),
                    kind_name,
                    type(network).__name__,
                    len(modules),
                )
            )
        for keras_layer, (name, module) in zip(stored, modules, strict=True):
            try:
                converted = _to_torch(layers[keras_layer], module)
            except MALFORMED as error:
                raise WeightsError(
                    Sentence("The layer '{0}' of the file {1} cannot be used: {2}.", keras_layer, file, _why(error))
                ) from error
            tensors |= {f"{name}.{key}": value for key, value in converted.items()}
    try:
        first, last = own["dense"][0], own["dense"][-1]
        tensors[f"{first[0]}.weight"] = _flatten_order(tensors[f"{first[0]}.weight"], own["conv2d"][-1][1])
        for key in ("weight", "bias"):
            tensors[f"{last[0]}.{key}"] = -tensors[f"{last[0]}.{key}"]
    except MALFORMED as error:
        raise WeightsError(
            Sentence("The dense layers of the file {0} do not fit {1}.", file, type(network).__name__)
        ) from error
    return tensors


def _keras_layers(file: Path, content: bytes) -> dict[str, dict[str, NDArray[Any]]]:
    """The arrays of a Keras file: layer -> last part of an array's name without ``:0`` -> array."""
    try:
        import h5py  # optional: only needed here
    except ImportError as error:
        raise WeightsError(Sentence("Keras files need h5py: install forensiclab[import].")) from error
    layers: dict[str, dict[str, NDArray[Any]]] = {}
    n_bytes = 0
    try:
        with h5py.File(io.BytesIO(content), "r") as root:
            has_model = "model_weights" in set(root) and isinstance(_linked(h5py, root, "model_weights"), h5py.Group)
            top = root["model_weights"] if has_model else root
            for path, dataset in _datasets(h5py, top):
                if dataset.external or dataset.is_virtual:
                    raise ValueError(f"'{path[-1]}' refers to another file")
                if dataset.dtype.kind not in "fiu":
                    continue
                n_bytes += dataset.size * dataset.dtype.itemsize
                if n_bytes > MOST_BYTES:
                    raise MemoryError(f"it unpacks to more than {MOST_BYTES >> 20} MiB")
                layers.setdefault(path[0], {})[path[-1].removesuffix(":0")] = np.asarray(dataset)
    except MALFORMED as error:
        raise WeightsError(Sentence("The file {0} is not an HDF5 file of Keras: {1}.", file, _why(error))) from error
    return layers


def _datasets(h5py: Any, top: Any) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every data set below a group with its path; only what lies in the file itself is opened."""
    waiting: list[tuple[tuple[str, ...], Any]] = [((), top)]
    seen = 0
    while waiting:
        path, item = waiting.pop()
        seen += 1
        if seen > _MOST_OBJECTS or len(path) > _DEEPEST:
            raise ValueError("it has too many parts, or they are nested too deeply")
        if isinstance(item, h5py.Dataset):
            yield path, item
        elif isinstance(item, h5py.Group):
            waiting += [((*path, name), _linked(h5py, item, name)) for name in item]


def _linked(h5py: Any, group: Any, name: str) -> Any:
    """A part of a group, unless it is a link that leads elsewhere."""
    if not isinstance(group.get(name, getlink=True), h5py.HardLink):
        raise ValueError(f"'{name}' is a link to another place; the recorded hash would not cover what it leads to")
    return group[name]


def _to_torch(arrays: dict[str, NDArray[Any]], module: nn.Module) -> dict[str, Tensor]:
    values = {name: torch.from_numpy(array.astype(np.float32)) for name, array in arrays.items()}
    if isinstance(module, nn.BatchNorm2d):
        return {
            "weight": values["gamma"],
            "bias": values["beta"],
            "running_mean": values["moving_mean"],
            "running_var": values["moving_variance"],
            "num_batches_tracked": torch.zeros((), dtype=torch.int64),
        }
    kernel = values["kernel"]
    return {"weight": kernel.permute((3, 2, 0, 1) if kernel.ndim == 4 else (1, 0)), "bias": values["bias"]}


def _flatten_order(weight: Tensor, last_convolution: nn.Module) -> Tensor:
    """Bring columns of a dense layer from the order (height, width, channel) to (channel, height, width)."""
    channels = last_convolution.out_channels
    assert isinstance(channels, int)
    side = round((weight.shape[1] / channels) ** 0.5)
    return weight.view(-1, side, side, channels).permute(0, 3, 1, 2).reshape(weight.shape)


def _why(error: BaseException) -> str:
    """The first line of what a library says, cut to 300 characters; the exception's name where it says nothing."""
    lines = str(error).strip().splitlines()
    return lines[0][:300].rstrip(".") if lines else type(error).__name__
