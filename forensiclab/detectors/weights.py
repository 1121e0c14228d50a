"""Weights on disk: a folder with ``card.json`` and ``weights.safetensors``, hashed before a tensor is made."""

import hashlib
import importlib
import os
from dataclasses import replace
from pathlib import Path

import safetensors.torch
import torch
from torch import Tensor

from forensiclab.core.errors import WeightsError
from forensiclab.core.files import write_whole
from forensiclab.core.resources import resource_path, user_data_path
from forensiclab.core.text import Sentence
from forensiclab.detectors import known_methods
from forensiclab.detectors.base import MethodCard, Network, WeightsReference
from forensiclab.detectors.cards import CARD_FILE, read_card, write_card
from forensiclab.detectors.foreign_weights import read_weights_file, safe_tensors

WEIGHTS_FILE = "weights.safetensors"
_NO_WEIGHTS = Sentence(
    "The detector '{0}' has no weights here. Train them (python -m training train {0}{1}) or import "
    "published ones (forensiclab models import FILE --method {0} --name NAME{2})."
)


def network_class(method: str) -> type[Network]:
    """Import the network's class of a method: ours or a plug-in's.

    Raises:
        WeightsError: There is no such method, or its plug-in does not offer a ``Network``.
    """
    methods = known_methods()
    if method not in methods:
        raise WeightsError(Sentence("There is no method '{0}'; there are: {1}.", method, ", ".join(sorted(methods))))
    module, _, name = methods[method].partition(":")
    try:
        loaded = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise WeightsError(
            Sentence("The method '{0}' cannot be loaded from {1}: {2}.", method, methods[method], error)
        ) from error
    if not (isinstance(loaded, type) and issubclass(loaded, Network)):
        raise WeightsError(
            Sentence("The method '{0}' is not a detector: {1} is not a class of networks.", method, methods[method])
        )
    return loaded


def load_network(method: str, options: tuple[tuple[str, str], ...] = ()) -> Network:
    """Build an untrained network of a method.

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
        named = ", ".join(f"{key}={value}" for key, value in options) or Sentence("none")
        raise WeightsError(
            Sentence("The method '{0}' cannot be built with these options ({1}): {2}.", method, named, error)
        ) from error


def weights_home() -> Path:
    """Return where imported weights are kept: ``FORENSICLAB_WEIGHTS`` or the user's own data folder."""
    named = os.environ.get("FORENSICLAB_WEIGHTS")
    return Path(named) if named else user_data_path("weights")


def shipped_home() -> Path:
    """Return where the weights that came with the program lie."""
    return resource_path("weights")


def weights_folders() -> dict[str, Path]:
    """Map names to folders of every set of weights, shipped ones first, each group by name.

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
    """List the names of the weights that came with the program."""
    return tuple(name for name, folder in weights_folders().items() if folder.parent == shipped_home())


def default_names() -> tuple[str, ...]:
    """List the shipped weights that are used unless others are asked for: those that score the crop as it is.

    What stands before another detector changes the crop, and generated pixels decide nothing that nobody asked for.

    Raises:
        WeightsError: A card cannot be read.
    """
    return tuple(name for name in shipped_names() if read_card(find_weights(name)).stands_before is None)


def find_weights(name: str | Path) -> Path:
    """Find the folder of a set of weights, by its name or by its own path.

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
        hints = (" --set detector=DETECTOR", " --before DETECTOR") if network_class(str(name)).BORROWED else ("", "")
        raise WeightsError(_NO_WEIGHTS.filled(name, *hints))
    have = ", ".join(folders) or Sentence("none")
    raise WeightsError(Sentence("There are no weights named '{0}'. Installed are: {1}.", name, have))


_KEPT_FLOAT32 = 65_536
"""Tensors of up to this many values are stored as float32."""


def save_weights(network: Network, folder: Path, card: MethodCard) -> MethodCard:
    """Write weights and card; the hash in the returned card is that of the file.

    Matrices and convolutions are stored as float16. Tensors of at most 65,536 values stay float32, as all
    one-dimensional ones (BatchNorm, biases) do, whose variances may underflow: first and depthwise convolutions take
    next to no room, and rounding them moved a small network's raw scores by up to 0.14. What the network borrows is not
    stored; the file names the hash of whose it is, so that its own hash stands for both.

    Raises:
        WeightsError: A value is not finite, or too large for float16, or see ``check_borrowed`` and ``write_card``.
        WriteError: A file cannot be written.
    """
    check_borrowed(network, card)
    tensors: dict[str, Tensor] = {}
    for name, tensor in _parted(network)[0].items():
        stored = tensor.detach().cpu().contiguous()
        if stored.is_floating_point():
            is_large = stored.ndim > 1 and stored.numel() > _KEPT_FLOAT32
            stored = stored.half() if is_large else stored.float()
            if not bool(torch.isfinite(stored).all()):
                raise WeightsError(
                    Sentence("The tensor '{0}' has values that are not finite in {1}.", name, stored.dtype)
                )
        tensors[name] = stored.clone()
    metadata = {"method": card.method, "name": card.name}
    if card.stands_before is not None:
        metadata["stands_before"] = card.stands_before.weights_sha256
    data = safetensors.torch.save(tensors, metadata=metadata)
    write_whole(folder / WEIGHTS_FILE, data)
    hashed = replace(card, weights_sha256=hashlib.sha256(data).hexdigest())
    write_card(hashed, folder)
    return hashed


def read_tensors(folder: Path, card: MethodCard) -> dict[str, Tensor]:
    """Read the tensors of a folder, after checking their file's SHA-256 against the card's.

    Raises:
        WeightsError: The file is missing, another file than the card's, or not safetensors.
    """
    file = folder / WEIGHTS_FILE
    data = read_weights_file(file)
    digest = hashlib.sha256(data).hexdigest()
    if digest != card.weights_sha256:
        raise WeightsError(
            Sentence(
                "The weights {0} are not the ones that the card describes: their SHA-256 is {1}, the card says {2}. "
                "Install the detector '{3}' again.",
                file,
                digest,
                card.weights_sha256,
                card.name,
            )
        )
    return safe_tensors(file, data)


def fill(network: Network, tensors: dict[str, Tensor], origin: str) -> None:
    """Copy tensors into a network, every one of them, with the network's own types.

    Raises:
        WeightsError: A tensor is missing, unknown or of another shape; the first few are named.
    """
    state = network.state_dict()
    wrong = [Sentence("'{0}' is missing", name) for name in state if name not in tensors]
    wrong += [Sentence("'{0}' is unknown", name) for name in tensors if name not in state]
    wrong += [
        Sentence("'{0}' is {1} instead of {2}", name, tuple(tensors[name].shape), tuple(state[name].shape))
        for name in state
        if name in tensors and tensors[name].shape != state[name].shape
    ]
    if wrong:
        first = Sentence.joined("; ", wrong[:4])
        more = Sentence(" and {0} more", len(wrong) - 4) if len(wrong) > 4 else ""
        raise WeightsError(
            Sentence("The weights in {0} do not fit {1}: {2}{3}.", origin, type(network).__name__, first, more)
        )
    network.load_state_dict({name: tensors[name].to(state[name].dtype) for name in state})


def find_referred(reference: WeightsReference, name: str) -> tuple[Path, MethodCard]:
    """Find the installed weights that others stand before: their folder and card.

    Args:
        reference: Which ones.
        name: Of the weights that stand before them, for what is said.

    Raises:
        WeightsError: There are none of that name, or they are others by now.
    """
    folder = weights_folders().get(reference.name)
    if folder is None:
        raise WeightsError(
            Sentence(
                "The weights '{0}' stand before the detector '{1}', which is not installed. Install it under this "
                "name; the SHA-256 of its weights is {2}.",
                name,
                reference.name,
                reference.weights_sha256,
            )
        )
    card = read_card(folder)
    if card.weights_sha256 != reference.weights_sha256:
        raise WeightsError(
            Sentence(
                "The weights '{0}' stand before the detector '{1}' with the SHA-256 {2}, but the one that is installed "
                "has {3}. Install the former again, or train '{0}' again before the latter.",
                name,
                reference.name,
                reference.weights_sha256,
                card.weights_sha256,
            )
        )
    return folder, card


def borrowed_tensors(network: Network, card: MethodCard) -> dict[str, Tensor]:
    """Read what a network borrows, under its own names, from the weights that its card names; empty for most methods.

    Raises:
        WeightsError: The card names none, or see ``find_referred`` and ``read_tensors``.
    """
    if not network.BORROWED:
        return {}
    if card.stands_before is None:
        raise WeightsError(
            Sentence(
                "The card of '{0}' does not say which detector the weights stand before, so they cannot be used. "
                "Export them again (python -m training export), or import them with --before NAME.",
                card.name,
            )
        )
    folder, lender = find_referred(card.stands_before, card.name)
    return {f"{network.BORROWED}.{name}": tensor for name, tensor in read_tensors(folder, lender).items()}


def check_borrowed(network: Network, card: MethodCard) -> None:
    """Refuse a network whose borrowed part is not, value by value, what its card says.

    Raises:
        WeightsError: It is another, or see ``borrowed_tensors``.
    """
    held, wanted = _parted(network)[1], borrowed_tensors(network, card)
    if card.stands_before is None:  # it borrows nothing
        return
    for name in sorted(held.keys() | wanted.keys()):
        is_there = name in held and name in wanted
        if not (is_there and torch.equal(held[name].cpu(), wanted[name].to(held[name].dtype))):
            raise WeightsError(
                Sentence(
                    "The detector within '{0}' is not the one that is installed as '{1}': the tensor '{2}' differs. "
                    "Install the one that '{0}' was trained with, or train it again.",
                    card.name,
                    card.stands_before.name,
                    name,
                )
            )


def _parted(network: Network) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """Split a network's state into its own tensors and those that it borrows."""
    own: dict[str, Tensor] = {}
    borrowed: dict[str, Tensor] = {}
    for name, tensor in network.state_dict().items():
        (borrowed if network.borrows(name) else own)[name] = tensor
    return own, borrowed


def load_weights(name: str | Path) -> tuple[Network, MethodCard]:
    """Load a trained network in eval mode, and its card.

    Args:
        name: Name of installed weights, or a folder that holds a card and weights.

    Raises:
        WeightsError: See ``find_weights``, ``read_card``, ``read_tensors``, ``borrowed_tensors`` and ``fill``.
    """
    folder = find_weights(name)
    card = read_card(folder)
    tensors = read_tensors(folder, card)
    network = load_network(card.method, card.options)
    if card.input_spec.size_px != network.input_spec.size_px:
        raise WeightsError(
            Sentence(
                "The card {0} asks for pictures of {1} px, but {2} takes {3} px.",
                folder / CARD_FILE,
                card.input_spec.size_px,
                type(network).__name__,
                network.input_spec.size_px,
            )
        )
    fill(network, borrowed_tensors(network, card) | tensors, str(folder / WEIGHTS_FILE))
    return network.eval().requires_grad_(False), card
