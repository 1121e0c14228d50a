"""Two exhibits compared, line by line: what each is, and what every detector says of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QCoreApplication

from forensiclab.core.notation import probability_text, score_text, time_text
from forensiclab.core.scores import DetectorScore
from forensiclab.gui.state.session import Session
from forensiclab.gui.text.wording import codec_text, short_size_text, verdict_text

_tr = QCoreApplication.translate

NOTHING = "–"


@dataclass(frozen=True, slots=True, kw_only=True)
class PairRow:
    """One line of the comparison."""

    what: str
    left: str
    right: str
    difference: str = ""
    """In words or numbers; empty where there is none."""
    is_finding: bool = False
    """Whether it is about what was found, not about what the file is."""

    @property
    def differs(self) -> bool:
        return bool(self.difference)


def pair_rows(left: Session, right: Session) -> tuple[PairRow, ...]:
    """Return the lines of two exhibits: verdict, detectors (those of either), then what the files are."""
    return (
        replace(_plain(_tr("pair", "Verdict"), _verdict(left), _verdict(right)), is_finding=True),
        *_score_rows(left, right),
        *(_plain(what, one, other) for what, one, other in _facts(left, right)),
    )


def _verdict(session: Session) -> str:
    return verdict_text(session.report.video.verdict) if session.report else verdict_text(None)


def _plain(what: str, left: str, right: str) -> PairRow:
    is_known = NOTHING not in (left, right)
    difference = _tr("pair", "differs") if left != right and is_known else ""
    return PairRow(what=what, left=left, right=right, difference=difference)


def _score_rows(left: Session, right: Session) -> list[PairRow]:
    scores = [
        {score.detector: score for score in session.report.video.scores} if session.report else {}
        for session in (left, right)
    ]
    rows = []
    for name in dict.fromkeys([*scores[0], *scores[1]]):
        one, other = scores[0].get(name), scores[1].get(name)
        parts = []
        if one is not None and other is not None:
            if score_text(one.raw_score) != score_text(other.raw_score):
                known = one.raw_score is not None and other.raw_score is not None
                step = score_text((other.raw_score or 0.0) - (one.raw_score or 0.0)) if known else NOTHING
                parts.append(_tr("pair", "raw score {0}").format(step))
            if one.verdict is not other.verdict:
                parts.append(_tr("pair", "a different verdict"))
            if one.band != other.band:
                parts.append(_tr("pair", "a different compression band"))
        rows.append(
            PairRow(what=name, left=_score(one), right=_score(other), difference=", ".join(parts), is_finding=True)
        )
    return rows


def _score(score: DetectorScore | None) -> str:
    if score is None:
        return NOTHING
    parts = [score_text(score.raw_score)]
    if score.probability is not None:
        parts.append(_tr("pair", "probability {0}").format(probability_text(score.probability)))
    return " · ".join([*parts, verdict_text(score.verdict)])


def _facts(left: Session, right: Session) -> list[tuple[str, str, str]]:
    names = (
        _tr("pair", "SHA-256"),
        _tr("pair", "Size"),
        _tr("pair", "Duration"),
        _tr("pair", "Picture"),
        _tr("pair", "Codec"),
        _tr("pair", "Frames per second"),
        _tr("pair", "Mean QP"),
        _tr("pair", "Tracks"),
        _tr("pair", "Crops scored"),
    )
    return list(zip(names, _fact_values(left), _fact_values(right), strict=True))


def _crops(scores: Sequence[DetectorScore]) -> str:
    """Return how many crops each detector scored: one number, or the least and the most."""
    counts = {score.crops_scored for score in scores} or {0}
    return " – ".join(map(str, sorted({min(counts), max(counts)})))


def _fact_values(session: Session) -> tuple[str, ...]:
    exhibit, stream, report = session.exhibit, session.stream, session.report
    has_rate = stream is not None and stream.average_frame_rate is not None
    return (
        f"{exhibit.sha256[:16]}…" if exhibit else NOTHING,
        short_size_text(exhibit.size_bytes) if exhibit else NOTHING,
        time_text(stream.duration_s) if stream and stream.duration_s else NOTHING,
        f"{stream.width_px} × {stream.height_px} px" if stream else NOTHING,
        codec_text(stream, session.path) if stream else NOTHING,
        f"{stream.average_frame_rate:.5g}" if stream and has_rate else NOTHING,
        f"{report.coding.qp_mean:.1f}" if report and report.coding.qp_mean is not None else NOTHING,
        str(len(report.tracks)) if report else NOTHING,
        _crops(report.video.scores) if report else NOTHING,
    )
