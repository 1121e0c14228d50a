import numpy as np
import pytest
from scipy.stats import spearmanr

from forensiclab.analysis.agreement import DetectorCrops, agreement, contradiction
from forensiclab.core.scores import DetectorScore, Verdict


def crops(detector, scores, band, *, track_id=1, pts_s=None):
    times = np.arange(len(scores)) / 25 if pts_s is None else np.asarray(pts_s, float)
    return DetectorCrops(
        detector=detector, track_id=track_id, pts_s=times, raw_scores=np.asarray(scores, float), band=band
    )


def oracle(entries, first, second):
    """Count crop by crop."""
    found = {}
    for entry in entries:
        for pts_s, score in zip(entry.pts_s, entry.raw_scores, strict=True):
            verdict = None if entry.band is None else entry.band.verdict(entry.band.probability(float(score)))
            found.setdefault((entry.track_id, float(pts_s)), {})[entry.detector] = (float(score), verdict)
    pairs = [(both[first], both[second]) for both in found.values() if first in both and second in both]
    judged = [(a, b) for (_, a), (_, b) in pairs if a is not None and b is not None]
    opposite = {Verdict.SUPPORTS_MANIPULATION, Verdict.SUPPORTS_AUTHENTICITY}
    a, b = [p[0][0] for p in pairs], [p[1][0] for p in pairs]
    varies = len(pairs) >= 3 and len(set(a)) > 1 and len(set(b)) > 1
    return (
        len(pairs),
        len(judged),
        sum(a == b for a, b in judged),
        sum({a, b} == opposite for a, b in judged),
        float(spearmanr(a, b).statistic) if varies else None,
    )


@pytest.fixture
def bands(make_card):
    return make_card().calibration


@pytest.mark.parametrize("seed", range(5))
def test_numbers_are_those_of_counting_crop_by_crop(bands, seed):
    random = np.random.default_rng(seed)
    entries = []
    for track_id, band in ((1, bands[0]), (4, bands[1]), (9, None)):
        times = np.sort(random.choice(400, 60, replace=False)) / 25
        for name in ("alpha", "beta", "gamma"):
            kept = random.random(60) > (0.0 if name == "alpha" else 0.2)
            scores = np.round(random.standard_normal(60) * 2, 1)[kept]  # rounded: there are ties
            own = None if name == "gamma" and track_id == 4 else band
            entries.append(crops(name, scores, own, track_id=track_id, pts_s=random.permutation(times[kept])))
    pairs = agreement(entries)
    assert [(pair.first, pair.second) for pair in pairs] == [("alpha", "beta"), ("alpha", "gamma"), ("beta", "gamma")]
    for pair in pairs:
        counted = oracle(entries, pair.first, pair.second)
        assert (pair.crops, pair.judged, pair.agreeing, pair.contradicting) == counted[:4]
        assert pair.rank_correlation == pytest.approx(counted[4])
        assert pair.share == pytest.approx(counted[2] / counted[1])


def test_all_crops_scored_by_all_gives_the_same_correlation(bands):
    random = np.random.default_rng(0)
    a, b = random.standard_normal((2, 500))
    (pair,) = agreement([crops("a", a, bands[0]), crops("b", a + b, bands[0])])
    assert pair.rank_correlation == pytest.approx(spearmanr(a, a + b).statistic)


def test_a_contradiction_is_counted_and_not_averaged(bands):
    (pair,) = agreement([crops("a", [5.0, 5.0, -5.0, 0.0], bands[0]), crops("b", [-5.0, 5.0, -5.0, 5.0], bands[0])])
    assert (pair.crops, pair.judged, pair.agreeing, pair.contradicting) == (4, 4, 2, 1)
    assert pair.share == 0.5


def test_without_calibration_there_is_a_correlation_and_no_share(bands):
    (pair,) = agreement([crops("a", [1.0, 2.0, 3.0], None), crops("b", [3.0, 2.0, 1.0], bands[0])])
    assert (pair.crops, pair.judged, pair.share) == (3, 0, None)
    assert pair.rank_correlation == pytest.approx(-1)


@pytest.mark.parametrize("scores", [[1.0, 2.0], [1.0, 1.0, 1.0]], ids=["too few", "no variation"])
def test_no_correlation_where_there_is_none(bands, scores):
    (pair,) = agreement([crops("a", scores, bands[0]), crops("b", [3.0, 2.0, 1.0][: len(scores)], bands[0])])
    assert pair.rank_correlation is None


def test_crops_of_different_tracks_at_one_time_are_different_crops(bands):
    (pair,) = agreement([crops("a", [1.0], bands[0], track_id=1), crops("b", [1.0], bands[0], track_id=2)])
    assert (pair.crops, pair.judged, pair.share, pair.rank_correlation) == (0, 0, None, None)


def test_huge_scores_overflow_nothing(bands):
    (pair,) = agreement([crops("a", [-1e6, 1e6, 0.0], bands[0]), crops("b", [-1e6, 1e6, 0.0], bands[0])])
    assert (pair.agreeing, pair.rank_correlation) == (3, pytest.approx(1.0))


def test_fewer_than_two_detectors_have_no_pair(bands):
    assert agreement([]) == ()
    assert agreement([crops("a", [1.0], bands[0])]) == ()


def score(detector, verdict):
    return DetectorScore(
        detector=detector, raw_score=0.0, probability=0.5, verdict=verdict, reasons=(), band=None, crops_scored=1
    )


def test_who_contradicts_whom():
    open_ = score("c", Verdict.INCONCLUSIVE)
    forged = score("a", Verdict.SUPPORTS_MANIPULATION)
    real = score("b", Verdict.SUPPORTS_AUTHENTICITY)
    assert contradiction([forged, real, open_]) == (("a",), ("b",))
    assert contradiction([forged, open_]) == ((), ())
    assert contradiction([]) == ((), ())
