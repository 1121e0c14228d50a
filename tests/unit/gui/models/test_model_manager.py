import pytest
import safetensors.torch
from PySide6.QtCore import Qt

from forensiclab.detectors.cards import read_card
from forensiclab.detectors.weights import WEIGHTS_FILE, find_weights, load_network, save_weights
from forensiclab.gui.models.import_dialog import ImportDialog
from forensiclab.gui.models.model_manager import ModelManager
from forensiclab.gui.work.task_runner import TaskRunner


@pytest.fixture
def home(tmp_path, monkeypatch, make_card):
    """The user's folder of weights, with one set in it."""
    home = tmp_path / "weights"
    monkeypatch.setenv("FORENSICLAB_WEIGHTS", str(home))
    save_weights(load_network("meso4"), home / "mine", make_card("mine", method="meso4", title="Mine & <own>"))
    return home


@pytest.fixture
def tasks(qtbot, no_thread_left):
    tasks = TaskRunner()
    yield tasks
    tasks.shutdown()


@pytest.fixture
def manager(qtbot, home, tasks):
    manager = ModelManager(tasks)
    qtbot.addWidget(manager)
    manager.show()
    return manager


def state_of(manager, name):
    (row,) = manager.tree.findItems(name, Qt.MatchFlag.MatchExactly | Qt.MatchFlag.MatchRecursive)
    return row.text(1)


def wait_for_page(qtbot, manager, text):
    qtbot.waitUntil(lambda: text in manager.page.toPlainText(), timeout=10_000)


def test_weights_and_methods_without_any_are_listed(manager):
    assert state_of(manager, "mine") == "imported, calibrated"
    assert state_of(manager, "meso_inception4").startswith("shipped")
    assert state_of(manager, "f3net") == "no weights"


def test_a_card_is_shown_in_full(qtbot, manager):
    assert manager.show_model("mine")
    wait_for_page(qtbot, manager, "Known limits")
    page = manager.page.toPlainText()
    for text in ("Mine & <own>", "Afchar", "It is scripted.", "5.0 % of 600 real", "4.0 % of 500 forged", "SHA-256"):
        assert text in page
    assert "Nothing has been measured." in page


def test_figures_come_with_interval_and_sample(qtbot, manager):
    assert manager.show_model("meso_inception4")
    wait_for_page(qtbot, manager, "frame AUC")
    figure = next(one for one in read_card(find_weights("meso_inception4")).figures if one.metric == "frame AUC")
    assert f"{figure.value:.3f}" in manager.page.toPlainText()
    assert f"{figure.ci_low:.3f} – {figure.ci_high:.3f}" in manager.page.toPlainText()


def test_a_method_without_weights_says_how_to_get_them(qtbot, manager):
    assert manager.show_model("meso_inception4")
    assert manager.show_model("capsule")
    wait_for_page(qtbot, manager, "python -m training train capsule")
    assert "forensiclab models import FILE --method capsule" in manager.page.toPlainText()
    assert not manager.verify_button.isEnabled()
    assert not manager.show_model("nothing of this name")


def test_verifying_says_intact_or_damaged(qtbot, manager, home):
    manager.show_model("mine")
    manager.verify_button.click()
    qtbot.waitUntil(lambda: state_of(manager, "mine").endswith("intact"), timeout=10_000)
    file = home / "mine" / WEIGHTS_FILE
    file.write_bytes(file.read_bytes()[:-1] + b"?")
    manager.verify_all_button.click()
    assert manager.busy.isVisible()
    qtbot.waitUntil(lambda: not manager.busy.isVisible(), timeout=60_000)
    assert state_of(manager, "mine").endswith("DAMAGED")
    assert state_of(manager, "meso_inception4").endswith("intact")
    assert "not the ones that the card describes" in manager.messages.messages[0]


def test_a_damaged_card_is_listed_with_its_reason(manager, home):
    (home / "mine" / "card.json").write_text("{")
    manager.reload()
    assert state_of(manager, "mine") == "imported, damaged card"
    manager.show_model("mine")
    assert "is not valid" in manager.page.toPlainText()


@pytest.fixture
def importing(qtbot, manager):
    manager.show_model("meso4")
    manager.show_model("mine")
    manager.import_button.click()
    (dialog,) = manager.findChildren(ImportDialog)
    return dialog


def test_weights_are_imported_and_shown(qtbot, manager, importing, home):
    assert importing.method_box.currentText() == "meso4"
    assert not importing.import_button.isEnabled()
    importing.file.setText(str(home / "mine" / WEIGHTS_FILE))
    importing.name.setText("other")
    importing.source.setText("a colleague")
    with qtbot.waitSignal(manager.changed, timeout=10_000):
        importing.import_button.click()
        assert not importing.import_button.isEnabled()
    assert state_of(manager, "other") == "imported, not calibrated"
    assert "'other' is installed" in manager.messages.messages[0]
    wait_for_page(qtbot, manager, "weights from a colleague")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("x.safetensors", b"no such thing", "is not a safetensors file"),
        ("x.pt", b"pickle", "is a torch pickle, which can carry code"),
    ],
)
def test_what_cannot_be_imported_is_named_and_can_be_mended(qtbot, importing, tmp_path, name, content, said):
    (tmp_path / name).write_bytes(content)
    importing.file.setText(str(tmp_path / name))
    importing.name.setText("other")
    importing.import_button.click()
    qtbot.waitUntil(lambda: bool(importing.messages.messages), timeout=10_000)
    assert said in importing.messages.messages[0]
    assert importing.isVisible()
    assert importing.import_button.isEnabled()


def choose_method(qtbot, dialog, method, *, stands_before_another):
    dialog.method_box.setCurrentText(method)
    qtbot.waitUntil(lambda: dialog._facts_task is None, timeout=30_000)
    assert dialog.stands_before_another == stands_before_another
    assert dialog.before_box.isVisible() == stands_before_another


@pytest.fixture
def generator(home, tmp_path):
    """A file with nothing but a generator of ``pixel_bleach`` before a MesoInception-4."""
    network = load_network("pixel_bleach", (("backbone", "meso_inception4"),))
    file = tmp_path / "generator.safetensors"
    state = network.state_dict()
    safetensors.torch.save_file({name: value for name, value in state.items() if not network.borrows(name)}, file)
    return file


def test_a_bleach_is_imported_before_the_detector_that_is_named(qtbot, manager, importing, generator):
    choose_method(qtbot, importing, "meso_inception4", stands_before_another=False)
    choose_method(qtbot, importing, "pixel_bleach", stands_before_another=True)
    assert "pixel_bleach_resnet50" not in [
        importing.before_box.itemText(i) for i in range(importing.before_box.count())
    ]
    importing.file.setText(str(generator))
    importing.name.setText("other")
    importing.before_box.setCurrentText("meso_inception4")
    with qtbot.waitSignal(manager.changed, timeout=30_000):
        importing.import_button.click()
    card = read_card(find_weights("other"))
    assert card.stands_before == read_card(find_weights("meso_inception4")).reference
    assert card.options == (("backbone", "meso_inception4"),)
    wait_for_page(qtbot, manager, f"{card.stands_before.name}, SHA-256 {card.stands_before.weights_sha256}")


@pytest.mark.parametrize(
    ("before", "said"), [("mine", "'meso4' cannot be bleached"), ("resnet50", "do not fit PixelBleach"),
                         ("", "stands before another detector")]
)  # fmt: skip
def test_a_bleach_before_the_wrong_detector_is_refused(qtbot, importing, generator, before, said):
    choose_method(qtbot, importing, "pixel_bleach", stands_before_another=True)
    importing.file.setText(str(generator))
    importing.name.setText("other")
    importing.before_box.setCurrentIndex(importing.before_box.findText(before))
    importing.import_button.click()
    qtbot.waitUntil(lambda: bool(importing.messages.messages), timeout=30_000)
    assert said in importing.messages.messages[0]
    assert importing.isVisible()


def test_browsing_proposes_a_name(importing, monkeypatch):
    ask = "forensiclab.gui.models.import_dialog.QFileDialog.getOpenFileName"
    monkeypatch.setattr(ask, lambda *args: ("/tmp/Their Weights.safetensors", ""))
    importing.browse_button.click()
    assert importing.name.text() == "their_weights"


def test_only_the_last_column_of_a_calibration_wraps(qtbot, manager):
    assert manager.show_model("mine")
    wait_for_page(qtbot, manager, "Known limits")
    page = manager.page
    page.document().setTextWidth(640)
    rates = page.document().find("4.0 % of 500 forged")
    assert not rates.isNull()
    assert rates.block().layout().lineCount() == 1
