import cv2
import numpy as np
import pytest

from forensiclab.core.geometry import iou_matrix
from forensiclab.core.records import Face
from forensiclab.faces.finder import FaceFinder
from forensiclab.media.reader import MediaReader
from tests.unit.faces.scenes import frame_of, texture


@pytest.fixture(scope="module")
def finder() -> FaceFinder:
    return FaceFinder()


@pytest.mark.parametrize("shape", [(1, 1), (1, 500), (12, 12), (19, 640), (20, 20), (21, 640), (64, 64), (360, 640)])
@pytest.mark.parametrize("ground", ["black", "noise", "texture"])
def test_survives_pictures_without_a_face(finder, shape, ground):
    made = {
        "black": lambda: np.zeros(shape, np.uint8),
        "noise": lambda: np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8),
        "texture": lambda: texture(2, *shape),
    }[ground]()
    found = finder.find(np.repeat(made[..., None], 3, axis=2))
    assert all(isinstance(face, Face) and face.confidence < 0.95 for face in found)


def test_looks_once_more_only_where_a_finer_picture_shows_more(finder, monkeypatch):
    sizes = []
    monkeypatch.setattr(finder, "find", lambda picture, scale: sizes.append((picture.shape[:2], scale)) or ())
    finder.find_in(frame_of(np.zeros((1080, 1920), np.uint8), 0))
    finder.find_in(frame_of(np.zeros((300, 400), np.uint8), 0))
    finder.find_in(frame_of(np.zeros((600, 800), np.uint8), 0), is_thorough=True)
    assert sizes == [((360, 640), 3.0), ((720, 1280), 1.5), ((300, 400), 1.0), ((600, 800), 1.0)]


def test_name_says_model_and_settings():
    assert FaceFinder.NAME.startswith("MTCNN (facenet-pytorch 2.5.3)")
    assert "reduced to 320 px" in FaceFinder(max_side_px=320).name
    assert "24 px and more" in FaceFinder(min_face_px=24).name


@pytest.fixture(scope="module")
def crowd(shared_data):
    with MediaReader(shared_data / "videos" / "real" / "crowd_1080p.mp4") as reader:
        return next(iter(reader.frames()))


@pytest.mark.data
def test_finds_the_crowd_as_in_the_full_frame(finder, crowd):
    reduced = finder.find_in(crowd, is_thorough=True)
    full = finder.find(crowd.rgb())
    sure = [face.box_xyxy_px for face in full if face.confidence > 0.95]
    overlaps = iou_matrix(sure, [face.box_xyxy_px for face in reduced]).max(axis=1)
    assert len(sure) >= 5
    assert (overlaps > 0.6).all()


@pytest.mark.data
def test_same_picture_same_faces(finder, crowd):
    assert finder.find_in(crowd) == finder.find_in(crowd) == FaceFinder().find_in(crowd)


@pytest.mark.data
def test_scale_multiplies_boxes_and_points(finder, crowd):
    picture = crowd.rgb(max_side_px=640)
    for once, thrice in zip(finder.find(picture), finder.find(picture, 3.0), strict=True):
        np.testing.assert_allclose(np.multiply(once.box_xyxy_px, 3), thrice.box_xyxy_px)
        np.testing.assert_allclose(np.multiply(once.landmarks_xy_px, 3), thrice.landmarks_xy_px)
        assert once.confidence == thrice.confidence


@pytest.mark.data
def test_points_are_where_they_are_named(finder, crowd):
    for face in finder.find_in(crowd):
        left_eye, right_eye, _, left_mouth, right_mouth = face.landmarks_xy_px
        assert left_eye[0] < right_eye[0]
        assert left_mouth[0] < right_mouth[0]
        assert max(left_eye[1], right_eye[1]) < min(left_mouth[1], right_mouth[1])


@pytest.mark.data
def test_forty_faces_in_one_picture(finder, crowd):
    face = max(finder.find_in(crowd), key=lambda face: face.confidence)
    left, top, right, bottom = face.box_xyxy_px
    around = (right - left) * 0.4
    patch = crowd.rgb()[
        int(max(0, top - around)) : int(bottom + around), int(max(0, left - around)) : int(right + around)
    ]
    tile = cv2.resize(patch, (100, 100), interpolation=cv2.INTER_AREA)
    assert len(finder.find(np.tile(tile, (5, 8, 1)))) == 40
