"""Published weights into a folder of our own: read, fit to the network, stored as safetensors with a card."""

import hashlib
import pickle
import re
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import safetensors.torch
import torch
from safetensors import SafetensorError
from torch import Tensor, nn

from forensiclab.core.errors import WeightsError
from forensiclab.core.scores import ValidatedConditions
from forensiclab.core.text import Sentence
from forensiclab.detectors.base import MethodCard, Network
from forensiclab.detectors.weights import (
    borrowed_tensors,
    fill,
    find_weights,
    load_network,
    network_class,
    read_card,
    save_weights,
    weights_folders,
    weights_home,
)

KERAS_SUFFIXES = (".h5", ".hdf5", ".keras")
PICKLE_SUFFIXES = (".pt", ".pth", ".bin", ".ckpt")


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRequest:
    """What to import, and what its card shall say; nothing of it can be read from the file."""

    file: Path
    method: str
    name: str
    source: str
    licence: str
    options: tuple[tuple[str, str], ...] = ()
    """Of the network's class; those that the detector in ``stands_before`` asks for need not be named."""
    stands_before: str | None = None
    """Installed weights that these are used with, where the method borrows a detector's weights."""
    allow_pickle: bool = False
    """Whether the user has been warned about pickles and wants one read, with torch's restricted loader."""


def import_weights(request: ImportRequest) -> MethodCard:
    """Import published weights into the user's weights folder.

    Keras files come through h5py, torch files through the restricted loader (``weights_only=True``) and only if asked
    for. Names and shapes must fit the network; the SHA-256 of the original file goes into the card. What the method
    borrows of another detector may be missing from the file, and must be equal to the installed one where it is not.
    The new weights have no calibration, so they give raw scores and no probability.

    Returns:
        The card that was written.

    Raises:
        WeightsError: The name is taken or unusable, the file cannot be read, it does not fit the network, or the
            detector that the weights stand before is not named, not installed, or not the one in the file.
    """
    if not re.fullmatch(r"[a-z0-9][a-z0-9_.-]{0,63}", request.name):
        raise WeightsError(
            Sentence("'{0}' cannot be a name: use a-z, 0-9, '_', '-' and '.', up to 64 characters.", request.name)
        )
    if request.name in weights_folders():
        raise WeightsError(Sentence("There are weights named '{0}' already; choose another name.", request.name))
    try:
        digest = hashlib.sha256(request.file.read_bytes()).hexdigest()
    except OSError as error:
        raise WeightsError(Sentence("The file {0} cannot be read: {1}.", request.file, error.strerror)) from error
    kind = network_class(request.method)
    lender = _lender(request, kind)
    built = {} if lender is None else dict(kind.options_before(lender))
    options = tuple((built | dict(request.options)).items())
    network = load_network(request.method, options)
    if request.file.suffix.lower() in KERAS_SUFFIXES:
        tensors = keras_tensors(request.file, network)
    else:
        tensors = _plain_tensors(request)
    card = MethodCard(
        name=request.name,
        method=request.method,
        options=options,
        input_spec=network.input_spec if lender is None else lender.input_spec,
        title=f"{network.TITLE} (imported)",
        weights_sha256="",
        stands_before=None if lender is None else lender.reference,
        weights_licence=request.licence,
        data_licence="not stated",
        trained_on=(f"not stated; weights from {request.source}",),
        started_from=f"imported from {request.file.name}, SHA-256 {digest}",
        recipe="not stated",
        seed=None,
        hardware="not stated",
        duration_min=None,
        commit=None,
        date=datetime.now(UTC).date().isoformat(),
        calibration=(),
        calibrated_on=None,
        conditions=ValidatedConditions(),
        figures=(),
        evaluated_by=None,
        known_limits=("Imported weights: not calibrated and not measured by ForensicLab.",),
    )
    fill(network, borrowed_tensors(network, card) | tensors, str(request.file))
    folder = weights_home() / request.name
    try:
        return save_weights(network, folder, card)
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise WeightsError(Sentence("The weights cannot be written to {0}: {1}.", folder, error.strerror)) from error


def _lender(request: ImportRequest, network: type[Network]) -> MethodCard | None:
    """Read the card of the weights that the imported ones stand before; None for most methods."""
    if not network.BORROWED and request.stands_before is None:
        return None
    if not network.BORROWED:
        raise WeightsError(
            Sentence("The method '{0}' stands before no other detector; leave --before out.", request.method)
        )
    if request.stands_before is None:
        raise WeightsError(
            Sentence(
                "The method '{0}' stands before another detector. Say which one these weights were trained with, by "
                "the name of installed weights (on the command line: --before NAME).",
                request.method,
            )
        )
    return read_card(find_weights(request.stands_before))


def keras_tensors(file: Path, network: Network) -> dict[str, Tensor]:
    """Read a Keras HDF5 file as tensors under the network's own names.

    Keras numbers its layers in the order of their creation; the n-th convolution (batch normalisation, dense layer)
    of the file belongs to the n-th one of the network. Kernels are stored HWIO, the first dense layer expects its
    input flattened in the order height, width, channel; both are brought to torch's order. The published MesoNet
    weights mean "real" by their output, so the last layer changes its sign.

    Raises:
        WeightsError: h5py is not installed, or the file is not HDF5 or holds other layers than the network.
    """
    try:
        import h5py  # optional: only needed here
    except ImportError as error:
        raise WeightsError(Sentence("Keras files need h5py: install forensiclab[import].")) from error
    try:
        with h5py.File(file) as content:
            root = content.get("model_weights", content)
            layers = {name: _layer_arrays(root[name], h5py.Dataset) for name in root}
    except OSError as error:
        raise WeightsError(Sentence("The file {0} is not an HDF5 file: {1}.", file, error)) from error
    own: dict[str, list[tuple[str, nn.Module]]] = {"conv2d": [], "batch_normalization": [], "dense": []}
    for name, module in network.named_modules():
        for keras_name, kind in (("conv2d", nn.Conv2d), ("batch_normalization", nn.BatchNorm2d), ("dense", nn.Linear)):
            if isinstance(module, kind):
                own[keras_name].append((name, module))
    tensors: dict[str, Tensor] = {}
    for kind_name, modules in own.items():
        stored = sorted(
            (n for n in layers if re.fullmatch(rf"{kind_name}_\d+", n)), key=lambda n: int(n.split("_")[-1])
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
            tensors |= {f"{name}.{key}": value for key, value in _to_torch(layers[keras_layer], module).items()}
    first, last = own["dense"][0], own["dense"][-1]
    tensors[f"{first[0]}.weight"] = _flatten_order(tensors[f"{first[0]}.weight"], own["conv2d"][-1][1])
    for key in ("weight", "bias"):
        tensors[f"{last[0]}.{key}"] = -tensors[f"{last[0]}.{key}"]
    return tensors


def _layer_arrays(group: object, dataset_type: type) -> dict[str, np.ndarray]:
    """Collect every data set below a group, by the last part of its name without ``:0``."""
    found: dict[str, np.ndarray] = {}

    def visit(name: str, item: object) -> None:
        if isinstance(item, dataset_type):
            found[name.split("/")[-1].removesuffix(":0")] = np.asarray(item)

    group.visititems(visit)  # type: ignore[attr-defined]
    return found


def _to_torch(arrays: dict[str, np.ndarray], module: nn.Module) -> dict[str, Tensor]:
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
    return {"weight": kernel.permute(3, 2, 0, 1) if kernel.ndim == 4 else kernel.T, "bias": values["bias"]}


def _flatten_order(weight: Tensor, last_convolution: nn.Module) -> Tensor:
    """Bring columns of a dense layer from the order (height, width, channel) to (channel, height, width)."""
    channels = last_convolution.out_channels
    assert isinstance(channels, int)
    side = round((weight.shape[1] / channels) ** 0.5)
    return weight.view(-1, side, side, channels).permute(0, 3, 1, 2).reshape(weight.shape)


def _plain_tensors(request: ImportRequest) -> dict[str, Tensor]:
    """Read a safetensors file or, if allowed, a torch pickle of plain tensors."""
    file = request.file
    if file.suffix.lower() in PICKLE_SUFFIXES:
        if not request.allow_pickle:
            raise WeightsError(
                Sentence(
                    "The file {0} is a torch pickle, which can carry code. Convert it to safetensors, or pass "
                    "--allow-pickle to read it with torch's restricted loader.",
                    file,
                )
            )
        try:
            loaded = torch.load(file, map_location="cpu", weights_only=True)
        except (OSError, RuntimeError, ValueError, EOFError, pickle.UnpicklingError) as error:
            raise WeightsError(
                Sentence("The file {0} could not be read by torch's restricted loader: {1}.", file, error)
            ) from error
        if isinstance(loaded, dict) and isinstance(loaded.get("state_dict"), dict):
            loaded = loaded["state_dict"]
        if not isinstance(loaded, dict) or not all(isinstance(value, Tensor) for value in loaded.values()):
            raise WeightsError(
                Sentence("The file {0} holds more than named tensors; only a plain state dict can be imported.", file)
            )
        return {str(name).removeprefix("module."): value for name, value in loaded.items()}
    try:
        return safetensors.torch.load(file.read_bytes())
    except SafetensorError as error:
        raise WeightsError(Sentence("The file {0} is not a safetensors file: {1}.", file, error)) from error
