"""Starting weights: what of a file fits into a method, and what does not."""

import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import safetensors.torch
import torch
from safetensors import SafetensorError
from torch import Tensor, nn

from forensiclab.core.errors import WeightsError
from forensiclab.detectors.weights import WEIGHTS_FILE
from training.methods.method import TrainingMethod


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """What was taken over from a file."""

    source: str
    """Name of the file; for weights of our own, which all have the same, with their folder's."""
    taken: int
    """Tensors of the method that were filled."""
    missing: tuple[str, ...]
    """Parameters of the backbone that the file does not have, or has in another shape."""
    unused: tuple[str, ...]
    """Tensors of the file that fit nowhere."""

    def sentences(self) -> str:
        """Say for the terminal what matched and what did not, the first few by name."""
        lines = [f"{self.source}: {self.taken} tensors were taken over."]
        for names, what in ((self.missing, "stay as they were drawn"), (self.unused, "of the file fit nowhere")):
            if names:
                more = ", ..." if len(names) > 6 else ""
                lines.append(f"{len(names)} tensors {what}: {', '.join(names[:6])}{more}.")
        return " ".join(lines)


def load_start(method: TrainingMethod[Any], path: Path) -> Start:
    """Fill a method's backbones (or its whole network) from a safetensors file.

    A file whose names are those of the network (weights that ForensicLab trained) fills the network; one with timm's
    names fills every backbone of the method, and so does the encoder of another network of ours. Values are converted
    to float32. What the network borrows stays as it is.

    Args:
        method: Fresh; ``started`` is called on it.
        path: A ``.safetensors`` file, or a zip archive that holds exactly one.

    Raises:
        WeightsError: The file cannot be read, or fits nowhere.
    """
    tensors = _read(path)
    own = method.network.state_dict()
    targets: tuple[nn.Module, ...]
    if len(own.keys() & tensors.keys()) > len(tensors) / 2:
        targets = (method.network,)
    else:
        targets = method.backbones()
        tensors = {name.removeprefix("encoder."): tensor for name, tensor in tensors.items()}
    taken = 0
    missing: list[str] = []
    used: set[str] = set()
    for target in targets:
        state = target.state_dict()
        if target is method.network:
            state = {name: tensor for name, tensor in state.items() if not method.network.borrows(name)}
        fitting = {name: found for name in state if (found := _fitted(tensors.get(name), state[name])) is not None}
        target.load_state_dict({name: value.to(state[name].dtype) for name, value in fitting.items()}, strict=False)
        taken += len(fitting)
        used |= fitting.keys()
        absent = [name for name in state if name not in fitting and not name.endswith("num_batches_tracked")]
        _let_pass(target, absent)
        missing += absent
    if not taken:
        raise WeightsError(f"Nothing in {path} fits into '{method.NAME}': its tensors have other names or shapes.")
    method.started()
    unused = tuple(name for name in tensors if name not in used)
    source = f"{path.parent.name}/{path.name}" if path.name == WEIGHTS_FILE else path.name
    return Start(source=source, taken=taken, missing=tuple(missing), unused=unused)


def _fitted(tensor: Tensor | None, own: Tensor) -> Tensor | None:
    """Return a tensor of the file in the shape of one's own; None where it does not fit.

    Where a convolution takes more channels than the file's, as with residuals beside the colours, the file's come first
    and the others stay as they are.
    """
    if tensor is None or tensor.shape == own.shape:
        return tensor
    is_wider = tensor.ndim == own.ndim == 4 and tensor.shape[1] < own.shape[1]
    if not is_wider or (tensor.shape[0], *tensor.shape[2:]) != (own.shape[0], *own.shape[2:]):
        return None
    return torch.cat((tensor.to(own.dtype), own[:, tensor.shape[1] :]), dim=1)


def _let_pass(target: nn.Module, missing: list[str]) -> None:
    """Let a residual block start as the identity where the convolution at its end is missing from the file.

    The normalisation after it is set to 0: drawn weights under trained statistics would only be noise.
    """
    for name in missing:
        block, _, parameter = name.rpartition(".conv_pwl.")
        if block and parameter == "weight":
            for end in ("weight", "bias"):
                nn.init.zeros_(target.get_parameter(f"{block}.bn3.{end}"))


def _read(path: Path) -> dict[str, Tensor]:
    try:
        if path.suffix == ".zip":
            with zipfile.ZipFile(path) as archive:
                names = [name for name in archive.namelist() if name.endswith(".safetensors")]
                if len(names) != 1:
                    raise WeightsError(f"{path} must hold exactly one .safetensors file; it holds {len(names)}.")
                return safetensors.torch.load(archive.read(names[0]))
        return safetensors.torch.load_file(path)
    except (OSError, zipfile.BadZipFile, SafetensorError) as error:
        raise WeightsError(f"The starting weights {path} cannot be read: {error}.") from error
