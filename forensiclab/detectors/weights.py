"""Weights on disk: a folder with ``card.json`` and ``weights.safetensors``, hashed before a tensor is made."""

import hashlib
import importlib
import os
from dataclasses import replace
from pathlib import Path

import msgspec
import safetensors.torch
import torch
from safetensors import SafetensorError
from torch import Tensor

from forensiclab.core.errors import WeightsError
from forensiclab.core.resources import resource_path, user_data_path
from forensiclab.detectors import known_methods
from forensiclab.detectors.base import MethodCard, Network

CARD_FILE = "card.json"
WEIGHTS_FILE = "weights.safetensors"


def network_class(method: str) -> type[Network]:
    """The network's class of a method: ours or a plug-in's.

    Raises:
        WeightsError: There is no such method, or its plug-in does not offer a ``Network``.
    """
    methods = known_methods()
    if method not in methods:
        raise WeightsError(f"There is no method '{method}'; there are: {', '.join(sorted(methods))}.")
    module, _, name = methods[method].partition(":")
    try:
        loaded = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise WeightsError(f"The method '{method}' cannot be loaded from {methods[method]}: {error}.") from error
    if not (isinstance(loaded, type) and issubclass(loaded, Network)):
        raise WeightsError(f"The method '{method}' is no detector: {methods[method]} is not a class of networks.")
    return loaded


def load_network(method: str, options: tuple[tuple[str, str], ...] = ()) -> Network:
    """A fresh, untrained network of a method.

    Args:
        method: One of ``known_methods``.
        options: Keyword arguments of its class.

    Raises:
        WeightsError: There is no such method, or it has no such option.
    """
    build = network_class(method)
    try:
        return build(**dict(options))
    except (TypeError, ValueError) as error:  # options come from a card: any text
        named = ", ".join(f"{key}={value}" for key, value in options) or "none"
        raise WeightsError(f"The method '{method}' cannot be built with these options ({named}): {error}.") from error


def weights_home() -> Path:
    """Where imported weights are kept: ``FORENSICLAB_WEIGHTS`` or the user's own data folder."""
    named = os.environ.get("FORENSICLAB_WEIGHTS")
    return Path(named) if named else user_data_path("weights")


def shipped_home() -> Path:
    """Where the weights lie that came with the program."""
    return resource_path("weights")


def weights_folders() -> dict[str, Path]:
    """Name -> folder of every set of weights, shipped ones first, each group by name.

    A name that both have means the shipped one: what came with the program is never shadowed.
    """
    found: dict[str, Path] = {}
    for home in (shipped_home(), weights_home()):
        if home.is_dir():
            for folder in sorted(home.iterdir()):
                if (folder / CARD_FILE).is_file():
                    found.setdefault(folder.name, folder)
    return found


def shipped_names() -> tuple[str, ...]:
    """Names of the weights that came with the program, by name: what is used unless others are asked for."""
    return tuple(name for name, folder in weights_folders().items() if folder.parent == shipped_home())


def find_weights(name: str | Path) -> Path:
    """The folder of a set of weights, by its name or by its own path.

    Raises:
        WeightsError: There is none.
    """
    folders = weights_folders()
    if str(name) in folders:
        return folders[str(name)]
    folder = Path(name)
    if (folder / CARD_FILE).is_file():
        return folder
    if str(name) in known_methods():
        raise WeightsError(
            f"The detector '{name}' has no weights here. Train them (python -m training train {name}) or import "
            f"published ones (forensiclab models import FILE --method {name} --name NAME)."
        )
    have = ", ".join(folders) or "none"
    raise WeightsError(f"There are no weights named '{name}'. Installed are: {have}.")


def read_card(folder: Path) -> MethodCard:
    """Read and check ``card.json``.

    Raises:
        WeightsError: It is missing, not JSON, or a field is missing or has the wrong type (named in the text).
    """
    file = folder / CARD_FILE
    try:
        return msgspec.json.decode(file.read_bytes(), type=MethodCard)
    except OSError as error:
        raise WeightsError(f"The card {file} cannot be read: {error.strerror}.") from error
    except msgspec.DecodeError as error:  # ValidationError is one
        raise WeightsError(f"The card {file} is not valid: {error}.") from error


def write_card(card: MethodCard, folder: Path) -> None:
    """Write ``card.json``, readable for people, fields in the order of ``MethodCard``."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / CARD_FILE).write_bytes(msgspec.json.format(msgspec.json.encode(card), indent=2) + b"\n")


def save_weights(network: Network, folder: Path, card: MethodCard) -> MethodCard:
    """Write weights and card; the hash in the returned card is that of the file.

    Matrices and convolutions are stored as float16; one-dimensional tensors (BatchNorm, biases) and integers keep
    their type, because some variances underflow in float16.

    Raises:
        WeightsError: A value is not finite, or too large for float16.
    """
    tensors: dict[str, Tensor] = {}
    for name, tensor in network.state_dict().items():
        stored = tensor.detach().cpu().contiguous()
        if stored.is_floating_point():
            stored = stored.half() if stored.ndim > 1 else stored.float()
            if not bool(torch.isfinite(stored).all()):
                raise WeightsError(f"The tensor '{name}' has values that are not finite in {stored.dtype}.")
        tensors[name] = stored.clone()
    data = safetensors.torch.save(tensors, metadata={"method": card.method, "name": card.name})
    folder.mkdir(parents=True, exist_ok=True)
    (folder / WEIGHTS_FILE).write_bytes(data)
    hashed = replace(card, weights_sha256=hashlib.sha256(data).hexdigest())
    write_card(hashed, folder)
    return hashed


def read_tensors(folder: Path, card: MethodCard) -> dict[str, Tensor]:
    """The tensors of a folder, after their file's SHA-256 was found equal to the card's.

    Raises:
        WeightsError: The file is missing, another file than the card's, or not safetensors.
    """
    file = folder / WEIGHTS_FILE
    try:
        data = file.read_bytes()
    except OSError as error:
        raise WeightsError(f"The weights {file} cannot be read: {error.strerror}.") from error
    digest = hashlib.sha256(data).hexdigest()
    if digest != card.weights_sha256:
        raise WeightsError(
            f"The weights {file} are not the ones that the card describes: their SHA-256 is {digest}, the card says "
            f"{card.weights_sha256}. Install the detector '{card.name}' again."
        )
    try:
        return safetensors.torch.load(data)
    except SafetensorError as error:
        raise WeightsError(f"The file {file} is not a safetensors file: {error}.") from error


def fill(network: Network, tensors: dict[str, Tensor], origin: str) -> None:
    """Copy tensors into a network, every one of them, with the network's own types.

    Raises:
        WeightsError: A tensor is missing, unknown or of another shape; the first few are named.
    """
    state = network.state_dict()
    wrong = [f"'{name}' is missing" for name in state if name not in tensors]
    wrong += [f"'{name}' is unknown" for name in tensors if name not in state]
    wrong += [
        f"'{name}' is {tuple(tensors[name].shape)} instead of {tuple(state[name].shape)}"
        for name in state
        if name in tensors and tensors[name].shape != state[name].shape
    ]
    if wrong:
        more = f" and {len(wrong) - 4} more" if len(wrong) > 4 else ""
        raise WeightsError(
            f"The weights in {origin} do not fit {type(network).__name__}: {'; '.join(wrong[:4])}{more}."
        )
    network.load_state_dict({name: tensors[name].to(state[name].dtype) for name in state})


def load_weights(name: str | Path) -> tuple[Network, MethodCard]:
    """A trained network in eval mode and its card.

    Args:
        name: Name of installed weights, or a folder that holds a card and weights.

    Raises:
        WeightsError: See ``find_weights``, ``read_card``, ``read_tensors`` and ``fill``.
    """
    folder = find_weights(name)
    card = read_card(folder)
    tensors = read_tensors(folder, card)
    network = load_network(card.method, card.options)
    if card.input_spec.size_px != network.input_spec.size_px:
        raise WeightsError(
            f"The card {folder / CARD_FILE} asks for pictures of {card.input_spec.size_px} px, but "
            f"{type(network).__name__} takes {network.input_spec.size_px} px."
        )
    fill(network, tensors, str(folder / WEIGHTS_FILE))
    return network.eval().requires_grad_(False), card
