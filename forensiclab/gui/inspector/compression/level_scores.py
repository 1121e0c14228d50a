"""What is known about one face along the levels of one codec: curves, flip points, how much is still to come."""

from collections.abc import Iterator, Mapping, Sequence

from PySide6.QtCore import QCoreApplication

from forensiclab.analysis.robustness import LEVELS, flip_point
from forensiclab.core.compression import CLEAN, Codec, CompressionLevel
from forensiclab.core.scores import DetectorScore
from forensiclab.gui.inspector.compression.level_axis import (
    coarse_to_fine,
    level_at,
    level_text,
    position_of,
    setting_text,
    strongest_at,
)
from forensiclab.gui.inspector.request_runner import RequestRunner
from forensiclab.gui.text.wording import verdict_text
from forensiclab.inspection.requests import LevelScore, ScoreRequest

_tr = QCoreApplication.translate


class LevelScores:
    """Scores of a face by level and detector."""

    def __init__(self, codec: Codec, detectors: Sequence[str]) -> None:
        """Begin with nothing known.

        Args:
            codec: Whose levels count, beside the face as it is.
            detectors: Names, those whose scores are wanted first at the beginning.
        """
        self.codec = codec
        self.detectors = tuple(detectors)
        self.curve_levels = coarse_to_fine(sorted(LEVELS[codec], key=position_of))
        """Those that a complete curve has, in the order in which they are worth knowing."""
        self._scores: dict[tuple[CompressionLevel, str], LevelScore] = {}

    def take_known(self, requests: RequestRunner) -> None:
        """Take in what was scored before."""
        levels = [CLEAN, *(level_at(self.codec, at) for at in range(strongest_at(self.codec) + 1))]
        for level in levels:
            for name in self.detectors:
                score = requests.score(level, name)
                if score is not None:
                    self._scores[(level, name)] = score

    def add(self, score: LevelScore) -> None:
        """Take in a score, unless it is one of another codec or detector."""
        if score.level.codec in (self.codec, Codec.CLEAN) and score.score.detector in self.detectors:
            self._scores[(score.level, score.score.detector)] = score

    def at(self, level: CompressionLevel, detector: str) -> DetectorScore | None:
        """Return what a detector says at a level, None where it is not known."""
        known = self._scores.get((level, detector))
        return known.score if known is not None else None

    def all(self) -> list[LevelScore]:
        """Return all known scores."""
        return list(self._scores.values())

    def of(self, detector: str) -> list[LevelScore]:
        """Return what a detector says, by strength; the face as it is comes first."""
        own = [one for one in self._scores.values() if one.score.detector == detector]
        return sorted(own, key=lambda score: position_of(score.level))

    def requests(self, level: CompressionLevel, *, with_curves: bool) -> Iterator[ScoreRequest]:
        """Return what to ask for: a level first, then the curves, coarse before fine."""
        for wanted in (level, *(self.curve_levels if with_curves else ())):
            for name in self.detectors:
                yield ScoreRequest(wanted, name)

    def is_complete(self, detector: str) -> bool:
        """Return whether a detector's curve has all its levels."""
        return all((level, detector) in self._scores for level in self.curve_levels)

    def progress(self, detectors: Sequence[str]) -> tuple[int, int]:
        """Return how many scores of these detectors' curves are known, and how many there will be."""
        known = sum((level, name) in self._scores for level in self.curve_levels for name in detectors)
        return known, len(self.curve_levels) * len(detectors)

    def flip(self, detector: str) -> CompressionLevel | None:
        """Return where a detector's verdict flips; None where it does not, or the curve is incomplete."""
        if not self.is_complete(detector):
            return None
        scores = self.of(detector)
        return flip_point([one.level for one in scores], [one.score.verdict for one in scores])

    def flip_points(self) -> Mapping[str, str]:
        """Return where verdicts flip, in words that name the codec, by detector; without incomplete curves."""
        flips = {name: self.flip(name) for name in self.detectors if self.is_complete(name)}
        none = _tr("levels", "none ({0})").format(self.codec.facts.title)
        return {name: none if flip is None else level_text(flip) for name, flip in flips.items()}

    def flip_words(self, detector: str) -> tuple[str, str]:
        """Return a detector's flip point for a table, and what it means."""
        if not self.is_complete(detector):
            return "…", _tr("levels", "Known when the curve is complete")
        flip, clean = self.flip(detector), self.at(CLEAN, detector)
        at_flip = self.at(flip, detector) if flip is not None else None
        if flip is None or at_flip is None or clean is None:
            return _tr("levels", "none"), _tr("levels", "The verdict does not change permanently at any level.")
        text = _tr("levels", "From {0} on, the verdict is no longer “{1}” but “{2}”.")
        return setting_text(flip), text.format(
            level_text(flip), verdict_text(clean.verdict), verdict_text(at_flip.verdict)
        )
