"""Whether one score out of several is worth having, on scores of which it is known."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from forensiclab.core.errors import SettingsError
from training.__main__ import main
from training.evaluation.fusion import fuse, read_scores
from training.evaluation.measure import VideoKey
from training.evaluation.rows import VideoRow, write_rows

LEVELS = ("clean", "crf:40")


@pytest.fixture
def rows_file(tmp_path: Path) -> Callable[..., Path]:
    """Writes rows of two sets, "own" (split val) and "other", 60 real and 60 forged videos each.

    A detector's score is the label times its strength on that set, and noise of its own, or one that all share.
    """

    def write(strengths: dict[str, tuple[float, ...]], *, shared_noise: bool = False, videos: int = 120) -> Path:
        rng = np.random.default_rng(5)
        names = [f"d{number}" for number in range(len(strengths["own"]))]
        rows = []
        for data, of_detectors in strengths.items():
            for video in range(videos):
                label = video % 2
                for level in LEVELS:
                    noise = rng.normal(size=len(names))
                    if shared_noise:
                        noise[:] = noise[0]
                    rows.append(
                        VideoRow(
                            data=data,
                            split="val" if data == "own" else None,
                            level=level,
                            video=VideoKey(data, "", "", f"{video:03}"),
                            label=label,
                            n_ok=1,
                            n_failed=0,
                            scores=tuple(label * strength + n for strength, n in zip(of_detectors, noise, strict=True)),
                            status="ok",
                            reason="",
                        )
                    )
        path = tmp_path / "rows.csv"
        write_rows(rows, names, path)
        return path

    return write


def test_detectors_that_err_independently_are_better_together(rows_file: Callable[..., Path]) -> None:
    own, other = read_scores(rows_file({"own": (1.0, 1.2, 0.9), "other": (1.0, 1.2, 0.9)}))
    assert (own.data, other.data) == ("own:val", "other")
    assert own.scores.shape == (240, 3)
    found = fuse(own, [other])
    assert (found.best, found.fitted_on, found.is_better) == ("d1", "own:val", True)
    assert [(row.data, row.level) for row in found.metrics] == [
        (data, level) for data in ("own:val", "other") for level in LEVELS
    ]
    for row in found.metrics:
        assert row.fused_auc > max(row.single_aucs)
        assert row.against_best.difference == pytest.approx(row.fused_auc - row.single_aucs[1])
    assert all(weight > 0 for weight in found.weights)


def test_what_carries_over_to_no_other_set_is_not_better(rows_file: Callable[..., Path]) -> None:
    own, other = read_scores(rows_file({"own": (1.0, 1.2), "other": (-1.0, 1.0)}))
    found = fuse(own, [other])
    assert np.mean([row.against_best.difference for row in found.metrics if row.data == "own:val"]) > 0
    assert not found.is_better, "one detector means the opposite on the other set"


def test_videos_are_scored_by_a_regression_that_has_not_seen_them(rows_file: Callable[..., Path]) -> None:
    (own,) = read_scores(rows_file({"own": (0.0,) * 30}, videos=24))
    assert all(0.2 < row.fused_auc < 0.8 for row in fuse(own, []).metrics), "thirty detectors fit noise by heart"
    in_sample = np.linalg.lstsq(own.scores, own.labels - 0.5, rcond=None)[0]
    assert ((own.scores @ in_sample > 0) == own.labels).mean() > 0.8, "and would pass for good if they were asked again"


def test_the_command_prints_the_table_and_what_follows(rows_file: Callable[..., Path], capsys) -> None:
    path = rows_file({"own": (1.0, 1.2), "other": (1.0, 1.2)})
    assert main(["fuse", str(path), "--fit", "own:val"]) == 0
    said = capsys.readouterr().out
    assert "| own:val | clean | 0." in said
    assert "| other | crf:40 | 0." in said
    assert "The fused score beats the best single detector on every set" in said
    assert main(["fuse", str(path), "--fit", "third"]) == 1
    assert "has no set 'third'; it has own:val, other" in capsys.readouterr().err


def test_what_cannot_be_fused_is_said(rows_file: Callable[..., Path], tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="two detectors or more"):
        read_scores(rows_file({"own": (1.0,)}))
    with pytest.raises(SettingsError, match="cannot be read"):
        read_scores(tmp_path / "nothing.csv")
    (own,) = read_scores(rows_file({"own": (1.0, 1.0)}, videos=12))
    with pytest.raises(SettingsError, match="too few videos"):
        fuse(own, [])
