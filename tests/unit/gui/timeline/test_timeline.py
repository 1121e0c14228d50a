import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication

from forensiclab.analysis.events import CropsScored
from forensiclab.gui.state.selection import Selection
from forensiclab.gui.state.session import Session, SessionState
from forensiclab.gui.timeline.canvas import Zone
from forensiclab.gui.timeline.painting import TimeMap
from forensiclab.gui.timeline.span import TimeSpan
from forensiclab.gui.timeline.timeline import Timeline
from tests.benchmarks.timeline import long_session
from tests.unit.gui.snapshots import assert_looks_as_pinned, difference, dressed


@pytest.fixture
def session(exhibits, clip):
    session = Session(clip)
    for event in exhibits.whole_analysis(clip):
        session.add(event)
    return session


@pytest.fixture
def timeline(qtbot, session):
    timeline = Timeline()
    qtbot.addWidget(timeline)
    timeline.resize(800, 320)
    with qtbot.waitExposed(timeline):
        timeline.show()
    timeline.set_session(session)
    timeline.select(Selection(track_id=1))
    qtbot.waitUntil(lambda: not timeline.is_behind)
    return timeline


def place(timeline, pts_s, zone=Zone.STRIP):
    return QPointF(timeline.canvas.time_map.x(pts_s), timeline.canvas.zone_rect(zone).center().y()).toPoint()


def drag(qtbot, timeline, start, end, modifiers=Qt.KeyboardModifier.NoModifier, release=True):
    viewport, button = timeline.canvas.viewport(), Qt.MouseButton.LeftButton
    qtbot.mousePress(viewport, button, modifiers, start)
    for share in (0.5, 1.0):
        qtbot.mouseMove(viewport, start + (end - start) * share)
    if release:
        qtbot.mouseRelease(viewport, button, modifiers, end)


def click(qtbot, timeline, point, modifiers=Qt.KeyboardModifier.NoModifier):
    qtbot.mouseClick(timeline.canvas.viewport(), Qt.MouseButton.LeftButton, modifiers, point)


def test_every_curve_is_there_with_its_gaps(timeline, exhibits):
    assert set(timeline.curves) == {(name, track) for name in ("alpha", "beta") for track in (1, 2)}
    curve = timeline.curves["alpha", 2]
    np.testing.assert_allclose(curve.times_s, [0.0, 0.2, 0.4, 0.6, 0.8])
    assert curve.raw_scores[0] == -2.0
    assert np.isnan(timeline.curves["alpha", 1].raw_scores).sum() == 1
    timeline.set_session(None)
    assert timeline.curves == {}


@pytest.mark.parametrize("score", [3.2, 1.0], ids=["on a curve", "beside the curves"])
def test_a_click_seeks(qtbot, timeline, score):
    with qtbot.waitSignal(timeline.seek_requested) as sought:
        click(qtbot, timeline, timeline.place_of("alpha", 1.0, score))
    assert sought.args == [pytest.approx(1.0, abs=0.005)]
    assert timeline.canvas.pts_s == sought.args[0]


def test_a_click_before_the_start_seeks_to_the_start(qtbot, timeline):
    with qtbot.waitSignal(timeline.seek_requested) as sought:
        click(qtbot, timeline, place(timeline, -0.01))
    assert sought.args == [0.0]


def test_a_drag_in_the_axis_seeks_all_the_way(qtbot, timeline):
    sought = []
    timeline.seek_requested.connect(sought.append)
    drag(qtbot, timeline, place(timeline, 0.2, Zone.AXIS), place(timeline, 1.2, Zone.AXIS))
    assert sought == pytest.approx([0.2, 0.7, 1.2], abs=0.01)


def test_a_drag_moves_along_and_seeks_nowhere(qtbot, timeline):
    timeline.canvas.zoom(4, 1.0)
    before = timeline.canvas.span.start_s
    with qtbot.assertNotEmitted(timeline.seek_requested):
        drag(qtbot, timeline, place(timeline, 1.1), place(timeline, 1.0))
    assert timeline.canvas.span.start_s == pytest.approx(before + 0.1, abs=0.01)
    qtbot.mouseDClick(timeline.canvas.viewport(), Qt.MouseButton.LeftButton, pos=place(timeline, 1.0))
    assert timeline.canvas.span.is_whole


def test_the_wheel_zooms_about_the_pointer_and_moves_along_with_shift(timeline):
    def roll(notches, modifiers=Qt.KeyboardModifier.NoModifier):
        at = QPointF(place(timeline, 0.8))
        event = QWheelEvent(
            at, QPointF(), QPoint(), QPoint(0, 120 * notches), Qt.MouseButton.NoButton, modifiers,
            Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(timeline.canvas.viewport(), event)

    x = timeline.canvas.time_map.x(0.8)
    width_s = timeline.canvas.span.width_s
    roll(3)
    assert timeline.canvas.span.width_s < width_s / 1.5
    assert timeline.canvas.time_map.x(0.8) == pytest.approx(x, abs=1.5)
    start_s = timeline.canvas.span.start_s
    roll(-1, Qt.KeyboardModifier.ShiftModifier)
    assert timeline.canvas.span.start_s > start_s
    roll(-20)
    assert timeline.canvas.span.is_whole


def test_shift_and_a_drag_select_a_range(qtbot, timeline):
    with qtbot.waitSignal(timeline.range_chosen) as chosen:
        drag(qtbot, timeline, place(timeline, 1.3), place(timeline, 0.3), Qt.KeyboardModifier.ShiftModifier)
    assert chosen.args == [pytest.approx((0.3, 1.3), abs=0.01)]


def test_the_range_button_lets_a_drag_select_and_a_click_seek(qtbot, timeline):
    timeline.range_button.click()
    with qtbot.waitSignal(timeline.range_chosen) as chosen:
        drag(qtbot, timeline, place(timeline, 0.3), place(timeline, 5.0))
    assert chosen.args == [pytest.approx((0.3, 2.0), abs=0.01)]
    with qtbot.assertNotEmitted(timeline.range_chosen), qtbot.waitSignal(timeline.seek_requested):
        click(qtbot, timeline, place(timeline, 1.0))


def test_an_end_of_the_range_can_be_moved(qtbot, timeline):
    timeline.select(Selection(track_id=1, range_s=(0.4, 1.2)))
    with qtbot.waitSignal(timeline.range_chosen) as chosen:
        drag(qtbot, timeline, place(timeline, 0.4), place(timeline, 0.8))
    assert chosen.args == [pytest.approx((0.8, 1.2), abs=0.01)]


def test_the_readout_gives_the_mean_of_the_range_while_it_is_dragged(qtbot, timeline):
    shift = Qt.KeyboardModifier.ShiftModifier
    drag(qtbot, timeline, place(timeline, 0.1), place(timeline, 0.5), shift, release=False)
    assert timeline.readout.text().endswith("Track 1 · alpha: mean +3.150 of 2 · beta: mean +3.650 of 2")
    qtbot.mouseRelease(timeline.canvas.viewport(), Qt.MouseButton.LeftButton, shift, place(timeline, 0.5))
    timeline.select(Selection(track_id=2, range_s=(0.0, 2.0), detectors=frozenset({"beta"})))
    assert timeline.readout.text() == "0:00.000 – 0:02.000 · Track 2 · beta: mean -1.300 of 5"


def test_keys_step_zoom_and_set_the_range(qtbot, timeline):
    steps, tracks, ranges = [], [], []
    timeline.step_requested.connect(steps.append)
    timeline.track_chosen.connect(tracks.append)
    timeline.range_chosen.connect(ranges.append)
    timeline.set_position(0.8)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Left, Qt.Key.Key_Down, Qt.Key.Key_I, Qt.Key.Key_O):
        qtbot.keyClick(timeline.canvas, key)
    assert steps == [1, 1, -1]
    assert tracks == [2]
    assert ranges == [pytest.approx((0.8, 2.0)), pytest.approx((0.0, 0.8))]
    timeline.select(Selection(track_id=2, range_s=(0.0, 0.8)))
    qtbot.keyClick(timeline.canvas, Qt.Key.Key_Escape)
    assert ranges[2:] == [None]
    width_s = timeline.canvas.span.width_s
    qtbot.keyClick(timeline.canvas, Qt.Key.Key_Plus)
    assert timeline.canvas.span.width_s < width_s
    qtbot.keyClick(timeline.canvas, Qt.Key.Key_Minus)
    assert timeline.canvas.span.width_s == pytest.approx(width_s)


def test_a_click_on_a_bar_selects_its_track(qtbot, timeline):
    lanes = timeline.canvas.zone_rect(Zone.LANES)
    second = QPointF(timeline.canvas.time_map.x(0.4), lanes.bottom() - 5).toPoint()
    with qtbot.waitSignal(timeline.track_chosen) as chosen, qtbot.assertNotEmitted(timeline.seek_requested):
        click(qtbot, timeline, second)
    assert chosen.args == [2]
    qtbot.mouseMove(timeline.canvas.viewport(), second + QPoint(3, 0))
    assert timeline.readout.text() == "Track 2 · 0:00.000 – 0:00.960 · supports authenticity"


@pytest.mark.parametrize(
    ("pts_s", "said"),
    [
        (0.41, "0:00.410 · Track 1: +3.200 · Track 2: -1.800"),
        (0.495, "0:00.495 · Track 1: +3.200 · Track 2: -1.800 · not scored: the face is blurred"),
        (1.79, "0:01.790 · Track 1: +3.900"),
    ],
)
def test_values_under_the_pointer_are_told(qtbot, timeline, pts_s, said):
    timeline.resize(2064, 320)  # a pixel is a millisecond
    qtbot.mouseMove(timeline.canvas.viewport(), timeline.place_of("alpha", pts_s, 1.0))
    told = timeline.readout.text()
    assert told.partition(" · ")[2] == said.partition(" · ")[2]
    assert told[:6] == said[:6]
    timeline._hand.pointed.emit(None)
    assert timeline.readout.text() == ""


def test_the_strip_tells_picture_types_and_gaps(qtbot, timeline):
    qtbot.mouseMove(timeline.canvas.viewport(), place(timeline, 1.0))
    assert timeline.readout.text().endswith(" · I picture · QP 28.0")
    qtbot.mouseMove(timeline.canvas.viewport(), place(timeline, 0.5))
    assert timeline.readout.text().endswith(" · not scored: the face is blurred")


def test_a_screen_reader_is_told_what_there_is(timeline):
    told = timeline.canvas.accessibleDescription()
    assert told == "0:02.000 long; tracks: 2; detectors: alpha, beta; stretches not scored: 1"


@pytest.mark.parametrize("width", [300, 1000, 3000])
def test_titles_begin_behind_the_playhead_at_rest(width):
    span = TimeSpan()
    span.set_length(10.0)
    whole = TimeMap.of(span, 40, width)
    assert whole.title_indent >= max(whole.x(0.0) - whole.left + 2, 9)
    for part in ((2.0, 3.0), (-0.1, 0.1)):  # the start is out of view, or far in it
        span.show(*part)
        assert TimeMap.of(span, 40, width).title_indent == 9


def test_hidden_detectors_have_no_row(timeline):
    timeline.select(Selection(track_id=1, detectors=frozenset({"beta"})))
    assert [name for name, _, _ in timeline.canvas.rows()] == ["beta"]
    with pytest.raises(KeyError):
        timeline.place_of("alpha", 1.0, 1.0)


def test_the_selected_track_is_thicker(qtbot, timeline):
    def ink(track_id):
        timeline.select(Selection(track_id=track_id))
        rows = timeline.canvas.zone_rect(Zone.ROWS).toRect()
        picture = timeline.canvas.viewport().grab(rows).toImage()
        return sum(
            picture.pixelColor(x, y).blue() < 90 < picture.pixelColor(x, y).red()  # the first track's orange
            for x in range(300, picture.width(), 7)
            for y in range(picture.height())
        )

    assert ink(1) > 1.5 * ink(2) > 0


def test_many_detectors_scroll_and_keep_axis_and_lanes(qtbot, exhibits, clip, session):
    timeline = Timeline()
    qtbot.addWidget(timeline)
    timeline.resize(600, 260)
    with qtbot.waitExposed(timeline):
        timeline.show()
    timeline.set_session(session)
    assert timeline.canvas.verticalScrollBar().maximum() == 0 or timeline.canvas.zone_rect(Zone.ROWS).height() < 108
    session.detectors.extend(f"more {number}" for number in range(15))
    timeline.refresh()
    qtbot.waitUntil(lambda: not timeline.is_behind)
    assert len(timeline.canvas.rows()) == 17
    bar = timeline.canvas.verticalScrollBar()
    assert bar.maximum() > 600
    axis = timeline.canvas.zone_rect(Zone.AXIS)
    bar.setValue(bar.maximum())
    assert timeline.canvas.zone_rect(Zone.AXIS) == axis
    assert timeline.canvas.rows()[-1][2].bottom() == pytest.approx(timeline.canvas.zone_rect(Zone.ROWS).bottom(), abs=2)


def test_what_comes_in_is_drawn_and_the_view_grows(qtbot, exhibits, clip):
    session = Session(clip)
    timeline = Timeline()
    qtbot.addWidget(timeline)
    with qtbot.waitExposed(timeline):
        timeline.show()
    timeline.set_session(session)
    assert timeline.readout.text() == "The curves appear with the first scores."
    session.state = SessionState.FAILED
    timeline.refresh()
    assert timeline.readout.text() == "Nothing was scored."
    session.state = SessionState.RUNNING
    for frame in range(0, 50, 5):
        session.add(exhibits.faces_in(frame))
        session.add(CropsScored(crops=(exhibits.make_crop(1, frame),)))
        timeline.refresh()
    qtbot.waitUntil(lambda: not timeline.is_behind)
    assert len(timeline.curves["alpha", 1].times_s) == 10
    assert timeline.canvas.span.is_whole
    assert timeline.canvas.span.length_s == 1.8
    assert timeline.readout.text() == ""


def test_an_exhibit_that_comes_back_keeps_what_was_taken_over(timeline, session, clip):
    data = timeline._data
    timeline.set_session(Session(clip))
    assert timeline.curves == {}
    timeline.set_session(session)
    assert timeline._data is data


def test_the_view_follows_a_playhead_that_leaves_it(timeline):
    timeline.set_position(0.5)
    timeline.canvas.zoom(8, 0.5)
    end_s = timeline.canvas.span.end_s
    timeline.set_position(end_s + 0.02)
    assert timeline.canvas.span.start_s <= end_s + 0.02 <= timeline.canvas.span.end_s


@pytest.mark.parametrize("is_dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("size", [(640, 240), (1000, 420)], ids=["small", "large"])
def test_timeline_looks_as_pinned(qtbot, exhibits, clip, tmp_path, size, is_dark):
    with dressed(is_dark=is_dark):
        session = Session(clip)
        for event in exhibits.whole_analysis(clip):
            session.add(event)
        timeline = Timeline()
        qtbot.addWidget(timeline)
        timeline.resize(*size)
        with qtbot.waitExposed(timeline):
            timeline.show()
        timeline.set_session(session)
        qtbot.waitUntil(lambda: not timeline.is_behind)
        timeline.select(Selection(track_id=1, range_s=(0.3, 1.5)))
        timeline.set_position(0.62)
        timeline.grab()
        timeline.canvas.repaint_all()
        name = f"timeline_{size[0]}_{'dark' if is_dark else 'light'}"
        assert_looks_as_pinned(timeline, name, tmp_path)


def test_a_long_timeline_looks_as_pinned(qtbot, tmp_path):
    with dressed(is_dark=False):
        timeline = Timeline()
        qtbot.addWidget(timeline)
        timeline.resize(1000, 420)
        with qtbot.waitExposed(timeline):
            timeline.show()
        timeline.set_session(long_session(120_000, 3, 60))
        timeline.select(Selection(track_id=8))
        qtbot.waitUntil(lambda: not timeline.is_behind)
        timeline.canvas.span.show(60.0, 640.0)
        timeline.canvas.repaint_all()
        assert_looks_as_pinned(timeline, "timeline_long", tmp_path)


def test_tracks_that_went_away_are_not_shown_any_more(qtbot, timeline, session):
    session.tracks = {1: session.tracks[1]}
    timeline.refresh()
    qtbot.waitUntil(lambda: not timeline.is_behind)
    assert set(timeline.curves) == {("alpha", 1), ("beta", 1)}
    lanes = timeline.canvas.zone_rect(Zone.LANES)
    assert timeline.canvas.pointed_at(QPointF(timeline.canvas.time_map.x(0.4), lanes.center().y())).track_id == 1


def test_a_change_of_one_curve_would_be_seen(qtbot, timeline):
    before = timeline.grab().toImage().convertToFormat(timeline.grab().toImage().Format.Format_RGB888)
    timeline.select(Selection(track_id=1, detectors=frozenset({"beta"})))
    after = timeline.grab().toImage().convertToFormat(before.format())
    assert difference(before, before) == 0
    assert difference(before, after) > 0.01
