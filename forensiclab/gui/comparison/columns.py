"""What the comparison says about each detector, and in which order: without widgets."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Protocol

from forensiclab.core.scores import BandCalibration, DetectorScore
from forensiclab.detectors.base import MethodCard
from forensiclab.gui.state.session import Session


class SortOrder(Enum):
    """How the columns are sorted; those of equal rank stay as in the analysis."""

    ANALYSIS = auto()
    NAME = auto()
    RAW_SCORE = auto()
    """Highest first; not to be compared between detectors of different scales."""
    PROBABILITY = auto()
    """Highest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectorColumn:
    """One detector."""

    name: str
    score: DetectorScore | None
    """About the track or the video that is compared; None before it was judged."""
    band: BandCalibration | None
    """The calibration that was used, from the detector's card; None without one, or while the card is not known."""
    crops_so_far: int
    """Crops that were scored, of a track that has not ended."""
    flip_point: str
    """Empty while it is not measured."""
    ran_on: str
    """Device and precision; empty before the analysis has ended."""
    is_shown: bool
    """Whether it is among the detectors that the window shows."""


class Cards(Protocol):
    """Where the cards of detectors are found."""

    def card(self, name: str, session: Session) -> MethodCard | None:
        """Return the card of a detector of an exhibit; None where it is not known."""
        ...


def scores_of(session: Session, track_id: int | None) -> tuple[DetectorScore, ...]:
    """Return what every detector says about a track, or about the whole video (None); empty before it was judged."""
    if track_id is None:
        return session.report.video.scores if session.report is not None else ()
    track = session.tracks.get(track_id)
    return track.result.scores if track is not None and track.result is not None else ()


def columns_of(
    session: Session,
    track_id: int | None,
    shown: frozenset[str] | None,
    flip_points: Mapping[str, str],
    order: SortOrder,
    cards: Cards,
) -> list[DetectorColumn]:
    """Return a column for every detector of an exhibit; those that are not shown come last.

    Args:
        session: The exhibit.
        track_id: The track that is compared, None = the whole video.
        shown: Names of the detectors that are shown, None = all.
        flip_points: By detector, in words.
        order: Of the columns.
        cards: For thresholds and their error rates.
    """
    by_name = {score.detector: score for score in scores_of(session, track_id)}
    curves = session.tracks[track_id].curves if track_id in session.tracks else {}
    records = session.report.method.detectors if session.report is not None else ()
    ran_on = {record.card.name: f"{record.device} · {record.precision}" for record in records}
    names = list(dict.fromkeys([*session.detectors, *by_name]))
    columns = [
        DetectorColumn(
            name=name,
            score=by_name.get(name),
            band=_band(by_name.get(name), cards.card(name, session)),
            crops_so_far=len(curves.get(name, ())),
            flip_point=flip_points.get(name, ""),
            ran_on=ran_on.get(name, ""),
            is_shown=shown is None or name in shown,
        )
        for name in names
    ]
    match order:
        case SortOrder.NAME:
            columns.sort(key=lambda column: column.name.casefold())
        case SortOrder.RAW_SCORE:
            columns.sort(key=lambda column: _falling(column.score.raw_score if column.score else None))
        case SortOrder.PROBABILITY:
            columns.sort(key=lambda column: _falling(column.score.probability if column.score else None))
    return sorted(columns, key=lambda column: not column.is_shown)


def _band(score: DetectorScore | None, card: MethodCard | None) -> BandCalibration | None:
    if score is None or card is None or score.band is None:
        return None
    return next((band for band in card.calibration if band.name == score.band), None)


def _falling(value: float | None) -> tuple[bool, float]:
    """Sort the highest value first, and what has none last."""
    return value is None, -(value or 0.0)
