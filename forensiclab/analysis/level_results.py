"""From the scores of single faces at every level to tracks, to the video, and to flip points."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from forensiclab.analysis.aggregate import Aggregation, judge, score_video
from forensiclab.analysis.face_patch import MAX_PIXELS
from forensiclab.analysis.rescoring import score_at
from forensiclab.analysis.robustness import FlipPoint, LevelResult, SweptScore, SweptTrack, TrackAtLevel, flip_point
from forensiclab.core.compression import CompressionLevel
from forensiclab.core.scores import DetectorScore, Verdict
from forensiclab.core.text import Sentence
from forensiclab.detectors.base import MethodCard

TOO_LARGE = Sentence("with its surroundings the face has more than {0} million pixels", MAX_PIXELS // 1_000_000)

_MEAN = Aggregation("mean")


@dataclass(frozen=True, slots=True, kw_only=True)
class CropAnswer:
    """What one detector says about one face at one level."""

    raw_score: float | None
    reason: str | None
    """Why there is no score; None where there is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceAtLevel:
    """What came of one face at one level."""

    qp: float | None
    answers: tuple[CropAnswer, ...]
    """One per detector."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DoneTrack:
    """A track whose faces are scored."""

    track: SweptTrack
    faces: tuple[tuple[FaceAtLevel, ...], ...]
    """Of each face, what came of it at each level."""
    has_too_large: bool
    """Whether some of its faces were too large to be compressed anew."""


def level_results(
    cards: Sequence[MethodCard],
    levels: Sequence[CompressionLevel],
    tracks: Sequence[DoneTrack],
    jpeg_quality: int | None,
) -> tuple[LevelResult, ...]:
    """What the detectors say about tracks and video at every level, by the calibrations that fit each.

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
    video = tuple(
        _of_video(card.name, [(track.track_id, track.scores[number]) for track in at_level])
        for number, card in enumerate(cards)
    )
    verdict, reasons, conflict = judge([one.score for one in video])
    return LevelResult(level=level, tracks=at_level, scores=video, verdict=verdict, reasons=reasons, conflict=conflict)


def _track_at(
    cards: Sequence[MethodCard], level: CompressionLevel, place: int, done: DoneTrack, jpeg_quality: int | None
) -> TrackAtLevel:
    faces = [face[place] for face in done.faces]
    measured = [face.qp for face in faces if face.qp is not None]
    qp = float(np.median(measured)) if measured else None
    scores = []
    for number, card in enumerate(cards):
        answers = [face.answers[number] for face in faces]
        raw_scores = [answer.raw_score for answer in answers if answer.raw_score is not None]
        reasons = [TOO_LARGE] * done.has_too_large + [answer.reason for answer in answers if answer.reason is not None]
        score = score_at(card, raw_scores, tuple(dict.fromkeys(reasons)), qp, level, jpeg_quality, _MEAN)
        std = float(np.std(raw_scores, ddof=1)) if len(raw_scores) > 1 else None
        scores.append(SweptScore(score=score, std=std))
    return TrackAtLevel(track_id=done.track.track_id, median_qp=qp, scores=tuple(scores))


def _of_video(detector: str, tracks: Sequence[tuple[int, SweptScore]]) -> SweptScore:
    """The answer for the track with the highest score, as in an analysis, with that track's spread."""
    video = score_video(detector, [(track_id, swept.score) for track_id, swept in tracks])
    spread = next((swept.std for _, swept in tracks if _is_the_same(swept.score, video)), None)
    return SweptScore(score=video, std=spread)


def _is_the_same(track: DetectorScore, video: DetectorScore) -> bool:
    return (track.raw_score, track.probability, track.band) == (video.raw_score, video.probability, video.band)


def flip_points(detectors: Sequence[str], levels: Sequence[LevelResult]) -> tuple[FlipPoint, ...]:
    """Where verdicts change for good: of the video together and by detector, then of each track by detector.

    Levels for which a detector has no calibration are passed over: there it says nothing that could be compared.
    """
    return tuple(_flips(detectors, levels))


def _flips(detectors: Sequence[str], levels: Sequence[LevelResult]) -> Iterator[FlipPoint]:
    together = [
        (result.level, result.verdict) for result in levels if any(_is_answer(one.score) for one in result.scores)
    ]
    yield _flip(None, None, together, levels)
    for number, name in enumerate(detectors):
        of_video = [(result.level, result.scores[number].score) for result in levels]
        yield _flip(name, None, _answers(of_video), levels)
    for place, track in enumerate(levels[0].tracks):
        for number, name in enumerate(detectors):
            of_track = [(result.level, result.tracks[place].scores[number].score) for result in levels]
            yield _flip(name, track.track_id, _answers(of_track), levels)


def _answers(
    scores: Sequence[tuple[CompressionLevel, DetectorScore]],
) -> list[tuple[CompressionLevel, Verdict]]:
    return [(level, score.verdict) for level, score in scores if _is_answer(score)]


def _is_answer(score: DetectorScore) -> bool:
    """Whether a verdict says something: by a calibrated probability, or that nothing can be assessed."""
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
