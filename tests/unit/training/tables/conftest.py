"""Evaluation records with given fields."""

from collections.abc import Callable

import pytest

from training.evaluation.records import ACC, FRAME_AUC, Environment, EvaluationRecord, Metric


def make_metric(value: float, name: str = FRAME_AUC, half: float | None = 0.02) -> Metric:
    low, high = (None, None) if half is None else (value - half, value + half)
    return Metric(name=name, value=value, low=low, high=high)


@pytest.fixture
def make_record() -> Callable[..., EvaluationRecord]:
    """Makes the record of a run on FaceForensics++ as the tables of tcnsc ask for it; values are shares."""

    def make(acc: float = 0.9, auc: float = 0.95, **fields: object) -> EvaluationRecord:
        plain: dict[str, object] = {
            "detector": "run_1",
            "method": "tcnsc",
            "weights_sha256": "ab" * 32,
            "recipe": "paper",
            "changes": (),
            "seed": 1,
            "backbone": None,
            "train_data": ("ffpp",),
            "train_methods": ("Deepfakes",),
            "train_levels": ("clean", "jpeg:20"),
            "train_data_hash": "f0" * 32,
            "test_data": "ffpp",
            "split": "test",
            "level": "jpeg:50",
            "manipulation": "Deepfakes",
            "metrics": (make_metric(acc, ACC), make_metric(auc)),
            "n_real": 140,
            "n_forged": 130,
            "n_videos": 270,
            "coverage": 1.0,
            "data_hash": "cd" * 32,
            "run_commit": "1234567890abcdef",
            "code_commit": "fedcba0987654321+",
            "environment": Environment(
                python="3.11.9", torch="2.9.0", numpy="2.1.0", hardware="cpu (OpenVINO)", precision="float32"
            ),
            "command": "python -m training evaluate",
            "date": "2026-11-20T10:00:00+00:00",
        }
        return EvaluationRecord(**(plain | fields))

    return make
