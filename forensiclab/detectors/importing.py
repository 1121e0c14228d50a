"""Published weights into a folder of our own: read, fit to the network, stored as safetensors with a card."""

import hashlib
import os
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from forensiclab.core.errors import WeightsError
from forensiclab.core.scores import ValidatedConditions
from forensiclab.core.text import Sentence, escaped
from forensiclab.detectors.base import MethodCard, Network
from forensiclab.detectors.cards import NAME, read_card
from forensiclab.detectors.foreign_weights import foreign_tensors, read_weights_file
from forensiclab.detectors.weights import (
    borrowed_tensors,
    fill,
    find_weights,
    load_network,
    network_class,
    save_weights,
    weights_folders,
    weights_home,
)


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
    if not NAME.fullmatch(request.name):
        raise WeightsError(
            Sentence("'{0}' cannot be a name: use a-z, 0-9, '_', '-' and '.', up to 64 characters.", request.name)
        )
    folder = weights_home() / request.name
    if request.name in weights_folders() or os.path.lexists(folder):
        raise WeightsError(
            Sentence("There is something named '{0}' among the weights already; choose another name.", request.name)
        )
    content = read_weights_file(request.file)
    digest = hashlib.sha256(content).hexdigest()
    kind = network_class(request.method)
    lender = _lender(request, kind)
    built = {} if lender is None else dict(kind.options_before(lender))
    options = tuple((built | dict(request.options)).items())
    network = load_network(request.method, options)
    tensors = foreign_tensors(request.file, content, network, allow_pickle=request.allow_pickle)
    del content
    card = MethodCard(
        name=request.name,
        method=request.method,
        options=options,
        input_spec=network.input_spec if lender is None else lender.input_spec,
        title=f"{network.TITLE} (imported)",
        weights_sha256="",
        stands_before=None if lender is None else lender.reference,
        weights_licence=escaped(request.licence),
        data_licence="not stated",
        trained_on=(f"not stated; weights from {escaped(request.source)}",),
        started_from=f"imported from {escaped(request.file.name)}, SHA-256 {digest}",
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
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".importing-") as partial:
            written = save_weights(network, Path(partial) / request.name, card)
            (Path(partial) / request.name).rename(folder)
    except OSError as error:
        raise WeightsError(Sentence("The weights cannot be written to {0}: {1}.", folder, error.strerror)) from error
    return written


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
