import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt

from forensiclab.core.scores import Verdict
from forensiclab.gui.player import Player
from forensiclab.gui.player_worker import FrameFetcher, to_image
from forensiclab.gui.session import ShownFace

FRAME_S = 0.04


@pytest.fixture
def player(qtbot, no_thread_left, exhibits):
    fetcher = FrameFetcher(open_frames=exhibits.ScriptedFrames)
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
    assert opened.time_label.text() == "0:00.000 / 0:02.000"


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
        opened.slider.setValue(value)
    qtbot.waitUntil(lambda: grey_shown(opened) == 39)
    assert opened.slider.value() == 1560


def test_playing_goes_on_to_the_end_and_pauses_there(qtbot, opened):
    opened.speed.setCurrentIndex(opened.speed.findData(2.0))
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
    assert not opened.play_button.isEnabled()


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
    assert rect.width() / opened.view.width() == pytest.approx(0.5, abs=0.01)
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
