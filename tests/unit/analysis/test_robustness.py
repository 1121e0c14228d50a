import pytest

from forensiclab.analysis.robustness import LEVELS, flip_point
from forensiclab.core.compression import CLEAN, Codec, CompressionLevel
from forensiclab.core.scores import Verdict

M, A, X, N = Verdict.SUPPORTS_MANIPULATION, Verdict.SUPPORTS_AUTHENTICITY, Verdict.INCONCLUSIVE, Verdict.NOT_ASSESSABLE


@pytest.mark.parametrize(
    ("codec", "first", "last", "count"),
    [
        (Codec.H264, "crf:0", "crf:51", 18),
        (Codec.JPEG, "jpeg:100", "jpeg:5", 20),
        (Codec.WEBP, "webp:100", "webp:5", 20),
    ],
)
def test_curves_go_from_weak_to_strong(codec, first, last, count):
    levels = LEVELS[codec]
    assert (str(levels[0]), str(levels[-1]), len(levels)) == (first, last, count)
    assert sorted(levels, key=lambda level: level.strength) == list(levels)
    assert CLEAN.strength < levels[0].strength


@pytest.mark.parametrize(
    ("verdicts", "flip"),
    [
        ([M, M, M, M], None),
        ([M, M, X, X], 30),
        ([M, M, X, A], 30),
        ([M, X, M, A], 40),  # it comes back once, and only then it stays away
        ([M, X, X, M], None),
        ([A, N, N, N], 20),
        ([X, X, X, M], 40),
    ],
)
def test_where_the_verdict_is_another_one_for_good(verdicts, flip):
    levels = [CLEAN, *(CompressionLevel(Codec.H264, crf) for crf in (20, 30, 40))]
    expected = None if flip is None else CompressionLevel(Codec.H264, flip)
    assert flip_point(levels, verdicts) == expected
    assert flip_point(levels[::-1], verdicts[::-1]) == expected, "in any order"


def test_quality_counts_downwards():
    levels = [CLEAN, *(CompressionLevel(Codec.JPEG, quality) for quality in (90, 50, 10))]
    assert str(flip_point(levels, [M, M, X, X])) == "jpeg:50"


def test_without_the_exhibit_as_it_is_nothing_flips():
    assert flip_point([], []) is None
    assert flip_point([CompressionLevel(Codec.JPEG, 50)], [M]) is None
    assert flip_point([CLEAN], [M]) is None
