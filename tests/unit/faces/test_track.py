import cv2
import numpy as np
import pytest

from forensiclab.core.geometry import Box, iou_matrix
from forensiclab.faces.track import FaceTracker, TrackStep
from tests.unit.faces.scenes import Found, Scene, ScriptedFinder, box_at, frame_of, texture

SIDE = 48


def boxes_by_id(step: TrackStep) -> dict[int, Box]:
    return {tracked.track_id: tracked.face.box_xyxy_px for tracked in step.faces}


def iou(a: Box, b: Box) -> float:
    return float(iou_matrix([a], [b])[0, 0])


def moving_scene(frames: int, speed: float = 3.0) -> tuple[list, ScriptedFinder]:
    scene, patch = Scene(), texture(1, SIDE, SIDE, cell_px=8)
    finder = ScriptedFinder(lambda i: [(box_at(20 + speed * i, 60, SIDE), 1.0)])
    return [scene.frame(i, [(patch, 20 + speed * i, 60)]) for i in range(frames)], finder


def test_follows_a_moving_face_between_passes():
    frames, finder = moving_scene(30)
    tracker = FaceTracker(finder, find_every=10)
    steps = [tracker.step(frame) for frame in frames]
    assert finder.asked == [0, 10, 20]
    for i, step in enumerate(steps):
        assert list(boxes_by_id(step)) == [1]
        assert iou(boxes_by_id(step)[1], box_at(20 + 3 * i, 60, SIDE)) > 0.93
        assert not step.is_shot_cut
        assert step.ended == ()
    assert tracker.finish() == (1,)


def test_seven_of_eight_passes_leave_out_much_smaller_faces():
    frames, finder = moving_scene(100, speed=1.0)
    tracker = FaceTracker(finder, find_every=10)
    for frame in frames:
        tracker.step(frame)
    assert finder.least_px == pytest.approx([0, *[SIDE / 2] * 7, 0, SIDE / 2], rel=0.1)


def test_all_sizes_are_looked_for_while_nothing_is_followed():
    scene = Scene()
    finder = ScriptedFinder(lambda i: [])
    tracker = FaceTracker(finder, find_every=5)
    for i in range(20):
        tracker.step(scene.frame(i, []))
    assert set(finder.least_px) == {0.0}


def test_confidence_is_known_only_where_the_face_was_found():
    frames, finder = moving_scene(12)
    tracker = FaceTracker(finder, find_every=10)
    known = [tracker.step(frame).faces[0].face.confidence is not None for frame in frames]
    assert [i for i, is_known in enumerate(known) if is_known] == [0, 10]


def test_points_go_along_with_the_flow():
    frames, finder = moving_scene(9, speed=4.0)
    tracker = FaceTracker(finder, find_every=10)
    steps = [tracker.step(frame) for frame in frames]
    first, last = (np.array(steps[i].faces[0].face.landmarks_xy_px) for i in (0, 8))
    np.testing.assert_allclose(last - first, np.tile([32.0, 0.0], (5, 1)), atol=1.0)


def test_growing_face_grows_its_box():
    big = texture(3, 160, 160, cell_px=16)
    scene = Scene()

    def side(i: int) -> int:
        return 60 + 2 * i

    def frame(i: int):
        patch = cv2.resize(big, (side(i), side(i)), interpolation=cv2.INTER_AREA)
        return scene.frame(i, [(patch, 150 - side(i) / 2, 90 - side(i) / 2)])

    tracker = FaceTracker(ScriptedFinder(lambda i: [(box_at(150 - 30, 90 - 30, 60), 1.0)]), find_every=30)
    steps = [tracker.step(frame(i)) for i in range(16)]
    left, top, right, bottom = steps[-1].faces[0].face.box_xyxy_px
    assert right - left == pytest.approx(side(15), rel=0.06)
    assert bottom - top == pytest.approx(side(15), rel=0.06)


def test_crossing_faces_keep_their_numbers():
    scene, front, back = Scene(), texture(11, SIDE, SIDE, cell_px=8), texture(22, SIDE, SIDE, cell_px=8)

    def places(i: int) -> tuple[Box, Box]:
        return box_at(200 - 5 * i, 64, SIDE), box_at(20 + 5 * i, 60, SIDE)  # front goes left, back goes right

    def found(i: int) -> Found:
        near, far = places(i)
        return [(near, 1.0)] if iou(near, far) > 0.3 else [(near, 1.0), (far, 1.0)]  # the hidden one is not found

    tracker = FaceTracker(ScriptedFinder(found), find_every=10)
    truth, seen = {}, {}
    for i in range(38):
        near, far = places(i)
        step = tracker.step(scene.frame(i, [(back, *far[:2]), (front, *near[:2])]))
        for track_id, box in boxes_by_id(step).items():
            seen.setdefault(track_id, []).append((i, box))
        truth[i] = (near, far)
    assert set(seen) == {1, 2}, "no number but the first two"
    ids_first, ids_last = ({k: b for k, boxes in seen.items() for j, b in boxes if j == i} for i in (0, 37))
    for track_id in (1, 2):
        which = int(np.argmax([iou(ids_first[track_id], box) for box in truth[0]]))
        assert iou(ids_last[track_id], truth[37][which]) > 0.8
    for track_id, boxes in seen.items():
        which = int(np.argmax([iou(ids_first[track_id], box) for box in truth[0]]))
        for i, box in boxes:
            assert iou(box, truth[i][which]) > 0.5, f"track {track_id} strayed at frame {i}"


def test_face_that_leaves_and_comes_back_is_a_new_track():
    scene, patch = Scene(), texture(5, SIDE, SIDE, cell_px=8)

    def x(i: int) -> float:
        return 200 + 8 * i if i < 20 else (400 if i < 40 else 400 - 8 * (i - 40))

    def found(i: int) -> Found:
        return [(box_at(x(i), 60, SIDE), 1.0)] if x(i) < 285 else []

    tracker = FaceTracker(ScriptedFinder(found), find_every=5)
    steps = [tracker.step(scene.frame(i, [(patch, x(i), 60)])) for i in range(75)]
    assert {track_id for step in steps for track_id in boxes_by_id(step)} == {1, 2}
    ended_at = next(i for i, step in enumerate(steps) if 1 in step.ended)
    assert 12 <= ended_at < 40
    assert all(not step.faces for step in steps[ended_at:53])
    assert list(boxes_by_id(steps[-1])) == [2]
    assert tracker.finish() == (2,)


def test_short_loss_is_bridged_and_the_gap_is_not_reported():
    scene, patch, screen = Scene(), texture(5, SIDE, SIDE, cell_px=8), texture(77, 120, 120, cell_px=15)
    hidden = range(12, 18)  # 0.24 s at 25 frames a second

    def frame(i: int):
        return scene.frame(i, [(patch, 100, 60), *([(screen, 70, 30)] if i in hidden else [])])

    tracker = FaceTracker(ScriptedFinder(lambda i: [] if i in hidden else [(box_at(100, 60, SIDE), 1.0)]))
    seen = [sorted(boxes_by_id(tracker.step(frame(i)))) for i in range(40)]
    assert all(ids == [] for ids in (seen[i] for i in hidden))
    assert seen[11] == [1]
    assert seen[-1] == [1]
    np.testing.assert_array_equal(tracker.path(1).frame_indices, [i for i, ids in enumerate(seen) if ids])


def test_another_face_in_the_same_place_is_another_track():
    scene, one, other = Scene(), texture(5, SIDE, SIDE, cell_px=8), texture(6, SIDE, SIDE, cell_px=8)
    tracker = FaceTracker(ScriptedFinder(lambda i: [(box_at(100, 60, SIDE), 1.0)]))
    steps = [tracker.step(scene.frame(i, [(one if i < 14 else other, 100, 60)])) for i in range(30)]
    assert not any(step.is_shot_cut for step in steps)
    assert list(boxes_by_id(steps[13])) == [1]
    assert list(boxes_by_id(steps[14])) == [2]
    assert list(boxes_by_id(steps[-1])) == [2]


def test_shot_cut_ends_all_tracks_and_asks_the_finder():
    patch = texture(5, SIDE, SIDE, cell_px=8)
    scenes = Scene(seed=100), Scene(seed=200)
    finder = ScriptedFinder(lambda i: [(box_at(100, 60, SIDE), 1.0)])
    tracker = FaceTracker(finder, find_every=10)
    steps = [tracker.step(scenes[i >= 7].frame(i, [(patch, 100, 60)])) for i in range(12)]
    assert [i for i, step in enumerate(steps) if step.is_shot_cut] == [7]
    assert steps[7].ended == (1,)
    assert list(boxes_by_id(steps[7])) == [2]
    assert finder.asked == [0, 7]


def test_change_of_size_begins_a_new_shot():
    finder = ScriptedFinder(lambda i: [(box_at(10, 10, 40), 1.0)])
    tracker = FaceTracker(finder)
    picture = texture(1, 120, 160)
    tracker.step(frame_of(picture, 0))
    step = tracker.step(frame_of(picture[:100, :120].copy(), 1))
    assert step.is_shot_cut
    assert step.ended == (1,)
    assert list(boxes_by_id(step)) == [2]


def test_no_track_runs_through_a_hole():
    patch = texture(5, SIDE, SIDE, cell_px=8)
    finder = ScriptedFinder(lambda i: [(box_at(100, 60, SIDE), 1.0)])
    tracker = FaceTracker(finder, find_every=10)
    steps = []
    for i in range(12):
        frame = Scene(seed=100).frame(i, [(patch, 100, 60)])
        frame.follows_hole = i == 7
        steps.append(tracker.step(frame))
    assert steps[7].ended == (1,)
    assert list(boxes_by_id(steps[7])) == [2]
    assert finder.asked == [0, 7]
    assert not any(step.is_shot_cut for step in steps)


def test_face_that_the_finder_no_longer_sees_ends():
    frames, _ = moving_scene(60, speed=0.0)
    finder = ScriptedFinder(lambda i: [(box_at(20, 60, SIDE), 1.0)] if i <= 10 else [])
    tracker = FaceTracker(finder, find_every=10)
    steps = [tracker.step(frame) for frame in frames]
    assert finder.asked[:5] == [0, 10, 20, 23, 26]
    assert boxes_by_id(steps[25])
    assert not boxes_by_id(steps[26]), "missed three times running"
    assert next(i for i, step in enumerate(steps) if step.ended) == 39, "half a second after the loss"
    assert tracker.finish() == ()


def test_track_begins_where_the_finder_is_sure():
    frames, _ = moving_scene(30, speed=0.0)
    finder = ScriptedFinder(lambda i: [(box_at(20, 60, SIDE), 0.96 if i == 10 else 0.85)])
    tracker = FaceTracker(finder, find_every=10)
    steps = [tracker.step(frame) for frame in frames]
    assert finder.asked == [0, 10, 20], "a face it is not sure of is no reason to look again"
    assert [i for i, step in enumerate(steps) if step.faces] == list(range(10, 30)), "less sure is enough to go on"
    assert tracker.path(1).frame_indices[0] == 10


def test_what_the_finder_is_never_sure_of_is_never_reported():
    frames, _ = moving_scene(30, speed=0.0)
    tracker = FaceTracker(ScriptedFinder(lambda i: [(box_at(20, 60, SIDE), 0.94)]), find_every=5)
    assert not any(tracker.step(frame).faces for frame in frames)
    assert tracker.finish() == ()


def test_face_found_twice_in_one_frame_is_one_track():
    frames, _ = moving_scene(12, speed=0.0)
    finder = ScriptedFinder(lambda i: [(box_at(20, 60, SIDE), 1.0), (box_at(24, 62, SIDE), 0.99)])
    tracker = FaceTracker(finder, find_every=5)
    for frame in frames:
        assert len(tracker.step(frame).faces) == 1


def test_forty_faces():
    scene = Scene(400, 240)
    patches = [texture(300 + k, 28, 28, cell_px=6) for k in range(40)]

    def place(k: int, i: int) -> tuple[float, float]:
        return 6.0 + 48 * (k % 8) + i, 8.0 + 46 * (k // 8)

    finder = ScriptedFinder(lambda i: [(box_at(*place(k, i), 28), 1.0) for k in range(40)])
    tracker = FaceTracker(finder, find_every=4)
    for i in range(9):
        step = tracker.step(scene.frame(i, [(patch, *place(k, i)) for k, patch in enumerate(patches)]))
        assert list(boxes_by_id(step)) == list(range(1, 41))
        for track_id, box in boxes_by_id(step).items():
            assert iou(box, box_at(*place(track_id - 1, i), 28)) > 0.85


def test_three_pixel_face_and_one_that_fills_the_frame():
    picture = texture(8, 180, 320)
    tracker = FaceTracker(ScriptedFinder(lambda i: [((0.0, 0.0, 320.0, 180.0), 1.0), ((300.0, 4.0, 303.0, 7.0), 1.0)]))
    for i in range(12):
        step = tracker.step(frame_of(picture, i))
        assert boxes_by_id(step)[1] == pytest.approx((0, 0, 320, 180), abs=1)
    tracker.finish()


def test_one_pixel_frame():
    tracker = FaceTracker(ScriptedFinder(lambda i: [((0.0, 0.0, 1.0, 1.0), 1.0)]))
    for i in range(4):
        tracker.step(frame_of(np.full((1, 1), 90, np.uint8), i))
    assert tracker.finish() in ((), (1,))


def test_jitter_of_the_finder_is_damped():
    frames, _ = moving_scene(120, speed=0.0)
    jitter = np.random.default_rng(0).normal(0, 3, (120, 2))
    finder = ScriptedFinder(lambda i: [(box_at(20 + jitter[i, 0], 60 + jitter[i, 1], SIDE), 1.0)])
    tracker = FaceTracker(finder, find_every=4)
    for frame in frames:
        tracker.step(frame)
    lefts = tracker.path(1).boxes_xyxy_px[20:, 0]
    assert lefts.std() < 0.75 * jitter[finder.asked, 0].std()


def test_path_holds_every_reported_frame():
    frames, finder = moving_scene(25)
    tracker = FaceTracker(finder)
    steps = [tracker.step(frame) for frame in frames]
    path = tracker.path(1)
    assert path.track_id == 1
    assert (path.frame_indices.dtype, path.pts_s.dtype, path.boxes_xyxy_px.dtype) == (np.int64, np.float64, np.float32)
    np.testing.assert_array_equal(path.frame_indices, np.arange(25))
    np.testing.assert_allclose(path.pts_s, np.arange(25) / 25)
    np.testing.assert_allclose(path.boxes_xyxy_px, [boxes_by_id(step)[1] for step in steps], rtol=1e-6)
    with pytest.raises(KeyError):
        tracker.path(2)


def test_same_input_same_output():
    def run() -> list[TrackStep]:
        frames, finder = moving_scene(25)
        tracker = FaceTracker(finder)
        return [tracker.step(frame) for frame in frames]

    assert run() == run()


def test_refuses_a_find_interval_below_one():
    with pytest.raises(ValueError, match="find_every"):
        FaceTracker(ScriptedFinder(lambda i: []), find_every=0)
