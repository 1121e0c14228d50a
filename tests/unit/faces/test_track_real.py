"""The finder and the tracker together on real clips, and on scenes composed of them."""

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from forensiclab.core.geometry import box_center_px, iou_matrix
from forensiclab.faces.finder import FaceFinder
from forensiclab.faces.track import FaceTracker
from forensiclab.media.frame import Frame
from forensiclab.media.reader import MediaReader
from tests.unit.faces.scenes import frame_of_rgb

pytestmark = pytest.mark.data


@pytest.fixture(scope="module")
def finder() -> FaceFinder:
    return FaceFinder()


@pytest.fixture(scope="module")
def videos(shared_data: Path) -> Path:
    return shared_data / "videos"


def frames_of(path: Path, count: int) -> Iterator[Frame]:
    with MediaReader(path) as reader:
        for frame in reader.frames():
            if frame.index == count:
                return
            yield frame


def pictures_of(path: Path, count: int) -> list[NDArray[np.uint8]]:
    return [frame.rgb() for frame in frames_of(path, count)]


def test_crowd(finder, videos):
    tracker = FaceTracker(finder)
    steps = [tracker.step(frame) for frame in frames_of(videos / "real" / "crowd_1080p.mp4", 50)]
    tracker.finish()
    assert 5 <= len(steps[0].faces) <= 8
    assert not any(step.is_shot_cut for step in steps)
    ids = {tracked.track_id for step in steps for tracked in step.faces}
    assert len(ids) <= 9, "six people and some that turn away and come back"
    assert sum(len(tracker.path(track_id).pts_s) == 50 for track_id in ids) >= 3
    for step in steps:
        boxes = [tracked.face.box_xyxy_px for tracked in step.faces]
        overlaps = iou_matrix(boxes, boxes) - np.eye(len(boxes))
        assert (overlaps < 0.5).all(), "no two tracks on one face"


@pytest.mark.parametrize(
    "name", ["real/voxceleb_input_00002.mp4", "ffpp/original_sequences/youtube/c23/videos/519.mp4"]
)
def test_boxes_agree_with_a_finder_that_is_asked_on_every_frame(finder, videos, name):
    tracker = FaceTracker(finder)
    overlaps = []
    for frame in frames_of(videos / name, 45):
        tracked = tracker.step(frame).faces
        assert [face.track_id for face in tracked] == [1]
        if frame.index % 3 == 0:
            (found,) = finder.find_in(frame)
            overlaps.append(iou_matrix([found.box_xyxy_px], [tracked[0].face.box_xyxy_px])[0, 0])
    assert np.mean(overlaps) > 0.88
    assert min(overlaps) > 0.75


def test_people_who_cross_keep_their_numbers(finder, videos):
    near = pictures_of(videos / "real" / "voxceleb_audio_source_00015.mp4", 50)
    far = pictures_of(videos / "real" / "voxceleb_pose_source_00473.mp4", 50)
    tracker = FaceTracker(finder)
    first, last = {}, {}
    for i in range(50):
        canvas = np.full((160, 560, 3), 90, dtype=np.uint8)
        near_x, far_x = 380 - 8 * i, 200  # one passes before the other and hides them for a while
        canvas[:, far_x : far_x + 160] = cv2.resize(far[i], (160, 160), interpolation=cv2.INTER_AREA)
        patch = cv2.resize(near[i], (160, 160), interpolation=cv2.INTER_AREA)[:, 45:125]
        near_x += 45
        visible = slice(max(0, -near_x), 80)
        canvas[:, max(0, near_x) : near_x + 80] = patch[:, visible]
        for tracked in tracker.step(frame_of_rgb(canvas, i)).faces:
            is_near = near_x <= box_center_px(tracked.face.box_xyxy_px)[0] < near_x + 80
            first.setdefault(tracked.track_id, is_near)
            last[tracked.track_id] = is_near
            assert first[tracked.track_id] == is_near, f"track {tracked.track_id} changed persons at frame {i}"
    assert list(first.values()).count(True) == 1, "the person in front is one track"


def test_clips_joined_make_new_tracks_at_every_cut(finder, videos):
    a = pictures_of(videos / "real" / "voxceleb_input_00010.mp4", 8)
    b = pictures_of(videos / "real" / "voxceleb_audio_source_00086.mp4", 8)
    tracker = FaceTracker(finder)
    steps = [tracker.step(frame_of_rgb(picture, i)) for i, picture in enumerate(a + b + a)]
    assert [i for i, step in enumerate(steps) if step.is_shot_cut] == [8, 16]
    assert [[tracked.track_id for tracked in step.faces] for step in steps] == [[1]] * 8 + [[2]] * 8 + [[3]] * 8
    assert [step.ended for step in steps if step.ended] == [(1,), (2,)]


def test_person_who_leaves_the_frame_and_comes_back_is_a_new_track(finder, videos):
    pictures = pictures_of(videos / "real" / "voxceleb_pose_source_00473.mp4", 90)
    tracker = FaceTracker(finder)
    ids, ended = [], []
    for i, picture in enumerate(pictures):
        x = 100 + 12 * i if i < 30 else max(100, 450 - 12 * (i - 50))
        canvas = np.full((224, 440, 3), 90, dtype=np.uint8)
        shown = max(0, min(224, 440 - x))
        canvas[:, x : x + shown] = picture[:, :shown]
        step = tracker.step(frame_of_rgb(canvas, i))
        ids.append([tracked.track_id for tracked in step.faces])
        ended += step.ended
    assert ids[0] == [1]
    assert 1 in ended
    assert all(not seen for seen in ids[32:50])
    assert len(ids[-1]) == 1
    assert ids[-1] != [1]
