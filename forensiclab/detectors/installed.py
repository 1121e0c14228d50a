"""What is installed: sets of weights with their cards, methods without any, and what a method says of itself."""

from dataclasses import dataclass
from pathlib import Path

from forensiclab.core.errors import WeightsError
from forensiclab.detectors import known_methods
from forensiclab.detectors.base import InputSpec, MethodCard
from forensiclab.detectors.cards import read_card
from forensiclab.detectors.weights import (
    find_referred,
    load_weights,
    network_class,
    shipped_home,
    shipped_names,
    weights_folders,
    weights_home,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class InstalledWeights:
    """One set of weights on disk."""

    name: str
    folder: Path
    is_shipped: bool
    """Whether it came with the program."""
    card: MethodCard | None
    """None if it cannot be read."""
    problem: str = ""
    """Why they cannot be used, as far as cards say it, as a sentence: the card cannot be read, or the detector that the
    weights stand before is missing or another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodFacts:
    """What the class of a method's network says of it."""

    method: str
    title: str
    paper: str
    claims: str
    attention: str
    input_spec: InputSpec
    stands_before_another: bool
    """Whether its weights are used with those of an installed detector, which must be named when they come in."""


def installed_weights() -> tuple[InstalledWeights, ...]:
    """List every set of weights, shipped ones first; what cannot be used is listed with its problem."""
    found = []
    for name, folder in weights_folders().items():
        card, problem = None, ""
        try:
            card = read_card(folder)
            if card.stands_before is not None:
                find_referred(card.stands_before, card.name)
        except WeightsError as error:
            problem = str(error)
        is_shipped = folder.parent == shipped_home()
        found.append(InstalledWeights(name=name, folder=folder, is_shipped=is_shipped, card=card, problem=problem))
    return tuple(found)


def shadowed_weights() -> tuple[Path, ...]:
    """Folders of imported weights that are not used, because weights of the same name came with the program."""
    home, shipped = weights_home(), set(shipped_names())
    return tuple(home / name for name in sorted(shipped) if home != shipped_home() and (home / name).exists())


def methods_without_weights() -> tuple[str, ...]:
    """List the methods that are known but have no weights here, by name."""
    have = {weights.card.method for weights in installed_weights() if weights.card is not None}
    return tuple(sorted(set(known_methods()) - have))


def method_facts(method: str) -> MethodFacts:
    """Read what a method says of itself; imports the method.

    Raises:
        WeightsError: There is no such method, or it cannot be loaded.
    """
    network = network_class(method)
    return MethodFacts(
        method=method,
        title=network.TITLE,
        paper=network.PAPER,
        claims=network.CLAIMS,
        attention=network.ATTENTION,
        input_spec=network.INPUT,
        stands_before_another=bool(network.BORROWED),
    )


def verify_weights(name: str) -> MethodCard:
    """Check the hashes of weights and card, the card's values, and the shapes, by loading them.

    Raises:
        WeightsError: They are not what their card says, or do not fit their network.
    """
    return load_weights(name)[1]


def how_to_get(method: str, *, stands_before_another: bool = False) -> tuple[str, str]:
    """Return the commands that train weights for a method, and that import published ones.

    Args:
        method: Its name.
        stands_before_another: As in ``MethodFacts``; the commands then also name the other detector.
    """
    trained, taken_in = (" --set detector=DETECTOR", " --before DETECTOR") if stands_before_another else ("", "")
    return (
        f"python -m training train {method} --data DIR{trained}",
        f"forensiclab models import FILE --method {method} --name NAME{taken_in}",
    )
