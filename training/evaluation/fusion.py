"""A fused score: one logistic regression over what several detectors say, and whether it is worth having."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from forensiclab.core.errors import SettingsError
from training.evaluation.rows import SCORE_COLUMN
from training.statistics.delong import AucDifference, delong
from training.statistics.metrics import auc

FOLDS: Final = 10
LEAST_PER_LABEL: Final = 2
"""Videos of a label at a level, from which an area and its variance are defined."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ScoredVideos:
    """Videos of one set, each at every level that it was scored at."""

    data: str
    """Name of the folder and its split."""
    detectors: tuple[str, ...]
    videos: tuple[str, ...]
    """Of each row, N."""
    levels: tuple[str, ...]
    """Of each row, N."""
    labels: NDArray[np.int64]
    """0 real, 1 forged, shape (N,)."""
    scores: NDArray[np.float64]
    """Raw scores, shape (N, detectors)."""

    def at(self, level: str) -> NDArray[np.bool_]:
        """Return which rows are of a level, shape (N,)."""
        return np.array([own == level for own in self.levels], np.bool_)


@dataclass(frozen=True, slots=True, kw_only=True)
class FusedMetrics:
    """What fusing is worth on one set at one level."""

    data: str
    level: str
    single_aucs: tuple[float, ...]
    """Of every detector alone, over videos."""
    fused_auc: float
    against_best: AucDifference
    """Fused minus the best single detector, by DeLong's test."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fusion:
    """A fused score and its metrics."""

    detectors: tuple[str, ...]
    best: str
    """The detector with the highest mean area over the levels of the set that was fitted on."""
    weights: tuple[float, ...]
    """Of each detector's raw score, standardised, in the log odds."""
    fitted_on: str
    metrics: tuple[FusedMetrics, ...]
    """On the set that was fitted on every video is scored by a regression that has not seen it."""

    @property
    def is_better(self) -> bool:
        """Whether the fused score beats the best single detector on every set: by the mean difference over levels."""
        return all(
            float(np.mean([row.against_best.difference for row in self.metrics if row.data == data])) > 0
            for data in {row.data for row in self.metrics}
        )


def read_scores(path: Path) -> tuple[ScoredVideos, ...]:
    """Read the videos of a file that ``evaluate --rows`` wrote, set by set.

    Videos without a label or without a score are left out: they have failed, and the file says why.

    Raises:
        SettingsError: The file cannot be read, or has scores of fewer than two detectors.
    """
    try:
        with path.open(newline="", encoding="utf-8") as file:
            reader = csv.DictReader(file)
            columns = reader.fieldnames or ()
            rows = [row for row in reader if row.get("status") == "ok" and row.get("label")]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise SettingsError(f"The rows in {path} cannot be read: {error}.") from error
    names = [column.removeprefix(SCORE_COLUMN) for column in columns if column.startswith(SCORE_COLUMN)]
    if len(names) < 2 or not rows:
        raise SettingsError(
            f"{path} has no scores of two detectors or more; write it with 'evaluate --detector A,B --rows FILE'."
        )
    sets: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        sets.setdefault(f"{row['data']}:{row['split']}".rstrip(":"), []).append(row)
    return tuple(
        ScoredVideos(
            data=data,
            detectors=tuple(names),
            videos=tuple("\x1f".join((r["data_set"], r["method"], r["compression"], r["clip"])) for r in own),
            levels=tuple(r["level"] for r in own),
            labels=np.array([int(r["label"]) for r in own], np.int64),
            scores=np.array([[float(r[SCORE_COLUMN + name]) for name in names] for r in own], np.float64),
        )
        for data, own in sets.items()
    )


def fuse(fitted: ScoredVideos, tested: Sequence[ScoredVideos], seed: int = 0) -> Fusion:
    """Fit on one set, all its levels together, and compare with the best single detector there and on other sets.

    On the set itself videos are scored in ten folds, each by a regression on the nine others; a video's levels stay in
    one fold. The regression has the usual ridge penalty of 1 on standardised scores.

    Args:
        fitted: At least ``FOLDS`` videos of each label.
        tested: Scores of the same detectors.
        seed: Of the folds.

    Raises:
        SettingsError: The set is too small.
    """
    if (
        min(len({v for v, label in zip(fitted.videos, fitted.labels, strict=True) if label == k}) for k in (0, 1))
        < FOLDS
    ):
        raise SettingsError(f"{fitted.data} has too few videos: a fusion needs {FOLDS} real and {FOLDS} forged ones.")
    out_of_fold = np.zeros(len(fitted.labels))
    folds = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=seed)
    for seen, unseen in folds.split(fitted.scores, fitted.labels, fitted.videos):
        model = _fit(fitted.scores[seen], fitted.labels[seen])
        out_of_fold[unseen] = model.decision_function(fitted.scores[unseen])
    model = _fit(fitted.scores, fitted.labels)
    best = int(np.argmax(np.mean(list(_single_aucs(fitted).values()), axis=0)))
    metrics = _metrics(fitted, out_of_fold, best)
    for one in tested:
        metrics += _metrics(one, model.decision_function(one.scores), best)
    return Fusion(
        detectors=fitted.detectors,
        best=fitted.detectors[best],
        weights=tuple(float(weight) for weight in model[-1].coef_[0]),
        fitted_on=fitted.data,
        metrics=metrics,
    )


def _fit(scores: NDArray[np.float64], labels: NDArray[np.int64]) -> Pipeline:
    return make_pipeline(StandardScaler(), LogisticRegression(class_weight="balanced")).fit(scores, labels)


def _single_aucs(videos: ScoredVideos) -> dict[str, list[float]]:
    """Map levels to the area of each detector; levels with too few videos of a label are left out."""
    found = {}
    for level in dict.fromkeys(videos.levels):
        rows = videos.at(level)
        labels = videos.labels[rows]
        if np.bincount(labels, minlength=2).min() >= LEAST_PER_LABEL:
            found[level] = [auc(scores, labels) for scores in videos.scores[rows].T]
    return found


def _metrics(videos: ScoredVideos, fused: NDArray[np.float64], best: int) -> tuple[FusedMetrics, ...]:
    rows = []
    for level, singles in _single_aucs(videos).items():
        own = videos.at(level)
        difference = delong(fused[own], videos.scores[own, best], videos.labels[own])
        rows.append(
            FusedMetrics(
                data=videos.data,
                level=level,
                single_aucs=tuple(singles),
                fused_auc=difference.first_auc,
                against_best=difference,
            )
        )
    return tuple(rows)


def fusion_markdown(fusion: Fusion) -> str:
    """Write weights, a table of areas and differences, and a sentence that says what follows."""
    weights = ", ".join(f"{name} {weight:+.2f}" for name, weight in zip(fusion.detectors, fusion.weights, strict=True))
    lines = [
        f"Logistic regression on {fusion.fitted_on}, all levels together; weights of the standardised raw scores: "
        f"{weights}. Best single detector there: {fusion.best}.",
        "",
        f"| set | level | {' | '.join(fusion.detectors)} | fused | fused - {fusion.best} | p |",
        "|---" * (len(fusion.detectors) + 5) + "|",
    ]
    for row in fusion.metrics:
        against = row.against_best
        p_value = "-" if against.p_value is None else f"{against.p_value:.3g}"
        singles = " | ".join(f"{value:.3f}" for value in row.single_aucs)
        lines.append(
            f"| {row.data} | {row.level} | {singles} | {row.fused_auc:.3f} | {against.difference:+.3f} "
            f"[{against.low:+.3f}, {against.high:+.3f}] | {p_value} |"
        )
    verdict = "beats" if fusion.is_better else "does not beat"
    lines += ["", f"The fused score {verdict} the best single detector on every set (mean over the levels).", ""]
    return "\n".join(lines)
