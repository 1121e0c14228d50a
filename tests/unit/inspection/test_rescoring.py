"""One face compressed anew: as the analysis saw it at ``clean``, with what was measured at every other level."""

import numpy as np
import pytest
from PIL import Image

from forensiclab.analysis.analyze import analyze
from forensiclab.analysis.events import AnalysisFinished, AnalysisRequest
from forensiclab.analysis.face_patch import cut_at, cut_patch
from forensiclab.analysis.level_results import score_at
from forensiclab.core.cancel import CancelToken
from forensiclab.core.compression import CLEAN, CompressionLevel
from forensiclab.core.errors import MediaError
from forensiclab.core.geometry import crop_region
from forensiclab.core.options import Aggregation, SamplingPolicy
from forensiclab.core.records import CropRule, Face, TrackedFace
from forensiclab.core.resources import resource_path
from forensiclab.core.scores import ValidatedConditions, Verdict
from forensiclab.detectors.runtime import open_detector
from forensiclab.faces.crop import cut_crops, cut_square
from forensiclab.inspection.rescoring import FaceRescorer
from forensiclab.media.probe import probe
from forensiclab.media.transcode import PictureAtLevels, compress_picture, encode_clip

FRAMES, WIDTH, HEIGHT = 14, 300, 236
LEVELS = tuple(CompressionLevel.parse(text) for text in ("clean", "crf:20", "crf:45", "jpeg:90", "jpeg:20", "webp:50"))


def scene(frame: int) -> np.ndarray:
    """A portrait past which a camera moves; the face lies near the left edge."""
    with Image.open(resource_path("demo", "astronaut.jpg")) as file:
        picture = np.asarray(file.convert("RGB"))
    return np.ascontiguousarray(picture[10 : 10 + HEIGHT, 150 + frame : 150 + frame + WIDTH])


class Finder:
    name = "scripted finder"

    def find_in(self, frame, *, is_thorough=False, at_least_px=0.0):
        left = 22.0 - frame.index
        points = tuple(
            (left + 98 * u, 30 + 128 * v) for u, v in ((0.3, 0.4), (0.7, 0.4), (0.5, 0.6), (0.35, 0.8), (0.65, 0.8))
        )
        return (Face(box_xyxy_px=(left, 30.0, left + 98, 158.0), landmarks_xy_px=points, confidence=0.99),)


def analysed(path, detectors):
    by_name = {detector.card.name: detector for detector in detectors}
    request = AnalysisRequest(
        path=path, detectors=tuple(by_name), device="cpu", sampling=SamplingPolicy("per-track", 5)
    )
    events = analyze(
        request,
        CancelToken(),
        open_detector=lambda name, device, precision: by_name[name],
        make_finder=lambda device: Finder(),
    )
    return next(event.report for event in events if isinstance(event, AnalysisFinished))


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    path = tmp_path_factory.mktemp("clip") / "clip.mp4"
    encode_clip((scene(frame) for frame in range(FRAMES)), path, crf=18, frame_rate=25)
    return path


SOME_BOX = (16.0, 30.0, 114.0, 158.0)


def patch_of(faces, crop):
    return faces.patch(crop.tracked, qp_mean=crop.quality.qp_mean)


def tracked(box, frame=0, points=None):
    face = Face(box_xyxy_px=box, landmarks_xy_px=points, confidence=None)
    return TrackedFace(track_id=1, frame_index=frame, pts_s=frame / 25, face=face)


@pytest.fixture
def some_patch(clip, make_detector):
    faces = FaceRescorer(clip, probe(clip), [make_detector()])
    yield faces.patch(tracked(SOME_BOX, frame=6), qp_mean=22.0)
    faces.close()


def test_clean_gives_what_the_analysis_gave(clip, make_detector):
    detectors = [
        open_detector("meso_inception4", "cpu"),
        make_detector("a"),
        make_detector("b", size_px=40, margin=1.0),
    ]
    report = analysed(clip, detectors)
    faces = FaceRescorer(clip, report.stream, detectors)
    (track,) = report.tracks
    assert len(track.contact_sheet) == 5
    for contact in reversed(track.contact_sheet):  # backwards, so that the file is sought in
        patch = patch_of(faces, contact.crop)
        answers = faces.answer(patch, CLEAN)
        np.testing.assert_array_equal(faces.preview(patch, CLEAN), contact.crop.picture)
        for own, score in zip(answers, contact.scores, strict=True):
            assert own.qp_mean == contact.crop.quality.qp_mean is not None
            assert own.score.detector == score.detector
            assert own.score.raw_score == pytest.approx(score.raw_score, abs=1e-5)
    faces.close()


def test_the_band_is_that_of_the_measured_compression(some_patch, clip, make_detector):
    detector = make_detector()
    faces = FaceRescorer(clip, probe(clip), [detector])
    answers = {str(level): faces.answer(some_patch, level)[0] for level in LEVELS}
    bands = {name: answer.score.band for name, answer in answers.items()}
    assert bands == {
        "clean": "light", "crf:20": "light", "crf:45": "strong", "jpeg:90": "light", "jpeg:20": "strong",
        "webp:50": None,
    }  # fmt: skip
    assert answers["crf:20"].qp_mean < 29 <= answers["crf:45"].qp_mean
    assert answers["jpeg:20"].qp_mean is answers["webp:50"].qp_mean is None
    for answer in answers.values():
        own, crop = answer.score, faces.preview(some_patch, answer.level)
        band = next((one for one in detector.card.calibration if one.name == own.band), None)
        assert own.raw_score == pytest.approx(float(crop.mean()) / 64 - 2, abs=1e-5)
        assert own.probability == (band.probability(own.raw_score) if band else None)
    webp = answers["webp:50"].score
    assert webp.verdict is Verdict.INCONCLUSIVE
    assert any("WebP" in reason for reason in webp.reasons)


def test_a_picture_without_measurement_takes_the_band_over_all_levels(some_patch, clip, make_detector):
    card = make_detector().card
    mean = Aggregation("mean")
    assert score_at(card, [0.5], (), None, CLEAN, None, mean).band == "any"
    assert score_at(card, [0.5], (), None, CLEAN, 30, mean).band == "strong"
    assert score_at(card, [0.5], (), 12.0, CompressionLevel.parse("crf:3"), 30, mean).band == "light"


def test_the_face_is_compressed_at_its_own_size_before_it_is_cut(some_patch):
    level = CompressionLevel.parse("crf:40")
    rule = CropRule(size_px=64, margin=1.3)
    left, top = some_patch.origin_xy_px
    assert left % 16 == top % 16 == 0
    region = crop_region(SOME_BOX, rule.margin, *some_patch.frame_size_px)
    whole = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    height, width = some_patch.picture.shape[:2]
    whole[top : top + height, left : left + width] = compress_picture(some_patch.picture, level)
    np.testing.assert_array_equal(cut_at(some_patch, level, [rule]).crops[0], cut_square(whole, region, rule.size_px))


def test_stronger_compression_measures_a_higher_qp_and_a_duller_face(some_patch):
    found = [cut_at(some_patch, CompressionLevel.parse(f"crf:{crf}"), []).quality for crf in (10, 25, 45)]
    assert found[0].qp_mean < found[1].qp_mean < found[2].qp_mean
    assert found[0].sharpness > found[1].sharpness > found[2].sharpness
    assert len({quality.size_px for quality in found}) == 1


def test_a_detector_abstains_where_compression_takes_a_face_out_of_its_conditions(some_patch, clip, make_detector):
    strict = make_detector("strict", conditions=ValidatedConditions(max_qp=30))
    faces = FaceRescorer(clip, probe(clip), [strict])
    assert faces.answer(some_patch, CompressionLevel.parse("crf:20"))[0].score.raw_score is not None
    (answer,) = faces.answer(some_patch, CompressionLevel.parse("crf:45"))
    assert (answer.score.raw_score, answer.score.verdict) == (None, Verdict.NOT_ASSESSABLE)
    assert "QP 30" in answer.score.reasons[0]


@pytest.mark.parametrize(("nose_x", "may_judge"), [(65.0, True), (100.0, False)])
def test_a_face_that_is_turned_too_far_is_not_judged(clip, make_detector, nose_x, may_judge):
    points = ((40.0, 80.0), (90.0, 80.0), (nose_x, 105.0), (45.0, 135.0), (85.0, 135.0))
    strict = make_detector("strict", conditions=ValidatedConditions(max_abs_yaw_deg=40))
    faces = FaceRescorer(clip, probe(clip), [strict])
    patch = faces.patch(tracked(SOME_BOX, frame=6, points=points))
    for level in LEVELS:
        (answer,) = faces.answer(patch, level)
        assert (answer.score.raw_score is not None) == may_judge
        assert any("turned by more than 40 degrees" in reason for reason in answer.score.reasons) != may_judge
    faces.close()


def test_a_score_that_is_no_number_is_none(some_patch, clip, make_detector):
    broken = make_detector(score=lambda grey: float("nan"))
    faces = FaceRescorer(clip, probe(clip), [broken])
    (answer,) = faces.answer(some_patch, CLEAN)
    assert (answer.score.raw_score, answer.score.verdict) == (None, Verdict.NOT_ASSESSABLE)
    assert "not a finite number" in answer.score.reasons[0]


@pytest.mark.parametrize("box", [(-20, -15, 60, 70), (270, 200, 330, 260), (-50, -60, 350, 300), (10, 10, 13, 13)])
@pytest.mark.parametrize("margin", [0.87, 1.3, 2.5])
def test_faces_at_every_edge_are_cut_as_from_the_whole_frame(box, margin):
    frame = scene(0)
    box = tuple(float(edge) for edge in box)
    patch = cut_patch(frame, tracked(box), (margin,), qp_mean=None)
    rule = CropRule(size_px=48, margin=margin)
    expected = cut_square(frame, crop_region(box, margin, WIDTH, HEIGHT), 48)
    np.testing.assert_array_equal(cut_at(patch, CLEAN, [rule]).crops[0], expected)
    assert cut_at(patch, CompressionLevel.parse("jpeg:50"), [rule]).crops[0].shape == (48, 48, 3)


@pytest.mark.parametrize("shown", [(2 * WIDTH, HEIGHT), (WIDTH, 2 * HEIGHT), (round(WIDTH * 1.185), HEIGHT)])
@pytest.mark.parametrize("place", [0.1, 0.5, 0.9])
def test_where_pixels_are_not_square_the_face_is_cut_as_by_the_analysis(shown, place):
    frame = scene(0)
    x, y = place * shown[0], place * shown[1]
    box = (x - 30, y - 30, x + 30, y + 30)
    rule = CropRule(size_px=48, margin=1.3)
    (expected,) = cut_crops(frame, tracked(box), (rule,), qp=None, picture_type=None, frame_size_px=shown)
    patch = cut_patch(frame, tracked(box), (1.3,), qp_mean=None, frame_size_px=shown)
    cut = cut_at(patch, CLEAN, [rule])
    np.testing.assert_array_equal(cut.crops[0], expected.picture)
    assert cut.quality.size_px == pytest.approx(expected.quality.size_px)
    assert cut.quality.sharpness == pytest.approx(expected.quality.sharpness)
    strong = cut_at(patch, CompressionLevel.parse("crf:40"), [rule])
    assert strong.crops[0].shape == (48, 48, 3)
    assert strong.quality.qp_mean is not None


def test_a_patch_that_is_too_small_is_refused_rather_than_filled_up(some_patch):
    with pytest.raises(ValueError, match="too small"):
        cut_at(some_patch, CLEAN, [CropRule(size_px=32, margin=2.0)])


def test_the_nearest_level_that_is_there_stands_in_as_it_would_be_cut(some_patch, clip, make_detector):
    faces = FaceRescorer(clip, probe(clip), [make_detector()])
    rule = CropRule(size_px=48, margin=1.3)
    asked, near, far = (CompressionLevel.parse(text) for text in ("crf:30", "crf:33", "crf:20"))
    assert faces.stand_in(some_patch, asked, rule) is None
    faces.prepare(some_patch, (far, near))
    found = faces.stand_in(some_patch, asked, rule)
    assert found is not None
    assert found[0] == near
    np.testing.assert_array_equal(found[1], faces.preview(some_patch, near, rule))
    itself = faces.stand_in(some_patch, far, rule)
    assert itself is not None
    assert itself[0] == far


def test_a_face_too_large_for_memory_is_refused_but_for_the_exhibit_as_it_is(some_patch, monkeypatch):
    monkeypatch.setattr("forensiclab.analysis.face_patch.MAX_PIXELS", 100)
    rule = CropRule(size_px=32, margin=1.3)
    cut_at(some_patch, CLEAN, [rule])
    with pytest.raises(MediaError, match="compressed again"):
        cut_at(some_patch, CompressionLevel.parse("crf:33"), [rule])


def test_what_levels_share_changes_nothing():
    picture = scene(3)[:100, :90]
    at_levels = PictureAtLevels(picture)
    for level in (*LEVELS, *LEVELS):
        np.testing.assert_array_equal(at_levels.at(level).picture, compress_picture(picture, level))


def test_a_missing_file_is_a_sentence(tmp_path, clip, make_detector):
    faces = FaceRescorer(tmp_path / "gone.mp4", probe(clip), [make_detector()])
    with pytest.raises(MediaError):
        faces.patch(tracked((0.0, 0.0, 9.0, 9.0)))
    faces.close()
