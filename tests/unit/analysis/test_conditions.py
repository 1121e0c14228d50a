import pytest

from forensiclab.analysis.conditions import reasons_to_abstain
from forensiclab.core.records import FaceQuality
from forensiclab.core.scores import ValidatedConditions

BOUNDS = ValidatedConditions(min_face_px=60, min_sharpness=10, max_abs_yaw_deg=45, max_abs_pitch_deg=30, max_qp=42)


def quality(**changes) -> FaceQuality:
    fields = {"size_px": 100, "sharpness": 50, "yaw_deg": 0, "pitch_deg": 0, "roll_deg": 0, "qp_mean": 30}
    return FaceQuality(**(fields | changes))


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"size_px": 59}, "smaller than 60 px"),
        ({"sharpness": 9}, "blurred"),
        ({"yaw_deg": -46}, "turned"),
        ({"pitch_deg": 31}, "tilted"),
        ({"qp_mean": 43}, "compressed more strongly than QP 42"),
    ],
)
def test_one_reason_each(change, word):
    (reason,) = reasons_to_abstain(BOUNDS, quality(**change))
    assert word in reason


def test_within_bounds_and_at_them():
    assert reasons_to_abstain(BOUNDS, quality()) == ()
    assert reasons_to_abstain(BOUNDS, quality(size_px=60, sharpness=10, yaw_deg=45, pitch_deg=-30, qp_mean=42)) == ()


def test_what_was_not_measured_is_no_reason():
    assert reasons_to_abstain(BOUNDS, quality(yaw_deg=None, pitch_deg=None, qp_mean=None)) == ()
    assert reasons_to_abstain(ValidatedConditions(), quality(size_px=1)) == ()


def test_all_reasons_are_given():
    assert len(reasons_to_abstain(BOUNDS, quality(size_px=1, sharpness=1, qp_mean=51))) == 3
