from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialogButtonBox

from forensiclab.core.options import Aggregation, SamplingPolicy
from forensiclab.detectors.installed import installed_weights
from forensiclab.detectors.weights import default_names
from forensiclab.gui.preferences.preferences import Preferences
from forensiclab.gui.shell.appearance import apply_color_scheme
from forensiclab.gui.state.settings_store import SettingsStore
from forensiclab.gui.widgets.symbols import is_dark
from forensiclab.gui.work.task_runner import TaskRunner
from forensiclab.settings import Settings, load_settings

CHANGED = Settings(
    device="cpu", precision="reduced", sampling=SamplingPolicy("every", 7), aggregation=Aggregation("top", 20),
    detectors=("meso_inception4",),
    colormap="viridis", language="en", examiner="A. Analyst",
)  # fmt: skip


@pytest.fixture
def settings_store(qapp, settings_of_its_own):
    return SettingsStore()


@pytest.fixture
def tasks(qtbot, no_thread_left):
    tasks = TaskRunner()
    yield tasks
    tasks.shutdown()


@pytest.fixture
def open_dialog(qtbot, settings_store, tasks):
    def build():
        dialog = Preferences(settings_store, tasks)
        qtbot.addWidget(dialog)
        dialog.open()
        return dialog

    return build


def click(dialog, button):
    dialog.buttons.button(button).click()


@pytest.mark.parametrize(
    "settings", [Settings(), CHANGED, Settings(sampling=SamplingPolicy("all"), detectors=("all",))]
)
def test_what_is_not_touched_stays_as_it_was(settings_store, open_dialog, settings):
    settings_store._settings = settings
    dialog = open_dialog()
    click(dialog, QDialogButtonBox.StandardButton.Ok)
    assert settings_store.settings == settings


def test_choices_are_saved_and_told_when_accepted_alone(qtbot, settings_store, open_dialog):
    dialog = open_dialog()
    dialog.analysis.sampling.kind.setCurrentIndex(dialog.analysis.sampling.kind.findData("every"))
    dialog.analysis.sampling.number.setValue(3)
    dialog.analysis.aggregation.kind.setCurrentIndex(dialog.analysis.aggregation.kind.findData("median"))
    dialog.analysis.detectors.setCurrentIndex(2)
    chosen = [dialog.analysis.names.item(row) for row in range(dialog.analysis.names.count())]
    for item in chosen:  # begins with those that were meant before
        item.setCheckState(Qt.CheckState.Checked if item is chosen[0] else Qt.CheckState.Unchecked)
    dialog.window_page.color_scheme.setCurrentIndex(dialog.window_page.color_scheme.findData("dark"))
    dialog.window_page.report_folder.setText("/tmp/reports ")
    assert settings_store.settings == Settings()
    with qtbot.waitSignal(settings_store.changed):
        click(dialog, QDialogButtonBox.StandardButton.Ok)
    saved = load_settings().record
    assert saved == settings_store.settings
    assert (saved.sampling, saved.aggregation, saved.color_scheme) == (
        SamplingPolicy("every", 3),
        Aggregation("median"),
        "dark",
    )
    assert saved.detectors == (installed_weights()[0].name,)
    assert saved.report_folder == "/tmp/reports"


def test_cancel_changes_nothing(settings_store, open_dialog):
    dialog = open_dialog()
    dialog.window_page.examiner.setText("B")
    click(dialog, QDialogButtonBox.StandardButton.Cancel)
    assert settings_store.settings == Settings()


def test_defaults_come_back_but_the_examiners_name_stays(settings_store, open_dialog):
    settings_store._settings = CHANGED
    dialog = open_dialog()
    click(dialog, QDialogButtonBox.StandardButton.RestoreDefaults)
    click(dialog, QDialogButtonBox.StandardButton.Ok)
    assert settings_store.settings == Settings(examiner="A. Analyst")


def test_devices_are_looked_up_and_one_that_is_gone_is_kept(qtbot, settings_store, open_dialog):
    settings_store._settings = Settings(device="cuda:7")
    dialog = open_dialog()
    device = dialog.analysis.device
    assert device.currentData() == "cuda:7"
    qtbot.waitUntil(lambda: "threads" in device.itemText(device.findData("cpu")), timeout=10_000)
    assert device.currentData() == "cuda:7"
    assert "here:" in device.itemText(0)


def test_weights_that_are_gone_are_named_and_kept(settings_store, open_dialog):
    settings_store._settings = Settings(detectors=("lost",))
    dialog = open_dialog()
    texts = [dialog.analysis.names.item(row).text() for row in range(dialog.analysis.names.count())]
    assert "lost (not installed)" in texts
    click(dialog, QDialogButtonBox.StandardButton.Ok)
    assert settings_store.settings.detectors == ("lost",)


def test_the_numbers_are_asked_for_only_where_they_mean_something(open_dialog):
    dialog = open_dialog()
    page = dialog.analysis
    assert page.sampling.number.isEnabled()
    page.sampling.kind.setCurrentIndex(page.sampling.kind.findData("all"))
    assert not page.sampling.number.isEnabled()
    assert page.changed(Settings()).sampling == SamplingPolicy("all")
    assert not page.names.isEnabled()


def test_thresholds_are_those_of_the_cards_and_cannot_be_changed(open_dialog):
    dialog = open_dialog()
    table = dialog.thresholds.table
    bands = [band for weights in installed_weights() for band in weights.card.calibration]
    assert table.rowCount() == len(bands)
    texts = [table.item(0, column).text() for column in range(table.columnCount())]
    assert f"{bands[0].manipulation_threshold:.3f}" in texts
    assert f"{100 * bands[0].false_alarm_rate:.1f} % of {bands[0].n_real} real" in texts
    assert f"{100 * bands[0].miss_rate:.1f} % of {bands[0].n_forged} forged" in texts
    assert table.editTriggers() == table.EditTrigger.NoEditTriggers


def test_no_threshold_is_cut_short_with_large_letters(qtbot, qapp, settings_store, tasks):
    before = qapp.font()
    large = qapp.font()
    large.setPointSizeF(1.25 * before.pointSizeF())
    qapp.setFont(large)
    try:
        dialog = Preferences(settings_store, tasks)
        qtbot.addWidget(dialog)
        dialog.open()
        dialog.tabs.setCurrentWidget(dialog.thresholds)
        dialog.resize(1240, 600)
        table = dialog.thresholds.table
        qtbot.waitUntil(lambda: table.viewport().width() > 1100 and not table.horizontalScrollBar().isVisible())
        for row in range(table.rowCount()):
            for column in range(table.columnCount()):
                cell = table.visualRect(table.model().index(row, column))
                flags = Qt.TextFlag.TextWordWrap
                text = table.fontMetrics().boundingRect(
                    cell.adjusted(3, 0, -3, 0), flags, table.item(row, column).text()
                )
                assert text.width() <= cell.width()
                assert text.height() <= cell.height()
    finally:
        qapp.setFont(before)


def test_the_settings_are_used_by_the_next_analysis(window, clip):
    requests = []
    window.settings_store.replace(
        replace(
            window.settings_store.settings,
            sampling=SamplingPolicy("every", 2),
            device="cpu",
            detectors=("meso_inception4",),
        )
    )
    window._runner.analyze = lambda request: requests.append(request) or 1
    window.open_paths([clip])
    assert (requests[0].sampling, requests[0].device, requests[0].detectors) == (
        SamplingPolicy("every", 2), "cpu", ("meso_inception4",),
    )  # fmt: skip


def test_the_colour_scheme_changes_at_once(qtbot, window):
    try:
        window.settings_store.replace(replace(window.settings_store.settings, color_scheme="dark"))
        qtbot.waitUntil(lambda: is_dark(window.palette()) and is_dark(window.evidence_list.palette()))
        window.settings_store.replace(replace(window.settings_store.settings, color_scheme="light"))
        qtbot.waitUntil(lambda: not is_dark(window.palette()) and not is_dark(window.evidence_list.palette()))
    finally:
        apply_color_scheme("system")


def test_settings_that_cannot_be_saved_are_said_so(qtbot, window, settings_of_its_own):
    settings_of_its_own.parent.mkdir(exist_ok=True)
    settings_of_its_own.write_text("a file where the folder should be")
    window.settings_store.replace(replace(window.settings_store.settings, examiner="A"))
    assert "was not written" in window.work.messages.messages[0]
    assert window.settings_store.settings.examiner == "A"


def checked(page):
    items = [page.names.item(row) for row in range(page.names.count())]
    return {item.text() for item in items if item.checkState() == Qt.CheckState.Checked}


def test_the_list_of_detectors_shows_what_each_choice_means(open_dialog):
    dialog = open_dialog()
    page = dialog.analysis
    assert checked(page) == set(default_names())
    page.detectors.setCurrentIndex(1)
    assert checked(page) == {weights.name for weights in installed_weights()}
    page.detectors.setCurrentIndex(2)
    page.names.item(0).setCheckState(Qt.CheckState.Unchecked)
    mine = checked(page)
    assert page.names.item(0).text() not in mine
    page.detectors.setCurrentIndex(0)
    page.detectors.setCurrentIndex(2)
    assert checked(page) == mine
