"""Detectors side by side: the table, contradictions, agreement, and what is asked of the window."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication, QTabBar

from forensiclab.analysis.events import DetectorRecord
from forensiclab.core.scores import DetectorScore, Verdict
from forensiclab.gui.comparison import attention_pictures as comparison_pictures
from forensiclab.gui.comparison.columns import SortOrder
from forensiclab.gui.comparison.comparison import PICTURES_MS, Comparison
from forensiclab.gui.comparison.model import Row
from forensiclab.gui.state.selection import Selection
from forensiclab.gui.state.session import Session
from forensiclab.gui.work.task_runner import TaskRunner
from tests.unit.gui.snapshots import assert_looks_as_pinned, dressed

NAMES = (
    "xception-c23",
    "mesoinception4",
    "resnet50",
    "efficientnet-b4-attention",
    "f3net",
    *map("net-{:02}".format, range(6, 18)),
)
FORGED, REAL, OPEN = Verdict.SUPPORTS_MANIPULATION, Verdict.SUPPORTS_AUTHENTICITY, Verdict.INCONCLUSIVE


def scored(name: str, verdict: Verdict, raw_score: float, *, is_calibrated: bool = True) -> DetectorScore:
    return DetectorScore(
        detector=name, raw_score=raw_score, probability=1 / (1 + np.exp(-raw_score)) if is_calibrated else None,
        verdict=verdict, band="light" if is_calibrated else None, crops_scored=10,
        reasons=(f"The probability of {name} is compared with its thresholds.",),
    )  # fmt: skip


def verdicts_of(names: Sequence[str], track_id: int) -> list[DetectorScore]:
    """Track 1: the second contradicts the others, the third is open. Track 2: all say real."""
    said = []
    for place, name in enumerate(names):
        verdict = {1: REAL, 2: OPEN}.get(place % 5, FORGED) if track_id == 1 else REAL
        said.append(scored(name, verdict, {FORGED: 2.0, REAL: -2.0, OPEN: 0.0}[verdict] + 0.01 * place))
    return said


def analysed(exhibits, clip, make_card, names, *, is_over=True) -> Session:
    """An exhibit of two tracks, ten and five crops, scored by these detectors."""
    session = Session(clip)
    events = list(exhibits.whole_analysis(clip))
    for event in events:
        match type(event).__name__:
            case "CropsScored":
                crops = []
                for contact in event.crops:
                    frame, track_id = contact.crop.frame_index, contact.crop.track_id
                    first = contact.scores[0]
                    scores = tuple(
                        replace(first, detector=score.detector, raw_score=score.raw_score + 0.3 * np.sin(frame + place))
                        for place, score in enumerate(verdicts_of(names, track_id))
                    )
                    crops.append(replace(contact, scores=scores))
                event = replace(event, crops=tuple(crops))
            case "TrackFinished":
                event = replace(event, track=with_scores(event.track, names))
            case "AnalysisFinished":
                report = event.report
                records = tuple(
                    DetectorRecord(card=make_card(name), device="cpu", precision="float32", attention_note="")
                    for name in names
                )
                event = replace(
                    event,
                    report=replace(
                        report,
                        method=replace(report.method, detectors=records),
                        tracks=tuple(with_scores(track, names) for track in report.tracks),
                        video=replace(report.video, scores=tuple(verdicts_of(names, 1))),
                    ),
                )
        if is_over or type(event).__name__ not in ("AnalysisFinished", "TrackFinished"):
            session.add(event)
    return session


def with_scores(track, names):
    return replace(track, scores=tuple(verdicts_of(names, track.track_id)))


@pytest.fixture
def tasks(no_thread_left):
    tasks = TaskRunner()
    yield tasks
    tasks.shutdown()


@pytest.fixture
def make(qtbot, tasks, exhibits, clip, make_card):
    """Show an exhibit that so many detectors have scored."""

    def build(count=3, *, size=(430, 560), is_over=True, track_id=1) -> Comparison:
        comparison = Comparison(tasks)
        qtbot.addWidget(comparison)
        comparison.resize(*size)
        with qtbot.waitExposed(comparison):
            comparison.show()
        comparison.set_session(analysed(exhibits, clip, make_card, NAMES[:count], is_over=is_over))
        comparison.select(Selection(track_id=track_id))
        return comparison

    return build


def cell(comparison, row: Row, name: str) -> str:
    names = [column.name for column in comparison.model.columns]
    return comparison.model.text(row, names.index(name))


def names_of(comparison) -> list[str]:
    return [column.name for column in comparison.model.columns]


def show_agreement(qtbot, comparison) -> None:
    comparison.pages.setCurrentWidget(comparison.agreement)
    qtbot.waitUntil(lambda: comparison.agreement.model.rowCount() > 0)


# ---- the table -----------------------------------------------------------------------------------------------------


def test_every_fact_of_a_detector_stands_in_its_column(make):
    comparison = make(3)
    name = NAMES[0]
    assert cell(comparison, Row.VERDICT, name) == "supports manipulation"
    assert cell(comparison, Row.PROBABILITY, name) == "0.881"
    assert cell(comparison, Row.RAW_SCORE, name) == "+2.000"
    assert cell(comparison, Row.BAND, name) == "light"
    assert cell(comparison, Row.FALSE_ALARMS, name) == "5.0 % of 600 real crops"
    assert cell(comparison, Row.CROPS, name) == "10"
    assert cell(comparison, Row.DEVICE, name) == "cpu · float32"
    assert name in cell(comparison, Row.REASONS, name)
    assert cell(comparison, Row.FLIP_POINT, name) == "not measured"


def test_a_verdict_has_a_shape_and_words_and_the_cell_says_whose_it_is(make):
    model = make(2).model
    index = model.index(Row.VERDICT, 1)
    assert index.data() == "supports authenticity"
    assert not index.data(Qt.ItemDataRole.DecorationRole).isNull()
    assert index.data(Qt.ItemDataRole.AccessibleTextRole).startswith(f"{NAMES[1]}: supports authenticity")


def test_while_the_analysis_runs_only_crops_are_counted(make):
    comparison = make(2, is_over=False)
    assert cell(comparison, Row.VERDICT, NAMES[0]) == "not judged yet"
    assert cell(comparison, Row.CROPS, NAMES[0]) == "10 so far"
    assert cell(comparison, Row.DEVICE, NAMES[0]) == "–"
    assert comparison.banner.text == ""


def test_a_detector_without_calibration_has_no_probability_and_no_error_rate(make):
    comparison = make(2)
    track = comparison._session.tracks[1]
    track.finish(
        replace(track.result, scores=(scored(NAMES[0], OPEN, 1.0, is_calibrated=False), track.result.scores[1]))
    )
    comparison.refresh()
    assert cell(comparison, Row.FALSE_ALARMS, NAMES[0]) == "not known"
    assert cell(comparison, Row.BAND, NAMES[0]) == "–"
    assert cell(comparison, Row.PROBABILITY, NAMES[0]) not in ("0.881", "0.500")


def test_flip_points_of_the_inspected_crop_are_taken_over_and_forgotten_with_the_exhibit(make):
    comparison = make(2)
    comparison.set_flip_points({NAMES[0]: "H.264, CRF 32"})
    assert cell(comparison, Row.FLIP_POINT, NAMES[0]) == "H.264, CRF 32"
    assert cell(comparison, Row.FLIP_POINT, NAMES[1]) == "not measured"
    comparison.set_session(comparison._session)
    assert cell(comparison, Row.FLIP_POINT, NAMES[0]) == "not measured"


def test_columns_are_sorted_and_hidden_ones_come_last(make):
    comparison = make(4)
    comparison.choices.order_box.setCurrentIndex(comparison.choices.order_box.findData(SortOrder.NAME))
    assert names_of(comparison) == sorted(NAMES[:4])
    comparison.choices.order_box.setCurrentIndex(comparison.choices.order_box.findData(SortOrder.RAW_SCORE))
    assert names_of(comparison) == [NAMES[3], NAMES[0], NAMES[2], NAMES[1]]
    comparison.select(Selection(track_id=1, detectors=frozenset(NAMES[:3])))
    assert names_of(comparison) == [NAMES[0], NAMES[2], NAMES[1], NAMES[3]]
    assert cell(comparison, Row.SHOWN, NAMES[3]) == "hidden"


def test_nothing_is_drawn_anew_where_nothing_came_in(make, qtbot):
    comparison = make(17)
    qtbot.wait(PICTURES_MS + 50)
    with qtbot.assertNotEmitted(comparison.model.dataChanged, wait=PICTURES_MS + 50):
        comparison.refresh()
        comparison.set_position(0.0)


def test_another_crop_changes_its_number_only(make, qtbot):
    comparison = make(17, is_over=False)
    qtbot.wait(PICTURES_MS + 50)
    track = comparison._session.tracks[1]
    track.add_crop(track.crops[-1])
    changed = []
    comparison.model.dataChanged.connect(lambda first, last: changed.append((first.row(), last.row())))
    comparison.refresh()
    assert changed == [(Row.CROPS, Row.CROPS)]
    assert cell(comparison, Row.CROPS, NAMES[16]) == "11 so far"


def test_nothing_is_done_while_nobody_looks_and_all_of_it_after(make, qtbot):
    comparison = make(2)
    comparison.hide()
    comparison.select(Selection(track_id=2))
    assert cell(comparison, Row.VERDICT, NAMES[0]) == "supports manipulation"
    with qtbot.waitExposed(comparison):
        comparison.show()
    assert cell(comparison, Row.VERDICT, NAMES[0]) == "supports authenticity"


def test_attention_maps_are_those_of_the_crop_nearest_to_the_player(make, qtbot, monkeypatch):
    comparison = make(2)
    comparison.set_position(0.99)
    header = lambda: comparison.model.headerData(Row.ATTENTION, Qt.Orientation.Vertical)  # noqa: E731
    qtbot.waitUntil(lambda: "0:01.000" in header())
    assert not comparison.model.index(Row.ATTENTION, 1).data(Qt.ItemDataRole.DecorationRole).isNull()
    drawn = []
    whole = comparison_pictures.overlay
    monkeypatch.setattr(comparison_pictures, "overlay", lambda *given: drawn.append(given) or whole(*given))
    for frame in range(20):  # a player that runs: the maps of one crop are drawn once
        comparison.set_position(1.0 + frame / 250)
    qtbot.wait(PICTURES_MS + 50)
    assert drawn == []
    comparison.set_colormap("viridis")
    qtbot.waitUntil(lambda: len(drawn) == 2)
    assert {given[3] for given in drawn} == {"viridis"}


# ---- track or video ------------------------------------------------------------------------------------------------


def test_the_video_can_be_compared_and_stays_while_tracks_are_selected_elsewhere(make, qtbot):
    comparison = make(2, track_id=2)
    with qtbot.assertNotEmitted(comparison.track_chosen):
        comparison.choices.scope_box.setCurrentIndex(0)
        comparison.choices.scope_box.activated.emit(0)
    assert cell(comparison, Row.VERDICT, NAMES[0]) == "supports manipulation"
    comparison.select(Selection(track_id=2))
    assert comparison.choices.scope_box.currentText() == "Video"
    with qtbot.waitSignal(comparison.track_chosen) as chosen:
        comparison.choices.scope_box.setCurrentIndex(2)
        comparison.choices.scope_box.activated.emit(2)
    assert chosen.args == [2]
    assert cell(comparison, Row.VERDICT, NAMES[0]) == "supports authenticity"


def test_the_selected_track_is_compared_and_named_with_its_verdict(make):
    comparison = make(2)
    assert comparison.choices.scope_box.currentText() == "Track 1"
    comparison.select(Selection(track_id=2))
    assert comparison.choices.scope_box.currentText() == "Track 2"
    said = comparison.choices.scope_box.itemData(2, Qt.ItemDataRole.AccessibleTextRole)
    assert said == "Track 2: supports authenticity"


# ---- contradiction -------------------------------------------------------------------------------------------------


def test_a_contradiction_is_said_with_both_sides_also_of_hidden_detectors(make):
    comparison = make(4)
    said = comparison.banner.text
    assert "contradict each other about Track 1" in said
    assert f"Supports manipulation: {NAMES[0]}, {NAMES[3]}" in said
    assert f"Supports authenticity: {NAMES[1]}" in said
    comparison.select(Selection(track_id=1, detectors=frozenset({NAMES[0]})))
    assert comparison.banner.text == said


def test_a_contradiction_about_another_track_is_named_and_none_takes_no_room(make):
    comparison = make(2, track_id=2)
    assert comparison.banner.text.strip() == "Tracks with a contradiction: 1."
    alone = make(1)
    assert alone.banner.text == ""
    assert alone.banner.isHidden()


# ---- agreement -----------------------------------------------------------------------------------------------------


def test_the_agreement_is_computed_when_it_is_looked_at_and_only_once(make, qtbot, monkeypatch):
    comparison = make(3)
    asked = []
    ask = comparison._agreement_runner.ask
    monkeypatch.setattr(comparison._agreement_runner, "ask", lambda *given: asked.append(given) or ask(*given))
    comparison.refresh()
    assert asked == []
    show_agreement(qtbot, comparison)
    comparison.refresh()
    comparison.choices.order_box.setCurrentIndex(comparison.choices.order_box.findData(SortOrder.NAME))
    assert len(asked) == 1
    model = comparison.agreement.model
    assert [model.headerData(i, Qt.Orientation.Horizontal) for i in range(3)] == sorted(NAMES[:3])


def test_the_agreement_says_shares_ranks_and_contradictions_in_numbers(make, qtbot):
    comparison = make(4)
    show_agreement(qtbot, comparison)
    model = comparison.agreement.model
    assert model.text(0, 0) == "–"
    assert model.text(0, 3).splitlines()[0] == "100 %"
    assert model.text(0, 1).splitlines()[0] == "0 %"
    assert "10 opposed" in model.text(0, 1)
    assert model.text(1, 0) == model.text(0, 1)
    assert "n 10" in model.text(0, 3)
    said = model.index(0, 1).data(Qt.ItemDataRole.AccessibleTextRole)
    assert "the same verdict on 0 of 10 crops" in said
    assert "opposed verdicts on 10" in said


def test_without_two_detectors_or_an_ended_track_there_is_a_reason(make):
    alone = make(1)
    alone.pages.setCurrentWidget(alone.agreement)
    assert alone.agreement.empty.text() == "With one detector there is nothing to compare."
    running = make(2, is_over=False)
    running.pages.setCurrentWidget(running.agreement)
    assert running.agreement.empty.text() == "The agreement is computed as soon as a track has ended."


def test_an_error_while_comparing_is_told(make, qtbot, monkeypatch):
    def broken(*_):
        raise ValueError("broken")

    monkeypatch.setattr("forensiclab.gui.comparison.agreement_runner.agreement", broken)
    comparison = make(2)
    comparison.pages.setCurrentWidget(comparison.agreement)
    qtbot.waitUntil(lambda: "could not be compared" in comparison.agreement.empty.text())


# ---- what is asked of the window -----------------------------------------------------------------------------------


def test_a_subset_is_asked_for_and_everything_is_none(make, qtbot):
    comparison = make(3)
    model = comparison.model
    with qtbot.waitSignal(comparison.detectors_chosen) as chosen:
        assert model.setData(model.index(Row.SHOWN, 1), Qt.CheckState.Unchecked, Qt.ItemDataRole.CheckStateRole)
    assert chosen.args == [frozenset({NAMES[0], NAMES[2]})]
    comparison.select(Selection(track_id=1, detectors=chosen.args[0]))
    with qtbot.waitSignal(comparison.detectors_chosen) as chosen:
        model.setData(model.index(Row.SHOWN, 2), Qt.CheckState.Checked.value, Qt.ItemDataRole.CheckStateRole)
    assert chosen.args == [None]
    with qtbot.waitSignal(comparison.detectors_chosen) as chosen:
        comparison.choices.all_button.click()
    assert chosen.args == [None]


def test_the_last_detector_cannot_be_hidden(make, qtbot):
    comparison = make(1)
    with qtbot.assertNotEmitted(comparison.detectors_chosen), qtbot.waitSignal(comparison.model.dataChanged):
        comparison.model.setData(
            comparison.model.index(Row.SHOWN, 0), Qt.CheckState.Unchecked, Qt.ItemDataRole.CheckStateRole
        )


def test_keys_switch_a_detector_and_open_its_card_and_space_plays_elsewhere(make, qtbot):
    comparison = make(2)
    table = comparison.table
    table.setFocus()
    table.setCurrentIndex(comparison.model.index(Row.CARD, 1))
    with qtbot.waitSignal(comparison.card_requested) as asked:
        qtbot.keyClick(table, Qt.Key.Key_Return)
    assert asked.args == [NAMES[1]]
    for key in (Qt.Key.Key_Space, Qt.Key.Key_Return):
        table.setCurrentIndex(comparison.model.index(Row.SHOWN, 1))
        with qtbot.waitSignal(comparison.detectors_chosen) as chosen:
            qtbot.keyClick(table, key)
        assert chosen.args == [frozenset({NAMES[0]})]
    table.setCurrentIndex(comparison.model.index(Row.VERDICT, 1))
    with qtbot.assertNotEmitted(comparison.detectors_chosen), qtbot.assertNotEmitted(comparison.card_requested):
        qtbot.keyClick(table, Qt.Key.Key_Space)


def test_a_click_on_the_card_asks_for_it(make, qtbot):
    comparison = make(2, size=(900, 700))
    comparison.table.fit()
    place = comparison.table.visualRect(comparison.model.index(Row.CARD, 0)).center()
    with qtbot.waitSignal(comparison.card_requested) as asked:
        qtbot.mouseClick(comparison.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert asked.args == [NAMES[0]]


def test_methods_without_weights_are_listed_with_how_to_get_them(make, qtbot):
    comparison = make(2)
    menu = comparison.choices.more_button.listing
    menu.aboutToShow.emit()
    tips = {action.text(): action.toolTip() for action in menu.actions()}
    assert any("models import" in tip for tip in tips.values())
    with qtbot.waitSignal(comparison.card_requested) as asked:
        next(action for action in menu.actions() if action.text() == "gff").trigger()
    assert asked.args == ["gff"]
    with qtbot.waitSignal(comparison.models_requested):
        next(action for action in menu.actions() if action.text() == "Models…").trigger()


# ---- looks ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 5, 17])
def test_row_titles_stay_and_every_row_shows_all_its_text(make, count):
    comparison = make(count, size=(430, 700))
    comparison.table.fit()
    table = comparison.table
    for row in Row:
        for column in range(min(count, 2)):
            index = comparison.model.index(row, column)
            needed = table.itemDelegate().sizeHint(table_option(table, column), index).height()
            assert table.rowHeight(row) >= needed, row
    before = table.verticalHeader().geometry()
    table.horizontalScrollBar().setValue(table.horizontalScrollBar().maximum())
    assert table.verticalHeader().geometry() == before
    assert (table.horizontalScrollBar().maximum() > 0) == (count > 2)


def test_a_column_is_as_wide_as_its_detectors_name_but_no_name_may_fill_the_table(make, monkeypatch):
    comparison = make(5, size=(430, 700))
    table, header = comparison.table, comparison.table.horizontalHeader()
    for name, is_whole in (
        ("compression_contrastive", True),
        ("one that somebody named at great length indeed " * 2, False),
    ):
        monkeypatch.setattr(
            comparison.model,
            "headerData",
            lambda section, orientation, role, said=name: said if role == Qt.ItemDataRole.DisplayRole else None,
        )
        table.fit()
        needed = header.fontMetrics().horizontalAdvance(name)
        assert (table.columnWidth(0) > needed) == is_whole
        assert table.columnWidth(0) <= 240


def test_columns_share_the_room_beside_a_scroll_bar(make):
    comparison = make(5, size=(900, 480))
    table = comparison.table
    table.fit()
    assert table.verticalScrollBar().maximum() > 0
    assert table.horizontalScrollBar().maximum() == 0


def table_option(table, column):
    from PySide6.QtWidgets import QStyleOptionViewItem

    option = QStyleOptionViewItem()
    table.initViewItemOption(option)
    option.rect.setWidth(table.columnWidth(column))
    return option


def test_symbols_follow_the_palette(make, qtbot):
    comparison = make(2)
    index = comparison.model.index(Row.VERDICT, 0)
    before = index.data(Qt.ItemDataRole.DecorationRole).toImage()
    dark = QPalette(Qt.GlobalColor.black)
    comparison.setPalette(dark)
    QApplication.sendEvent(comparison, QEvent(QEvent.Type.PaletteChange))
    assert index.data(Qt.ItemDataRole.DecorationRole).toImage() != before


def test_every_control_has_a_name(make):
    comparison = make(2)
    for widget in (
        comparison.choices.scope_box,
        comparison.choices.order_box,
        comparison.table,
        comparison.agreement.table,
    ):
        assert widget.accessibleName()
    assert comparison.pages.findChild(QTabBar).count() == 2


def test_without_an_exhibit_it_says_what_to_do(make):
    comparison = make(2)
    comparison.set_session(None)
    assert "Open a video" in comparison.empty.text()
    assert comparison.empty.isVisible()
    assert not comparison.pages.isVisible()


@pytest.mark.parametrize("is_dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize(("count", "width"), [(2, 430), (5, 900)])
def test_comparison_looks_as_pinned(make, qtbot, tmp_path, count, width, is_dark):
    with dressed(is_dark=is_dark):
        comparison = make(count, size=(width, 560))
        comparison.set_position(0.4)
        comparison.set_flip_points({NAMES[0]: "H.264, CRF 32"})
        qtbot.waitUntil(
            lambda: comparison.model.index(Row.ATTENTION, 0).data(Qt.ItemDataRole.DecorationRole) is not None
        )
        comparison.table.fit()
        assert_looks_as_pinned(comparison, f"comparison_{width}_{'dark' if is_dark else 'light'}", tmp_path)


def test_agreement_looks_as_pinned(make, qtbot, tmp_path):
    with dressed(is_dark=False):
        comparison = make(5, size=(900, 560))
        show_agreement(qtbot, comparison)
        qtbot.waitUntil(lambda: comparison.agreement.table.height() > 300)
        assert_looks_as_pinned(comparison, "agreement_900_light", tmp_path)
