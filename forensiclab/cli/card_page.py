"""A detector's card as a page of text: everything on it comes from the card or from the method's own facts."""

from textwrap import wrap

from forensiclab.core.notation import share_text
from forensiclab.core.scores import BandCalibration
from forensiclab.detectors.base import InputSpec, MeasuredFigure, MethodCard
from forensiclab.detectors.installed import MethodFacts, how_to_get

WIDTH = 110


def method_page(facts: MethodFacts) -> list[str]:
    """Write the page of a method without weights."""
    train, take_in = how_to_get(facts.method, stands_before_another=facts.stands_before_another)
    return [
        f"{facts.title} ({facts.method})",
        *_method_lines(facts, facts.input_spec),
        "No weights are installed.",
        f"  Train them: {train}",
        f"  Import published ones: {take_in}",
    ]


def card_page(card: MethodCard, facts: MethodFacts) -> list[str]:
    """Write the page of installed weights."""
    minutes = "" if card.duration_min is None else f", {card.duration_min:.0f} min"
    width = max((len(figure.metric) for figure in card.figures), default=0)
    lines = [
        f"{card.title} ({card.name}, method {card.method})",
        *_method_lines(facts, card.input_spec),
        *_entry("Weights", f"SHA-256 {card.weights_sha256}; licence: {card.weights_licence}"),
        *_stands_before(card),
        *_entry("Trained on", "; ".join(card.trained_on)),
        *_entry("Licence of the data", card.data_licence),
        *_entry("Started from", card.started_from),
        *_entry("Recipe", card.recipe),
        *_entry("Run", f"{card.date}, seed {card.seed}, {card.hardware}{minutes}, commit {card.commit}"),
        *_entry("Validated on", _conditions(card)),
        *_entry("Calibrated on", card.calibrated_on or "not calibrated"),
        *(f"  {_band(band)}" for band in card.calibration),
        *_entry("Measured", card.evaluated_by or "nothing measured"),
        *(f"  {_figure(figure, width)}" for figure in card.figures),
        "Known limits:",
    ]
    for limit in card.known_limits:
        lines += wrap(limit, WIDTH, initial_indent="  - ", subsequent_indent="    ")
    return lines


def _method_lines(facts: MethodFacts, spec: InputSpec) -> list[str]:
    return [
        *_entry("Paper", facts.paper),
        *_entry("Claims", facts.claims),
        *_entry("Input", f"{spec.size_px} px, {spec.margin:g} x the face box, mean {spec.mean}, std {spec.std}"),
        *_entry("Attention map", facts.attention),
    ]


def _entry(name: str, text: str) -> list[str]:
    return wrap(f"{name}: {text}", WIDTH, subsequent_indent="  ")


def _stands_before(card: MethodCard) -> list[str]:
    before = card.stands_before
    return [] if before is None else _entry("Stands before", f"{before.name}, SHA-256 {before.weights_sha256}")


def _conditions(card: MethodCard) -> str:
    bounds = card.conditions
    named = (
        ("face at least {:.0f} px", bounds.min_face_px),
        ("sharpness at least {:.1f}", bounds.min_sharpness),
        ("yaw up to {:.0f} degrees", bounds.max_abs_yaw_deg),
        ("pitch up to {:.0f} degrees", bounds.max_abs_pitch_deg),
        ("QP up to {:.0f}", bounds.max_qp),
    )
    return ", ".join(text.format(bound) for text, bound in named if bound is not None) or "no bounds measured"


def _band(band: BandCalibration) -> str:
    return (
        f"{band.name:8} manipulation >= {band.manipulation_threshold:.3f} "
        f"(false alarms {share_text(band.false_alarm_rate)} of {band.n_real}), "
        f"authenticity <= {band.authenticity_threshold:.3f} (misses {share_text(band.miss_rate)} of {band.n_forged})"
    )


def _figure(figure: MeasuredFigure, width: int) -> str:
    interval = "" if figure.ci_low is None else f" [{figure.ci_low:.3f}, {figure.ci_high:.3f}]"
    return (
        f"{figure.data:22} {figure.level:9} {figure.metric:{width}} {figure.value:.3f}{interval}"
        f"  ({figure.n_real} real, {figure.n_forged} forged)"
    )
