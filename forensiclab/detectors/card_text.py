"""A detector's card as titled rows: what the command line, the window and the report write, each in its own form."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from forensiclab.core.notation import share_text
from forensiclab.core.scores import BandCalibration, ValidatedConditions
from forensiclab.core.text import Sentence
from forensiclab.detectors.base import InputSpec, MeasuredFigure, MethodCard
from forensiclab.detectors.installed import MethodFacts


@dataclass(frozen=True, slots=True)
class CardRow:
    """A titled value; sentences can be translated."""

    title: str
    value: str
    is_code: bool = False
    """Whether it is a hash or a command, whose every character counts."""


def method_rows(facts: MethodFacts, spec: InputSpec, options: Sequence[tuple[str, str]] = ()) -> tuple[CardRow, ...]:
    """Describe a method, with the (name, value) options of its network, and the pictures it takes."""
    chosen = ", ".join(f"{name} = {value}" for name, value in options)
    return (
        CardRow(Sentence("Method"), f"{facts.method} ({chosen})" if chosen else facts.method),
        CardRow(Sentence("Paper"), facts.paper),
        CardRow(Sentence("What it claims"), facts.claims),
        CardRow(Sentence("Attention map"), facts.attention),
        CardRow(Sentence("Crop"), Sentence("{0} × {0} px, {1:g} × the face box", spec.size_px, spec.margin)),
        CardRow(Sentence("Normalised with"), Sentence("mean {0}, std {1}", spec.mean, spec.std)),
    )


def card_rows(card: MethodCard, facts: MethodFacts) -> tuple[CardRow, ...]:
    """Describe weights, all but their tables: ``band_text``, ``figure_cells``, and ``known_limits`` as they are."""
    return (
        *method_rows(facts, card.input_spec, card.options),
        CardRow(Sentence("Weights, SHA-256"), card.weights_sha256, is_code=True),
        *_stands_before(card),
        CardRow(Sentence("Licence of the weights"), card.weights_licence),
        CardRow(Sentence("Trained on"), "; ".join(card.trained_on) or Sentence("not stated")),
        CardRow(Sentence("Licence of the data"), card.data_licence),
        CardRow(Sentence("Started from"), card.started_from),
        CardRow(Sentence("Training command"), card.recipe, is_code=True),
        CardRow(Sentence("When and where"), Sentence.joined(", ", _run(card))),
        CardRow(Sentence("Validated for"), _conditions(card.conditions)),
        CardRow(Sentence("Calibrated on"), card.calibrated_on or Sentence("nothing: raw scores support no verdict")),
    )


def band_text(band: BandCalibration) -> str:
    """Write the thresholds of a band with the error rates that were measured at them."""
    return (
        f"{band.name}: manipulation at or above {band.manipulation_threshold:.3f} "
        f"(false alarms {share_text(band.false_alarm_rate)} of {band.n_real} real), "
        f"authenticity at or below {band.authenticity_threshold:.3f} "
        f"(misses {share_text(band.miss_rate)} of {band.n_forged} forged)"
    )


def figure_cells(figure: MeasuredFigure) -> tuple[str, ...]:
    """Write a figure as data, compression, metric, value, interval, and the numbers of real and forged samples."""
    has_interval = figure.ci_low is not None and figure.ci_high is not None
    return (
        figure.data,
        figure.level,
        figure.metric,
        f"{figure.value:.3f}",
        f"{figure.ci_low:.3f} – {figure.ci_high:.3f}" if has_interval else "–",
        str(figure.n_real),
        str(figure.n_forged),
    )


def _stands_before(card: MethodCard) -> tuple[CardRow, ...]:
    before = card.stands_before
    if before is None:
        return ()
    return (CardRow(Sentence("Used with"), f"{before.name}, SHA-256 {before.weights_sha256}", is_code=True),)


def _run(card: MethodCard) -> Iterator[str]:
    yield card.date
    if card.seed is not None:
        yield Sentence("seed {0}", card.seed)
    yield card.hardware
    if card.duration_min is not None:
        yield Sentence("{0:.0f} min", card.duration_min)
    if card.commit is not None:
        yield Sentence("commit {0}", card.commit)


def _conditions(bounds: ValidatedConditions) -> str:
    named = (
        (Sentence("faces of at least {0:g} px"), bounds.min_face_px),
        (Sentence("sharpness of at least {0:g}"), bounds.min_sharpness),
        (Sentence("yaw up to {0:g}°"), bounds.max_abs_yaw_deg),
        (Sentence("pitch up to {0:g}°"), bounds.max_abs_pitch_deg),
        (Sentence("QP up to {0:g}"), bounds.max_qp),
    )
    found = [text.filled(bound) for text, bound in named if bound is not None]
    return Sentence.joined(", ", found) if found else Sentence("no bounds were measured")
