"""The section about the method: software, options, and every detector with its card."""

from forensiclab.analysis.events import AnalysisReport, DetectorRecord
from forensiclab.core.errors import WeightsError
from forensiclab.core.notation import NOT_KNOWN, NOT_STATED, count_text, date_text, number_text
from forensiclab.detectors.base import MethodCard
from forensiclab.detectors.weights import network_class
from forensiclab.report.model import Block, Fact, Facts, Heading, Section


def method_section(report: AnalysisReport) -> Section:
    """Write how the result came about: enough to repeat it."""
    method = report.method
    started, finished = date_text(report.started_at), date_text(report.finished_at)
    seed = "none: nothing in the analysis draws random numbers" if method.seed is None else str(method.seed)
    libraries = ", ".join(f"{name} {version}" for name, version in method.libraries)
    blocks: list[Block] = [
        Facts(
            (
                Fact(name="Software", value=software_text(report)),
                Fact(name="Python and platform", value=f"{method.python}, {method.platform}"),
                Fact(name="Libraries", value=libraries),
                Fact(
                    name="Device", value=f"{method.device}, {method.precision}, {count_text(method.threads, 'thread')}"
                ),
                Fact(name="Deterministic", value="yes" if method.deterministic else "not enforced"),
                Fact(name="Seed", value=seed),
                Fact(name="Face finder", value=method.face_finder),
                Fact(name="Crops", value="; ".join(method.crop_rules)),
                Fact(name="Sampling", value=method.sampling, is_code=True),
                Fact(name="Aggregation", value=method.aggregation, is_code=True),
                Fact(name="Deviations", value=" ".join(method.deviations) or "none from the defaults"),
                Fact(name="Started, finished", value=f"{started}; {finished}"),
                Fact(name="To repeat it", value=method.command, is_code=True),
            )
        )
    ]
    for record in method.detectors:
        blocks += [Heading(f"Detector {record.card.name}"), Facts(_detector_facts(record))]
    return Section(title="The method", nature="facts", blocks=tuple(blocks))


def _detector_facts(record: DetectorRecord) -> tuple[Fact, ...]:
    card = record.card
    try:
        network = network_class(card.method)
        paper, claims = network.PAPER, network.CLAIMS
    except WeightsError:  # a result of a program that knew more methods
        paper = claims = NOT_KNOWN
    options = ", ".join(f"{name} = {value}" for name, value in card.options)
    bounds = (
        ("face of at least {} px", card.conditions.min_face_px),
        ("sharpness of at least {}", card.conditions.min_sharpness),
        ("yaw within ±{}°", card.conditions.max_abs_yaw_deg),
        ("pitch within ±{}°", card.conditions.max_abs_pitch_deg),
        ("QP of at most {}", card.conditions.max_qp),
    )
    conditions = ", ".join(text.format(number_text(bound)) for text, bound in bounds if bound is not None)
    thresholds = "; ".join(
        f"{band.name}: authenticity at or below {band.authenticity_threshold:.3f}, "
        f"manipulation at or above {band.manipulation_threshold:.3f}"
        for band in card.calibration
    )
    return (
        Fact(name="Title", value=card.title),
        Fact(name="Paper", value=paper),
        Fact(name="What it claims", value=claims),
        Fact(name="Network", value=card.method + (f" ({options})" if options else "")),
        Fact(name="Input", value=f"{card.input_spec.size_px} px, {card.input_spec.margin:g} x the face box"),
        Fact(name="Weights, SHA-256", value=card.weights_sha256, is_code=True),
        *_stands_before(card),
        Fact(name="Trained on", value="; ".join(card.trained_on) or NOT_STATED),
        Fact(name="Training", value=f"from {card.started_from}; {card.date}; {card.hardware}"),
        Fact(name="Training command", value=card.recipe, is_code=True),
        Fact(name="Licences", value=f"weights {card.weights_licence}; data {card.data_licence}"),
        Fact(name="Calibrated on", value=card.calibrated_on or "no calibration: raw scores support no verdict"),
        Fact(name="Thresholds", value=thresholds or "none, since there is no calibration"),
        Fact(name="Validated for", value=conditions or "no bounds on the card"),
        Fact(name="Attention map", value=record.attention_note),
        Fact(name="Ran on", value=f"{record.device}, {record.precision}"),
    )


def _stands_before(card: MethodCard) -> tuple[Fact, ...]:
    before = card.stands_before
    if before is None:
        return ()
    return (
        Fact(name="Stands before", value=f"the detector {before.name}, whose weights it uses and does not hold"),
        Fact(name="That one's weights, SHA-256", value=before.weights_sha256, is_code=True),
    )


def software_text(report: AnalysisReport) -> str:
    """Return name, version and commit of the program that analysed."""
    method = report.method
    return f"{method.software} {method.version} (commit {method.commit or NOT_KNOWN})"
