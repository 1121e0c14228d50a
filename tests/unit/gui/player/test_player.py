from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QImage, QWheelEvent
from PySide6.QtWidgets import QFileDialog

from forensiclab.core.scores import Verdict
from forensiclab.gui.player.frame_fetcher import FrameFetcher
from forensiclab.gui.player.player import Player
from forensiclab.gui.state.session import ShownFace
from forensiclab.gui.widgets.images import to_image
from forensiclab.media.player import FrameServer
from forensiclab.media.reader import MediaReader

FRAME_S = 0.04


@pytest.fixture
def open_frames(exhibits):
    """Scripted frames, of which the whole ones are twice as large."""

    class Frames(exhibits.ScriptedFrames):
        def whole_at(self, pts_s):
            grey = round(pts_s * exhibits.RATE)
            return exhibits.Shown(pts_s, np.full((2 * exhibits.HEIGHT, 2 * exhibits.WIDTH, 3), grey, np.uint8))

    return Frames


@pytest.fixture
def player(qtbot, no_thread_left, open_frames):
    fetcher = FrameFetcher(open_frames=open_frames)
    player = Player(fetcher)
    qtbot.addWidget(player)
    player.resize(400, 300)
    player.show()
    yield player
    fetcher.shutdown()


@pytest.fixture
def opened(qtbot, player, clip, exhibits):
    with qtbot.waitSignal(player.position_changed):
        player.open(clip)
    player.set_extent(2.0, exhibits.make_stream())
    return player


def grey_shown(player):
    return player.view._image.pixelColor(5, 5).red()


def test_opening_shows_the_first_frame(opened):
    assert opened.pts_s == 0.0
    assert grey_shown(opened) == 0
    assert (opened.bar.time_field.text(), opened.bar.end_label.text()) == ("0:00.000", "/ 0:02.000")


def test_stepping_goes_frame_by_frame_and_stops_at_the_ends(qtbot, opened):
    opened.step_back()
    opened.step_forward()
    opened.step_forward()
    qtbot.waitUntil(lambda: opened.pts_s == pytest.approx(2 * FRAME_S) or opened.pts_s == pytest.approx(FRAME_S))
    with qtbot.waitSignal(opened.position_changed):
        opened.seek(1.96)
    with qtbot.waitSignal(opened.position_changed):
        opened.step_forward()
    assert grey_shown(opened) == 49


def test_quick_steps_add_up(qtbot, opened):
    for _ in range(7):
        opened.step_forward()
    qtbot.waitUntil(lambda: grey_shown(opened) == 7)


def test_scrubbing_ends_at_the_newest_place(qtbot, opened):
    for value in range(0, 1600, 10):
        opened.bar.slider.setValue(value)
    qtbot.waitUntil(lambda: grey_shown(opened) == 39)
    assert opened.bar.slider.value() == 1560


def test_playing_goes_on_to_the_end_and_pauses_there(qtbot, opened):
    opened.bar.speed.setCurrentIndex(opened.bar.speed.findData(2.0))
    with qtbot.waitSignal(opened.position_changed):
        opened.seek(1.8)
    seen = []
    opened.position_changed.connect(seen.append)
    opened.toggle_play()
    assert opened.is_playing
    qtbot.waitUntil(lambda: not opened.is_playing)
    np.testing.assert_allclose(seen[:4], [1.84, 1.88, 1.92, 1.96])
    assert grey_shown(opened) == 49


def test_playing_can_be_paused(qtbot, opened):
    opened.toggle_play()
    qtbot.waitUntil(lambda: opened.pts_s > 0)
    opened.toggle_play()
    assert not opened.is_playing
    assert opened.pts_s < 1.9


def test_a_picture_cannot_be_played(opened, exhibits):
    opened.set_extent(0.0, exhibits.make_stream(is_image=True))
    opened.toggle_play()
    assert not opened.is_playing
    assert not opened.bar.play_button.isEnabled()


def test_a_file_that_cannot_be_shown_says_why(qtbot, player, tmp_path):
    with qtbot.waitSignal(player.failed) as failure:
        player.open(tmp_path / "x.broken")
    assert "cannot be shown" in failure.args[0]


def test_frames_of_the_exhibit_before_do_not_arrive(qtbot, opened, tmp_path):
    opened.seek(1.0)
    opened.open(None)
    opened.open(tmp_path / "next.mp4")
    with qtbot.waitSignal(opened.position_changed) as moved:
        pass
    assert moved.args == [0.0]


def test_faces_are_drawn_in_their_verdicts_colour(qtbot, opened):
    box = (40.0, 30.0, 200.0, 150.0)
    opened.view.set_faces([ShownFace(track_id=1, box_xyxy_px=box, verdict=Verdict.SUPPORTS_MANIPULATION)], 1)
    face = opened.view.faces[0]
    rect = opened.view.face_rect(face)
    assert rect.width() / opened.view.zoom.rect().width() == pytest.approx(0.5, abs=0.01)
    picture = opened.view.grab().toImage()
    edge = picture.pixelColor(round(rect.left()), round(rect.center().y()))
    assert (edge.red() > 180, edge.blue() < 120) == (True, True)
    inside = picture.pixelColor(rect.center().toPoint())
    assert inside.red() == inside.blue() == 0
    assert opened.view.accessibleDescription() == "Track 1: supports manipulation"
    with qtbot.waitSignal(opened.view.track_clicked) as click:
        qtbot.mouseClick(opened.view, Qt.MouseButton.LeftButton, pos=rect.center().toPoint())
    assert click.args == [1]
    with qtbot.assertNotEmitted(opened.view.track_clicked):
        qtbot.mouseClick(opened.view, Qt.MouseButton.LeftButton, pos=QPoint(2, 2))


@pytest.mark.parametrize("verdict", [None, *Verdict])
def test_every_verdict_has_a_tag_of_its_own_shape(opened, verdict):
    def tag_of(shown):
        opened.view.set_faces([ShownFace(track_id=1, box_xyxy_px=(40.0, 60.0, 200.0, 150.0), verdict=shown)], 1)
        corner = opened.view.face_rect(opened.view.faces[0]).topLeft().toPoint()
        tag = opened.view.grab().toImage().copy(corner.x() + 2, corner.y() - 18, 16, 16)
        return [[tag.pixelColor(x, y).lightness() > 90 for x in range(16)] for y in range(16)]

    others = [other for other in (None, *Verdict) if other is not verdict]
    assert all(tag_of(verdict) != tag_of(other) for other in others)


def test_an_image_owns_its_pixels():
    picture = np.zeros((4, 6, 3), np.uint8)
    image = to_image(picture[:, 1:5])
    picture[:] = 255
    assert (image.width(), image.height()) == (4, 4)
    assert image.pixelColor(0, 0).red() == 0


def settled(qtbot, player, pts_s):
    qtbot.waitUntil(lambda: player.pts_s == pytest.approx(pts_s, abs=1e-6))


def pixels_of(image):
    image = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3)


def turn_wheel(view, notches, place, keys=Qt.KeyboardModifier.NoModifier):
    place = QPointF(place)
    view.wheelEvent(
        QWheelEvent(
            place, view.mapToGlobal(place), QPoint(), QPoint(0, 120 * notches), Qt.MouseButton.NoButton, keys,
            Qt.ScrollPhase.NoScrollPhase, False,
        )
    )  # fmt: skip


def test_steps_show_every_frame_of_a_clip_with_b_pictures_both_ways(qtbot, no_thread_left, make_clip):
    path = make_clip(frames=24, options={"x264-params": "keyint=9:bframes=3:b-adapt=0:scenecut=0"})
    with MediaReader(path) as reader:
        frames = [(frame.pts_s, frame.rgb(), frame.picture_type) for frame in reader.frames()]
    assert "B" in {picture_type for *_, picture_type in frames}
    fetcher = FrameFetcher(open_frames=FrameServer)
    player = Player(fetcher)
    qtbot.addWidget(player)
    with qtbot.waitSignal(player.position_changed):
        player.open(path)
    for step, wanted in ((player.step_forward, frames[1:]), (player.step_back, frames[-2::-1])):
        for pts_s, rgb, _ in wanted:
            with qtbot.waitSignal(player.position_changed):
                step()
            assert player.pts_s == pytest.approx(pts_s)
            np.testing.assert_array_equal(pixels_of(player.view._image), rgb)
    fetcher.shutdown()


def test_a_pause_stays_at_the_frame_that_was_seen_and_steps_go_from_there(qtbot, opened):
    opened.bar.speed.setCurrentIndex(0)  # the next frame is there long before it is due
    opened.toggle_play()
    qtbot.waitUntil(lambda: opened._held is not None)
    opened.pause()
    assert grey_shown(opened) == 0
    opened.step_forward()
    settled(qtbot, opened, FRAME_S)
    opened.step_back()
    settled(qtbot, opened, 0.0)


def test_j_k_and_l_change_the_speed_and_the_direction(qtbot, opened):
    opened.faster()
    assert (opened.is_playing, opened.bar.speed.currentData()) == (True, 1.0)
    for wanted in (2.0, 2.0):
        opened.faster()
        assert opened.bar.speed.currentData() == wanted
    for wanted in (1.0, 0.5, 0.25, 0.1, 0.1):
        opened.slower()
        assert opened.bar.speed.currentData() == wanted
    assert opened.is_playing
    opened.pause()
    opened.seek(1.0)
    settled(qtbot, opened, 1.0)
    opened.slower()
    settled(qtbot, opened, 1.0 - FRAME_S)
    assert not opened.is_playing


def test_home_and_end_show_the_first_and_the_last_frame(qtbot, opened):
    opened.view.setFocus()
    qtbot.keyClick(opened.view, Qt.Key.Key_End)
    settled(qtbot, opened, 1.96)
    qtbot.keyClick(opened.view, Qt.Key.Key_Home)
    settled(qtbot, opened, 0.0)


def test_playing_from_the_end_begins_at_the_start(qtbot, opened):
    opened.bar.speed.setCurrentIndex(opened.bar.speed.findData(2.0))
    opened.go_to_end()
    settled(qtbot, opened, 1.96)
    opened.toggle_play()
    qtbot.waitUntil(lambda: not opened.is_playing)
    opened.toggle_play()
    qtbot.waitUntil(lambda: opened.pts_s < 0.5)
    assert opened.is_playing


@pytest.mark.parametrize(("range_s", "begin_s"), [((0.4, 0.52), 0.4), ((0.4, 0.52), 0.52), ((1.88, 5.0), 1.9)])
def test_a_looped_range_is_played_again_and_again(qtbot, opened, range_s, begin_s):
    assert not opened.bar.loop_button.isEnabled()
    opened.set_range(range_s)
    assert opened.bar.loop_button.isEnabled()
    opened.bar.loop_button.click()
    opened.seek(begin_s)
    qtbot.waitUntil(lambda: abs(opened.pts_s - begin_s) < FRAME_S)
    seen = []
    opened.position_changed.connect(seen.append)
    opened.toggle_play()
    qtbot.waitUntil(lambda: sum(after < before for before, after in pairwise(seen)) >= 2)
    assert min(seen) > range_s[0] - FRAME_S
    assert max(seen) <= range_s[1] + 1e-6
    opened.set_range(None)
    assert not opened.bar.loop_button.isEnabled()


def test_a_time_that_is_written_is_gone_to(qtbot, opened):
    opened.edit_time()
    field = opened.bar.time_field
    qtbot.waitUntil(field.hasFocus)
    qtbot.keyClicks(field, "0:01.2")
    opened.set_extent(2.5, None)  # what is being written stays
    assert field.text() == "0:01.2"
    qtbot.keyClick(field, Qt.Key.Key_Return)
    settled(qtbot, opened, 1.2)
    assert field.text() == "0:01.200"
    assert opened.view.hasFocus()
    opened.edit_time()
    with qtbot.waitSignal(opened.refused) as refusal:
        qtbot.keyClicks(field, "soon\r")
    assert refusal.args == ["'soon' is not a time. Enter seconds (83.2), minutes (1:23.2) or hours (0:01:23.200)."]
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert (field.text(), field.hasFocus()) == ("0:01.200", False)
    opened.edit_time()
    with qtbot.waitSignal(opened.noticed) as notice:
        qtbot.keyClicks(field, "99\r")
    assert notice.args == ["The exhibit ends at 0:02.500, its last frame."]
    settled(qtbot, opened, 1.96)


@pytest.mark.parametrize("keys", [Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier])
def test_the_wheel_enlarges_and_dragging_moves_the_frame_with_its_boxes(qtbot, opened, keys):
    view = opened.view
    assert opened.bar.frame_button.text() == "Fit"
    view.set_faces([ShownFace(track_id=1, box_xyxy_px=(100.0, 60.0, 200.0, 120.0), verdict=None)], None)
    before = view.face_rect(view.faces[0])
    turn_wheel(view, 4, view.rect().center(), keys)
    enlarged = view.face_rect(view.faces[0])
    assert enlarged.width() == pytest.approx(before.width() * 1.25**4)
    assert opened.bar.frame_button.text() == f"{100 * view.zoom.zoom:.0f} %"
    start = enlarged.center().toPoint()
    with qtbot.assertNotEmitted(view.track_clicked):
        qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=start)
        qtbot.mouseMove(view, start + QPoint(40, 20))
        qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=start + QPoint(40, 20))
    moved = view.face_rect(view.faces[0]).center() - enlarged.center()
    assert (moved.x(), moved.y()) == (40, 20)
    qtbot.keyClick(view, Qt.Key.Key_Left)
    assert view.face_rect(view.faces[0]).center().x() > enlarged.center().x() + 40
    view.zoom_to_fit()
    assert view.face_rect(view.faces[0]) == before
    assert opened.bar.frame_button.text() == "Fit"


def test_an_enlarged_frame_is_shown_in_its_own_pixels_once_the_player_stands(qtbot, opened, exhibits):
    opened.view.set_frame_width(2 * exhibits.WIDTH)  # what is shown is reduced by two
    assert opened.view._image.width() == exhibits.WIDTH
    opened.view.zoom_to_pixels()
    for _ in range(2):
        opened.view.zoom_in()
    qtbot.waitUntil(lambda: opened.view._image.width() == 2 * exhibits.WIDTH)
    opened.step_forward()
    qtbot.waitUntil(lambda: (opened.view._image.width(), grey_shown(opened)) == (2 * exhibits.WIDTH, 1))
    assert not opened.view.lacks_detail


def test_the_frame_is_copied_in_its_own_size(qtbot, opened):
    opened.step_forward()
    settled(qtbot, opened, FRAME_S)
    with qtbot.waitSignal(opened.noticed) as notice:
        opened.copy_frame()
    image = QGuiApplication.clipboard().image()
    assert (image.width(), image.height(), image.pixelColor(3, 3).red()) == (640, 360, 1)
    assert notice.args == ["The frame at 0:00.040 is on the clipboard (640 × 360 pixels)."]


@pytest.mark.parametrize("name", ["seen.png", "seen"])
def test_the_frame_is_saved_with_its_time_in_its_name(qtbot, opened, clip, monkeypatch, name):
    proposals = []
    answer = str(clip.with_name(name))
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *args: (proposals.append(args[2]), (answer, ""))[1])
    opened.step_forward()
    settled(qtbot, opened, FRAME_S)
    with qtbot.waitSignal(opened.noticed):
        opened.save_frame()
    assert proposals == [str(clip.with_name("clip one 0-00.040.png"))]
    image = QImage(str(clip.with_name("seen.png")))
    assert (image.width(), image.pixelColor(0, 0).red()) == (640, 1)
    assert image.text("Title") == "clip one.mp4, 0:00.040"


def test_a_frame_is_never_saved_over_the_evidence_or_another_file_unasked(qtbot, opened, clip, monkeypatch):
    (clip.with_name("taken.png")).write_bytes(b"older")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(clip.with_name("taken")), ""))
    with qtbot.waitSignal(opened.refused) as refusal:
        opened.save_frame()
    assert "already exists" in refusal.args[0]
    picture = clip.with_name("evidence.png")
    picture.write_bytes(b"evidence")
    link = clip.with_name("link.png")
    link.symlink_to(picture)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(link), ""))
    with qtbot.waitSignal(opened.position_changed):
        opened.open(picture)
    with qtbot.waitSignal(opened.refused) as refusal:
        opened.save_frame()
    assert "is the examined file itself" in refusal.args[0]
    assert picture.read_bytes() == b"evidence"
    opened.step_forward()  # all else goes on
    settled(qtbot, opened, FRAME_S)


def test_every_control_says_what_it_is(opened):
    bar = opened.bar
    controls = [
        bar.play_button, bar.back_button, bar.forward_button, bar.loop_button, bar.slider, bar.time_field, bar.speed,
        bar.frame_button,
    ]  # fmt: skip
    assert all(control.accessibleName() and control.toolTip() for control in controls)
    assert len({control.accessibleName() for control in controls}) == len(controls)
