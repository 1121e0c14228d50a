"""The section about what the scores mean: propositions, likelihood ratio, measured error rates. Opinion, not fact."""

import math

from forensiclab.analysis.events import AnalysisReport
from forensiclab.core.notation import NOT_MEASURED, count_text, number_text, probability_text, share_text
from forensiclab.core.scores import BandCalibration, DetectorScore
from forensiclab.detectors.base import MethodCard
from forensiclab.report.model import Block, Bullets, Fact, Facts, Heading, Paragraph, Section, Table

_MAX_FIGURES = 12
_ACRONYMS = frozenset({"auc", "eer", "tar", "far"})
_SCALE = (
    (1, "no support for either proposition"),
    (10, "weak support"),
    (100, "moderate support"),
    (1000, "moderately strong support"),
    (10_000, "strong support"),
    (math.inf, "very strong support"),
)
"""Upper end of each step; ENFSI guideline for evaluative reporting in forensic science (2015), steps above 10,000
joined, since no calibration set of ours reaches them."""


def evaluation_section(report: AnalysisReport) -> Section:
    """Write what the scores of the exhibit mean, per detector."""
    blocks: list[Block] = [
        Paragraph("Two propositions are compared:"),
        Bullets(
            (
                "P1: a face in the exhibit was made or altered by a method like those in the detector's training data.",
                "P2: no face in the exhibit was made or altered in such a way.",
            )
        ),
        Paragraph(f"Verdict: {report.video.verdict}."),
        Bullets(report.video.reasons or ("No reason was recorded.",)),
    ]
    cards = {record.card.name: record.card for record in report.method.detectors}
    for score in report.video.scores:
        card = cards[score.detector]
        band = next((band for band in card.calibration if band.name == score.band), None)
        blocks += [
            Heading(f"By {score.detector}"),
            Bullets(score.reasons),
            Facts(_strength(score, card, band)),
            _figures(card, band),
        ]
    steps = []
    lower = 1
    for upper, words in _SCALE:
        name = "1" if upper == 1 else f"{lower:,} to {upper:,}" if math.isfinite(upper) else f"above {lower:,}"
        steps.append((name, words))
        lower = int(upper) if math.isfinite(upper) else lower
    blocks += [
        Heading("Verbal scale of the likelihood ratio"),
        Table(
            columns=("Likelihood ratio", "In words, for P1 over P2"),
            rows=tuple(steps),
            widths=(1, 3),
            note="For a ratio below 1 read its inverse, as support for P2 over P1. After the ENFSI guideline for "
            "evaluative reporting in forensic science (2015).",
        ),
    ]
    return Section(title="Evaluation", nature="opinion", blocks=tuple(blocks))


def _strength(score: DetectorScore, card: MethodCard, band: BandCalibration | None) -> tuple[Fact, ...]:
    """Likelihood ratio and error rates, as far as the card was calibrated for the exhibit."""
    if band is None or score.probability is None:
        reason = "no crop could be scored" if score.raw_score is None else "no calibration for this exhibit"
        return (
            Fact(name="Likelihood ratio", value=f"{NOT_MEASURED}: {reason}"),
            Fact(name="Error rates", value=f"{NOT_MEASURED}: {reason}"),
        )
    ratio, bound = likelihood_ratio(score.probability, band)
    value = f"{number_text(ratio, digits=3 if ratio < 1 else 1)}: {in_words(ratio)}"
    if bound:
        value += f"; limited to what {count_text(band.n_real, 'real')} and {band.n_forged:,} forged crops can support"
    return (
        Fact(name="Probability", value=f"{probability_text(score.probability)} at equal prior odds"),
        Fact(name="Likelihood ratio", value=value),
        Fact(name="Its interval", value=f"{NOT_MEASURED}: the card of the detector states none"),
        Fact(
            name="Calibration",
            value=f"band {band.name} of {card.calibrated_on or 'an unnamed set'}; "
            f"levels {', '.join(band.levels)}; single crops, {band.n_real:,} real and {band.n_forged:,} forged",
        ),
        Fact(
            name="False alarms",
            value=f"{_rate(band.false_alarm_rate, band.n_real)} of {band.n_real:,} real crops "
            f"reach the threshold for manipulation ({band.manipulation_threshold:.3f})",
        ),
        Fact(
            name="Misses",
            value=f"{_rate(band.miss_rate, band.n_forged)} of {band.n_forged:,} forged crops "
            f"stay at or below the threshold for authenticity ({band.authenticity_threshold:.3f})",
        ),
    )


def likelihood_ratio(probability: float, band: BandCalibration) -> tuple[float, bool]:
    """Compute how much more probable the score is under P1 than under P2, within what the calibration set supports.

    At equal prior odds the odds of the calibrated probability are the ratio. From n crops without an error no rate
    below about 1 / (n + 1) can be claimed, hence no ratio above n_real + 1 or below 1 / (n_forged + 1).

    Returns:
        The ratio, and whether it was limited.
    """
    lowest, highest = 1 / (band.n_forged + 1), float(band.n_real + 1)
    ratio = probability / (1 - probability) if probability < 1 else math.inf
    return min(max(ratio, lowest), highest), not lowest <= ratio <= highest


def in_words(ratio: float) -> str:
    """Name the step of the verbal scale on which a likelihood ratio lies."""
    strength = max(ratio, 1 / ratio)
    if strength < 1.05:
        return _SCALE[0][1]
    words = next(words for upper, words in _SCALE[1:] if strength <= upper)
    return f"{words} for {'P1 over P2' if ratio > 1 else 'P2 over P1'}"


def wilson_interval(rate: float, n: int) -> tuple[float, float]:
    """Compute the 95 % interval of a measured rate, taking observations as independent.

    Source: E. B. Wilson, Probable inference, the law of succession, and statistical inference, JASA 22 (1927).
    """
    z = 1.959964
    middle = (rate + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(rate * (1 - rate) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return max(0.0, middle - half), min(1.0, middle + half)


def _rate(rate: float, n: int) -> str:
    if n == 0:
        return NOT_MEASURED
    low, high = wilson_interval(rate, n)
    return f"{share_text(rate)} (95 % interval {share_text(low)} to {share_text(high)})"


def _figures(card: MethodCard, band: BandCalibration | None) -> Block:
    """Tabulate the card's figures: those at the exhibit's compression if there are any, else all."""
    near = tuple(figure for figure in card.figures if band is not None and figure.level in band.levels)
    chosen = near or card.figures
    if not chosen:
        return Paragraph("Figures of this detector on test data: not measured.")
    rows = tuple(
        (
            figure.data,
            figure.level,
            " ".join(word.upper() if word in _ACRONYMS else word for word in figure.metric.split("_")),
            f"{figure.value:.3f}",
            NOT_MEASURED
            if figure.ci_low is None or figure.ci_high is None
            else f"{figure.ci_low:.3f} to {figure.ci_high:.3f}",
            f"{figure.n_real:,} / {figure.n_forged:,}",
        )
        for figure in chosen[:_MAX_FIGURES]
    )
    if near:
        where = "Measured at the compression band of the exhibit"
    elif band:
        where = "None was measured at the compression band of the exhibit; these were at other levels"
    else:
        where = "Measured at these levels; the card has no band for the exhibit"
    left = len(chosen) - len(rows)
    return Table(
        columns=("Test data", "Level", "Figure", "Value", "95 % interval", "Real / forged"),
        rows=rows,
        widths=(2.6, 1, 1.4, 0.8, 1.5, 1.4),
        note=f"{where}. Taken from the detector's card, where its evaluation wrote them."
        + (f" {left} more are in the attached result." if left else ""),
    )
