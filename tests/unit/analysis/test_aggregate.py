import pytest

from forensiclab.analysis.aggregate import aggregated, judge, score_track, score_video
from forensiclab.analysis.calibrate import choose_band
from forensiclab.core.errors import SettingsError
from forensiclab.core.options import Aggregation
from forensiclab.core.scores import DetectorScore, Verdict

MEAN = Aggregation.parse("mean")


@pytest.mark.parametrize(("rule", "expected"), [("mean", 2.5), ("median", 1.5), ("top:25", 7.0), ("top:50", 4.5)])
def test_rules(rule, expected):
    assert aggregated(Aggregation.parse(rule), [7.0, 0.0, 1.0, 2.0]) == pytest.approx(expected)
    assert str(Aggregation.parse(rule)) == rule


def test_top_takes_at_least_one():
    assert aggregated(Aggregation.parse("top:1"), [1.0, 5.0]) == 5.0


@pytest.mark.parametrize("text", ["", "max", "top", "top:0", "top:101", "mean:3"])
def test_unusable_rule_is_named(text):
    with pytest.raises(SettingsError, match="rule for a track"):
        Aggregation.parse(text)


@pytest.mark.parametrize(
    ("qp", "jpeg", "band"),
    [(20.0, None, "light"), (29.0, None, "strong"), (None, 95, "light"), (None, 30, "strong"), (None, None, "any")],
)
def test_band_follows_what_was_measured(make_card, qp, jpeg, band):
    assert choose_band(make_card(), qp, jpeg).name == band


def test_no_band_for_unmeasured_strength(make_card):
    assert choose_band(make_card(), 120.0, None) is None
    assert choose_band(make_card(calibration=()), 20.0, None) is None


@pytest.mark.parametrize(
    ("scores", "verdict"),
    [
        ([3.0, 3.0], Verdict.SUPPORTS_MANIPULATION),
        ([0.0, 0.5], Verdict.INCONCLUSIVE),
        ([-3.0], Verdict.SUPPORTS_AUTHENTICITY),
    ],
)
def test_track_verdict_names_its_error_rate(make_card, scores, verdict):
    result = score_track(make_card(), scores, (), 20.0, None, MEAN)
    assert result.verdict is verdict
    assert result.band == "light"
    text = " ".join(result.reasons)
    if verdict is Verdict.SUPPORTS_MANIPULATION:
        assert "5.0 % of 600 real crops" in text
    if verdict is Verdict.SUPPORTS_AUTHENTICITY:
        assert "4.0 % of 500 forged crops" in text


def test_band_changes_the_probability(make_card):
    light = score_track(make_card(), [0.0], (), 20.0, None, MEAN)
    strong = score_track(make_card(), [0.0], (), 35.0, None, MEAN)
    assert light.probability == pytest.approx(0.5)
    assert strong.probability == pytest.approx(1 / (1 + 2.718281828), abs=1e-6)


def test_without_calibration_no_verdict(make_card):
    result = score_track(make_card(calibration=()), [9.0], (), 20.0, None, MEAN)
    assert (result.probability, result.verdict) == (None, Verdict.INCONCLUSIVE)
    assert "no calibration" in result.reasons[1]


def test_nothing_scored_is_not_assessable_and_never_a_number(make_card):
    result = score_track(make_card(), [], ("the face is smaller than 60 px",), None, None, MEAN)
    assert (result.raw_score, result.probability, result.verdict) == (None, None, Verdict.NOT_ASSESSABLE)
    assert "smaller than 60 px" in result.reasons[0]


def score(detector="a", raw=0.0, probability=0.5, verdict=Verdict.INCONCLUSIVE) -> DetectorScore:
    return DetectorScore(
        detector=detector,
        raw_score=raw,
        probability=probability,
        verdict=verdict,
        reasons=("r",),
        band=None,
        crops_scored=3,
    )


def test_video_takes_the_highest_track():
    result = score_video("a", [(1, score(raw=1.0, probability=0.7)), (2, score(raw=5.0, probability=0.2))])
    assert result.raw_score == 1.0  # by probability: the tracks may lie in different bands
    assert result.reasons[0].startswith("Track 1 has the highest score of 2 tracks")
    assert result.crops_scored == 6


def test_video_without_probabilities_goes_by_raw_score():
    result = score_video("a", [(1, score(raw=1.0, probability=None)), (2, score(raw=-5.0, probability=0.9))])
    assert result.raw_score == 1.0


def test_video_without_tracks():
    result = score_video("a", [])
    assert (result.verdict, result.reasons) == (Verdict.NOT_ASSESSABLE, ("No face was found.",))


FORGED, REAL, OPEN = Verdict.SUPPORTS_MANIPULATION, Verdict.SUPPORTS_AUTHENTICITY, Verdict.INCONCLUSIVE


@pytest.mark.parametrize(
    ("verdicts", "expected", "conflict"),
    [
        ([FORGED], FORGED, False),
        ([REAL], REAL, False),
        ([FORGED, REAL], OPEN, True),
        ([FORGED, OPEN], FORGED, False),
        ([FORGED, OPEN, OPEN], OPEN, False),
        ([OPEN, OPEN], OPEN, False),
        ([Verdict.NOT_ASSESSABLE], Verdict.NOT_ASSESSABLE, False),
        ([], Verdict.NOT_ASSESSABLE, False),
    ],
)
def test_judging_several_detectors(verdicts, expected, conflict):
    scores = [
        score(f"d{i}", verdict=v, probability=None if v is Verdict.NOT_ASSESSABLE else 0.5)
        for i, v in enumerate(verdicts)
    ]
    result = judge(scores)
    assert (result.verdict, result.conflict) == (expected, conflict)
    assert result.reasons
