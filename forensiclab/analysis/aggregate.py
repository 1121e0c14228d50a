"""From crops to a track, from tracks to a video: scores, verdicts and the reasons for them."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from forensiclab.analysis.calibrate import ANY_BAND, choose_band
from forensiclab.analysis.events import VideoResult
from forensiclab.core.options import Aggregation
from forensiclab.core.scores import BandCalibration, DetectorScore, Verdict
from forensiclab.core.text import Sentence
from forensiclab.detectors.base import MethodCard


def aggregated(aggregation: Aggregation, raw_scores: Sequence[float]) -> float:
    """Join at least one raw score of a track into one."""
    scores = np.sort(np.asarray(raw_scores, dtype=np.float64))
    if aggregation.kind == "median":
        return float(np.median(scores))
    count = max(1, round(len(scores) * aggregation.percent / 100)) if aggregation.kind == "top" else len(scores)
    return float(scores[-count:].mean())


def score_track(
    card: MethodCard,
    raw_scores: Sequence[float],
    abstained: Sequence[str],
    qp: float | None,
    jpeg_quality: int | None,
    aggregation: Aggregation,
    no_band: str | None = None,
) -> DetectorScore:
    """Sum up what one detector says about one track.

    Args:
        card: The detector's card.
        raw_scores: Of the crops that were scored.
        abstained: The different reasons for which other crops of the track were not scored.
        qp: Median in-face QP of the crops, None if unknown.
        jpeg_quality: Of a JPEG picture, else None.
        aggregation: The rule that makes one score of many.
        no_band: Why no calibration fits, as a sentence, where that is known without a measurement.
    """
    if not raw_scores:
        return DetectorScore(
            detector=card.name,
            raw_score=None,
            probability=None,
            verdict=Verdict.NOT_ASSESSABLE,
            reasons=tuple(Sentence("No crop could be scored: {0}.", reason) for reason in abstained)
            or (Sentence("No crop of the track was scored."),),
            band=None,
            crops_scored=0,
        )
    raw_score = aggregated(aggregation, raw_scores)
    band = choose_band(card, qp, jpeg_quality) if no_band is None else None
    reasons: list[str] = [_basis(raw_score, len(raw_scores), aggregation)]
    if band is None:
        probability, verdict = None, Verdict.INCONCLUSIVE
        reasons.append(no_band or _no_band(card, qp, jpeg_quality))
    else:
        probability = band.probability(raw_score)
        verdict = band.verdict(probability)
        reasons.append(_threshold_reason(verdict, probability, band))
        if band.name == ANY_BAND:
            reasons.append(
                Sentence("The compression could not be measured, so the calibration over all levels was used.")
            )
    reasons += [Sentence("Some crops were left out: {0}.", reason) for reason in abstained]
    return DetectorScore(
        detector=card.name,
        raw_score=raw_score,
        probability=probability,
        verdict=verdict,
        reasons=tuple(reasons),
        band=band.name if band else None,
        crops_scored=len(raw_scores),
        std=float(np.std(raw_scores, ddof=1)) if len(raw_scores) > 1 else None,
    )


def _basis(raw_score: float, count: int, aggregation: Aggregation) -> str:
    names = {"mean": Sentence("Mean"), "median": Sentence("Median")}
    name = names.get(aggregation.kind) or Sentence("Mean of the highest {0} %", aggregation.percent)
    crops = Sentence("one crop") if count == 1 else Sentence("{0} crops", count)
    return Sentence("{0} raw score {1:.3f} over {2}.", name, raw_score, crops)


def _no_band(card: MethodCard, qp: float | None, jpeg_quality: int | None) -> str:
    if not card.calibration:
        return Sentence("The detector '{0}' has no calibration, so its raw score supports no verdict.", card.name)
    measured = Sentence("QP {0:.0f}", qp) if qp is not None else Sentence("JPEG quality {0}", jpeg_quality)
    return Sentence("The detector '{0}' has no calibration for the measured compression ({1}).", card.name, measured)


def _threshold_reason(verdict: Verdict, probability: float, band: BandCalibration) -> str:
    is_any = band.name == ANY_BAND
    where = Sentence("over all levels") if is_any else Sentence("at this compression (band '{0}')", band.name)
    if verdict is Verdict.SUPPORTS_MANIPULATION:
        reached = Sentence(
            "Probability {0:.3f} is at or above {1:.3f}; {2} {3:.1f} % of {4} real crops reach that, too."
        )
        return reached.filled(probability, band.manipulation_threshold, where, 100 * band.false_alarm_rate, band.n_real)
    if verdict is Verdict.SUPPORTS_AUTHENTICITY:
        below = Sentence(
            "Probability {0:.3f} is at or below {1:.3f}; {2} {3:.1f} % of {4} forged crops stay below it, too."
        )
        return below.filled(probability, band.authenticity_threshold, where, 100 * band.miss_rate, band.n_forged)
    between = Sentence("Probability {0:.3f} lies between the thresholds {1:.3f} and {2:.3f} {3}.")
    return between.filled(probability, band.authenticity_threshold, band.manipulation_threshold, where)


def score_video(detector: str, tracks: Sequence[tuple[int, DetectorScore]]) -> DetectorScore:
    """Sum up what one detector says about the video: its answer for the track with the highest score.

    Tracks are ranked by probability where all of the assessable ones have one (they may lie in different bands), else
    by raw score.

    Args:
        detector: Its name.
        tracks: (track id, score) of every track.
    """
    assessable = [(track_id, score) for track_id, score in tracks if score.raw_score is not None]
    if not assessable:
        reasons = tuple(dict.fromkeys(reason for _, score in tracks for reason in score.reasons))
        return DetectorScore(
            detector=detector,
            raw_score=None,
            probability=None,
            verdict=Verdict.NOT_ASSESSABLE,
            reasons=reasons or (Sentence("No face was found."),),
            band=None,
            crops_scored=0,
        )
    by_probability = all(score.probability is not None for _, score in assessable)
    track_id, highest = max(
        assessable, key=lambda entry: (entry[1].probability if by_probability else entry[1].raw_score) or 0.0
    )
    reasons = highest.reasons
    if len(assessable) > 1:
        reasons = (
            Sentence(
                "Track {0} has the highest score of {1} tracks; with more faces a high score by chance becomes more "
                "likely.",
                track_id,
                len(assessable),
            ),
            *reasons,
        )
    return replace(highest, reasons=reasons, crops_scored=sum(score.crops_scored for _, score in assessable))


def judge(scores: Sequence[DetectorScore]) -> VideoResult:
    """Judge a video by what each detector says about it.

    A conflict is shown, not averaged away: if one detector supports manipulation and another authenticity, the verdict
    is inconclusive. Otherwise something is supported if at least half of the detectors with a calibrated probability
    support it: with many detectors, one of them reaching its threshold by chance is to be expected.
    """
    verdict, reasons = _judged(scores)
    supported = {score.verdict for score in scores}
    conflict = {Verdict.SUPPORTS_MANIPULATION, Verdict.SUPPORTS_AUTHENTICITY} <= supported
    return VideoResult(verdict=verdict, reasons=reasons, scores=tuple(scores), conflict=conflict)


def _judged(scores: Sequence[DetectorScore]) -> tuple[Verdict, tuple[str, ...]]:
    by_verdict = {verdict: [s.detector for s in scores if s.verdict is verdict] for verdict in Verdict}
    forged, real = by_verdict[Verdict.SUPPORTS_MANIPULATION], by_verdict[Verdict.SUPPORTS_AUTHENTICITY]
    reasons: tuple[str, ...] = tuple(
        Sentence("{0}: {1}.", ", ".join(names), verdict.words)
        for verdict, names in by_verdict.items()
        if names and len(scores) > 1
    )
    if len(scores) == 1:
        reasons = scores[0].reasons
    if forged and real:
        return Verdict.INCONCLUSIVE, (Sentence("The detectors contradict each other."), *reasons)
    calibrated = sum(score.probability is not None for score in scores)
    for verdict, names in ((Verdict.SUPPORTS_MANIPULATION, forged), (Verdict.SUPPORTS_AUTHENTICITY, real)):
        if names and 2 * len(names) >= calibrated:
            return verdict, reasons
    if forged or real:
        too_few = Sentence("Fewer than half of the calibrated detectors support a verdict.")
        return Verdict.INCONCLUSIVE, (too_few, *reasons)
    if by_verdict[Verdict.INCONCLUSIVE]:
        return Verdict.INCONCLUSIVE, reasons
    return Verdict.NOT_ASSESSABLE, reasons or (Sentence("No detector was run."),)
