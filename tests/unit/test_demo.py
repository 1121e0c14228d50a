import hashlib
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from forensiclab import demo
from forensiclab.analysis.events import DetectorRecord, TrackResult, VideoResult
from forensiclab.core.records import TrackPath
from forensiclab.core.scores import CropScore, DetectorScore, Verdict
from forensiclab.demo import PORTRAIT_LANDMARKS, DemoTruth, make_clip, truth_lines
from tests import builders

# ---- the clip --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    return make_clip(tmp_path_factory.mktemp("demo") / "demo.mp4", size_px=(400, 300))


def decoded(path: Path):
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


def face_detail(picture):
    """Variance of the Laplacian in the middle of the face, where the camera's drift cannot take it away."""
    luma = cv2.cvtColor(picture[115:200, 165:235], cv2.COLOR_RGB2GRAY).astype(np.float32)
    return cv2.Laplacian(luma, cv2.CV_32F).var()


def test_clip_is_readable_and_its_forged_third_is_softer(clip):
    pictures = decoded(clip.path)
    assert len(pictures) == 150
    assert pictures[0].shape == (300, 400, 3)
    assert (clip.forged_from_s, clip.forged_to_s) == (2.0, 4.0)
    assert clip.sha256 == hashlib.sha256(clip.path.read_bytes()).hexdigest()
    detail = np.array([face_detail(picture) for picture in pictures])
    assert detail[50:100].mean() < 0.85 * detail[:50].mean()
    assert detail[50:100].mean() < 0.85 * detail[100:].mean()


def test_same_seed_same_bytes_and_another_seed_differs(tmp_path):
    first, again, other = (
        make_clip(tmp_path / f"{name}.mp4", seconds=0.4, size_px=(320, 240), seed=seed)
        for name, seed in (("first", 1), ("again", 1), ("other", 2))
    )
    assert first.path.read_bytes() == again.path.read_bytes()
    assert first.sha256 == again.sha256 != other.sha256


def test_the_forgery_is_in_the_face_and_in_the_middle_third_only():
    size, forged = (320, 240), range(4, 8)
    made = list(demo._frames(12, forged, 25, size, 7))
    real = list(demo._frames(12, range(0), 25, size, 7))
    for index, (picture, original) in enumerate(zip(made, real, strict=True)):
        assert not picture.flags.writeable
        change = np.abs(picture.astype(int) - original).max(axis=2)
        if index not in forged:
            assert change.max() == 0
            continue
        rows, columns = np.nonzero(change)
        assert change[110:150, 140:180].mean() > 2
        assert rows.min() > 40
        assert rows.max() < 190
        assert columns.min() > 90
        assert columns.max() < 230


def test_the_camera_moves_and_never_leaves_the_portrait():
    rng = np.random.default_rng(0)
    motions = [demo._camera(drift, (640, 480)) for drift in rng.choice([-1.0, 1.0], (64, 4))]
    corners = np.array([[0.0, 0.0], [640, 0], [0, 480], [640, 480]])
    for motion in motions:
        seen = (corners - motion[:, 2]) @ np.linalg.inv(motion[:, :2]).T
        assert seen.min() >= 0
        assert seen.max() <= 512
        landmarks = np.asarray(PORTRAIT_LANDMARKS) @ motion[:, :2].T + motion[:, 2]
        assert (landmarks > 100).all()
        assert (landmarks < (540, 380)).all()


def test_a_clip_without_thirds_is_refused(tmp_path):
    with pytest.raises(ValueError, match="three frames"):
        make_clip(tmp_path / "short.mp4", seconds=0.05)


# ---- the comparison with the truth -----------------------------------------------------------------------------------

BAND = builders.band()


def record(calibration=(BAND,)):
    card = builders.method_card("xception", method="xception", calibration=calibration)
    return DetectorRecord(card=card, device="cpu", precision="float32", attention_note="")


def crop_score(pts_s, raw_score, detector="xception"):
    box = (0.0, 0.0, 10.0, 10.0)
    return CropScore(
        detector=detector,
        track_id=1,
        frame_index=round(pts_s * 25),
        pts_s=pts_s,
        box_xyxy_px=box,
        region_xyxy_px=box,
        raw_score=raw_score,
        attention=None,
    )


def report(scores, verdict, band="light", calibration=(BAND,), sha256="ab"):
    whole = DetectorScore(
        detector="xception",
        raw_score=0.0,
        probability=None,
        verdict=verdict,
        reasons=(),
        band=band,
        crops_scored=len(scores),
    )
    path = TrackPath(
        track_id=1, frame_indices=np.zeros(0, np.int64), pts_s=np.zeros(0), boxes_xyxy_px=np.zeros((0, 4), np.float32)
    )
    track = TrackResult(
        track_id=1,
        start_s=0.0,
        end_s=6.0,
        path=path,
        frames_with_face=150,
        crop_scores=tuple(scores),
        scores=(whole,),
        contact_sheet=(),
        median_face_px=180.0,
        median_qp=22.0,
    )
    return builders.analysis_report(
        exhibit=builders.exhibit(Path("demo.mp4"), sha256=sha256),
        method=builders.method_record(detectors=(record(calibration),)),
        tracks=(track,),
        video=VideoResult(verdict=verdict, reasons=(), scores=(whole,), conflict=False),
        crops_scored=len(scores),
    )


TRUTH = DemoTruth(path=Path("demo.mp4"), forged_from_s=2.0, forged_to_s=4.0, sha256="ab")
REAL = [crop_score(0.5, -1.0), crop_score(1.96, 0.0), crop_score(4.0, 1.0), crop_score(5.0, 0.0)]
FORGED = [crop_score(2.0, 1.0), crop_score(3.96, 2.0)]


def test_truth_lines_compare_forged_with_real_crops():
    text = "\n".join(truth_lines(report(REAL + FORGED, Verdict.SUPPORTS_MANIPULATION), TRUTH))
    assert "forged from 2.00 s to 4.00 s" in text
    assert "mean raw score 1.500 on 2 forged crops, 0.000 on 4 real ones" in text
    assert "AUC over the crops of this clip 0.938" in text, "7.5 of 8 pairs are in order"
    assert "mean calibrated probability 0.81 on the forged crops, 0.50 on the real ones (band light)" in text
    assert "supports manipulation; that is right" in text
    assert "SHA-256" not in text


def test_truth_lines_do_not_flatter():
    worse = [crop_score(2.5, -3.0), crop_score(3.0, -2.0)]
    text = "\n".join(truth_lines(report(REAL + worse, Verdict.SUPPORTS_AUTHENTICITY), TRUTH))
    assert "AUC over the crops of this clip 0.000" in text
    assert "supports authenticity; that is wrong" in text
    text = "\n".join(truth_lines(report(REAL + FORGED, Verdict.INCONCLUSIVE), TRUTH))
    assert "neither found nor denied" in text
    assert "right" not in text


def test_truth_lines_without_calibration_or_without_crops_to_compare():
    text = "\n".join(truth_lines(report(REAL + FORGED, Verdict.NOT_ASSESSABLE, band=None), TRUTH))
    assert "no calibration" in text
    assert "probability 0" not in text
    text = "\n".join(truth_lines(report(REAL, Verdict.NOT_ASSESSABLE), TRUTH))
    assert "0 forged and 4 real crops" in text
    assert "AUC" not in text
    elsewhere = [crop_score(3.0, 9.0, detector="other")]
    assert "0 forged and 4 real" in "\n".join(truth_lines(report(REAL + elsewhere, Verdict.INCONCLUSIVE), TRUTH))


def test_truth_lines_notice_another_file():
    text = "\n".join(truth_lines(report(REAL + FORGED, Verdict.INCONCLUSIVE, sha256="cd"), TRUTH))
    assert "not the clip that was made" in text
