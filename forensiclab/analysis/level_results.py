"""From the scores of single faces at every level to tracks, to the video, and to flip points."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from forensiclab.analysis.aggregate import judge, score_track, score_video
from forensiclab.analysis.face_patch import MAX_PIXELS
from forensiclab.analysis.robustness import FlipPoint, LevelResult, SweptTrack, TrackAtLevel, flip_point
from forensiclab.core.compression import Codec, CompressionLevel
from forensiclab.core.options import Aggregation
from forensiclab.core.scores import DetectorScore, Verdict
from forensiclab.core.text import Sentence
from forensiclab.detectors.base import MethodCard

TOO_LARGE = Sentence("with its surroundings the face has more than {0} million pixels", MAX_PIXELS // 1_000_000)

_NOT_CALIBRATED = Sentence(
    "No calibration was fitted on {0} compression, so the raw score supports no verdict at this level."
)

_MEAN = Aggregation("mean")


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceAtLevel:
    """What came of one face at one level."""

    qp: float | None
    answers: tuple[float | str, ...]
    """Of each detector its raw score, or why there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DoneTrack:
    """A track whose faces are scored."""

    track: SweptTrack
    faces: tuple[tuple[FaceAtLevel, ...], ...]
    """Of each face, what came of it at each level."""
    has_too_large: bool
    """Whether some of its faces were too large to be recompressed."""


def level_results(
    cards: Sequence[MethodCard],
    levels: Sequence[CompressionLevel],
    tracks: Sequence[DoneTrack],
    jpeg_quality: int | None,
) -> tuple[LevelResult, ...]:
    """Sum up what the detectors say about tracks and video at every level, by the calibrations that fit each.

    Args:
        cards: Of the detectors, in the order of the answers.
        levels: In the order of the faces' answers.
        tracks: All of them.
        jpeg_quality: Of the exhibit where it is a JPEG picture.
    """
    return tuple(_level_result(cards, level, place, tracks, jpeg_quality) for place, level in enumerate(levels))


def _level_result(
    cards: Sequence[MethodCard],
    level: CompressionLevel,
    place: int,
    tracks: Sequence[DoneTrack],
    jpeg_quality: int | None,
) -> LevelResult:
    at_level = tuple(_track_at(cards, level, place, done, jpeg_quality) for done in tracks)
    scores = [
        score_video(card.name, [(track.track_id, track.scores[number]) for track in at_level])
        for number, card in enumerate(cards)
    ]
    return LevelResult(level=level, tracks=at_level, video=judge(scores))


def _track_at(
    cards: Sequence[MethodCard], level: CompressionLevel, place: int, done: DoneTrack, jpeg_quality: int | None
) -> TrackAtLevel:
    faces = [face[place] for face in done.faces]
    measured = [face.qp for face in faces if face.qp is not None]
    qp = float(np.median(measured)) if measured else None
    scores = []
    for number, card in enumerate(cards):
        answers = [face.answers[number] for face in faces]
        raw_scores = [answer for answer in answers if isinstance(answer, float)]
        reasons = [TOO_LARGE] * done.has_too_large + [answer for answer in answers if isinstance(answer, str)]
        scores.append(score_at(card, raw_scores, tuple(dict.fromkeys(reasons)), qp, level, jpeg_quality, _MEAN))
    return TrackAtLevel(track_id=done.track.track_id, median_qp=qp, scores=tuple(scores))


def score_at(
    card: MethodCard,
    raw_scores: Sequence[float],
    abstained: Sequence[str],
    qp: float | None,
    level: CompressionLevel,
    jpeg_quality: int | None,
    aggregation: Aggregation,
) -> DetectorScore:
    """What one detector says about crops at a level, by the calibration that fits what was measured there.

    Args:
        card: The detector's card.
        raw_scores: Of the crops that were scored.
        abstained: The different reasons for which other crops were not scored.
        qp: Median QP under the face at that level, None where it is not known.
        level: The level.
        jpeg_quality: Of the exhibit where it is a JPEG picture, else None.
        aggregation: The rule that makes one score of many.
    """
    quality = {Codec.CLEAN: jpeg_quality, Codec.JPEG: level.value}.get(level.codec)
    facts = level.codec.facts
    no_band = None if facts.is_calibrated else _NOT_CALIBRATED.filled(facts.title)
    return score_track(card, raw_scores, abstained, qp, quality, aggregation, no_band)


def flip_points(detectors: Sequence[str], levels: Sequence[LevelResult]) -> tuple[FlipPoint, ...]:
    """Find where verdicts change for good: of the video together and by detector, then of each track by detector.

    Levels for which a detector has no calibration are passed over: there it says nothing that could be compared.
    """
    return tuple(_flips(detectors, levels))


def _flips(detectors: Sequence[str], levels: Sequence[LevelResult]) -> Iterator[FlipPoint]:
    together = [(result.level, result.video.verdict) for result in levels if any(map(_is_answer, result.video.scores))]
    yield _flip(None, None, together, levels)
    for number, name in enumerate(detectors):
        of_video = [(result.level, result.video.scores[number]) for result in levels]
        yield _flip(name, None, _answers(of_video), levels)
    for place, track in enumerate(levels[0].tracks):
        for number, name in enumerate(detectors):
            of_track = [(result.level, result.tracks[place].scores[number]) for result in levels]
            yield _flip(name, track.track_id, _answers(of_track), levels)


def _answers(
    scores: Sequence[tuple[CompressionLevel, DetectorScore]],
) -> list[tuple[CompressionLevel, Verdict]]:
    return [(level, score.verdict) for level, score in scores if _is_answer(score)]


def _is_answer(score: DetectorScore) -> bool:
    """Say whether a verdict means something: by a calibrated probability, or that nothing can be assessed."""
    return score.probability is not None or score.raw_score is None


def _flip(
    detector: str | None,
    track_id: int | None,
    answers: Sequence[tuple[CompressionLevel, Verdict]],
    levels: Sequence[LevelResult],
) -> FlipPoint:
    verdicts = dict(answers)
    level = flip_point(list(verdicts), list(verdicts.values()))
    return FlipPoint(
        detector=detector,
        track_id=track_id,
        level=level,
        is_known=levels[0].level in verdicts and (len(verdicts) > 1 or len(levels) == 1),
        before=verdicts.get(levels[0].level, Verdict.INCONCLUSIVE),
        after=None if level is None else verdicts[level],
    )
