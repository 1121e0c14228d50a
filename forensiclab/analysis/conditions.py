"""Whether a face lies within the conditions that a detector was measured under."""

from forensiclab.core.records import FaceQuality
from forensiclab.core.scores import ValidatedConditions
from forensiclab.core.text import Sentence


def reasons_to_abstain(conditions: ValidatedConditions, quality: FaceQuality) -> tuple[str, ...]:
    """Say why a detector must not judge this face; empty if it may.

    A fact that was not measured (a pose without landmarks, a QP that the codec does not give) is not a reason: only
    what is known to lie outside makes a detector abstain. The texts hold bounds, not measurements, so that equal
    reasons of neighbouring frames can be merged.
    """
    checks = (
        (quality.size_px, conditions.min_face_px, 1, Sentence("the face is smaller than {0:.0f} px")),
        (quality.sharpness, conditions.min_sharpness, 1, Sentence("the face is more blurred than sharpness {0:.1f}")),
        (quality.yaw_deg, conditions.max_abs_yaw_deg, -1, Sentence("the head is turned by more than {0:.0f} degrees")),
        (
            quality.pitch_deg,
            conditions.max_abs_pitch_deg,
            -1,
            Sentence("the head is tilted by more than {0:.0f} degrees"),
        ),
        (quality.qp_mean, conditions.max_qp, -1, Sentence("the face is compressed more strongly than QP {0:.0f}")),
    )
    reasons = []
    for measured, bound, direction, sentence in checks:
        if measured is None or bound is None:
            continue
        value = measured if direction > 0 else abs(measured)
        if (value - bound) * direction < 0:
            reasons.append(sentence.filled(bound))
    return tuple(reasons)
