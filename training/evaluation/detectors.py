"""What is evaluated: installed weights, a folder with a card, or the run that ``train`` left."""

import hashlib
import shlex
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import safetensors.torch
from safetensors import SafetensorError

from forensiclab.analysis.method import source_commit
from forensiclab.core.errors import SettingsError
from forensiclab.core.scores import ValidatedConditions
from forensiclab.detectors.base import Detector, MethodCard, Network, WeightsReference
from forensiclab.detectors.cards import read_card
from forensiclab.detectors.runtime import NetworkDetector, choose_device, choose_engine, make_repeatable
from forensiclab.detectors.weights import fill, find_weights, load_network, load_weights
from training.runs.loop import SELECTED_FILE
from training.runs.run_record import RECORD_FILE, RunRecord, read_record, recipe_of, without_places


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """How a detector came about, as far as its card or its run says."""

    method: str
    """By which it was trained; its network may be another's, as in an ablation."""
    recipe: str | None
    changes: tuple[str, ...]
    seed: int | None
    train_data: tuple[str, ...]
    train_methods: tuple[str, ...]
    train_levels: tuple[str, ...]
    train_data_hash: str | None
    commit: str | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Evaluated:
    """A detector that is measured, and what is needed to say what was measured."""

    title: str
    """As it was named on the command line."""
    detector: Detector
    network: Network
    """The same weights, for pictures of what goes on inside; on the CPU or where the detector's engine put it."""
    origin: Origin

    @property
    def name(self) -> str:
        """Of the weights or of the run."""
        return self.detector.card.name

    @property
    def backbone(self) -> str | None:
        """The network that the method works on, where it works on several."""
        return dict(self.detector.card.options).get("backbone")


def open_for_evaluation(name: str, device: str = "auto") -> Evaluated:
    """Open a detector in the program's own engine.

    Args:
        name: Of installed weights, a folder with a card, or a run of ``train`` (its selected weights).
        device: As for ``choose_device``.

    Raises:
        WeightsError: There is none of that name, or it is damaged.
        SettingsError: The run has no selected weights yet.
        DeviceError: The device is not there or too small.
    """
    make_repeatable()
    chosen = choose_device(device)
    run = Path(name)
    if (run / RECORD_FILE).is_file():
        network, card = load_run(run)
        origin = _origin_of_run(read_record(run))
    else:
        network, card = load_weights(name)
        origin = _origin_of_card(card)
    engine = choose_engine(network, card, chosen, is_reduced=False)
    detector = NetworkDetector(card, network.ATTENTION, engine)
    return Evaluated(title=name, detector=detector, network=network, origin=origin)


def load_run(run: Path) -> tuple[Network, MethodCard]:
    """Load the selected weights of a run in eval mode, with a card that says how they came about.

    The card has neither calibration nor figures; licences and limits are left to who exports it. A run holds its whole
    network, so that what is borrowed is what was trained with, whatever is installed by now.

    Raises:
        SettingsError: The folder is not a run, or it has no selected weights yet.
        WeightsError: The weights do not fit the method.
    """
    record = read_record(run)
    path = run / SELECTED_FILE
    network = load_network(record.network, record.options)
    try:
        data = path.read_bytes()
        fill(network, safetensors.torch.load(data), str(path))
    except (OSError, SafetensorError) as error:
        raise SettingsError(f"The run {run} has no selected weights yet: {path} cannot be read.") from error
    card = card_of_run(record, network, run.resolve().name)
    return network.eval().requires_grad_(False), replace(card, weights_sha256=hashlib.sha256(data).hexdigest())


def _stands_before(record: RunRecord) -> WeightsReference | None:
    """Return what the network of a run borrows; older records do not say it, but their recipe names the weights."""
    if record.stands_before is not None:
        return record.stands_before
    named = getattr(recipe_of(record.method, record.recipe, record.changes), "detector", None)
    return None if named is None else read_card(find_weights(named)).reference


def _origin_of_run(record: RunRecord) -> Origin:
    return Origin(
        method=record.method,
        recipe=record.recipe,
        changes=record.changes,
        seed=record.seed,
        train_data=record.data,
        train_methods=record.train_methods,
        train_levels=record.train_levels,
        train_data_hash=record.data_hash,
        commit=record.commit,
    )


def _origin_of_card(card: MethodCard) -> Origin:
    """Read what a card says; its recipe is the command line that trained it."""
    words = shlex.split(card.recipe)
    is_ours = words[:4] == ["python", "-m", "training", "train"]
    recipe = (_options(words, "--recipe") + _options(words, "--preset") + ["recommended"])[0]
    return Origin(
        method=card.method,
        recipe=recipe if is_ours else None,
        changes=tuple(_options(words, "--set")),
        seed=card.seed,
        train_data=tuple(sentence.partition(":")[0] for sentence in card.trained_on),
        train_methods=tuple(name for names in _options(words, "--only-methods") for name in names.split(",")),
        train_levels=(),
        train_data_hash=None,
        commit=card.commit,
    )


def _options(words: Sequence[str], flag: str) -> list[str]:
    """Return the values of an option in a command line."""
    return [value for option, value in pairwise(words) if option == flag]


def card_of_run(record: RunRecord, network: Network, name: str) -> MethodCard:
    """Make the card of a run before anything is measured."""
    return MethodCard(
        name=name,
        method=record.network,
        options=record.options,
        input_spec=replace(network.input_spec, margin=record.margin),
        title=network.TITLE,
        weights_sha256="",
        stands_before=_stands_before(record) if network.BORROWED else None,
        weights_licence="",
        data_licence="",
        trained_on=tuple(
            f"{data}: {record.n_groups} pairs of a forgery and its original; {record.n_selection} crops of other parts "
            "selected the weights"
            if number == 0
            else f"{data}: the same crops compressed"
            for number, data in enumerate(record.data)
        ),
        started_from=record.started_from,
        recipe=without_places(record.command),
        seed=record.seed,
        hardware=record.hardware,
        duration_min=round(record.minutes, 1),
        commit=record.commit or source_commit(),
        date=datetime.now(UTC).date().isoformat(),
        calibration=(),
        calibrated_on=None,
        conditions=ValidatedConditions(),
        figures=(),
        evaluated_by=None,
        known_limits=(),
    )
